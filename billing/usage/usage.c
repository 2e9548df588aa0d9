/* Events in: dedup, life rebuilt, re-rating marked. */
#include "usage/usage.h"

#include <string.h>

#include "base/clock.h"
#include "base/db.h"
#include "base/random.h"
#include "contract/contract.h"
#include "stmt.h"
#include "usage/private.h"

static const struct kind {
	const char *name;
	enum resource_type type;
	enum usage_verb verb;
	bool traffic;			/* a counter; it has no verb */
} kinds[] = {
	{ "instance.created", RESOURCE_INSTANCE, USAGE_CREATED, false },
	{ "instance.started", RESOURCE_INSTANCE, USAGE_STARTED, false },
	{ "instance.stopped", RESOURCE_INSTANCE, USAGE_STOPPED, false },
	{ "instance.resized", RESOURCE_INSTANCE, USAGE_RESIZED, false },
	{ "instance.deleted", RESOURCE_INSTANCE, USAGE_DELETED, false },
	{ "instance.traffic", RESOURCE_INSTANCE, USAGE_STARTED, true },
	{ "ip.acquired", RESOURCE_PUBLIC_IP, USAGE_CREATED, false },
	{ "ip.released", RESOURCE_PUBLIC_IP, USAGE_DELETED, false },
	{ "secondary_ip.acquired", RESOURCE_SECONDARY_IP, USAGE_CREATED, false },
	{ "secondary_ip.released", RESOURCE_SECONDARY_IP, USAGE_DELETED, false },
	{ "volume.created", RESOURCE_VOLUME, USAGE_CREATED, false },
	{ "volume.resized", RESOURCE_VOLUME, USAGE_RESIZED, false },
	{ "volume.deleted", RESOURCE_VOLUME, USAGE_DELETED, false },
	{ "snapshot.created", RESOURCE_SNAPSHOT, USAGE_CREATED, false },
	{ "snapshot.deleted", RESOURCE_SNAPSHOT, USAGE_DELETED, false },
};

static const char *const type_names[] = {
	[RESOURCE_INSTANCE] = "INSTANCE",
	[RESOURCE_PUBLIC_IP] = "PUBLIC_IP",
	[RESOURCE_SECONDARY_IP] = "SECONDARY_IP",
	[RESOURCE_VOLUME] = "VOLUME",
	[RESOURCE_SNAPSHOT] = "SNAPSHOT",
};

static const struct kind *kind_find(const char *name)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

/* ---- a resource's life, from its events into rows ---- */

static enum errk life_load(struct ctx *c, uint64_t resource_id, struct timeline_event **ev_r,
			   size_t *n_r)
{
	struct usage_event_life_row *rows;

	TRY(q_usage_event_life(c, resource_id, &rows, n_r));
	*ev_r = ARENA_ARRAY(c->mem, *n_r + 1, struct timeline_event);
	for (size_t i = 0; i < *n_r; i++)
		(*ev_r)[i] = (struct timeline_event){ rows[i].at, kind_find(rows[i].kind)->verb,
						      rows[i].offering_id, rows[i].quantity };
	return ERR_OK;
}

static enum errk life_stored(struct ctx *c, uint64_t resource_id, struct timeline_span **s_r,
			     size_t *n_r)
{
	struct resource_state_list_row *rows;

	TRY(q_resource_state_list(c, resource_id, &rows, n_r));
	*s_r = ARENA_ARRAY(c->mem, *n_r + 1, struct timeline_span);
	for (size_t i = 0; i < *n_r; i++)
		(*s_r)[i] = (struct timeline_span){ rows[i].from_hour, rows[i].to_hour,
						    rows[i].item, rows[i].offering_id,
						    rows[i].quantity,
						    rows[i].acquired_at };
	return ERR_OK;
}

static enum errk life_write(struct ctx *c, uint64_t resource_id, const struct timeline *t)
{
	uint64_t n;

	TRY(q_resource_state_clear(c, resource_id, &n));
	for (size_t i = 0; i < t->n; i++)
		TRY(q_resource_state_add(c, resource_id, t->spans[i].from_hour,
					 t->spans[i].to_hour, t->spans[i].item,
					 t->spans[i].offering_id, t->spans[i].quantity,
					 t->spans[i].created_at, &n));
	return ERR_OK;
}

/* Contracts take resources by age: they look again from where it became another. */
static int64_t aged_from(const struct timeline_span *old, size_t nold, const struct timeline *t,
			 int64_t diff)
{
	for (size_t i = 0; i < nold && i < t->n && t->spans[i].from_hour < diff; i++)
		if (t->spans[i].created_at != old[i].created_at)
			return t->spans[i].from_hour;
	return diff;
}

