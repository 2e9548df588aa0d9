/* The sign-up deposit (features 9 and 12): money that is owed to the customer until it
 * is decided. In the ledger it stands on his DEPOSIT account, which nothing is paid
 * from; it is no revenue and carries no tax while it is held.
 *
 *   HELD          received; waits for the verification of the account
 *   REFUNDING     a part of it, or all, is to be paid back; still owed
 *   REFUNDED      paid back; the payout has its reference
 *   APPLIED       nothing is to be paid back: on the balance, or a fee
 *   CHARGED_BACK  the bank took it back: the case is closed
 *
 * What happens at the verification was promised at sign-up, in words (which the
 * customer saw and sent back) and as rules (signup_promise); settings that change later
 * change nothing for him. What is not paid back goes to the balance, as paid money, or
 * is a fee with an invoice, with the taxes in it.
 *
 * Every step writes the wallet row first, is conditional on the state before it, and
 * has a ledger transaction whose id is made from the deposit and the step: none
 * happens twice, whoever asks how often. */
#ifndef TB_DEPOSIT_DEPOSIT_H
#define TB_DEPOSIT_DEPOSIT_H

#include "account/account.h"
#include "money/money.h"
#include "promo/promo.h"

/* ---- the promise ---- */

struct deposit_promise {
	const struct currency *cur;
	int64_t required_minor;		/* to be paid before the account is active */
	bool refund;
	const char *kind;		/* FULL, PERCENT or FIXED_FEE */
	int64_t ppm;			/* PERCENT: what is paid back */
	int64_t fee_minor;		/* FIXED_FEE: what is not, once per account */
	const char *remainder;		/* WALLET or FEE */
};

/* How much of a deposit is paid back; kept_minor: what of a fixed fee was kept of the
 * account's earlier deposits. Pure. */
int64_t deposit_refund(const struct deposit_promise *p, int64_t amount_minor, int64_t kept_minor);
/* The promise in words, as the customer sees it. Pure. */
const char *deposit_words(struct arena *mem, const struct deposit_promise *p);
/* What is promised to whom signs up now in a currency; required_minor 0: nobody can. */
enum errk deposit_offer(struct ctx *c, const char *currency,
			struct deposit_promise *out) WARN_UNUSED;

/* Sign-up while SignUp Payment is on: the account, what was promised, and the reason
 * PAYMENT_PENDING that keeps it from being used before the deposit has come. words: what
 * the customer agreed to; INVALID field "promise" when that is not what is offered
 * now. FORBIDDEN signup.payment when there is no way to pay one. */
enum errk deposit_signup(struct ctx *c, const struct account_in *in, const char *promo_code,
			 const char *words, struct account_created *made,
			 struct promo_gain *gain) WARN_UNUSED;

/* ---- the money ---- */

struct deposit_in {
	uint64_t account_id;
	const char *amount;		/* decimal text in the account's currency */
	const char *gateway, *gateway_txn;
};
struct deposit_out {
	uint64_t id;
	bool duplicate;			/* known already: nothing happened */
	bool activated;			/* the account waited for it */
};
/* Who pays while his account is verified already gets what was promised at once.
 * CONFLICT deposit.mismatch, deposit.payment. */
enum errk deposit_receive(struct ctx *c, const struct deposit_in *in,
			  struct deposit_out *out) WARN_UNUSED;

/* Staff's word that an account is verified, or no longer; note: why. Verified: what was
 * promised happens to every deposit that is held. *changed_r: it was not so before. */
enum errk deposit_verify(struct ctx *c, uint64_t account_id, bool verified, const char *note,
			 bool *changed_r) WARN_UNUSED;
/* Paid back by hand; the reference says how. CONFLICT deposit.state below here: it is
 * decided otherwise. */
enum errk deposit_payout(struct ctx *c, uint64_t account_id, uint64_t id,
			 const char *reference) WARN_UNUSED;
/* Staff's decision without a verification: all of it to the balance, or as a fee; or a
 * refund that cannot be paid to the balance. */
enum errk deposit_release(struct ctx *c, uint64_t account_id, uint64_t id, const char *to,
			  const char *note) WARN_UNUSED;
/* The bank took it back. What is no longer held is taken from the balance, below zero
 * if it must be. */
enum errk deposit_chargeback(struct ctx *c, uint64_t account_id, uint64_t id,
			     const char *note) WARN_UNUSED;

#endif
