/* Company > My Profile > Payment Settings: recharge, own limit, statement. */
#include "base/clock.h"
#include "fcgi/show.h"
#include "invoice/invoice.h"
#include "money/money.h"
#include "stmt.h"
#include "suspension/suspension.h"

#include <string.h>

static void bound_out(struct req *r, const char *name, int64_t minor, const char *currency)
{
	if (minor < 0)
		jo_null(r->out, name);
	else
		show_money(r, name, minor, currency);
}

/* Everything that waits for money, invoices too: with the Invoices menu off
 * (feature 6) this is where a customer settles them. */
static enum errk open_out(struct req *r, const char *currency)
{
	jo_arr(r->out, "open");
	TRY(show_open(r, r->account_id, false, currency));
	TRY(show_open(r, r->account_id, true, currency));
	jo_end(r->out);
	return ERR_OK;
}

/* A debt above the largest recharge is paid in several. */
static enum errk parts_out(struct req *r, const struct wallet_view_row *w,
			   const struct recharge_bounds *b)
{
	const struct currency *cur = currency_find(w->currency);
	const int64_t most = recharge_most(b);
	struct suspension_needed needed = { 0 };
	int64_t minor;

	if (strcmp(w->status, "SUSPENDED") == 0)
		TRY(suspension_needed(&r->ctx, r->account_id, &needed));
	minor = amount_to_pay(needed.restore_e8, cur);
	if (most > 0 && minor > most)
		jo_i64(r->out, "payments_needed", (minor + most - 1) / most);
	else
		jo_null(r->out, "payments_needed");
	return ERR_OK;
}

const struct field user_payment_settings_in[] = { F_END };

enum errk user_payment_settings(struct req *r)
{
	struct recharge_bounds b;
	struct wallet_view_row w;

	TRY(q_wallet_view(&r->ctx, r->account_id, &w));
	TRY(recharge_bounds(&r->ctx, r->account_id, &b));
	jo_obj(r->out, "recharge");
	bound_out(r, "minimum", b.min_minor, w.currency);
	bound_out(r, "maximum", b.max_minor, w.currency);
	bound_out(r, "personal_cap", b.cap_minor, w.currency);
	bound_out(r, "left_today", b.day_minor, w.currency);
	bound_out(r, "left_balance", b.room_minor, w.currency);
	TRY(parts_out(r, &w, &b));
	jo_str(r->out, "currency", w.currency);
	jo_end(r->out);
	jo_bool(r->out, "can_recharge", strcmp(w.plan, "POSTPAID") != 0);
	jo_str(r->out, "collects", r->ctx.set->whmcs_enabled ? "WHMCS" : "NONE");
	jo_bool(r->out, "documents", r->ctx.set->invoice_menu);
	TRY(open_out(r, w.currency));
	TRY(show_wallet(r, r->account_id, false));
	return show_entries(r, r->account_id, 50, false);
}

struct cap_in { const char *personal_cap; };
const struct field user_payment_settings_patch_in[] = {
	F_TEXT_OR_EMPTY(struct cap_in, personal_cap, true, "Own limit per recharge; empty: none"),
	F_END
};

enum errk user_payment_settings_patch(struct req *r)
{
	const struct cap_in *in = r->in;
	const struct currency *cur;
	struct recharge_bounds b;
	struct wallet_view_row w;
	int64_t minor;
	uint64_t n;

	TRY(q_wallet_view(&r->ctx, r->account_id, &w));
	cur = currency_find(w.currency);
	if (in->personal_cap[0] == '\0') {
		TRY(q_account_personal_cap(&r->ctx, r->account_id, NULL, &n));
		return user_payment_settings(r);
	}
	if (money_parse(&r->ctx, in->personal_cap, cur, &minor) != ERR_OK || minor <= 0) {
		err_clear(&r->ctx);
		return fail_field(&r->ctx, "personal_cap",
				  "Please give an amount above zero in %s.", cur->code);
	}
	TRY(recharge_bounds(&r->ctx, r->account_id, &b));
	if (b.max_minor >= 0 && minor > b.max_minor)
		return fail_field(&r->ctx, "personal_cap", "The provider's limit is %s %s.",
				  money_text(r->ctx.mem, b.max_minor, cur), cur->code);
	if (b.min_minor >= 0 && minor < b.min_minor)
		return fail_field(&r->ctx, "personal_cap", "The smallest recharge is %s %s.",
				  money_text(r->ctx.mem, b.min_minor, cur), cur->code);
	TRY(q_account_personal_cap(&r->ctx, r->account_id, &minor, &n));
	return user_payment_settings(r);
}

struct recharge_in { const char *amount, *idempotency_key; };
const struct field user_recharge_in[] = {
	F_TEXT(struct recharge_in, amount, true, "How much to add"),
	F_STR(struct recharge_in, idempotency_key, true, 16, 64, "Same key, same recharge"), F_END
};

enum errk user_recharge(struct req *r)
{
	const struct recharge_in *in = r->in;
	uint64_t id;

	TRY(recharge_create(&r->ctx, r->account_id, in->amount, &id));
	r->status = 201;
	jo_u64(r->out, "invoice_id", id);
	return ERR_OK;
}
