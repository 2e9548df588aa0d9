/* See price.h. */
#include "catalog/price.h"

#include "base/clock.h"
#include "stmt.h"

#define HOUR_END INT64_C(4000000000)
#define TIME_END INT64_C(4102444800)

/* Is there any price of this key? Before the first one there is none to keep. */
static enum errk first_price(struct ctx *c, const struct price_in *in, bool *first_r)
{
	struct price_span_row span;
	enum errk k = q_price_span(c, in->item, in->zone_id, in->offering_id, in->currency,
				   HOUR_END - 1, &span);

	*first_r = k == ERR_NOT_FOUND;
	if (k == ERR_NOT_FOUND) {
		err_clear(c);
		return ERR_OK;
	}
	return k;
}

enum errk price_set(struct ctx *c, const struct price_in *in)
{
	int64_t now = hour_floor(c->now), at = in->from_hour;
	struct price_span_row span;
	bool first;
	uint64_t n;

	TRY(first_price(c, in, &first));
	if (first)
		return q_price_add(c, in->item, in->zone_id, in->offering_id, in->currency,
				   in->unit_e8, at == HOUR_NONE ? 0 : at, HOUR_END, &n);
	if (at == HOUR_NONE)
		at = now + 1;
	TRY(q_price_span(c, in->item, in->zone_id, in->offering_id, in->currency, at, &span));
	if (span.unit_e8 == in->unit_e8)
		return ERR_OK;
	if (at <= now)
		return fail_field(c, "from", "An hour that has begun keeps its price.");
	if (span.from_hour == at)
		return q_price_correct(c, span.id, in->unit_e8, now, &n);
	TRY(q_price_end(c, span.id, at, &n));
	return q_price_add(c, in->item, in->zone_id, in->offering_id, in->currency, in->unit_e8,
			   at, span.to_hour, &n);
}

enum errk tax_set(struct ctx *c, const struct tax_in *in)
{
	int64_t at = in->from != 0 ? in->from : c->now;
	struct tax_at_row tax;
	struct tax_next_row next;
	enum errk k = q_tax_at(c, in->country, in->region, in->name, at, &tax);
	uint64_t n;

	if (k == ERR_NOT_FOUND) {
		err_clear(c);
		TRY(q_tax_next(c, in->country, in->region, in->name, in->from, &next));
		return q_tax_add(c, in->country, in->region, in->name, in->rate_ppm, in->from,
				 next.valid_from_null ? TIME_END : next.valid_from, &n);
	}
	TRY(k);
	if (tax.rate_ppm == in->rate_ppm)
		return ERR_OK;
	if (at < c->now || at <= tax.valid_from)
		return fail_field(c, "from", "A rate that is in force can only end from now on.");
	TRY(q_tax_end(c, tax.id, at, &n));
	return q_tax_add(c, in->country, in->region, in->name, in->rate_ppm, at, tax.valid_to,
			 &n);
}

enum errk fx_set(struct ctx *c, const char *from, const char *to, int64_t rate_e12)
{
	struct fx_at_row row;
	enum errk k = q_fx_at(c, from, to, c->now, &row);
	uint64_t n;

	if (k == ERR_OK && row.rate_e12 == rate_e12)
		return ERR_OK;
	if (k != ERR_OK && k != ERR_NOT_FOUND)
		return k;
	err_clear(c);
	return q_fx_add(c, from, to, rate_e12, "catalogue", c->now, &n);
}
