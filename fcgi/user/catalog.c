/* GET /api/user/catalog and POST /api/user/estimates. */
#include "catalog/catalog.h"

#include <string.h>

#include "base/clock.h"
#include "catalog/price.h"
#include "fcgi/show.h"
#include "stmt.h"
#include "usage/usage.h"

/* Price of an offering in one zone: running and stopped rows side by side. */
static void price_out(struct req *r, const struct offering_prices_row *p, size_t n,
		      uint64_t offering, uint64_t zone, const char *currency)
{
	int64_t running = -1, stopped = -1;
	uint32_t cap = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i].offering_id != offering || p[i].zone_id != zone)
			continue;
		if (strcmp(p[i].item, "INSTANCE_RUNNING") == 0) {
			running = p[i].unit_e8;
			cap = p[i].cap_hours;
		} else if (strcmp(p[i].item, "INSTANCE_STOPPED") == 0) {
			stopped = p[i].unit_e8;
		}
	}
	if (running < 0)
		return;		/* not sold in this zone */
	jo_obj(r->out, NULL);
	jo_u64(r->out, "zone_id", zone);
	show_amount(r, "hour", running, currency);
	show_amount(r, "month", price_month(running, cap), currency);
	show_amount(r, "stopped_hour", stopped < 0 ? 0 : stopped, currency);
	jo_u64(r->out, "cap_hours", cap);
	jo_end(r->out);
}

/* Prices per GB: for an hour and a month, or of traffic for the GB itself. */
static void gb_prices(struct req *r, const struct offering_prices_row *p, size_t n,
		      const char *item, uint64_t storage, const char *currency)
{
	bool traffic = strcmp(item, "TRAFFIC") == 0;

	for (size_t i = 0; i < n; i++) {
		if (strcmp(p[i].item, item) != 0 || p[i].offering_id != storage)
			continue;
		jo_obj(r->out, NULL);
		jo_u64(r->out, "zone_id", p[i].zone_id);
		if (traffic) {
			show_amount(r, "gb", p[i].unit_e8 * MB_PER_GB, currency);
		} else {
			show_amount(r, "gb_hour", p[i].unit_e8, currency);
			show_amount(r, "gb_month", price_month(p[i].unit_e8, p[i].cap_hours),
				    currency);
			jo_u64(r->out, "cap_hours", p[i].cap_hours);
		}
		jo_end(r->out);
	}
}

static enum errk storage_out(struct req *r, const struct offering_prices_row *p, size_t np,
			     const char *currency)
{
	struct offering_list_row *rows;
	size_t n;

	TRY(q_offering_list(&r->ctx, "VOLUME", &rows, &n));
	jo_arr(r->out, "storage");
	for (size_t i = 0; i < n; i++) {
		jo_obj(r->out, NULL);
		jo_u64(r->out, "id", rows[i].id);
		jo_str(r->out, "code", rows[i].code);
		jo_str(r->out, "name", rows[i].name);
		jo_arr(r->out, "prices");
		gb_prices(r, p, np, "VOLUME", rows[i].id, currency);
		jo_end(r->out);
		jo_end(r->out);
	}
	jo_end(r->out);
	jo_arr(r->out, "snapshots");
	gb_prices(r, p, np, "SNAPSHOT", 0, currency);
	jo_end(r->out);
	jo_arr(r->out, "traffic");
	gb_prices(r, p, np, "TRAFFIC", 0, currency);
	jo_end(r->out);
	return ERR_OK;
}

const struct field user_catalog_in[] = { F_END };

enum errk user_catalog(struct req *r)
{
	struct zone_list_row *zones;
	struct offering_list_row *offers;
	struct offering_prices_row *prices;
	struct wallet_view_row w;
	size_t nz, no, np;

