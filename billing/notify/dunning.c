/* The reminder ladder: which invoice gets which step now. */
#include "notify/private.h"

#include "base/clock.h"
#include "base/db.h"
#include "base/failpoint.h"
#include "settings/settings.h"
#include "stmt.h"

#define PAGE 200
#define DAY_S 86400

struct claim {
	const struct lease *lease;
	const struct dunning_page_row *row;
	const int32_t *steps;
	struct ladder_out due;
	bool sent;
};

static enum errk wants(struct ctx *c, uint64_t account_id, bool overdue, bool *yes_r)
{
	struct mail_choice_get_row choice;

	TRY(q_mail_choice_get(c, account_id, &choice));
	*yes_r = overdue ? choice.overdue : choice.reminder;
	return ERR_OK;
}

static enum errk claim_body(struct ctx *c, void *arg)
{
	struct claim *k = arg;
	uint64_t id = k->row->id, mail_id, n = 0;
	int32_t last = k->steps[k->due.to - 1];
	bool yes;

	k->sent = false;
	if (k->lease != NULL)
		TRY(lease_guard(c, k->lease));
	for (size_t i = k->due.from; i < k->due.to; i++)
		TRY(q_dunning_claim(c, id, k->steps[i], c->now, &n));
	if (n == 0 || !k->due.mail)
		return ERR_OK;		/* paid or claimed a moment ago; or nothing to say */
	if (FAILPOINT("dunning.claimed"))
		return fail(c, ERR_INTERNAL, "internal", "failpoint dunning.claimed");
	TRY(wants(c, k->row->account_id, k->due.overdue, &yes));
	if (!yes)
		return ERR_OK;
	TRY(mail_add(c, &(struct mail_in){
		.type = k->due.overdue ? MAIL_OVERDUE : MAIL_REMINDER,
		.account_id = k->row->account_id, .ref_id = id,
		.key = arena_fmt(c->mem, "dunning:%llu:%d", (unsigned long long)id, last) },
		&mail_id));
	if (mail_id == 0)
		return ERR_OK;
	k->sent = true;
	return q_dunning_mail(c, id, last, mail_id, &n);
}

static enum errk page(struct ctx *c, const struct lease *lease, const int32_t *steps, size_t n,
		      uint64_t *after, uint64_t *sent_r)
{
	struct dunning_page_row *rows;
	size_t found;

	TRY(q_dunning_page(c, c->now + (2 - steps[0]) * DAY_S, c->now, *after, PAGE, &rows,
			   &found));
	for (size_t i = 0; i < found; i++) {
		struct claim k = { .lease = lease, .row = &rows[i], .steps = steps };
		struct ladder_in in = {
			.zone = zone_load(c->mem, rows[i].timezone),
			.issued_at = rows[i].issued_at, .due_at = rows[i].due_at, .now = c->now,
			.hour = c->set->mail_hour, .steps = steps, .n = n,
			.any_done = !rows[i].last_step_null, .last_done = rows[i].last_step };

		*after = rows[i].id;
		ladder_due(&in, &k.due);
		if (k.due.to == k.due.from)
			continue;
		TRY(db_tx(c, claim_body, &k));
		*sent_r += k.sent;
	}
	if (found < PAGE)
		*after = 0;
	return ERR_OK;
}

enum errk dunning_run(struct ctx *c, const struct lease *lease, uint64_t *sent_r)
{
	struct arena *outer = c->mem;
	int32_t steps[LADDER_MAX];
	uint64_t after = 0;
	enum errk k = ERR_OK;
	size_t n;

	/* Written where settings change: what is stored is a ladder. */
	TRY(settings_ladder(c, c->set->mail_reminders, steps, &n));
	if (n == 0 || !mail_wanted(c, MAIL_REMINDER))
		return ERR_OK;
	c->mem = arena_new(16 << 20);
	do {
		arena_reset(c->mem);
		k = page(c, lease, steps, n, &after, sent_r);
	} while (k == ERR_OK && after > 0);
	if (k != ERR_OK)
		c->err.detail = arena_dup(outer, c->err.detail);
	arena_free(&c->mem);
	c->mem = outer;
	return k;
}
