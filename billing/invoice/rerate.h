/* Re-rating to notes: hours that stand on issued invoices are settled on these
 * invoices, by credit and debit notes; all others become adjustments of the cycle
 * under way, as a late event's do (rating/rating.h).
 *
 * What is found is taken together per invoice, resource and component of its price
 * (an hour that became free counts with the hour), rounded once to the minor unit,
 * and credited to the lines of that resource or claimed by a line of its own.
 * Percentages of discounts and surcharges of the invoice follow in proportion, as do
 * its taxes; fixed amounts stay. Never more is credited than is left of the invoice:
 * what a note has credited before is not credited again. What the invoice never said
 * of a resource (an hour that came late and was billed later), and hours under an
 * adjustment that spans two months, are adjustments.
 *
 * The adjustments that say so (charge, book_hour 0) are written in the transaction
 * of the notes and used up by them (noted_charge): a second run finds no difference. */
#ifndef TB_INVOICE_RERATE_H
#define TB_INVOICE_RERATE_H

#include "base/ctx.h"

enum settled { SETTLED_CREDIT, SETTLED_DEBIT, SETTLED_ADJUSTMENT, SETTLED_NOTHING };
const char *settled_name(enum settled how);

struct rerate_found {
	const char *invoice;		/* number; NULL: stands on none */
	const char *resource, *component;
	int64_t diff_e8;
	int64_t minor;			/* on the note, before percentages and taxes */
	enum settled how;
};
struct rerate_note {
	const char *kind, *number, *invoice;
	int64_t total_minor;		/* with its taxes */
};
struct rerate_result {
	struct rerate_found *found;
	size_t n;
	struct rerate_note *notes;
	size_t nnotes;
	int64_t sum_e8;
};
struct rerate_in {
	uint64_t account_id;
	int64_t from_hour;
	const char *reason;	/* on the notes */
	bool keep;		/* false: the same, rolled back */
};
/* One transaction per call. */
enum errk invoice_rerate(struct ctx *c, const struct rerate_in *in, struct rerate_result *out)
	WARN_UNUSED;

#endif
