/* Deletion of what stands unpaid: a queue that staff may stop, warnings at
 * fixed points, and nothing when anything was paid meanwhile. */
#include "suspension/suspension.h"

#include <string.h>

#include "base/clock.h"
#include "base/db.h"
#include "base/log.h"
#include "mail/mail.h"
#include "settings/settings.h"
#include "stmt.h"
#include "suspension/private.h"

#define DAY_S 86400

/* Days before the deletion at which the customer is warned. */
static const uint32_t points[] = { 14, 7, 3, 1 };
#define NPOINTS (sizeof points / sizeof points[0])

static enum errk enqueue(struct ctx *c)
{
	struct deletion_new_row *rows;
	uint64_t added;
	size_t n;

	TRY(q_deletion_new(c, &rows, &n));
	for (size_t i = 0; i < n; i++)
		TRY(q_deletion_add(c, rows[i].account_id, rows[i].since_at,
				   rows[i].since_at + c->set->suspension_delete_days * DAY_S,
				   c->now, c->actor, &added));
	return ERR_OK;
}

struct deletion { const struct lease *lease; const struct deletion_waiting_row *row; bool done; };

static enum errk delete_body(struct ctx *c, void *arg)
{
	struct deletion *d = arg;
	uint64_t n;

	d->done = false;
	TRY(suspension_guard(c, d->lease));
	TRY(q_wallet_claim(c, d->row->account_id, &n));
	TRY(suspension_clock(c));
	TRY(q_deletion_take(c, d->row->id, c->now, c->actor, &n));
	if (n == 0)
		return ERR_OK;		/* stopped or paid a moment ago */
	d->done = true;
	return saga_start(c, d->row->account_id, SAGA_DELETE);
}

struct warning {
	const struct lease *lease;
	const struct deletion_waiting_row *row;
	uint32_t point;
};

/* The warning and its mail. */
static enum errk warn_body(struct ctx *c, void *arg)
{
	const struct warning *w = arg;
	unsigned long long id = w->row->id;
	uint64_t n;

	TRY(suspension_guard(c, w->lease));
	TRY(q_deletion_warn(c, w->row->id, w->point, c->now, &n));
	return mail_add(c, &(struct mail_in){ .type = MAIL_DELETION,
			.account_id = w->row->account_id, .ref_id = w->row->id,
			.detail = arena_fmt(c->mem, "%u", w->point),
			.key = arena_fmt(c->mem, "deletion:%llu:%u", id, w->point) }, NULL);
}

/* The nearest point that has come; earlier ones that were slept through are not
 * made up for. */
static enum errk warn(struct ctx *c, const struct lease *lease,
		      const struct deletion_waiting_row *q, int64_t *warned_at)
{
	struct warning w = { .lease = lease, .row = q };

	for (size_t i = NPOINTS; i-- > 0;) {
		if (q->due_at - c->now > (int64_t)points[i] * DAY_S)
			continue;
		if (!q->warned_null && q->warned <= points[i])
			return ERR_OK;
		w.point = points[i];
		TRY(db_tx(c, warn_body, &w));
		*warned_at = c->now;
		log_event(LOG_LVL_INFO, "deletion warning", "account",
			  arena_fmt(c->mem, "%llu", (unsigned long long)q->account_id), "due",
			  clock_iso(c->mem, q->due_at), NULL);
		return ERR_OK;
	}
	return ERR_OK;
}

static enum errk one(struct ctx *c, const struct lease *lease, const struct deletion_waiting_row *q,
		     uint64_t *deleted_r)
{
	int64_t warned_at = q->warned_at_null ? 0 : q->warned_at;
	struct deletion d = { .lease = lease, .row = q };
	uint64_t n;

	TRY(warn(c, lease, q, &warned_at));
	if (q->due_at > c->now)
		return ERR_OK;
	if (warned_at + DAY_S > c->now)
		return q_deletion_postpone(c, q->id, warned_at + DAY_S, c->now, &n);
	TRY(db_tx(c, delete_body, &d));
	if (d.done) {
		(*deleted_r)++;
		log_event(LOG_LVL_WARN, "resources deleted", "account",
			  arena_fmt(c->mem, "%llu", (unsigned long long)q->account_id), NULL);
	}
	return ERR_OK;
}

enum errk deletion_run(struct ctx *c, const struct lease *lease, uint64_t *deleted_r)
{
	struct deletion_waiting_row *rows;
	uint64_t changed;
	size_t n;

	if (c->set->suspension_delete_days == 0)
		return q_deletion_cancel_all(c, c->now, c->actor, &changed);
	TRY(q_deletion_cancel_paid(c, c->now, c->actor, &changed));
	if (!c->set->suspension_enabled)
		return ERR_OK;		/* nothing of itself; what was planned waits */
	TRY(enqueue(c));
	TRY(q_deletion_waiting(c, c->now + (int64_t)points[0] * DAY_S, &rows, &n));
	for (size_t i = 0; i < n; i++)
		TRY(one(c, lease, &rows[i], deleted_r));
	return ERR_OK;
}

enum errk deletion_decide(struct ctx *c, uint64_t account_id, const char *state, const char *note)
{
	struct deletion_open_row q;
	uint64_t n;

	TRY(q_deletion_open(c, account_id, &q));
	return q_deletion_set(c, account_id, state, note, c->now, c->actor, &n);
}
