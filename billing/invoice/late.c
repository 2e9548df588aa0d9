#include "invoice/late.h"

#include <string.h>

#include "base/db.h"
#include "base/failpoint.h"
#include "invoice/rerate.h"
#include "rating/rating.h"
#include "stmt.h"

#define REASON "Usage that was reported late"

struct late { const struct lease *lease; uint64_t account_id; };

static enum errk late_body(struct ctx *c, void *arg)
{
	const struct late *l = arg;
	struct rerate_in in = { .account_id = l->account_id, .reason = REASON, .keep = true };
	struct rerate_result found;
	struct rerated_last_row last;
	bool settled = false;
	uint64_t n;

	if (l->lease != NULL)
		TRY(lease_guard(c, l->lease));
	TRY(rating_take_back(c, l->account_id, &in.from_hour));
	if (in.from_hour < 0)
		return ERR_OK;
	if (FAILPOINT("invoice.taken_back"))
		return fail(c, ERR_INTERNAL, "internal", "failpoint invoice.taken_back");
	TRY(q_rerated_last(c, &last));
	TRY(invoice_rerate(c, &in, &found));
	for (size_t i = 0; i < found.n; i++)
		settled |= found.found[i].how != SETTLED_ADJUSTMENT;
	/* Nothing for a note: as if nobody had asked, it goes to the next cycle. */
	if (!settled)
		return fail(c, ERR_CONFLICT, "dry.run", "no note");
	TRY(q_noted_taken_back(c, l->account_id, last.id, &n));
	return q_noted_out(c, l->account_id, &n);
}

enum errk invoice_late(struct ctx *c, const struct lease *lease, uint64_t lo, uint64_t hi,
		       int64_t cycle_to_hour)
{
	struct close_negative_row *rows;
	size_t n;

	TRY(q_close_negative(c, lo, hi, cycle_to_hour, &rows, &n));
	for (size_t i = 0; i < n; i++) {
		struct late l = { lease, rows[i].account_id };
		enum errk k = db_tx(c, late_body, &l);

		if (k == ERR_CONFLICT && strcmp(c->err.code, "dry.run") == 0)
			err_clear(c);
		else
			TRY(k);
	}
	return ERR_OK;
}
