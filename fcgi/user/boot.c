/* GET /api/user/boot and what a visitor needs to sign up. */
#include <string.h>

#include "account/account.h"
#include "fcgi/auth.h"
#include "fcgi/show.h"
#include "money/money.h"
#include "stmt.h"

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
	return show_notice(r);
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
