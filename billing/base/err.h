/* Error kinds and the record of the last failure.
 *
 * Every function that can fail returns enum errk; ERR_OK is 0. The kind says
 * what the caller may do (errk.def: HTTP status, may-be-retried); the code
 * ("wallet.insufficient", a row of errors.def) says what happened in words a
 * customer may read; the detail is for the log only. Failing functions never
 * log: the edge (dispatch, job runner, main) logs once. */
#ifndef TB_BASE_ERR_H
#define TB_BASE_ERR_H

#include <stdbool.h>
#include <stddef.h>

#define WARN_UNUSED __attribute__((warn_unused_result))

struct ctx;

enum errk {
#define ERRK(name, http, retry) ERR_##name,
#include "base/errk.def"
#undef ERRK
};

/* One wrong input field; message is customer text. */
struct field_error {
	const char *name;
	const char *message;
};

#define FIELD_ERRORS_MAX 32

/* The last failure on a context. Strings live in the context's arena. */
struct err_record {
	enum errk kind;
	const char *code;	/* row of errors.def */
	const char *detail;	/* for the log, never for the customer */
	const char *message;	/* customer text; NULL: the row's text */
	struct field_error fields[FIELD_ERRORS_MAX];
	size_t nfields;
};

/* Record a failure and return its kind: return fail(c, ERR_CONFLICT, ...). */
enum errk fail(struct ctx *c, enum errk kind, const char *code,
	       const char *detail_fmt, ...) __attribute__((format(printf, 4, 5)));
/* As fail(), with customer text that replaces the text of the errors.def row. */
enum errk fail_say(struct ctx *c, enum errk kind, const char *code,
		   const char *message_fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* Record one wrong field (INVALID, code "invalid"); may be called repeatedly,
 * the errors are reported together. */
enum errk fail_field(struct ctx *c, const char *field, const char *message_fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Forget the record, after a caller has handled the failure. */
void err_clear(struct ctx *c);

const char *errk_name(enum errk k);
bool errk_may_retry(enum errk k);
/* Customer text of a code of errors.def; a general sentence when unknown. */
const char *err_text(const char *code);

/* Return onward a failure. The only macro that hides control flow; legal
 * because the arena owns all memory. */
#define TRY(expr)                                                              \
	do {                                                                   \
		enum errk try_k_ = (expr);                                     \
		if (try_k_ != ERR_OK)                                          \
			return try_k_;                                         \
	} while (0)

#endif
