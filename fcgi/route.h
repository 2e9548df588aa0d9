/* The route table and what is done around every handler.
 *
 * A new endpoint is a row in routes.def and a handler with its input table in
 * fcgi/{user,admin,hook}/<resource>.c (listed in fcgi/Makefile.inc):
 *
 *	#include "fcgi/route.h"
 *
 *	struct rename_in { uint64_t id; const char *name; };
 *	const struct field thing_rename_in[] = {
 *		F_U64(struct rename_in, id, true, 1, UINT64_MAX, "Thing, from the path"),
 *		F_STR(struct rename_in, name, true, 1, 100, "New name"),
 *		F_END
 *	};
 *	enum errk thing_rename(struct req *r)
 *	{
 *		const struct rename_in *in = r->in;
 *
 *		TRY(thing_set_name(&r->ctx, r->account_id, in->id, in->name));
 *		jo_bool(r->out, "ok", true);
 *		return ERR_OK;
 *	}
 *
 * Done before it, in this order: pool, path (404), method (405), Origin (403),
 * size and type of the body (413, 415), session or key (401), role (403), CSRF
 * (403), feature (403), throttle (429), JSON (400), fields (422). After it:
 * uniform errors, audit row, stored answer, headers, one log line.
 *
 * RF_IDEMPOTENT and RF_AUDIT handlers run INSIDE one db_tx that dispatch opens
 * (a db_tx of their own joins it) and may run again when the database was busy:
 * no effect outside the database, nothing kept from the first run. r->out,
 * r->status and the cookies are fresh on every run. */
#ifndef TB_FCGI_ROUTE_H
#define TB_FCGI_ROUTE_H

#include "fcgi/request.h"

/* The prefix of the path decides the pool: /api/user, /api/admin, /api/hook. */
enum role {
	ROLE_ANYONE,	/* a session is looked up when a cookie came along */
	ROLE_USER,	/* a customer: r->session, r->account_id */
	ROLE_STAFF,	/* staff of any role */
	ROLE_BILLING,	/* staff: OWNER or BILLING */
	ROLE_OWNER,	/* staff: OWNER */
	ROLE_SOURCE,	/* a program with a key of event_source: r->source */
	ROLE_WHMCS,	/* WHMCS itself: body signed with the secret of [whmcs] hook_secret */
	ROLE_METRICS,	/* a program whose key may read figures and nothing else */
};

enum route_flag {
	RF_NONE = 0,
	RF_IDEMPOTENT = 1,	/* needs Idempotency-Key; answer is stored with its effect */
	RF_AUDIT = 2,		/* audit_log row in the same transaction */
	RF_THROTTLE = 4,	/* 30 a minute per user, or per address without a session */
	RF_LARGE = 8,		/* body up to 2 MiB; default 64 KiB */
};

typedef enum errk route_handler(struct req *r);

struct route {
	const char *method, *path;
	enum role role;
	route_handler *handler;
	const struct field *fields;	/* <handler>_in */
	const char *name;		/* of the handler: log, audit */
	uint32_t flags;
	size_t feature;			/* offset of a bool in struct settings */
	const char *summary;
};

/* The switch that must be on, else 403 feature.off: FEATURE(invoice_menu). */
#define FEATURE_NONE SIZE_MAX
#define FEATURE(member) \
	_Generic(((struct settings *)0)->member, bool: offsetof(struct settings, member))

extern const struct route routes[];
extern const size_t routes_count;

#define ROUTE(method, path, role, handler, flags, feature, summary) \
	enum errk handler(struct req *r) WARN_UNUSED; \
	extern const struct field handler##_in[];
#include "fcgi/routes.def"
#undef ROUTE

/* What is done before a handler and around it; fcgi reads the body when it is
 * time for it (NULL: r->http.body is already there). The answer is in r->head
 * and r->body afterwards, whatever happened. */
void route_serve(struct req *r, struct FCGX_Request *fcgi);

/* Finds r->route and fills r->part: NOT_FOUND "route.unknown", or "route.method". */
enum errk route_find(struct req *r) WARN_UNUSED;
/* Says what is wrong with the table, NULL when nothing is. */
const char *routes_check(struct arena *mem);
/* The table as text for --routes. */
void routes_print(struct str *out);

#endif
