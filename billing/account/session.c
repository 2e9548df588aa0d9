/* Signing in: see session.h. Tokens are 32 random bytes in base64url; the
 * table holds their SHA-256 only. */
#include "account/session.h"

#include <string.h>

#include "base/db.h"
#include "base/random.h"
#include "stmt.h"

#define TOKEN_BYTES 32
#define SESSION_S (7 * 86400)	/* at most; the idle limit is a setting */
#define SEEN_EVERY_S 60
#define PASSWORD_MIN 10
#define PASSWORD_MAX 200
#define PURGE_AFTER_S 86400

/* Counted before the password is looked at, so that parallel guesses do not
 * slip past; a success takes its hits back. The narrow counter stops a guesser
 * without locking the owner out elsewhere, the wide one a guesser with many
 * addresses, the last one who tries one password on everybody. */
struct brake { const char *what; bool email, ip; uint32_t limit; int64_t window_s; };
static const struct brake brakes[] = {
	{ "login.email_ip", true,  true,  10,  900 },
	{ "login.email",    true,  false, 60,  900 },
	{ "login.ip",       false, true,  120, 900 },
};
#define BRAKES (sizeof(brakes) / sizeof(brakes[0]))

static const char *realm_text(enum realm realm)
{
	return realm == REALM_ADMIN ? "admin" : "user";
}

/* ---- throttle ---- */

static void throttle_key(struct ctx *c, const char *what, const char *who, uint8_t key[32])
{
	const char *text = arena_fmt(c->mem, "%s\n%s", what, who);

	sha256(text, strlen(text), key);
}

enum errk throttle_hit(struct ctx *c, const char *what, const char *who, uint32_t limit,
		       int64_t window_s, int64_t *retry_s_r)
{
	struct throttle_get_row *row = ARENA_NEW(c->mem, struct throttle_get_row);
	int64_t expired = c->wall - window_s;
	uint64_t changed;
	uint8_t key[32];

	throttle_key(c, what, who, key);
	TRY(q_throttle_count(c, key, c->wall, expired, &changed));
	TRY(q_throttle_get(c, key, row));
	if (row->hits <= limit)
		return ERR_OK;
	*retry_s_r = row->window_start + window_s - c->wall;
	if (*retry_s_r < 1)
		*retry_s_r = 1;
	return fail(c, ERR_LIMITED, "rate.limited", "%s: %u of %u", what, row->hits, limit);
}

/* ASCII only is enough: the column compares the rest its own way, and a guesser
 * gains at most a few spellings. */
static char *lower(struct arena *mem, const char *text)
{
	char *s = arena_dup(mem, text);

	for (char *p = s; *p != '\0'; p++) {
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p + ('a' - 'A'));
	}
	return s;
}

static const char *brake_who(struct ctx *c, const struct brake *b, enum realm realm,
			     const char *email, const char *ip)
{
	return arena_fmt(c->mem, "%s %s %s", realm_text(realm),
			 b->email ? lower(c->mem, email) : "", b->ip ? ip : "");
}

static enum errk brake_all(struct ctx *c, enum realm realm, const char *email, const char *ip,
			   int64_t *retry_s_r)
{
	for (size_t i = 0; i < BRAKES; i++) {
		const struct brake *b = &brakes[i];
		enum errk k = throttle_hit(c, b->what, brake_who(c, b, realm, email, ip),
					   b->limit, b->window_s, retry_s_r);

		if (k == ERR_LIMITED) {
			err_clear(c);
			return fail(c, ERR_LIMITED, "login.throttled", "%s", b->what);
		}
		TRY(k);
	}
	return ERR_OK;
}

static enum errk brake_release(struct ctx *c, enum realm realm, const char *email, const char *ip)
{
	uint64_t changed;
	uint8_t key[32];

	for (size_t i = 0; i < BRAKES; i++) {
		const struct brake *b = &brakes[i];

		throttle_key(c, b->what, brake_who(c, b, realm, email, ip), key);
		if (b->email)
			TRY(q_throttle_clear(c, key, &changed));
		else
			TRY(q_throttle_uncount(c, key, &changed));
	}
	return ERR_OK;
}

/* ---- in ---- */

enum errk session_create(struct ctx *c, uint64_t user_id, const char *ip, const char **token_r)
{
	const char *token = random_token(c->mem, TOKEN_BYTES);
	const char *csrf = random_token(c->mem, TOKEN_BYTES);
	uint64_t changed;
	uint8_t hash[32];

	sha256(token, strlen(token), hash);
	TRY(q_session_add(c, hash, csrf, c->wall, c->wall, c->wall + SESSION_S, ip, user_id,
			  &changed));
	if (changed != 1)
		return fail(c, ERR_UNAUTHENTICATED, "login.failed", "user %llu is not active",
			    (unsigned long long)user_id);
	*token_r = token;
	return ERR_OK;
}

