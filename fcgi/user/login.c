/* POST /api/user/login and /api/user/logout. */
#include "fcgi/auth.h"

struct login_in { const char *email, *password; };
const struct field user_login_in[] = {
	F_STR(struct login_in, email, true, 1, 190, "Address the account was opened with"),
	F_SECRET(struct login_in, password, true, 1, 200, "Password"),
	F_END
};

enum errk user_login(struct req *r)
{
	const struct login_in *in = r->in;
	const char *token;

	TRY(session_login(&r->ctx, REALM_USER, in->email, in->password, r->ip, &token,
			  &r->retry_after_s));
	auth_set_session(r, token);
	jo_bool(r->out, "ok", true);
	return ERR_OK;
}

const struct field user_logout_in[] = { F_END };

enum errk user_logout(struct req *r)
{
	if (r->session != NULL)
		TRY(session_end(&r->ctx, r->token));
	auth_clear_session(r);
	jo_bool(r->out, "ok", true);
	return ERR_OK;
}
