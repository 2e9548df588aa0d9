/* Input tables: see field.h. One value arrives as text (path, query, header,
 * default) or as JSON; JSON is strict about types: 12 is a number, "12" is not. */
#include "fcgi/field.h"

#include <string.h>

#include "base/clock.h"

#define QUERY_MAX 32

struct value {
	bool there;
	const char *text;		/* from path, query, header, default */
	const struct json *json;	/* or from the body */
};

struct filler {
	struct ctx *c;
	const char *at;			/* before field names in errors */
	char *in;
};

bool choice_is(const char *choices, const char *text)
{
	size_t len = strlen(text);

	if (len == 0)
		return false;
	for (const char *p = choices; p != NULL && *p != '\0';) {
		size_t n = strcspn(p, "|");

		if (n == len && memcmp(p, text, len) == 0)
			return true;
		p += n + (p[n] == '|');
	}
	return false;
}

const struct field *field_find(const struct field *table, const char *name)
{
	for (; table->name != NULL; table++) {
		if (strcmp(table->name, name) == 0)
			return table;
	}
	return NULL;
}

uint64_t list_skip(const struct list_in *list)
{
	return (uint64_t)(list->page - 1) * list->per;
}

bool list_ascending(const struct list_in *list)
{
	return strcmp(list->dir, "asc") == 0;
}

static const char *shown(const struct filler *f, const char *name)
{
	return f->at == NULL ? name : arena_fmt(f->c->mem, "%s%s", f->at, name);
}

/* ---- text ---- */

/* Characters of valid UTF-8; false when it is not, or holds what a line may not. */
static bool utf8_chars(const char *s, bool lines, uint64_t *chars_r)
{
	const unsigned char *p = (const unsigned char *)s;
	uint64_t n = 0;

	while (*p != '\0') {
		uint32_t v = *p++, more = 0, least = 0;

		if (v < 0x20 || v == 0x7f) {
			if (!lines || (v != '\n' && v != '\t' && v != '\r'))
				return false;
		} else if (v >= 0x80) {
			if (v >= 0xc2 && v <= 0xdf)
				more = 1, least = 0x80, v &= 0x1f;
			else if ((v & 0xf0) == 0xe0)
				more = 2, least = 0x800, v &= 0x0f;
			else if (v >= 0xf0 && v <= 0xf4)
				more = 3, least = 0x10000, v &= 0x07;
			else
				return false;
			for (; more > 0; more--, p++) {
				if ((*p & 0xc0) != 0x80)
					return false;
				v = v << 6 | (*p & 0x3f);
			}
			/* overlong, surrogates, C1 controls, direction overrides */
			if (v < least || (v >= 0xd800 && v <= 0xdfff) || v > 0x10ffff ||
			    (v >= 0x80 && v < 0xa0) || (v >= 0x202a && v <= 0x202e) ||
			    (v >= 0x2066 && v <= 0x2069))
				return false;
		}
		n++;
	}
	*chars_r = n;
	return true;
}

static enum errk check_str(struct filler *f, const struct field *row, const char *s)
{
	uint64_t chars;
	const char *name = shown(f, row->name);

	if (!utf8_chars(s, row->type == FIELD_LINES, &chars))
		return fail_field(f->c, name, "Contains characters that are not allowed");
	if (chars > row->max)
		return fail_field(f->c, name, "At most %llu characters",
				  (unsigned long long)row->max);
	if (row->required && row->type != FIELD_SECRET && s[strspn(s, " \t\r\n")] == '\0')
		return fail_field(f->c, name, "Is required");
	if (chars < (uint64_t)row->min && (chars > 0 || row->required))
		return fail_field(f->c, name, "At least %lld characters", (long long)row->min);
	return ERR_OK;
}

/* "-12.34": digits on both sides of at most one point, at most 24 of them. */
static bool is_decimal(const char *s)
{
	size_t whole, part = 0;

	s += *s == '-';
	whole = strspn(s, "0123456789");
	s += whole;
	if (*s == '.') {
		part = strspn(++s, "0123456789");
		if (part == 0)
			return false;
		s += part;
	}
	return whole > 0 && *s == '\0' && whole + part <= 24;
}

