/* Adjustments of an account's invoices: discounts (negative) and surcharges
 * (positive), in percent or a fixed amount, for a number of billing cycles, on
 * the whole invoice or one component. Closing a cycle (invoice/close.c) turns
 * them into lines before tax:
 *
 *   surcharges first, on the usage and fee of the cycle;
 *   then discounts: percentages of the usage and fee (not of surcharges and not
 *   of each other), half up at 1e-8, then fixed amounts, each in order of age;
 *   one for a component never takes more than that component comes to, and all
 *   together never more than the invoice: its subtotal cannot become negative.
 *
 * A cycle counts as used when the adjustment stands on its invoice; one that
 * found nothing to take off leaves no line and is not used up. A fixed
 * surcharge on the whole invoice (an additional service) is invoiced even when
 * nothing was used; one on a component only with it. What is given after a cycle
 * is over does not change its invoice, even when the biller is late.
 *
 * In the ledger a discount reduces revenue (house account DISCOUNT, debit), a
 * surcharge is REVENUE. */
#ifndef TB_PROMO_DISCOUNT_H
#define TB_PROMO_DISCOUNT_H

#include "base/ctx.h"
#include "base/zone.h"

/* Whose an adjustment given now would be and from which cycle on: the one under
 * way, never one that is over and only waits for the biller. The wallet row is
 * claimed. */
struct discount_start {
	const char *currency, *status;
	const struct zone_info *zone;
	int64_t first_hour;
};
enum errk discount_begin(struct ctx *c, uint64_t account_id, struct discount_start *s) WARN_UNUSED;

struct discount_in {
	uint64_t account_id;
	const char *percent;	/* "-10", "2.5"; NULL: a fixed amount */
	const char *amount;	/* "-5.00" in the account's currency; NULL: percent */
	const char *scope;	/* NULL or empty: the whole invoice; else a component */
	const char *label;	/* words on the invoice */
	int64_t from;		/* UTC instant in the first month; 0: the cycle under way */
	uint32_t cycles;	/* 0: until ended */
};
/* By staff. INVALID names the field. */
enum errk discount_add(struct ctx *c, const struct discount_in *in, uint64_t *id_r) WARN_UNUSED;
/* The cycle under way no longer has it. CONFLICT "discount.over". */
enum errk discount_end(struct ctx *c, uint64_t id) WARN_UNUSED;

/* Percent as text with at most 4 decimals to parts per million, and back.
 * INVALID names the field. */
enum errk percent_field(struct ctx *c, const char *field, const char *text, int64_t lo_ppm,
			int64_t hi_ppm, int64_t *ppm_r) WARN_UNUSED;
const char *percent_text(struct arena *mem, int64_t ppm);

#endif
