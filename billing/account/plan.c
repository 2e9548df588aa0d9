/* See plan.h. */
#include "account/plan.h"

#include <string.h>

#include "account/tax.h"
#include "base/clock.h"
#include "base/db.h"
#include "contract/reckon.h"
#include "money/money.h"
#include "stmt.h"

bool plan_known(const char *plan)
{
	return strcmp(plan, "PREPAID") == 0 || strcmp(plan, "POSTPAID") == 0 ||
	       strcmp(plan, "FLEXIBLE") == 0;
}

/* Usage of this cycle and the fee of its days that no balance has paid for yet,
 * with their tax: PREPAID has nobody to send the bill to. */
static enum errk covered(struct ctx *c, uint64_t account_id, const struct plan_state_row *s,
			 int64_t at_hour)
{
	const struct currency *cur = currency_find(s->currency);
	struct accruing_sum_row accruing;
	struct contract_cycle fees;
	struct tax_sum sum;
	int64_t open;

	TRY(q_accruing_sum(c, account_id, s->rated_until_hour, at_hour, &accruing));
	TRY(contract_cycle(c, account_id, at_hour, false, &fees));
	open = amount_to_pay(s->unbilled_e8 + s->unposted_e8 + accruing.amount_e8 +
			     fees.total_e8 - s->drawn_e8, cur);
	TRY(tax_estimate(c, account_id, c->now, open, &sum));
	if (money_to_amount(sum.total_minor, cur) <= s->balance_e8)
		return ERR_OK;
	return fail_field(c, "plan", "The balance must first cover what was used so far: %s %s.",
			  money_text(c->mem, sum.total_minor, cur), cur->code);
}

struct change { uint64_t account_id; const char *plan, *consent; int64_t *at_hour_r; };

static enum errk change_body(struct ctx *c, void *arg)
{
	const struct change *ch = arg;
	struct plan_state_row s;
	int64_t at = hour_floor(c->now) + 1;
	uint64_t n;

	*ch->at_hour_r = 0;
	TRY(q_wallet_claim(c, ch->account_id, &n));
	TRY(q_plan_state(c, ch->account_id, &s));
	if (strcmp(s.plan, ch->plan) == 0)
		return ERR_OK;
	if (ch->consent != NULL)
		TRY(q_plan_consent(c, ch->account_id, ch->consent, &n));
	if (s.switched > 0)
		return fail_field(c, "plan", "The plan can change once per billing cycle.");
	if (s.states == 0 && s.unposted_e8 == 0 && s.unbilled_e8 == 0 && s.drawn_e8 == 0)
		return q_plan_set(c, ch->account_id, ch->plan, &n);
	if (at > s.cycle_to_hour)
		at = s.cycle_to_hour;
	if (strcmp(ch->plan, "PREPAID") == 0)
		TRY(covered(c, ch->account_id, &s, at));
	TRY(q_plan_switch_add(c, ch->account_id, at, s.plan, ch->plan, c->now, c->actor, &n));
	TRY(q_plan_cycle_end(c, ch->account_id, at, &n));
	*ch->at_hour_r = at;
	return ERR_OK;
}

enum errk plan_change(struct ctx *c, uint64_t account_id, const char *plan, const char *consent,
		      int64_t *at_hour_r)
{
	struct change ch = { account_id, plan, consent, at_hour_r };

	if (!plan_known(plan))
		return fail_field(c, "plan", "Must be PREPAID, POSTPAID or FLEXIBLE.");
	return db_tx(c, change_body, &ch);
}
