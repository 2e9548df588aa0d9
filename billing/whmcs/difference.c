#include "whmcs/difference.h"

#include <string.h>

#include "base/db.h"
#include "base/outbox.h"
#include "settings/settings.h"
#include "stmt.h"

static const char *cut(struct ctx *c, const char *s)
{
	return arena_fmt(c->mem, "%.480s", s != NULL ? s : "");
}

enum errk difference_open(struct ctx *c, const struct difference *d)
{
	uint64_t n;

	return q_difference_open(c, d->account_id, d->kind, d->local_id, d->what, d->cause,
				 cut(c, d->ours), cut(c, d->theirs), cut(c, d->note), c->wall, &n);
}

enum errk difference_close(struct ctx *c, const char *kind, uint64_t local_id, const char *what,
			   const char *by)
{
	uint64_t n;

	return q_difference_close(c, kind, local_id, what, c->wall, by, &n);
}

struct decision { uint64_t id; const char *side; };

static enum errk decide_body(struct ctx *c, void *arg)
{
	const struct decision *d = arg;
	struct difference_get_row row;
	uint64_t n;

	TRY(q_difference_decide(c, d->id, d->side, &n));
	TRY(q_difference_get(c, d->id, &row));
	if (n != 1 && strcmp(row.decision, d->side) != 0)
		return fail(c, ERR_CONFLICT, "whmcs.undecidable",
			    "difference %llu is closed, or leaves no choice between two values",
			    (unsigned long long)d->id);
	return whmcs_look_at_client(c, row.account_id);
}

enum errk difference_decide(struct ctx *c, uint64_t id, const char *side)
{
	struct decision d = { id, side };

	return db_tx(c, decide_body, &d);
}

enum errk whmcs_changed(struct ctx *c, const struct difference *d, const char *way)
{
	uint64_t n;

	return q_whmcs_change_add(c, d->account_id, d->kind, d->local_id, way, d->what,
				  strcmp(way, "IN") == 0 ? cut(c, d->ours) : cut(c, d->theirs),
				  strcmp(way, "IN") == 0 ? cut(c, d->theirs) : cut(c, d->ours),
				  c->wall, &n);
}

enum errk whmcs_look_at_client(struct ctx *c, uint64_t account_id)
{
	if (!c->set->whmcs_enabled)
		return ERR_OK;
	return outbox_again(c, "WHMCS_CLIENT",
			    arena_fmt(c->mem, "whmcs.client.%llu", (unsigned long long)account_id),
			    arena_fmt(c->mem, "account.%llu", (unsigned long long)account_id),
			    account_id);
}