/* ---- numbers ---- */

/* Digits with an optional minus, nothing else; false when beyond 64 bits. */
static bool text_number(const char *s, bool *negative_r, uint64_t *v_r)
{
	uint64_t v = 0;

	*negative_r = *s == '-';
	s += *s == '-';
	if (*s == '\0' || strspn(s, "0123456789") != strlen(s))
		return false;
	for (; *s != '\0'; s++) {
		if (__builtin_mul_overflow(v, (uint64_t)10, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(*s - '0'), &v))
			return false;
	}
	if (v == 0)
		*negative_r = false;
	*v_r = v;
	return true;
}

static bool number_in_range(const struct field *row, bool negative, uint64_t v, int64_t *signed_r)
{
	if (negative) {
		if (row->type != FIELD_I64 || v > (uint64_t)INT64_MAX)
			return false;
		*signed_r = -(int64_t)v;
		return *signed_r >= row->min;
	}
	if (v > row->max || (row->type == FIELD_I64 && v > (uint64_t)INT64_MAX))
		return false;
	*signed_r = (int64_t)v;
	return row->min <= 0 || v >= (uint64_t)row->min;
}

static enum errk put_number(struct filler *f, const struct field *row, const struct value *v)
{
	const char *text = v->text;
	bool negative = false;
	uint64_t u = 0;
	int64_t i = 0;

	if (v->json != NULL)
		text = json_type(v->json) == JSON_INT ? json_text(v->json) : NULL;
	if (text == NULL || !text_number(text, &negative, &u) ||
	    !number_in_range(row, negative, u, &i)) {
		if (row->max >= (uint64_t)INT64_MAX)
			return fail_field(f->c, shown(f, row->name), row->min > 0 ?
					  "Must be a whole number above zero" :
					  "Must be a whole number");
		return fail_field(f->c, shown(f, row->name),
				  "Must be a whole number from %lld to %llu",
				  (long long)row->min, (unsigned long long)row->max);
	}
	if (row->type == FIELD_U64)
		memcpy(f->in + row->offset, &u, sizeof(u));
	else if (row->type == FIELD_I64)
		memcpy(f->in + row->offset, &i, sizeof(i));
	else
		memcpy(f->in + row->offset, &(uint32_t){ (uint32_t)u }, sizeof(uint32_t));
	return ERR_OK;
}

static enum errk put_bool(struct filler *f, const struct field *row, const struct value *v)
{
	bool b;

	if (v->json != NULL && json_type(v->json) == JSON_BOOL)
		b = json_true(v->json);
	else if (v->json == NULL && (strcmp(v->text, "true") == 0 || strcmp(v->text, "1") == 0))
		b = true;
	else if (v->json == NULL && (strcmp(v->text, "false") == 0 || strcmp(v->text, "0") == 0))
		b = false;
	else
		return fail_field(f->c, shown(f, row->name), "Must be true or false");
	memcpy(f->in + row->offset, &b, sizeof(b));
	return ERR_OK;
}

/* ---- one field ---- */

static enum errk put_time(struct filler *f, const struct field *row, const char *text)
{
	struct err_record before = f->c->err;
	int64_t t;

	if (clock_parse(f->c, text, &t) != ERR_OK) {
		/* its record would hide the fields found wrong so far */
		f->c->err = before;
		return fail_field(f->c, shown(f, row->name),
				  "Must be a time such as 2026-11-23T10:00:00Z");
	}
	memcpy(f->in + row->offset, &t, sizeof(t));
	return ERR_OK;
}

static enum errk put_text(struct filler *f, const struct field *row, const struct value *v)
{
	const char *text = v->text, *name = shown(f, row->name);

