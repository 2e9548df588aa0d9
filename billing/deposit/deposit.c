/* Deposits come in and are taken back. See deposit.h. */
#include "deposit/deposit.h"

#include <string.h>

#include "base/db.h"
#include "base/failpoint.h"
#include "deposit/private.h"
#include "stmt.h"
#include "suspension/suspension.h"
#include "wallet/ledger.h"

enum errk deposit_post(struct ctx *c, uint64_t account_id, uint64_t id, const char *step,
		       const char *reason, const char *note, const struct ledger_leg *legs,
		       size_t n, const struct currency *cur)
{
	return ledger_post(c, &(struct ledger_post){
		.key = arena_fmt(c->mem, "deposit:%llu:%s", (unsigned long long)id, step),
		.account_id = account_id, .ref_id = id, .reason = reason, .note = note,
		.currency = cur->code, .at = c->now, .legs = legs, .nlegs = n });
}

/* ---- received ---- */

struct receive {
	const struct deposit_in *in;
	struct deposit_out *out;
	const struct currency *cur;
	int64_t minor;
	bool closed;
};

static enum errk parse(struct ctx *c, struct receive *r)
{
	struct account_for_create_row acc;

	TRY(q_account_for_create(c, r->in->account_id, &acc));
	r->cur = currency_find(acc.currency);
	r->closed = strcmp(acc.status, "CLOSED") == 0;
	if (money_parse(c, r->in->amount, r->cur, &r->minor) == ERR_OK && r->minor > 0)
		return ERR_OK;
	err_clear(c);
	return fail_field(c, "amount", "Please give %s, above zero.",
			  amount_rule(c->mem, r->cur));
}

/* Told before, as this or as an ordinary payment. */
static enum errk known(struct ctx *c, const struct receive *r)
{
	struct deposit_known_row row;
	struct payment_known_row paid;
	enum errk k = q_payment_known(c, r->in->gateway, r->in->gateway_txn, &paid);

	if (k == ERR_OK)
		return fail(c, ERR_CONFLICT, "deposit.payment", "payment %llu",
			    (unsigned long long)paid.id);
	if (k != ERR_NOT_FOUND)
		return k;
	err_clear(c);
	k = q_deposit_known(c, r->in->gateway, r->in->gateway_txn, &row);
	if (k == ERR_NOT_FOUND) {
		err_clear(c);
		return ERR_OK;
	}
	TRY(k);
	if (row.account_id != r->in->account_id || row.amount_minor != r->minor)
		return fail(c, ERR_CONFLICT, "deposit.mismatch", "%s %s is known as %lld %s",
			    r->in->gateway, r->in->gateway_txn, (long long)row.amount_minor,
			    row.currency);
	r->out->id = row.id;
	r->out->duplicate = true;
	return ERR_OK;
}

/* All that was asked for is there: the account may be used. */
static enum errk activate(struct ctx *c, const struct receive *r, const struct deposit_promise *p)
{
	struct deposit_sums_row sums;

	TRY(q_deposit_sums(c, r->in->account_id, &sums));
	if (sums.received_minor < p->required_minor || r->closed)
		return ERR_OK;
	return suspension_clear(c, r->in->account_id, "PAYMENT_PENDING", &r->out->activated);
}

static enum errk verified_now(struct ctx *c, uint64_t account_id, bool *verified_r)
{
	struct verification_now_row row;
	enum errk k = q_verification_now(c, account_id, &row);

	*verified_r = k == ERR_OK && row.verified;
	if (k != ERR_NOT_FOUND)
		return k;
	err_clear(c);
	return ERR_OK;
}

static enum errk receive_body(struct ctx *c, void *arg)
{
	struct receive *r = arg;
	const struct deposit_in *in = r->in;
	struct deposit_promise p;
	bool verified;
	uint64_t n;

	*r->out = (struct deposit_out){ 0 };
	TRY(q_wallet_claim(c, in->account_id, &n));
	TRY(parse(c, r));
	TRY(known(c, r));
	if (r->out->duplicate)
		return ERR_OK;
	TRY(promise_keep(c, in->account_id, r->cur->code, &p));
	TRY(q_deposit_add(c, in->account_id, r->cur->code, r->minor, in->gateway, in->gateway_txn,
			  c->now, c->actor, &r->out->id));
	if (FAILPOINT("deposit.received"))
		return fail(c, ERR_INTERNAL, "internal", "failpoint deposit.received");
	TRY(q_ledger_account_open(c, in->account_id, "DEPOSIT", r->cur->code, &n));
	struct ledger_leg legs[] = {
		{ 0, "CLEARING", money_to_amount(r->minor, r->cur) },
		{ in->account_id, "DEPOSIT", -money_to_amount(r->minor, r->cur) },
	};

	TRY(deposit_post(c, in->account_id, r->out->id, "received", "DEPOSIT",
			 arena_fmt(c->mem, "sign-up deposit, %s %.200s", in->gateway,
				   in->gateway_txn), legs, 2, r->cur));
	TRY(activate(c, r, &p));
	TRY(verified_now(c, in->account_id, &verified));
	return verified ? deposit_settle_held(c, in->account_id) : ERR_OK;
}

