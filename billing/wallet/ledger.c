#include "wallet/ledger.h"

#include <assert.h>
#include <string.h>

#include "base/random.h"
#include "stmt.h"
#include "wallet/credit.h"

static const char *const house[] = {
	"REVENUE", "TAX", "ROUNDING", "CLEARING", "CREDIT_GRANTED", "DISCOUNT",
	"PROMO_EXPENSE",
};

enum errk ledger_open_house(struct ctx *c, const char *currency)
{
	uint64_t n;

	for (size_t i = 0; i < sizeof house / sizeof house[0]; i++)
		TRY(q_ledger_account_open(c, 0, house[i], currency, &n));
	return ERR_OK;
}

void ledger_txn_id(const char *key, uint8_t hash[32])
{
	sha256(key, strlen(key), hash);
}

/* What was drawn for usage is settled with the cycle's invoice. */
static bool of_cycle(const struct ledger_post *p)
{
	for (size_t i = 0; i < p->nlegs; i++)
		if (strcmp(p->legs[i].code, "PREPAID_USAGE") == 0)
			return true;
	return false;
}

static enum errk leg_post(struct ctx *c, const struct ledger_post *p, const uint8_t id[16],
			  const struct ledger_leg *leg)
{
	uint64_t n;

	TRY(q_ledger_entry_add(c, id, leg->amount_e8, p->at, leg->owner, leg->code, p->currency,
			       &n));
	if (n != 1)
		return fail(c, ERR_INTERNAL, "internal", "no ledger account %llu %s %s",
			    (unsigned long long)leg->owner, leg->code, p->currency);
	TRY(q_ledger_account_move(c, leg->owner, leg->code, p->currency, leg->amount_e8, &n));
	assert(n == 1);
	if (strcmp(leg->code, "WALLET") != 0)
		return ERR_OK;
	TRY(q_wallet_move(c, leg->owner, -leg->amount_e8, p->currency, &n));
	if (n != 1)
		return fail_say(c, ERR_CONFLICT, "wallet.bound",
				"A balance cannot be above 40,000,000,000.");
	return leg->amount_e8 > 0 ? credit_take(c, leg->owner, id, leg->amount_e8, of_cycle(p))
				  : ERR_OK;
}

enum errk ledger_post(struct ctx *c, const struct ledger_post *p)
{
	uint8_t hash[32];
	int64_t sum = 0;
	uint64_t n;

	for (size_t i = 0; i < p->nlegs; i++)
		sum += p->legs[i].amount_e8;
	assert(sum == 0);
	ledger_txn_id(p->key, hash);
	TRY(q_ledger_txn_add(c, hash, p->account_id, p->reason, p->ref_id, p->currency, p->at,
			     c->actor, p->note, &n));
	for (size_t i = 0; i < p->nlegs; i++)
		if (p->legs[i].amount_e8 != 0)
			TRY(leg_post(c, p, hash, &p->legs[i]));
	return ERR_OK;
}
