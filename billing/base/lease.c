/* A lease is one row of the table lease. */
#include "base/lease.h"

#include <assert.h>

#include "base/db.h"
#include "stmt.h"

struct taking {
	const char *name, *holder;
	int64_t seconds;
	struct lease *lease;
};

static enum errk take(struct ctx *c, void *arg)
{
	struct taking *t = arg;
	struct lease_get_row row;
	int64_t until = c->wall + t->seconds;
	uint64_t changed, unused;
	enum errk k;

	TRY(q_lease_renew(c, t->name, t->holder, c->wall, until, &changed));
	k = q_lease_get(c, t->name, &row);
	if (k == ERR_NOT_FOUND) {
		TRY(q_lease_add(c, t->name, t->holder, until, &unused));
		k = q_lease_get(c, t->name, &row);
	} else if (k == ERR_OK && !changed) {
		return fail(c, ERR_BUSY, "lease.held", "%s is held by %s until %lld", t->name,
			    row.holder, (long long)row.until_at);
	}
	TRY(k);
	*t->lease = (struct lease){ .name = t->name, .holder = t->holder,
		.fence = row.fence, .until = row.until_at };
	err_clear(c);
	return ERR_OK;
}

enum errk lease_take(struct ctx *c, const char *name, const char *holder, int64_t seconds,
		     struct lease *l_r)
{
	struct taking t = { name, holder, seconds, l_r };
	enum errk k;

	assert(seconds > 0 && holder[0]);
	k = db_tx(c, take, &t);
	/* Two first takers collide on the key: the other one has it. */
	if (k == ERR_CONFLICT)
		return fail(c, ERR_BUSY, "lease.held", "%s was just taken", name);
	return k;
}

enum errk lease_guard(struct ctx *c, const struct lease *l)
{
	uint64_t changed;

	assert(db_in_tx(c->db));
	TRY(q_lease_guard_write(c, l->name, l->holder, l->fence, c->wall, &changed));
	if (!changed)
		return fail(c, ERR_CONFLICT, "lease.lost", "%s fence %llu", l->name,
			    (unsigned long long)l->fence);
	return ERR_OK;
}

enum errk lease_drop(struct ctx *c, const struct lease *l)
{
	uint64_t changed;

	/* Nothing changed: somebody else has it, and it is not ours to end. */
	return q_lease_end(c, l->name, l->holder, l->fence, &changed);
}
