#include "catalog/catalog.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "contract/contract.h"
#include "money/money.h"
#include "settings/settings.h"
#include "stmt.h"

enum errk price_now(struct ctx *c, const char *item, uint64_t zone_id, uint64_t offering_id,
		    const char *currency, struct price_now *p)
{
	struct price_at_row row;

	TRY(q_price_at(c, item, zone_id, offering_id, currency, hour_floor(c->now), &row));
	*p = (struct price_now){ row.unit_e8, row.cap_hours };
	return ERR_OK;
}

int64_t price_month(int64_t hour_e8, uint32_t cap_hours)
{
	return hour_e8 * (cap_hours > 0 && cap_hours < HOURS_PER_MONTH ? cap_hours
								       : HOURS_PER_MONTH);
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
				      const char *title, const char *note, int64_t hour_e8,
				      uint32_t cap_hours)
{
	struct estimate_line *l = &e->lines[e->n++];

	assert(e->n <= sizeof e->lines / sizeof e->lines[0]);
	*l = (struct estimate_line){ .component = component, .title = title, .note = note,
				     .free = hour_e8 == 0, .hour_e8 = hour_e8,
				     .month_e8 = price_month(hour_e8, cap_hours) };
	e->hour_e8 += l->hour_e8;
	e->month_e8 += l->month_e8;
	return l;
}

/* What a contract includes costs nothing more; the line says so. */
static enum errk ask_contract(struct ctx *c, const struct estimate_in *in,
			      const struct contract_ask *ask, uint32_t count, struct estimate *e)
{
	struct estimate_line *l = &e->lines[e->n - 1];
	struct contract_answer a;

	TRY(contract_would(c, in->account_id, ask, count, &a));
	l->inside = a.inside;
	l->refused = a.refused;
	if (a.refused)
		l->note = "beyond your contract";
	else if (a.inside > 0)
		l->note = a.inside == count ? "included in your contract"
			: arena_fmt(c->mem, "%u of %u included in your contract", a.inside, count);
	if (a.inside == 0)
		return ERR_OK;
	e->hour_e8 -= l->hour_e8 / count * a.inside;
	e->month_e8 -= l->month_e8 / count * a.inside;
	l->hour_e8 -= l->hour_e8 / count * a.inside;
	l->month_e8 -= l->month_e8 / count * a.inside;
	l->free = l->hour_e8 == 0;
	return ERR_OK;
}

/* "while running, at most 672 hours a month" */
static const char *note_text(struct ctx *c, const char *note, uint32_t cap_hours)
{
	if (cap_hours == 0)
		return note;
	return arena_fmt(c->mem, "%s%sat most %u hours a month", note, note[0] != '\0' ? ", " : "",
			 cap_hours);
}

static enum errk instance_line(struct ctx *c, const struct estimate_in *in, const char *currency,
			       struct estimate *e)
{
	struct offering_active_row off;
	struct price_now p;
	enum errk k;

	if (in->offering_id == 0)
		return ERR_OK;
	k = q_offering_active(c, in->offering_id, "INSTANCE", &off);
	if (k == ERR_OK)
		k = price_now(c, "INSTANCE_RUNNING", in->zone_id, in->offering_id, currency, &p);
	if (k == ERR_NOT_FOUND) {
		err_clear(c);
		return fail_field(c, "offering_id", "Not offered in this zone.");
	}
	TRY(k);
	line_add(e, "INSTANCE", off.name, note_text(c, "while running", p.cap_hours), p.unit_e8,
		 p.cap_hours);
	return ask_contract(c, in, &(struct contract_ask){ "INSTANCE_RUNNING", "INSTANCE",
			    in->offering_id, 1 }, 1, e);
}

/* A volume by its class, or a snapshot: GB for an hour. */
static enum errk storage_line(struct ctx *c, const struct estimate_in *in, const char *currency,
			      struct estimate *e)
{
	const char *item = in->storage_id != 0 ? "VOLUME" : "SNAPSHOT", *name = "Snapshot";
	struct offering_active_row class;
	struct price_now p;
	enum errk k = ERR_OK;

	if (in->size_gb == 0)
		return ERR_OK;
	if (in->storage_id != 0)
		k = q_offering_active(c, in->storage_id, "VOLUME", &class);
	if (k == ERR_OK)
		k = price_now(c, item, in->zone_id, in->storage_id, currency, &p);
	if (k == ERR_NOT_FOUND) {
		err_clear(c);
		return fail_field(c, "storage_id", "Not offered in this zone.");
	}
	TRY(k);
	if (in->storage_id != 0)
		name = arena_fmt(c->mem, "Volume %s", class.name);
	line_add(e, item, arena_fmt(c->mem, "%s, %lld GB", name, (long long)in->size_gb),
		 note_text(c, "", p.cap_hours), p.unit_e8 * in->size_gb, p.cap_hours);
	return ask_contract(c, in, &(struct contract_ask){ item, item, in->storage_id,
			    in->size_gb }, 1, e);
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
	struct price_now p;

