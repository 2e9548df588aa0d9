#include "verify/verify.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "contract/contract.h"
#include "settings/settings.h"
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
#define RECKON(id, title, func)
#include "verify/invariants.def"
#undef RECKON
#undef CHECK

static const struct {
	const char *id, *title;
	enum errk (*run)(struct ctx *c, uint64_t *n_r);
} checks[] = {
#define CHECK(id, title, stmt) { id, title, check_##stmt },
#define RECKON(id, title, func) { id, title, func },
#include "verify/invariants.def"
#undef RECKON
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

enum errk gauges_list(struct ctx *c, struct gauge **list_r)
{
	struct gauge *list = ARENA_ARRAY(c->mem, invariants_count, struct gauge);
	struct gauge_asked_row asked;
	struct gauge_list_row *rows;
	size_t n;

	TRY(q_gauge_asked(c, &asked));
	TRY(q_gauge_list(c, &rows, &n));
	for (size_t i = 0; i < invariants_count; i++) {
		struct gauge *g = &list[i];

		*g = (struct gauge){ .id = checks[i].id, .title = checks[i].title, .due = true };
		for (size_t k = 0; k < n; k++) {
			if (strcmp(rows[k].id, g->id) != 0)
				continue;
			g->value = rows[k].value;
			g->checked_at = rows[k].checked_at;
			g->took_ms = rows[k].took_ms;
			g->wrong_since = rows[k].wrong_since_null ? 0 : rows[k].wrong_since;
			g->due = g->checked_at <= asked.asked_at;
		}
	}
	*list_r = list;
	return ERR_OK;
}

static enum errk count_one(struct ctx *c, size_t i, const struct gauge *before)
{
	int64_t began = clock_mono_us();
	uint64_t value, n;

	TRY(checks[i].run(c, &value));
	/* now, not when the round began: staff may have asked in between */
	TRY(q_gauge_put(c, before->id, value, clock_wall(), (clock_mono_us() - began) / 1000, &n));
	if (value > 0 && before->wrong_since == 0)
		log_event(LOG_LVL_ERROR, "invariant", "id", before->id, "violations",
			  arena_fmt(c->mem, "%llu", (unsigned long long)value), NULL);
	return ERR_OK;
}

enum errk gauges_count(struct ctx *c, int64_t budget_ms, size_t *counted_r)
{
	const int64_t until = clock_mono_us() + budget_ms * 1000;
	const int64_t old = c->wall - c->set->verify_hours * HOUR_S;
	struct gauge *list;

	*counted_r = 0;
	TRY(gauges_list(c, &list));
	for (size_t i = 0; i < invariants_count; i++) {
		if (!list[i].due && list[i].checked_at > old)
			continue;
		TRY(count_one(c, i, &list[i]));
		++*counted_r;
		if (clock_mono_us() >= until)
			break;
	}
	return ERR_OK;
}
