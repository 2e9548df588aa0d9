/* What several answers say of mails; forgotten passwords, the same for both portals. */
#include "account/token.h"
#include "fcgi/show.h"
#include "stmt.h"

enum errk show_notifications(struct req *r)
{
	struct mail_choice_get_row c;

	if (!r->ctx.set->mail_enabled) {
		jo_null(r->out, "notifications");
		return ERR_OK;
	}
	TRY(q_mail_choice_get(&r->ctx, r->account_id, &c));
	jo_obj(r->out, "notifications");
	jo_bool(r->out, "reminder", c.reminder);
	jo_bool(r->out, "overdue", c.overdue);
	jo_bool(r->out, "low_balance", c.low_balance);
	jo_end(r->out);
	return ERR_OK;
}

/* Nobody learns whether there is somebody with this address. */
enum errk show_forgotten(struct req *r, enum realm realm, const char *email)
{
	TRY(password_forgotten(&r->ctx, realm, email, r->ip, &r->retry_after_s));
	jo_bool(r->out, "ok", true);
	return ERR_OK;
}

enum errk show_reset(struct req *r, enum realm realm, const char *token, const char *password)
{
	TRY(password_reset(&r->ctx, realm, token, password));
	jo_bool(r->out, "ok", true);
	return ERR_OK;
}
