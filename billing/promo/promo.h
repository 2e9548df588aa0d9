/* Promo codes: made by staff, redeemed once per use under a guard that writes
 * the row it looks at. What a code does: CREDIT goes to the balance at once (as a
 * grant, wallet/credit.h),
 * PERCENT and FIXED become an adjustment of the next invoices (discount.h).
 * A code keeps the prefix it was born with; changing the setting changes none. */
#ifndef TB_PROMO_PROMO_H
#define TB_PROMO_PROMO_H

#include "account/account.h"
#include "base/ctx.h"

#define PROMO_CODE_MAX 32
#define PROMO_CODE_MIN 4
#define PROMO_RANDOM_CHARS 10

/* Trimmed, in capitals, on the arena; NULL: a character that no code has, or
 * too short or long. Pure. */
const char *promo_code_normal(struct arena *mem, const char *text);
/* prefix and PROMO_RANDOM_CHARS of Crockford's base 32 (no I, L, O, U): 50 bits. */
const char *promo_code_random(struct arena *mem, const char *prefix);

struct promo_amount { const char *currency, *amount; };	/* decimal text */
struct promo_in {
	const char *code;	/* NULL or empty: generated */
	const char *type;	/* SIGNUP or EXISTING */
	const char *kind;	/* PERCENT, FIXED or CREDIT */
	const char *percent;	/* PERCENT: "12.5" */
	const struct promo_amount *amounts;	/* FIXED, CREDIT: at least one */
	size_t namounts;
	uint32_t cycles;	/* PERCENT, FIXED: how many invoices; 0: all */
	uint32_t credit_days;	/* CREDIT: after so many days what is left is gone; 0: never */
	const char *label;	/* words on the invoice; NULL or empty: from the code */
	int64_t valid_from, valid_to;	/* 0: from now, without end */
	uint64_t max_uses;	/* 0: no limit */
	uint32_t per_account;
};
/* INVALID names the field: code (taken too), percent, amounts[0].amount ... */
enum errk promo_create(struct ctx *c, const struct promo_in *in, uint64_t *id_r) WARN_UNUSED;

/* Nothing that is worth more or less to those who used it already can change. */
struct promo_patch {
	const char *label;		/* NULL: as it is */
	bool active, active_set;
	int64_t valid_to;		/* 0: without end */
	bool valid_to_set;
	uint64_t max_uses;		/* 0: no limit; never below what was used */
	bool max_uses_set;
	uint32_t per_account;		/* 0: as it is */
};
enum errk promo_update(struct ctx *c, uint64_t id, const struct promo_patch *patch) WARN_UNUSED;

/* A code that does not exist yet, with the prefix in force. Nothing is kept. */
enum errk promo_generate(struct ctx *c, const char **code_r) WARN_UNUSED;

/* What came of a redemption. */
struct promo_gain {
	uint64_t redemption_id;
	const char *code, *kind, *label, *currency;
	int64_t credit_e8;	/* CREDIT: on the balance now */
	int64_t expires_at;	/* CREDIT: when what is left is gone; 0: never */
	int64_t ppm, amount_e8;	/* PERCENT, FIXED: off each of the next invoices */
	uint32_t cycles;	/* 0: all of them */
};
/* EXISTING codes by customers. Inside a transaction or by itself. INVALID field
 * "code": unknown, not yet or no longer valid, used up, used by this account as
 * often as it may, for new customers, not in this currency. */
enum errk promo_redeem(struct ctx *c, uint64_t account_id, const char *code,
		       struct promo_gain *out) WARN_UNUSED;
/* Sign-up with an optional SIGNUP code: account and redemption in one
 * transaction; a wrong code (INVALID field "promo_code") opens no account. */
enum errk promo_signup(struct ctx *c, const struct account_in *in, const char *code,
		       struct account_created *out, struct promo_gain *gain) WARN_UNUSED;

#endif
