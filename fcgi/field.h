/* Input tables. A handler file declares one struct for everything it takes and
 * one table of rows that say how it is filled; the framework fills it from
 * path, query string, JSON body and the Idempotency-Key header and checks it
 * BEFORE the handler runs. Unknown fields are refused, all wrong ones are
 * reported together (422 "invalid"), and the handler never parses anything.
 *
 *	struct pay_in { uint64_t id; const char *amount; uint32_t parts; };
 *	const struct field invoice_pay_in[] = {
 *		F_U64(struct pay_in, id, true, 1, UINT64_MAX, "Invoice, from the path"),
 *		F_TEXT(struct pay_in, amount, true, "How much"),
 *		F_U32(struct pay_in, parts, false, 1, 12, "1", "In how many parts"),
 *		F_END
 *	};
 *
 * Where a field comes from: a name that is a {part} of the route's path comes
 * from the path only; idempotency_key from the header only; all others from the
 * query string of a GET and from the body of everything else.
 *
 * Absent and null are the same: the default if the row has one, else zero or
 * NULL. Where zero is a value of its own (PATCH), the _OPT rows also set the
 * member `bool <member>_set`. Pointers live as long as the request. */
#ifndef TB_FCGI_FIELD_H
#define TB_FCGI_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/json.h"

enum field_type {
	FIELD_END, FIELD_U64, FIELD_I64, FIELD_U32, FIELD_BOOL, FIELD_TIME,
	FIELD_STR,	/* one line: no control characters, valid UTF-8 */
	FIELD_LINES,	/* as STR, newlines and tabs allowed */
	FIELD_SECRET,	/* as STR, never in the log or in an audit row */
	FIELD_TEXT,	/* decimal text for money: "-12.34"; money_parse has the last word */
	FIELD_ENUM,
	FIELD_ARRAY,	/* const struct json *, body only; see fields_from_object */
};

struct field {
	const char *name;
	enum field_type type;
	size_t size;		/* of the whole input struct */
	size_t offset;
	size_t set_offset;	/* of bool <member>_set; 0: none (it is never the first member) */
	bool required;
	bool empty_ok;		/* TEXT: "" is a value (it means: remove) */
	int64_t min;		/* number, or length in characters, or array elements */
	uint64_t max;
	const char *deflt;	/* text form; NULL: none */
	const char *choices;	/* ENUM: "A|B|C" */
	const char *help;
};

/* The offset, and a compile error when the member has another type. */
#define FIELD_AT(stype, member, ctype) \
	_Generic(((stype *)0)->member, ctype: offsetof(stype, member))
#define FIELD_ROW(stype, member, ctype, fname, ftype) \
	.name = (fname), .type = (ftype), .size = sizeof(stype), \
	.offset = FIELD_AT(stype, member, ctype)
#define FIELD_SET(stype, member) .set_offset = FIELD_AT(stype, member##_set, bool)

