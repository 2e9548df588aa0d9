/* Contracts change: at once upwards, else when the cycle ends. See fee.h. */
#include <string.h>

#include "base/clock.h"
#include "base/db.h"
#include "invoice/fee.h"
#include "invoice/private.h"
#include "money/money.h"
#include "settings/settings.h"
#include "stmt.h"

struct change {
	uint64_t account_id;
	const struct contract_terms *t;
	const char *note;
	int64_t *at_hour_r;
};

static enum errk same_parts(struct ctx *c, const struct change *ch,
			    const struct contract_last_row *last, bool *same_r)
{
	struct contract_parts_row *rows;
	size_t n, kept = 0;

	TRY(q_contract_parts(c, ch->account_id, last->from_hour, &rows, &n));
	*same_r = true;
	for (size_t i = 0; i < n; i++) {
		bool found = false;

		if (rows[i].contract_id != last->id)
			continue;
		kept++;
		for (size_t k = 0; k < ch->t->n; k++)
			found |= strcmp(ch->t->parts[k].what, rows[i].what) == 0 &&
				 ch->t->parts[k].offering_id == rows[i].offering_id &&
				 ch->t->parts[k].quantity == rows[i].quantity;
		*same_r &= found;
	}
	*same_r &= kept == ch->t->n;
	return ERR_OK;
}

/* Nothing would change. */
static enum errk same_check(struct ctx *c, const struct change *ch,
			    const struct contract_last_row *last)
{
	const struct contract_terms *t = ch->t;
	bool same;

	if (strcmp(last->kind, t->kind) != 0 || last->fee_e8 != t->fee_e8)
		return ERR_OK;
	if (strcmp(t->kind, "PAYG") == 0)
		return fail_field(c, "contract", "It is Pay-As-You-Go already.");
	if (strcmp(last->overage, t->overage) != 0)
		return ERR_OK;
	TRY(same_parts(c, ch, last, &same));
	return same ? fail_field(c, "contract", "These are the terms already.") : ERR_OK;
}

/* With the next full hour; PREPAID pays what is missing for the rest of the cycle. */
static enum errk upgrade(struct ctx *c, const struct change *ch, const char *currency,
			 int64_t hour)
{
	const struct currency *cur = currency_find(currency);
	struct contract_row row = { .account_id = ch->account_id, .terms = ch->t,
				    .state = "ACTIVE", .from_hour = hour, .note = ch->note };
	int64_t lacks;
	uint64_t id, n;

	TRY(q_contract_end(c, ch->account_id, hour, &n));
	TRY(contract_insert(c, &row, &id));
	TRY(fee_advance(c, ch->account_id, &lacks));
	if (lacks > 0)
		return fail_field(c, "fee", "The balance must first cover the difference: %s %s "
				  "more are needed.",
				  money_text(c->mem, amount_to_pay(lacks, cur), cur), cur->code);
	return contract_cover_keep(c, ch->account_id, hour);
}

static enum errk change_body(struct ctx *c, void *arg)
{
	const struct change *ch = arg;
	struct contract_last_row last = { .kind = "PAYG", .overage = "PAYG" };
	struct contract_row row = { .account_id = ch->account_id, .terms = ch->t,
				    .state = "PENDING", .note = ch->note };
	struct contract_account_row a;
	struct contract_open_row open;
	int64_t hour = hour_floor(c->now) + 1;
	uint64_t id, n;
	enum errk k;

	TRY(q_wallet_claim(c, ch->account_id, &n));
	TRY(q_contract_account(c, ch->account_id, &a));
	if (strcmp(a.status, "CLOSED") == 0)
		return fail(c, ERR_CONFLICT, "account.closed", "account is closed");
	k = q_contract_open(c, ch->account_id, &open);
	if (k == ERR_OK)
		return fail(c, ERR_CONFLICT, "contract.open", "contract %llu is to come",
			    (unsigned long long)open.id);
	if (k != ERR_NOT_FOUND)
		return k;
	err_clear(c);
	k = q_contract_last(c, ch->account_id, &last);
	if (k == ERR_NOT_FOUND) {
		err_clear(c);
		last = (struct contract_last_row){ .kind = "PAYG", .overage = "PAYG" };
	} else {
		TRY(k);
	}
	TRY(same_check(c, ch, &last));
	*ch->at_hour_r = a.cycle_to_hour;
	if (strcmp(last.kind, "FIXED") != 0 || strcmp(ch->t->kind, "FIXED") != 0 ||
	    ch->t->fee_e8 <= last.fee_e8)
		return contract_insert(c, &row, &id);
	if (last.from_hour >= hour)
		return fail(c, ERR_CONFLICT, "contract.hour", "contract %llu begins then",
			    (unsigned long long)last.id);
	*ch->at_hour_r = hour;
	return upgrade(c, ch, a.currency, hour);
}

enum errk contract_change(struct ctx *c, uint64_t account_id, const struct contract_terms *t,
			  const char *note, int64_t *at_hour_r)
{
	struct change ch = { account_id, t, note, at_hour_r };

	if (strcmp(t->kind, "FIXED") == 0 && !c->set->contract_type)
		return fail(c, ERR_FORBIDDEN, "feature.off", "contract.type is off");
	TRY(contract_parts_check(c, t->parts, t->n));
	return db_tx(c, change_body, &ch);
}

static enum errk cancel_body(struct ctx *c, void *arg)
{
	const uint64_t *account_id = arg;
	uint64_t n;

	TRY(q_wallet_claim(c, *account_id, &n));
	TRY(q_contract_cancel(c, *account_id, &n));
	if (n == 0)
		return fail(c, ERR_CONFLICT, "contract.none", "nothing is to come");
	return ERR_OK;
}

enum errk contract_change_cancel(struct ctx *c, uint64_t account_id)
{
	return db_tx(c, cancel_body, &account_id);
}
