/* Sessions, keys, roles and CSRF: see auth.h. */
#include "fcgi/auth.h"

#include <string.h>
#include <strings.h>

#include "base/db.h"
#include "stmt.h"

#define HOOK_AGE_S 300	/* clocks differ */
#define TOKEN_BYTES 32
#define TOKEN_CHARS 43

static const char *session_cookie(const struct req *r)
{
	return r->pool == POOL_ADMIN ? "tb_admin" : "tb_user";
}

/* Random tokens in base64url; anything else was not made by us. */
static bool looks_like_token(const char *s)
{
	return s != NULL && strlen(s) == TOKEN_CHARS &&
	       strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
	       TOKEN_CHARS;
}

static bool same_token(const char *a, const char *b)
{
	return a != NULL && b != NULL && strlen(a) == strlen(b) &&
	       equal_const_time(a, b, strlen(a));
}

static void set_cookie(struct req *r, const char *name, const char *value, const char *more)
{
	const char *line = arena_fmt(r->ctx.mem, "%s=%s; Path=/; HttpOnly; SameSite=Strict%s%s",
				     name, value, more, r->conf->cookie_secure ? "; Secure" : "");
	size_t len = strlen(name);

	for (size_t i = 0; i < r->ncookies; i++) {
		if (strncmp(r->set_cookie[i], name, len) == 0 && r->set_cookie[i][len] == '=') {
			r->set_cookie[i] = line;
			return;
		}
	}
	if (r->ncookies < COOKIES_MAX)
		r->set_cookie[r->ncookies++] = line;
}

const char *auth_csrf(struct req *r)
{
	const char *pre;

	if (r->session != NULL)
		return r->session->csrf;
	pre = req_cookie(r, "tb_pre");
	if (!looks_like_token(pre)) {
		pre = random_token(r->ctx.mem, TOKEN_BYTES);
		set_cookie(r, "tb_pre", pre, "");
	}
	return pre;
}

void auth_set_session(struct req *r, const char *token)
{
	/* ends with the browser; how long it lasts without requests is a setting */
	set_cookie(r, session_cookie(r), token, "");
}

void auth_clear_session(struct req *r)
{
	set_cookie(r, session_cookie(r), "", "; Max-Age=0");
}

static bool changes_something(const struct req *r)
{
	return strcmp(r->route->method, "GET") != 0;
}

enum errk auth_check_origin(struct req *r)
{
	const char *origin = r->http.origin, *site = r->http.fetch_site, *host;

	if (r->pool == POOL_HOOK || !changes_something(r))
		return ERR_OK;
	if (site != NULL && strcmp(site, "same-origin") != 0)
		return fail(&r->ctx, ERR_FORBIDDEN, "csrf.origin", "Sec-Fetch-Site %s", site);
	if (origin == NULL)
		return ERR_OK;
	host = strstr(origin, "://");
	if (host == NULL || r->http.host == NULL || strcasecmp(host + 3, r->http.host) != 0)
		return fail(&r->ctx, ERR_FORBIDDEN, "csrf.origin", "Origin %s", origin);
	return ERR_OK;
}

/* The three things a session or key row tells about the installation. */
static enum errk use_installation(struct req *r, uint64_t generation, int64_t offset_s,
				  bool testing)
{
	r->ctx.now = r->ctx.wall + offset_s;
	r->ctx.testing = testing;
	return settings_use(&r->ctx, r->settings, generation);
}

static enum errk find_session(struct req *r)
{
	struct session *s = &r->session_row;
	enum realm realm = r->pool == POOL_ADMIN ? REALM_ADMIN : REALM_USER;

	r->token = req_cookie(r, session_cookie(r));
	if (!looks_like_token(r->token))
		return fail(&r->ctx, ERR_UNAUTHENTICATED, "session.none", "no session cookie");
	TRY(session_find(&r->ctx, realm, r->token, s));
	TRY(use_installation(r, s->generation, s->clock_offset_s, s->testing));
	TRY(session_check_idle(&r->ctx, r->token, s, r->ctx.set->session_idle_minutes * 60));
	r->session = s;
	r->account_id = s->account_id;
	r->ctx.actor_user_id = s->user_id;
	/* Staff by address: histories are read by people. */
	r->ctx.actor = realm == REALM_ADMIN
		? arena_fmt(r->ctx.mem, "staff:%s", s->email)
		: arena_fmt(r->ctx.mem, "user:%llu", (unsigned long long)s->user_id);
	return ERR_OK;
}

static enum errk find_source(struct req *r)
{
	static const char bearer[] = "Bearer ";
	const char *key = r->http.authorization;
	struct portal_source_find_row *row = ARENA_NEW(r->ctx.mem, struct portal_source_find_row);
	uint8_t hash[32];
	enum errk k;

