/* Shared by the files of this module only. */
#ifndef TB_DEPOSIT_PRIVATE_H
#define TB_DEPOSIT_PRIVATE_H

#include "deposit/deposit.h"

/* What an account was promised. Nothing: its deposits go to the balance. */
enum errk promise_of(struct ctx *c, uint64_t account_id, const char *currency,
		     struct deposit_promise *p) WARN_UNUSED;
/* The same, in a transaction that receives a deposit: from then on it is written. */
enum errk promise_keep(struct ctx *c, uint64_t account_id, const char *currency,
		       struct deposit_promise *p) WARN_UNUSED;

/* A leg of a deposit's ledger transaction beside the one on DEPOSIT. */
struct ledger_leg;
enum errk deposit_post(struct ctx *c, uint64_t account_id, uint64_t id, const char *step,
		       const char *reason, const char *note, const struct ledger_leg *legs,
		       size_t n, const struct currency *cur) WARN_UNUSED;

/* Everything that is held, as promised; the wallet row is claimed. */
enum errk deposit_settle_held(struct ctx *c, uint64_t account_id) WARN_UNUSED;

#endif
