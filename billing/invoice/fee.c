/* See fee.h. */
#include "invoice/fee.h"

#include <string.h>

#include "base/clock.h"
#include "base/db.h"
#include "base/failpoint.h"
#include "invoice/private.h"
#include "stmt.h"
#include "wallet/ledger.h"

/* A cycle may end a day off its month when the customer moved to another zone in
 * it; its middle does not. */
#define NEAR_END_H 36

uint32_t fee_days(const struct zone_info *z, int64_t from_hour, int64_t to_hour)
{
	uint32_t n = 0;
	int64_t hour = from_hour;

	while ((hour = hour_ceil(zone_midnight(z, hour * HOUR_S, 1))) <= to_hour)
		n++;
	return n;
}

uint32_t fee_month_days(const struct zone_info *z, int64_t from_hour, int64_t to_hour)
{
	int64_t at = to_hour - NEAR_END_H > from_hour ? to_hour - NEAR_END_H : from_hour;

	return fee_days(z, zone_month_hour(z, at * HOUR_S, 0),
			zone_month_hour(z, at * HOUR_S, 1));
}

void fee_split(const struct fee_part *parts, size_t n, uint32_t month_days,
	       const struct currency *cur, int64_t *amount_minor_r)
{
	__extension__ typedef __int128 i128;
	i128 sum = 0, unit = (i128)month_days * cur->minor_e8;
	int64_t before = 0;

	for (size_t i = 0; i < n; i++) {
		int64_t now;

		sum += (i128)parts[i].fee_e8 * parts[i].days;
		now = (int64_t)((2 * sum + unit) / (2 * unit));
		amount_minor_r[i] = now - before;
		before = now;
	}
}

const char *fee_label(struct arena *mem, uint32_t days, uint32_t month_days, int64_t fee_e8,
		      const struct currency *cur)
{
	if (days >= month_days)
		return "";
	return arena_fmt(mem, "%u/%u of %s", days, month_days,
			 money_text(mem, amount_to_minor(fee_e8, cur), cur));
}

/* ---- the fees of one cycle ---- */

struct part { uint64_t contract_id; int64_t from, to, fee_e8, amount_e8; uint32_t days; };
struct cycle {
	const struct currency *cur;
	struct part *parts;
	size_t n;
	uint32_t month_days;
	int64_t total_e8, drawn_e8;
};

static enum errk cycle_drawn(struct ctx *c, uint64_t account_id,
			     const struct contract_account_row *a, struct cycle *y)
{
	struct fee_list_row *rows;
	size_t n;

	TRY(q_fee_list(c, account_id, a->cycle_from_hour, &rows, &n));
	for (size_t i = 0; i < n; i++)
		y->drawn_e8 += rows[i].drawn_e8;
	return ERR_OK;
}

/* As the contracts stand in this transaction. */
static enum errk cycle_load(struct ctx *c, uint64_t account_id,
			    const struct contract_account_row *a, struct cycle *y)
{
	const struct zone_info *z = zone_load(c->mem, a->timezone);
	struct contract_spans_row *rows;
	struct fee_part *split;
	uint32_t left;
	int64_t *minor;
	size_t n;

	*y = (struct cycle){ .cur = currency_find(a->currency) };
	TRY(q_contract_spans(c, account_id, a->cycle_from_hour, &rows, &n));
	y->parts = ARENA_ARRAY(c->mem, n + 1, struct part);
	split = ARENA_ARRAY(c->mem, n + 1, struct fee_part);
	minor = ARENA_ARRAY(c->mem, n + 1, int64_t);
	left = y->month_days = fee_month_days(z, a->cycle_from_hour, a->cycle_to_hour);
	for (size_t i = 0; i < n; i++) {
		int64_t from = rows[i].from_hour > a->cycle_from_hour ? rows[i].from_hour
								      : a->cycle_from_hour;
		int64_t to = rows[i].to_hour < a->cycle_to_hour ? rows[i].to_hour
								: a->cycle_to_hour;

		if (strcmp(rows[i].kind, "FIXED") != 0 || from >= to)
			continue;
		split[y->n] = (struct fee_part){ rows[i].fee_e8, fee_days(z, from, to) };
		if (split[y->n].days > left)	/* the customer moved */
			split[y->n].days = left;
		left -= split[y->n].days;
		y->parts[y->n] = (struct part){ rows[i].id, from, to, rows[i].fee_e8, 0,
						split[y->n].days };
		y->n++;
	}
	fee_split(split, y->n, y->month_days, y->cur, minor);
	for (size_t i = 0; i < y->n; i++) {
		struct part *p = &y->parts[i];

		p->amount_e8 = money_to_amount(minor[i], y->cur);
		TRY(amount_add(c, y->total_e8, p->amount_e8, &y->total_e8));
	}
	return cycle_drawn(c, account_id, a, y);
}

