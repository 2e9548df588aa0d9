/* One request as a handler sees it, and how it got here. `struct req` lives in
 * the worker and is reset between requests; everything in it that is a pointer
 * dies with the request.
 *
 * Handlers read:	in (their input struct), session, account_id, source,
 *			ctx.now, ctx.set, ctx.actor, ctx.request_id
 * Handlers write:	out (JSON members of the answer) or file (other bytes),
 *			status (201 ...), retry_after_s, audit_object, audit_detail
 * Everything below "framework" is not theirs. */
#ifndef TB_FCGI_REQUEST_H
#define TB_FCGI_REQUEST_H

#include "account/session.h"
#include "base/conf.h"
#include "base/ctx.h"
#include "base/json.h"
#include "settings/settings.h"

#include "fcgi/field.h"

struct route;
struct FCGX_Request;

enum pool { POOL_USER, POOL_ADMIN, POOL_HOOK };
#define POOL_COUNT 3
const char *pool_name(enum pool p);
/* false: no such pool */
bool pool_parse(const char *text, enum pool *pool_r);

/* What the web server told us; any text may be NULL. Names of the FastCGI
 * parameters are in request.c; nginx/fastcgi.conf.in is the other end. */
struct http_in {
	const char *method, *path, *query, *content_type, *content_length;
	const char *cookie, *csrf, *idempotency_key, *origin, *fetch_site, *host;
	const char *authorization, *ip, *real_ip, *request_id;
	const char *hook_time, *hook_signature;	/* X-Tollbridge-Timestamp, -Signature */
	const char *body;
	size_t body_len;
};

/* An answer that is no JSON: a download. Not on RF_IDEMPOTENT routes. */
struct req_file {
	const char *content_type;	/* NULL: there is none */
	const char *name;		/* ASCII without quotes or blanks */
	const void *bytes;
	size_t len;
};

#define COOKIES_MAX 3
#define PATH_PARTS_MAX 4

struct req {
	struct ctx ctx;			/* pass &r->ctx on */
	const void *in;			/* the handler's input struct; NULL: empty table */
	struct jout *out;		/* root object of the answer; new for every run */
	struct req_file file;		/* instead of out */
	const struct session *session;	/* NULL: nobody is signed in */
	uint64_t account_id;		/* of the session; first parameter of customer queries */
	const char *source;		/* ROLE_SOURCE, ROLE_METRICS: event_source.source */
	const char *ip;			/* of the client, never NULL */
	int status;			/* of a success: 200 unless the handler says 201 */
	int64_t retry_after_s;		/* with LIMITED or BUSY */
	const char *audit_object;	/* RF_AUDIT: default is the path */
	const char *audit_detail;	/* RF_AUDIT: default is the input without secrets */

	/* framework */
	enum pool pool;
	const struct conf *conf;
	struct settings_cache *settings;
	const struct route *route;	/* NULL: none matched */
	struct http_in http;
	struct field_text part[PATH_PARTS_MAX];
	size_t nparts;
	struct json *json;
	struct session session_row;
	const char *token;		/* of the session cookie */
	const char *set_cookie[COOKIES_MAX];
	size_t ncookies;
	const char *allow;		/* 405: methods of this path */
	const char *stored;		/* the answer as text, once made or replayed */
	int stored_status;
	bool replayed;
	bool finish;			/* this worker must not take another request */
	enum errk result;
	int64_t started_us;
	const char *head;		/* rendered by respond.c, written by main.c */
	const char *body;
	size_t body_len;
	bool body_is_file;
	int sent_status;
};

/* For the life of a worker. */
void req_init(struct req *r, enum pool pool, const struct conf *conf);
void req_close(struct req *r);
/* Between requests. */
void req_reset(struct req *r);
/* Parameters into r->http. */
void req_read(struct req *r, struct FCGX_Request *fcgi);
/* The body, at most max bytes: INVALID "body.too_large". Not read before the
 * route is known, so that a body nobody wants is never held. */
enum errk req_read_body(struct req *r, struct FCGX_Request *fcgi, size_t max) WARN_UNUSED;
/* Sends head and body; false when the web server went away. */
bool req_write(const struct req *r, struct FCGX_Request *fcgi);

/* Value of a cookie on the arena, NULL when absent or empty. */
const char *req_cookie(struct req *r, const char *name);

#endif
