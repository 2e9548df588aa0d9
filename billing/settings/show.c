/* Settings and their history as JSON, for the admin form and the CLI. */
#include "settings/private.h"

#include <string.h>

#include "base/clock.h"
#include "stmt.h"

static const char *const type_names[] = {
	[SETTING_BOOL] = "BOOL", [SETTING_INT] = "INT", [SETTING_MONEY] = "MONEY",
	[SETTING_STR] = "STR", [SETTING_ENUM] = "ENUM",
};

/* "a|b" -> array of strings */
static void list_out(struct ctx *c, struct jout *o, const char *list)
{
	for (const char *s = list; *s != '\0'; s += strcspn(s, "|"), s += *s == '|')
		jo_str(o, NULL, arena_dupn(c->mem, s, strcspn(s, "|")));
}

/* "user:A > B|admin:C" -> objects */
static void screens_out(struct ctx *c, struct jout *o, const char *list)
{
	for (const char *s = list; *s != '\0'; s += strcspn(s, "|"), s += *s == '|') {
		const char *one = arena_dupn(c->mem, s, strcspn(s, "|"));
		size_t portal = strcspn(one, ":");

		jo_obj(o, NULL);
		jo_str(o, "portal", arena_dupn(c->mem, one, portal));
		jo_str(o, "path", one[portal] == ':' ? one + portal + 1 : one);
		jo_end(o);
	}
}

static enum errk row_body(struct ctx *c, struct jout *o, const struct setting_def *d)
{
	struct setting_changed lint = { 0 };
	const char *value, *by;
	uint64_t version;
	int64_t at;

	TRY(setting_now(c, d, &value, &version, &at, &by));
	TRY(settings_lint(c, d, value, &lint));
	jo_str(o, "key", d->key);
	if (d->feature != 0)
		jo_u64(o, "feature", d->feature);
	else
		jo_null(o, "feature");
	jo_str(o, "title", d->title);
	jo_str(o, "help", d->help);
	jo_str(o, "type", type_names[d->type]);
	jo_str(o, "unit", d->unit);
	jo_str(o, "default", d->deflt);
	jo_str(o, "value", value);
	jo_str(o, "min", d->min);
	jo_str(o, "max", d->type == SETTING_ENUM ? "" : d->max);
	jo_arr(o, "choices");
	if (d->type == SETTING_ENUM)
		list_out(c, o, d->max);
	jo_end(o);
	jo_str(o, "group", d->group);
	jo_arr(o, "screens");
	screens_out(c, o, d->screens);
	jo_end(o);
	jo_u64(o, "version", version);
	jo_str(o, "changed_by", by);
	jo_time(o, "changed_at", at);
	jo_bool(o, "dangerous", (d->flags & SF_DANGEROUS) != 0);
	jo_bool(o, "money", (d->flags & SF_MONEY) != 0);
	jo_arr(o, "warnings");
	for (size_t i = 0; i < lint.nwarnings; i++)
		jo_str(o, NULL, lint.warnings[i]);
	jo_end(o);
	return ERR_OK;
}

enum errk settings_row_to_json(struct ctx *c, struct jout *o, const char *key)
{
	const struct setting_def *d = settings_find(key);

	if (d == NULL)
		return fail(c, ERR_NOT_FOUND, "settings.unknown", "no setting %.64s", key);
	return row_body(c, o, d);
}

enum errk settings_to_json(struct ctx *c, struct jout *o, const char *group)
{
	jo_arr(o, "rows");
	for (size_t i = 0; i < settings_count; i++) {
		const struct setting_def *d = &settings_defs[i];

		if (group[0] != '\0' && strcmp(group, d->group) != 0)
			continue;
		jo_obj(o, NULL);
		TRY(row_body(c, o, d));
		jo_end(o);
	}
	jo_end(o);
	return ERR_OK;
}

enum errk settings_history_to_json(struct ctx *c, struct jout *o, const char *key)
{
	struct setting_history_list_row *rows;
	size_t n;

	if (settings_find(key) == NULL)
		return fail(c, ERR_NOT_FOUND, "settings.unknown", "no setting %.64s", key);
	TRY(q_setting_history_list(c, key, &rows, &n));
	jo_arr(o, "rows");
	for (size_t i = 0; i < n; i++) {
		jo_obj(o, NULL);
		jo_time(o, "at", rows[i].at);
		jo_time(o, "effective_from", rows[i].effective_hour * HOUR_S);
		jo_str(o, "old", rows[i].old_value);
		jo_str(o, "new", rows[i].new_value);
		jo_str(o, "actor", rows[i].actor);
		jo_str(o, "reason", rows[i].reason);
		jo_end(o);
	}
	jo_end(o);
	return ERR_OK;
}
