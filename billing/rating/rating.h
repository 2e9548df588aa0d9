/* Rating and posting: usage x price -> charges -> ledger, set-based in SQL,
 * integers only. Each step is one transaction over a chunk of accounts whose
 * wallet rows it writes first; watermarks and unique keys make a repeat, a
 * second biller or a crash between steps harmless. */
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
/* An account's usage that is not rated yet, through the end of the hour under
 * way; read-only, same SQL views. */
enum errk rating_accruing(struct ctx *c, uint64_t account_id, int64_t rated_until_hour,
			  int64_t until_hour, int64_t *amount_e8_r) WARN_UNUSED;

#endif
