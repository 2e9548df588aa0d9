/* json-c behind two thin layers: a read-only tree and a tree being built. */
#include "base/json.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* json-c has a type of the name of our function. */
#define json_type json_c_type
#include <json-c/json.h>
#undef json_type

#include "base/clock.h"

#define DEPTH_MAX 16

/* json-c stands for null with NULL, which means "absent" here. */
struct json { char unused; };
static struct json null_value;

static const struct json *wrap(struct json_object *o)
{
	return o ? (const struct json *)o : &null_value;
}

static struct json_object *unwrap(const struct json *j)
{
	union { const struct json *j; struct json_object *o; } u = { .j = j };

	return j == &null_value ? NULL : u.o;
}

static bool is_digit(char ch)
{
	return ch >= '0' && ch <= '9';
}

/* A number at s[*i]; moves to its last byte. json-c would bend a whole number
 * that is too large to the largest one it can hold. */
static const char *number_problem(const char *s, size_t len, size_t *i)
{
	bool negative = *i > 0 && s[*i - 1] == '-', over = false;
	uint64_t v = 0;
	size_t at = *i;

	for (; at < len && is_digit(s[at]); at++)
		over = over || __builtin_mul_overflow(v, 10, &v) ||
			__builtin_add_overflow(v, (uint64_t)(s[at] - '0'), &v);
	if (negative && v > (uint64_t)INT64_MAX + 1)
		over = true;
	if (at < len && memchr(".eE", s[at], 3)) {
		over = false;	/* kept as text */
		while (at < len && (is_digit(s[at]) || memchr(".eE+-", s[at], 5)))
			at++;
	}
	*i = at - 1;
	return over ? "whole number is too large" : NULL;
}

/* What json-c lets pass even when it is strict: NaN and Infinity, control
 * characters in strings, large numbers, and \u0000, which a C string cannot hold. */
static const char *text_problem(const char *s, size_t len, size_t *at_r)
{
	const char *problem = NULL;
	bool in_string = false;

	for (size_t i = 0; i < len && !problem; i++) {
		*at_r = i;
		if (in_string && s[i] == '\\') {
			if (len - i > 5 && memcmp(s + i + 1, "u0000", 5) == 0)
				problem = "NUL character";
			i++;
		} else if (s[i] == '"') {
			in_string = !in_string;
		} else if (in_string) {
			if ((unsigned char)s[i] < 0x20)
				problem = "control character in a string";
		} else if (is_digit(s[i])) {
			problem = number_problem(s, len, &i);
		} else if (s[i] == 'N' || s[i] == 'I' || s[i] == '\0') {
			problem = "unexpected character";
		}
	}
	return problem;
}

enum errk json_parse(struct ctx *c, const char *text, size_t len, struct json **j_r)
{
	struct json_tokener *tok;
	struct json_object *o;
	enum json_tokener_error e;
	size_t end = 0;
	const char *problem = len < INT_MAX ? text_problem(text, len, &end) : "2 GiB or more";

	if (problem)
		return fail(c, ERR_INVALID, "json.syntax", "%s at byte %zu", problem, end);
	tok = json_tokener_new_ex(DEPTH_MAX);
	if (!tok)
		abort();
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	o = json_tokener_parse_ex(tok, text, (int)len);
	e = json_tokener_get_error(tok);
	end = json_tokener_get_parse_end(tok);
	if (e == json_tokener_continue) {
		/* A number may go on, so the tokener wants to see the end. */
		o = json_tokener_parse_ex(tok, "", 1);
		e = json_tokener_get_error(tok);
	}
	json_tokener_free(tok);
	if (e != json_tokener_success)
		return fail(c, ERR_INVALID, "json.syntax", "%s at byte %zu",
			    e == json_tokener_continue ? "unexpected end" :
			    json_tokener_error_desc(e), end);
	*j_r = o ? (struct json *)o : &null_value;
	return ERR_OK;
}

void json_close(struct json **j)
{
	if (*j)
		json_object_put(unwrap(*j));
	*j = NULL;
}

enum json_type json_type(const struct json *j)
{
	switch (json_object_get_type(unwrap(j))) {
	case json_type_null:
		return JSON_NULL;
	case json_type_boolean:
		return JSON_BOOL;
	case json_type_int:
		return JSON_INT;
	case json_type_double:
		return JSON_NUMBER;
	case json_type_string:
		return JSON_STRING;
	case json_type_array:
		return JSON_ARRAY;
	case json_type_object:
		return JSON_OBJECT;
	}
	return JSON_NULL;
}

const struct json *json_get(const struct json *obj, const char *name)
{
	struct json_object *v;

	if (!obj || json_type(obj) != JSON_OBJECT ||
	    !json_object_object_get_ex(unwrap(obj), name, &v))
		return NULL;
	return wrap(v);
}

const struct json *json_at(const struct json *arr, size_t i)
{
	if (!arr || json_type(arr) != JSON_ARRAY || i >= json_len(arr))
		return NULL;
	return wrap(json_object_array_get_idx(unwrap(arr), i));
}

