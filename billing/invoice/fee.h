/* Fees of Fixed Payment contracts, and how contracts change. What a contract
 * includes: contract/contract.h.
 *
 * The fee of a cycle is reckoned in one place (contract/reckon.h) into contract_fee,
 * whose key (contract, cycle) is what it cannot be billed twice by. It is a part of the
 * month by days: a local day counts where it ends, so the day on which a contract
 * begins counts and the days of a month always add up to all of it. The sum over
 * the contracts of a cycle is rounded once to the minor unit, half up; each line
 * is a step of the running sum. A whole month is the whole fee.
 *
 *   POSTPAID, FLEXIBLE  in arrears: a line of the cycle's invoice.
 *   PREPAID             in advance: the balance pays when the cycle begins (ledger
 *                       CONTRACT_FEE), the line stands on that cycle's invoice and
 *                       is settled with what was drawn. Tax comes with the
 *                       invoice, as for usage.
 *
 * A PREPAID balance below the fee when a cycle begins: nothing is drawn, the
 * contract ends with the old cycle and the same terms wait (WAITING, renewal).
 * From that hour the account is Pay-As-You-Go, and what the fee would have taken
 * does not count as funds: if anything it runs costs something it is EXHAUSTED at
 * the next look and goes the way of feature 7 (with that switched off it goes on as
 * Pay-As-You-Go). As soon as the balance holds the whole fee again the terms begin
 * anew with the next full hour, the days left of the cycle are drawn, and the
 * release follows. A new client's contract waits the same way for the first
 * payment, without being a reason to suspend.
 *
 * Changes: a higher fee begins with the next full hour (PREPAID pays the
 * difference then, and is refused when the balance does not cover it); a lower or
 * equal fee, and any change between Pay-As-You-Go and Fixed Payment, begins when the
 * cycle ends (PENDING, applied by closing it). One change at a time. */
#ifndef TB_INVOICE_FEE_H
#define TB_INVOICE_FEE_H

#include "base/lease.h"
#include "contract/contract.h"

/* ---- closing, in the transaction that claimed the wallet rows ---- */

/* The last word on a cycle that ends at cycle_to: before its invoice. */
enum errk fee_close(struct ctx *c, uint64_t account_id) WARN_UNUSED;
/* After the cycle moved on: what is to come begins, PREPAID pays in advance. */
enum errk fee_turn(struct ctx *c, uint64_t account_id) WARN_UNUSED;

/* ---- the biller: contracts whose money has come ---- */
enum errk fee_waiting_run(struct ctx *c, const struct lease *lease) WARN_UNUSED;

/* ---- staff ---- */

/* *at_hour_r: when it takes effect. CONFLICT contract.open: one is to come already;
 * contract.hour: one begins with the next hour. INVALID fields contract, fee. */
enum errk contract_change(struct ctx *c, uint64_t account_id, const struct contract_terms *t,
			  const char *note, int64_t *at_hour_r) WARN_UNUSED;
/* CONFLICT contract.none: nothing is to come. */
enum errk contract_change_cancel(struct ctx *c, uint64_t account_id) WARN_UNUSED;

#endif
