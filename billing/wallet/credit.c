#include "wallet/credit.h"

#include "base/clock.h"
#include "base/db.h"
#include "base/failpoint.h"
#include "stmt.h"
#include "wallet/ledger.h"

enum errk credit_take(struct ctx *c, uint64_t account_id, const uint8_t txn_id[16],
		      int64_t amount_e8, bool of_cycle)
{
	struct credit_any_row any;
	uint64_t n;

	TRY(q_credit_any(c, account_id, account_id, &any));
	if (any.n == 0 || amount_e8 <= 0)
		return ERR_OK;
	TRY(q_credit_take(c, account_id, account_id, txn_id, amount_e8, of_cycle, &n));
	return q_credit_take_left(c, account_id, txn_id, &n);
}

enum errk credit_give(struct ctx *c, const struct credit_in *in, int64_t *expires_at_r)
{
	int64_t expires = in->days == 0 ? CREDIT_NEVER
					: hour_ceil(c->now) + 24 * (int64_t)in->days;
	struct credit_owed_row w;
	uint8_t txn[32];
	uint64_t n;

	*expires_at_r = in->days == 0 ? 0 : expires * HOUR_S;
	TRY(q_credit_owed(c, in->account_id, &w));
	TRY(q_credit_grant_add(c, in->account_id, in->redemption_id, in->amount_e8, in->amount_e8,
			       expires, &n));
	ledger_txn_id(in->key, txn);
	TRY(credit_take(c, in->account_id, txn,
			w.owed_e8 < in->amount_e8 ? w.owed_e8 : in->amount_e8, false));
	return q_credit_until(c, in->account_id, &n);
}

enum errk credit_closing(struct ctx *c, uint64_t lo, uint64_t hi)
{
	struct credit_close_any_row any;
	uint64_t back, n;

	TRY(q_credit_close_any(c, lo, hi, &any));
	if (any.n == 0)
		return ERR_OK;
	TRY(q_credit_close(c, lo, hi, &n));
	TRY(q_credit_close_back(c, lo, hi, &back));
	TRY(q_credit_close_left(c, lo, hi, &n));
	return back > 0 ? q_credit_close_until(c, lo, hi, &n) : ERR_OK;
}

struct expire { const struct lease *lease; uint64_t account_id; };

/* The promotion costs that much less. The key counts the draws: what an invoice
 * gives back to a grant that was written off is written off again. */
static enum errk write_off(struct ctx *c, uint64_t account_id, const struct credit_expired_row *g)
{
	const struct ledger_leg legs[] = {
		{ account_id, "WALLET", g->remaining_e8 },
		{ 0, "PROMO_EXPENSE", -g->remaining_e8 },
	};

	return ledger_post(c, &(struct ledger_post){
		.key = arena_fmt(c->mem, "credit-expired:%llu:%llu", (unsigned long long)g->id,
				 (unsigned long long)g->draws),
		.account_id = account_id, .ref_id = g->id, .reason = "PROMO_EXPIRED",
		.note = g->label, .currency = g->currency, .at = c->now, .legs = legs,
		.nlegs = sizeof legs / sizeof legs[0] });
}

static enum errk expire_body(struct ctx *c, void *arg)
{
	const struct expire *e = arg;
	struct credit_expired_row *rows;
	uint64_t done;
	size_t n;

	if (e->lease != NULL)
		TRY(lease_guard(c, e->lease));
	TRY(q_wallet_claim(c, e->account_id, &done));
	TRY(q_credit_expired(c, e->account_id, &rows, &n));
	for (size_t i = 0; i < n; i++)
		TRY(write_off(c, e->account_id, &rows[i]));
	if (FAILPOINT("credit.expired"))
		return fail(c, ERR_INTERNAL, "internal", "failpoint credit.expired");
	return q_credit_until(c, e->account_id, &done);
}

enum errk credit_expire(struct ctx *c, const struct lease *lease, uint64_t account_id,
			bool *any_r)
{
	struct credit_due_row *rows;
	size_t n;

	*any_r = false;
	do {
		TRY(q_credit_due(c, hour_floor(c->now), account_id, &rows, &n));
		for (size_t i = 0; i < n; i++) {
			struct expire e = { lease, rows[i].account_id };

			TRY(db_tx(c, expire_body, &e));
			*any_r = true;
		}
	} while (n > 0);
	return ERR_OK;
}
