/* HTTP client on libcurl: everything explicit, one handle reused. No
 * redirects, TLS verified, body capped, no proxy from the environment, secrets
 * never in the trace. */
#ifndef TB_BASE_HTTP_H
#define TB_BASE_HTTP_H

#include "base/ctx.h"

struct http;
struct http_field { const char *name; const char *value; };

struct http_req {
	const char *url;
	const struct http_field *form;	/* urlencoded POST body when not NULL */
	size_t nform;
	const char *body;		/* else this body, with content_type */
	const char *content_type;
	const struct http_field *headers;
	size_t nheaders;
	int64_t connect_ms, total_ms;	/* 0: 5 s and 30 s */
	size_t max_body;		/* 0: 4 MiB */
	bool allow_http;		/* plain http, for loopback sandboxes */
};

struct http_res {
	long status;
	const char *body;		/* on the arena, NUL-terminated */
	size_t len;
	const char *content_type;
	int64_t retry_after_s;		/* 0: none */
	int64_t us;			/* duration */
	bool left;			/* did any byte of the request leave? */
};

struct http *http_new(void);
void http_free(struct http **h);

/* OK: an answer arrived, whatever its status. UPSTREAM: nothing was sent (a
 * write may be repeated). UNCERTAIN: the request left and no whole answer came
 * back. INVALID: the URL is not acceptable. */
enum errk http_call(struct ctx *c, struct http *h, const struct http_req *req,
		    struct http_res *res) WARN_UNUSED;

#endif
