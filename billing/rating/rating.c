#include "rating/rating.h"

#include <string.h>

#include "account/tax.h"
#include "base/clock.h"
#include "base/db.h"
#include "base/failpoint.h"
#include "money/money.h"
#include "rating/debit.h"
#include "settings/settings.h"
#include "stmt.h"

#define CHUNK_ACCOUNTS 500

struct chunk {
	const struct lease *lease;
	uint64_t lo, hi;
	int64_t until;
	bool caps;		/* some price has one */
	bool taxed;		/* there are rules */
	bool hourly, whole;	/* how far prepaid accounts go at once: rate_claim */
	struct rating_stats *st;
};

static enum errk guard(struct ctx *c, const struct lease *lease)
{
	return lease != NULL ? lease_guard(c, lease) : ERR_OK;
}

/* What was given pays before what was paid (wallet/credit.h); few accounts have some. */
static enum errk credits(struct ctx *c, const struct chunk *k)
{
	struct credit_any_row any;
	uint64_t n;

	TRY(q_credit_any(c, k->lo, k->hi, &any));
	if (any.n == 0)
		return ERR_OK;
	TRY(q_credit_post(c, k->lo, k->hi, &n));
	if (FAILPOINT("credit.posted"))
		return fail(c, ERR_INTERNAL, "internal", "failpoint credit.posted");
	return n > 0 ? q_credit_post_left(c, k->lo, k->hi, &n) : ERR_OK;
}

/* Entries and balances of the postings that rate_advance marked as due. */
static enum errk post(struct ctx *c, const struct chunk *k)
{
	uint64_t n;

	TRY(q_post_draw(c, k->lo, k->hi, &n));
	TRY(q_post_txn(c, k->lo, k->hi, c->now, c->actor, &n));
	TRY(q_post_entries(c, k->lo, k->hi, c->now, &n));
	TRY(q_post_balances(c, k->lo, k->hi, &n));
	TRY(credits(c, k));
	return q_post_finish(c, k->lo, k->hi, c->now, &n);
}

/* After everything else of the chunk: the hours are counted as they are charged. */
static enum errk caps(struct ctx *c, const struct chunk *k, int64_t since_hour)
{
	uint64_t n;

	if (!k->caps)
		return ERR_OK;
	TRY(q_cap_cycle_put(c, k->lo, k->hi, &n));
	TRY(q_rate_cap(c, k->lo, k->hi, since_hour, c->now, &n));
	k->st->charges += n;
	return ERR_OK;
}

/* What is not charged by the hour of a resource: nothing of it is looked for while
 * there is none. */
static enum errk extras(struct ctx *c, const struct chunk *k)
{
	struct rate_since_row since;
	uint64_t n;

	TRY(q_rate_since(c, k->lo, k->hi, &since));
	if (since.free_ip > 0) {
		TRY(q_rate_free_ip(c, k->lo, k->hi, c->now, &n));
		k->st->charges += n;
	}
	TRY(q_rate_traffic(c, k->lo, k->hi, c->now, &n));
	k->st->charges += n;
	return caps(c, k, since.hour);
}

/* Who has less left than the hour that begins will cost, taxes and all, is
 * written down: suspended within it, he is halted from its beginning. */
static enum errk short_of(struct ctx *c, const struct chunk *k)
{
	struct short_hours_row *rows;
	size_t n;

	TRY(q_short_hours(c, k->lo, k->hi, k->until, &rows, &n));
	for (size_t i = 0; i < n; i++) {
		int64_t cost_e8, tax_e8 = 0;
		uint64_t put;

		TRY(rating_accruing(c, rows[i].account_id, k->until, k->until + 1, &cost_e8));
		if (cost_e8 <= 0)
			continue;
		TRY(tax_up(c, cost_e8, rows[i].tax_ppm, &tax_e8));
		TRY(amount_add(c, cost_e8, tax_e8, &cost_e8));
		if (rows[i].left_e8 < cost_e8)
			TRY(q_hour_uncovered_put(c, rows[i].account_id, k->until, cost_e8, &put));
	}
	return ERR_OK;
}

