#include "fcgi/show.h"

#include <string.h>

#include "account/account.h"
#include "base/clock.h"
#include "base/zone.h"
#include "catalog/price.h"
#include "fcgi/auth.h"
#include "money/money.h"
#include "rating/debit.h"
#include "rating/rating.h"
#include "settings/settings.h"
#include "stmt.h"
#include "suspension/suspension.h"
#include "usage/funds.h"
#include "wallet/credit.h"

void show_amount(struct req *r, const char *name, int64_t e8, const char *currency)
{
	struct arena *mem = r->ctx.mem;

	jo_obj(r->out, name);
	jo_str(r->out, "amount", amount_text(mem, e8));
	jo_str(r->out, "currency", currency);
	jo_str(r->out, "display",
	       amount_display(mem, e8, (uint32_t)r->ctx.set->display_cost_decimals));
	jo_end(r->out);
}

void show_counted(struct req *r, const char *unit, int64_t count, const int64_t *unit_e8,
		  const char *currency)
{
	struct counted n = price_counted(r->ctx.mem, unit, count, unit_e8 != NULL ? *unit_e8 : 0);

	if (strcmp(unit, "HOUR") == 0)
		jo_i64(r->out, "hours", count);
	else
		jo_null(r->out, "hours");
	jo_str(r->out, "quantity", n.quantity);
	jo_str(r->out, "counted", n.unit);
	if (unit_e8 == NULL)
		jo_null(r->out, "unit");
	else
		show_amount(r, "unit", n.price_e8, currency);
}

void show_money(struct req *r, const char *name, int64_t minor, const char *currency)
{
	const char *text = money_text(r->ctx.mem, minor, currency_find(currency));

	jo_obj(r->out, name);
	jo_str(r->out, "amount", text);
	jo_str(r->out, "currency", currency);
	jo_str(r->out, "display", text);
	jo_end(r->out);
}

void show_whole(struct req *r, const char *name, int64_t e8, const char *currency)
{
	show_money(r, name, amount_to_minor(e8, currency_find(currency)), currency);
}

void show_wall(struct req *r, const char *name, int64_t wall)
{
	jo_time(r->out, name, wall != 0 ? wall + r->ctx.now - r->ctx.wall : 0);
}

void show_page(struct req *r, const struct list_in *list, uint64_t total)
{
	jo_u64(r->out, "total", total);
	jo_u64(r->out, "page", list->page);
	jo_u64(r->out, "per", list->per);
}

enum errk show_currencies(struct req *r)
{
	struct currency_enabled_row *rows;
	size_t n;

	TRY(q_currency_enabled(&r->ctx, &rows, &n));
	jo_arr(r->out, "currencies");
	for (size_t i = 0; i < n; i++) {
		bool base = strcmp(rows[i].code, r->ctx.set->currency_base) == 0;

		if (!r->ctx.set->currency_multi && !base)
			continue;
		jo_obj(r->out, NULL);
		jo_str(r->out, "code", rows[i].code);
		jo_str(r->out, "symbol", rows[i].symbol);
		jo_str(r->out, "name", rows[i].name);
		jo_u64(r->out, "minor", rows[i].minor_digits);
		jo_end(r->out);
	}
	jo_end(r->out);
	jo_str(r->out, "base_currency", r->ctx.set->currency_base);
	return ERR_OK;
}

void show_countries(struct req *r)
{
	jo_arr(r->out, "countries");
	for (size_t i = 0; i < countries_count; i++) {
		jo_obj(r->out, NULL);
		jo_str(r->out, "code", countries[i].code);
		jo_str(r->out, "name", countries[i].name);
		jo_end(r->out);
	}
	jo_end(r->out);
}

