/* Credit that was given, as opposed to money that was paid: each redemption of a
 * CREDIT code is a grant. A balance is its live grants and, for the rest, paid
 * money; it is spent in this order:
 *
 *   the grant that expires first, then those that never do, the oldest first;
 *   then paid money, below zero if it must be.
 *
 * Every ledger transaction that takes from a WALLET takes from the grants first
 * and leaves rows that say how much (credit_draw); the view settlement reads from
 * them where a posting of usage was paid from. What an invoice gives back of what
 * was drawn for it is paid money first, then grants, the one spent last first.
 *
 * At expires_hour what is left is written off, once, after every hour before it
 * is posted; rating goes no further until then. On POSTPAID a balance is drawn
 * when the invoice is issued: credit that expires before is gone. */
#ifndef TB_WALLET_CREDIT_H
#define TB_WALLET_CREDIT_H

#include "base/ctx.h"
#include "base/lease.h"

#define CREDIT_NEVER INT64_C(4000000000)	/* an expires_hour */

struct credit_in {
	uint64_t account_id, redemption_id;
	const char *key;	/* of the ledger transaction that gives it */
	int64_t amount_e8;	/* > 0 */
	uint32_t days;		/* of 24 hours, from the next full one; 0: for ever */
};
/* Inside the transaction of the redemption, before its ledger transaction, the
 * wallet row claimed. A balance below zero is made good from it at once.
 * *expires_at_r: UTC seconds, 0: never. */
enum errk credit_give(struct ctx *c, const struct credit_in *in, int64_t *expires_at_r)
	WARN_UNUSED;

/* What a transaction took from a balance, from its grants; of_cycle: it is among
 * what was drawn for the cycle's invoice. By ledger_post. */
enum errk credit_take(struct ctx *c, uint64_t account_id, const uint8_t txn_id[16],
		      int64_t amount_e8, bool of_cycle) WARN_UNUSED;

/* The same for a chunk of invoices, between close_settle and close_finish (rating
 * does it for its postings). */
enum errk credit_closing(struct ctx *c, uint64_t lo, uint64_t hi) WARN_UNUSED;

/* Writes off what has expired, of one account or of all (0); *any_r: was there
 * something to look at. */
enum errk credit_expire(struct ctx *c, const struct lease *lease, uint64_t account_id,
			bool *any_r) WARN_UNUSED;

#endif
