/* Shared by the files of this module only. */
#ifndef TB_SUSPENSION_PRIVATE_H
#define TB_SUSPENSION_PRIVATE_H

#include "base/clock.h"
#include "stmt.h"
#include "suspension/suspension.h"

/* Fixes the due days of invoices that came due, and renews them when the days
 * of grace were changed. */
enum errk due_days_fix(struct ctx *c) WARN_UNUSED;

/* In a transaction that claimed the wallet row and changed reasons: status,
 * halted hours and the halt or restore follow. *changed_r: it became suspended
 * or active. */
enum errk suspension_follow(struct ctx *c, uint64_t account_id, bool *changed_r) WARN_UNUSED;

/* What may still be used, the hour under way paid, and what an hour would cost
 * once everything runs again. limited false: the account cannot run out. */
struct suspension_funds { bool limited; int64_t left_e8, burn_e8; };
enum errk suspension_funds(struct ctx *c, uint64_t account_id,
			   struct suspension_funds *f) WARN_UNUSED;

enum saga_direction { SAGA_HALT, SAGA_RESTORE, SAGA_DELETE };
/* A new job in place of one still open. */
enum errk saga_start(struct ctx *c, uint64_t account_id, enum saga_direction d) WARN_UNUSED;
/* Steps on our own resources; then jobs without pending steps are closed. */
enum errk saga_run(struct ctx *c, const struct lease *lease, uint64_t *steps_r) WARN_UNUSED;

/* Warnings, cancellations and deletions that are due. */
enum errk deletion_run(struct ctx *c, const struct lease *lease, uint64_t *deleted_r) WARN_UNUSED;

/* A round of the biller may take long: each transaction looks at the clock
 * again, for what it writes begins at that time. */
static inline enum errk suspension_clock(struct ctx *c)
{
	struct system_state_get_row row;

	TRY(q_system_state_get(c, &row));
	c->wall = clock_wall();
	c->now = c->wall + row.clock_offset_s;
	return ERR_OK;
}

static inline enum errk suspension_guard(struct ctx *c, const struct lease *lease)
{
	return lease != NULL ? lease_guard(c, lease) : ERR_OK;
}

#endif
