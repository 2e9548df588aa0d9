/* Correcting a price that has been used: the row is kept as it was
 * (price_superseded) and another one of the same validity stands in its place.
 * Whoever was charged by it is marked to be rated again from his first hour of it:
 * the biller books the differences as adjustments, or with `notes` they are settled
 * at once on issued invoices (invoice/rerate.h). Issued lines cite the old row. */
#ifndef TB_INVOICE_CORRECT_H
#define TB_INVOICE_CORRECT_H

#include "base/ctx.h"
#include "invoice/rerate.h"

struct price_effect {
	uint64_t account_id;
	const char *name, *currency;
	int64_t from_hour;		/* the first hour charged by it */
	struct rerate_result result;	/* without notes: all of it adjustments */
};
struct price_corrected {
	uint64_t new_id;
	const char *item, *currency, *unit;
	int64_t old_e8, new_e8;		/* per unit that is charged: catalog/price.h */
	struct price_effect *effects;
	size_t n;
};
struct price_correction {
	uint64_t price_id;
	const char *amount;	/* as the catalogue says it: per hour, per GB and hour, per GB */
	const char *reason;
	const char *notes;	/* NULL: adjustments, by the biller */
	bool keep;		/* false: what it would come to, everything rolled back */
};
/* One transaction. effects[].result is filled when nothing is kept, or with notes. */
enum errk price_correct(struct ctx *c, const struct price_correction *in,
			struct price_corrected *out) WARN_UNUSED;

#endif
