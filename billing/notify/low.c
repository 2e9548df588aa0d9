/* Balances that run low, told once each time; and the pace of the looks. */
#include "notify/private.h"

#include "base/clock.h"
#include "base/db.h"
#include "money/money.h"
#include "settings/settings.h"
#include "stmt.h"

#define PAGE 500
#define QUARTER_S 900
#define LOOK_S 30

struct telling { const struct lease *lease; const struct low_page_row *row; bool told; };

static enum errk tell_body(struct ctx *c, void *arg)
{
	struct telling *t = arg;
	uint64_t id = t->row->account_id, mail_id, n;
	struct mail_choice_get_row choice;
	struct mail_person_row a;
	int64_t left = t->row->left_e8;

	t->told = false;
	if (t->lease != NULL)
		TRY(lease_guard(c, t->lease));
	TRY(q_low_begin(c, id, c->now, left, &n));
	if (n == 0)
		return ERR_OK;
	TRY(q_mail_choice_get(c, id, &choice));
	if (!choice.low_balance)
		return ERR_OK;
	TRY(q_mail_person(c, id, &a));
	TRY(mail_add(c, &(struct mail_in){ .type = MAIL_LOW_BALANCE, .account_id = id,
		.key = arena_fmt(c->mem, "low:%llu:%lld", (unsigned long long)id,
				 (long long)c->now),
		.detail = arena_fmt(c->mem, "%lld|%s %s",
				    (long long)(left > 0 ? left / t->row->burn_e8 : 0),
				    amount_display(c->mem, left, 2), a.currency) }, &mail_id));
	t->told = mail_id > 0;
	return ERR_OK;
}

static enum errk one(struct ctx *c, const struct lease *lease, const struct low_page_row *row,
		     uint64_t *told_r)
{
	bool low = balance_low(row->left_e8, row->burn_e8, c->set->mail_low_hours);
	struct telling t = { .lease = lease, .row = row };
	uint64_t n;

	if (low && row->told_left_e8_null) {
		TRY(db_tx(c, tell_body, &t));
		*told_r += t.told;
	} else if (!low && !row->told_left_e8_null && row->left_e8 > row->told_left_e8) {
		/* Filled again. What only stopped costing may cost again. */
		TRY(q_low_end(c, row->account_id, &n));
	}
	return ERR_OK;
}

enum errk low_run(struct ctx *c, const struct lease *lease, uint64_t *told_r)
{
	struct arena *outer = c->mem;
	struct low_page_row *rows;
	struct low_last_row last;
	enum errk k = ERR_OK;
	size_t n = 0;

	if (!mail_wanted(c, MAIL_LOW_BALANCE))
		return ERR_OK;
	TRY(q_low_last(c, &last));
	c->mem = arena_new(8 << 20);
	for (uint64_t after = 0; k == ERR_OK && after < last.id; after += PAGE) {
		arena_reset(c->mem);
		k = q_low_page(c, hour_floor(c->now), after, after + PAGE, &rows, &n);
		for (size_t i = 0; k == ERR_OK && i < n; i++)
			k = one(c, lease, &rows[i], told_r);
	}
	if (k != ERR_OK)
		c->err.detail = arena_dup(outer, c->err.detail);
	arena_free(&c->mem);
	c->mem = outer;
	return k;
}

/* The clock is looked at again: a round of the biller may take long. */
static enum errk clock_again(struct ctx *c)
{
	struct system_state_get_row row;

	TRY(q_system_state_get(c, &row));
	c->wall = clock_wall();
	c->now = c->wall + row.clock_offset_s;
	return ERR_OK;
}

enum errk notify_run(struct ctx *c, const struct lease *lease, struct notify_stats *st)
{
	int64_t quarter, hour, since;
	struct mail_state_get_row s;
	bool due, hourly;
	uint64_t n;

	if (!c->set->mail_enabled)
		return ERR_OK;
	TRY(clock_again(c));
	TRY(q_mail_state_get(c, &s));
	quarter = c->now / QUARTER_S;
	hour = hour_floor(c->now);
	since = c->wall - s.looked_at;
	/* A new quarter of an hour or setting at once; costs change with the hour. */
	due = quarter != s.looked_quarter || s.generation != c->generation || since < 0 ||
	      since >= LOOK_S;
	hourly = hour != s.looked_hour || s.generation != c->generation;
	if (!due)
		return ERR_OK;
	TRY(dunning_run(c, lease, &st->reminders));
	if (hourly)
		TRY(low_run(c, lease, &st->low));
	return q_mail_state_looked(c, c->wall, quarter, hour, c->generation, &n);
}
