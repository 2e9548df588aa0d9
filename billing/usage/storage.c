/* Volumes and snapshots of the built-in inventory. */
#include <string.h>

#include "base/clock.h"
#include "base/db.h"
#include "base/random.h"
#include "catalog/catalog.h"
#include "stmt.h"
#include "usage/private.h"

struct work {			/* arguments of all bodies below */
	uint64_t account_id, id;
	const struct volume_in *in;
	const char *name;
	int64_t size_gb;
	uint64_t *id_r;
};

/* What has no price is not for sale: its hours would be free unseen. */
static enum errk priced(struct ctx *c, const struct opened *a, const char *item,
			uint64_t zone_id, uint64_t storage_id)
{
	struct price_at_row price;
	enum errk k = q_price_at(c, item, zone_id, storage_id, a->row.currency, hour_floor(c->now),
				 &price);

	if (k != ERR_NOT_FOUND)
		return k;
	err_clear(c);
	return fail_field(c, strcmp(item, "VOLUME") == 0 ? "storage_id" : "volume_id",
			  "Not offered in this zone.");
}

static enum errk class_check(struct ctx *c, uint64_t storage_id)
{
	struct offering_active_row off;
	enum errk k = q_offering_active(c, storage_id, "VOLUME", &off);

	if (k != ERR_NOT_FOUND)
		return k;
	err_clear(c);
	return fail_field(c, "storage_id", "Please choose a storage class.");
}

static enum errk quoted(struct ctx *c, uint64_t account_id, const struct volume_in *in)
{
	return quote_holds(c, &(struct quote_use){ .account_id = account_id,
		.quote_id = in->quote_id, .zone_id = in->zone_id, .offering_id = in->storage_id,
		.size_gb = in->size_gb });
}

static enum errk create_body(struct ctx *c, void *arg)
{
	const struct work *w = arg;
	const struct volume_in *in = w->in;
	struct opened a;

	TRY(inventory_open(c, w->account_id, &a));
	TRY(inventory_place(c, in->zone_id));
	TRY(class_check(c, in->storage_id));
	TRY(priced(c, &a, "VOLUME", in->zone_id, in->storage_id));
	TRY(quoted(c, w->account_id, in));
	TRY(q_resource_insert(c, w->account_id, "VOLUME", "portal", random_token(c->mem, 16),
			      in->name, in->zone_id, NULL, in->storage_id,
			      in->quote_id ? &in->quote_id : NULL, w->id_r));
	TRY(usage_own_size(c, *w->id_r, w->account_id, "volume.created", in->storage_id,
			   in->size_gb));
	return inventory_money(c, w->account_id, &a, 1);
}

enum errk volume_create(struct ctx *c, uint64_t account_id, const struct volume_in *in,
			uint64_t *id_r)
{
	struct work w = { .account_id = account_id, .in = in, .id_r = id_r };

	return db_tx(c, create_body, &w);
}

static enum errk resize_body(struct ctx *c, void *arg)
{
	const struct work *w = arg;
	struct opened a;
	struct resource_get_row r;

	TRY(inventory_open(c, w->account_id, &a));
	TRY(inventory_own(c, w->account_id, w->id, "VOLUME", &r));
	if (w->size_gb == r.quantity)
		return ERR_OK;		/* already so */
	if (w->size_gb < r.quantity)
		return fail_field(c, "size_gb", "A volume can only grow: it has %lld GB.",
				  (long long)r.quantity);
	TRY(usage_own_size(c, w->id, w->account_id, "volume.resized", 0, w->size_gb));
	return inventory_money(c, w->account_id, &a, 2);
}

enum errk volume_resize(struct ctx *c, uint64_t account_id, uint64_t id, int64_t size_gb)
{
	struct work w = { .account_id = account_id, .id = id, .size_gb = size_gb };

	return db_tx(c, resize_body, &w);
}

/* Deleting stays possible for a suspended customer: it only stops costs. */
static enum errk drop(struct ctx *c, const struct work *w, const char *type, const char *kind)
{
	struct resource_get_row r;
	uint64_t n;

	TRY(q_wallet_claim(c, w->account_id, &n));
	TRY(inventory_own(c, w->account_id, w->id, type, &r));
	return usage_own_event(c, w->id, w->account_id, kind, 0);
}

static enum errk volume_drop_body(struct ctx *c, void *arg)
{
	return drop(c, arg, "VOLUME", "volume.deleted");
}

enum errk volume_delete(struct ctx *c, uint64_t account_id, uint64_t id)
{
	struct work w = { .account_id = account_id, .id = id };

	return db_tx(c, volume_drop_body, &w);
}

static enum errk snapshot_drop_body(struct ctx *c, void *arg)
{
	return drop(c, arg, "SNAPSHOT", "snapshot.deleted");
}

enum errk snapshot_delete(struct ctx *c, uint64_t account_id, uint64_t id)
{
	struct work w = { .account_id = account_id, .id = id };

	return db_tx(c, snapshot_drop_body, &w);
}

static enum errk snapshot_body(struct ctx *c, void *arg)
{
	const struct work *w = arg;
	struct opened a;
	struct resource_get_row volume;

	TRY(inventory_open(c, w->account_id, &a));
	TRY(inventory_own(c, w->account_id, w->id, "VOLUME", &volume));
	TRY(inventory_place(c, volume.zone_id));
	TRY(priced(c, &a, "SNAPSHOT", volume.zone_id, 0));
	TRY(q_resource_insert(c, w->account_id, "SNAPSHOT", "portal", random_token(c->mem, 16),
			      w->name, volume.zone_id, &w->id, 0, NULL, w->id_r));
	TRY(usage_own_size(c, *w->id_r, w->account_id, "snapshot.created", 0, volume.quantity));
	return inventory_money(c, w->account_id, &a, 1);
}

enum errk snapshot_create(struct ctx *c, uint64_t account_id, uint64_t volume_id, const char *name,
			  uint64_t *id_r)
{
	struct work w = { .account_id = account_id, .id = volume_id, .name = name, .id_r = id_r };

	return db_tx(c, snapshot_body, &w);
}
