/* tollbridge wallet: what a client has, of which kind and until when, what may still
 * be used, and how it came to that. Read-only, by the statements of the screens. */
#include <string.h>

#include "base/clock.h"
#include "cli/cli.h"
#include "money/money.h"
#include "rating/rating.h"
#include "stmt.h"
#include "usage/funds.h"
#include "wallet/credit.h"

#define ENTRIES 20

struct purse { struct cli *k; uint64_t id; struct wallet_view_row w; };

static void figure(const struct purse *p, const char *name, const char *title, int64_t e8)
{
	const char *text = amount_text(p->k->c->mem, e8);

	cli_say(p->k, "%-14s %20s", title, text);
	jo_str(p->k->out, name, text);
}

/* What was given is live grants; the rest of the balance was paid. */
static enum errk kinds(const struct purse *p)
{
	struct cli *k = p->k;
	struct credit_list_row *rows;
	int64_t promo_e8 = 0;
	size_t n;

	TRY(q_credit_list(k->c, p->id, &rows, &n));
	for (size_t i = 0; i < n; i++)
		promo_e8 += rows[i].remaining_e8;
	figure(p, "balance", "balance", p->w.balance_e8);
	figure(p, "paid", "  paid", p->w.balance_e8 - promo_e8);
	figure(p, "promo", "  given", promo_e8);
	jo_arr(k->out, "grants");
	for (size_t i = 0; i < n; i++) {
		const char *left = amount_text(k->c->mem, rows[i].remaining_e8);
		int64_t end = rows[i].expires_hour;

		cli_say(k, "    %s of %s, %s%s: %s", left,
			amount_text(k->c->mem, rows[i].granted_e8),
			end == CREDIT_NEVER ? "for good" : "until ",
			end == CREDIT_NEVER ? "" : clock_iso(k->c->mem, end * HOUR_S),
			rows[i].label);
		jo_obj(k->out, NULL);
		jo_str(k->out, "label", rows[i].label);
		jo_str(k->out, "granted", amount_text(k->c->mem, rows[i].granted_e8));
		jo_str(k->out, "left", left);
		jo_time(k->out, "expires_at", end == CREDIT_NEVER ? 0 : end * HOUR_S);
		jo_end(k->out);
	}
	jo_end(k->out);
	return ERR_OK;
}

/* Owed to the client, no part of the balance. */
static enum errk deposit(const struct purse *p)
{
	struct deposit_owed_row row;

	TRY(q_deposit_owed(p->k->c, p->id, p->w.currency, &row));
	figure(p, "deposit", "deposit", row.owed_e8);
	return ERR_OK;
}

static enum errk line(const struct purse *p)
{
	struct account_owed_row owed;

	if (strcmp(p->w.plan, "FLEXIBLE") != 0) {
		jo_null(p->k->out, "credit_line");
		return ERR_OK;
	}
	TRY(q_account_owed(p->k->c, p->id, p->w.currency, &owed));
	jo_obj(p->k->out, "credit_line");
	figure(p, "limit", "credit line", p->w.credit_limit_e8);
	figure(p, "drawn", "  drawn", owed.owed_e8);
	jo_end(p->k->out);
	return ERR_OK;
}

/* What may still be used, and for how long at the cost of the hour under way. */
static enum errk available(const struct purse *p)
{
	int64_t hour = hour_floor(p->k->c->now), accruing, burn, lasts;
	struct cli *k = p->k;
	struct funds f;

	TRY(funds_left(k->c, p->id, hour, &f));
	TRY(rating_accruing(k->c, p->id, p->w.rated_until_hour, hour, &accruing));
	TRY(rating_accruing(k->c, p->id, hour, hour + 1, &burn));
	figure(p, "unposted", "unposted", p->w.unposted_e8 + accruing);
	jo_bool(k->out, "limited", f.limited);
	if (f.limited) {
		figure(p, "available", "available", f.left_e8);
	} else {
		cli_say(k, "%-14s %20s", "available", "no limit");
		jo_null(k->out, "available");
	}
	if (f.tax_e8 != 0)
		figure(p, "tax_reserved", "less its taxes", f.tax_e8);
	figure(p, "burn_hour", "an hour costs", burn);
	TRY(funds_hours(k->c, &f, burn, &lasts));
	if (lasts == FUNDS_NO_END) {
		jo_null(k->out, "runway_hours");
		return ERR_OK;
	}
	cli_say(k, "%-14s %20lld hours, to %s", "lasts", (long long)lasts,
		clock_iso(k->c->mem, (hour + lasts) * HOUR_S));
	jo_i64(k->out, "runway_hours", lasts);
	return ERR_OK;
}

static enum errk due(const struct purse *p)
{
	const struct currency *cur = currency_find(p->w.currency);
	struct invoices_due_row row;

	TRY(q_invoices_due(p->k->c, p->id, p->k->c->now, &row));
	figure(p, "open", "open invoices", money_to_amount(row.open_minor, cur));
	figure(p, "overdue", "  overdue", money_to_amount(row.overdue_minor, cur));
	return ERR_OK;
}

static enum errk entries(const struct purse *p)
{
	struct wallet_statement_row *rows;
	struct cli *k = p->k;
	size_t n;

	TRY(q_wallet_statement(k->c, p->id, ENTRIES, &rows, &n));
	cli_say(k, n > 0 ? "\nnewest first" : "\nno movements");
	jo_arr(k->out, "entries");
	for (size_t i = 0; i < n; i++) {
		const char *amount = amount_text(k->c->mem, rows[i].amount_e8);
		const char *after = amount_text(k->c->mem, rows[i].after_e8);

		cli_say(k, "  %s %18s %18s  %s: %s", clock_iso(k->c->mem, rows[i].at), amount,
			after, rows[i].reason, rows[i].note);
		jo_obj(k->out, NULL);
		jo_time(k->out, "at", rows[i].at);
		jo_str(k->out, "kind", rows[i].reason);
		jo_str(k->out, "text", rows[i].note);
		jo_str(k->out, "amount", amount);
		jo_str(k->out, "balance_after", after);
		jo_str(k->out, "promo", amount_text(k->c->mem, rows[i].promo_e8));
		jo_end(k->out);
	}
	jo_end(k->out);
	return ERR_OK;
}

enum errk cmd_wallet(struct cli *k)
{
	struct purse p = { .k = k };
	enum errk found;

	TRY(cli_id(k, "CLIENT", k->argv[0], &p.id));
	found = q_wallet_view(k->c, p.id, &p.w);
	if (found == ERR_NOT_FOUND) {
		err_clear(k->c);
		return fail_field(k->c, "CLIENT", "There is no such client.");
	}
	TRY(found);
	cli_say(k, "client %llu, %s, %s, %s", (unsigned long long)p.id, p.w.plan, p.w.status,
		p.w.currency);
	jo_u64(k->out, "account_id", p.id);
	jo_str(k->out, "plan", p.w.plan);
	jo_str(k->out, "status", p.w.status);
	jo_str(k->out, "currency", p.w.currency);
	TRY(kinds(&p));
	TRY(deposit(&p));
	TRY(line(&p));
	TRY(available(&p));
	TRY(due(&p));
	return entries(&p);
}
