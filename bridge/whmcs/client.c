#include "whmcs/client.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/random.h"
#include "stmt.h"

#define FAILURES_MAX 5
#define ARGS_MAX 1200

void whmcs_init(struct whmcs *w, struct ctx *c, const struct conf *conf)
{
	memset(w, 0, sizeof *w);
	w->c = c;
	w->conf = conf;
	w->http = http_new();
}

void whmcs_close(struct whmcs *w)
{
	json_close(&w->answer);
	http_free(&w->http);
}

enum errk whmcs_mark(struct whmcs *w, const char *kind, uint64_t id, const char **mark_r)
{
	struct installation_get_row row;

	if (w->installation[0] == '\0') {
		TRY(q_installation_get(w->c, &row));
		snprintf(w->installation, sizeof w->installation, "%s", row.token);
	}
	*mark_r = arena_fmt(w->c->mem, "%s:%s:%llu", w->installation, kind,
			    (unsigned long long)id);
	return ERR_OK;
}

bool whmcs_breaker_open(const struct whmcs *w)
{
	return w->c->wall < w->open_until;
}

/* Five failures in a row: leave the other side alone, longer each time. */
static void count_failure(struct whmcs *w)
{
	int64_t pause = 2;

	snprintf(w->last_error, sizeof w->last_error, "%s", w->c->err.detail);
	if (++w->failures < FAILURES_MAX)
		return;
	for (unsigned i = FAILURES_MAX; i < w->failures && pause < 60; i++)
		pause *= 2;
	w->open_until = clock_wall() + (int64_t)random_below((uint64_t)pause) + 1;
}

static void count_success(struct whmcs *w)
{
	w->failures = 0;
	w->open_until = 0;
	w->last_ok_at = clock_wall();
	w->last_error[0] = '\0';
}

bool whmcs_said(const struct whmcs *w, const char *text)
{
	return w->c->err.kind == ERR_CONFLICT && strcmp(w->c->err.code, "whmcs.refused") == 0 &&
	       strncasecmp(w->c->err.detail, text, strlen(text)) == 0;
}

static const char *api_url(struct whmcs *w)
{
	size_t len = strlen(w->conf->whmcs_url);

	while (len > 0 && w->conf->whmcs_url[len - 1] == '/')
		len--;
	return arena_fmt(w->c->mem, "%.*s/includes/api.php", (int)len, w->conf->whmcs_url);
}

static enum errk send(struct whmcs *w, const char *action, const struct whmcs_arg *args,
		      size_t nargs, struct http_res *res)
{
	struct http_field form[ARGS_MAX];
	size_t n = 0;

	form[n++] = (struct http_field){ "identifier", w->conf->whmcs_identifier.bytes };
	form[n++] = (struct http_field){ "secret", w->conf->whmcs_secret.bytes };
	if (w->conf->whmcs_access_key.len > 0)
		form[n++] = (struct http_field){ "accesskey", w->conf->whmcs_access_key.bytes };
	form[n++] = (struct http_field){ "action", action };
	form[n++] = (struct http_field){ "responsetype", "json" };
	for (size_t i = 0; i < nargs && n < ARGS_MAX; i++)
		if (args[i].value != NULL)
			form[n++] = (struct http_field){ args[i].name, args[i].value };
	return http_call(w->c, w->http, &(struct http_req){
		.url = api_url(w), .form = form, .nform = n, .connect_ms = 5000,
		.total_ms = w->conf->whmcs_timeout_s * 1000, .max_body = 8 << 20,
		.allow_http = w->conf->whmcs_allow_http }, res);
}

static enum errk no_answer(struct whmcs *w, enum whmcs_kind kind, const char *action,
			   const char *why)
{
	const char *text = arena_dup(w->c->mem, why);

	if (kind == WHMCS_WRITE)
		(void)!fail(w->c, ERR_UNCERTAIN, "whmcs.unknown", "%s: %s", action, text);
	else
		(void)!fail(w->c, ERR_UPSTREAM, "whmcs.down", "%s: %s", action, text);
	count_failure(w);
	return w->c->err.kind;
}

/* 403 texts: the write was not carried out. */
static bool denied(const char *message)
{
	static const char *const texts[] = {
		"Authentication Failed", "Invalid or missing credentials", "Invalid IP",
		"Invalid Permissions", "An admin user is required", "IP Banned",
	};

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (strncasecmp(message, texts[i], strlen(texts[i])) == 0)
			return true;
	return false;
}

static enum errk judge(struct whmcs *w, enum whmcs_kind kind, const char *action,
		       const struct http_res *res)
{
	const struct json *result, *status;
	const char *message;

	if (json_parse(w->c, res->body, res->len, &w->answer) != ERR_OK ||
	    json_get(w->answer, "result") == NULL) {
		status = w->answer != NULL ? json_get(w->answer, "status") : NULL;
		if (status != NULL && json_text(status) != NULL &&
		    strcmp(json_text(status), "success") == 0) {
			count_success(w);
			return ERR_OK;
		}
		return no_answer(w, kind, action,
				 arena_fmt(w->c->mem, "HTTP %ld without a WHMCS answer",
					   res->status));
	}
	result = json_get(w->answer, "result");
	if (json_text(result) != NULL && strcmp(json_text(result), "success") == 0) {
		count_success(w);
		return ERR_OK;
	}
	message = wj_text(w, w->answer, "message");
	if (res->status == 403 || denied(message)) {
		(void)!fail(w->c, ERR_FORBIDDEN, "whmcs.denied", "%s: %s", action, message);
		count_failure(w);
		return ERR_FORBIDDEN;
	}
	/* A 5xx with an error text may have acted before it failed. */
	if (res->status >= 500)
		return no_answer(w, kind, action, message);
	count_success(w);
	return fail(w->c, ERR_CONFLICT, "whmcs.refused", "%s", message);
}

enum errk whmcs_call(struct whmcs *w, enum whmcs_kind kind, const char *action,
		     const struct whmcs_arg *args, size_t nargs)
{
	struct http_res res;
	enum errk k;

	json_close(&w->answer);
	err_clear(w->c);
	w->c->wall = clock_wall();
	if (w->job != NULL)
		TRY(job_renew(w->c, w->job, w->conf->whmcs_timeout_s + 10));
	k = send(w, action, args, nargs, &res);
	if (k == ERR_UNCERTAIN)
		return no_answer(w, kind, action, w->c->err.detail);
	if (k == ERR_UPSTREAM) {
		(void)!fail(w->c, ERR_UPSTREAM, "whmcs.down", "%s", w->c->err.detail);
		count_failure(w);
		return ERR_UPSTREAM;
	}
	TRY(k);
	return judge(w, kind, action, &res);
}
