/* Rating and posting: usage x price -> charges -> ledger, set-based in SQL,
 * integers only. Each step is one transaction over a chunk of accounts whose
 * wallet rows it writes first; watermarks and unique keys make a repeat, a
 * second biller or a crash between steps harmless.
 *
 * What an hour costs is said by the view rateable_usage (hours of instances and
 * addresses, GB-hours of volumes and snapshots) and sql/query/accrual.sql: the free
 * public IP, traffic, and what a monthly cap gives back.
 *
 * A price with a cap charges no more than so many hours of a resource in one
 * billing month. Counted is every hour of the month that cost something, at
 * whatever price, running or stopped; hours at price 0 (suspended, free by a
 * switch or as the free IP, in a fixed payment) do not count. When the count has
 * reached the cap of the price in force, the hour is charged and given back at
 * the same price: a line MONTHLY_CAP. A change of plan ends a cycle; the count
 * goes on in the rest of the month. */
#ifndef TB_RATING_RATING_H
#define TB_RATING_RATING_H

#include "base/ctx.h"
#include "base/lease.h"

struct rating_stats { uint64_t chunks, charges, adjusted; };

/* One pass over all accounts that are due at c->now: accounts that are debited
 * hourly go one hour on, others all the way; *more_r: another pass may find
 * more. lease: guarded in each chunk; NULL for a one-off run by hand. */
enum errk rating_run(struct ctx *c, const struct lease *lease, struct rating_stats *st,
		     bool *more_r) WARN_UNUSED;
/* The same for one account, all the way in one posting; inside the caller's
 * transaction. *did_r: call again. */
enum errk rating_account(struct ctx *c, uint64_t account_id, bool *did_r) WARN_UNUSED;
/* Rates the hours of one account from from_hour on once more, with the events,
 * prices, settings and suspensions that are known today. Differences become
 * adjustments of the cycle under way that name their hours; none is the rule, for
 * nothing is changed backwards. keep false: says them and keeps nothing. */
struct rating_diff { const char *resource, *component; int64_t amount_e8; };
struct rating_again { struct rating_diff *diffs; size_t n; int64_t sum_e8; };
enum errk rating_again(struct ctx *c, uint64_t account_id, int64_t from_hour, bool keep,
		       struct rating_again *out) WARN_UNUSED;

/* The adjustments of earlier months that an account's cycle would bill are taken
 * back, so that rating again from *from_hour_r finds them once more; -1: there
 * are none. Inside the caller's transaction. */
enum errk rating_take_back(struct ctx *c, uint64_t account_id, int64_t *from_hour_r) WARN_UNUSED;

/* An account's usage that is not rated yet, through the end of the hour under
 * way; read-only, same SQL views. */
enum errk rating_accruing(struct ctx *c, uint64_t account_id, int64_t rated_until_hour,
			  int64_t until_hour, int64_t *amount_e8_r) WARN_UNUSED;

#endif
