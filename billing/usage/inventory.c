/* The built-in inventory: what the portal's own buttons create and release. */
#include "usage/usage.h"

#include <string.h>

#include "base/clock.h"
#include "base/db.h"
#include "base/random.h"
#include "catalog/catalog.h"
#include "contract/contract.h"
#include "money/money.h"
#include "stmt.h"
#include "usage/funds.h"
#include "usage/private.h"

enum errk inventory_open(struct ctx *c, uint64_t account_id, struct opened *a)
{
	uint64_t n;

	TRY(q_wallet_claim(c, account_id, &n));
	TRY(q_account_for_create(c, account_id, &a->row));
	TRY(contract_room(c, account_id, &a->over_hours));
	if (strcmp(a->row.status, "ACTIVE") != 0)
		return fail(c, ERR_FORBIDDEN, "account.suspended", "account is %s", a->row.status);
	return ERR_OK;
}

/* What may still be used is the figure that suspends and that screens show: who is let in
 * here is not found without funds a moment later. The wallet row is written already. */
enum errk inventory_money(struct ctx *c, uint64_t account_id, const struct opened *a,
			  int64_t hours)
{
	struct funds f;

	TRY(contract_room_left(c, account_id, a->over_hours));
	TRY(funds_left(c, account_id, hour_floor(c->now) + hours, &f));
	if (f.left_e8 >= 0)
		return ERR_OK;
	return fail_say(c, ERR_CONFLICT, "wallet.insufficient",
			"Your balance does not cover this. Please add at least %s %s.",
			amount_display(c->mem, -f.left_e8, currency_find(a->row.currency)->digits),
			a->row.currency);
}

enum errk inventory_place(struct ctx *c, uint64_t zone_id)
{
	struct zone_active_row zone;
	enum errk k = q_zone_active(c, zone_id, &zone);

	if (k != ERR_NOT_FOUND)
		return k;
	err_clear(c);
	return fail_field(c, "zone_id", "Please choose a zone.");
}

static enum errk offering_check(struct ctx *c, uint64_t offering_id)
{
	struct offering_active_row off;
	enum errk k = q_offering_active(c, offering_id, "INSTANCE", &off);

	if (k != ERR_NOT_FOUND)
		return k;
	err_clear(c);
	return fail_field(c, "offering_id", "Please choose an offering.");
}

/* An address from the zone's pool, as a resource of its own. */
static enum errk address_take(struct ctx *c, uint64_t account_id, uint64_t zone_id,
			      uint64_t parent, bool secondary, uint64_t quote_id, uint64_t *id_r)
{
	struct ip_pool_address_row ip;
	uint64_t n;

	TRY(q_resource_insert(c, account_id, secondary ? "SECONDARY_IP" : "PUBLIC_IP", "portal",
			      random_token(c->mem, 16), "", zone_id, parent ? &parent : NULL, 0,
			      quote_id ? &quote_id : NULL, id_r));
	TRY(q_ip_pool_take(c, zone_id, *id_r, &n));
	if (n != 1)
		return fail(c, ERR_CONFLICT, "ip.none_free", "zone %llu has no free address",
			    (unsigned long long)zone_id);
	TRY(q_ip_pool_address(c, *id_r, &ip));
	TRY(q_resource_rename(c, *id_r, ip.address, &n));
	return usage_own_event(c, *id_r, account_id,
			       secondary ? "secondary_ip.acquired" : "ip.acquired", 0);
}

struct inv {			/* arguments of all bodies below */
	uint64_t account_id, id, zone_id, parent, quote_id;
	const struct instance_in *in;
	bool run;
	uint64_t *id_r;
};

static enum errk create_body(struct ctx *c, void *arg)
{
	const struct inv *v = arg;
	const struct instance_in *in = v->in;
	struct opened a;
	uint64_t ip;

	TRY(inventory_open(c, v->account_id, &a));
	TRY(inventory_place(c, in->zone_id));
	TRY(offering_check(c, in->offering_id));
	TRY(quote_holds(c, &(struct quote_use){ v->account_id, in->quote_id, in->zone_id,
						in->offering_id, in->public_ip, 0, 0 }));
	TRY(q_resource_insert(c, v->account_id, "INSTANCE", "portal", random_token(c->mem, 16),
			      in->name, in->zone_id, NULL, in->offering_id,
			      in->quote_id ? &in->quote_id : NULL, v->id_r));
	TRY(usage_own_event(c, *v->id_r, v->account_id, "instance.created", in->offering_id));
	if (in->public_ip)
		TRY(address_take(c, v->account_id, in->zone_id, *v->id_r, false, in->quote_id,
				 &ip));
	return inventory_money(c, v->account_id, &a, 1);
}

enum errk instance_create(struct ctx *c, uint64_t account_id, const struct instance_in *in,
			  uint64_t *id_r)
{
	struct inv v = { .account_id = account_id, .in = in, .id_r = id_r };

	return db_tx(c, create_body, &v);
}

