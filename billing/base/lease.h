/* Leases: a row, written conditionally, with an end and a fencing number.
 * Several hosts may run the same daemon; one holds the lease. GET_LOCK and
 * SELECT ... FOR UPDATE do not hold across a cluster's nodes. Times are wall. */
#ifndef TB_BASE_LEASE_H
#define TB_BASE_LEASE_H

#include "base/ctx.h"

struct lease { const char *name; const char *holder; uint64_t fence; int64_t until; };

/* OK with fence set, or BUSY "lease.held" when another holder's has not ended.
 * Renewing one's own keeps the fence. */
enum errk lease_take(struct ctx *c, const char *name, const char *holder,
		     int64_t seconds, struct lease *l_r) WARN_UNUSED;
/* Inside a transaction: writes the lease row, so that the commit fails or
 * conflicts when somebody else has taken it. CONFLICT "lease.lost". */
enum errk lease_guard(struct ctx *c, const struct lease *l) WARN_UNUSED;
enum errk lease_drop(struct ctx *c, const struct lease *l) WARN_UNUSED;

#endif
