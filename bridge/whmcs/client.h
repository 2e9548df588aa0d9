/* WHMCS's external API: one POST per call, and what its answer means for
 * somebody who must not write twice. Facts it is built to: HTTP 200 carries
 * business errors, 403 credentials, IP and role; ids are numbers or texts; text
 * is stored HTML-encoded; empty lists come in four shapes. */
#ifndef TB_BRIDGE_WHMCS_CLIENT_H
#define TB_BRIDGE_WHMCS_CLIENT_H

#include "base/conf.h"
#include "base/ctx.h"
#include "base/http.h"
#include "base/json.h"
#include "base/outbox.h"
#include "money/money.h"

struct whmcs {
	struct ctx *c;
	const struct conf *conf;
	struct http *http;
	const struct job *job;		/* renewed before each call; NULL in polls */
	struct json *answer;		/* of the last call; closed by the next */
	/* kept between jobs */
	char version[32], last_error[300];
	int64_t last_ok_at, open_until;	/* wall; breaker is open before open_until */
	unsigned failures;		/* in a row */
	char installation[16];		/* in every mark we leave there */
};

void whmcs_init(struct whmcs *w, struct ctx *c, const struct conf *conf);
void whmcs_close(struct whmcs *w);
/* "TOKEN:kind:id", unique among all installations that write to this WHMCS. */
enum errk whmcs_mark(struct whmcs *w, const char *kind, uint64_t id, const char **mark_r)
	WARN_UNUSED;

struct whmcs_arg { const char *name, *value; };	/* value NULL: left out */

enum whmcs_kind { WHMCS_READ, WHMCS_WRITE };
/* OK: success. CONFLICT "whmcs.refused": a business error, detail is its text.
 * FORBIDDEN "whmcs.denied": credentials, IP or role. UPSTREAM "whmcs.down":
 * nothing was sent, or a read got no usable answer. UNCERTAIN "whmcs.unknown": a
 * write left and no usable answer came: look it up before any repeat. */
enum errk whmcs_call(struct whmcs *w, enum whmcs_kind kind, const char *action,
		     const struct whmcs_arg *args, size_t nargs) WARN_UNUSED;
/* Is the last failure this refusal? Compares without case. */
bool whmcs_said(const struct whmcs *w, const char *text);
bool whmcs_breaker_open(const struct whmcs *w);

/* ---- reading answers, tolerant of types ---- */
/* Decoded once; "" when absent or null. */
const char *wj_text(const struct whmcs *w, const struct json *j, const char *name);
uint64_t wj_id(const struct json *j, const char *name);	/* 0 when absent */
/* Exact minor units of a decimal text or number; CONFLICT whmcs.breach when it is none. */
enum errk wj_minor(struct whmcs *w, const struct json *j, const char *name,
		   const struct currency *cur, int64_t *minor_r) WARN_UNUSED;
/* i-th of answer[outer][inner]: array, lone object or object with numeric keys;
 * NULL past the end. */
const struct json *wj_item(const struct json *answer, const char *outer, const char *inner,
			   size_t i);
const char *html_decode(struct arena *mem, const char *s);
/* base64 of PHP serialize(array(id => value)). */
const char *php_custom_field(struct arena *mem, int64_t id, const char *value);

#endif
