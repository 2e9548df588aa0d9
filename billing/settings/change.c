/* Changing a setting: value, history, span and generation in one transaction. */
#include "settings/private.h"

#include <string.h>

#include "base/clock.h"
#include "base/db.h"
#include "stmt.h"

enum errk setting_now(struct ctx *c, const struct setting_def *def, const char **value_r,
		      uint64_t *version_r, int64_t *changed_at_r, const char **changed_by_r)
{
	struct setting_get_row row;
	enum errk k = q_setting_get(c, def->key, &row);

	if (k == ERR_NOT_FOUND) {
		err_clear(c);
		row = (struct setting_get_row){ .value = def->deflt, .changed_by = "" };
	} else if (k != ERR_OK) {
		return k;
	}
	*value_r = row.value;
	*version_r = row.version;
	*changed_at_r = row.changed_at;
	*changed_by_r = row.changed_by;
	return ERR_OK;
}

struct change {
	const struct setting_def *def;
	const struct setting_change *in;
	struct setting_changed *out;
};

static enum errk span_write(struct ctx *c, const char *key, const char *value, int64_t hour)
{
	uint64_t n;

	TRY(q_setting_span_drop_from(c, key, hour, &n));
	TRY(q_setting_span_close(c, key, hour, &n));
	return q_setting_span_open(c, key, hour, value, &n);
}

static enum errk value_write(struct ctx *c, const struct change *ch, uint64_t seen)
{
	uint64_t changed;
	enum errk k;

	if (seen > 0) {
		TRY(q_setting_update(c, ch->def->key, ch->out->value, seen, c->now, c->actor,
				     &changed));
		k = changed == 1 ? ERR_OK : ERR_CONFLICT;
	} else {
		k = q_setting_insert(c, ch->def->key, ch->out->value, c->now, c->actor, &changed);
	}
	if (k == ERR_CONFLICT)
		return fail(c, ERR_CONFLICT, "settings.version", "%s was changed meanwhile",
			    ch->def->key);
	return k;
}

static enum errk change_body(struct ctx *c, void *arg)
{
	struct change *ch = arg;
	struct system_state_get_row st;
	const char *by;
	uint64_t n, version;
	int64_t at;

	TRY(q_system_generation_bump(c, &n));
	TRY(setting_now(c, ch->def, &ch->out->old_value, &version, &at, &by));
	if (ch->in->version != UINT64_MAX && ch->in->version != version)
		return fail(c, ERR_CONFLICT, "settings.version", "%s: editor saw %llu, is %llu",
			    ch->def->key, (unsigned long long)ch->in->version,
			    (unsigned long long)version);
	TRY(value_write(c, ch, version));
	/* The hour under way keeps its value: money follows from the next one. */
	TRY(q_setting_history_add(c, ch->def->key, ch->out->old_value, ch->out->value, c->now,
				  hour_ceil(c->now), c->actor,
				  ch->in->reason ? ch->in->reason : "", &n));
	if (ch->def->flags & SF_MONEY)
		TRY(span_write(c, ch->def->key, ch->out->value, hour_ceil(c->now)));
	TRY(q_system_state_get(c, &st));
	ch->out->version = version + 1;
	ch->out->generation = st.generation;
	return ERR_OK;
}

enum errk settings_change(struct ctx *c, const struct setting_change *in,
			  struct setting_changed *out)
{
	const struct setting_def *def = settings_find(in->key);
	struct change ch = { .def = def, .in = in, .out = out };
	const char *by;
	int64_t at;

	memset(out, 0, sizeof *out);
	if (def == NULL)
		return fail(c, ERR_NOT_FOUND, "settings.unknown", "no setting %.64s", in->key);
	TRY(setting_check(c, def, in->value, &out->value));
	TRY(settings_lint(c, def, out->value, out));
	if (in->dry_run) {
		out->generation = c->generation;
		return setting_now(c, def, &out->old_value, &out->version, &at, &by);
	}
	return db_tx(c, change_body, &ch);
}
