/* What is sold and what it costs: estimates a customer is shown before buying,
 * kept as quotes, from the same prices and switches that rating uses. */
#ifndef TB_CATALOG_CATALOG_H
#define TB_CATALOG_CATALOG_H

#include "base/ctx.h"

#define HOURS_PER_MONTH 730	/* for showing a month's price; bills count hours */

struct estimate_in {
	uint64_t account_id;
	uint64_t zone_id, offering_id;	/* offering 0: no instance */
	uint32_t public_ips, secondary_ips;
	/* A volume (its class, its GB), or with class 0 a snapshot; 0 GB: neither.
	 * Not together with an instance. */
	uint64_t storage_id;
	int64_t size_gb;
	const char *currency;		/* to show in; NULL: the account's */
};

struct estimate_line {
	const char *component;	/* INSTANCE PUBLIC_IP FREE_ONE_IP SECONDARY_IP VOLUME SNAPSHOT */
	const char *title, *note;
	bool free;
	uint32_t inside;		/* how many of it a contract includes: they cost nothing */
	bool refused;			/* beyond a contract that refuses: not to be had */
	int64_t hour_e8, month_e8;
};

struct estimate {
	struct estimate_line lines[8];
	size_t n;
	int64_t hour_e8, month_e8;
	const char *currency;
	bool approx;		/* shown in another currency than billed */
	const char *rate_text;	/* which rate was used; NULL: none */
	uint64_t quote_id;
};

/* INVALID names zone_id, offering_id, storage_id or currency. Stores a quote (in the
 * billing currency). */
enum errk estimate_make(struct ctx *c, const struct estimate_in *in, struct estimate *e)
	WARN_UNUSED;

/* Is what a customer was shown still what he will be charged? Asked by what cites the
 * estimate, in its transaction. INVALID quote_id: made for somebody or something else,
 * or for fewer addresses; CONFLICT quote.changed: the price, a switch, the free address
 * or the contract is another now; the message names both prices. */
struct quote_use {
	uint64_t account_id, quote_id;		/* 0: nothing was shown */
	uint64_t zone_id, offering_id;		/* of a volume its class */
	uint32_t public_ips, secondary_ips;
	int64_t size_gb;			/* 0: no volume */
};
enum errk quote_holds(struct ctx *c, const struct quote_use *use) WARN_UNUSED;

/* What a month costs at most: HOURS_PER_MONTH, or the hours of the cap (0: none). */
int64_t price_month(int64_t hour_e8, uint32_t cap_hours);

/* The price in force of a unit of an item; NOT_FOUND "db.no_row" when none. */
struct price_now { int64_t unit_e8; uint32_t cap_hours; };
enum errk price_now(struct ctx *c, const char *item, uint64_t zone_id, uint64_t offering_id,
		    const char *currency, struct price_now *p) WARN_UNUSED;

/* At the rate of today, one multiplication, half away from zero. CONFLICT money.rate. */
enum errk fx_convert(struct ctx *c, int64_t e8, const char *from, const char *to,
		     int64_t *e8_r) WARN_UNUSED;

#endif
