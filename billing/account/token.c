#include "account/token.h"

#include <string.h>

#include "account/private.h"
#include "base/db.h"
#include "base/random.h"
#include "mail/mail.h"
#include "stmt.h"
#include "whmcs/difference.h"

#define LIFE_S 3600
#define PER_ADDRESS 3
#define PER_IP 60
#define WINDOW_S 3600
#define PASSWORD_MIN 10
#define PASSWORD_MAX 200

static const char *realm_name(enum realm realm)
{
	return realm == REALM_ADMIN ? "admin" : "user";
}

struct asked {
	const char *realm, *email, *new_email, *purpose, *kind;
};

/* The same two statements whether somebody has this address or not. */
static enum errk ask_body(struct ctx *c, void *arg)
{
	const struct asked *a = arg;
	uint64_t id, n;

	TRY(q_token_add(c, a->realm, a->email, a->purpose, a->new_email, c->wall,
			c->wall + LIFE_S, &id));
	return q_token_mail(c, id, a->kind, arena_fmt(c->mem, "token:%s",
						      random_token(c->mem, 12)),
			    c->now, c->wall, &n);
}

enum errk password_forgotten(struct ctx *c, enum realm realm, const char *email, const char *ip,
			     int64_t *retry_s_r)
{
	struct asked a = { realm_name(realm), email, "", "PASSWORD", "PASSWORD_RESET" };
	int64_t retry_s;
	enum errk k;

	TRY(throttle_hit(c, "reset.ip", ip, PER_IP, WINDOW_S, retry_s_r));
	k = throttle_hit(c, "reset.email", arena_fmt(c->mem, "%s %s", a.realm, email), PER_ADDRESS,
			 WINDOW_S, &retry_s);
	if (k == ERR_LIMITED) {
		err_clear(c);
		return ERR_OK;
	}
	TRY(k);
	return db_tx(c, ask_body, &a);
}

static enum errk bad(struct ctx *c)
{
	return fail(c, ERR_NOT_FOUND, "token.bad", "unknown, used or over");
}

/* Takes the token and says whose it is; a foreign realm's is not taken. */
static enum errk take(struct ctx *c, const char *token, enum realm realm, const char *purpose,
		      struct token_user_row *u)
{
	uint8_t hash[32];
	uint64_t n;
	enum errk k;

	sha256(token, strlen(token), hash);
	TRY(q_token_take(c, hash, purpose, c->wall, &n));
	if (n != 1)
		return bad(c);
	k = q_token_user(c, hash, realm_name(realm), u);
	if (k == ERR_NOT_FOUND) {
		err_clear(c);
		return bad(c);
	}
	TRY(k);
	return q_token_void(c, u->user_id, c->wall, &n);
}

struct reset { enum realm realm; const char *token, *hash; };

static enum errk reset_body(struct ctx *c, void *arg)
{
	const struct reset *r = arg;
	struct token_user_row u;
	uint64_t n;

	TRY(take(c, r->token, r->realm, "PASSWORD", &u));
	TRY(q_token_password(c, u.user_id, r->hash, &n));
	return q_session_delete_user(c, u.user_id, &n);
}

static size_t characters(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

enum errk password_reset(struct ctx *c, enum realm realm, const char *token, const char *password)
{
	struct reset r = { .realm = realm, .token = token };

	if (characters(password) < PASSWORD_MIN || strlen(password) > PASSWORD_MAX)
		return fail_field(c, "password", "%d to %d characters", PASSWORD_MIN, PASSWORD_MAX);
	TRY(password_hash(c, password, &r.hash));
	return db_tx(c, reset_body, &r);
}

enum errk email_change(struct ctx *c, uint64_t user_id, const char *password, const char *email)
{
	struct session_password_row row;
	struct token_who_row who;
	struct asked a = { "user", NULL, email, "EMAIL", "EMAIL_CONFIRM" };

	TRY(q_session_password(c, user_id, &row));
	if (!password_matches(c, password, row.password_hash))
		return fail_field(c, "password", "This is not your current password");
	TRY(email_check(c, email));
	TRY(q_token_who(c, user_id, &who));
	a.email = who.email;
	return db_tx(c, ask_body, &a);
}

static enum errk confirm_body(struct ctx *c, void *arg)
{
	const char *token = arg;
	struct token_user_row u;
	uint64_t n;

	TRY(take(c, token, REALM_USER, "EMAIL", &u));
	TRY(q_token_email(c, u.user_id, u.new_email, &n));
	if (!u.account_id_null) {
		TRY(q_account_email_set(c, u.account_id, u.new_email, &n));
		TRY(whmcs_look_at_client(c, u.account_id));
	}
	TRY(q_session_delete_user(c, u.user_id, &n));
	return mail_add(c, &(struct mail_in){ .type = MAIL_EMAIL_CHANGED,
			.account_id = u.account_id, .address = u.email, .detail = u.new_email,
			.key = arena_fmt(c->mem, "email:%s", random_token(c->mem, 12)) }, NULL);
}

enum errk email_confirm(struct ctx *c, const char *token)
{
	return db_tx(c, confirm_body, arena_dup(c->mem, token));
}
