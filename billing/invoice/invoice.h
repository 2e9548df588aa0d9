/* Invoices: issued at cycle end, set-based per chunk of accounts, once per
 * (account, cycle) by a unique key; lines, tax, ledger and what the balance
 * settles in the same transaction; numbers gapless. Recharges are requests for
 * funds with their own series. */
#ifndef TB_INVOICE_INVOICE_H
#define TB_INVOICE_INVOICE_H

#include "base/ctx.h"
#include "base/lease.h"

struct close_stats { uint64_t chunks, invoices; };

/* Closes every cycle that has ended, is rated and posted. Call rating_run
 * before; one call closes one cycle end of all accounts, *more_r: there may be
 * another. */
enum errk invoice_close_due(struct ctx *c, const struct lease *lease, struct close_stats *st,
			    bool *more_r) WARN_UNUSED;

/* The cycle of one account, if it is rated and posted to its end; inside the caller's
 * transaction. *did_r: it was. */
enum errk invoice_close_account(struct ctx *c, uint64_t account_id, bool *did_r) WARN_UNUSED;

/* When a document of `at` is due (seconds): after the payment term, which begins when the
 * customer can have it. One that is made a day late or more (the biller was stopped)
 * gets its whole term from now. */
int64_t invoice_due_at(const struct ctx *c, int64_t at);

/* All lines of a document in their order (rows of q_invoice_lines), however many. */
struct invoice_lines_row;
enum errk invoice_lines_all(struct ctx *c, uint64_t invoice_id, struct invoice_lines_row **rows_r,
			    size_t *n_r) WARN_UNUSED;

/* A document over one amount that is here already: issued and paid at once, taxes taken
 * out of it, outside of any cycle. Inside the caller's transaction, the wallet row
 * claimed; the caller allocates the money and posts it. Again with the same key:
 * CONFLICT db.duplicate. */
struct invoice_once {
	uint64_t account_id;
	const char *key;
	const char *component, *description;	/* of its line */
	int64_t amount_minor;			/* > 0 */
	/* results */
	uint64_t id;
	const char *number;
	int64_t subtotal_minor, tax_minor;
};
enum errk invoice_once(struct ctx *c, struct invoice_once *o) WARN_UNUSED;

/* Customer-initiated top-up. amount: decimal text in the account's currency.
 * Refused with field "amount" below minimum, above maximum (settings 15, 20),
 * the customer's own cap, or what is left within a day or below the largest
 * balance; FORBIDDEN feature.off when Portal Payment is off. */
enum errk recharge_create(struct ctx *c, uint64_t account_id, const char *amount,
			  uint64_t *invoice_id_r) WARN_UNUSED;
/* The bounds in the account's currency, minor units; -1: none. Those named for
 * the currency (recharge.currencies), else converted from the base currency:
 * minimum rounded down, maximum up to a whole major unit. cap: the customer's
 * own; day, room: what may still be added within 24 hours, and until the largest
 * balance is reached, recharges that wait for their payment counted. */
struct recharge_bounds { int64_t min_minor, max_minor, cap_minor, day_minor, room_minor; };
struct currency;
enum errk recharge_bounds(struct ctx *c, uint64_t account_id, struct recharge_bounds *b)
	WARN_UNUSED;
/* The least of the upper bounds; -1: none. */
int64_t recharge_most(const struct recharge_bounds *b);
/* INVALID names field "amount" and the bound. */
enum errk recharge_check(struct ctx *c, const struct recharge_bounds *b, int64_t minor,
			 const struct currency *cur) WARN_UNUSED;

#endif
