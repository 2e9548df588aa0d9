/* The context of a request or job. */
#include "base/ctx.h"

#include <string.h>

#include "base/clock.h"
#include "base/db.h"

static void restart(struct ctx *c)
{
	struct arena *mem = c->mem;
	struct db *db = c->db;

	memset(c, 0, sizeof(*c));
	c->mem = mem;
	c->db = db;
	c->wall = clock_wall();
	c->now = c->wall;
}

void ctx_init(struct ctx *c, size_t arena_cap)
{
	memset(c, 0, sizeof(*c));
	c->mem = arena_new(arena_cap);
	restart(c);
}

void ctx_reset(struct ctx *c)
{
	arena_reset(c->mem);
	restart(c);
}

void ctx_close(struct ctx *c)
{
	if (c->db)
		db_free(&c->db);
	if (c->mem)
		arena_free(&c->mem);
	memset(c, 0, sizeof(*c));
}
