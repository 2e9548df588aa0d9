/* Matching, checks and the run of a handler: see route.h. */
#include "fcgi/route.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/db.h"
#include "fcgi/auth.h"
#include "fcgi/respond.h"
#include "stmt.h"

#define BODY_MAX (64 * 1024)
#define BODY_MAX_LARGE (2 * 1024 * 1024)
#define THROTTLE_HITS 30
#define THROTTLE_WINDOW_S 60
#define AUDIT_DETAIL_MAX 2000	/* bytes; the column counts characters */
#define AUDIT_OBJECT_MAX 100

const struct route routes[] = {
#define ROUTE(method_, path_, role_, handler_, flags_, feature_, summary_) \
	{ .method = (method_), .path = (path_), .role = (role_), .handler = (handler_), \
	  .fields = handler_##_in, .name = #handler_, .flags = (flags_), .feature = (feature_), \
	  .summary = (summary_) },
#include "fcgi/routes.def"
#undef ROUTE
};
const size_t routes_count = sizeof(routes) / sizeof(routes[0]);

/* ---- finding ---- */

/* A {part} takes one whole, not empty segment. */
static bool path_matches(const char *pattern, const char *s)
{
	while (*pattern != '\0' && *s != '\0') {
		if (*pattern == '{') {
			size_t len = strcspn(s, "/");

			if (len == 0)
				return false;
			pattern += strcspn(pattern, "}") + 1;
			s += len;
		} else if (*pattern++ != *s++) {
			return false;
		}
	}
	return *pattern == '\0' && *s == '\0';
}

static void take_parts(struct req *r)
{
	const char *s = r->http.path;

	for (const char *p = r->route->path; *p != '\0';) {
		if (*p == '{') {
			size_t name = strcspn(p, "}"), len = strcspn(s, "/");

			assert(r->nparts < PATH_PARTS_MAX);
			r->part[r->nparts++] = (struct field_text){
				.name = arena_dupn(r->ctx.mem, p + 1, name - 1),
				.value = arena_dupn(r->ctx.mem, s, len),
			};
			p += name + 1;
			s += len;
		} else {
			p++;
			s++;
		}
	}
}

static bool in_pool(const struct req *r, const struct route *route)
{
	const char *pool = pool_name(r->pool);
	size_t len = strlen(pool);

	return strncmp(route->path, "/api/", 5) == 0 &&
	       strncmp(route->path + 5, pool, len) == 0 && route->path[5 + len] == '/';
}

enum errk route_find(struct req *r)
{
	const char *method = r->http.method;
	struct str allow;

	if (method == NULL || r->http.path == NULL)
		return fail(&r->ctx, ERR_NOT_FOUND, "route.unknown", "no method or path");
	if (strcmp(method, "HEAD") == 0)
		method = "GET";
	str_init(&allow, r->ctx.mem, 100);
	for (size_t i = 0; i < routes_count; i++) {
		const struct route *t = &routes[i];

		if (!in_pool(r, t) || !path_matches(t->path, r->http.path))
			continue;
		/* /clients/form goes before /clients/{id}, wherever the rows are */
		if (strcmp(t->method, method) == 0 &&
		    (r->route == NULL || strchr(t->path, '{') == NULL))
			r->route = t;
		if (allow.len < 64 && strstr(allow.s == NULL ? "" : allow.s, t->method) == NULL)
			str_addf(&allow, "%s%s", allow.len > 0 ? ", " : "", t->method);
	}
	if (r->route != NULL) {
		take_parts(r);
		return ERR_OK;
	}
	if (allow.len == 0)
		return fail(&r->ctx, ERR_NOT_FOUND, "route.unknown", "%s", r->http.path);
	r->allow = allow.s;
	return fail(&r->ctx, ERR_INVALID, "route.method", "%s of %s", method, r->http.path);
}

/* ---- before the handler ---- */

static bool plain_token(const char *s, size_t min, size_t max)
{
	size_t len = s == NULL ? 0 : strlen(s);

	return len >= min && len <= max &&
	       strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == len;
}