size_t json_len(const struct json *j)
{
	if (!j)
		return 0;
	if (json_type(j) == JSON_ARRAY)
		return json_object_array_length(unwrap(j));
	if (json_type(j) == JSON_OBJECT)
		return (size_t)json_object_object_length(unwrap(j));
	return 0;
}

const struct json *json_member(const struct json *obj, size_t i, const char **name_r)
{
	struct json_object_iterator at, end;

	if (!obj || json_type(obj) != JSON_OBJECT)
		return NULL;
	at = json_object_iter_begin(unwrap(obj));
	end = json_object_iter_end(unwrap(obj));
	for (; !json_object_iter_equal(&at, &end); json_object_iter_next(&at)) {
		if (i-- > 0)
			continue;
		*name_r = json_object_iter_peek_name(&at);
		return wrap(json_object_iter_peek_value(&at));
	}
	return NULL;
}

const char *json_text(const struct json *j)
{
	if (!j)
		return NULL;
	switch (json_type(j)) {
	case JSON_STRING:
	case JSON_INT:
	case JSON_NUMBER:	/* json-c keeps the digits as they were sent */
		return json_object_get_string(unwrap(j));
	case JSON_NULL:
	case JSON_BOOL:
	case JSON_ARRAY:
	case JSON_OBJECT:
		break;
	}
	return NULL;
}

bool json_true(const struct json *j)
{
	return j && json_type(j) == JSON_BOOL && json_object_get_boolean(unwrap(j));
}

bool json_i64(const struct json *j, int64_t *v_r)
{
	const char *s, *p;
	int64_t v = 0;

	if (!j || (json_type(j) != JSON_INT && json_type(j) != JSON_STRING))
		return false;
	s = json_text(j);
	p = s + (*s == '-');
	if (!*p)
		return false;
	for (; *p; p++) {
		if (*p < '0' || *p > '9' || __builtin_mul_overflow(v, 10, &v) ||
		    __builtin_sub_overflow(v, *p - '0', &v))
			return false;
	}
	if (*s != '-' && __builtin_sub_overflow(0, v, &v))
		return false;
	*v_r = v;
	return true;
}

struct jout {
	struct ctx *c;
	struct json_object *open[DEPTH_MAX + 1];	/* [0] is the root and owns the rest */
	size_t depth;
};

static void add(struct jout *o, const char *name, struct json_object *v)
{
	struct json_object *into = o->open[o->depth];

	if (json_object_is_type(into, json_type_array)) {
		assert(!name);
		if (json_object_array_add(into, v) != 0)
			abort();
	} else {
		assert(name && !json_object_object_get_ex(into, name, NULL));
		if (json_object_object_add(into, name, v) != 0)
			abort();
	}
}

static struct json_object *made(struct json_object *v)
{
	if (!v)
		abort();	/* out of memory */
	return v;
}

struct jout *jo_new(struct ctx *c)
{
	struct jout *o = calloc(1, sizeof(*o));

	if (!o)
		abort();
	o->c = c;
	o->open[0] = made(json_object_new_object());
	return o;
}

static void push(struct jout *o, const char *name, struct json_object *v)
{
	assert(o->depth < DEPTH_MAX);
	add(o, name, v);
	o->open[++o->depth] = v;
}

void jo_obj(struct jout *o, const char *name)
{
	push(o, name, made(json_object_new_object()));
}

void jo_arr(struct jout *o, const char *name)
{
	push(o, name, made(json_object_new_array()));
}

void jo_end(struct jout *o)
{
	assert(o->depth > 0);
	o->depth--;
}

void jo_str(struct jout *o, const char *name, const char *v)
{
	add(o, name, v ? made(json_object_new_string(v)) : NULL);
}

void jo_u64(struct jout *o, const char *name, uint64_t v)
{
	add(o, name, made(json_object_new_uint64(v)));
}

void jo_i64(struct jout *o, const char *name, int64_t v)
{
	add(o, name, made(json_object_new_int64(v)));
}

void jo_bool(struct jout *o, const char *name, bool v)
{
	add(o, name, made(json_object_new_boolean(v)));
}

void jo_null(struct jout *o, const char *name)
{
	add(o, name, NULL);
}

void jo_time(struct jout *o, const char *name, int64_t utc)
{
	jo_str(o, name, utc ? clock_iso(o->c->mem, utc) : NULL);
}

void jo_json(struct jout *o, const char *name, const struct json *j)
{
	struct json_object *copy = NULL;

	if (j && unwrap(j) && json_object_deep_copy(unwrap(j), &copy, NULL) != 0)
		abort();
	add(o, name, copy);
}

const char *jo_text(struct jout *o, size_t *len_r)
{
	const char *text;
	size_t len;

	assert(o->depth == 0);
	text = json_object_to_json_string_length(o->open[0], JSON_C_TO_STRING_PLAIN |
						 JSON_C_TO_STRING_NOSLASHESCAPE, &len);
	if (!text)
		abort();
	if (len_r)
		*len_r = len;
	return arena_dupn(o->c->mem, text, len);
}

void jo_free(struct jout **o)
{
	if (!*o)
		return;
	json_object_put((*o)->open[0]);
	free(*o);
	*o = NULL;
}
