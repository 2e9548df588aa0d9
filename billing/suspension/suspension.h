/* Suspension by itself (feature 7): who is overdue or out of funds, the halt of
 * what they run, hours at price 0 meanwhile, the release the moment money has
 * cleared the reason, and the deletion of what nobody pays for. Reasons are a
 * set: money clears OVERDUE and EXHAUSTED only. An account's wallet row is
 * claimed first in every transaction here, so that a payment and a suspension
 * take turns. */
#ifndef TB_SUSPENSION_SUSPENSION_H
#define TB_SUSPENSION_SUSPENSION_H

#include "base/ctx.h"
#include "base/lease.h"
#include "base/zone.h"

struct suspension_stats { uint64_t suspended, lifted, steps, deleted, held; };

/* The biller's step, after everything is rated and closed: lifts, looks for new
 * reasons (seconds apart, only when the switch is on), carries halts, restores
 * and deletions on. Idempotent; may be killed anywhere. */
enum errk suspension_run(struct ctx *c, const struct lease *lease,
			 struct suspension_stats *st) WARN_UNUSED;

/* The same, and the look at once: by hand. */
enum errk suspension_run_now(struct ctx *c, const struct lease *lease,
			     struct suspension_stats *st) WARN_UNUSED;

/* One account, if it is out of funds at c->now and rated to its hour; inside the
 * caller's transaction that claimed the wallet row. */
enum errk suspension_exhausted(struct ctx *c, uint64_t account_id,
			       bool *suspended_r) WARN_UNUSED;

/* ---- pure rules, table-tested ---- */

/* The due day is the local day of due_at; it ends at its 24:00, and `days` local
 * days later the account is suspended. */
void suspension_due_day(const struct zone_info *z, int64_t due_at, int64_t days,
			int64_t *ended_r, int64_t *suspend_r);

/* Why nobody may be suspended now: "" when nothing speaks against it.
 * PAYMENTS_UNKNOWN, BRIDGE_SILENT, AFTER_OUTAGE. *outage_at_r: when payments
 * were last unknown for long; an hour after that customers are left alone. All
 * times wall. */
struct pause_in { bool whmcs; int64_t wall, bridge_at, polled_at, outage_at; };
const char *suspension_pause(const struct pause_in *in, int64_t *outage_at_r);

/* Both limits must be exceeded, and staff has not allowed as many. */
bool suspension_breaker(uint64_t n, uint64_t active, uint64_t allowed, int64_t max_n,
			int64_t max_percent);

/* An account that ran out resumes with this: `hours` of what it ran, and never
 * with nothing left while it costs something. */
bool suspension_funded(int64_t left_e8, int64_t burn_e8, int64_t hours);

/* ---- staff ---- */
enum errk suspension_by_staff(struct ctx *c, uint64_t account_id, const char *note) WARN_UNUSED;
/* Ends every reason; when more than staff's own was active, the account is held
 * for `hold_days` so that the next look does not suspend it again. */
enum errk suspension_end_by_staff(struct ctx *c, uint64_t account_id, int64_t hold_days,
				  const char *note) WARN_UNUSED;
/* Everybody suspended for non-payment only is released, with a hold of `days` so
 * that the next look does not suspend them again; *n_r: how many. */
enum errk suspension_release_all(struct ctx *c, int64_t hold_days, const char *note,
				 uint64_t *n_r) WARN_UNUSED;
/* No automatic suspension before until_at; 0 removes the hold. */
enum errk suspension_hold(struct ctx *c, uint64_t account_id, int64_t until_at,
			  const char *note) WARN_UNUSED;
/* Lets the breaker pass once for at most n accounts: what staff has seen.
 * CONFLICT "suspension.not_held" when it keeps nobody. */
enum errk suspension_confirm(struct ctx *c, uint64_t n) WARN_UNUSED;
/* The failed steps of the last halt or restore again. */
enum errk suspension_retry(struct ctx *c, uint64_t account_id) WARN_UNUSED;
/* WAITING, STOPPED or CANCELLED; NOT_FOUND when no deletion is planned. */
enum errk deletion_decide(struct ctx *c, uint64_t account_id, const char *state,
			  const char *note) WARN_UNUSED;

/* One reason is gone, in a transaction that claimed the wallet row: status, hours and
 * what ran follow. *ended_r: it was one. */
enum errk suspension_clear(struct ctx *c, uint64_t account_id, const char *reason,
			   bool *ended_r) WARN_UNUSED;

/* ---- what is needed ---- */

/* True amounts, never masked: what stands open on invoices, and what must come
 * on the balance for an exhausted account to resume. total_minor: to pay in all. */
struct suspension_needed { int64_t open_minor, restore_e8, total_minor; };
enum errk suspension_needed(struct ctx *c, uint64_t account_id,
			    struct suspension_needed *out) WARN_UNUSED;

/* ---- orchestrators: commands for the resources of their source ---- */
enum errk suspension_command_done(struct ctx *c, const char *source, uint64_t id) WARN_UNUSED;
enum errk suspension_command_failed(struct ctx *c, const char *source, uint64_t id,
				    const char *error) WARN_UNUSED;

#endif
