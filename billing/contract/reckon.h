/* What contracts cost in a billing cycle: parts of a month by days, rounded once. */
#ifndef TB_CONTRACT_RECKON_H
#define TB_CONTRACT_RECKON_H

#include "base/ctx.h"
#include "base/zone.h"
#include "money/money.h"

/* ---- pure rules, table-tested ---- */

/* Local days that end in the hours from..to. */
uint32_t fee_days(const struct zone_info *z, int64_t from_hour, int64_t to_hour);
/* Of these days, those that lie wholly in the hours a..b. */
uint32_t fee_days_within(const struct zone_info *z, int64_t from_hour, int64_t to_hour, int64_t a,
			 int64_t b);
/* Days of the month that a cycle is, or is a part of. */
uint32_t fee_month_days(const struct zone_info *z, int64_t from_hour, int64_t to_hour);
/* amount_minor_r[i]: the step that part i adds to the running sum of fee x days /
 * month_days. */
struct fee_part { int64_t fee_e8; uint32_t days; };
void fee_split(const struct fee_part *parts, size_t n, uint32_t month_days,
	       const struct currency *cur, int64_t *amount_minor_r);
/* "12/30 of 49.00"; a whole month is "". */
const char *fee_label(struct arena *mem, uint32_t days, uint32_t month_days, int64_t fee_e8,
		      const struct currency *cur);

/* ---- the cycle under way ---- */

struct contract_due {
	uint64_t contract_id;
	int64_t from, to, fee_e8, amount_e8;
	uint32_t days;
};
struct contract_cycle {
	const struct currency *cur;
	struct contract_due *parts;
	size_t n;
	uint32_t month_days;
	int64_t total_e8, drawn_e8;	/* drawn: a prepaid balance paid it already */
};
/* As the contracts stand in this transaction, if the cycle ends at to_hour; in arrears:
 * without the days on which the account was suspended from beginning to end. */
enum errk contract_cycle(struct ctx *c, uint64_t account_id, int64_t to_hour, bool in_arrears,
			 struct contract_cycle *y) WARN_UNUSED;

#endif