	if (v->json != NULL)
		text = json_type(v->json) == JSON_STRING ? json_text(v->json) : NULL;
	if (text == NULL)
		return fail_field(f->c, name, "Must be text");
	if (row->type == FIELD_TIME)
		return put_time(f, row, text);
	if (row->type == FIELD_ENUM) {
		if (!choice_is(row->choices, text))
			return fail_field(f->c, name, "Must be one of %s", row->choices);
	} else if (row->type == FIELD_TEXT) {
		if (!(row->empty_ok && *text == '\0') && !is_decimal(text))
			return fail_field(f->c, name, "Must be a number such as 12.34");
	} else {
		TRY(check_str(f, row, text));
	}
	text = arena_dup(f->c->mem, text);
	memcpy(f->in + row->offset, &text, sizeof(text));
	return ERR_OK;
}

static enum errk put_array(struct filler *f, const struct field *row, const struct value *v)
{
	size_t n;

	if (v->json == NULL || json_type(v->json) != JSON_ARRAY)
		return fail_field(f->c, shown(f, row->name), "Must be a list");
	n = json_len(v->json);
	if (n < (size_t)row->min || n > row->max)
		return fail_field(f->c, shown(f, row->name), "Must have %lld to %llu entries",
				  (long long)row->min, (unsigned long long)row->max);
	memcpy(f->in + row->offset, &v->json, sizeof(v->json));
	return ERR_OK;
}

static enum errk put(struct filler *f, const struct field *row, const struct value *v)
{
	switch (row->type) {
	case FIELD_U64:
	case FIELD_I64:
	case FIELD_U32:
		return put_number(f, row, v);
	case FIELD_BOOL:
		return put_bool(f, row, v);
	case FIELD_ARRAY:
		return put_array(f, row, v);
	case FIELD_STR:
	case FIELD_LINES:
	case FIELD_SECRET:
	case FIELD_TEXT:
	case FIELD_TIME:
	case FIELD_ENUM:
		return put_text(f, row, v);
	case FIELD_END:
		break;
	}
	return ERR_OK;
}

static const char *default_of(struct ctx *c, const struct field *row)
{
	if (row->type == FIELD_ENUM && row->deflt != NULL && *row->deflt == '\0')
		return arena_dupn(c->mem, row->choices, strcspn(row->choices, "|"));
	return row->deflt;
}

static enum errk fill_one(struct filler *f, const struct field *row, struct value v)
{
	bool sent;

	if (v.json != NULL && json_type(v.json) == JSON_NULL)
		v.there = false;
	sent = v.there;
	if (!v.there) {
		if (row->required)
			return fail_field(f->c, shown(f, row->name), "Is required");
		if (row->deflt == NULL)
			return ERR_OK;
		v = (struct value){ .there = true, .text = default_of(f->c, row) };
	}
	TRY(put(f, row, &v));
	if (sent && row->set_offset != 0)
		memcpy(f->in + row->set_offset, &(bool){ true }, sizeof(bool));
	return ERR_OK;
}

/* ---- query string ---- */

static int hex_digit(char ch)
{
	if (ch >= '0' && ch <= '9')
		return ch - '0';
	if (ch >= 'a' && ch <= 'f')
		return ch - 'a' + 10;
	if (ch >= 'A' && ch <= 'F')
		return ch - 'A' + 10;
	return -1;
}

/* Decodes into fresh memory; NULL for a bad escape or a zero byte. */
static char *url_decode(struct arena *mem, const char *s, size_t len)
{
	char *out = arena_alloc(mem, len + 1), *p = out;

	for (size_t i = 0; i < len; i++) {
		if (s[i] == '+') {
			*p++ = ' ';
		} else if (s[i] == '%') {
			int hi = len - i < 3 ? -1 : hex_digit(s[i + 1]);
			int lo = len - i < 3 ? -1 : hex_digit(s[i + 2]);

			if (hi < 0 || lo < 0 || hi + lo == 0)
				return NULL;
			*p++ = (char)(hi * 16 + lo);
			i += 2;
		} else {
			*p++ = s[i];
		}
	}
	*p = '\0';
	return out;
}

