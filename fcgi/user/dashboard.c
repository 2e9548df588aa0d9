/* GET /api/user/dashboard. */
#include <string.h>

#include "base/clock.h"
#include "base/zone.h"
#include "catalog/price.h"
#include "fcgi/show.h"
#include "rating/rating.h"
#include "stmt.h"
#include "usage/funds.h"

enum service { COMPUTE, STORAGE, IP, SECONDARY_IP, TRAFFIC, OTHER, SERVICES };
static const struct { const char *key, *title, *unit; } services[] = {
	[COMPUTE] = { "compute", "Compute", "HOUR" },
	[STORAGE] = { "storage", "Storage", "GB_HOUR" },
	[IP] = { "ip", "Public IPs", "HOUR" },
	[SECONDARY_IP] = { "secondary_ip", "Secondary IPs", "HOUR" },
	[TRAFFIC] = { "traffic", "Traffic", "MB" },
	[OTHER] = { "other", "Other", "HOUR" },
};

static enum service service_of(const char *component)
{
	static const struct { const char *component; enum service s; } known[] = {
		{ "INSTANCE", COMPUTE }, { "VOLUME", STORAGE }, { "SNAPSHOT", STORAGE },
		{ "PUBLIC_IP", IP }, { "SECONDARY_IP", SECONDARY_IP }, { "TRAFFIC", TRAFFIC },
	};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strcmp(component, known[i].component) == 0)
			return known[i].s;
	return OTHER;
}

struct month {
	const char *currency;
	const struct zone_info *zone;
	int64_t from_hour, until;	/* until: end of the hour under way */
	int64_t cost[31][SERVICES], total[SERVICES], count[SERVICES], sum;
};

static enum errk month_read(struct req *r, struct month *m)
{
	struct usage_by_day_row *rows;
	size_t n;

	m->from_hour = zone_month_hour(m->zone, r->ctx.now, 0);
	m->until = hour_floor(r->ctx.now) + 1;
	TRY(q_usage_by_day(&r->ctx, r->account_id, m->from_hour, m->until, &rows, &n));
	for (size_t i = 0; i < n; i++) {
		enum service s = service_of(rows[i].component);

		if (rows[i].day < 0 || rows[i].day > 30)
			continue;
		m->cost[rows[i].day][s] += rows[i].amount_e8;
		m->total[s] += rows[i].amount_e8;
		m->count[s] += rows[i].used;
		m->sum += rows[i].amount_e8;
	}
	return ERR_OK;
}

static void by_day(struct req *r, const struct month *m)
{
	int64_t days = (m->until - m->from_hour + 23) / 24;

	jo_arr(r->out, "by_day");
	for (int64_t d = 0; d < days && d < 31; d++) {
		jo_obj(r->out, NULL);
		jo_str(r->out, "day", zone_date(r->ctx.mem, m->zone,
						(m->from_hour + 24 * d) * HOUR_S));
		for (size_t s = 0; s < SERVICES; s++)
			show_amount(r, services[s].key, m->cost[d][s], m->currency);
		jo_end(r->out);
	}
	jo_end(r->out);
}

static void by_service(struct req *r, const struct month *m)
{
	jo_arr(r->out, "by_service");
	for (size_t s = 0; s < SERVICES; s++) {
		struct counted n;

		if (m->count[s] == 0 && m->total[s] == 0)
			continue;
		n = price_counted(r->ctx.mem, services[s].unit, m->count[s], 0);
		jo_obj(r->out, NULL);
		jo_str(r->out, "service", services[s].key);
		jo_str(r->out, "title", services[s].title);
		show_amount(r, "amount", m->total[s], m->currency);
		jo_str(r->out, "quantity", n.quantity);
		jo_str(r->out, "counted", n.unit);
		jo_end(r->out);
	}
	jo_end(r->out);
}

static enum errk counts(struct req *r)
{
	struct resource_counts_row *rows;
	uint64_t running = 0, stopped = 0, ips = 0, storage = 0;
	size_t n;

	TRY(q_resource_counts(&r->ctx, r->account_id, &rows, &n));
	for (size_t i = 0; i < n; i++) {
		if (strcmp(rows[i].type, "VOLUME") == 0 || strcmp(rows[i].type, "SNAPSHOT") == 0)
			storage += rows[i].n;
		else if (strcmp(rows[i].type, "INSTANCE") != 0)
			ips += rows[i].n;
		else if (strcmp(rows[i].state, "RUNNING") == 0)
			running += rows[i].n;
		else
			stopped += rows[i].n;
	}
	jo_obj(r->out, "instances");
	jo_u64(r->out, "running", running);
	jo_u64(r->out, "stopped", stopped);
	jo_end(r->out);
	jo_u64(r->out, "ips", ips);
	jo_u64(r->out, "storage", storage);
	return ERR_OK;
}

/* Burn per hour, runway, month so far and forecast. */
static enum errk figures(struct req *r, const struct wallet_view_row *w, const struct month *m)
{
	int64_t hour = hour_floor(r->ctx.now), burn, lasts;
	struct funds f;

	TRY(rating_accruing(&r->ctx, r->account_id, hour, hour + 1, &burn));
	TRY(funds_left(&r->ctx, r->account_id, hour, &f));
	TRY(funds_hours(&r->ctx, &f, burn, &lasts));
	show_amount(r, "burn_hour", burn, w->currency);
	if (lasts == FUNDS_NO_END)
		jo_null(r->out, "runway_hours");
	else
		jo_i64(r->out, "runway_hours", lasts);
	show_amount(r, "month_to_date", m->sum, w->currency);
	show_amount(r, "month_forecast",
		    m->sum + burn * (zone_month_hour(m->zone, r->ctx.now, 1) - m->until),
		    w->currency);
	if (w->last_posted_at_null)
		jo_null(r->out, "last_hour");
	else
		show_amount(r, "last_hour", w->last_posted_e8, w->currency);
	jo_time(r->out, "last_posted_at", w->last_posted_at);
	return ERR_OK;
}

const struct field user_dashboard_in[] = { F_END };

enum errk user_dashboard(struct req *r)
{
	struct month *m = ARENA_NEW(r->ctx.mem, struct month);
	struct wallet_view_row w;

	TRY(q_wallet_view(&r->ctx, r->account_id, &w));
	m->currency = w.currency;
	m->zone = zone_load(r->ctx.mem, w.timezone);
	TRY(month_read(r, m));
	jo_time(r->out, "as_of", w.rated_until_hour * HOUR_S);
	jo_bool(r->out, "hourly", r->ctx.set->prepaid_hourly);
	jo_str(r->out, "plan", w.plan);
	TRY(show_wallet(r, r->account_id, false));
	TRY(figures(r, &w, m));
	by_day(r, m);
	by_service(r, m);
	TRY(counts(r));
	if (r->ctx.set->invoice_menu) {
		TRY(show_invoices_newest(r, r->account_id, 5));
	} else {
		jo_arr(r->out, "invoices");
		jo_end(r->out);
	}
	jo_time(r->out, "next_invoice_at", w.cycle_to_hour * HOUR_S);
	return show_contract(r, r->account_id, false);
}
