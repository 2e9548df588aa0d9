/* Every invariant that exists so far, each a query that counts violations:
 * `tollbridge verify` and the tests count all of them at once; the biller counts
 * them in the background, some at a time, and keeps the figures for the admin
 * home. Zero is right. */
#ifndef TB_VERIFY_VERIFY_H
#define TB_VERIFY_VERIFY_H

#include "base/ctx.h"

struct invariant {
	const char *id, *title;
	uint64_t value;		/* violations */
};
extern const size_t invariants_count;

/* A figure that was kept. checked_at 0: never counted. Wall clock, seconds. */
struct gauge {
	const char *id, *title;
	uint64_t value;
	int64_t checked_at, took_ms, wrong_since;	/* wrong_since 0: right */
	bool due;		/* staff asked for a new count, or never counted */
};

/* Counts what is due (never counted, asked for, or older than verify.hours) until
 * budget_ms is over; at least one. *counted_r: how many. A figure that turns wrong
 * is logged once. */
enum errk gauges_count(struct ctx *c, int64_t budget_ms, size_t *counted_r) WARN_UNUSED;
/* In the order of invariants.def; list_r has invariants_count elements. */
enum errk gauges_list(struct ctx *c, struct gauge **list_r) WARN_UNUSED;

/* All of them, in order; list_r has invariants_count elements. */
enum errk verify_all(struct ctx *c, struct invariant **list_r) WARN_UNUSED;

#endif
