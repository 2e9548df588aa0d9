#include "payment/payment.h"

#include <assert.h>
#include <string.h>

#include "base/db.h"
#include "base/failpoint.h"
#include "base/outbox.h"
#include "mail/mail.h"
#include "money/money.h"
#include "settings/settings.h"
#include "stmt.h"
#include "wallet/ledger.h"

struct apply {
	const struct payment_in *in;
	struct payment_out *out;
	const struct currency *cur;
	int64_t amount;		/* what is booked of in->amount_minor */
	struct share { uint64_t invoice_id; int64_t minor; } *shares;	/* oldest_first */
	size_t nshares;
};

/* What was received as a sign-up deposit is no payment besides. */
static enum errk not_deposit(struct ctx *c, const struct payment_in *in)
{
	struct deposit_known_row row;
	enum errk k = q_deposit_known(c, in->gateway, in->gateway_txn, &row);

	if (k == ERR_OK)
		return fail(c, ERR_CONFLICT, "payment.deposit", "deposit %llu",
			    (unsigned long long)row.id);
	if (k != ERR_NOT_FOUND)
		return k;
	err_clear(c);
	return ERR_OK;
}

/* *known_r: this transaction is in the book already. */
static enum errk known(struct ctx *c, const struct apply *a, bool *known_r)
{
	const struct payment_in *in = a->in;
	struct payment_known_row row;
	enum errk k = q_payment_known(c, in->gateway, in->gateway_txn, &row);

	*known_r = k == ERR_OK;
	if (k == ERR_NOT_FOUND) {
		err_clear(c);
		return not_deposit(c, in);
	}
	TRY(k);
	bool amount_fits = in->surplus_stays ? row.amount_minor <= in->amount_minor
					     : row.amount_minor == in->amount_minor;
	if (row.account_id != in->account_id || !amount_fits ||
	    strcmp(row.currency, in->currency) != 0)
		return fail(c, ERR_CONFLICT, "payment.mismatch", "%s %s is known as %lld %s",
			    in->gateway, in->gateway_txn, (long long)row.amount_minor,
			    row.currency);
	a->out->payment_id = row.id;
	a->out->duplicate = true;
	return ERR_OK;
}

/* One after the other takes what is open on it, until nothing is left. */
static enum errk spread(struct ctx *c, struct apply *a)
{
	struct invoices_to_pay_row *rows;
	int64_t left = a->in->amount_minor;
	size_t nrows;
	uint64_t n;

	a->nshares = 0;
	if (a->in->invoice_id != 0 || !a->in->oldest_first)
		return ERR_OK;
	TRY(q_invoices_to_pay(c, a->in->account_id, &rows, &nrows));
	a->shares = ARENA_ARRAY(c->mem, nrows + 1, struct share);
	for (size_t i = 0; i < nrows && left > 0; i++) {
		int64_t part = left < rows[i].open_minor ? left : rows[i].open_minor;

		TRY(q_invoice_pay(c, rows[i].id, a->in->account_id, part, &n));
		if (n != 1)
			return fail(c, ERR_BUSY, "payment.busy", "invoice %s was paid meanwhile",
				    rows[i].number);
		a->shares[a->nshares++] = (struct share){ rows[i].id, part };
		a->out->to_invoice += part;
		left -= part;
	}
	return ERR_OK;
}

/* How much of the money the document takes; a recharge's goes to the wallet. */
static enum errk to_invoice(struct ctx *c, const struct apply *a, struct invoice_get_row *inv)
{
	int64_t open;
	uint64_t n;

