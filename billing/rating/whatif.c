#include "rating/whatif.h"

#include <string.h>

#include "base/clock.h"
#include "base/db.h"

struct run { const char *key, *was, *value; struct whatif *out; };

/* As if the setting had always had this value. */
static enum errk rate_with(struct ctx *c, const struct run *r, const char *value, uint32_t side)
{
	uint64_t n;

	TRY(q_setting_span_drop_from(c, r->key, 0, &n));
	TRY(q_setting_span_open(c, r->key, 0, value, &n));
	return q_whatif_fill(c, side, r->out->from_hour, r->out->to_hour, &n);
}

static enum errk body(struct ctx *c, void *arg)
{
	const struct run *r = arg;
	struct whatif_sum_row *rows;

	TRY(rate_with(c, r, r->was, 0));
	TRY(rate_with(c, r, r->value, 1));
	TRY(q_whatif_sum(c, &rows, &r->out->n));
	r->out->rows = rows;
	return fail(c, ERR_CONFLICT, "dry.run", "rolled back");
}

enum errk whatif_run(struct ctx *c, const char *key, const char *was, const char *value,
		     struct whatif *out)
{
	struct run r = { key, was, value, out };
	struct whatif_rules_row rules;
	enum errk k;

	*out = (struct whatif){ .to_hour = hour_floor(c->now) };
	out->from_hour = out->to_hour - WHATIF_HOURS;
	TRY(q_whatif_rules(c, key, &rules));
	out->rules = rules.n > 0;
	if (!out->rules)
		return ERR_OK;
	k = db_tx(c, body, &r);
	if (k != ERR_CONFLICT || strcmp(c->err.code, "dry.run") != 0)
		return k;
	err_clear(c);
	return ERR_OK;
}
