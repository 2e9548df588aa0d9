/* A sign-up deposit and its promise, for the customer and for staff. */
#include <string.h>

#include "deposit/deposit.h"
#include "fcgi/show.h"
#include "stmt.h"

static enum errk promise_out(struct req *r, uint64_t account_id)
{
	struct promise_get_row p;
	enum errk k = q_promise_get(&r->ctx, account_id, &p);

	if (k == ERR_NOT_FOUND) {
		err_clear(&r->ctx);
		jo_null(r->out, "promise");
		return ERR_OK;
	}
	TRY(k);
	jo_obj(r->out, "promise");
	jo_str(r->out, "text", p.words);
	show_money(r, "required", p.required_minor, p.currency);
	jo_time(r->out, "at", p.promised_at);
	jo_end(r->out);
	return ERR_OK;
}

/* The newest word counts; staff sees who said it, and what was said before. */
static enum errk verified_out(struct req *r, uint64_t account_id, bool staff)
{
	struct verification_list_row *rows;
	size_t n;

	TRY(q_verification_list(&r->ctx, account_id, &rows, &n));
	jo_bool(r->out, "verified", n > 0 && rows[0].verified);
	jo_time(r->out, "verified_at", n > 0 && rows[0].verified ? rows[0].at : 0);
	if (!staff)
		return ERR_OK;
	jo_arr(r->out, "history");
	for (size_t i = 0; i < n; i++) {
		jo_obj(r->out, NULL);
		jo_bool(r->out, "verified", rows[i].verified);
		jo_time(r->out, "at", rows[i].at);
		jo_str(r->out, "by", rows[i].actor);
		jo_str(r->out, "note", rows[i].note);
		jo_end(r->out);
	}
	jo_end(r->out);
	return ERR_OK;
}

static void one_out(struct req *r, const struct deposit_list_row *d, bool staff)
{
	jo_obj(r->out, NULL);
	jo_u64(r->out, "id", d->id);
	jo_str(r->out, "status", d->status);
	show_money(r, "amount", d->amount_minor, d->currency);
	show_money(r, "refund", d->refund_minor, d->currency);
	show_money(r, "wallet", d->wallet_minor, d->currency);
	show_money(r, "fee", d->fee_minor, d->currency);
	show_money(r, "back", d->back_minor, d->currency);
	if (d->fee_invoice_id_null)
		jo_null(r->out, "fee_invoice_id");
	else
		jo_u64(r->out, "fee_invoice_id", d->fee_invoice_id);
	jo_str(r->out, "fee_number", d->fee_number);
	jo_time(r->out, "received_at", d->received_at);
	jo_time(r->out, "decided_at", d->decided_at_null ? 0 : d->decided_at);
	jo_time(r->out, "done_at", d->done_at_null ? 0 : d->done_at);
	jo_str(r->out, "payout_reference", d->payout_reference);
	if (staff) {
		jo_str(r->out, "gateway", d->gateway);
		jo_str(r->out, "reference", d->gateway_txn);
		jo_str(r->out, "by", d->done_by);
		jo_str(r->out, "note", d->note);
	}
	jo_end(r->out);
}

enum errk show_deposit(struct req *r, uint64_t account_id, const char *currency, bool staff)
{
	struct deposit_list_row *rows;
	struct deposit_owed_row owed;
	size_t n;

	TRY(q_deposit_list(&r->ctx, account_id, &rows, &n));
	TRY(q_deposit_owed(&r->ctx, account_id, currency, &owed));
	jo_obj(r->out, "deposit");
	TRY(promise_out(r, account_id));
	TRY(verified_out(r, account_id, staff));
	show_whole(r, "owed", owed.owed_e8, currency);
	jo_arr(r->out, "rows");
	for (size_t i = 0; i < n; i++)
		one_out(r, &rows[i], staff);
	jo_end(r->out);
	jo_end(r->out);
	return ERR_OK;
}

enum errk show_deposit_missing(struct req *r)
{
	struct deposit_sums_row sums;
	struct promise_get_row p;

	TRY(q_promise_get(&r->ctx, r->account_id, &p));
	TRY(q_deposit_sums(&r->ctx, r->account_id, &sums));
	jo_obj(r->out, "deposit");
	jo_u64(r->out, "client", r->account_id);
	show_money(r, "missing", p.required_minor > sums.received_minor
				 ? p.required_minor - sums.received_minor : 0, p.currency);
	jo_str(r->out, "promise", p.words);
	jo_str(r->out, "pay_text", r->ctx.set->signup_payment_text);
	jo_end(r->out);
	return ERR_OK;
}
