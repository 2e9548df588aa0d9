/* See seal.h. */
#include "wallet/seal.h"

#include <string.h>

#include "base/db.h"
#include "base/random.h"
#include "stmt.h"

#define TXNS_PER_SEAL 1000	/* rows one statement may answer with */
#define WINDOW 5000		/* numbers a transaction may be behind the newest sealed one */

struct seal { const struct lease *lease; uint64_t taken; };

/* Added up here: GROUP_CONCAT with an order fails on MariaDB 10.11 when a
 * prepared statement runs for the second time. */
static enum errk link_on(struct ctx *c, const struct seal_last_row *last)
{
	struct seal_hashes_row *rows;
	struct str text;
	uint64_t changed;
	size_t n;

	TRY(q_seal_hashes(c, last->id + 1, &rows, &n));
	str_init(&text, c->mem, 64 * (n + 1) + 1);
	str_add(&text, last->hash);
	for (size_t i = 0; i < n; i++)
		str_add(&text, rows[i].hash);
	return q_seal_close(c, last->id + 1, last->hash, sha256_hex(c->mem, text.s, strlen(text.s)),
			    (uint32_t)n, c->now, &changed);
}

static enum errk seal_body(struct ctx *c, void *arg)
{
	struct seal *s = arg;
	struct seal_last_row last;

	if (s->lease != NULL)
		TRY(lease_guard(c, s->lease));
	TRY(q_seal_last(c, WINDOW, &last));
	TRY(q_seal_take(c, last.id + 1, last.floor, TXNS_PER_SEAL, &s->taken));
	if (s->taken == 0)
		return ERR_OK;
	return link_on(c, &last);
}

enum errk seal_run(struct ctx *c, const struct lease *lease, bool *more_r)
{
	struct seal s = { lease, 0 };

	TRY(db_tx(c, seal_body, &s));
	*more_r = s.taken == TXNS_PER_SEAL;
	return ERR_OK;
}
