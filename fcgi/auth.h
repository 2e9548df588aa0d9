/* Who a request is from, and whether the browser meant it: session and
 * pre-session cookies, CSRF token, Origin. */
#ifndef TB_FCGI_AUTH_H
#define TB_FCGI_AUTH_H

#include "fcgi/route.h"

/* For handlers ------------------------------------------------------------ */

/* Token the page must send back as X-CSRF-Token: the session's, or without one
 * the value of tb_pre, which is set when the browser has none. For boot. */
const char *auth_csrf(struct req *r);
/* After session_login or session_create. */
void auth_set_session(struct req *r, const char *token);
/* After session_end. */
void auth_clear_session(struct req *r);

/* For dispatch ------------------------------------------------------------ */

/* Origin and Sec-Fetch-Site of a request that changes something, when sent. */
enum errk auth_check_origin(struct req *r) WARN_UNUSED;
/* Session or key in one select; sets session, account_id, source, actor and the
 * settings snapshot. Then the role. */
enum errk auth_identify(struct req *r) WARN_UNUSED;
enum errk auth_check_csrf(struct req *r) WARN_UNUSED;

#endif
