/* Money: two types and one door between them. An amount is exact to 1e-8 of
 * the major unit (prices, charges, ledger); money is whole minor units
 * (documents, gateways, WHMCS). No floating point; overflow is an error; one
 * rounding rule: half away from zero, once, on the document. */
#ifndef TB_MONEY_MONEY_H
#define TB_MONEY_MONEY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"

#define E8 INT64_C(100000000)

struct currency {
	const char *code;	/* ISO 4217 */
	uint32_t digits;	/* of the minor unit: JPY 0, USD 2, KWD 3 */
	int64_t minor_e8;	/* one minor unit in 1e-8 major units */
	const char *symbol, *name;
};
/* NULL: unknown. Rows of currency.def. */
const struct currency *currency_find(const char *code);
extern const struct currency currencies[];
extern const size_t currencies_count;

/* Decimal text without exponent, sign or separators beyond "-12.34".
 * digits: most decimals accepted. INVALID "money.format". */
enum errk amount_parse(struct ctx *c, const char *text, uint32_t digits, int64_t *e8_r) WARN_UNUSED;
enum errk money_parse(struct ctx *c, const char *text, const struct currency *cur,
		      int64_t *minor_r) WARN_UNUSED;

/* "12.34000000", "-0.5" ...: exactly `digits` decimals of an amount that has no more. */
const char *amount_text(struct arena *mem, int64_t e8);	/* all 8 decimals */
/* "an amount in EUR below 90,000,000,000 with at most 2 decimals": what a form asks for. */
const char *amount_rule(struct arena *mem, const struct currency *cur);
const char *money_text(struct arena *mem, int64_t minor, const struct currency *cur);
/* What people see: `digits` decimals, half up; non-zero never prints as zero
 * ("<0.01"); a debt rounds away from zero and never prints as "-0.00". */
const char *amount_display(struct arena *mem, int64_t e8, uint32_t digits);

/* The door. Half away from zero. */
int64_t amount_to_minor(int64_t e8, const struct currency *cur);
int64_t money_to_amount(int64_t minor, const struct currency *cur);
/* What must be paid so that nothing stays open: up to the next whole minor unit. */
int64_t amount_to_pay(int64_t e8, const struct currency *cur);

/* Checked arithmetic: INTERNAL "money.overflow". */
enum errk amount_add(struct ctx *c, int64_t a, int64_t b, int64_t *r) WARN_UNUSED;
enum errk amount_mul(struct ctx *c, int64_t e8, int64_t n, int64_t *r) WARN_UNUSED;
/* The tax of a positive amount, rounded up: what is kept back must be enough. */
enum errk tax_up(struct ctx *c, int64_t e8, int64_t rate_ppm, int64_t *r) WARN_UNUSED;
/* e8 x rate_e12 / 1e12, half away from zero. */
enum errk amount_convert(struct ctx *c, int64_t e8, int64_t rate_e12, int64_t *r) WARN_UNUSED;
/* The same of a document's amount and parts per million of either sign: discounts, surcharges. */
int64_t percent_minor(int64_t minor, int64_t ppm);
/* base x rate_ppm / 1e6, half away from zero. */
int64_t tax_of(int64_t base_minor, int64_t rate_ppm);
/* The part rate_ppm of whole_ppm that an amount contains, half away from zero. */
int64_t tax_within(int64_t lines_minor, int64_t rate_ppm, int64_t whole_ppm);
/* The taxes of a document whose lines come to lines_minor, each rounded once, into
 * tax_minor_r; returns the base. Exclusive: the lines are the base. Inclusive: the
 * taxes are taken out of the lines, base + taxes = lines to the unit; tax i is its
 * rate's part of 100 % and all rates. Rates of up to 100 % together leave a base of
 * zero or more. */
int64_t tax_amounts(int64_t lines_minor, bool inclusive, const int64_t *rate_ppm, size_t n,
		    int64_t *tax_minor_r);
/* n exact amounts -> minor amounts whose sum is the rounded sum of the exact
 * ones; residue by largest remainder, ties to the lower index. */
void money_allocate(const int64_t *exact_e8, size_t n, const struct currency *cur,
		    int64_t *minor_r);

#endif