static void name_request(struct req *r)
{
	/* copies: the parameters are gone by the time of the log line */
	r->ctx.request_id = plain_token(r->http.request_id, 8, 64) ?
			    arena_dup(r->ctx.mem, r->http.request_id) :
			    random_token(r->ctx.mem, 12);
	r->ip = r->conf->trust_proxy && r->http.real_ip != NULL ? r->http.real_ip : r->http.ip;
	if (r->ip == NULL || strlen(r->ip) > 45)
		r->ip = "unknown";
	r->ip = arena_dup(r->ctx.mem, r->ip);
}

static bool takes_body(const struct req *r)
{
	return strcmp(r->route->method, "GET") != 0;
}

static enum errk body_get(struct req *r, struct FCGX_Request *fcgi)
{
	size_t max = r->route->flags & RF_LARGE ? BODY_MAX_LARGE : BODY_MAX;

	if (fcgi != NULL)
		TRY(req_read_body(r, fcgi, max));
	return r->http.body_len <= max ? ERR_OK :
	       fail(&r->ctx, ERR_INVALID, "body.too_large", "%zu bytes", r->http.body_len);
}

/* application/json, whatever parameters it has: a browser form cannot send it
 * to another site without asking first. */
static enum errk body_type(struct req *r)
{
	static const char json[] = "application/json";
	const char *t = r->http.content_type;
	size_t len = strlen(json);

	if (!takes_body(r)) {
		if (r->http.body_len > 0)
			return fail(&r->ctx, ERR_INVALID, "body.type", "a GET with a body");
		return ERR_OK;
	}
	if (r->http.body_len == 0 && strcmp(r->route->method, "DELETE") == 0)
		return ERR_OK;
	if (t == NULL || strncasecmp(t, json, len) != 0 ||
	    (t[len] != '\0' && t[len] != ';' && t[len] != ' '))
		return fail(&r->ctx, ERR_INVALID, "body.type", "type %s", t == NULL ? "none" : t);
	return ERR_OK;
}

static enum errk feature_check(struct req *r)
{
	const char *set = (const char *)r->ctx.set;
	bool on;

	if (r->route->feature == FEATURE_NONE)
		return ERR_OK;
	memcpy(&on, set + r->route->feature, sizeof(on));
	return on ? ERR_OK : fail(&r->ctx, ERR_FORBIDDEN, "feature.off", "%s", r->route->name);
}

static enum errk throttle(struct req *r)
{
	if (!(r->route->flags & RF_THROTTLE))
		return ERR_OK;
	return throttle_hit(&r->ctx, r->route->name, r->session != NULL ? r->ctx.actor : r->ip,
			    THROTTLE_HITS, THROTTLE_WINDOW_S, &r->retry_after_s);
}

static enum errk input(struct req *r)
{
	struct field_source src = {
		.path = r->part, .npath = r->nparts, .query = r->http.query,
		.query_allowed = !takes_body(r), .idempotency_key = r->http.idempotency_key,
	};

	if (r->http.idempotency_key != NULL && !plain_token(r->http.idempotency_key, 16, 64))
		return fail(&r->ctx, ERR_INVALID, "idempotency.missing", "malformed key");
	if (r->route->flags & RF_IDEMPOTENT && r->http.idempotency_key == NULL)
		return fail(&r->ctx, ERR_INVALID, "idempotency.missing", "no key");
	if (takes_body(r) && (r->http.body_len > 0 || strcmp(r->route->method, "DELETE") != 0)) {
		TRY(json_parse(&r->ctx, r->http.body == NULL ? "" : r->http.body,
			       r->http.body_len, &r->json));
		src.body = r->json;
	}
	return fields_fill(&r->ctx, r->route->fields, &src, &r->in);
}

/* ---- the handler ---- */

struct run {
	struct req *r;
	uint8_t hash[32];	/* of method, path, query and body */
	size_t ncookies;	/* set before the handler */
	bool key_taken;		/* by an earlier request with the same key */
};

static void request_hash(struct req *r, uint8_t hash[32])
{
	struct str all;

	str_init(&all, r->ctx.mem, r->http.body_len + 4096 + strlen(r->http.path));
	str_addf(&all, "%s %s\n", r->route->method, r->http.path);
	str_addn(&all, r->http.body, r->http.body_len);
	sha256(all.s, all.len, hash);
}

static const char *route_key(struct req *r)
{
	return arena_fmt(r->ctx.mem, "%s %s", r->route->method, r->route->path);
}