	if (in->public_ips == 0)
		return ERR_OK;
	TRY(price_now(c, "PUBLIC_IP", in->zone_id, 0, currency, &p));
	if (!c->set->ip_default_charge)
		p = (struct price_now){ 0 };
	line_add(e, "PUBLIC_IP", title, note_text(c, "", p.cap_hours), p.unit_e8 * in->public_ips,
		 p.cap_hours);
	TRY(ask_contract(c, in, &(struct contract_ask){ "PUBLIC_IP", "PUBLIC_IP", 0, 1 },
			 in->public_ips, e));
	/* the free one is the oldest, which a contract would include first */
	if (!c->set->ip_default_charge || !c->set->ip_free_one || e->lines[e->n - 1].inside > 0)
		return ERR_OK;
	TRY(q_public_ip_held(c, in->account_id, hour_floor(c->now), &held));
	if (held.n == 0)
		line_add(e, "FREE_ONE_IP", "First public IP free", "one per account", -p.unit_e8,
			 p.cap_hours);
	return ERR_OK;
}

static enum errk secondary_line(struct ctx *c, const struct estimate_in *in, const char *currency,
				struct estimate *e)
{
	const char *title = count_text(c, in->secondary_ips, "Secondary IP", "secondary IPs");
	struct price_now p;

	if (in->secondary_ips == 0)
		return ERR_OK;
	TRY(price_now(c, "SECONDARY_IP", in->zone_id, 0, currency, &p));
	if (!c->set->ip_secondary_charge)
		p = (struct price_now){ 0 };
	line_add(e, "SECONDARY_IP", title, note_text(c, "", p.cap_hours),
		 p.unit_e8 * in->secondary_ips, p.cap_hours);
	return ask_contract(c, in, &(struct contract_ask){ "SECONDARY_IP", "SECONDARY_IP", 0, 1 },
			    in->secondary_ips, e);
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

static enum errk quote(struct ctx *c, const struct estimate_in *in, struct estimate *e)
{
	bool storage = in->size_gb > 0;
	const char *item = !storage ? "INSTANCE_RUNNING" : in->storage_id != 0 ? "VOLUME"
									       : "SNAPSHOT";

	return q_quote_add(c, in->account_id, in->zone_id,
			   storage ? in->storage_id : in->offering_id, item,
			   storage ? in->size_gb : 1, in->public_ips, in->secondary_ips,
			   e->currency, e->hour_e8, c->generation, c->now, c->now + HOUR_S,
			   &e->quote_id);
}

/* In the billing currency. */
static enum errk reckon(struct ctx *c, const struct estimate_in *in, struct estimate *e)
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
	return storage_line(c, in, a.currency, e);
}

enum errk estimate_make(struct ctx *c, const struct estimate_in *in, struct estimate *e)
{
	TRY(reckon(c, in, e));
	TRY(quote(c, in, e));
	return show_in(c, in->currency, e);
}

enum errk quote_holds(struct ctx *c, const struct quote_use *use)
{
	bool volume = use->size_gb > 0;
	struct quote_get_row q;
	struct estimate now;
	uint32_t digits;
	enum errk k;

	if (use->quote_id == 0)
		return ERR_OK;
	k = q_quote_get(c, use->quote_id, use->account_id, &q);
	if (k == ERR_NOT_FOUND)
		err_clear(c);
	else
		TRY(k);
	if (k == ERR_NOT_FOUND || q.zone_id != use->zone_id || q.offering_id != use->offering_id ||
	    strcmp(q.item, volume ? "VOLUME" : "INSTANCE_RUNNING") != 0 ||
	    q.quantity != (volume ? use->size_gb : 1) || use->public_ips > q.public_ips ||
	    use->secondary_ips > q.secondary_ips)
		return fail_field(c, "quote_id", "This estimate was made for something else.");
	TRY(reckon(c, &(struct estimate_in){ .account_id = use->account_id, .zone_id = q.zone_id,
		.offering_id = volume ? 0 : q.offering_id, .public_ips = q.public_ips,
		.secondary_ips = q.secondary_ips, .storage_id = volume ? q.offering_id : 0,
		.size_gb = use->size_gb }, &now));
	if (now.hour_e8 == q.hour_e8 && strcmp(now.currency, q.currency) == 0)
		return ERR_OK;
	digits = currency_find(q.currency)->digits;
	return fail_say(c, ERR_CONFLICT, "quote.changed",
			"The price has changed since it was shown: it was %s %s an hour, now it is "
			"%s %s. Please look at it again.",
			amount_display(c->mem, q.hour_e8, digits > 4 ? digits : 4), q.currency,
			amount_display(c->mem, now.hour_e8, digits > 4 ? digits : 4), now.currency);
}
