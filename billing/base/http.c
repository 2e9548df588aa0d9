/* libcurl with everything said explicitly. Reads may share a connection; a
 * request with a body gets a fresh one, because libcurl sends a request again
 * by itself when a reused connection dies before the first byte of the answer. */
#include "base/http.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "base/clock.h"
#include "base/failpoint.h"

#define MAX_BODY_DEFAULT ((size_t)4 << 20)
#define RETRY_AFTER_MAX_S 86400

struct http {
	CURL *curl;
	char *body;		/* grows, kept between calls */
	size_t len, cap, max;
	bool left;
	bool too_large;
};

struct http *http_new(void)
{
	struct http *h = calloc(1, sizeof(*h));

	/* Safe to repeat; our programs have one thread. */
	if (!h || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		abort();
	h->curl = curl_easy_init();
	if (!h->curl)
		abort();
	return h;
}

static void wipe_body(struct http *h)
{
	if (h->body)
		explicit_bzero(h->body, h->cap);
	h->len = 0;
}

void http_free(struct http **h)
{
	if (!*h)
		return;
	curl_easy_cleanup((*h)->curl);
	wipe_body(*h);
	free((*h)->body);
	free(*h);
	*h = NULL;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *user)
{
	struct http *h = user;
	size_t len = size * n;

	if (len > h->max - h->len) {
		h->too_large = true;
		return 0;
	}
	if (h->len + len > h->cap) {
		size_t cap = (h->len + len) * 2;
		char *grown = realloc(h->body, cap);

		if (!grown)
			abort();
		h->body = grown;
		h->cap = cap;
	}
	memcpy(h->body + h->len, bytes, len);
	h->len += len;
	return len;
}

/* Called when connected and about to send: from here on it may have arrived. */
static int on_ready(void *user, char *ip, char *local_ip, int port, int local_port)
{
	struct http *h = user;

	(void)ip, (void)local_ip, (void)port, (void)local_port;
	h->left = true;
	return CURL_PREREQFUNC_OK;
}

static bool is_loopback(const char *host)
{
	unsigned int dots = 0;

	if (strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0)
		return true;
	if (strncmp(host, "127.", 4) != 0)
		return false;
	for (; *host; host++) {
		dots += *host == '.';
		if (*host != '.' && (*host < '0' || *host > '9'))
			return false;
	}
	return dots == 3;
}

/* NULL, or why we do not go there. */
static const char *url_problem(CURLU *u, const char *url, bool allow_http)
{
	char *scheme = NULL, *host = NULL;
	const char *problem = NULL;

	if (curl_url_set(u, CURLUPART_URL, url, CURLU_DISALLOW_USER) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_HOST, &host, 0) != CURLUE_OK || !host[0])
		problem = "not a URL, or one with a user in it";
	else if (strcmp(scheme, "http") == 0 && !(allow_http && is_loopback(host)))
		problem = "plain http is for loopback only, and only when allowed";
	else if (strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0)
		problem = "neither https nor http";
	curl_free(scheme);
	curl_free(host);
	return problem;
}

static enum errk check_url(struct ctx *c, const struct http_req *req)
{
	CURLU *u = curl_url();
	const char *problem;

	if (!u)
		abort();
	problem = url_problem(u, req->url ? req->url : "", req->allow_http);
	curl_url_cleanup(u);
	if (problem)
		return fail(c, ERR_INVALID, "http.url", "%s", problem);
	return ERR_OK;
}

static bool has_control(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return true;
	return false;
}

static enum errk add_header(struct ctx *c, struct curl_slist **list, const char *name,
			    const char *value)
{
	struct curl_slist *more;

	if (!name[0] || has_control(name) || has_control(value) || strpbrk(name, ": "))
		return fail(c, ERR_INVALID, "http.header", "header \"%.40s\"", name);
	more = curl_slist_append(*list, arena_fmt(c->mem, "%s: %s", name, value));
	if (!more)
		abort();
	*list = more;
	return ERR_OK;
}

static enum errk make_headers(struct ctx *c, const struct http_req *req, struct curl_slist **list)
{
	/* No waiting for "100 Continue": one write, one answer. */
	*list = curl_slist_append(NULL, "Expect:");
	if (!*list)
		abort();
	if (req->content_type)
		TRY(add_header(c, list, "Content-Type", req->content_type));
	if (c->request_id)
		TRY(add_header(c, list, "X-Request-Id", c->request_id));
	for (size_t i = 0; i < req->nheaders; i++)
		TRY(add_header(c, list, req->headers[i].name, req->headers[i].value));
	return ERR_OK;
}