/* The account's wallet row is already claimed in this transaction. */
static enum errk life_rebuild(struct ctx *c, uint64_t resource_id, uint64_t account_id,
			      enum resource_type type, struct timeline *t)
{
	struct timeline_event *ev;
	struct timeline_span *old;
	size_t nev, nold;
	int64_t diff;
	uint64_t n;

	TRY(life_load(c, resource_id, &ev, &nev));
	TRY(life_stored(c, resource_id, &old, &nold));
	t->spans = ARENA_ARRAY(c->mem, nev + 1, struct timeline_span);
	timeline_build(type, ev, nev, t);
	TRY(q_resource_follow(c, resource_id, t->state, t->offering_id, t->quantity,
			      t->created_at ? &t->created_at : NULL,
			      t->deleted_at ? &t->deleted_at : NULL, &n));
	diff = timeline_first_diff(old, nold, t->spans, t->n);
	if (diff == HOUR_OPEN)
		return ERR_OK;
	TRY(life_write(c, resource_id, t));
	TRY(q_wallet_rerate_from(c, account_id, diff, &n));
	return contract_cover_keep(c, account_id, aged_from(old, nold, t, diff));
}

/* ---- one event ---- */

struct intake {
	const char *source;
	const struct usage_event_in *in;
	const struct kind *kind;
	struct usage_result *out;
	uint64_t resource_id, account_id, zone_id, offering_id, parent_id;
	uint8_t digest[32];
};

static enum errk reject(struct usage_result *out, const char *message)
{
	out->outcome = USAGE_REJECTED;
	out->message = message;
	return ERR_OK;
}

/* NULL is nothing, which is. */
static bool is_ascii(const char *s)
{
	while (s != NULL && *s != '\0')
		if ((unsigned char)*s++ > 126)
			return false;
	return true;
}

static void digest_of(struct ctx *c, const struct usage_event_in *in, uint8_t out[32])
{
	const char *text = arena_fmt(c->mem, "%s\n%lld\n%s\n%s\n%s\n%llu\n%s\n%s", in->kind,
				     (long long)in->at, in->resource, in->zone ? in->zone : "",
				     in->offering ? in->offering : "",
				     (unsigned long long)in->account_id,
				     in->parent ? in->parent : "", in->name ? in->name : "");

	/* as ever for events that have neither: what was sent before is known again */
	if (in->size_gb != 0 || in->bytes != 0)
		text = arena_fmt(c->mem, "%s\n%lld\n%lld", text, (long long)in->size_gb,
				 (long long)in->bytes);
	sha256(text, strlen(text), out);
}

/* *found_r: an answer is known already. */
static enum errk known_event(struct ctx *c, struct intake *k, bool *found_r)
{
	struct usage_event_known_row row;
	enum errk e = q_usage_event_known(c, k->source, k->in->id, &row);

	*found_r = e == ERR_OK;
	if (e == ERR_NOT_FOUND) {
		err_clear(c);
		return ERR_OK;
	}
	TRY(e);
	if (memcmp(row.digest, k->digest, 32) != 0)
		return reject(k->out, "this event id was used with other content");
	k->out->outcome = USAGE_DUPLICATE;
	return ERR_OK;
}

/* Not found is the event's fault; a failing database is not. */
static enum errk unknown(struct ctx *c, struct usage_result *out, const char *what)
{
	err_clear(c);
	return reject(out, what);
}

/* A volume may be resized without another class. */
static bool takes_offering(const struct intake *k)
{
	if (k->kind->verb == USAGE_CREATED || k->kind->verb == USAGE_RESIZED)
		return k->kind->type == RESOURCE_INSTANCE || k->kind->type == RESOURCE_VOLUME;
	return false;
}

static bool optional_offering(const struct intake *k)
{
	return k->kind->type == RESOURCE_VOLUME && k->kind->verb == USAGE_RESIZED &&
	       k->in->offering == NULL;
}

/* Codes to ids. *ok_r false: rejected. */
static enum errk look_up(struct ctx *c, struct intake *k, bool *ok_r)
{
	struct zone_by_code_row zone;
	struct offering_by_code_row off;
	enum errk e;

	*ok_r = false;
	if (k->kind->verb == USAGE_CREATED) {
		if (k->in->zone == NULL)
			return reject(k->out, "zone is needed");
		e = q_zone_by_code(c, k->in->zone, &zone);
		if (e == ERR_NOT_FOUND)
			return unknown(c, k->out, "unknown zone");
		TRY(e);
		k->zone_id = zone.id;
	}
	if (takes_offering(k) && !optional_offering(k)) {
		if (k->in->offering == NULL)
			return reject(k->out, "offering is needed");
		e = q_offering_by_code(c, k->in->offering, type_names[k->kind->type], &off);
		if (e == ERR_NOT_FOUND)
			return unknown(c, k->out, "unknown offering");
		TRY(e);
		k->offering_id = off.id;
	}
	*ok_r = true;
	return ERR_OK;
}

