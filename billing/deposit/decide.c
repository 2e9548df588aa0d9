/* What becomes of a deposit: paid back, on the balance, or a fee with its invoice. */
#include <assert.h>
#include <string.h>

#include "base/db.h"
#include "base/failpoint.h"
#include "deposit/private.h"
#include "invoice/invoice.h"
#include "stmt.h"
#include "wallet/ledger.h"

/* The parts of one deposit. */
struct parts {
	uint64_t account_id, id;
	const struct currency *cur;
	int64_t amount, kept, refund, wallet, fee;
	const char *note;
	struct invoice_once doc;	/* of the fee */
};

static enum errk pay(struct ctx *c, uint64_t account_id, const char *txn, int64_t minor,
		     const struct currency *cur, const uint64_t *invoice_id, const char *note)
{
	uint64_t id, n;

	TRY(q_payment_insert(c, account_id, "deposit", txn, minor, cur->code, c->now, note, &id));
	return q_payment_allocate(c, id, invoice_id, minor, &n);
}

static enum errk to_wallet(struct ctx *c, const struct parts *p, int64_t minor, const char *step)
{
	struct ledger_leg legs[] = {
		{ p->account_id, "DEPOSIT", money_to_amount(minor, p->cur) },
		{ p->account_id, "WALLET", -money_to_amount(minor, p->cur) },
	};

	TRY(pay(c, p->account_id, arena_fmt(c->mem, "%llu:%s", (unsigned long long)p->id, step),
		minor, p->cur, NULL, "sign-up deposit to the balance"));
	return deposit_post(c, p->account_id, p->id, step, "DEPOSIT_APPLIED",
			    "sign-up deposit to the balance", legs, 2, p->cur);
}

/* Its document first: the deposit's row names it. */
static enum errk fee_document(struct ctx *c, struct parts *p)
{
	p->doc = (struct invoice_once){ .account_id = p->account_id,
		.key = arena_fmt(c->mem, "deposit:%llu", (unsigned long long)p->id),
		.component = "DEPOSIT_FEE", .description = "Sign-up fee, kept of the deposit",
		.amount_minor = p->fee };
	return p->fee > 0 ? invoice_once(c, &p->doc) : ERR_OK;
}

static enum errk to_fee(struct ctx *c, const struct parts *p)
{
	struct ledger_leg legs[] = {
		{ p->account_id, "DEPOSIT", money_to_amount(p->fee, p->cur) },
		{ 0, "REVENUE", -money_to_amount(p->doc.subtotal_minor, p->cur) },
		{ 0, "TAX", -money_to_amount(p->doc.tax_minor, p->cur) },
	};

	TRY(pay(c, p->account_id, arena_fmt(c->mem, "invoice:%llu", (unsigned long long)p->doc.id),
		p->fee, p->cur, &p->doc.id, "kept of the sign-up deposit"));
	return deposit_post(c, p->account_id, p->id, "fee", "DEPOSIT_FEE",
			    arena_fmt(c->mem, "sign-up fee, invoice %s", p->doc.number), legs, 3,
			    p->cur);
}

static enum errk decide(struct ctx *c, struct parts *p)
{
	bool open = p->refund > 0;
	uint64_t n;

	assert(p->refund + p->wallet + p->fee == p->amount);
	TRY(fee_document(c, p));
	TRY(q_deposit_decide(c, p->account_id, p->id, open ? "REFUNDING" : "APPLIED", p->kept,
			     p->refund, p->wallet, p->fee, p->fee > 0 ? &p->doc.id : NULL, c->now,
			     open ? NULL : &c->now, open ? "" : c->actor, p->note, &n));
	if (n != 1)
		return fail(c, ERR_BUSY, "db.busy", "deposit %llu was decided meanwhile",
			    (unsigned long long)p->id);
	if (FAILPOINT("deposit.decided"))
		return fail(c, ERR_INTERNAL, "internal", "failpoint deposit.decided");
	if (p->wallet > 0)
		TRY(to_wallet(c, p, p->wallet, "applied"));
	return p->fee > 0 ? to_fee(c, p) : ERR_OK;
}

enum errk deposit_settle_held(struct ctx *c, uint64_t account_id)
{
	struct deposit_held_row *rows;
	struct deposit_promise promise;
	struct deposit_sums_row sums;
	size_t n;

	TRY(q_deposit_held(c, account_id, &rows, &n));
	for (size_t i = 0; i < n; i++) {
		struct parts p = { .account_id = account_id, .id = rows[i].id, .note = "",
				   .amount = rows[i].amount_minor,
				   .cur = currency_find(rows[i].currency) };
		int64_t rest;

		TRY(promise_of(c, account_id, rows[i].currency, &promise));
		TRY(q_deposit_sums(c, account_id, &sums));
		p.refund = deposit_refund(&promise, p.amount, sums.kept_minor);
		p.kept = rest = p.amount - p.refund;
		if (strcmp(promise.remainder, "FEE") == 0)
			p.fee = rest;
		else
			p.wallet = rest;
		TRY(decide(c, &p));
	}
	return ERR_OK;
}

/* ---- staff's decision ---- */

struct release { uint64_t account_id, id; const char *to, *note; };

static enum errk refund_to_wallet(struct ctx *c, const struct release *r, struct parts *p,
				  const struct deposit_get_row *d)
{
	uint64_t n;

	if (strcmp(r->to, "WALLET") != 0)
		return fail_field(c, "to", "What is to be paid back can only go to the balance.");
	TRY(q_deposit_to_wallet(c, r->account_id, r->id, c->now, c->actor, r->note, &n));
	if (n != 1)
		return fail(c, ERR_BUSY, "db.busy", "deposit %llu was paid meanwhile",
			    (unsigned long long)r->id);
	return to_wallet(c, p, d->refund_minor, "instead");
}

static enum errk release_body(struct ctx *c, void *arg)
{
	const struct release *r = arg;
	struct deposit_get_row d;
	struct parts p = { .account_id = r->account_id, .id = r->id, .note = r->note };
	uint64_t n;

	TRY(q_wallet_claim(c, r->account_id, &n));
	TRY(q_deposit_get(c, r->account_id, r->id, &d));
	p.cur = currency_find(d.currency);
	p.amount = d.amount_minor;
	if (strcmp(d.status, "REFUNDING") == 0)
		return refund_to_wallet(c, r, &p, &d);
	if (strcmp(d.status, "HELD") != 0)
		return fail(c, ERR_CONFLICT, "deposit.state", "deposit %llu is %s",
			    (unsigned long long)r->id, d.status);
	if (strcmp(r->to, "FEE") == 0)
		p.fee = p.amount;
	else
		p.wallet = p.amount;
	return decide(c, &p);
}

enum errk deposit_release(struct ctx *c, uint64_t account_id, uint64_t id, const char *to,
			  const char *note)
{
	struct release r = { account_id, id, to, note };

	if (strcmp(to, "WALLET") != 0 && strcmp(to, "FEE") != 0)
		return fail_field(c, "to", "Must be WALLET or FEE.");
	return db_tx(c, release_body, &r);
}
