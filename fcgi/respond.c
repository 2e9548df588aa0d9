/* Answers: see respond.h. The HTTP column of errk.def is expanded here and
 * nowhere else. */
#include "fcgi/respond.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/db.h"
#include "base/log.h"
#include "fcgi/route.h"

static const int kind_status[] = {
#define ERRK(name, http, retry) [ERR_##name] = (http),
#include "base/errk.def"
#undef ERRK
};

/* Failures of the envelope, which HTTP has numbers of its own for. */
static const struct { const char *code; int status; } code_status[] = {
	{ "json.syntax", 400 }, { "json.object", 400 }, { "query.syntax", 400 },
	{ "body.short", 400 }, { "idempotency.missing", 400 }, { "route.method", 405 },
	{ "body.too_large", 413 }, { "body.type", 415 },
};

static const char *reason(int status)
{
	static const struct { int status; const char *text; } reasons[] = {
		{ 200, "OK" }, { 201, "Created" }, { 202, "Accepted" }, { 400, "Bad Request" },
		{ 401, "Unauthorized" }, { 403, "Forbidden" }, { 404, "Not Found" },
		{ 405, "Method Not Allowed" }, { 409, "Conflict" }, { 413, "Content Too Large" },
		{ 415, "Unsupported Media Type" }, { 422, "Unprocessable Content" },
		{ 429, "Too Many Requests" }, { 502, "Bad Gateway" },
		{ 503, "Service Unavailable" },
	};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if (reasons[i].status == status)
			return reasons[i].text;
	}
	return "Internal Server Error";
}

static int failure_status(const struct err_record *e, enum errk k)
{
	for (size_t i = 0; e->code != NULL &&
	     i < sizeof(code_status) / sizeof(code_status[0]); i++) {
		if (strcmp(code_status[i].code, e->code) == 0)
			return code_status[i].status;
	}
	return kind_status[k];
}

/* What a customer may know: codes of the layers below are for the log. */
static const char *public_code(struct arena *mem, const struct err_record *e, enum errk k)
{
	char *name;

	if (k != ERR_INTERNAL && e->code != NULL && strncmp(e->code, "db.", 3) != 0)
		return e->code;
	name = arena_dup(mem, errk_name(k));
	for (char *p = name; *p != '\0'; p++)
		*p = *p >= 'A' && *p <= 'Z' ? (char)(*p + ('a' - 'A')) : *p;
	return name;
}

static const char *failure_text(struct req *r, enum errk k, size_t *len_r)
{
	const struct err_record *e = &r->ctx.err;
	struct jout *o = jo_new(&r->ctx);
	const char *code = public_code(r->ctx.mem, e, k), *say = e->message, *text;

	if (k == ERR_INTERNAL)
		say = err_text("internal");
	else if (say == NULL)
		say = err_text(e->code != NULL ? e->code : code);

	jo_obj(o, "error");
	jo_str(o, "code", code);
	jo_str(o, "message", say);
	jo_str(o, "request_id", r->ctx.request_id);
	if (e->nfields > 0) {
		jo_arr(o, "fields");
		for (size_t i = 0; i < e->nfields; i++) {
			jo_obj(o, NULL);
			jo_str(o, "name", e->fields[i].name);
			jo_str(o, "message", e->fields[i].message);
			jo_end(o);
		}
		jo_end(o);
	}
	jo_end(o);
	text = jo_text(o, len_r);
	jo_free(&o);
	return text;
}

static void add_headers(struct req *r, struct str *h)
{
	str_addf(h, "Status: %d %s\r\n", r->sent_status, reason(r->sent_status));
	if (r->body_is_file)
		str_addf(h, "Content-Type: %s\r\nContent-Disposition: attachment; filename=\"%s\""
			 "\r\nX-Content-Type-Options: nosniff\r\n", r->file.content_type,
			 r->file.name);
	else
		str_add(h, "Content-Type: application/json\r\n");
	str_add(h, "Cache-Control: no-store\r\n");
	str_addf(h, "Content-Length: %zu\r\n", r->body_len);
	str_addf(h, "X-Request-Id: %s\r\n", r->ctx.request_id);
	if (r->ctx.generation != 0)
		str_addf(h, "X-Settings-Generation: %llu\r\n",
			 (unsigned long long)r->ctx.generation);
	if (r->retry_after_s > 0)
		str_addf(h, "Retry-After: %lld\r\n", (long long)r->retry_after_s);
	if (r->allow != NULL)
		str_addf(h, "Allow: %s\r\n", r->allow);
	if (r->replayed)
		str_add(h, "Idempotent-Replayed: true\r\n");
	for (size_t i = 0; i < r->ncookies; i++)
		str_addf(h, "Set-Cookie: %s\r\n", r->set_cookie[i]);
	str_add(h, "\r\n");
}

void respond_render(struct req *r, enum errk k)
{
	struct str head;

	if (k == ERR_OK && r->stored != NULL) {
		r->body = r->stored;
		r->body_len = strlen(r->stored);
		r->sent_status = r->stored_status;
	} else if (k == ERR_OK && r->file.content_type != NULL) {
		assert(strpbrk(r->file.name, "\"\\ \r\n") == NULL);
		r->body = r->file.bytes;
		r->body_len = r->file.len;
		r->body_is_file = true;
		r->sent_status = r->status;
	} else if (k == ERR_OK) {
		r->body = jo_text(r->out, &r->body_len);
		r->sent_status = r->status;
	} else {
		r->body = failure_text(r, k, &r->body_len);
		r->sent_status = failure_status(&r->ctx.err, k);
		if (r->retry_after_s == 0 && (r->sent_status == 503 || r->sent_status == 429))
			r->retry_after_s = 1;
	}
	str_init(&head, r->ctx.mem, 8192);
	add_headers(r, &head);
	r->head = head.s;
}

void respond_log(struct req *r)
{
	enum errk k = r->result;
	struct arena *mem = r->ctx.mem;
	int64_t db_us = 0, us = clock_mono_us() - r->started_us;
	uint32_t queries = 0;
	const char *account = "-";

	db_take_stats(r->ctx.db, &queries, &db_us);
	if (r->account_id != 0)
		account = arena_fmt(mem, "%llu", (unsigned long long)r->account_id);
	if (k == ERR_INTERNAL || k == ERR_UNCERTAIN)
		log_failure(&r->ctx, LOG_LVL_ERROR, "request.failed");
	log_event(LOG_LVL_INFO, "request", "id", r->ctx.request_id,
		  "route", r->route == NULL ? "-" : r->route->name,
		  "status", arena_fmt(mem, "%d", r->sent_status),
		  "ms", arena_fmt(mem, "%lld.%lld",
				  (long long)us / 1000, (long long)us % 1000 / 100),
		  "db_ms", arena_fmt(mem, "%lld.%lld", (long long)db_us / 1000,
				     (long long)db_us % 1000 / 100),
		  "queries", arena_fmt(mem, "%u", queries),
		  "account", account, "user", r->ctx.actor, "ip", r->ip,
		  "err", k == ERR_OK || r->ctx.err.code == NULL ? "-" : r->ctx.err.code,
		  "detail", k == ERR_OK || r->ctx.err.detail == NULL ? "-" : r->ctx.err.detail,
		  NULL);
}
