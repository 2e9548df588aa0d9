/* Putting prices, taxes and rates into the catalogue. All of them are dated: what
 * has begun is never changed, a new one ends the old one where it begins. Each
 * says nothing new when it is in force already, so that a list can be loaded
 * again. Inside the caller's transaction. */
#ifndef TB_CATALOG_PRICE_H
#define TB_CATALOG_PRICE_H

#include "base/ctx.h"

#define HOUR_NONE INT64_C(-1)
#define TIME_END INT64_C(4102444800)	/* until further notice */
#define MB_PER_GB 1000			/* of 1,000,000 bytes each */
#define CAP_HOURS_MIN 24		/* a day: what is not rated yet lies before any cap */
#define CAP_HOURS_MAX 744		/* the longest month */

struct price_in {
	const char *item, *currency;
	uint64_t zone_id, offering_id;	/* offering 0: not by offering */
	int64_t unit_e8;		/* per unit of the item: see price_unit */
	uint32_t cap_hours;		/* charged per billing cycle at most; 0: all */
	int64_t from_hour;		/* HOUR_NONE: the next; without any price yet: always */
};
/* From the price that is told to the price of one unit that is charged: an hour
 * (per_hour), a GB for an hour (per_gb_hour), or a MB of traffic (per_gb: refused
 * when a thousandth of it is not exact). INVALID names price_field(unit). */
enum errk price_unit(struct ctx *c, const char *unit, int64_t price_e8, int64_t *unit_e8_r)
	WARN_UNUSED;
const char *price_field(const char *unit);

/* What was counted in a unit of an item, in the words of documents and screens:
 * hours, GB-hours, or GB of traffic to the MB. */
struct counted { const char *quantity, *unit; int64_t price_e8; };
struct counted price_counted(struct arena *mem, const char *unit, int64_t count, int64_t unit_e8);
/* INVALID field "from": an hour that has begun has its price; or "cap_hours". */
enum errk price_set(struct ctx *c, const struct price_in *in) WARN_UNUSED;

/* A tax is known by its place, name and kind of customer, and has one rate at a
 * time; a place may have several. Those of a region (as customers write their
 * state) stand in place of all those of its country, also when their rate is 0:
 * no tax there. One for a kind of customer stands in place of the one of the same
 * name for all. Which apply: part taxes_of in sql/query/catalog.sql. */
struct tax_text {
	const char *country, *region, *name;	/* region "": the whole country */
	const char *customer;	/* "": all, INDIVIDUAL or ORGANIZATION */
	const char *percent;	/* "18" or "7.5", at most 4 decimals */
	int64_t from;		/* an instant, not in the past when the tax is known; 0: now */
};
enum errk tax_set(struct ctx *c, const struct tax_text *in) WARN_UNUSED;
/* at 0: now. CONFLICT "tax.over" when it has ended before. */
enum errk tax_end(struct ctx *c, uint64_t id, int64_t at) WARN_UNUSED;

/* A rate and the one back, rounded to twelve decimals; from 0: now, never in the
 * past. Nothing new when it is in force already. Rate as "1.08", up to 8 decimals. */
struct fx_in { const char *from, *to, *rate, *source; int64_t at; };
/* "1.08", as exact as it is kept */
const char *fx_text(struct arena *mem, int64_t rate_e12);
enum errk fx_set(struct ctx *c, const struct fx_in *in) WARN_UNUSED;

/* Can customers choose it? Accounts keep theirs. */
enum errk currency_choose(struct ctx *c, const char *code, bool enabled) WARN_UNUSED;

#endif
