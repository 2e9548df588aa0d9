/* Who: the look for new reasons, and the lifting of those that money cleared. */
#include "suspension/suspension.h"

#include <string.h>

#include "base/clock.h"
#include "base/db.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "settings/settings.h"
#include "stmt.h"
#include "suspension/private.h"

#define LOOK_S 5
#define LOOK_SHARE 30		/* looking takes at most one part in so many of the time */
#define PAGE 100
#define SCRATCH_BYTES (4 << 20)
#define NO_FUNDS "The funds are used up."

struct one {
	const struct lease *lease;
	uint64_t account_id;
	const char *reason;
	bool overdue, changed;
};

static void say(struct ctx *c, const char *what, const struct one *o)
{
	log_event(LOG_LVL_INFO, what, "account",
		  arena_fmt(c->mem, "%llu", (unsigned long long)o->account_id), "reason",
		  o->reason, "clock", clock_iso(c->mem, c->now), NULL);
}

/* ---- lifting ---- */

static enum errk lift_exhausted(struct ctx *c, uint64_t account_id)
{
	struct suspension_funds f;
	uint64_t n;

	TRY(suspension_funds(c, account_id, &f));
	if (!f.limited || suspension_funded(f.left_e8, f.burn_e8,
					    c->set->suspension_restore_hours))
		return q_account_reason_end(c, account_id, "EXHAUSTED", c->now, c->actor, &n);
	return q_exhausted_seen_put(c, account_id, &n);
}

static enum errk lift_body(struct ctx *c, void *arg)
{
	struct one *o = arg;
	uint64_t n;

	TRY(suspension_guard(c, o->lease));
	TRY(q_wallet_claim(c, o->account_id, &n));
	TRY(suspension_clock(c));
	if (o->overdue)
		TRY(q_suspension_lift_overdue(c, o->account_id, c->now, c->actor, &n));
	else
		TRY(lift_exhausted(c, o->account_id));
	if (FAILPOINT("suspension.lifted"))
		return fail(c, ERR_INTERNAL, "internal", "failpoint suspension.lifted");
	return suspension_follow(c, o->account_id, &o->changed);
}

static enum errk lift_all(struct ctx *c, const struct lease *lease, uint64_t *lifted_r)
{
	struct suspension_lift_due_row *rows;
	size_t n;

	TRY(q_suspension_lift_due(c, c->now, &rows, &n));
	for (size_t i = 0; i < n; i++) {
		struct one o = { .lease = lease, .account_id = rows[i].account_id,
				 .reason = rows[i].reason,
				 .overdue = strcmp(rows[i].reason, "OVERDUE") == 0 };

		TRY(db_tx(c, lift_body, &o));
		if (!o.changed)
			continue;
		(*lifted_r)++;
		say(c, "released", &o);
	}
	return ERR_OK;
}

/* ---- suspending ---- */

static enum errk suspend_body(struct ctx *c, void *arg)
{
	struct one *o = arg;
	uint64_t n;

	o->changed = false;
	TRY(suspension_guard(c, o->lease));
	TRY(q_wallet_claim(c, o->account_id, &n));
	TRY(suspension_clock(c));
	if (o->overdue)
		TRY(q_suspension_reason_overdue(c, o->account_id, c->now, c->actor,
						"An invoice is unpaid past its grace period.", &n));
	else
		TRY(q_suspension_reason_exhausted(c, o->account_id, hour_floor(c->now), c->now,
						  c->actor, NO_FUNDS, &n));
	if (n == 0)
		return ERR_OK;		/* paid, held or done meanwhile */
	if (FAILPOINT("suspension.reason"))
		return fail(c, ERR_INTERNAL, "internal", "failpoint suspension.reason");
	return suspension_follow(c, o->account_id, &o->changed);
}

enum errk suspension_exhausted(struct ctx *c, uint64_t account_id, bool *suspended_r)
{
	uint64_t n;

	*suspended_r = false;
	if (!c->set->suspension_enabled)
		return ERR_OK;
	TRY(q_suspension_reason_exhausted(c, account_id, hour_floor(c->now), c->now, c->actor,
					  NO_FUNDS, &n));
	return n > 0 ? suspension_follow(c, account_id, suspended_r) : ERR_OK;
}

static enum errk page(struct ctx *c, const struct lease *lease, uint64_t *after,
		      struct suspension_stats *st, bool *more_r)
{
	struct suspension_due_row *rows;
	size_t n;