#define F_U64(stype, member, need, lo, hi, text) \
	{ FIELD_ROW(stype, member, uint64_t, #member, FIELD_U64), \
	  .required = (need), .min = (lo), .max = (hi), .help = (text) }
#define F_I64(stype, member, need, lo, hi, def, text) \
	{ FIELD_ROW(stype, member, int64_t, #member, FIELD_I64), \
	  .required = (need), .min = (lo), .max = (hi), .deflt = (def), .help = (text) }
#define F_U32(stype, member, need, lo, hi, def, text) \
	{ FIELD_ROW(stype, member, uint32_t, #member, FIELD_U32), \
	  .required = (need), .min = (lo), .max = (hi), .deflt = (def), .help = (text) }
#define F_BOOL(stype, member, need, def, text) \
	{ FIELD_ROW(stype, member, bool, #member, FIELD_BOOL), \
	  .required = (need), .deflt = (def), .help = (text) }
#define F_TIME(stype, member, need, text) \
	{ FIELD_ROW(stype, member, int64_t, #member, FIELD_TIME), \
	  .required = (need), .help = (text) }
/* Lengths in characters. A required one may not be blank. */
#define F_STR(stype, member, need, lo, hi, text) \
	{ FIELD_ROW(stype, member, const char *, #member, FIELD_STR), \
	  .required = (need), .min = (lo), .max = (hi), .help = (text) }
#define F_LINES(stype, member, need, lo, hi, text) \
	{ FIELD_ROW(stype, member, const char *, #member, FIELD_LINES), \
	  .required = (need), .min = (lo), .max = (hi), .help = (text) }
#define F_SECRET(stype, member, need, lo, hi, text) \
	{ FIELD_ROW(stype, member, const char *, #member, FIELD_SECRET), \
	  .required = (need), .min = (lo), .max = (hi), .help = (text) }
#define F_TEXT(stype, member, need, text) \
	{ FIELD_ROW(stype, member, const char *, #member, FIELD_TEXT), \
	  .required = (need), .help = (text) }
#define F_TEXT_OR_EMPTY(stype, member, need, text) \
	{ FIELD_ROW(stype, member, const char *, #member, FIELD_TEXT), \
	  .required = (need), .empty_ok = true, .help = (text) }
#define F_ENUM(stype, member, need, list, def, text) \
	{ FIELD_ROW(stype, member, const char *, #member, FIELD_ENUM), \
	  .required = (need), .choices = (list), .deflt = (def), .help = (text) }
#define F_ARRAY(stype, member, need, lo, hi, text) \
	{ FIELD_ROW(stype, member, const struct json *, #member, FIELD_ARRAY), \
	  .required = (need), .min = (lo), .max = (hi), .help = (text) }

/* Optional, and the handler must know whether it was sent: bool <member>_set. */
#define F_U64_OPT(stype, member, lo, hi, text) \
	{ FIELD_ROW(stype, member, uint64_t, #member, FIELD_U64), \
	  FIELD_SET(stype, member), .min = (lo), .max = (hi), .help = (text) }
#define F_I64_OPT(stype, member, lo, hi, text) \
	{ FIELD_ROW(stype, member, int64_t, #member, FIELD_I64), \
	  FIELD_SET(stype, member), .min = (lo), .max = (hi), .help = (text) }
#define F_U32_OPT(stype, member, lo, hi, text) \
	{ FIELD_ROW(stype, member, uint32_t, #member, FIELD_U32), \
	  FIELD_SET(stype, member), .min = (lo), .max = (hi), .help = (text) }
#define F_BOOL_OPT(stype, member, text) \
	{ FIELD_ROW(stype, member, bool, #member, FIELD_BOOL), \
	  FIELD_SET(stype, member), .help = (text) }
#define F_TIME_OPT(stype, member, text) \
	{ FIELD_ROW(stype, member, int64_t, #member, FIELD_TIME), \
	  FIELD_SET(stype, member), .help = (text) }
#define F_END { .name = NULL }

/* Lists: one member `struct list_in <m>` and one row. sorts and statuses are
 * choices "A|B"; the first of sorts is the default; statuses "" refuses any.
 *	struct x_in { struct list_in list; };
 *	const struct field x_in[] = { F_LIST(struct x_in, list, "id|name", "ON|OFF"), F_END }; */
struct list_in {
	const char *q;		/* search text, NULL: none */
	const char *status;	/* NULL: all */
	const char *sort;	/* never NULL */
	const char *dir;	/* "asc" or "desc" */
	uint32_t page, per;	/* from 1; 1..100 */
};
#define FIELD_LIST_STR(stype, m, member, ftype) \
	FIELD_ROW(stype, m.member, const char *, #member, ftype)
#define F_LIST(stype, m, sorts, statuses) \
	{ FIELD_LIST_STR(stype, m, q, FIELD_STR), .max = 100, .help = "Search text" }, \
	{ FIELD_LIST_STR(stype, m, status, FIELD_ENUM), .choices = (statuses), \
	  .help = "Only rows in this state" }, \
	{ FIELD_LIST_STR(stype, m, sort, FIELD_ENUM), .choices = (sorts), .deflt = "", \
	  .help = "Column to sort by" }, \
	{ FIELD_LIST_STR(stype, m, dir, FIELD_ENUM), .choices = "asc|desc", .deflt = "desc", \
	  .help = "Direction" }, \
	{ FIELD_ROW(stype, m.page, uint32_t, "page", FIELD_U32), .min = 1, .max = 100000, \
	  .deflt = "1", .help = "Page, from 1" }, \
	{ FIELD_ROW(stype, m.per, uint32_t, "per", FIELD_U32), .min = 1, .max = 100, \
	  .deflt = "25", .help = "Rows per page" }
/* Rows before the page: for LIMIT ?, ?. */
uint64_t list_skip(const struct list_in *list);
bool list_ascending(const struct list_in *list);

/* ---- used by dispatch; handlers need only fields_from_object ---- */

/* Where values come from: decoded text by name. */
struct field_text { const char *name, *value; };
struct field_source {
	const struct field_text *path;	/* {parts} of the route */
	size_t npath;
	const char *query;		/* raw, NULL or "" when there is none */
	bool query_allowed;
	const struct json *body;	/* NULL: none */
	const char *idempotency_key;	/* NULL: none */
};
/* Allocates and fills the input struct. Every wrong field is recorded with
 * fail_field; INVALID when there was one. */
enum errk fields_fill(struct ctx *c, const struct field *table, const struct field_source *src,
		      const void **in_r) WARN_UNUSED;
/* The same for one element of an F_ARRAY: obj against a table of its own. `at`
 * goes before the names in the errors ("events[3]."), NULL: nothing. */
enum errk fields_from_object(struct ctx *c, const struct field *table, const struct json *obj,
			     const char *at, void *in) WARN_UNUSED;
/* "name=value name=value" without secrets, for audit rows; at most max bytes. */
const char *fields_text(struct ctx *c, const struct field *table, const void *in, size_t max);
const struct field *field_find(const struct field *table, const char *name);
/* Is text one of "A|B|C"? */
bool choice_is(const char *choices, const char *text);

#endif
