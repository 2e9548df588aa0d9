/* What a setting would change, before it is saved: the usage of the last 30 days,
 * rated with the value in force now and with the other one, by the views that
 * rating itself uses. Everything happens in a transaction that is rolled back. */
#ifndef TB_RATING_WHATIF_H
#define TB_RATING_WHATIF_H

#include "base/ctx.h"
#include "stmt.h"

#define WHATIF_HOURS 720

struct whatif {
	bool rules;		/* false: the setting does not rule what hours cost */
	int64_t from_hour, to_hour;
	const struct whatif_sum_row *rows;	/* per currency */
	size_t n;
};

/* Not inside a transaction. was and value are normalised values of the key. */
enum errk whatif_run(struct ctx *c, const char *key, const char *was, const char *value,
		     struct whatif *out) WARN_UNUSED;

#endif