	TRY(q_suspension_due(c, c->now, hour_floor(c->now), *after, PAGE, &rows, &n));
	*more_r = n == PAGE;
	for (size_t i = 0; i < n; i++) {
		struct one o = { .lease = lease, .account_id = rows[i].account_id,
				 .reason = rows[i].reason,
				 .overdue = strcmp(rows[i].reason, "OVERDUE") == 0 };

		TRY(db_tx(c, suspend_body, &o));
		*after = o.account_id;
		if (!o.changed)
			continue;
		st->suspended++;
		say(c, "suspended", &o);
	}
	return ERR_OK;
}

/* All that are due, in memory that does not grow with them. */
static enum errk suspend_all(struct ctx *c, const struct lease *lease, struct suspension_stats *st)
{
	struct arena *outer = c->mem;
	bool more = true;
	uint64_t after = 0;
	enum errk k = ERR_OK;

	c->mem = arena_new(SCRATCH_BYTES);
	while (k == ERR_OK && more) {
		arena_reset(c->mem);
		k = page(c, lease, &after, st, &more);
	}
	if (k != ERR_OK)
		c->err.detail = arena_dup(outer, c->err.detail);
	arena_free(&c->mem);
	c->mem = outer;
	return k;
}

static enum errk suspend_due(struct ctx *c, const struct lease *lease,
			     const struct suspension_state_get_row *s,
			     struct suspension_stats *st)
{
	struct suspension_due_count_row due;
	bool held;
	uint64_t n;

	TRY(q_suspension_due_count(c, c->now, hour_floor(c->now), &due));
	held = suspension_breaker(due.n, due.active, s->allow_n, c->set->suspension_mass_accounts,
				  c->set->suspension_mass_percent);
	if (held) {
		st->held = due.n;
		if (s->held_n == due.n && s->active_n == due.active)
			return ERR_OK;
		if (s->held_n == 0)
			log_event(LOG_LVL_WARN, "suspension held", "accounts",
				  arena_fmt(c->mem, "%llu", (unsigned long long)due.n), NULL);
		return q_suspension_state_held(c, due.n, due.active, c->now, s->allow_n, &n);
	}
	if (due.all_n > 0)
		TRY(suspend_all(c, lease, st));
	if (s->held_n == 0 && s->allow_n == 0)
		return ERR_OK;
	return q_suspension_state_held(c, 0, 0, c->now, 0, &n);
}

/* A new hour or setting is looked at at once; between them looks keep a distance
 * that grows with what they cost. */
static bool recent(const struct ctx *c, const struct suspension_state_get_row *s)
{
	int64_t pause_s = s->took_ms * LOOK_SHARE / 1000;
	int64_t since = c->wall - s->looked_at;

	return since >= 0 && since < (pause_s > LOOK_S ? pause_s : LOOK_S);
}

static enum errk look(struct ctx *c, const struct lease *lease, bool at_once,
		      struct suspension_stats *st)
{
	struct suspension_state_get_row s;
	struct suspension_signs_row signs;
	int64_t hour = hour_floor(c->now), outage_at, began = clock_mono_us();
	const char *pause;
	uint64_t n;

	TRY(q_suspension_state_get(c, &s));
	if (!at_once && s.looked_hour == hour && s.generation == c->generation && recent(c, &s))
		return ERR_OK;
	TRY(q_suspension_signs(c, &signs));
	pause = suspension_pause(&(struct pause_in){ .whmcs = c->set->whmcs_enabled,
		.wall = c->wall, .bridge_at = signs.bridge_at, .polled_at = signs.polled_at,
		.outage_at = s.outage_at }, &outage_at);
	TRY(due_days_fix(c));
	if (!c->set->suspension_enabled)
		pause = "OFF";
	if (pause[0] != '\0') {
		if (s.held_n > 0)
			TRY(q_suspension_state_held(c, 0, 0, c->now, 0, &n));
	} else {
		TRY(suspend_due(c, lease, &s, st));
	}
	return q_suspension_state_looked(c, c->wall, hour, (clock_mono_us() - began) / 1000,
					 c->generation, pause, outage_at, &n);
}

static enum errk run(struct ctx *c, const struct lease *lease, bool at_once,
		     struct suspension_stats *st)
{
	TRY(suspension_clock(c));
	TRY(lift_all(c, lease, &st->lifted));
	TRY(look(c, lease, at_once, st));
	TRY(deletion_run(c, lease, &st->deleted));
	return saga_run(c, lease, &st->steps);
}

enum errk suspension_run(struct ctx *c, const struct lease *lease,
			 struct suspension_stats *st)
{
	return run(c, lease, false, st);
}

enum errk suspension_run_now(struct ctx *c, const struct lease *lease,
			     struct suspension_stats *st)
{
	return run(c, lease, true, st);
}