enum errk session_login(struct ctx *c, enum realm realm, const char *email,
			const char *password, const char *ip,
			const char **token_r, int64_t *retry_s_r)
{
	struct session_login_user_row *row = ARENA_NEW(c->mem, struct session_login_user_row);
	const char *hash = NULL;
	enum errk k;

	TRY(brake_all(c, realm, email, ip, retry_s_r));
	k = q_session_login_user(c, realm_text(realm), email, email, row);
	if (k == ERR_NOT_FOUND)
		err_clear(c);
	else
		TRY(k);
	if (k == ERR_OK && strcmp(row->status, "ACTIVE") == 0)
		hash = row->password_hash;
	/* unknown and disabled users cost a hash too */
	if (!password_matches(c, password, hash))
		return fail(c, ERR_UNAUTHENTICATED, "login.failed", "%s",
			    hash == NULL ? "unknown or disabled" : "password");
	TRY(brake_release(c, realm, email, ip));
	return session_create(c, row->id, ip, token_r);
}

/* ---- during ---- */

enum errk session_find(struct ctx *c, enum realm realm, const char *token, struct session *s_r)
{
	struct session_find_row *row = ARENA_NEW(c->mem, struct session_find_row);
	uint8_t hash[32];
	enum errk k;

	sha256(token, strlen(token), hash);
	k = q_session_find(c, hash, realm_text(realm), c->wall, row);
	if (k == ERR_NOT_FOUND) {
		err_clear(c);
		return fail(c, ERR_UNAUTHENTICATED, "session.none", "unknown or over");
	}
	TRY(k);
	*s_r = (struct session){
		.user_id = row->user_id, .account_id = row->account_id, .role = row->role,
		.email = row->email, .first_name = row->first_name, .last_name = row->last_name,
		.account_status = row->account_status, .csrf = row->csrf,
		.generation = row->generation, .clock_offset_s = row->clock_offset_s,
		.testing = row->testing, .seen_at = row->seen_at,
	};
	return ERR_OK;
}

enum errk session_check_idle(struct ctx *c, const char *token, const struct session *s,
			     int64_t idle_s)
{
	int64_t idle = c->wall - s->seen_at;
	uint64_t changed;
	uint8_t hash[32];

	if (idle > idle_s) {
		TRY(session_end(c, token));
		return fail(c, ERR_UNAUTHENTICATED, "session.none", "idle for %lld s",
			    (long long)idle);
	}
	if (idle < SEEN_EVERY_S)
		return ERR_OK;
	sha256(token, strlen(token), hash);
	return q_session_seen(c, c->wall, hash, c->wall, &changed);
}

/* ---- out ---- */

enum errk session_end(struct ctx *c, const char *token)
{
	uint64_t changed;
	uint8_t hash[32];

	sha256(token, strlen(token), hash);
	return q_session_delete(c, hash, &changed);
}

static enum errk end_all(struct ctx *c, void *arg)
{
	const uint64_t *user_id = arg;
	uint64_t changed;

	TRY(q_session_epoch_next(c, *user_id, &changed));
	return q_session_delete_user(c, *user_id, &changed);
}

enum errk session_end_all(struct ctx *c, uint64_t user_id)
{
	return db_tx(c, end_all, &user_id);
}

struct new_password { uint64_t user_id; const char *old_hash, *hash; };

static enum errk put_password(struct ctx *c, void *arg)
{
	const struct new_password *p = arg;
	uint64_t changed;

	TRY(q_session_set_password(c, p->hash, p->user_id, p->old_hash, &changed));
	if (changed != 1)
		return fail(c, ERR_CONFLICT, "password.changed", "somebody was faster");
	return q_session_delete_user(c, p->user_id, &changed);
}

static size_t characters(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

enum errk password_change(struct ctx *c, uint64_t user_id, const char *current,
			  const char *password)
{
	struct session_password_row *row = ARENA_NEW(c->mem, struct session_password_row);
	struct new_password p = { .user_id = user_id };

	if (characters(password) < PASSWORD_MIN || strlen(password) > PASSWORD_MAX)
		return fail_field(c, "password", "%d to %d characters", PASSWORD_MIN, PASSWORD_MAX);
	TRY(q_session_password(c, user_id, row));
	if (!password_matches(c, current, row->password_hash))
		return fail_field(c, "current", "This is not your current password");
	p.old_hash = row->password_hash;
	TRY(password_hash(c, password, &p.hash));
	return db_tx(c, put_password, &p);
}

enum errk owner_password_set(struct ctx *c, uint64_t account_id, const char *password)
{
	const char *hash;
	uint64_t n;

	if (characters(password) < PASSWORD_MIN || strlen(password) > PASSWORD_MAX)
		return fail_field(c, "password", "%d to %d characters", PASSWORD_MIN, PASSWORD_MAX);
	TRY(password_hash(c, password, &hash));
	TRY(q_owner_password_set(c, account_id, hash, &n));
	return n > 0 ? ERR_OK : fail(c, ERR_NOT_FOUND, "not_found", "no owner");
}

/* ---- housekeeping ---- */

enum errk session_housekeeping(struct ctx *c)
{
	uint64_t changed;

	TRY(q_session_purge(c, c->wall, &changed));
	TRY(q_throttle_purge(c, c->wall - PURGE_AFTER_S, &changed));
	return q_idempotency_purge(c, c->wall - 30 * PURGE_AFTER_S, &changed);
}