static bool debits(const struct ctx *c, const char *frequency)
{
	return strcmp(c->set->prepaid_frequency, frequency) == 0;
}

static enum errk chunk_body(struct ctx *c, void *arg)
{
	const struct chunk *k = arg;
	struct charge_last_row last;
	uint64_t n;

	TRY(guard(c, k->lease));
	if (!k->hourly)
		TRY(q_debit_hours(c, k->lo, k->hi, k->until, debits(c, "MONTHLY"),
				  debits(c, "WEEKLY"), &n));
	TRY(q_rate_claim(c, k->lo, k->hi, k->until, k->hourly, k->whole, &n));
	if (n == 0)
		return ERR_OK;
	k->st->chunks++;
	if (FAILPOINT("rating.claimed"))
		return fail(c, ERR_INTERNAL, "internal", "failpoint rating.claimed");
	if (k->taxed)
		TRY(q_tax_reserve_put(c, k->lo, k->hi, c->now, tax_seller(c),
				      c->set->tax_inclusive, &n));
	TRY(q_charge_last(c, &last));
	TRY(q_rate_usage(c, k->lo, k->hi, c->now, &n));
	k->st->charges += n;
	TRY(extras(c, k));
	TRY(q_rate_advance(c, k->lo, k->hi, last.id, &n));
	if (FAILPOINT("rating.rated"))
		return fail(c, ERR_INTERNAL, "internal", "failpoint rating.rated");
	TRY(post(c, k));
	return short_of(c, k);
}

/* One pass over all accounts; *did_r: was there any due? */
static enum errk pass(struct ctx *c, const struct lease *lease, struct rating_stats *st,
		      bool *did_r)
{
	struct chunk k = { .lease = lease, .until = hour_floor(c->now), .st = st,
			   .hourly = c->set->prepaid_hourly };
	struct cap_any_row any;
	struct tax_any_row taxes;

	*did_r = false;
	if (!k.hourly)
		TRY(debit_days(c, k.until));
	TRY(q_cap_any(c, &any));
	k.caps = any.n > 0;
	TRY(q_tax_any(c, &taxes));
	k.taxed = taxes.n > 0;
	for (;;) {
		struct rate_due_row due;

		TRY(q_rate_due(c, k.hi, k.until, CHUNK_ACCOUNTS, &due));
		if (due.lo_null)
			return ERR_OK;
		k.lo = due.lo;
		k.hi = due.hi;
		TRY(db_tx(c, chunk_body, &k));
		*did_r = true;
	}
}

struct rerate { const struct lease *lease; uint64_t account_id; };

static enum errk rerate_body(struct ctx *c, void *arg)
{
	const struct rerate *r = arg;
	struct rerate_window_row w;
	struct rerate_widen_row wide;
	struct rerate_sum_row before, after;
	struct rerate_border_row border;
	uint64_t n;

	TRY(guard(c, r->lease));
	TRY(q_wallet_claim(c, r->account_id, &n));
	TRY(q_rerate_window(c, r->account_id, &w));
	if (w.from_hour_null)
		return ERR_OK;
	wide.from_hour = w.from_hour;
	for (int64_t seen = -1; wide.from_hour != seen;) {
		seen = wide.from_hour;
		TRY(q_rerate_widen(c, r->account_id, seen, &wide));
	}
	TRY(q_rerate_sum(c, r->account_id, w.book_hour, &before));
	for (int64_t from = wide.from_hour; from < w.until_hour; from = border.hour) {
		TRY(q_rerate_border(c, r->account_id, from, w.until_hour, &border));
		TRY(q_rerate_insert(c, r->account_id, from, border.hour, w.book_hour, c->now, &n));
	}
	TRY(q_rerate_traffic(c, r->account_id, w.from_hour, w.until_hour, w.book_hour, c->now, &n));
	TRY(q_rerate_sum(c, r->account_id, w.book_hour, &after));
	return q_rerate_done(c, r->account_id, after.amount_e8 - before.amount_e8, &n);
}

