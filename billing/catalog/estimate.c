#include "catalog/catalog.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "money/money.h"
#include "settings/settings.h"
#include "stmt.h"

enum errk price_now(struct ctx *c, const char *item, uint64_t zone_id, uint64_t offering_id,
		    const char *currency, int64_t *unit_e8_r)
{
	struct price_at_row row;

	TRY(q_price_at(c, item, zone_id, offering_id, currency, hour_floor(c->now), &row));
	*unit_e8_r = row.unit_e8;
	return ERR_OK;
}

enum errk fx_convert(struct ctx *c, int64_t e8, const char *from, const char *to, int64_t *e8_r)
{
	struct fx_at_row row;
	enum errk k;

	*e8_r = e8;
	if (strcmp(from, to) == 0)
		return ERR_OK;
	k = q_fx_at(c, from, to, c->now, &row);
	if (k == ERR_NOT_FOUND) {
		err_clear(c);
		return fail(c, ERR_CONFLICT, "money.rate", "no rate from %s to %s", from, to);
	}
	TRY(k);
	return amount_convert(c, e8, row.rate_e12, e8_r);
}

static struct estimate_line *line_add(struct estimate *e, const char *component,
				      const char *title, const char *note, int64_t hour_e8)
{
	struct estimate_line *l = &e->lines[e->n++];

	assert(e->n <= sizeof e->lines / sizeof e->lines[0]);
	*l = (struct estimate_line){ component, title, note, hour_e8 == 0, hour_e8,
				     hour_e8 * HOURS_PER_MONTH };
	e->hour_e8 += l->hour_e8;
	e->month_e8 += l->month_e8;
	return l;
}

static enum errk instance_line(struct ctx *c, const struct estimate_in *in, const char *currency,
			       struct estimate *e)
{
	struct offering_active_row off;
	int64_t unit;
	enum errk k;

	if (in->offering_id == 0)
		return ERR_OK;
	k = q_offering_active(c, in->offering_id, &off);
	if (k == ERR_OK)
		k = price_now(c, "INSTANCE_RUNNING", in->zone_id, in->offering_id, currency, &unit);
	if (k == ERR_NOT_FOUND) {
		err_clear(c);
		return fail_field(c, "offering_id", "Not offered in this zone.");
	}
	TRY(k);
	line_add(e, "INSTANCE", off.name, "while running", unit);
	return ERR_OK;
}

static const char *count_text(struct ctx *c, uint32_t n, const char *one, const char *many)
{
	return n == 1 ? one : arena_fmt(c->mem, "%u %s", n, many);
}

/* The account's free slot: is a default IP alive in this hour already? */
static enum errk public_lines(struct ctx *c, const struct estimate_in *in, const char *currency,
			      struct estimate *e)
{
	struct public_ip_held_row held;
	const char *title = count_text(c, in->public_ips, "Public IP", "public IPs");
	int64_t unit;

	if (in->public_ips == 0)
		return ERR_OK;
	TRY(price_now(c, "PUBLIC_IP", in->zone_id, 0, currency, &unit));
	if (!c->set->ip_default_charge) {
		line_add(e, "PUBLIC_IP", title, "", 0);
		return ERR_OK;
	}
	line_add(e, "PUBLIC_IP", title, "", unit * in->public_ips);
	if (!c->set->ip_free_one)
		return ERR_OK;
	TRY(q_public_ip_held(c, in->account_id, hour_floor(c->now), &held));
	if (held.n == 0)
		line_add(e, "FREE_ONE_IP", "First public IP free", "one per account", -unit);
	return ERR_OK;
}

static enum errk secondary_line(struct ctx *c, const struct estimate_in *in, const char *currency,
				struct estimate *e)
{
	const char *title = count_text(c, in->secondary_ips, "Secondary IP", "secondary IPs");
	int64_t unit;

	if (in->secondary_ips == 0)
		return ERR_OK;
	TRY(price_now(c, "SECONDARY_IP", in->zone_id, 0, currency, &unit));
	line_add(e, "SECONDARY_IP", title, "",
		 c->set->ip_secondary_charge ? unit * in->secondary_ips : 0);
	return ERR_OK;
}

/* In another currency than billed: every figure converted, marked as approximate. */
static enum errk show_in(struct ctx *c, const char *to, struct estimate *e)
{
	struct fx_at_row fx;

	if (to == NULL || strcmp(to, e->currency) == 0)
		return ERR_OK;
	if (!c->set->currency_multi || currency_find(to) == NULL)
		return fail_field(c, "currency", "This currency is not offered.");
	for (size_t i = 0; i < e->n; i++) {
		TRY(fx_convert(c, e->lines[i].hour_e8, e->currency, to, &e->lines[i].hour_e8));
		TRY(fx_convert(c, e->lines[i].month_e8, e->currency, to, &e->lines[i].month_e8));
	}
	TRY(fx_convert(c, e->hour_e8, e->currency, to, &e->hour_e8));
	TRY(fx_convert(c, e->month_e8, e->currency, to, &e->month_e8));
	TRY(q_fx_at(c, e->currency, to, c->now, &fx));
	e->rate_text = arena_fmt(c->mem, "1 %s = %s %s of %s", e->currency,
				 amount_display(c->mem, fx.rate_e12 / 10000, 4), to,
				 clock_date(c->mem, fx.valid_from));
	e->currency = to;
	e->approx = true;
	return ERR_OK;
}

enum errk estimate_make(struct ctx *c, const struct estimate_in *in, struct estimate *e)
{
	struct account_get_row a;
	struct zone_active_row zone;
	enum errk k;

	memset(e, 0, sizeof *e);
	TRY(q_account_get(c, in->account_id, &a));
	k = q_zone_active(c, in->zone_id, &zone);
	if (k == ERR_NOT_FOUND) {
		err_clear(c);
		return fail_field(c, "zone_id", "Please choose a zone.");
	}
	TRY(k);
	e->currency = a.currency;
	TRY(instance_line(c, in, a.currency, e));
	TRY(public_lines(c, in, a.currency, e));
	TRY(secondary_line(c, in, a.currency, e));
	TRY(q_quote_add(c, in->account_id, in->zone_id, in->offering_id, in->public_ips,
			in->secondary_ips, a.currency, e->hour_e8, c->generation, c->now,
			c->now + HOUR_S, &e->quote_id));
	return show_in(c, in->currency, e);
}
