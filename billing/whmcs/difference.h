/* Where this house and WHMCS do not agree, and what was changed on one side
 * because of the other. A difference is one row while it is open, however often
 * it is seen; staff decides whose value counts, the bridge carries it out. */
#ifndef TB_WHMCS_DIFFERENCE_H
#define TB_WHMCS_DIFFERENCE_H

#include "base/ctx.h"

struct difference {
	uint64_t account_id, local_id;
	const char *kind;		/* CLIENT, INVOICE, BALANCE */
	const char *what;		/* a field of the object, or what ails it as a whole */
	const char *cause;		/* BOTH_CHANGED, REFUSED_HERE, NOT_KEPT, CURRENCY ... */
	const char *ours, *theirs;	/* as shown; cut at 480 bytes */
	const char *note;
};
/* Opens it, or says that it is still there; other values than before take back a
 * decision. */
enum errk difference_open(struct ctx *c, const struct difference *d) WARN_UNUSED;
/* Nothing happens when none is open. */
enum errk difference_close(struct ctx *c, const char *kind, uint64_t local_id, const char *what,
			   const char *by) WARN_UNUSED;
/* Staff: OURS or THEIRS. NOT_FOUND; CONFLICT whmcs.undecidable when there are no two values to
 * choose from. */
enum errk difference_decide(struct ctx *c, uint64_t id, const char *side) WARN_UNUSED;

/* way: IN, a change of theirs carried out here; OUT, ours there. */
enum errk whmcs_changed(struct ctx *c, const struct difference *d, const char *way) WARN_UNUSED;
/* The client there is to be looked at (again): work for the bridge, if it is on. */
enum errk whmcs_look_at_client(struct ctx *c, uint64_t account_id) WARN_UNUSED;

#endif
