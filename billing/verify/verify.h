/* Every invariant that exists so far, each a query that counts violations:
 * `tollbridge verify`, the admin home, and the tests. Zero is right. */
#ifndef TB_VERIFY_VERIFY_H
#define TB_VERIFY_VERIFY_H

#include "base/ctx.h"

struct invariant {
	const char *id, *title;
	uint64_t value;		/* violations */
};
extern const size_t invariants_count;

/* All of them, in order; list_r has invariants_count elements. */
enum errk verify_all(struct ctx *c, struct invariant **list_r) WARN_UNUSED;

#endif
