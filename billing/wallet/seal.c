/* See seal.h. */
#include "wallet/seal.h"

#include "base/db.h"
#include "stmt.h"

#define TXNS_PER_SEAL 2000	/* 64 bytes each under group_concat_max_len */
#define WINDOW 5000		/* numbers a transaction may be behind the newest sealed one */

struct seal { const struct lease *lease; uint64_t taken; };

static enum errk seal_body(struct ctx *c, void *arg)
{
	struct seal *s = arg;
	struct seal_last_row last;
	uint64_t n;

	if (s->lease != NULL)
		TRY(lease_guard(c, s->lease));
	TRY(q_seal_last(c, WINDOW, &last));
	TRY(q_seal_take(c, last.id + 1, last.floor, TXNS_PER_SEAL, &s->taken));
	if (s->taken == 0)
		return ERR_OK;
	return q_seal_close(c, last.id + 1, last.hash, c->now, &n);
}

enum errk seal_run(struct ctx *c, const struct lease *lease)
{
	struct seal s = { lease, 0 };

	do {
		TRY(db_tx(c, seal_body, &s));
	} while (s.taken == TXNS_PER_SEAL);
	return ERR_OK;
}