	if (a->in->invoice_id == 0)
		return ERR_OK;
	TRY(q_invoice_get(c, a->in->account_id, a->in->invoice_id, inv));
	open = strcmp(inv->status, "UNPAID") == 0 ? inv->total_minor - inv->paid_minor : 0;
	a->out->to_invoice = a->in->amount_minor < open ? a->in->amount_minor : open;
	if (a->out->to_invoice == 0)
		return ERR_OK;
	TRY(q_invoice_pay(c, inv->id, a->in->account_id, a->out->to_invoice, &n));
	if (n != 1)
		return fail(c, ERR_BUSY, "payment.busy", "invoice %llu was paid meanwhile",
			    (unsigned long long)inv->id);
	return ERR_OK;
}

static enum errk allocate(struct ctx *c, const struct apply *a)
{
	uint64_t n;

	for (size_t i = 0; i < a->nshares; i++)
		TRY(q_payment_allocate(c, a->out->payment_id, &a->shares[i].invoice_id,
				       a->shares[i].minor, &n));
	if (a->out->to_invoice > 0 && a->nshares == 0)
		TRY(q_payment_allocate(c, a->out->payment_id, &a->in->invoice_id,
				       a->out->to_invoice, &n));
	if (a->out->to_wallet > 0)
		TRY(q_payment_allocate(c, a->out->payment_id, NULL, a->out->to_wallet, &n));
	return ERR_OK;
}

static enum errk book(struct ctx *c, const struct apply *a, bool recharge)
{
	const struct payment_in *in = a->in;
	int64_t all = money_to_amount(a->amount, a->cur);
	int64_t inv = recharge ? 0 : money_to_amount(a->out->to_invoice, a->cur);
	struct ledger_leg legs[] = {
		{ 0, "CLEARING", all },
		{ in->account_id, "RECEIVABLE", -inv },
		{ in->account_id, "WALLET", inv - all },
	};

	return ledger_post(c, &(struct ledger_post){
		.key = arena_fmt(c->mem, "payment:%s:%s", in->gateway, in->gateway_txn),
		.account_id = in->account_id, .ref_id = a->out->payment_id, .reason = "PAYMENT",
		.note = arena_fmt(c->mem, "%s %.200s", in->gateway, in->gateway_txn),
		.currency = in->currency, .at = in->received_at,
		.legs = legs, .nlegs = sizeof legs / sizeof legs[0] });
}

/* ---- what a recharge settles before it fills the balance ---- */

/* As the close of a cycle settles: a payment from the balance, once per invoice and
 * payment, which WHMCS is told of. */
static enum errk overdue_pay(struct ctx *c, const struct apply *a,
			     const struct invoices_overdue_row *inv, int64_t minor)
{
	const struct payment_in *in = a->in;
	const char *txn = arena_fmt(c->mem, "invoice:%llu:payment:%llu",
				    (unsigned long long)inv->id,
				    (unsigned long long)a->out->payment_id);
	int64_t e8 = money_to_amount(minor, a->cur);
	struct ledger_leg legs[] = {
		{ in->account_id, "RECEIVABLE", -e8 }, { in->account_id, "WALLET", e8 },
	};
	uint64_t id, n;

	TRY(q_invoice_pay(c, inv->id, in->account_id, minor, &n));
	if (n != 1)
		return fail(c, ERR_BUSY, "payment.busy", "invoice %llu was paid meanwhile",
			    (unsigned long long)inv->id);
	TRY(q_payment_insert(c, in->account_id, "balance", txn, minor, in->currency,
			     in->received_at, "from recharge", &id));
	TRY(q_payment_allocate(c, id, &inv->id, minor, &n));
	TRY(ledger_post(c, &(struct ledger_post){
		.key = arena_fmt(c->mem, "settlement:%s", txn), .account_id = in->account_id,
		.ref_id = inv->id, .reason = "SETTLEMENT",
		.note = arena_fmt(c->mem, "from balance for invoice %s", inv->number),
		.currency = in->currency, .at = in->received_at, .legs = legs, .nlegs = 2 }));
	if (!c->set->whmcs_enabled)
		return ERR_OK;
	return outbox_add(c, "WHMCS_INVOICE", arena_fmt(c->mem, "whmcs.%s", txn),
			  arena_fmt(c->mem, "account.%llu", (unsigned long long)in->account_id),
			  inv->id);
}