static void features(struct req *r)
{
	const struct settings *s = r->ctx.set;

	jo_obj(r->out, "features");
	jo_bool(r->out, "default_ip_charge", s->ip_default_charge);
	jo_bool(r->out, "multi_currency", s->currency_multi);
	jo_bool(r->out, "portal_payment", s->payment_portal);
	jo_bool(r->out, "prepaid_hourly", s->prepaid_hourly);
	jo_bool(r->out, "free_one_ip", s->ip_free_one);
	jo_bool(r->out, "invoice_menu", s->invoice_menu);
	jo_bool(r->out, "suspended_billing", s->suspension_enabled);
	jo_bool(r->out, "negative_balance", s->prepaid_negative_display);
	jo_bool(r->out, "verification_refund", s->signup_verification_refund);
	jo_bool(r->out, "secondary_ip", s->ip_secondary_charge);
	jo_bool(r->out, "contract_type", s->contract_type);
	jo_bool(r->out, "signup_payment", s->signup_payment);
	jo_bool(r->out, "whmcs", s->whmcs_enabled);
	jo_bool(r->out, "mail", s->mail_enabled);
	jo_end(r->out);
}

enum errk show_boot(struct req *r)
{
	jo_str(r->out, "brand", r->ctx.set->portal_name);
	jo_u64(r->out, "generation", r->ctx.generation);
	jo_time(r->out, "now", r->ctx.now);
	jo_bool(r->out, "testing", r->ctx.testing);
	jo_str(r->out, "csrf", auth_csrf(r));
	jo_i64(r->out, "decimals", r->ctx.set->display_cost_decimals);
	features(r);
	return show_currencies(r);
}

/* What of a balance was given, and until when; the rest was paid. */
static enum errk credit_out(struct req *r, uint64_t account_id, int64_t shown_e8,
			    const char *currency)
{
	struct credit_list_row *rows;
	int64_t promo_e8 = 0;
	size_t n;

	TRY(q_credit_list(&r->ctx, account_id, &rows, &n));
	jo_obj(r->out, "credit");
	jo_arr(r->out, "grants");
	for (size_t i = 0; i < n; i++) {
		promo_e8 += rows[i].remaining_e8;
		jo_obj(r->out, NULL);
		jo_str(r->out, "label", rows[i].label);
		show_amount(r, "granted", rows[i].granted_e8, currency);
		show_amount(r, "left", rows[i].remaining_e8, currency);
		jo_time(r->out, "expires_at", rows[i].expires_hour == CREDIT_NEVER
				? 0 : rows[i].expires_hour * HOUR_S);
		jo_end(r->out);
	}
	jo_end(r->out);
	show_amount(r, "promo", promo_e8, currency);
	show_amount(r, "paid", shown_e8 - promo_e8, currency);
	jo_end(r->out);
	return ERR_OK;
}

/* Setting 8: a debt that is shown as 0. */
static bool masked(struct req *r, const struct wallet_view_row *w, int64_t balance_e8)
{
	return strcmp(w->plan, "POSTPAID") != 0 && balance_e8 < 0 &&
	       !r->ctx.set->prepaid_negative_display;
}

/* How often the balance is debited, and when next; nothing of it when it is not. */
static void debit_out(struct req *r, const struct wallet_view_row *w)
{
	const struct settings *set = r->ctx.set;

	if (strcmp(w->plan, "POSTPAID") == 0) {
		jo_null(r->out, "debit");
		jo_null(r->out, "next_debit_at");
		return;
	}
	jo_str(r->out, "debit", set->prepaid_hourly ? "HOURLY" : set->prepaid_frequency);
	jo_time(r->out, "next_debit_at",
		debit_next(set, zone_load(r->ctx.mem, w->timezone), hour_floor(r->ctx.now),
			   w->cycle_to_hour) * HOUR_S);
}

enum errk show_wallet(struct req *r, uint64_t account_id, bool staff)
{
	struct wallet_view_row w;
	struct invoices_due_row due;
	int64_t accruing, available, shown, open_e8, short_e8;
	struct funds f;
	bool hidden;

