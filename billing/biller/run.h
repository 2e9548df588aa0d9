/* One round of billing, shared by the daemon and `tollbridge bill run`. */
#ifndef TB_BILLER_RUN_H
#define TB_BILLER_RUN_H

#include "base/ctx.h"
#include "base/lease.h"

struct bill_stats {
	uint64_t chunks, charges, adjusted, invoices, suspended, lifted;
};

/* Rates and posts up to c->now, issues the invoices of every cycle that ended,
 * suspends and releases, and goes on until nothing is due: months of arrears are
 * worked off one cycle at a time. lease NULL: a run by hand; watermarks keep it harmless. */
enum errk bill_run(struct ctx *c, struct lease *lease, struct bill_stats *st) WARN_UNUSED;

#define BILL_LEASE_S 15	/* renewed at every step: how long a killed biller is missed */

#endif
