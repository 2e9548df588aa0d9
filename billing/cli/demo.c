/* tollbridge demo: a small provider to look at. Refused unless the database is
 * empty: it must never touch a real one. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "account/account.h"
#include "base/db.h"
#include "base/sqlsplit.h"
#include "cli/cli.h"
#include "config.h"
#include "stmt.h"

#define DEMO_BYTES_MAX 65536

static enum errk run_file(struct ctx *c, const char *path)
{
	char *text = arena_alloc(c->mem, DEMO_BYTES_MAX);
	FILE *f = fopen(path, "re");
	struct sql_split split;
	const char *one;
	size_t len;

	if (f == NULL)
		return fail(c, ERR_INVALID, "conf", "cannot read %s: %s", path, strerror(errno));
	len = fread(text, 1, DEMO_BYTES_MAX, f);
	fclose(f);
	sql_split_init(&split, text, len);
	while (sql_split_next(&split, &one, &len))
		TRY(db_run_text(c, one, len));
	return ERR_OK;
}

static enum errk set(struct ctx *c, const char *key, const char *value)
{
	struct setting_change in = { .key = key, .value = value, .version = UINT64_MAX,
				     .reason = "demo data" };
	struct setting_changed out;

	return settings_change(c, &in, &out);
}

enum errk cmd_demo(struct cli *k)
{
	const char *dir = k->dir ? k->dir : TB_DATADIR "/sql";
	struct demo_empty_row e;
	uint64_t n;

	TRY(q_demo_empty(k->c, &e));
	if (e.n > 0)
		return fail_say(k->c, ERR_CONFLICT, "demo.not_empty",
				"The database is not empty: demo data goes into a new one only.");
	TRY(run_file(k->c, arena_fmt(k->c->mem, "%s/demo.sql", dir)));
	TRY(q_system_mark_testing(k->c, &n));
	TRY(settings_begin(k->c, k->cache));
	/* A visitor can sign up, use and be invoiced without paying first. */
	TRY(set(k->c, "plan.individual", "POSTPAID"));
	TRY(set(k->c, "display.cost_decimals", "4"));
	TRY(set(k->c, "seller.address", "Nimbus Cloud Ltd\n1 Demo Street\nDublin, Ireland"));
	if (k->c->set->whmcs_enabled == false)
		TRY(set(k->c, "whmcs.enabled", "1"));
	cli_say(k, "demo data loaded");
	jo_bool(k->out, "ok", true);
	return ERR_OK;
}