	if (key == NULL || strncasecmp(key, bearer, strlen(bearer)) != 0 || strlen(key) > 200)
		return fail(&r->ctx, ERR_UNAUTHENTICATED, "key.none", "no bearer key");
	key += strlen(bearer);
	sha256(key, strlen(key), hash);
	k = q_portal_source_find(&r->ctx, hash, row);
	if (k == ERR_NOT_FOUND) {
		err_clear(&r->ctx);
		return fail(&r->ctx, ERR_UNAUTHENTICATED, "key.none", "unknown bearer key");
	}
	TRY(k);
	if (strcmp(row->scope, r->route->role == ROLE_METRICS ? "METRICS" : "EVENTS") != 0)
		return fail(&r->ctx, ERR_FORBIDDEN, "role.forbidden", "a key for %s", row->scope);
	r->source = row->source;
	r->ctx.actor = arena_fmt(r->ctx.mem, "source:%s", row->source);
	return use_installation(r, row->generation, row->clock_offset_s, row->testing);
}

/* Decimal seconds, at most 12 digits; -1: it is none. */
static int64_t seconds_of(const char *s)
{
	size_t len = strlen(s);
	int64_t v = 0;

	if (len == 0 || len > 12 || strspn(s, "0123456789") != len)
		return -1;
	for (; *s != '\0'; s++)
		v = v * 10 + (*s - '0');
	return v;
}

/* HMAC-SHA256 in hex over "time.body", made at most five minutes ago or ahead. */
static enum errk check_signature(struct req *r)
{
	const struct secret *key = &r->conf->whmcs_hook_secret;
	const char *at = r->http.hook_time, *given = r->http.hook_signature;
	struct arena *mem = r->ctx.mem;
	uint8_t mac[32];
	struct str said;
	int64_t made = at != NULL ? seconds_of(at) : -1;

	if (key->len == 0 || given == NULL || made < 0)
		return fail(&r->ctx, ERR_UNAUTHENTICATED, "hook.signature",
			    key->len == 0 ? "[whmcs] hook_secret is not set" : "no signature");
	str_init(&said, mem, r->http.body_len + 32);
	str_addf(&said, "%s.", at);
	str_addn(&said, r->http.body, r->http.body_len);
	hmac_sha256(key->bytes, key->len, said.s, said.len, mac);
	if (!same_token(given, hex_encode(mem, mac, sizeof mac)))
		return fail(&r->ctx, ERR_UNAUTHENTICATED, "hook.signature", "signature is wrong");
	TRY(settings_begin(&r->ctx, r->settings));
	if (made < r->ctx.wall - HOOK_AGE_S || made > r->ctx.wall + HOOK_AGE_S)
		return fail(&r->ctx, ERR_UNAUTHENTICATED, "hook.signature",
			    "signed %lld s from now: are both clocks right?",
			    (long long)(made - r->ctx.wall));
	r->ctx.actor = "whmcs";
	return ERR_OK;
}

static bool role_suffices(enum role role, const char *staff_role)
{
	if (role == ROLE_OWNER)
		return strcmp(staff_role, "OWNER") == 0;
	if (role == ROLE_BILLING)
		return strcmp(staff_role, "OWNER") == 0 || strcmp(staff_role, "BILLING") == 0;
	return true;
}

/* No session needed; one that came along is used, a dead one is forgotten. */
static enum errk identify_anyone(struct req *r)
{
	if (r->pool != POOL_HOOK && req_cookie(r, session_cookie(r)) != NULL) {
		enum errk k = find_session(r);

		if (k != ERR_UNAUTHENTICATED)
			return k;
		err_clear(&r->ctx);
	}
	return settings_begin(&r->ctx, r->settings);
}

enum errk auth_identify(struct req *r)
{
	switch (r->route->role) {
	case ROLE_ANYONE:
		return identify_anyone(r);
	case ROLE_SOURCE:
	case ROLE_METRICS:
		return find_source(r);
	case ROLE_WHMCS:
		return check_signature(r);
	case ROLE_USER:
	case ROLE_STAFF:
	case ROLE_BILLING:
	case ROLE_OWNER:
		break;
	}
	TRY(find_session(r));
	if (!role_suffices(r->route->role, r->session->role))
		return fail(&r->ctx, ERR_FORBIDDEN, "role.forbidden", "role %s", r->session->role);
	return ERR_OK;
}

enum errk auth_check_csrf(struct req *r)
{
	const char *pre;

	if (r->pool == POOL_HOOK || !changes_something(r))
		return ERR_OK;
	if (r->session != NULL && same_token(r->http.csrf, r->session->csrf))
		return ERR_OK;
	/* Signing in and up: the page had no session when it asked for its token,
	 * even if another tab has made one since. */
	pre = req_cookie(r, "tb_pre");
	if (r->route->role == ROLE_ANYONE && looks_like_token(pre) && same_token(r->http.csrf, pre))
		return ERR_OK;
	return fail(&r->ctx, ERR_FORBIDDEN, "csrf.token", "token of %zu characters",
		    r->http.csrf == NULL ? (size_t)0 : strlen(r->http.csrf));
}
