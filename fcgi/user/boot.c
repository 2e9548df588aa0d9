/* GET /api/user/boot and what a visitor needs to sign up. */
#include <string.h>

#include "account/account.h"
#include "fcgi/auth.h"
#include "fcgi/show.h"
#include "money/money.h"
#include "stmt.h"

static enum errk notice(struct req *r)
{
	struct reasons_active_row *why;
	struct invoices_unpaid_row *inv;
	struct invoices_due_row due;
	struct account_get_row a;
	size_t n;

	if (strcmp(r->session->account_status, "SUSPENDED") != 0) {
		jo_null(r->out, "notice");
		return ERR_OK;
	}
	TRY(q_account_get(&r->ctx, r->account_id, &a));
	TRY(q_reasons_active(&r->ctx, r->account_id, &why, &n));
	jo_obj(r->out, "notice");
	jo_str(r->out, "kind", "suspended");
	jo_arr(r->out, "reasons");
	for (size_t i = 0; i < n; i++)
		jo_str(r->out, NULL, why[i].reason);
	jo_end(r->out);
	jo_str(r->out, "message", "Your account is suspended. Please settle what is due; "
		"resources stay as they are until then.");
	TRY(q_invoices_due(&r->ctx, r->account_id, r->ctx.now, &due));
	show_money(r, "amount_due", due.open_minor, a.currency);
	TRY(q_invoices_unpaid(&r->ctx, r->account_id, &inv, &n));
	jo_arr(r->out, "invoices");
	for (size_t i = 0; i < n; i++) {
		jo_obj(r->out, NULL);
		jo_u64(r->out, "id", inv[i].id);
		jo_str(r->out, "number", inv[i].number);
		jo_end(r->out);
	}
	jo_end(r->out);
	jo_end(r->out);
	return ERR_OK;
}

static enum errk who(struct req *r)
{
	const struct session *s = r->session;
	struct account_get_row a;
	struct invoices_due_row due;

	TRY(q_account_get(&r->ctx, r->account_id, &a));
	TRY(q_invoices_due(&r->ctx, r->account_id, r->ctx.now, &due));
	jo_obj(r->out, "user");
	jo_u64(r->out, "id", s->user_id);
	jo_str(r->out, "email", s->email);
	jo_str(r->out, "first_name", s->first_name);
	jo_str(r->out, "last_name", s->last_name);
	jo_str(r->out, "role", s->role);
	jo_end(r->out);
	jo_obj(r->out, "account");
	jo_u64(r->out, "id", a.id);
	jo_str(r->out, "name", a.company[0] != '\0' ? a.company
			: arena_fmt(r->ctx.mem, "%s %s", a.first_name, a.last_name));
	jo_str(r->out, "category", a.category);
	jo_str(r->out, "plan", a.plan);
	jo_str(r->out, "contract", a.contract);
	jo_str(r->out, "currency", a.currency);
	jo_str(r->out, "status", a.status);
	jo_str(r->out, "timezone", a.timezone);
	jo_end(r->out);
	jo_obj(r->out, "counts");
	jo_u64(r->out, "unpaid_invoices", due.n);
	jo_end(r->out);
	return notice(r);
}

const struct field user_boot_in[] = { F_END };

enum errk user_boot(struct req *r)
{
	TRY(show_boot(r));
	if (r->session != NULL)
		return who(r);
	jo_null(r->out, "user");
	jo_null(r->out, "account");
	jo_null(r->out, "notice");
	return ERR_OK;
}

/* GET /api/user/balance: two selects, session and this one. */
const struct field user_balance_in[] = { F_END };

enum errk user_balance(struct req *r)
{
	struct balance_now_row w;
	bool hidden;

	TRY(q_balance_now(&r->ctx, r->account_id, &w));
	hidden = w.balance_e8 < 0 && strcmp(w.plan, "POSTPAID") != 0 &&
		 !r->ctx.set->prepaid_negative_display;
	show_amount(r, "balance", hidden ? 0 : w.balance_e8, w.currency);
	show_amount(r, "unposted", w.unposted_e8, w.currency);
	jo_bool(r->out, "negative_hidden", hidden);
	return ERR_OK;
}