enum errk inventory_own(struct ctx *c, uint64_t account_id, uint64_t id, const char *type,
			struct resource_get_row *r)
{
	TRY(q_resource_get(c, account_id, id, r));
	if (strcmp(r->type, type) != 0)
		return fail(c, ERR_NOT_FOUND, "db.no_row", "resource is a %s", r->type);
	if (strcmp(r->source, "portal") != 0)
		return fail(c, ERR_CONFLICT, "resource.foreign", "managed by %s", r->source);
	if (strcmp(r->state, "DELETED") == 0)
		return fail(c, ERR_CONFLICT, "resource.deleted", "already deleted");
	return ERR_OK;
}

static enum errk power_body(struct ctx *c, void *arg)
{
	const struct inv *v = arg;
	struct opened a;
	struct resource_get_row r;

	TRY(inventory_open(c, v->account_id, &a));
	TRY(inventory_own(c, v->account_id, v->id, "INSTANCE", &r));
	if ((strcmp(r.state, "RUNNING") == 0) == v->run)
		return ERR_OK;		/* already so */
	TRY(usage_own_event(c, v->id, v->account_id,
			    v->run ? "instance.started" : "instance.stopped", 0));
	return v->run ? inventory_money(c, v->account_id, &a, 1) : ERR_OK;
}

enum errk instance_power(struct ctx *c, uint64_t account_id, uint64_t id, bool run)
{
	struct inv v = { .account_id = account_id, .id = id, .run = run };

	return db_tx(c, power_body, &v);
}

enum errk instance_power_forced(struct ctx *c, uint64_t account_id, uint64_t id, bool run,
				const char *event_id)
{
	struct resource_get_row r;

	TRY(q_resource_get(c, account_id, id, &r));
	if (strcmp(r.state, "DELETED") == 0 || (strcmp(r.state, "RUNNING") == 0) == run)
		return ERR_OK;
	return usage_own_event_once(c, event_id, id, account_id,
				    run ? "instance.started" : "instance.stopped", 0);
}

static enum errk address_drop(struct ctx *c, uint64_t account_id, uint64_t id)
{
	struct resource_get_row r;
	uint64_t n;

	TRY(q_resource_get(c, account_id, id, &r));
	TRY(q_ip_pool_give_back(c, id, &n));
	return usage_own_event(c, id, account_id,
			       strcmp(r.type, "SECONDARY_IP") == 0 ? "secondary_ip.released"
								   : "ip.released", 0);
}

/* Deleting stays possible for a suspended customer: it only stops costs. */
static enum errk delete_body(struct ctx *c, void *arg)
{
	const struct inv *v = arg;
	struct resource_children_row *ips;
	struct resource_get_row r;
	uint64_t changed;
	size_t n;

	TRY(q_wallet_claim(c, v->account_id, &changed));
	TRY(inventory_own(c, v->account_id, v->id, "INSTANCE", &r));
	TRY(usage_own_event(c, v->id, v->account_id, "instance.deleted", 0));
	TRY(q_resource_children(c, v->account_id, v->id, &ips, &n));
	for (size_t i = 0; i < n; i++)
		TRY(address_drop(c, v->account_id, ips[i].id));
	return ERR_OK;
}

enum errk instance_delete(struct ctx *c, uint64_t account_id, uint64_t id)
{
	struct inv v = { .account_id = account_id, .id = id };

	return db_tx(c, delete_body, &v);
}

static enum errk acquire_body(struct ctx *c, void *arg)
{
	const struct inv *v = arg;
	struct opened a;
	struct resource_get_row parent;
	uint64_t zone = v->zone_id;

	TRY(inventory_open(c, v->account_id, &a));
	if (v->parent != 0) {
		TRY(inventory_own(c, v->account_id, v->parent, "INSTANCE", &parent));
		zone = parent.zone_id;
	}
	TRY(inventory_place(c, zone));
	TRY(quote_holds(c, &(struct quote_use){ v->account_id, v->quote_id, zone, 0,
						v->parent == 0, v->parent != 0, 0 }));
	TRY(address_take(c, v->account_id, zone, v->parent, v->parent != 0, v->quote_id, v->id_r));
	return inventory_money(c, v->account_id, &a, 1);
}

enum errk ip_acquire(struct ctx *c, uint64_t account_id, uint64_t zone_id, uint64_t parent,
		     uint64_t quote_id, uint64_t *id_r)
{
	struct inv v = { .account_id = account_id, .zone_id = zone_id, .parent = parent,
			 .quote_id = quote_id, .id_r = id_r };

	return db_tx(c, acquire_body, &v);
}

static enum errk release_body(struct ctx *c, void *arg)
{
	const struct inv *v = arg;
	struct resource_get_row r;
	uint64_t n;

	TRY(q_wallet_claim(c, v->account_id, &n));
	TRY(q_resource_get(c, v->account_id, v->id, &r));
	if (strcmp(r.type, "PUBLIC_IP") != 0 && strcmp(r.type, "SECONDARY_IP") != 0)
		return fail(c, ERR_NOT_FOUND, "db.no_row", "not an address");
	TRY(inventory_own(c, v->account_id, v->id, r.type, &r));
	return address_drop(c, v->account_id, v->id);
}

enum errk ip_release(struct ctx *c, uint64_t account_id, uint64_t id)
{
	struct inv v = { .account_id = account_id, .id = id };

	return db_tx(c, release_body, &v);
}
