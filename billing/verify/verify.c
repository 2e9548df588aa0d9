#include "verify/verify.h"

#include "stmt.h"

/* Each query returns one number n; the generated row structs differ only in name. */
#define CHECK(id, title, stmt) \
	static enum errk check_##stmt(struct ctx *c, uint64_t *n_r) \
	{ \
		struct stmt##_row row; \
		enum errk k = q_##stmt(c, &row); \
\
		*n_r = k == ERR_OK ? row.n : 0; \
		return k; \
	}
#include "verify/invariants.def"
#undef CHECK

static const struct {
	const char *id, *title;
	enum errk (*run)(struct ctx *c, uint64_t *n_r);
} checks[] = {
#define CHECK(id, title, stmt) { id, title, check_##stmt },
#include "verify/invariants.def"
#undef CHECK
};
const size_t invariants_count = sizeof checks / sizeof checks[0];

enum errk verify_all(struct ctx *c, struct invariant **list_r)
{
	struct invariant *list = ARENA_ARRAY(c->mem, invariants_count, struct invariant);

	for (size_t i = 0; i < invariants_count; i++) {
		list[i] = (struct invariant){ checks[i].id, checks[i].title, 0 };
		TRY(checks[i].run(c, &list[i].value));
	}
	*list_r = list;
	return ERR_OK;
}
