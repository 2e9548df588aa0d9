/* Status, halted hours and the saga follow the set of reasons; staff's words. */
#include "suspension/suspension.h"

#include <string.h>

#include "account/account.h"
#include "base/clock.h"
#include "base/db.h"
#include "mail/mail.h"
#include "money/money.h"
#include "settings/settings.h"
#include "stmt.h"
#include "suspension/private.h"
#include "usage/funds.h"

/* From the hour on the account's hours are halted or not. The hour under way
 * keeps what it began with: suspended within it, it is charged, unless it began
 * without being covered, which is why; released within it, it stays free, for
 * nothing ran when it began. */
static enum errk halt_set(struct ctx *c, uint64_t account_id, int64_t hour, bool halted)
{
	uint64_t n;

	TRY(q_account_halt_drop(c, account_id, hour, &n));
	TRY(q_account_halt_close(c, account_id, hour, &n));
	TRY(q_account_halt_extend(c, account_id, hour, halted, &n));
	if (n > 0)
		return ERR_OK;
	return q_account_halt_open(c, account_id, hour, halted, &n);
}

enum errk suspension_follow(struct ctx *c, uint64_t account_id, bool *changed_r)
{
	struct hour_uncovered_now_row uncovered;
	struct account_halted_row halted;
	struct account_get_row a;
	bool want;
	uint64_t n;

	TRY(q_account_status_follow(c, account_id, &n));
	TRY(q_account_get(c, account_id, &a));
	TRY(q_account_halted(c, account_id, &halted));
	want = strcmp(a.status, "SUSPENDED") == 0;
	*changed_r = want != (halted.n > 0);
	if (!*changed_r)
		return ERR_OK;
	TRY(q_hour_uncovered_now(c, account_id, hour_floor(c->now), &uncovered));
	TRY(halt_set(c, account_id,
		     want && uncovered.n > 0 ? hour_floor(c->now) : hour_ceil(c->now), want));
	TRY(mail_add(c, &(struct mail_in){ .type = want ? MAIL_SUSPENDED : MAIL_RESTORED,
		.account_id = account_id, .key = arena_fmt(c->mem, "halt:%llu:%llu",
			(unsigned long long)account_id, (unsigned long long)a.version) }, NULL));
	return saga_start(c, account_id, want ? SAGA_HALT : SAGA_RESTORE);
}

enum errk suspension_clear(struct ctx *c, uint64_t account_id, const char *reason, bool *ended_r)
{
	bool changed;
	uint64_t n;

	TRY(q_account_reason_end(c, account_id, reason, c->now, c->actor, &n));
	*ended_r = n > 0;
	return n > 0 ? suspension_follow(c, account_id, &changed) : ERR_OK;
}

struct word { uint64_t id; const char *note; int64_t until; bool end; };

static enum errk staff_body(struct ctx *c, void *arg)
{
	const struct word *w = arg;
	bool changed;
	uint64_t n;

	TRY(q_wallet_claim(c, w->id, &n));
	if (!w->end) {
		TRY(account_suspend(c, w->id, "ADMIN", w->note));
		return suspension_follow(c, w->id, &changed);
	}
	TRY(account_lift(c, w->id, "ADMIN", w->note));
	TRY(q_account_reason_end_all(c, w->id, c->now, c->actor, &n));
	/* Money was a reason too: without a hold it would be one again at the next look. */
	if (n > 0 && w->until > c->now)
		TRY(q_account_hold_put(c, w->id, w->until, w->note, c->now, c->actor, &n));
	return suspension_follow(c, w->id, &changed);
}

enum errk suspension_by_staff(struct ctx *c, uint64_t account_id, const char *note)
{
	struct word w = { .id = account_id, .note = note };

	return db_tx(c, staff_body, &w);
}

enum errk suspension_end_by_staff(struct ctx *c, uint64_t account_id, int64_t hold_days,
				  const char *note)
{
	struct word w = { account_id, note, c->now + hold_days * 86400, true };

	return db_tx(c, staff_body, &w);
}

struct release { uint64_t id; int64_t until; const char *note; };

