/* From FastCGI to struct req and back. With main.c the only file that knows
 * libfcgi. */
#include "fcgi/request.h"

#include <fcgiapp.h>
#include <string.h>

#include "base/db.h"

/* Results of a page of 1000 events and their input must fit, and an invoice of
 * some thousand lines while it becomes a document. Everything else is far below:
 * what was used is given back after each request. */
#define ARENA_CAP (96 * 1024 * 1024)

static const char *const pool_names[POOL_COUNT] = {
	[POOL_USER] = "user", [POOL_ADMIN] = "admin", [POOL_HOOK] = "hook",
};

const char *pool_name(enum pool p)
{
	return pool_names[p];
}

bool pool_parse(const char *text, enum pool *pool_r)
{
	for (int i = 0; i < POOL_COUNT; i++) {
		if (strcmp(pool_names[i], text) == 0) {
			*pool_r = (enum pool)i;
			return true;
		}
	}
	return false;
}

void req_init(struct req *r, enum pool pool, const struct conf *conf)
{
	*r = (struct req){ .pool = pool, .conf = conf };
	ctx_init(&r->ctx, ARENA_CAP);
	r->ctx.db = db_new(conf);
	r->settings = settings_cache_new();
	req_reset(r);
}

void req_close(struct req *r)
{
	req_reset(r);
	settings_cache_free(&r->settings);
	db_free(&r->ctx.db);
	ctx_close(&r->ctx);
}

void req_reset(struct req *r)
{
	json_close(&r->json);
	jo_free(&r->out);
	ctx_reset(&r->ctx);
	*r = (struct req){
		.ctx = r->ctx, .pool = r->pool, .conf = r->conf, .settings = r->settings,
		.status = 200, .ip = "", .finish = r->finish,
	};
	r->ctx.actor = "anonymous";
	r->ctx.actor_user_id = 0;
	r->ctx.request_id = "-";
	r->ctx.set = NULL;
	r->ctx.generation = 0;
}

/* As nginx/fastcgi.conf.in names them. */
void req_read(struct req *r, struct FCGX_Request *fcgi)
{
	const struct { const char *name; const char **to; } param[] = {
		{ "REQUEST_METHOD", &r->http.method },
		{ "DOCUMENT_URI", &r->http.path },
		{ "QUERY_STRING", &r->http.query },
		{ "CONTENT_TYPE", &r->http.content_type },
		{ "CONTENT_LENGTH", &r->http.content_length },
		{ "REMOTE_ADDR", &r->http.ip },
		{ "REQUEST_ID", &r->http.request_id },
		{ "HTTP_X_REAL_IP", &r->http.real_ip },
		{ "HTTP_COOKIE", &r->http.cookie },
		{ "HTTP_X_TOLLBRIDGE_TIMESTAMP", &r->http.hook_time },
		{ "HTTP_X_TOLLBRIDGE_SIGNATURE", &r->http.hook_signature },
		{ "HTTP_X_CSRF_TOKEN", &r->http.csrf },
		{ "HTTP_IDEMPOTENCY_KEY", &r->http.idempotency_key },
		{ "HTTP_ORIGIN", &r->http.origin },
		{ "HTTP_SEC_FETCH_SITE", &r->http.fetch_site },
		{ "HTTP_HOST", &r->http.host },
		{ "HTTP_AUTHORIZATION", &r->http.authorization },
	};

	for (size_t i = 0; i < sizeof(param) / sizeof(param[0]); i++) {
		const char *v = FCGX_GetParam(param[i].name, fcgi->envp);

		/* nginx sends headers that were not there as empty parameters */
		*param[i].to = v == NULL || *v == '\0' ? NULL : v;
	}
}

enum errk req_read_body(struct req *r, struct FCGX_Request *fcgi, size_t max)
{
	char *buf;
	size_t want = 0, got;

	if (r->http.content_length == NULL)
		return ERR_OK;
	for (const char *p = r->http.content_length; *p != '\0'; p++) {
		if (*p < '0' || *p > '9' || want > max)
			return fail(&r->ctx, ERR_INVALID, "body.too_large", "length %s of %zu",
				    r->http.content_length, max);
		want = want * 10 + (size_t)(*p - '0');
	}
	if (want > max)
		return fail(&r->ctx, ERR_INVALID, "body.too_large", "%zu of %zu bytes", want, max);
	buf = arena_alloc(r->ctx.mem, want + 1);
	got = (size_t)FCGX_GetStr(buf, (int)want, fcgi->in);
	if (got != want)
		return fail(&r->ctx, ERR_INVALID, "body.short", "%zu of %zu bytes", got, want);
	r->http.body = buf;
	r->http.body_len = want;
	return ERR_OK;
}

bool req_write(const struct req *r, struct FCGX_Request *fcgi)
{
	bool body = strcmp(r->http.method == NULL ? "GET" : r->http.method, "HEAD") != 0;

	return FCGX_PutS(r->head, fcgi->out) >= 0 &&
	       (!body || FCGX_PutStr(r->body, (int)r->body_len, fcgi->out) >= 0);
}

const char *req_cookie(struct req *r, const char *name)
{
	size_t len = strlen(name);

	for (const char *p = r->http.cookie; p != NULL && *p != '\0';) {
		size_t n;

		p += strspn(p, " \t;");
		n = strcspn(p, ";");
		if (n > len + 1 && memcmp(p, name, len) == 0 && p[len] == '=')
			return arena_dupn(r->ctx.mem, p + len + 1, n - len - 1);
		p += n;
	}
	return NULL;
}
