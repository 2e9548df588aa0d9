/* GET /api/{user,admin,hook}/health: can this pool answer? Settings were read
 * on the way here, so a database that is down has already been reported. */
#include "fcgi/route.h"

static enum errk health(struct req *r)
{
	jo_bool(r->out, "ok", true);
	jo_bool(r->out, "database", true);
	jo_u64(r->out, "generation", r->ctx.generation);
	return ERR_OK;
}

const struct field user_health_in[] = { F_END };
const struct field admin_health_in[] = { F_END };
const struct field hook_health_in[] = { F_END };

enum errk user_health(struct req *r)
{
	return health(r);
}

enum errk admin_health(struct req *r)
{
	return health(r);
}

enum errk hook_health(struct req *r)
{
	return health(r);
}