	TRY(q_wallet_view(&r->ctx, r->account_id, &w));
	TRY(q_zone_list(&r->ctx, &zones, &nz));
	TRY(q_offering_list(&r->ctx, "INSTANCE", &offers, &no));
	TRY(q_offering_prices(&r->ctx, w.currency, hour_floor(r->ctx.now), &prices, &np));
	jo_arr(r->out, "zones");
	for (size_t i = 0; i < nz; i++) {
		jo_obj(r->out, NULL);
		jo_u64(r->out, "id", zones[i].id);
		jo_str(r->out, "code", zones[i].code);
		jo_str(r->out, "name", zones[i].name);
		jo_end(r->out);
	}
	jo_end(r->out);
	jo_arr(r->out, "offerings");
	for (size_t i = 0; i < no; i++) {
		jo_obj(r->out, NULL);
		jo_u64(r->out, "id", offers[i].id);
		jo_str(r->out, "code", offers[i].code);
		jo_str(r->out, "name", offers[i].name);
		jo_u64(r->out, "vcpu", offers[i].vcpu);
		jo_u64(r->out, "memory_mb", offers[i].memory_mb);
		jo_u64(r->out, "disk_gb", offers[i].disk_gb);
		jo_arr(r->out, "prices");
		for (size_t z = 0; z < nz; z++)
			price_out(r, prices, np, offers[i].id, zones[z].id, w.currency);
		jo_end(r->out);
		jo_end(r->out);
	}
	jo_end(r->out);
	return storage_out(r, prices, np, w.currency);
}

struct estimate_body {
	uint64_t zone_id, offering_id, storage_id, volume_gb, snapshot_gb;
	bool public_ip;
	uint32_t secondary_ips;
	const char *currency;
};
const struct field user_estimate_in[] = {
	F_U64(struct estimate_body, zone_id, true, 1, UINT64_MAX, "Zone"),
	F_U64(struct estimate_body, offering_id, false, 1, UINT64_MAX, "Offering; none: addresses"),
	F_U64(struct estimate_body, storage_id, false, 1, UINT64_MAX, "Storage class of a volume"),
	F_U64(struct estimate_body, volume_gb, false, 1, USAGE_GB_MAX, "Size of a volume"),
	F_U64(struct estimate_body, snapshot_gb, false, 1, USAGE_GB_MAX, "Size of a snapshot"),
	F_BOOL(struct estimate_body, public_ip, false, "false", "With a public IP"),
	F_U32(struct estimate_body, secondary_ips, false, 0, 64, "0", "How many secondary IPs"),
	F_STR(struct estimate_body, currency, false, 3, 3, "Currency to show in"),
	F_END
};

/* One thing at a time: a quote is cited by what is then created. */
static enum errk estimate_check(struct req *r, const struct estimate_body *in)
{
	bool storage = in->storage_id != 0 || in->volume_gb != 0 || in->snapshot_gb != 0;

	if ((in->storage_id != 0) != (in->volume_gb != 0))
		return fail_field(&r->ctx, in->storage_id != 0 ? "volume_gb" : "storage_id",
				  "A volume has a storage class and a size.");
	if (in->volume_gb != 0 && in->snapshot_gb != 0)
		return fail_field(&r->ctx, "snapshot_gb", "One estimate at a time.");
	if (storage && (in->offering_id != 0 || in->public_ip || in->secondary_ips != 0))
		return fail_field(&r->ctx, "offering_id", "One estimate at a time.");
	return ERR_OK;
}

enum errk user_estimate(struct req *r)
{
	const struct estimate_body *in = r->in;
	struct estimate e;

	TRY(estimate_check(r, in));
	TRY(estimate_make(&r->ctx, &(struct estimate_in){
		.account_id = r->account_id, .zone_id = in->zone_id,
		.offering_id = in->offering_id, .public_ips = in->public_ip ? 1 : 0,
		.secondary_ips = in->secondary_ips, .storage_id = in->storage_id,
		.size_gb = (int64_t)(in->volume_gb + in->snapshot_gb),
		.currency = in->currency }, &e));
	jo_arr(r->out, "lines");
	for (size_t i = 0; i < e.n; i++) {
		jo_obj(r->out, NULL);
		jo_str(r->out, "component", e.lines[i].component);
		jo_str(r->out, "title", e.lines[i].title);
		jo_str(r->out, "note", e.lines[i].note);
		jo_bool(r->out, "free", e.lines[i].free);
		jo_u64(r->out, "included", e.lines[i].inside);
		jo_bool(r->out, "refused", e.lines[i].refused);
		show_amount(r, "hour", e.lines[i].hour_e8, e.currency);
		show_amount(r, "month", e.lines[i].month_e8, e.currency);
		jo_end(r->out);
	}
	jo_end(r->out);
	show_amount(r, "hour", e.hour_e8, e.currency);
	show_amount(r, "month", e.month_e8, e.currency);
	jo_str(r->out, "currency", e.currency);
	jo_bool(r->out, "approx", e.approx);
	jo_str(r->out, "rate_text", e.rate_text);
	jo_u64(r->out, "hours_per_month", HOURS_PER_MONTH);
	jo_u64(r->out, "quote_id", e.quote_id);
	return ERR_OK;
}
