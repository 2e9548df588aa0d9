/* Forgotten password, another login address, which mails are wanted. */
#include "account/token.h"
#include "fcgi/show.h"
#include "stmt.h"

struct forgotten_in { const char *email; };
const struct field user_password_reset_in[] = {
	F_STR(struct forgotten_in, email, true, 1, 190, "Address the account is signed in to with"),
	F_END
};

enum errk user_password_reset(struct req *r)
{
	const struct forgotten_in *in = r->in;

	return show_forgotten(r, REALM_USER, in->email);
}

struct reset_in { const char *token, *password; };
const struct field user_password_reset_confirm_in[] = {
	F_SECRET(struct reset_in, token, true, 1, 100, "Of the link in the mail"),
	F_SECRET(struct reset_in, password, true, 10, 200, "At least 10 characters"), F_END
};

enum errk user_password_reset_confirm(struct req *r)
{
	const struct reset_in *in = r->in;

	return show_reset(r, REALM_USER, in->token, in->password);
}

struct email_in { const char *email, *password; };
const struct field user_email_in[] = {
	F_STR(struct email_in, email, true, 3, 190, "New address, confirmed from there"),
	F_SECRET(struct email_in, password, true, 1, 200, "Password in use"), F_END
};

enum errk user_email(struct req *r)
{
	const struct email_in *in = r->in;

	TRY(email_change(&r->ctx, r->session->user_id, in->password, in->email));
	jo_bool(r->out, "ok", true);
	return ERR_OK;
}

struct token_in { const char *token; };
const struct field user_email_confirm_in[] = {
	F_SECRET(struct token_in, token, true, 1, 100, "Of the link in the mail"), F_END
};

enum errk user_email_confirm(struct req *r)
{
	const struct token_in *in = r->in;
	enum errk k = email_confirm(&r->ctx, in->token);

	if (k == ERR_CONFLICT)
		return fail(&r->ctx, ERR_NOT_FOUND, "token.bad", "the address was taken meanwhile");
	TRY(k);
	jo_bool(r->out, "ok", true);
	return ERR_OK;
}

struct choice_in { bool reminder, overdue, low_balance; };
const struct field user_notifications_patch_in[] = {
	F_BOOL(struct choice_in, reminder, true, NULL, "Before an invoice is due"),
	F_BOOL(struct choice_in, overdue, true, NULL, "When an invoice is overdue"),
	F_BOOL(struct choice_in, low_balance, true, NULL, "When the balance runs low"), F_END
};

enum errk user_notifications_patch(struct req *r)
{
	const struct choice_in *in = r->in;
	uint64_t n;

	TRY(q_mail_choice_put(&r->ctx, r->account_id, in->reminder, in->overdue, in->low_balance,
			      &n));
	return show_notifications(r);
}