static enum errk query_split(struct ctx *c, const char *query, struct field_text *pair, size_t *n_r)
{
	size_t n = 0;

	for (const char *p = query; p != NULL && *p != '\0';) {
		size_t len = strcspn(p, "&"), eq = strcspn(p, "=&");
		const char *name = url_decode(c->mem, p, eq);
		const char *value = eq < len ? url_decode(c->mem, p + eq + 1, len - eq - 1) : "";

		if (n == QUERY_MAX || name == NULL || value == NULL)
			return fail(c, ERR_INVALID, "query.syntax", "query string");
		if (len > 0)
			pair[n++] = (struct field_text){ name, value };
		p += len + (p[len] == '&');
	}
	*n_r = n;
	return ERR_OK;
}

/* ---- whole tables ---- */

static const struct field_text *text_find(const struct field_text *t, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(t[i].name, name) == 0)
			return &t[i];
	}
	return NULL;
}

/* May `name` come in query or body? Not what the path or a header decides. */
static bool may_be_sent(const struct field *table, const struct field_source *src, const char *name)
{
	return field_find(table, name) != NULL && strcmp(name, "idempotency_key") != 0 &&
	       text_find(src->path, src->npath, name) == NULL;
}

/* A name somebody made up goes back to him only when it is harmless. */
static const char *unknown_name(struct filler *f, const char *name)
{
	uint64_t chars;

	if (!utf8_chars(name, false, &chars) || chars == 0 || chars > 64)
		return "?";
	return shown(f, arena_dup(f->c->mem, name));
}

static size_t refuse_unknown(struct filler *f, const struct field *table,
			     const struct field_source *src, const struct field_text *pair,
			     size_t n)
{
	size_t members = src->body == NULL ? 0 : json_len(src->body), wrong = 0;

	for (size_t i = 0; i < n; i++) {
		const char *name = pair[i].name;

		if (!src->query_allowed || !may_be_sent(table, src, name))
			wrong += fail_field(f->c, unknown_name(f, name),
					    "Is not known here") != ERR_OK;
		else if (text_find(pair, i, name) != NULL)
			wrong += fail_field(f->c, name, "Was given twice") != ERR_OK;
	}
	for (size_t i = 0; i < members; i++) {
		const char *name;

		(void)json_member(src->body, i, &name);
		if (!may_be_sent(table, src, name))
			wrong += fail_field(f->c, unknown_name(f, name),
					    "Is not known here") != ERR_OK;
	}
	return wrong;
}

static struct value value_of(const struct field *row, const struct field_source *src,
			     const struct field_text *pair, size_t n)
{
	const struct field_text *t = text_find(src->path, src->npath, row->name);
	const struct json *j;

	if (t == NULL && strcmp(row->name, "idempotency_key") == 0)
		return (struct value){ .there = src->idempotency_key != NULL,
				       .text = src->idempotency_key };
	if (t == NULL && src->query_allowed)
		t = text_find(pair, n, row->name);
	if (t != NULL) {
		/* an empty query value of a list form means: no filter */
		bool empty = *t->value == '\0' && !row->required && src->query_allowed;

		return (struct value){ .there = !empty, .text = t->value };
	}
	j = src->body == NULL ? NULL : json_get(src->body, row->name);
	return (struct value){ .there = j != NULL, .json = j };
}

static enum errk fill(struct filler *f, const struct field *table, const struct field_source *src)
{
	struct field_text pair[QUERY_MAX];
	size_t n = 0, wrong;

	TRY(query_split(f->c, src->query, pair, &n));
	if (src->body != NULL && json_type(src->body) != JSON_OBJECT)
		return fail(f->c, ERR_INVALID, "json.object", "body is not an object");
	wrong = refuse_unknown(f, table, src, pair, n);
	for (const struct field *row = table; row->name != NULL; row++)
		wrong += fill_one(f, row, value_of(row, src, pair, n)) != ERR_OK;
	return wrong > 0 ? ERR_INVALID : ERR_OK;
}

