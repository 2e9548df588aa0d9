/* How often balances are debited. Usage is rated hour by hour always; with
 * "Prepaid Hourly Billing" off (feature 4) what was rated waits as unposted usage
 * until the day, the week (Monday) or the billing cycle of the account ends, in
 * its own time zone, as "prepaid.frequency" says. Limits, runway and suspension
 * go by balance minus unposted usage in any case. */
#ifndef TB_RATING_DEBIT_H
#define TB_RATING_DEBIT_H

#include "base/ctx.h"
#include "base/zone.h"

/* The hour at whose beginning the debit after hour number `hour` is due. cycle_to:
 * where the cycle under way ends, and with it any wait. */
int64_t debit_next(const struct settings *set, const struct zone_info *z, int64_t hour,
		   int64_t cycle_to);

/* Writes down where the days of accounts that are due until `until` end, as far as
 * not known yet. A transaction of its own for each zone is not needed: the rows
 * never change. Source: zone_day. */
enum errk debit_days(struct ctx *c, int64_t until) WARN_UNUSED;

#endif
