/* See fee.h. */
#include "invoice/fee.h"

#include <string.h>

#include "base/clock.h"
#include "base/db.h"
#include "base/failpoint.h"
#include "contract/reckon.h"
#include "invoice/private.h"
#include "stmt.h"
#include "wallet/ledger.h"

/* draw_e8 is noted on the last part: it is what that one made necessary. */
static enum errk cycle_store(struct ctx *c, uint64_t account_id,
			     const struct contract_account_row *a, const struct contract_cycle *y,
			     int64_t draw_e8)
{
	uint64_t n;

	for (size_t i = 0; i < y->n; i++) {
		const struct contract_due *p = &y->parts[i];

		TRY(q_fee_put(c, p->contract_id, a->cycle_from_hour, account_id, p->from, p->to,
			      p->days, y->month_days, p->fee_e8, p->amount_e8,
			      i + 1 == y->n ? draw_e8 : 0,
			      fee_label(c->mem, p->days, y->month_days, p->fee_e8, y->cur), &n));
	}
	return ERR_OK;
}

enum errk fee_close(struct ctx *c, uint64_t account_id)
{
	struct contract_account_row a;
	struct contract_cycle y;

	TRY(q_contract_account(c, account_id, &a));
	TRY(contract_cycle(c, account_id, a.cycle_to_hour, true, &y));
	return cycle_store(c, account_id, &a, &y, 0);
}

/* From the balance to usage that an invoice will settle. The key names the
 * contract, the cycle and the hour the contract began in it: posted once. */
static enum errk draw(struct ctx *c, uint64_t account_id, const struct contract_account_row *a,
		      const struct contract_cycle *y, int64_t amount_e8)
{
	const struct contract_due *last = &y->parts[y->n - 1];
	const struct ledger_leg legs[] = {
		{ account_id, "WALLET", amount_e8 }, { account_id, "PREPAID_USAGE", -amount_e8 },
	};
	uint64_t n;

	if (amount_e8 <= 0)
		return ERR_OK;
	TRY(ledger_post(c, &(struct ledger_post){
		.key = arena_fmt(c->mem, "fee:%llu:%lld", (unsigned long long)last->contract_id,
				 (long long)a->cycle_from_hour),
		.account_id = account_id, .ref_id = last->contract_id, .reason = "CONTRACT_FEE",
		.note = "fixed payment in advance", .currency = a->currency, .at = c->now,
		.legs = legs, .nlegs = 2 }));
	TRY(q_wallet_drawn_add(c, account_id, amount_e8, &n));
	if (FAILPOINT("contract.drawn"))
		return fail(c, ERR_INTERNAL, "internal", "failpoint contract.drawn");
	return ERR_OK;
}

/* What the balance does not hold of a fee: the taxes that the cycle's invoice adds to
 * it, and to what was used so far, count too. */
static enum errk lacking(struct ctx *c, const struct contract_account_row *a, int64_t need_e8,
			 int64_t *lacks_r)
{
	int64_t tax_e8, used_tax_e8, used_e8 = a->drawn_e8 + a->unposted_e8;

	TRY(tax_up(c, need_e8, a->tax_ppm, &tax_e8));
	TRY(tax_up(c, used_e8 > 0 ? used_e8 : 0, a->tax_ppm, &used_tax_e8));
	*lacks_r = need_e8 + tax_e8 + used_tax_e8 - (a->balance_e8 - a->unposted_e8);
	if (*lacks_r < 0)
		*lacks_r = 0;
	return ERR_OK;
}

enum errk fee_advance(struct ctx *c, uint64_t account_id, int64_t *lacks_r)
{
	struct contract_account_row a;
	struct contract_cycle y;
	int64_t need;

	*lacks_r = 0;
	TRY(q_contract_account(c, account_id, &a));
	if (strcmp(a.plan, "PREPAID") != 0)
		return ERR_OK;
	TRY(contract_cycle(c, account_id, a.cycle_to_hour, false, &y));
	if (y.n == 0)
		return ERR_OK;
	need = y.total_e8 > y.drawn_e8 ? y.total_e8 - y.drawn_e8 : 0;
	if (need > 0)
		TRY(lacking(c, &a, need, lacks_r));
	if (*lacks_r > 0)
		return ERR_OK;
	TRY(draw(c, account_id, &a, &y, need));
	return cycle_store(c, account_id, &a, &y, need);
}

/* ---- a cycle begins ---- */

/* What is agreed from the hour on, with nothing in between. */
static enum errk begin(struct ctx *c, uint64_t account_id, const struct contract_open_row *open,
		       int64_t hour)
{
	uint64_t n;

	TRY(q_contract_void(c, account_id, hour, &n));
	TRY(q_contract_end(c, account_id, hour, &n));
	TRY(q_contract_begin(c, open->id, hour, &n));
	return q_account_contract_follow(c, account_id, open->kind, open->fee_e8, &n);
}

static const struct contract_terms payg = { "PAYG", 0, "PAYG", NULL, 0 };

/* The balance does not hold the fee: the same terms wait, and until then the
 * account is Pay-As-You-Go from the hour on. */