/* draw_e8 is noted on the last part: it is what that one made necessary. */
static enum errk cycle_store(struct ctx *c, uint64_t account_id,
			     const struct contract_account_row *a, const struct cycle *y,
			     int64_t draw_e8)
{
	uint64_t n;

	for (size_t i = 0; i < y->n; i++) {
		const struct part *p = &y->parts[i];

		TRY(q_fee_put(c, p->contract_id, a->cycle_from_hour, account_id, p->from, p->to,
			      p->days, y->month_days, p->fee_e8, p->amount_e8,
			      i + 1 == y->n ? draw_e8 : 0,
			      fee_label(c->mem, p->days, y->month_days, p->fee_e8, y->cur), &n));
	}
	return ERR_OK;
}

enum errk fee_close(struct ctx *c, uint64_t account_id)
{
	struct contract_account_row a;
	struct cycle y;

	TRY(q_contract_account(c, account_id, &a));
	TRY(cycle_load(c, account_id, &a, &y));
	return cycle_store(c, account_id, &a, &y, 0);
}

/* From the balance to usage that an invoice will settle. The key names the
 * contract, the cycle and the hour the contract began in it: posted once. */
static enum errk draw(struct ctx *c, uint64_t account_id, const struct contract_account_row *a,
		      const struct cycle *y, int64_t amount_e8)
{
	const struct part *last = &y->parts[y->n - 1];
	const struct ledger_leg legs[] = {
		{ account_id, "WALLET", amount_e8 }, { account_id, "PREPAID_USAGE", -amount_e8 },
	};
	uint64_t n;

	if (amount_e8 <= 0)
		return ERR_OK;
	TRY(ledger_post(c, &(struct ledger_post){
		.key = arena_fmt(c->mem, "fee:%llu:%lld", (unsigned long long)last->contract_id,
				 (long long)a->cycle_from_hour),
		.account_id = account_id, .ref_id = last->contract_id, .reason = "CONTRACT_FEE",
		.note = "fixed payment in advance", .currency = a->currency, .at = c->now,
		.legs = legs, .nlegs = 2 }));
	TRY(q_wallet_drawn_add(c, account_id, amount_e8, &n));
	if (FAILPOINT("contract.drawn"))
		return fail(c, ERR_INTERNAL, "internal", "failpoint contract.drawn");
	return ERR_OK;
}

enum errk fee_advance(struct ctx *c, uint64_t account_id, int64_t *lacks_r)
{
	struct contract_account_row a;
	struct cycle y;
	int64_t need;

	*lacks_r = 0;
	TRY(q_contract_account(c, account_id, &a));
	if (strcmp(a.plan, "PREPAID") != 0)
		return ERR_OK;
	TRY(cycle_load(c, account_id, &a, &y));
	if (y.n == 0)
		return ERR_OK;
	need = y.total_e8 > y.drawn_e8 ? y.total_e8 - y.drawn_e8 : 0;
	if (need > 0 && a.balance_e8 - a.unposted_e8 < need) {
		*lacks_r = need - (a.balance_e8 - a.unposted_e8);
		return ERR_OK;
	}
	TRY(draw(c, account_id, &a, &y, need));
	return cycle_store(c, account_id, &a, &y, need);
}

/* ---- a cycle begins ---- */

/* What is agreed from the hour on, with nothing in between. */
static enum errk begin(struct ctx *c, uint64_t account_id, const struct contract_open_row *open,
		       int64_t hour)
{
	uint64_t n;

	TRY(q_contract_void(c, account_id, hour, &n));
	TRY(q_contract_end(c, account_id, hour, &n));
	TRY(q_contract_begin(c, open->id, hour, &n));
	return q_account_contract_follow(c, account_id, open->kind, open->fee_e8, &n);
}

static const struct contract_terms payg = { "PAYG", 0, "PAYG", NULL, 0 };

/* The balance does not hold the fee: the same terms wait, and until then the
 * account is Pay-As-You-Go from the hour on. */
