/* Records the last failure on the context; texts come from errors.def. */
#include "base/err.h"

#include <assert.h>
#include <string.h>

#include "base/ctx.h"

static const char *const kind_names[] = {
#define ERRK(name, http, retry) [ERR_##name] = #name,
#include "base/errk.def"
#undef ERRK
};

static const bool kind_retry[] = {
#define ERRK(name, http, retry) [ERR_##name] = retry,
#include "base/errk.def"
#undef ERRK
};

static const struct error_row {
	const char *code, *text;
} errors[] = {
#define ERROR(code, text) { code, text },
#include "base/errors.def"
#undef ERROR
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void record(struct ctx *c, enum errk kind, const char *code, const char *detail)
{
	assert(kind != ERR_OK && code);
	err_clear(c);
	c->err.kind = kind;
	c->err.code = code;
	c->err.detail = detail;
}

enum errk fail(struct ctx *c, enum errk kind, const char *code, const char *detail_fmt, ...)
{
	va_list ap;
	const char *detail;

	va_start(ap, detail_fmt);
	detail = arena_vfmt(c->mem, detail_fmt, ap);
	va_end(ap);
	record(c, kind, code, detail);
	return kind;
}

enum errk fail_say(struct ctx *c, enum errk kind, const char *code, const char *message_fmt, ...)
{
	va_list ap;
	const char *message;

	va_start(ap, message_fmt);
	message = arena_vfmt(c->mem, message_fmt, ap);
	va_end(ap);
	record(c, kind, code, message);
	c->err.message = message;
	return kind;
}

enum errk fail_field(struct ctx *c, const char *field, const char *message_fmt, ...)
{
	struct err_record *e = &c->err;
	va_list ap;
	const char *message;

	va_start(ap, message_fmt);
	message = arena_vfmt(c->mem, message_fmt, ap);
	va_end(ap);
	if (e->kind != ERR_INVALID || !e->nfields)
		record(c, ERR_INVALID, "invalid", arena_fmt(c->mem, "%s: %s", field, message));
	if (e->nfields < FIELD_ERRORS_MAX)
		e->fields[e->nfields++] = (struct field_error){
			.name = arena_dup(c->mem, field), .message = message };
	return ERR_INVALID;
}

void err_clear(struct ctx *c)
{
	memset(&c->err, 0, sizeof(c->err));
}

const char *errk_name(enum errk k)
{
	assert((size_t)k < COUNT(kind_names));
	return kind_names[k];
}

bool errk_may_retry(enum errk k)
{
	assert((size_t)k < COUNT(kind_retry));
	return kind_retry[k];
}

const char *err_text(const char *code)
{
	for (size_t i = 0; code && i < COUNT(errors); i++)
		if (strcmp(errors[i].code, code) == 0)
			return errors[i].text;
	return "Something went wrong. Please try again or tell us.";
}