static void add_escaped(struct http *h, struct str *b, const char *s)
{
	char *e = *s ? curl_easy_escape(h->curl, s, 0) : NULL;

	if (*s && !e)
		abort();
	if (e)
		str_add(b, e);
	curl_free(e);
}

static const char *form_text(struct ctx *c, struct http *h, const struct http_req *req)
{
	struct str b;

	str_init(&b, c->mem, MAX_BODY_DEFAULT);
	for (size_t i = 0; i < req->nform; i++) {
		if (i)
			str_add(&b, "&");
		add_escaped(h, &b, req->form[i].name);
		str_add(&b, "=");
		add_escaped(h, &b, req->form[i].value);
	}
	return b.s;
}

#define SET(option, value)                                                     \
	do {                                                                   \
		CURLcode set_ = curl_easy_setopt(h->curl, option, value);      \
		assert(set_ == CURLE_OK);                                      \
		(void)set_;                                                    \
	} while (0)

static void set_rules(struct http *h, const struct http_req *req)
{
	SET(CURLOPT_URL, req->url);
	SET(CURLOPT_PROTOCOLS_STR, req->allow_http ? "https,http" : "https");
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_CONNECTTIMEOUT_MS, (long)(req->connect_ms ? req->connect_ms : 5000));
	SET(CURLOPT_TIMEOUT_MS, (long)(req->total_ms ? req->total_ms : 30000));
	SET(CURLOPT_LOW_SPEED_LIMIT, 1L);
	SET(CURLOPT_LOW_SPEED_TIME, 20L);
	SET(CURLOPT_USERAGENT, "tollbridge");
	SET(CURLOPT_PREREQFUNCTION, on_ready);
	SET(CURLOPT_PREREQDATA, h);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, h);
}

static void set_body(struct ctx *c, struct http *h, const struct http_req *req)
{
	const char *body = req->form ? form_text(c, h, req) : req->body;

	if (!body)
		return;
	SET(CURLOPT_POST, 1L);
	SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(body));
	SET(CURLOPT_POSTFIELDS, body);
	SET(CURLOPT_FRESH_CONNECT, 1L);
	SET(CURLOPT_FORBID_REUSE, 1L);
}

static void read_answer(struct ctx *c, struct http *h, struct http_res *res)
{
	curl_off_t after = 0;
	char *type = NULL;

	curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &res->status);
	curl_easy_getinfo(h->curl, CURLINFO_CONTENT_TYPE, &type);
	curl_easy_getinfo(h->curl, CURLINFO_RETRY_AFTER, &after);
	res->body = arena_dupn(c->mem, h->body, h->len);
	res->len = h->len;
	res->content_type = arena_dup(c->mem, type ? type : "");
	res->retry_after_s = after < 0 ? 0 : after > RETRY_AFTER_MAX_S ? RETRY_AFTER_MAX_S : after;
}

static enum errk call(struct ctx *c, struct http *h, struct http_res *res)
{
	int64_t start = clock_mono_us();
	CURLcode e = CURLE_COULDNT_CONNECT;

	if (!FAILPOINT("http.before_send"))
		e = curl_easy_perform(h->curl);
	if (e == CURLE_OK && FAILPOINT("http.after_send"))
		e = CURLE_RECV_ERROR;
	res->us = clock_mono_us() - start;
	res->left = h->left;
	if (e == CURLE_OK) {
		read_answer(c, h, res);
		return ERR_OK;
	}
	if (!h->left)
		return fail(c, ERR_UPSTREAM, "http.unsent", "%s", curl_easy_strerror(e));
	return fail(c, ERR_UNCERTAIN, "http.unanswered", "%s", h->too_large ?
		    "the answer is too large" : curl_easy_strerror(e));
}

enum errk http_call(struct ctx *c, struct http *h, const struct http_req *req,
		    struct http_res *res)
{
	struct curl_slist *headers = NULL;
	enum errk k;

	*res = (struct http_res){ .body = "", .content_type = "" };
	TRY(check_url(c, req));
	curl_easy_reset(h->curl);
	h->len = 0;
	h->max = req->max_body ? req->max_body : MAX_BODY_DEFAULT;
	h->left = h->too_large = false;
	k = make_headers(c, req, &headers);
	if (k == ERR_OK) {
		set_rules(h, req);
		set_body(c, h, req);
		SET(CURLOPT_HTTPHEADER, headers);
		k = call(c, h, res);
		SET(CURLOPT_HTTPHEADER, NULL);
	}
	curl_slist_free_all(headers);
	wipe_body(h);
	return k;
}