static enum errk lapse(struct ctx *c, uint64_t account_id, const struct contract_last_row *last,
		       int64_t hour, bool renewal)
{
	struct contract_terms same = { last->kind, last->fee_e8, last->overage, NULL, 0 };
	struct contract_row row = { .account_id = account_id, .terms = &payg, .state = "ACTIVE",
				    .from_hour = hour, .note = "balance below the fee" };
	uint64_t id, n;

	TRY(q_contract_end(c, account_id, hour, &n));
	if (last->from_hour >= hour) {
		TRY(q_contract_wait(c, last->id, last->fee_e8, renewal, &n));
	} else {
		row.terms = &same;
		row.state = "WAITING";
		row.due_e8 = last->fee_e8;
		row.renewal = renewal;
		TRY(contract_insert(c, &row, &id));
		TRY(q_contract_parts_copy(c, last->id, id, &n));
		row.terms = &payg;
		row.state = "ACTIVE";
		row.due_e8 = 0;
		row.renewal = false;
	}
	return contract_insert(c, &row, &id);
}

enum errk fee_turn(struct ctx *c, uint64_t account_id)
{
	struct contract_account_row a;
	struct contract_open_row open;
	struct contract_last_row last;
	bool was_fixed;
	int64_t lacks;
	enum errk k;

	TRY(q_contract_account(c, account_id, &a));
	k = q_contract_last(c, account_id, &last);
	was_fixed = k == ERR_OK && strcmp(last.kind, "FIXED") == 0;
	if (k == ERR_NOT_FOUND)
		err_clear(c);
	else
		TRY(k);
	k = q_contract_open(c, account_id, &open);
	if (k == ERR_OK && strcmp(open.state, "PENDING") == 0)
		TRY(begin(c, account_id, &open, a.cycle_from_hour));
	else if (k != ERR_OK && k != ERR_NOT_FOUND)
		return k;
	err_clear(c);
	k = q_contract_last(c, account_id, &last);
	if (k == ERR_NOT_FOUND) {
		err_clear(c);
		return ERR_OK;		/* what there is waits for money */
	}
	TRY(k);
	if (strcmp(last.kind, "FIXED") == 0) {
		TRY(fee_advance(c, account_id, &lacks));
		if (lacks > 0)
			TRY(lapse(c, account_id, &last, a.cycle_from_hour, was_fixed));
	}
	return contract_cover_keep(c, account_id, a.cycle_from_hour);
}

/* ---- money has come ---- */

struct waiting { const struct lease *lease; uint64_t account_id; };

static enum errk waiting_body(struct ctx *c, void *arg)
{
	const struct waiting *w = arg;
	struct contract_account_row a;
	struct contract_open_row open;
	struct contract_last_row last;
	int64_t hour = hour_ceil(c->now), lacks;
	uint64_t n;
	enum errk k;

	if (w->lease != NULL)
		TRY(lease_guard(c, w->lease));
	TRY(q_wallet_claim(c, w->account_id, &n));
	TRY(q_contract_account(c, w->account_id, &a));
	k = q_contract_open(c, w->account_id, &open);
	if (k == ERR_NOT_FOUND) {
		err_clear(c);
		return ERR_OK;		/* cancelled meanwhile */
	}
	TRY(k);
	if (strcmp(open.state, "WAITING") != 0 || strcmp(a.status, "CLOSED") == 0)
		return ERR_OK;
	if (strcmp(a.plan, "PREPAID") == 0 && a.balance_e8 - a.unposted_e8 < open.due_e8)
		return ERR_OK;
	k = q_contract_last(c, w->account_id, &last);
	if (k == ERR_OK && hour <= last.from_hour)
		hour = last.from_hour + 1;
	else if (k == ERR_NOT_FOUND)
		err_clear(c);
	else
		TRY(k);
	if (hour >= a.cycle_to_hour)
		return ERR_OK;		/* with the next cycle */
	TRY(begin(c, w->account_id, &open, hour));
	TRY(fee_advance(c, w->account_id, &lacks));
	if (lacks > 0)		/* a part of what was there is never above it */
		return fail(c, ERR_INTERNAL, "internal", "account %llu lacks %lld",
			    (unsigned long long)w->account_id, (long long)lacks);
	return contract_cover_keep(c, w->account_id, hour);
}

enum errk fee_waiting_run(struct ctx *c, const struct lease *lease)
{
	struct contract_waiting_due_row *rows;
	struct waiting w = { .lease = lease };
	size_t n;

	do {
		TRY(q_contract_waiting_due(c, w.account_id, &rows, &n));
		for (size_t i = 0; i < n; i++) {
			w.account_id = rows[i].account_id;
			TRY(db_tx(c, waiting_body, &w));
		}
	} while (n == 100);
	return ERR_OK;
}
