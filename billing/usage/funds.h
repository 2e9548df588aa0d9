/* What an account may still use: the one figure that lets in a creation, suspends,
 * and stands on every screen. PREPAID: the balance, less what is charged and not
 * yet posted; FLEXIBLE: the credit line too, less what is drawn on it; less usage
 * not rated yet; less the taxes that the cycle's invoice will add to all of it. Who
 * has no limit has no such figure. (Those who look at many accounts at once read the
 * same view, exhaustible.) */
#ifndef TB_USAGE_FUNDS_H
#define TB_USAGE_FUNDS_H

#include "base/ctx.h"

struct funds {
	bool limited;
	int64_t left_e8;	/* below zero: that much too little */
	int64_t accruing_e8;	/* the usage not rated yet, which left_e8 is less */
	int64_t tax_e8;		/* the taxes that left_e8 is less */
	int64_t tax_ppm;	/* of what is used from now on */
};
/* Usage counts through the end of the hour before until_hour. */
enum errk funds_left(struct ctx *c, uint64_t account_id, int64_t until_hour,
		     struct funds *f) WARN_UNUSED;

#define FUNDS_NO_END INT64_C(-1)
/* What usage takes with its taxes, rounded up. */
enum errk funds_with_tax(struct ctx *c, const struct funds *f, int64_t e8,
			 int64_t *e8_r) WARN_UNUSED;
/* Full hours that this lasts when each costs burn_e8 before taxes. */
enum errk funds_hours(struct ctx *c, const struct funds *f, int64_t burn_e8,
		      int64_t *hours_r) WARN_UNUSED;

#endif
