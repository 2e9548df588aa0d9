/* Links that open an account: set a forgotten password, confirm a new address.
 * Asked for here, made and mailed by the bridge, good once and for an hour. */
#ifndef TB_ACCOUNT_TOKEN_H
#define TB_ACCOUNT_TOKEN_H

#include "account/session.h"

/* OK whether somebody has this address or not; more than three an hour are
 * dropped in silence. LIMITED by address of the caller. */
enum errk password_forgotten(struct ctx *c, enum realm realm, const char *email, const char *ip,
			     int64_t *retry_s_r) WARN_UNUSED;
/* INVALID field "password"; NOT_FOUND "token.bad". Ends every session. */
enum errk password_reset(struct ctx *c, enum realm realm, const char *token,
			 const char *password) WARN_UNUSED;

/* A customer's new login address, once it is confirmed from there. INVALID fields
 * "password", "email". */
enum errk email_change(struct ctx *c, uint64_t user_id, const char *password,
		       const char *email) WARN_UNUSED;
/* NOT_FOUND "token.bad"; CONFLICT "db.duplicate" when it was taken meanwhile. The
 * old address is told; every session ends. */
enum errk email_confirm(struct ctx *c, const char *token) WARN_UNUSED;

#endif