static enum errk key_claim(struct run *run)
{
	struct req *r = run->r;
	uint64_t changed;
	enum errk k = q_idempotency_claim(&r->ctx, r->session->user_id, r->http.idempotency_key,
					  route_key(r), run->hash, r->ctx.wall, &changed);

	run->key_taken = k == ERR_CONFLICT;
	return k;
}

static enum errk key_store(struct run *run)
{
	struct req *r = run->r;
	uint64_t changed;
	size_t len;

	r->stored = jo_text(r->out, &len);
	r->stored_status = r->status;
	TRY(q_idempotency_store(&r->ctx, (uint32_t)r->status, r->stored, r->session->user_id,
				r->http.idempotency_key, &changed));
	assert(changed == 1);	/* claimed in this transaction */
	return ERR_OK;
}

static enum errk audit(struct req *r)
{
	uint64_t changed;
	const char *object = r->audit_object != NULL ? r->audit_object : r->http.path;
	const char *detail = r->audit_detail != NULL ? r->audit_detail :
			     fields_text(&r->ctx, r->route->fields, r->in, AUDIT_DETAIL_MAX);

	if (strlen(object) > AUDIT_OBJECT_MAX)
		object = arena_dupn(r->ctx.mem, object, AUDIT_OBJECT_MAX);
	return q_audit_add(&r->ctx, r->ctx.wall, r->ctx.actor, r->route->name, object, detail,
			   r->ip, r->ctx.request_id, &changed);
}

/* May run again: everything the handler writes to starts fresh. */
static enum errk once(struct ctx *c, void *arg)
{
	struct run *run = arg;
	struct req *r = run->r;

	assert(c == &r->ctx);
	jo_free(&r->out);
	r->out = jo_new(c);
	r->file = (struct req_file){ 0 };
	r->status = 200;
	r->retry_after_s = 0;
	r->ncookies = run->ncookies;
	r->audit_object = r->audit_detail = NULL;
	run->key_taken = false;
	if (r->route->flags & RF_IDEMPOTENT)
		TRY(key_claim(run));
	TRY(r->route->handler(r));
	assert(r->file.content_type == NULL || !(r->route->flags & RF_IDEMPOTENT));
	if (r->route->flags & RF_AUDIT)
		TRY(audit(r));
	if (r->route->flags & RF_IDEMPOTENT)
		TRY(key_store(run));
	return ERR_OK;
}

/* The key was used before: the same request gets the same answer. */
static enum errk replay(struct run *run)
{
	struct req *r = run->r;
	struct idempotency_find_row *row = ARENA_NEW(r->ctx.mem, struct idempotency_find_row);
	enum errk k;

	err_clear(&r->ctx);
	k = q_idempotency_find(&r->ctx, r->session->user_id, r->http.idempotency_key, row);
	if (k == ERR_NOT_FOUND) {
		/* the other one has just been rolled back: the caller may try again */
		err_clear(&r->ctx);
		return fail(&r->ctx, ERR_BUSY, "idempotency.busy", "key vanished");
	}
	TRY(k);
	if (strcmp(row->route, route_key(r)) != 0 ||
	    memcmp(row->request_hash, run->hash, sizeof(run->hash)) != 0)
		return fail(&r->ctx, ERR_CONFLICT, "idempotency.mismatch", "key of %s", row->route);
	r->stored = row->response;
	r->stored_status = (int)row->status;
	r->replayed = true;
	return ERR_OK;
}

static enum errk run_handler(struct req *r)
{
	struct run run = { .r = r, .ncookies = r->ncookies };
	enum errk k;

	if (!(r->route->flags & (RF_IDEMPOTENT | RF_AUDIT)))
		return once(&r->ctx, &run);
	if (r->route->flags & RF_IDEMPOTENT)
		request_hash(r, run.hash);
	k = db_tx(&r->ctx, once, &run);
	if (k != ERR_OK) {
		r->ncookies = run.ncookies;
		r->stored = NULL;
	}
	return run.key_taken ? replay(&run) : k;
}