static enum errk find_parent(struct ctx *c, struct intake *k)
{
	struct resource_by_ref_row row;
	enum errk e;

	if (k->in->parent == NULL)
		return ERR_OK;
	e = q_resource_by_ref(c, k->source, k->in->parent, &row);
	if (e == ERR_OK)
		k->parent_id = row.id;
	else if (e == ERR_NOT_FOUND)
		err_clear(c);	/* the parent's own event may be late: not needed for money */
	else
		return e;
	return ERR_OK;
}

/* Finds or makes the resource. *ok_r false: rejected. */
static enum errk find_resource(struct ctx *c, struct intake *k, bool *ok_r)
{
	const struct usage_event_in *in = k->in;
	struct resource_by_ref_row row;
	struct account_get_row acc;
	enum errk e = q_resource_by_ref(c, k->source, in->resource, &row);

	*ok_r = false;
	if (e == ERR_OK) {
		if (in->account_id != 0 && in->account_id != row.account_id)
			return reject(k->out, "the resource belongs to another account");
		if (strcmp(row.type, type_names[k->kind->type]) != 0)
			return reject(k->out, "the resource is of another type");
		if (k->kind->verb == USAGE_CREATED && strcmp(row.state, "PENDING") != 0 &&
		    row.zone_id != k->zone_id)
			return reject(k->out, "the resource is known in another zone");
		k->resource_id = row.id;
		k->account_id = row.account_id;
		*ok_r = true;
		return ERR_OK;
	}
	if (e != ERR_NOT_FOUND)
		return e;
	err_clear(c);
	if (in->account_id == 0)
		return reject(k->out, "account_id is needed with the first event of a resource");
	e = q_account_get(c, in->account_id, &acc);
	if (e == ERR_NOT_FOUND)
		return unknown(c, k->out, "unknown account");
	TRY(e);
	k->account_id = in->account_id;
	*ok_r = true;
	return ERR_OK;
}

/* The wallet row is claimed, so the sum of an hour has one writer at a time. */
static enum errk store_traffic(struct ctx *c, struct intake *k)
{
	int64_t hour = hour_floor(k->in->at);
	struct resource_lives_row lives;
	uint64_t n;

	TRY(q_traffic_event_insert(c, k->source, k->in->id, k->resource_id, k->in->at,
				   k->in->bytes, k->digest, c->wall, &n));
	TRY(q_traffic_hour_add(c, k->resource_id, hour, k->account_id, k->in->bytes, &n));
	TRY(q_wallet_rerate_from(c, k->account_id, hour, &n));
	TRY(q_resource_lives(c, k->resource_id, hour, &lives));
	k->out->outcome = lives.n == 0 ? USAGE_PENDING : USAGE_APPLIED;
	return ERR_OK;
}

static enum errk store(struct ctx *c, struct intake *k)
{
	const uint64_t *parent = k->parent_id ? &k->parent_id : NULL;
	const char *name = k->in->name ? k->in->name : k->in->resource;
	struct timeline t;
	uint64_t n;

	TRY(q_wallet_claim(c, k->account_id, &n));
	if (k->resource_id == 0)
		TRY(q_resource_insert(c, k->account_id, type_names[k->kind->type], k->source,
				      k->in->resource, name, k->zone_id, parent, k->offering_id,
				      NULL, &k->resource_id));
	else if (k->kind->verb == USAGE_CREATED)
		TRY(q_resource_place(c, k->resource_id, name, k->zone_id, parent, &n));
	if (k->kind->traffic)
		return store_traffic(c, k);
	TRY(q_usage_event_insert(c, k->source, k->in->id, k->resource_id, k->kind->name, k->in->at,
				 k->offering_id, k->in->size_gb, k->digest, c->wall, &n));
	TRY(life_rebuild(c, k->resource_id, k->account_id, k->kind->type, &t));
	k->out->outcome = t.created_at == 0 ? USAGE_PENDING : USAGE_APPLIED;
	return ERR_OK;
}

static enum errk intake_body(struct ctx *c, void *arg)
{
	struct intake *k = arg;
	struct account_get_row acc;
	bool done, ok;

	k->resource_id = 0;
	*k->out = (struct usage_result){ 0 };
	TRY(known_event(c, k, &done));
	if (done)
		return ERR_OK;
	TRY(look_up(c, k, &ok));
	if (!ok)
		return ERR_OK;
	TRY(find_resource(c, k, &ok));
	if (!ok)
		return ERR_OK;
	TRY(q_account_get(c, k->account_id, &acc));
	if (k->in->at < acc.created_at / HOUR_S * HOUR_S)
		return reject(k->out, "before the account was opened");
	TRY(find_parent(c, k));
	return store(c, k);
}

