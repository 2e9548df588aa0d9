/* See price.h. */
#include "catalog/price.h"

#include <string.h>

#include "base/clock.h"
#include "base/db.h"
#include "money/money.h"
#include "settings/settings.h"
#include "stmt.h"

#define HOUR_END INT64_C(4000000000)

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

/* What a price may be at most, in whole units: with the largest size and the
 * longest month a charge still fits. */
#define PER_HOUR_MAX 100000000
#define PER_GB_HOUR_MAX 100
#define PER_GB_MAX 100000

enum errk price_unit(struct ctx *c, const char *unit, int64_t price_e8, int64_t *unit_e8_r)
{
	bool by_hour = strcmp(unit, "HOUR") == 0, by_mb = strcmp(unit, "MB") == 0;
	int64_t most = by_hour ? PER_HOUR_MAX : by_mb ? PER_GB_MAX : PER_GB_HOUR_MAX;

	if (price_e8 < 0 || price_e8 > most * E8)
		return fail_field(c, price_field(unit), "0 to %lld.", (long long)most);
	if (by_mb && price_e8 % MB_PER_GB != 0)
		return fail_field(c, price_field(unit), "At most 5 decimals: traffic is counted in "
				  "MB, and a thousandth of this is no exact price.");
	*unit_e8_r = by_mb ? price_e8 / MB_PER_GB : price_e8;
	return ERR_OK;
}

const char *price_field(const char *unit)
{
	if (strcmp(unit, "HOUR") == 0)
		return "per_hour";
	return strcmp(unit, "MB") == 0 ? "per_gb" : "per_gb_hour";
}

/* Thousandths without needless zeros: "1.5", "-0.02", "3". */
static const char *thousandths(struct arena *mem, int64_t n)
{
	int64_t abs = n < 0 ? -n : n;
	char *s = arena_fmt(mem, "%s%lld.%03lld", n < 0 ? "-" : "",
			    (long long)(abs / MB_PER_GB), (long long)(abs % MB_PER_GB));
	size_t len = strlen(s);

	while (s[len - 1] == '0')
		s[--len] = '\0';
	if (s[len - 1] == '.')
		s[len - 1] = '\0';
	return s;
}

struct counted price_counted(struct arena *mem, const char *unit, int64_t count, int64_t unit_e8)
{
	if (strcmp(unit, "MB") == 0)
		return (struct counted){ thousandths(mem, count), "GB", unit_e8 * MB_PER_GB };
	return (struct counted){ arena_fmt(mem, "%lld", (long long)count),
				 strcmp(unit, "HOUR") == 0 ? "hours" : "GB-hours", unit_e8 };
}

static enum errk cap_check(struct ctx *c, const struct price_in *in)
{
	if (in->cap_hours == 0)
		return ERR_OK;
	if (strcmp(in->item, "TRAFFIC") == 0)
		return fail_field(c, "cap_hours", "Traffic has no hours to cap.");
	if (in->cap_hours < CAP_HOURS_MIN || in->cap_hours > CAP_HOURS_MAX)
		return fail_field(c, "cap_hours", "%d to %d, or 0 for none.", CAP_HOURS_MIN,
				  CAP_HOURS_MAX);
	return ERR_OK;
}

enum errk price_set(struct ctx *c, const struct price_in *in)
{
	int64_t now = hour_floor(c->now), at = in->from_hour;
	struct price_span_row span;
	bool first;
	uint64_t n;

	TRY(cap_check(c, in));
	TRY(first_price(c, in, &first));
	if (first)
		return q_price_add(c, in->item, in->zone_id, in->offering_id, in->currency,
				   in->unit_e8, in->cap_hours, at == HOUR_NONE ? 0 : at, HOUR_END,
				   &n);
	if (at == HOUR_NONE)
		at = now + 1;
	TRY(q_price_span(c, in->item, in->zone_id, in->offering_id, in->currency, at, &span));
	if (span.unit_e8 == in->unit_e8 && span.cap_hours == in->cap_hours)
		return ERR_OK;
	if (at <= now)
		return fail_field(c, "from", "An hour that has begun keeps its price.");
	if (span.from_hour == at)
		return q_price_correct(c, span.id, in->unit_e8, in->cap_hours, now, &n);
	TRY(q_price_end(c, span.id, at, &n));
	return q_price_add(c, in->item, in->zone_id, in->offering_id, in->currency, in->unit_e8,
			   in->cap_hours, at, span.to_hour, &n);
}

struct tax_in {
	const char *country, *region, *name, *customer;
	int64_t rate_ppm, from;
};

static enum errk tax_body(struct ctx *c, void *arg)
{
	const struct tax_in *in = arg;
	int64_t at = in->from != 0 ? in->from : c->now;
	struct tax_at_row tax;
	struct tax_next_row next;
	enum errk k;
	uint64_t n;

	TRY(q_tax_guard_claim(c, &n));
	k = q_tax_at(c, in->country, in->region, in->name, in->customer, at, &tax);
	if (k == ERR_NOT_FOUND) {
		err_clear(c);
		TRY(q_tax_next(c, in->country, in->region, in->name, in->customer, in->from,
			       &next));
		return q_tax_add(c, in->country, in->region, in->name, in->customer,
				 in->rate_ppm, in->from,
				 next.valid_from_null ? TIME_END : next.valid_from, &n);
	}
	TRY(k);
	if (tax.rate_ppm == in->rate_ppm)
		return ERR_OK;
	if (at < c->now || at <= tax.valid_from)
		return fail_field(c, "from", "A rate that is in force can only end from now on.");
	TRY(q_tax_end(c, tax.id, at, &n));
	return q_tax_add(c, in->country, in->region, in->name, in->customer, in->rate_ppm, at,
			 tax.valid_to, &n);
}