/* At most what came in: what was in the balance before stays there. */
static enum errk overdue_first(struct ctx *c, const struct apply *a, int64_t minor)
{
	struct invoices_overdue_row *rows;
	size_t n;

	if (minor == 0 || strcmp(c->set->recharge_order, "OVERDUE_FIRST") != 0)
		return ERR_OK;
	TRY(q_invoices_overdue(c, a->in->account_id, c->now, &rows, &n));
	for (size_t i = 0; i < n && minor > 0; i++) {
		int64_t part = minor < rows[i].open_minor ? minor : rows[i].open_minor;

		TRY(overdue_pay(c, a, &rows[i], part));
		minor -= part;
	}
	return ERR_OK;
}

static enum errk apply_body(struct ctx *c, void *arg)
{
	struct apply *a = arg;
	const struct payment_in *in = a->in;
	struct account_for_create_row acc;
	struct invoice_get_row inv = { 0 };
	bool seen, recharge;
	uint64_t n;

	*a->out = (struct payment_out){ 0 };
	TRY(q_wallet_claim(c, in->account_id, &n));
	TRY(known(c, a, &seen));
	if (seen)
		return ERR_OK;
	TRY(q_account_for_create(c, in->account_id, &acc));
	if (strcmp(acc.currency, in->currency) != 0)
		return fail(c, ERR_CONFLICT, "payment.currency", "%s paid, account is in %s",
			    in->currency, acc.currency);
	TRY(to_invoice(c, a, &inv));
	TRY(spread(c, a));
	a->amount = in->surplus_stays ? a->out->to_invoice : in->amount_minor;
	if (a->amount == 0)
		return ERR_OK;
	a->out->to_wallet = a->amount - a->out->to_invoice;
	TRY(q_payment_insert(c, in->account_id, in->gateway, in->gateway_txn, a->amount,
			     in->currency, in->received_at, in->note, &a->out->payment_id));
	if (FAILPOINT("payment.inserted"))
		return fail(c, ERR_INTERNAL, "internal", "failpoint payment.inserted");
	TRY(allocate(c, a));
	TRY(mail_add(c, &(struct mail_in){ .type = MAIL_PAYMENT, .account_id = in->account_id,
		.ref_id = a->out->payment_id, .key = arena_fmt(c->mem, "payment:%llu",
			(unsigned long long)a->out->payment_id) }, NULL));
	recharge = inv.kind != NULL && strcmp(inv.kind, "RECHARGE") == 0;
	TRY(book(c, a, recharge));
	if (strcmp(acc.plan, "FLEXIBLE") != 0)
		return ERR_OK;
	return overdue_first(c, a, recharge ? a->amount : a->out->to_wallet);
}

enum errk payment_apply(struct ctx *c, const struct payment_in *in, struct payment_out *out)
{
	struct apply a = { .in = in, .out = out, .cur = currency_find(in->currency) };

	assert(in->amount_minor > 0);
	if (a.cur == NULL)
		return fail(c, ERR_CONFLICT, "payment.currency", "unknown currency %s",
			    in->currency);
	return db_tx(c, apply_body, &a);
}

/* ---- by staff ---- */

struct record { const struct payment_record_in *in; struct payment_out *out; };

/* What is paid here of an invoice that stands in WHMCS must stand there, too. */
static enum errk tell_whmcs(struct ctx *c, const struct payment_record_in *in, uint64_t payment_id)
{
	struct payment_invoices_row *rows;
	size_t n;

	if (!c->set->whmcs_enabled)
		return ERR_OK;
	TRY(q_payment_invoices(c, payment_id, &rows, &n));
	for (size_t i = 0; i < n; i++)
		TRY(outbox_add(c, "WHMCS_INVOICE",
			       arena_fmt(c->mem, "whmcs.payment.%llu.%llu",
					 (unsigned long long)payment_id,
					 (unsigned long long)rows[i].invoice_id),
			       arena_fmt(c->mem, "account.%llu",
					 (unsigned long long)in->account_id),
			       rows[i].invoice_id));
	return ERR_OK;
}