enum errk fields_fill(struct ctx *c, const struct field *table, const struct field_source *src,
		      const void **in_r)
{
	struct filler f = { .c = c };

	*in_r = NULL;
	if (table->name != NULL) {
		f.in = arena_alloc(c->mem, table->size);
		*in_r = f.in;
	}
	return fill(&f, table, src);
}

enum errk fields_from_object(struct ctx *c, const struct field *table, const struct json *obj,
			     const char *at, void *in)
{
	struct filler f = { .c = c, .at = at, .in = in };
	struct field_source src = { .body = obj };

	return fill(&f, table, &src);
}

/* ---- text form ---- */

/* Length of s, at most max, that ends at a character's end: a column takes it. */
static size_t utf8_cut(const char *s, size_t max)
{
	size_t len = strnlen(s, max + 1);

	if (len <= max)
		return len;
	while (max > 0 && ((unsigned char)s[max] & 0xc0) == 0x80)
		max--;
	return max;
}

static void text_of(struct str *out, struct ctx *c, const struct field *row, const char *in)
{
	const char *s = NULL;
	uint64_t u;
	int64_t i;
	uint32_t w;
	bool b;

	switch (row->type) {
	case FIELD_U64:
		memcpy(&u, in + row->offset, sizeof(u));
		str_addf(out, "%s=%llu", row->name, (unsigned long long)u);
		break;
	case FIELD_I64:
		memcpy(&i, in + row->offset, sizeof(i));
		str_addf(out, "%s=%lld", row->name, (long long)i);
		break;
	case FIELD_U32:
		memcpy(&w, in + row->offset, sizeof(w));
		str_addf(out, "%s=%u", row->name, w);
		break;
	case FIELD_BOOL:
		memcpy(&b, in + row->offset, sizeof(b));
		str_addf(out, "%s=%d", row->name, b);
		break;
	case FIELD_TIME:
		memcpy(&i, in + row->offset, sizeof(i));
		str_addf(out, "%s=%s", row->name, clock_iso(c->mem, i));
		break;
	case FIELD_STR:
	case FIELD_LINES:
	case FIELD_TEXT:
	case FIELD_ENUM:
		memcpy(&s, in + row->offset, sizeof(s));
		str_addf(out, "%s=", row->name);
		str_addn(out, s, s == NULL ? 0 : utf8_cut(s, 200));
		break;
	case FIELD_SECRET:
		str_addf(out, "%s=***", row->name);
		break;
	case FIELD_ARRAY:
	case FIELD_END:
		break;
	}
}

static bool was_sent(const struct field *row, const char *in)
{
	const char *s;
	bool set;

	if (strcmp(row->name, "idempotency_key") == 0)
		return false;
	if (row->set_offset != 0) {
		memcpy(&set, in + row->set_offset, sizeof(set));
		return set;
	}
	switch (row->type) {
	case FIELD_STR:
	case FIELD_LINES:
	case FIELD_SECRET:
	case FIELD_TEXT:
	case FIELD_ENUM:
		memcpy(&s, in + row->offset, sizeof(s));
		return s != NULL;
	case FIELD_U64:
	case FIELD_I64:
	case FIELD_U32:
	case FIELD_BOOL:
	case FIELD_TIME:
	case FIELD_ARRAY:
	case FIELD_END:
		break;
	}
	return true;
}

const char *fields_text(struct ctx *c, const struct field *table, const void *in, size_t max)
{
	struct str out;

	str_init(&out, c->mem, 32768);
	for (; in != NULL && table->name != NULL; table++) {
		if (!was_sent(table, in) || out.len > 30000)
			continue;
		if (out.len > 0)
			str_add(&out, " ");
		text_of(&out, c, table, in);
	}
	return out.len == 0 ? "" : arena_dupn(c->mem, out.s, utf8_cut(out.s, max));
}