static bool customer_known(const char *s)
{
	return s[0] == '\0' || strcmp(s, "INDIVIDUAL") == 0 || strcmp(s, "ORGANIZATION") == 0;
}

enum errk tax_set(struct ctx *c, const struct tax_text *in)
{
	int64_t percent_e8;

	if (strlen(in->country) != 2 || in->country[0] < 'A' || in->country[0] > 'Z' ||
	    in->country[1] < 'A' || in->country[1] > 'Z')
		return fail_field(c, "country", "Two capital letters (ISO 3166).");
	if (in->name[0] == '\0' || strlen(in->name) > 64)
		return fail_field(c, "tax", "The name of the tax, such as VAT.");
	if (strlen(in->region) > 100)
		return fail_field(c, "region", "A state or region, as customers write it.");
	if (!customer_known(in->customer))
		return fail_field(c, "customer", "INDIVIDUAL, ORGANIZATION, or none for both.");
	if (amount_parse(c, in->percent, 4, &percent_e8) != ERR_OK || percent_e8 < 0 ||
	    percent_e8 > 100 * E8) {
		err_clear(c);
		return fail_field(c, "percent", "0 to 100, at most 4 decimals.");
	}
	return db_tx(c, tax_body, &(struct tax_in){
		in->country, in->region, in->name, in->customer, percent_e8 / 10000, in->from });
}

struct end { uint64_t id; int64_t at; };

static enum errk end_body(struct ctx *c, void *arg)
{
	const struct end *e = arg;
	struct tax_rule_get_row rule;
	uint64_t n;

	TRY(q_tax_guard_claim(c, &n));
	TRY(q_tax_rule_get(c, e->id, &rule));
	if (e->at <= rule.valid_from)
		return fail_field(c, "at", "It must apply for a while before it ends.");
	TRY(q_tax_end(c, e->id, e->at, &n));
	if (n == 1)
		return ERR_OK;
	return fail_say(c, ERR_CONFLICT, "tax.over", "This tax ends before that anyway.");
}

enum errk tax_end(struct ctx *c, uint64_t id, int64_t at)
{
	struct end e = { id, at == 0 ? c->now : at };

	if (e.at < c->now)
		return fail_field(c, "at", "A tax can only end from now on.");
	return db_tx(c, end_body, &e);
}

const char *fx_text(struct arena *mem, int64_t rate_e12)
{
	char *s = arena_fmt(mem, "%lld.%012lld", (long long)(rate_e12 / INT64_C(1000000000000)),
			    (long long)(rate_e12 % INT64_C(1000000000000)));
	size_t len = strlen(s);

	while (s[len - 1] == '0')
		s[--len] = '\0';
	if (s[len - 1] == '.')
		s[len - 1] = '\0';
	return s;
}

__extension__ typedef __int128 wide;

/* The way back, to twelve decimals, half up. */
static int64_t inverse_e12(int64_t rate_e8)
{
	wide one = (wide)E8 * E8 * 10000;

	return (int64_t)((2 * one + rate_e8) / (2 * (wide)rate_e8));
}

static enum errk fx_one(struct ctx *c, const struct fx_in *in, const char *from, const char *to,
			int64_t rate_e12)
{
	struct fx_at_row row;
	enum errk k = q_fx_at(c, from, to, in->at, &row);
	uint64_t n;

	if (k == ERR_OK && row.rate_e12 == rate_e12)
		return ERR_OK;
	if (k == ERR_OK && row.valid_from == in->at)
		return fail_field(c, "from", "Another rate begins at that second.");
	if (k != ERR_OK && k != ERR_NOT_FOUND)
		return k;
	err_clear(c);
	return q_fx_add(c, from, to, rate_e12, in->source, in->at, &n);
}

struct pair { const struct fx_in *in; int64_t rate_e8; };

static enum errk fx_body(struct ctx *c, void *arg)
{
	const struct pair *p = arg;
	uint64_t n;

	TRY(q_tax_guard_claim(c, &n));
	TRY(fx_one(c, p->in, p->in->from, p->in->to, p->rate_e8 * 10000));
	return fx_one(c, p->in, p->in->to, p->in->from, inverse_e12(p->rate_e8));
}

enum errk fx_set(struct ctx *c, const struct fx_in *in)
{
	const struct currency *from = currency_find(in->from), *to = currency_find(in->to);
	struct fx_in whole = *in;
	int64_t rate_e8;

	if (from == NULL || to == NULL || from == to)
		return fail_field(c, from == NULL ? "from_currency" : "to_currency",
				  "Two currencies that are known here.");
	if (amount_parse(c, in->rate, 8, &rate_e8) != ERR_OK || rate_e8 <= 0 ||
	    rate_e8 > 100000 * E8) {
		err_clear(c);
		return fail_field(c, "rate", "Above 0, at most 100,000 and 8 decimals.");
	}
	if (in->source[0] == '\0' || strlen(in->source) > 64)
		return fail_field(c, "source", "Where the rate is from, in 1 to 64 bytes.");
	if (in->at == 0)
		whole.at = c->now;
	if (whole.at < c->now)
		return fail_field(c, "from", "Rates of the past stay as they are.");
	return db_tx(c, fx_body, &(struct pair){ &whole, rate_e8 });
}

/* The base currency is always there to choose. */
enum errk currency_choose(struct ctx *c, const char *code, bool enabled)
{
	uint64_t n;

	if (currency_find(code) == NULL)
		return fail(c, ERR_NOT_FOUND, "not_found", "currency %s", code);
	if (!enabled && strcmp(code, c->set->currency_base) == 0)
		return fail_field(c, "enabled", "The base currency can always be chosen.");
	return q_currency_choose(c, code, enabled, &n);
}
