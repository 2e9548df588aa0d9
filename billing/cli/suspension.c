/* tollbridge suspension list, suspension run */
#include <string.h>

#include "base/clock.h"
#include "base/db.h"
#include "cli/cli.h"
#include "money/money.h"
#include "stmt.h"
#include "suspension/suspension.h"

enum errk cmd_suspension_list(struct cli *k)
{
	struct suspension_list_row *rows;
	uint64_t after = 0, total = 0;
	size_t n;

	jo_arr(k->out, "rows");
	do {
		TRY(q_suspension_list(k->c, after, &rows, &n));
		for (size_t i = 0; i < n; i++) {
			cli_say(k, "%8llu  %-10s since %s by %s  %s",
				(unsigned long long)rows[i].account_id, rows[i].reason,
				clock_iso(k->c->mem, rows[i].since_at), rows[i].since_by,
				rows[i].name);
			jo_obj(k->out, NULL);
			jo_u64(k->out, "account_id", rows[i].account_id);
			jo_str(k->out, "name", rows[i].name);
			jo_str(k->out, "reason", rows[i].reason);
			jo_time(k->out, "since", rows[i].since_at);
			jo_str(k->out, "by", rows[i].since_by);
			jo_end(k->out);
			after = rows[i].account_id;
		}
		total += n;
	} while (n == 1000);
	jo_end(k->out);
	cli_say(k, "%llu reasons", (unsigned long long)total);
	return ERR_OK;
}

/* Who is next, whatever keeps it from happening. */
static enum errk candidates(struct cli *k)
{
	struct suspension_due_row *rows;
	size_t n;

	TRY(q_suspension_due(k->c, k->c->now, hour_floor(k->c->now), 0, 1000, &rows, &n));
	jo_arr(k->out, "rows");
	for (size_t i = 0; i < n; i++) {
		cli_say(k, "%8llu  %-10s %-9s balance %s, open %s %s  %s",
			(unsigned long long)rows[i].account_id, rows[i].reason, rows[i].status,
			amount_text(k->c->mem, rows[i].balance_e8),
			money_text(k->c->mem, rows[i].open_minor, currency_find(rows[i].currency)),
			rows[i].currency, rows[i].name);
		jo_obj(k->out, NULL);
		jo_u64(k->out, "account_id", rows[i].account_id);
		jo_str(k->out, "reason", rows[i].reason);
		jo_str(k->out, "name", rows[i].name);
		jo_end(k->out);
	}
	jo_end(k->out);
	return ERR_OK;
}

static enum errk dry_body(struct ctx *c, void *arg)
{
	struct suspension_stats *st = arg;

	memset(st, 0, sizeof *st);
	TRY(suspension_run_now(c, NULL, st));
	return fail(c, ERR_CONFLICT, "dry.run", "rolled back as asked");
}

enum errk cmd_suspension_run(struct cli *k)
{
	struct suspension_stats st = { 0 };
	struct suspension_state_get_row s;
	enum errk e;

	TRY(candidates(k));
	if (k->dry_run) {
		e = db_tx(k->c, dry_body, &st);
		if (e != ERR_CONFLICT || strcmp(k->c->err.code, "dry.run") != 0)
			return e;
		err_clear(k->c);
	} else {
		TRY(suspension_run_now(k->c, NULL, &st));
	}
	TRY(q_suspension_state_get(k->c, &s));
	cli_say(k, "%llu suspended, %llu released, %llu steps, %llu held by the breaker%s%s%s",
		(unsigned long long)st.suspended, (unsigned long long)st.lifted,
		(unsigned long long)st.steps, (unsigned long long)st.held,
		s.pause[0] != '\0' ? ", paused: " : "", s.pause,
		k->dry_run ? " (rolled back)" : "");
	jo_u64(k->out, "suspended", st.suspended);
	jo_u64(k->out, "released", st.lifted);
	jo_u64(k->out, "steps", st.steps);
	jo_u64(k->out, "held", st.held);
	jo_str(k->out, "pause", s.pause);
	jo_bool(k->out, "dry_run", k->dry_run);
	return ERR_OK;
}