enum errk deposit_receive(struct ctx *c, const struct deposit_in *in, struct deposit_out *out)
{
	struct receive r = { .in = in, .out = out };

	return db_tx(c, receive_body, &r);
}

/* ---- verified ---- */

struct verify { uint64_t account_id; bool verified; const char *note; bool *changed_r; };

static enum errk verify_body(struct ctx *c, void *arg)
{
	const struct verify *v = arg;
	struct account_get_row a;
	bool verified;
	uint64_t n;

	TRY(q_wallet_claim(c, v->account_id, &n));
	TRY(q_account_get(c, v->account_id, &a));
	TRY(verified_now(c, v->account_id, &verified));
	*v->changed_r = verified != v->verified;
	if (!*v->changed_r)
		return ERR_OK;
	TRY(q_verification_add(c, v->account_id, v->verified, v->note, c->now, c->actor, &n));
	if (FAILPOINT("deposit.verified"))
		return fail(c, ERR_INTERNAL, "internal", "failpoint deposit.verified");
	return v->verified ? deposit_settle_held(c, v->account_id) : ERR_OK;
}

enum errk deposit_verify(struct ctx *c, uint64_t account_id, bool verified, const char *note,
			 bool *changed_r)
{
	struct verify v = { account_id, verified, note, changed_r };

	return db_tx(c, verify_body, &v);
}

/* ---- paid out, taken back ---- */

struct step { uint64_t account_id, id; const char *text; };

static enum errk decided(struct ctx *c, const struct deposit_get_row *d)
{
	return fail_say(c, ERR_CONFLICT, "deposit.state",
			"This deposit is %s: nothing was changed.",
			strcmp(d->status, "HELD") == 0 ? "held" :
			strcmp(d->status, "REFUNDING") == 0 ? "to be paid back" :
			strcmp(d->status, "REFUNDED") == 0 ? "paid back already" :
			strcmp(d->status, "APPLIED") == 0 ? "decided already" : "charged back");
}

static enum errk payout_body(struct ctx *c, void *arg)
{
	const struct step *s = arg;
	const struct currency *cur;
	struct deposit_get_row d;
	uint64_t n;

	TRY(q_wallet_claim(c, s->account_id, &n));
	TRY(q_deposit_get(c, s->account_id, s->id, &d));
	TRY(q_deposit_paid_out(c, s->account_id, s->id, s->text, c->now, c->actor, &n));
	if (n != 1)
		return decided(c, &d);
	cur = currency_find(d.currency);
	struct ledger_leg legs[] = {
		{ s->account_id, "DEPOSIT", money_to_amount(d.refund_minor, cur) },
		{ 0, "CLEARING", -money_to_amount(d.refund_minor, cur) },
	};

	return deposit_post(c, s->account_id, s->id, "refund", "DEPOSIT_REFUND",
			    arena_fmt(c->mem, "deposit paid back, %.200s", s->text), legs, 2, cur);
}

enum errk deposit_payout(struct ctx *c, uint64_t account_id, uint64_t id, const char *reference)
{
	struct step s = { account_id, id, reference };

	return db_tx(c, payout_body, &s);
}

static enum errk chargeback_body(struct ctx *c, void *arg)
{
	const struct step *s = arg;
	const struct currency *cur;
	struct deposit_get_row d;
	int64_t held, refund;
	bool refunding;
	uint64_t n;

	TRY(q_wallet_claim(c, s->account_id, &n));
	TRY(q_deposit_get(c, s->account_id, s->id, &d));
	if (strcmp(d.status, "CHARGED_BACK") == 0)
		return decided(c, &d);
	refunding = strcmp(d.status, "REFUNDING") == 0;
	held = strcmp(d.status, "HELD") == 0 ? d.amount_minor : refunding ? d.refund_minor : 0;
	/* What was to be paid back is not any more; what was stays written down. */
	refund = refunding ? 0 : d.refund_minor;
	TRY(q_deposit_charge_back(c, s->account_id, s->id, d.status, refund, d.amount_minor - held,
				  c->now, c->actor, s->text, &n));
	if (n != 1)
		return fail(c, ERR_BUSY, "db.busy", "deposit %llu changed meanwhile",
			    (unsigned long long)s->id);
	cur = currency_find(d.currency);
	struct ledger_leg legs[] = {
		{ s->account_id, "DEPOSIT", money_to_amount(held, cur) },
		{ s->account_id, "WALLET", money_to_amount(d.amount_minor - held, cur) },
		{ 0, "CLEARING", -money_to_amount(d.amount_minor, cur) },
	};

	return deposit_post(c, s->account_id, s->id, "back", "DEPOSIT_BACK",
			    "sign-up deposit taken back by the bank", legs, 3, cur);
}

enum errk deposit_chargeback(struct ctx *c, uint64_t account_id, uint64_t id, const char *note)
{
	struct step s = { account_id, id, note };

	return db_tx(c, chargeback_body, &s);
}