static enum errk record_invoice(struct ctx *c, const struct payment_record_in *in)
{
	struct invoice_get_row inv;
	enum errk k;

	if (in->invoice_id == 0)
		return ERR_OK;
	k = q_invoice_get(c, in->account_id, in->invoice_id, &inv);
	if (k == ERR_NOT_FOUND) {
		err_clear(c);
		return fail_field(c, "invoice_id", "This client has no such invoice.");
	}
	TRY(k);
	if (strcmp(inv.status, "UNPAID") != 0)
		return fail_field(c, "invoice_id", "Nothing is open on this invoice.");
	return ERR_OK;
}

static enum errk record_body(struct ctx *c, void *arg)
{
	const struct record *r = arg;
	const struct payment_record_in *in = r->in;
	struct payment_in p = { .account_id = in->account_id, .invoice_id = in->invoice_id,
				.gateway = in->method, .gateway_txn = in->reference,
				.note = in->note, .oldest_first = true };
	struct payment_known_row known_row;
	struct account_for_create_row acc;
	enum errk k;

	TRY(q_account_for_create(c, in->account_id, &acc));
	p.currency = acc.currency;
	p.received_at = in->received_at > 0 && in->received_at < c->now ? in->received_at : c->now;
	if (money_parse(c, in->amount, currency_find(acc.currency), &p.amount_minor) != ERR_OK ||
	    p.amount_minor <= 0) {
		err_clear(c);
		return fail_field(c, "amount", "Please give %s, above zero.",
				  amount_rule(c->mem, currency_find(acc.currency)));
	}
	k = q_payment_known(c, in->method, in->reference, &known_row);
	if (k == ERR_NOT_FOUND) {
		err_clear(c);
		TRY(record_invoice(c, in));
	} else {
		TRY(k);
	}
	TRY(payment_apply(c, &p, r->out));
	return r->out->duplicate ? ERR_OK : tell_whmcs(c, in, r->out->payment_id);
}

enum errk payment_record(struct ctx *c, const struct payment_record_in *in,
			 struct payment_out *out)
{
	struct record r = { in, out };

	return db_tx(c, record_body, &r);
}

struct credit { uint64_t account_id; const char *amount, *reason, *key; };

static enum errk credit_body(struct ctx *c, void *arg)
{
	const struct credit *cr = arg;
	struct account_for_create_row acc;
	const struct currency *cur;
	int64_t minor, e8;
	uint64_t n;

	TRY(q_wallet_claim(c, cr->account_id, &n));
	TRY(q_account_for_create(c, cr->account_id, &acc));
	cur = currency_find(acc.currency);
	if (money_parse(c, cr->amount, cur, &minor) != ERR_OK || minor <= 0) {
		err_clear(c);
		return fail_field(c, "amount", "Please give %s, above zero.",
				  amount_rule(c->mem, cur));
	}
	e8 = money_to_amount(minor, cur);
	struct ledger_leg legs[] = {
		{ 0, "CREDIT_GRANTED", e8 }, { cr->account_id, "WALLET", -e8 },
	};

	return ledger_post(c, &(struct ledger_post){
		.key = arena_fmt(c->mem, "credit:%s", cr->key), .account_id = cr->account_id,
		.reason = "CREDIT", .note = cr->reason, .currency = cur->code, .at = c->now,
		.legs = legs, .nlegs = 2 });
}

enum errk wallet_credit(struct ctx *c, uint64_t account_id, const char *amount,
			const char *reason, const char *key)
{
	struct credit cr = { account_id, amount, reason, key };

	return db_tx(c, credit_body, &cr);
}