static enum errk release_body(struct ctx *c, void *arg)
{
	const struct release *r = arg;
	bool changed;
	uint64_t n;

	TRY(q_wallet_claim(c, r->id, &n));
	TRY(q_account_reason_end(c, r->id, "OVERDUE", c->now, c->actor, &n));
	TRY(q_account_reason_end(c, r->id, "EXHAUSTED", c->now, c->actor, &n));
	if (r->until > c->now)
		TRY(q_account_hold_put(c, r->id, r->until, r->note, c->now, c->actor, &n));
	return suspension_follow(c, r->id, &changed);
}

enum errk suspension_release_all(struct ctx *c, int64_t hold_days, const char *note, uint64_t *n_r)
{
	struct release r = { .until = c->now + hold_days * 86400, .note = note };
	struct reasons_money_row *rows;
	size_t n;

	*n_r = 0;
	do {
		TRY(q_reasons_money(c, r.id, &rows, &n));
		for (size_t i = 0; i < n; i++) {
			r.id = rows[i].account_id;
			TRY(db_tx(c, release_body, &r));
			(*n_r)++;
		}
	} while (n > 0);
	return ERR_OK;
}

enum errk suspension_hold(struct ctx *c, uint64_t account_id, int64_t until_at, const char *note)
{
	struct account_get_row a;
	uint64_t n;

	TRY(q_account_get(c, account_id, &a));
	if (until_at == 0)
		return q_account_hold_drop(c, account_id, &n);
	if (until_at <= c->now)
		return fail_field(c, "until", "Please give a time to come.");
	if (until_at > c->now + INT64_C(3660) * 86400)
		return fail_field(c, "until", "At most ten years ahead.");
	return q_account_hold_put(c, account_id, until_at, note, c->now, c->actor, &n);
}

enum errk suspension_confirm(struct ctx *c, uint64_t n)
{
	uint64_t changed;

	TRY(q_suspension_allow(c, n, c->actor, &changed));
	if (changed == 0)
		return fail(c, ERR_CONFLICT, "suspension.not_held", "nobody is waiting");
	return ERR_OK;
}

enum errk suspension_funds(struct ctx *c, uint64_t account_id, struct suspension_funds *f)
{
	int64_t hour = hour_floor(c->now);
	struct restored_burn_row burn;
	struct funds left;

	*f = (struct suspension_funds){ 0 };
	/* The hour of the suspension is charged: it is owed before it is rated. */
	TRY(funds_left(c, account_id, hour + 1, &left));
	if (!left.limited)
		return ERR_OK;
	TRY(q_restored_burn(c, account_id, hour, &burn));
	*f = (struct suspension_funds){ true, left.left_e8, 0 };
	return funds_with_tax(c, &left, burn.burn_e8, &f->burn_e8);
}

enum errk suspension_needed(struct ctx *c, uint64_t account_id, struct suspension_needed *out)
{
	int64_t hours = c->set->suspension_restore_hours, floor_e8, restore_minor;
	struct invoices_due_row due;
	struct suspension_funds f;
	struct account_get_row a;

	TRY(q_account_get(c, account_id, &a));
	TRY(q_invoices_due(c, account_id, c->now, &due));
	*out = (struct suspension_needed){ .open_minor = due.open_minor,
					   .total_minor = due.open_minor };
	TRY(suspension_funds(c, account_id, &f));
	if (!f.limited || suspension_funded(f.left_e8, f.burn_e8, hours))
		return ERR_OK;
	floor_e8 = f.burn_e8 * hours;
	if (floor_e8 == 0 && f.burn_e8 > 0)
		floor_e8 = 1;		/* above zero while something costs */
	out->restore_e8 = floor_e8 - f.left_e8;
	restore_minor = amount_to_pay(out->restore_e8, currency_find(a.currency));
	/* On FLEXIBLE what pays an invoice frees the credit line too. */
	if (strcmp(a.plan, "PREPAID") == 0)
		out->total_minor += restore_minor;
	else if (restore_minor > out->total_minor)
		out->total_minor = restore_minor;
	return ERR_OK;
}
