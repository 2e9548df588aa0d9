/* tollbridge settings list | get | set | history */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cli/cli.h"
#include "money/money.h"
#include "rating/whatif.h"
#include "stmt.h"

static enum errk print_row(struct cli *k, const struct setting_def *d)
{
	struct setting_get_row row;
	enum errk e = q_setting_get(k->c, d->key, &row);

	if (e == ERR_NOT_FOUND) {
		err_clear(k->c);
		row = (struct setting_get_row){ .value = d->deflt };
	} else if (e != ERR_OK) {
		return e;
	}
	cli_say(k, "%2u %-28s %-24s %s", d->feature, d->key, row.value, d->title);
	return ERR_OK;
}

enum errk cmd_settings_list(struct cli *k)
{
	const char *group = k->argc > 0 ? k->argv[0] : "";

	if (k->json)
		return settings_to_json(k->c, k->out, group);
	for (size_t i = 0; i < settings_count; i++)
		if (group[0] == '\0' || strcmp(group, settings_defs[i].group) == 0)
			TRY(print_row(k, &settings_defs[i]));
	return ERR_OK;
}

enum errk cmd_settings_get(struct cli *k)
{
	const struct setting_def *d = settings_find(k->argv[0]);

	if (d == NULL)
		return fail(k->c, ERR_NOT_FOUND, "settings.unknown", "no setting %.64s",
			    k->argv[0]);
	if (k->json)
		return settings_row_to_json(k->c, k->out, d->key);
	TRY(print_row(k, d));
	cli_say(k, "   %s", d->help);
	return ERR_OK;
}

/* What other amounts the last 30 days would have come to. */
static enum errk effect(struct cli *k, const struct setting_changed *ch)
{
	struct whatif w;

	TRY(whatif_run(k->c, k->argv[0], ch->old_value, ch->value, &w));
	jo_arr(k->out, "effect");
	for (size_t i = 0; i < w.n; i++) {
		const struct whatif_sum_row *row = &w.rows[i];
		const char *before = amount_text(k->c->mem, row->before_e8);
		const char *after = amount_text(k->c->mem, row->after_e8);

		cli_say(k, "the last 30 days' usage: %s %s instead of %s, %llu of %llu accounts "
			"would pay another amount", after, row->currency, before,
			(unsigned long long)row->changed, (unsigned long long)row->accounts);
		jo_obj(k->out, NULL);
		jo_str(k->out, "currency", row->currency);
		jo_u64(k->out, "accounts", row->accounts);
		jo_u64(k->out, "changed", row->changed);
		jo_str(k->out, "before", before);
		jo_str(k->out, "after", after);
		jo_end(k->out);
	}
	jo_end(k->out);
	return ERR_OK;
}

enum errk cmd_settings_set(struct cli *k)
{
	struct setting_change in = { .key = k->argv[0], .value = k->argv[1],
				     .version = UINT64_MAX, .reason = k->reason,
				     .dry_run = k->dry_run };
	struct setting_changed out;

	TRY(settings_change(k->c, &in, &out));
	cli_say(k, "%s: %s -> %s%s", in.key, out.old_value, out.value,
		k->dry_run ? " (not saved)" : "");
	jo_str(k->out, "key", in.key);
	jo_str(k->out, "old", out.old_value);
	jo_str(k->out, "value", out.value);
	jo_u64(k->out, "generation", out.generation);
	jo_arr(k->out, "warnings");
	for (size_t i = 0; i < out.nwarnings; i++) {
		cli_say(k, "warning: %s", out.warnings[i]);
		jo_str(k->out, NULL, out.warnings[i]);
	}
	jo_end(k->out);
	return k->dry_run ? effect(k, &out) : ERR_OK;
}

enum errk cmd_settings_history(struct cli *k)
{
	struct setting_history_list_row *rows;
	size_t n;

	if (k->json)
		return settings_history_to_json(k->c, k->out, k->argv[0]);
	if (settings_find(k->argv[0]) == NULL)
		return fail(k->c, ERR_NOT_FOUND, "settings.unknown", "no setting %.64s",
			    k->argv[0]);
	TRY(q_setting_history_list(k->c, k->argv[0], &rows, &n));
	for (size_t i = 0; i < n; i++)
		cli_say(k, "%s  %s -> %s  %s  %s", clock_iso(k->c->mem, rows[i].at),
			rows[i].old_value, rows[i].new_value, rows[i].actor, rows[i].reason);
	return ERR_OK;
}
