/* /api/user/ips: Network > IP Manager. */
#include "fcgi/user/addresses.h"

#include "fcgi/route.h"

#include <string.h>

#include "base/clock.h"
#include "catalog/catalog.h"
#include "fcgi/show.h"
#include "stmt.h"
#include "usage/usage.h"

/* What an address costs this hour, by switch and free turn. */
static int64_t hour_price(const struct req *r, const struct address_page_row *a, bool *free_r)
{
	const struct settings *s = r->ctx.set;
	bool secondary = strcmp(a->type, "SECONDARY_IP") == 0;

	*free_r = secondary ? !s->ip_secondary_charge
			    : !s->ip_default_charge || (s->ip_free_one && a->free_turn);
	return *free_r ? 0 : a->unit_e8;
}

static void address_out(struct req *r, const struct address_page_row *a, const char *currency)
{
	bool free;
	int64_t hour = hour_price(r, a, &free);

	jo_u64(r->out, "id", a->id);
	jo_str(r->out, "address", a->address);
	jo_str(r->out, "kind", strcmp(a->type, "SECONDARY_IP") == 0 ? "SECONDARY" : "DEFAULT");
	jo_str(r->out, "zone", a->zone);
	if (a->instance_id_null) {
		jo_null(r->out, "instance");
	} else {
		jo_obj(r->out, "instance");
		jo_u64(r->out, "id", a->instance_id);
		jo_str(r->out, "name", a->instance);
		jo_end(r->out);
	}
	jo_time(r->out, "acquired_at", a->created_at);
	jo_bool(r->out, "free", free);
	show_amount(r, "hour", hour, currency);
	show_amount(r, "month", hour * HOURS_PER_MONTH, currency);
}

enum errk addresses_out(struct req *r, const char *name, uint64_t instance_id,
			const char *currency)
{
	struct address_page_row *rows;
	size_t n;

	TRY(q_address_page(&r->ctx, r->account_id, instance_id, "", hour_floor(r->ctx.now), "id",
			   "asc", 100, 0, &rows, &n));
	jo_arr(r->out, name);
	for (size_t i = 0; i < n; i++) {
		jo_obj(r->out, NULL);
		address_out(r, &rows[i], currency);
		jo_end(r->out);
	}
	jo_end(r->out);
	return ERR_OK;
}

enum errk address_made(struct req *r, uint64_t id)
{
	struct ip_pool_address_row ip;

	TRY(q_ip_pool_address(&r->ctx, id, &ip));
	r->status = 201;
	jo_u64(r->out, "id", id);
	jo_str(r->out, "address", ip.address);
	return ERR_OK;
}

struct ips_in { struct list_in list; };
const struct field user_ips_in[] = { F_LIST(struct ips_in, list, "id|acquired_at|address", ""),
					F_END };

enum errk user_ips(struct req *r)
{
	const struct ips_in *in = r->in;
	const char *q = in->list.q ? in->list.q : "";
	struct address_page_row *rows;
	struct address_count_row total;
	struct wallet_view_row w;
	size_t n;

	TRY(q_wallet_view(&r->ctx, r->account_id, &w));
	TRY(q_address_page(&r->ctx, r->account_id, 0, q, hour_floor(r->ctx.now), in->list.sort,
			   in->list.dir, in->list.per, (uint32_t)list_skip(&in->list), &rows, &n));
	TRY(q_address_count(&r->ctx, r->account_id, q, &total));
	jo_arr(r->out, "rows");
	for (size_t i = 0; i < n; i++) {
		jo_obj(r->out, NULL);
		address_out(r, &rows[i], w.currency);
		jo_end(r->out);
	}
	jo_end(r->out);
	jo_obj(r->out, "counts");
	jo_end(r->out);
	show_page(r, &in->list, total.n);
	return ERR_OK;
}

struct acquire_in { uint64_t zone_id, quote_id; const char *idempotency_key; };
const struct field user_ip_acquire_in[] = {
	F_U64(struct acquire_in, zone_id, true, 1, UINT64_MAX, "Zone"),
	F_U64(struct acquire_in, quote_id, false, 0, UINT64_MAX, "The price that was shown"),
	F_STR(struct acquire_in, idempotency_key, true, 16, 64, "Same key, same address"),
	F_END
};

enum errk user_ip_acquire(struct req *r)
{
	const struct acquire_in *in = r->in;
	uint64_t id;

	TRY(ip_acquire(&r->ctx, r->account_id, in->zone_id, 0, in->quote_id, &id));
	return address_made(r, id);
}

struct release_in { uint64_t id; const char *idempotency_key; };
const struct field user_ip_release_in[] = {
	F_U64(struct release_in, id, true, 1, UINT64_MAX, "Address, from the path"),
	F_STR(struct release_in, idempotency_key, true, 16, 64, "Same key, same effect"), F_END
};

enum errk user_ip_release(struct req *r)
{
	const struct release_in *in = r->in;

	TRY(ip_release(&r->ctx, r->account_id, in->id));
	jo_bool(r->out, "ok", true);
	return ERR_OK;
}
