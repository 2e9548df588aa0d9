/* What comes back when a month has ended. A late event of a month that is invoiced
 * becomes an adjustment of the cycle under way. When that cycle ends with less than
 * nothing, no invoice can say so, and the customer may never use anything again: the
 * adjustments are taken back and settled on the very invoices their hours stand on, by
 * credit notes with their taxes (and debit notes, for what came late as well), as
 * `tollbridge rerate --notes` does it (invoice/rerate.h). What no note can take stays an
 * adjustment, of the next cycle. */
#ifndef TB_INVOICE_LATE_H
#define TB_INVOICE_LATE_H

#include "base/ctx.h"
#include "base/lease.h"

/* Of the accounts lo to hi whose cycle ends at that hour with everything rated and
 * posted; each in a transaction of its own, or in the caller's. */
enum errk invoice_late(struct ctx *c, const struct lease *lease, uint64_t lo, uint64_t hi,
		       int64_t cycle_to_hour) WARN_UNUSED;

#endif
