/* JSON in and out over json-c; the only file that includes it is json.c.
 * Amounts are strings. In: depth <= 16, strict, UTF-8 checked. */
#ifndef TB_BASE_JSON_H
#define TB_BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"

/* ---- in ---- */
struct json;			/* a parsed tree, freed with the context (json_close) */

/* INVALID "json.syntax" names the place. text need not end with NUL. */
enum errk json_parse(struct ctx *c, const char *text, size_t len, struct json **j_r) WARN_UNUSED;
void json_close(struct json **j);	/* frees the root */

enum json_type {
	JSON_NULL, JSON_BOOL, JSON_INT, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT
};
enum json_type json_type(const struct json *j);
/* Member of an object, element of an array: NULL when absent. Borrowed from the root. */
const struct json *json_get(const struct json *obj, const char *name);
const struct json *json_at(const struct json *arr, size_t i);
size_t json_len(const struct json *j);	/* array elements or object members */
/* i-th member of an object in order of appearance. */
const struct json *json_member(const struct json *obj, size_t i, const char **name_r);
/* Text of a string, or the digits of a number as sent; NULL otherwise. */
const char *json_text(const struct json *j);
bool json_true(const struct json *j);
bool json_i64(const struct json *j, int64_t *v_r);	/* int, or decimal text of one */

/* ---- out: one tree under construction, on the context ---- */
struct jout;
struct jout *jo_new(struct ctx *c);	/* root object */
void jo_obj(struct jout *o, const char *name);	/* name NULL inside an array */
void jo_arr(struct jout *o, const char *name);
void jo_end(struct jout *o);		/* closes the innermost obj or arr */
void jo_str(struct jout *o, const char *name, const char *v);	/* NULL -> null */
void jo_u64(struct jout *o, const char *name, uint64_t v);
void jo_i64(struct jout *o, const char *name, int64_t v);
void jo_bool(struct jout *o, const char *name, bool v);
void jo_null(struct jout *o, const char *name);
void jo_time(struct jout *o, const char *name, int64_t utc);	/* ISO text; 0 -> null */
/* An already parsed tree, copied. */
void jo_json(struct jout *o, const char *name, const struct json *j);
/* Serialise plain; text on the arena. All levels must be closed. */
const char *jo_text(struct jout *o, size_t *len_r);
void jo_free(struct jout **o);

#endif