	TRY(q_wallet_view(&r->ctx, account_id, &w));
	TRY(q_invoices_due(&r->ctx, account_id, r->ctx.now, &due));
	TRY(funds_left(&r->ctx, account_id, hour_floor(r->ctx.now), &f));
	available = f.limited ? f.left_e8 : w.balance_e8;
	accruing = f.accruing_e8;
	if (!f.limited)
		TRY(rating_accruing(&r->ctx, account_id, w.rated_until_hour,
				    hour_floor(r->ctx.now), &accruing));
	hidden = masked(r, &w, w.balance_e8);
	shown = hidden ? 0 : w.balance_e8;
	/* What must be paid is never masked. A credit line that is used up is not owed
	 * before it is invoiced. */
	open_e8 = money_to_amount(due.open_minor, currency_find(w.currency));
	short_e8 = strcmp(w.plan, "PREPAID") == 0 && available < 0 ? -available : 0;
	jo_obj(r->out, "wallet");
	show_amount(r, "balance", staff ? w.balance_e8 : shown, w.currency);
	show_amount(r, "shown_balance", shown, w.currency);
	show_amount(r, "unposted", w.unposted_e8 + accruing, w.currency);
	debit_out(r, &w);
	show_amount(r, "tax_reserved", f.tax_e8, w.currency);
	show_amount(r, "available", hidden && !staff && available < 0 ? 0 : available, w.currency);
	show_money(r, "amount_due", amount_to_pay(open_e8 + short_e8, currency_find(w.currency)),
		   w.currency);
	show_money(r, "funds_due", amount_to_pay(short_e8, currency_find(w.currency)), w.currency);
	if (strcmp(w.status, "SUSPENDED") == 0) {
		struct suspension_needed end;

		TRY(suspension_needed(&r->ctx, account_id, &end));
		show_money(r, "needed", end.total_minor, w.currency);
	} else {
		jo_null(r->out, "needed");
	}
	jo_bool(r->out, "negative_hidden", hidden);
	TRY(credit_out(r, account_id, staff ? w.balance_e8 : shown, w.currency));
	jo_end(r->out);
	return ERR_OK;
}

enum errk show_plan_next(struct req *r, uint64_t account_id)
{
	struct plan_switch_open_row row;
	enum errk k = q_plan_switch_open(&r->ctx, account_id, &row);

	if (k == ERR_NOT_FOUND) {
		err_clear(&r->ctx);
		jo_null(r->out, "plan_next");
		return ERR_OK;
	}
	TRY(k);
	jo_obj(r->out, "plan_next");
	jo_str(r->out, "plan", row.plan_to);
	jo_time(r->out, "at", row.at_hour * HOUR_S);
	jo_end(r->out);
	return ERR_OK;
}

/* What paid for it: credit, paid money, and for usage the credit line. */
static void sources_out(struct req *r, const struct wallet_statement_row *e, const char *currency)
{
	int64_t paid_e8 = -e->amount_e8 - e->promo_e8;
	int64_t line_e8 = e->usage_e8_null ? 0 : e->usage_e8 + e->amount_e8;

	jo_obj(r->out, "from");
	show_amount(r, "promo", e->promo_e8, currency);
	show_amount(r, "paid", e->amount_e8 > 0 ? 0 : paid_e8, currency);
	show_amount(r, "credit_line", line_e8, currency);
	jo_end(r->out);
}

enum errk show_entries(struct req *r, uint64_t account_id, uint32_t limit, bool staff)
{
	struct wallet_statement_row *rows;
	struct wallet_view_row w;
	size_t n;

	TRY(q_wallet_view(&r->ctx, account_id, &w));
	TRY(q_wallet_statement(&r->ctx, account_id, limit, &rows, &n));
	jo_arr(r->out, "entries");
	for (size_t i = 0; i < n; i++) {
		jo_obj(r->out, NULL);
		jo_time(r->out, "at", rows[i].at);
		jo_str(r->out, "kind", rows[i].reason);
		jo_str(r->out, "text", rows[i].note);
		show_amount(r, "amount", rows[i].amount_e8, w.currency);
		show_amount(r, "balance_after",
			    masked(r, &w, rows[i].after_e8) && !staff ? 0 : rows[i].after_e8,
			    w.currency);
		sources_out(r, &rows[i], w.currency);
		jo_end(r->out);
	}
	jo_end(r->out);
	return ERR_OK;
}
