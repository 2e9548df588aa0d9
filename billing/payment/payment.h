/* Payments that reached us, whatever carried them: one row per (gateway,
 * gateway transaction), ledger and invoice in the same transaction. What an
 * invoice does not need goes to the wallet; on a FLEXIBLE plan overdue invoices
 * are settled with it first (recharge.order). */
#ifndef TB_PAYMENT_PAYMENT_H
#define TB_PAYMENT_PAYMENT_H

#include "base/ctx.h"

struct payment_in {
	uint64_t account_id;
	uint64_t invoice_id;		/* 0: to the wallet */
	const char *gateway;		/* "whmcs", "staff" ... */
	const char *gateway_txn;	/* unique at the gateway */
	int64_t amount_minor;		/* > 0 */
	const char *currency;		/* CONFLICT payment.currency when not the account's */
	int64_t received_at;
	const char *note;
	/* The payer's surplus stays where he paid (WHMCS keeps it as his credit
	 * there): only what the invoice still needs is booked, maybe nothing. */
	bool surplus_stays;
	/* With invoice_id 0: open invoices first, the one due longest before the others. */
	bool oldest_first;
};
struct payment_out {
	uint64_t payment_id;		/* 0: nothing was booked */
	bool duplicate;
	/* of a recharge's money, too, to_invoice is what it took; with oldest_first the sum of
	 * all that took some */
	int64_t to_invoice, to_wallet;
};

/* The same gateway transaction again: OK with duplicate set, no effect; with
 * another amount or account: CONFLICT payment.mismatch; received as a sign-up deposit:
 * CONFLICT payment.deposit. With surplus_stays the amount first told may have been more
 * than what was booked. */
enum errk payment_apply(struct ctx *c, const struct payment_in *in, struct payment_out *out)
	WARN_UNUSED;

/* Money that staff saw arrive (a bank transfer, cash). amount is decimal text in the
 * account's currency; method and reference are its key: told twice it is one payment.
 * Without an invoice the open ones, the oldest due first, then the balance. INVALID
 * names amount, invoice_id; CONFLICT payment.mismatch, payment.deposit. */
struct payment_record_in {
	uint64_t account_id, invoice_id;
	const char *amount, *method, *reference, *note;
	int64_t received_at;		/* 0: now; never ahead of it */
};
enum errk payment_record(struct ctx *c, const struct payment_record_in *in,
			 struct payment_out *out) WARN_UNUSED;

/* Staff credit: amount is decimal text in the account's currency; key makes it
 * once-only. */
enum errk wallet_credit(struct ctx *c, uint64_t account_id, const char *amount,
			const char *reason, const char *key) WARN_UNUSED;

#endif