static enum errk serve(struct req *r, struct FCGX_Request *fcgi)
{
	name_request(r);
	TRY(route_find(r));
	TRY(auth_check_origin(r));
	TRY(body_get(r, fcgi));
	TRY(body_type(r));
	TRY(auth_identify(r));
	TRY(auth_check_csrf(r));
	TRY(feature_check(r));
	TRY(throttle(r));
	TRY(input(r));
	return run_handler(r);
}

void route_serve(struct req *r, struct FCGX_Request *fcgi)
{
	enum errk k;

	uint32_t queries;
	int64_t us;

	r->started_us = clock_mono_us();
	db_take_stats(r->ctx.db, &queries, &us);	/* forget what was not this request's */
	k = serve(r, fcgi);
	/* A worker that has seen the impossible answers and then goes. */
	if (k == ERR_INTERNAL && r->ctx.err.code != NULL &&
	    strncmp(r->ctx.err.code, "invariant.", 10) == 0)
		r->finish = true;
	respond_render(r, k);
	r->result = k;
}

/* ---- the table as a whole ---- */

static bool is_program(enum role role)
{
	return role == ROLE_SOURCE || role == ROLE_METRICS || role == ROLE_WHMCS;
}

static const char *row_check(struct arena *mem, const struct route *t)
{
	enum pool pool;
	char *name = arena_dup(mem, strncmp(t->path, "/api/", 5) == 0 ? t->path + 5 : "");

	name[strcspn(name, "/")] = '\0';
	if (!pool_parse(name, &pool))
		return "path is in no pool";
	if ((t->role == ROLE_USER) != (pool == POOL_USER) && t->role != ROLE_ANYONE)
		return "role does not fit the pool";
	if (is_program(t->role) != (pool == POOL_HOOK) && t->role != ROLE_ANYONE)
		return "role does not fit the pool";
	if (t->flags & RF_IDEMPOTENT && (t->role == ROLE_ANYONE || is_program(t->role)))
		return "idempotency keys belong to a session";
	if (!choice_is("GET|POST|PUT|PATCH|DELETE", t->method))
		return "unknown method";
	if (strcmp(t->method, "GET") == 0 && t->flags & (RF_IDEMPOTENT | RF_AUDIT))
		return "a GET changes nothing";
	for (const char *p = strchr(t->path, '{'); p != NULL; p = strchr(p + 1, '{')) {
		const struct field *f;

		f = field_find(t->fields, arena_dupn(mem, p + 1, strcspn(p, "}") - 1));
		if (f == NULL || !f->required)
			return "a part of the path is no required field";
	}
	for (const struct field *f = t->fields; f->name != NULL; f++) {
		if (f->help == NULL || *f->help == '\0')
			return "a field without help";
		if (f->type == FIELD_ENUM && f->choices == NULL)
			return "an enum without choices";
	}
	return NULL;
}

const char *routes_check(struct arena *mem)
{
	for (size_t i = 0; i < routes_count; i++) {
		const char *wrong = row_check(mem, &routes[i]);

		for (size_t j = 0; wrong == NULL && j < i; j++) {
			if (strcmp(routes[i].path, routes[j].path) == 0 &&
			    strcmp(routes[i].method, routes[j].method) == 0)
				wrong = "is there twice";
		}
		if (wrong != NULL)
			return arena_fmt(mem, "%s %s: %s", routes[i].method, routes[i].path, wrong);
	}
	return NULL;
}

void routes_print(struct str *out)
{
	static const char *const role[] = {
		[ROLE_ANYONE] = "anyone", [ROLE_USER] = "user", [ROLE_STAFF] = "staff",
		[ROLE_BILLING] = "billing", [ROLE_OWNER] = "owner", [ROLE_SOURCE] = "source",
		[ROLE_WHMCS] = "whmcs",
		[ROLE_METRICS] = "metrics",
	};

	for (size_t i = 0; i < routes_count; i++) {
		const struct route *t = &routes[i];

		str_addf(out, "%-6s %-46s %-8s %s%s%s%s%s %s\n", t->method, t->path, role[t->role],
			 t->flags & RF_IDEMPOTENT ? "I" : "-", t->flags & RF_AUDIT ? "A" : "-",
			 t->flags & RF_THROTTLE ? "T" : "-", t->flags & RF_LARGE ? "L" : "-",
			 t->feature == FEATURE_NONE ? "-" : "F", t->summary);
	}
}