enum errk rating_take_back(struct ctx *c, uint64_t account_id, int64_t *from_hour_r)
{
	struct rating_stats st = { 0 };
	const struct chunk k = { .lo = account_id, .hi = account_id, .st = &st };
	struct rerate_window_row w;
	struct charge_last_row last;
	uint64_t n;

	*from_hour_r = -1;
	TRY(q_wallet_claim(c, account_id, &n));
	TRY(q_charge_last(c, &last));
	TRY(q_take_back(c, account_id, c->now, &n));
	if (n == 0)
		return ERR_OK;
	TRY(q_take_back_post(c, account_id, last.id, &n));
	TRY(post(c, &k));
	TRY(q_rerate_window(c, account_id, &w));
	*from_hour_r = w.from_hour;
	return ERR_OK;
}

struct again { uint64_t account_id; int64_t from_hour; bool keep; struct rating_again *out; };

/* As a late event would have it, then read what became of it. */
static enum errk again_body(struct ctx *c, void *arg)
{
	const struct again *a = arg;
	struct rerate r = { NULL, a->account_id };
	struct rerate_diff_row *rows;
	struct charge_last_row last;
	uint64_t n;

	*a->out = (struct rating_again){ 0 };
	TRY(q_wallet_claim(c, a->account_id, &n));
	TRY(q_wallet_rerate_from(c, a->account_id, a->from_hour, &n));
	TRY(q_charge_last(c, &last));
	TRY(rerate_body(c, &r));
	TRY(q_rerate_diff(c, a->account_id, last.id, &rows, &a->out->n));
	a->out->diffs = ARENA_ARRAY(c->mem, a->out->n + 1, struct rating_diff);
	for (size_t i = 0; i < a->out->n; i++) {
		a->out->diffs[i] = (struct rating_diff){
			rows[i].resource, rows[i].component, rows[i].amount_e8 };
		TRY(amount_add(c, a->out->sum_e8, rows[i].amount_e8, &a->out->sum_e8));
	}
	return a->keep ? ERR_OK : fail(c, ERR_CONFLICT, "dry.run", "rolled back as asked");
}

enum errk rating_again(struct ctx *c, uint64_t account_id, int64_t from_hour, bool keep,
		       struct rating_again *out)
{
	struct again a = { account_id, from_hour, keep, out };
	enum errk k = db_tx(c, again_body, &a);

	if (!keep && k == ERR_CONFLICT && strcmp(c->err.code, "dry.run") == 0) {
		err_clear(c);
		return ERR_OK;
	}
	return k;
}

static enum errk rerate_all(struct ctx *c, const struct lease *lease, struct rating_stats *st)
{
	struct rerate_due_row *rows;
	size_t n;

	do {
		TRY(q_rerate_due(c, &rows, &n));
		for (size_t i = 0; i < n; i++) {
			struct rerate r = { lease, rows[i].account_id };

			TRY(db_tx(c, rerate_body, &r));
			st->adjusted++;
		}
	} while (n > 0);
	return ERR_OK;
}

enum errk rating_run(struct ctx *c, const struct lease *lease, struct rating_stats *st,
		     bool *more_r)
{
	*more_r = false;
	TRY(rerate_all(c, lease, st));
	return pass(c, lease, st, more_r);
}

enum errk rating_account(struct ctx *c, uint64_t account_id, bool *did_r)
{
	struct rating_stats st = { 0 };
	struct chunk k = { .lo = account_id, .hi = account_id, .until = hour_floor(c->now),
			   .whole = true, .st = &st };
	struct rerate late = { NULL, account_id };
	struct cap_any_row any;

	TRY(db_tx(c, rerate_body, &late));
	TRY(q_cap_any(c, &any));
	k.caps = any.n > 0;
	TRY(db_tx(c, chunk_body, &k));
	*did_r = st.chunks > 0;
	return ERR_OK;
}

enum errk rating_accruing(struct ctx *c, uint64_t account_id, int64_t rated_until_hour,
			  int64_t until_hour, int64_t *amount_e8_r)
{
	struct accruing_sum_row row;

	TRY(q_accruing_sum(c, account_id, rated_until_hour, until_hour, &row));
	*amount_e8_r = row.amount_e8;
	return ERR_OK;
}
