/* Changing a billing plan: PREPAID, POSTPAID, FLEXIBLE. The cycle under the old
 * plan is closed at the next full hour; no hour is split and none is billed
 * under both. */
#ifndef TB_ACCOUNT_PLAN_H
#define TB_ACCOUNT_PLAN_H

#include "base/ctx.h"

/* Inside a transaction or by itself. *at_hour_r: the hour it takes effect; 0: at
 * once, since nothing was used in this cycle. consent: the sentence the customer
 * agreed to, kept with the account; NULL: staff decided. No effect when it is that plan.
 * INVALID field "plan": unknown; a change is to come already or was made in this
 * cycle; the balance does not cover what PREPAID would leave unpaid. */
enum errk plan_change(struct ctx *c, uint64_t account_id, const char *plan, const char *consent,
		      int64_t *at_hour_r) WARN_UNUSED;
bool plan_known(const char *plan);

#endif
