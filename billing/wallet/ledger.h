/* Double-entry transactions from C (payments, credits); the biller's mass
 * postings write the same rows set-based. Debits positive. */
#ifndef TB_WALLET_LEDGER_H
#define TB_WALLET_LEDGER_H

#include "base/ctx.h"

struct ledger_leg {
	uint64_t owner;		/* account id, 0: the house */
	const char *code;	/* WALLET UNBILLED PREPAID_USAGE RECEIVABLE, DEPOSIT of who paid
				   one; house: REVENUE TAX
				   ROUNDING CLEARING CREDIT_GRANTED DISCOUNT
				   PROMO_EXPENSE */
	int64_t amount_e8;	/* debit > 0; a leg of 0 is skipped */
};
struct ledger_post {
	const char *key;	/* business key; its hash is the id: posted once */
	uint64_t account_id, ref_id;
	const char *reason, *note, *currency;
	int64_t at;
	const struct ledger_leg *legs;
	size_t nlegs;
};

/* The id that a key becomes: the first 16 of 32 bytes. */
void ledger_txn_id(const char *key, uint8_t hash[32]);

/* Inside the caller's transaction. Legs must sum to 0 (asserted). CONFLICT
 * wallet.bound: more than a balance can hold. WALLET legs
 * move the wallet row too, and what leaves it was credit first (credit.h). CONFLICT
 * db.duplicate: this key was posted before. */
enum errk ledger_post(struct ctx *c, const struct ledger_post *p) WARN_UNUSED;

/* House accounts of a currency: once per currency, after migrations. */
enum errk ledger_open_house(struct ctx *c, const char *currency) WARN_UNUSED;

#endif
