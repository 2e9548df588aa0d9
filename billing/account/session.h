/* Signing in: yescrypt passwords, throttling by account and address, sessions
 * by random token (kept as SHA-256), one select per authenticated request. */
#ifndef TB_ACCOUNT_SESSION_H
#define TB_ACCOUNT_SESSION_H

#include "base/ctx.h"

enum realm { REALM_USER, REALM_ADMIN };

/* Who a request is from; role text as stored. */
struct session {
	uint64_t user_id;
	uint64_t account_id;		/* 0 for staff */
	const char *role;		/* user: OWNER; admin: OWNER BILLING SUPPORT ACCOUNTANT */
	const char *email, *first_name, *last_name;
	const char *account_status;	/* "" for staff */
	const char *csrf;
	uint64_t generation;		/* of the settings, read in the same select */
	int64_t clock_offset_s;
	bool testing;
	int64_t seen_at;
};

/* UNAUTHENTICATED "login.failed" (same answer and time for an unknown address),
 * LIMITED "login.throttled" with seconds to wait in *retry_s_r. Success makes a
 * session and clears the throttle of the account. token_r goes into the cookie. */
enum errk session_login(struct ctx *c, enum realm realm, const char *email,
			const char *password, const char *ip,
			const char **token_r, int64_t *retry_s_r) WARN_UNUSED;
/* After sign-up: a session for a user just created, inside the caller's transaction. */
enum errk session_create(struct ctx *c, uint64_t user_id, const char *ip,
			 const char **token_r) WARN_UNUSED;
/* UNAUTHENTICATED "session.none" when unknown, ended or outlived. idle_s: a
 * session not seen for longer is over; last seen is written at most once a minute. */
enum errk session_find(struct ctx *c, enum realm realm, const char *token,
		       struct session *s_r) WARN_UNUSED;
/* Applies the idle limit (a setting, known only after session_find). */
enum errk session_check_idle(struct ctx *c, const char *token, const struct session *s,
			     int64_t idle_s) WARN_UNUSED;
enum errk session_end(struct ctx *c, const char *token) WARN_UNUSED;
/* All sessions of a user die: password or role changed, user disabled. */
enum errk session_end_all(struct ctx *c, uint64_t user_id) WARN_UNUSED;
/* Checks the current one first; wrong: INVALID field "current". Length 10..200. */
/* Staff sets the password of an account's owner; his sessions end. INVALID field
 * "password"; NOT_FOUND. */
enum errk owner_password_set(struct ctx *c, uint64_t account_id, const char *password)
	WARN_UNUSED;
enum errk password_change(struct ctx *c, uint64_t user_id, const char *current,
			  const char *password) WARN_UNUSED;
/* Generic counter: LIMITED "rate.limited" after `limit` hits in window_s. */
enum errk throttle_hit(struct ctx *c, const char *what, const char *who, uint32_t limit,
		       int64_t window_s, int64_t *retry_s_r) WARN_UNUSED;

/* Removes what is over: sessions, throttle windows older than a day,
 * idempotency keys older than 30 days; a thousand rows of each per call. */
enum errk session_housekeeping(struct ctx *c) WARN_UNUSED;

#endif