/* A size with what is sized and bytes with traffic, neither anywhere else. NULL: right. */
static const char *quantity_fault(const struct kind *kind, const struct usage_event_in *in)
{
	bool sized = (kind->type == RESOURCE_VOLUME || kind->type == RESOURCE_SNAPSHOT) &&
		     kind->verb != USAGE_DELETED;

	if (sized && (in->size_gb < 1 || in->size_gb > USAGE_GB_MAX))
		return "size_gb is needed, 1 to 1000000";
	if (!sized && in->size_gb != 0)
		return "this kind of event has no size_gb";
	if (kind->traffic && (in->bytes < 1 || in->bytes > USAGE_BYTES_MAX))
		return "bytes are needed, 1 to 100000000000000";
	if (!kind->traffic && in->bytes != 0)
		return "this kind of event has no bytes";
	return NULL;
}

enum errk usage_intake(struct ctx *c, const char *source, const struct usage_event_in *in,
		       struct usage_result *out)
{
	struct intake k = { .source = source, .in = in, .out = out, .kind = kind_find(in->kind) };
	enum errk e;

	if (k.kind == NULL)
		return reject(out, "unknown kind of event");
	if (quantity_fault(k.kind, in) != NULL)
		return reject(out, quantity_fault(k.kind, in));
	if (!is_ascii(in->id))
		return reject(out, "an event id is made of ASCII characters");
	if (!is_ascii(in->zone) || !is_ascii(in->offering))
		return reject(out, "codes of zones and offerings are ASCII");
	/* A clock ahead of ours would charge hours that have not come. */
	if (in->at > c->now + 300)
		return reject(out, "the time is in the future");
	if (in->at < 0)
		return reject(out, "the time is before 1970");
	digest_of(c, in, k.digest);
	e = db_tx(c, intake_body, &k);
	if (e != ERR_CONFLICT)
		return e;
	/* Somebody stored the same event or resource at the same time: now it is there. */
	err_clear(c);
	return db_tx(c, intake_body, &k);
}

/* For the inventory: an event of our own about a resource that exists. */
struct own { uint64_t resource_id, account_id, offering_id; int64_t quantity; };

static enum errk own_event(struct ctx *c, const char *event_id, const char *kind_name,
			   const struct own *o)
{
	const struct kind *kind = kind_find(kind_name);
	struct usage_event_last_row last;
	uint8_t digest[32] = { 0 };
	struct timeline t;
	uint64_t n;
	int64_t at;

	/* A clock behind that of the worker before us would put it into a past in
	 * which it does not count. */
	TRY(q_usage_event_last(c, o->resource_id, &last));
	at = last.at_null || last.at < c->now ? c->now : last.at;
	TRY(q_usage_event_insert(c, "portal", event_id, o->resource_id, kind_name, at,
				 o->offering_id, o->quantity, digest, c->wall, &n));
	return life_rebuild(c, o->resource_id, o->account_id, kind->type, &t);
}

enum errk usage_own_event(struct ctx *c, uint64_t resource_id, uint64_t account_id,
			  const char *kind, uint64_t offering_id)
{
	return own_event(c, random_token(c->mem, 16), kind,
			 &(struct own){ resource_id, account_id, offering_id, 0 });
}

enum errk usage_own_size(struct ctx *c, uint64_t resource_id, uint64_t account_id,
			 const char *kind, uint64_t offering_id, int64_t size_gb)
{
	return own_event(c, random_token(c->mem, 16), kind,
			 &(struct own){ resource_id, account_id, offering_id, size_gb });
}

enum errk usage_own_event_once(struct ctx *c, const char *event_id, uint64_t resource_id,
			       uint64_t account_id, const char *kind, uint64_t offering_id)
{
	struct usage_event_known_row row;
	enum errk k = q_usage_event_known(c, "portal", event_id, &row);

	if (k != ERR_NOT_FOUND)
		return k;
	err_clear(c);
	return own_event(c, event_id, kind,
			 &(struct own){ resource_id, account_id, offering_id, 0 });
}

/* ---- sources and their keys ---- */

enum errk usage_source_key(struct ctx *c, const char *source, const char *scope,
			   const char **key_r)
{
	struct event_source_scope_row row;
	uint8_t hash[32];
	enum errk k;
	uint64_t n;

	if (strcmp(source, "portal") == 0 || source[0] == '\0' || strlen(source) > 32)
		return fail_field(c, "source", "Up to 32 characters; \"portal\" is taken.");
	k = q_event_source_scope(c, source, &row);
	if (k == ERR_OK && strcmp(row.scope, scope) != 0)
		return fail_field(c, "source", "A key of this name is for something else.");
	if (k != ERR_OK && k != ERR_NOT_FOUND)
		return k;
	err_clear(c);
	*key_r = random_token(c->mem, 32);
	sha256(*key_r, strlen(*key_r), hash);
	return q_event_source_put(c, source, scope, hash, c->wall, &n);
}