static enum errk lapse(struct ctx *c, uint64_t account_id, const struct contract_last_row *last,
		       int64_t hour, bool renewal)
{
	struct contract_terms same = { last->kind, last->fee_e8, last->overage, NULL, 0 };
	struct contract_row row = { .account_id = account_id, .terms = &payg, .state = "ACTIVE",
				    .from_hour = hour, .note = "balance below the fee" };
	uint64_t id, n;

	TRY(q_contract_end(c, account_id, hour, &n));
	if (last->from_hour >= hour) {
		TRY(q_contract_wait(c, last->id, last->fee_e8, renewal, &n));
	} else {
		row.terms = &same;
		row.state = "WAITING";
		row.due_e8 = last->fee_e8;
		row.renewal = renewal;
		TRY(contract_insert(c, &row, &id));
		TRY(q_contract_parts_copy(c, last->id, id, &n));
		row.terms = &payg;
		row.state = "ACTIVE";
		row.due_e8 = 0;
		row.renewal = false;
	}
	return contract_insert(c, &row, &id);
}

enum errk fee_turn(struct ctx *c, uint64_t account_id)
{
	struct contract_account_row a;
	struct contract_open_row open;
	struct contract_last_row last;
	struct held_back_row held;
	bool was_fixed;
	int64_t lacks;
	enum errk k;

	TRY(q_contract_account(c, account_id, &a));
	k = q_contract_last(c, account_id, &last);
	was_fixed = k == ERR_OK && strcmp(last.kind, "FIXED") == 0;
	if (k == ERR_NOT_FOUND)
		err_clear(c);
	else
		TRY(k);
	k = q_contract_open(c, account_id, &open);
	if (k == ERR_OK && strcmp(open.state, "PENDING") == 0)
		TRY(begin(c, account_id, &open, a.cycle_from_hour));
	else if (k != ERR_OK && k != ERR_NOT_FOUND)
		return k;
	err_clear(c);
	k = q_contract_last(c, account_id, &last);
	if (k == ERR_NOT_FOUND) {
		err_clear(c);
		return ERR_OK;		/* what there is waits for money */
	}
	TRY(k);
	if (strcmp(last.kind, "FIXED") == 0) {
		TRY(q_held_back(c, account_id, &held));
		/* Nobody draws on who is suspended: the contract goes on when he is released. */
		if (strcmp(a.plan, "PREPAID") == 0 && held.n > 0)
			lacks = last.fee_e8;
		else
			TRY(fee_advance(c, account_id, &lacks));
		if (lacks > 0)
			TRY(lapse(c, account_id, &last, a.cycle_from_hour, was_fixed));
	}
	return contract_cover_keep(c, account_id, a.cycle_from_hour);
}

/* ---- money has come ---- */

struct waiting { const struct lease *lease; uint64_t account_id; };

static enum errk waiting_body(struct ctx *c, void *arg)
{
	const struct waiting *w = arg;
	struct contract_account_row a;
	struct contract_open_row open;
	struct contract_last_row last;
	struct held_back_row held;
	int64_t hour = hour_ceil(c->now), lacks;
	uint64_t n;
	enum errk k;

	if (w->lease != NULL)
		TRY(lease_guard(c, w->lease));
	TRY(q_wallet_claim(c, w->account_id, &n));
	TRY(q_contract_account(c, w->account_id, &a));
	k = q_contract_open(c, w->account_id, &open);
	if (k == ERR_NOT_FOUND) {
		err_clear(c);
		return ERR_OK;		/* cancelled meanwhile */
	}
	TRY(k);
	if (strcmp(open.state, "WAITING") != 0 || strcmp(a.status, "CLOSED") == 0)
		return ERR_OK;
	TRY(q_held_back(c, w->account_id, &held));
	if (held.n > 0)
		return ERR_OK;
	if (strcmp(a.plan, "PREPAID") == 0) {
		TRY(lacking(c, &a, open.due_e8, &lacks));
		if (lacks > 0)
			return ERR_OK;
	}
	k = q_contract_last(c, w->account_id, &last);
	if (k == ERR_OK && hour <= last.from_hour)
		hour = last.from_hour + 1;
	else if (k == ERR_NOT_FOUND)
		err_clear(c);
	else
		TRY(k);
	if (hour >= a.cycle_to_hour)
		return ERR_OK;		/* with the next cycle */
	TRY(begin(c, w->account_id, &open, hour));
	TRY(fee_advance(c, w->account_id, &lacks));
	if (lacks > 0)		/* a part of what was there is never above it */
		return fail(c, ERR_INTERNAL, "internal", "account %llu lacks %lld",
			    (unsigned long long)w->account_id, (long long)lacks);
	return contract_cover_keep(c, w->account_id, hour);
}

enum errk fee_waiting_run(struct ctx *c, const struct lease *lease)
{
	struct contract_waiting_due_row *rows;
	struct waiting w = { .lease = lease };
	size_t n;

	do {
		TRY(q_contract_waiting_due(c, w.account_id, &rows, &n));
		for (size_t i = 0; i < n; i++) {
			w.account_id = rows[i].account_id;
			TRY(db_tx(c, waiting_body, &w));
		}
	} while (n == 100);
	return ERR_OK;
}
