/* GET /api/admin/clients/{id}: one client, whole. */
#include <string.h>

#include "base/clock.h"
#include "fcgi/show.h"
#include "money/money.h"
#include "stmt.h"

static void profile_out(struct req *r, const struct account_get_row *a)
{
	jo_u64(r->out, "id", a->id);
	jo_str(r->out, "name", arena_fmt(r->ctx.mem, "%s %s", a->first_name, a->last_name));
	jo_str(r->out, "email", a->email);
	jo_str(r->out, "first_name", a->first_name);
	jo_str(r->out, "last_name", a->last_name);
	jo_str(r->out, "company", a->company);
	jo_str(r->out, "address1", a->address1);
	jo_str(r->out, "address2", a->address2);
	jo_str(r->out, "city", a->city);
	jo_str(r->out, "state", a->state);
	jo_str(r->out, "postcode", a->postcode);
	jo_str(r->out, "country", a->country);
	jo_str(r->out, "phone", a->phone);
	jo_str(r->out, "tax_id", a->tax_id);
	jo_str(r->out, "timezone", a->timezone);
	jo_str(r->out, "category", a->category);
	jo_str(r->out, "plan", a->plan);
	jo_str(r->out, "plan_consent", a->plan_consent);
	jo_str(r->out, "contract", a->contract);
	jo_str(r->out, "currency", a->currency);
	jo_str(r->out, "status", a->status);
	jo_time(r->out, "created_at", a->created_at);
	show_amount(r, "credit_limit", a->credit_limit_e8, a->currency);
	show_amount(r, "fixed_fee", a->fixed_fee_e8, a->currency);
}

static enum errk resources_out(struct req *r, uint64_t id, const char *currency)
{
	struct client_resources_row *rows;
	size_t n;

	TRY(q_client_resources(&r->ctx, id, hour_floor(r->ctx.now), &rows, &n));
	jo_arr(r->out, "resources");
	for (size_t i = 0; i < n; i++) {
		jo_obj(r->out, NULL);
		jo_u64(r->out, "id", rows[i].id);
		jo_str(r->out, "type", rows[i].type);
		jo_str(r->out, "name", rows[i].name);
		jo_str(r->out, "state", rows[i].state);
		jo_i64(r->out, "size", rows[i].quantity);
		jo_time(r->out, "since", rows[i].created_at);
		show_amount(r, "hour", rows[i].hour_e8, currency);
		jo_end(r->out);
	}
	jo_end(r->out);
	return ERR_OK;
}

/* What was reported beyond a contract that refuses: how many, for the note on the page. */
static enum errk over_out(struct req *r, uint64_t id)
{
	struct contract_over_list_row *rows;
	size_t n;

	TRY(q_contract_over_list(&r->ctx, id, hour_floor(r->ctx.now), &rows, &n));
	jo_u64(r->out, "over_contract", n);
	return ERR_OK;
}

static enum errk payments_out(struct req *r, uint64_t id)
{
	struct payment_list_row *rows;
	size_t n;

	TRY(q_payment_list(&r->ctx, id, &rows, &n));
	jo_arr(r->out, "payments");
	for (size_t i = 0; i < n; i++) {
		jo_obj(r->out, NULL);
		jo_time(r->out, "at", rows[i].received_at);
		jo_str(r->out, "gateway", rows[i].gateway);
		jo_str(r->out, "reference", rows[i].gateway_txn);
		show_money(r, "amount", rows[i].amount_minor, rows[i].currency);
		jo_end(r->out);
	}
	jo_end(r->out);
	return ERR_OK;
}

static enum errk reasons_out(struct req *r, uint64_t id)
{
	struct account_reason_list_row *rows;
	size_t n;

	TRY(q_account_reason_list(&r->ctx, id, &rows, &n));
	jo_arr(r->out, "reasons");
	for (size_t i = 0; i < n; i++) {
		if (!rows[i].until_at_null)
			continue;
		jo_obj(r->out, NULL);
		jo_str(r->out, "reason", rows[i].reason);
		jo_time(r->out, "since", rows[i].since_at);
		jo_str(r->out, "by", rows[i].since_by);
		jo_str(r->out, "note", rows[i].note);
		jo_end(r->out);
	}
	jo_end(r->out);
	return ERR_OK;
}

static enum errk money_out(struct req *r, const struct account_get_row *a)
{
	struct account_owed_row owed;
	struct invoices_due_row due;

	TRY(q_account_owed(&r->ctx, a->id, a->currency, &owed));
	TRY(q_invoices_due(&r->ctx, a->id, r->ctx.now, &due));
	show_money(r, "due", due.open_minor, a->currency);
	show_amount(r, "unbilled", owed.owed_e8 - money_to_amount(due.open_minor,
								  currency_find(a->currency)),
		    a->currency);
	return show_wallet(r, a->id, true);
}

static enum errk whmcs_out(struct req *r, uint64_t id)
{
	struct client_whmcs_row w;
	enum errk k = r->ctx.set->whmcs_enabled ? q_client_whmcs(&r->ctx, id, &w) : ERR_NOT_FOUND;

	if (k == ERR_NOT_FOUND) {
		err_clear(&r->ctx);
		jo_null(r->out, "whmcs_id");
		return ERR_OK;
	}
	TRY(k);
	jo_u64(r->out, "whmcs_id", w.remote_id);
	return ERR_OK;
}

struct one_in { uint64_t id; };
const struct field admin_client_in[] = {
	F_U64(struct one_in, id, true, 1, UINT64_MAX, "Client, from the path"), F_END
};

enum errk admin_client(struct req *r)
{
	const struct one_in *in = r->in;
	struct account_get_row a;

	TRY(q_account_get(&r->ctx, in->id, &a));
	profile_out(r, &a);
	TRY(show_plan_next(r, in->id));
	TRY(money_out(r, &a));
	TRY(whmcs_out(r, in->id));
	TRY(resources_out(r, in->id, a.currency));
	TRY(over_out(r, in->id));
	TRY(show_invoices_newest(r, in->id, 10));
	TRY(payments_out(r, in->id));
	TRY(show_entries(r, in->id, 50, true));
	TRY(show_suspension(r, in->id, a.currency));
	return reasons_out(r, in->id);
}
