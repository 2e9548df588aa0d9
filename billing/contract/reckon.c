/* See reckon.h. */
#include "contract/reckon.h"

#include <string.h>

#include "base/clock.h"
#include "contract/contract.h"
#include "stmt.h"

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

uint32_t fee_days_within(const struct zone_info *z, int64_t from_hour, int64_t to_hour, int64_t a,
			 int64_t b)
{
	int64_t first = from_hour;

	/* A contract's first day is one, whenever it began; others begin at midnight. */
	if (a > from_hour) {
		first = hour_ceil(zone_midnight(z, a * HOUR_S, 0));
		if (first < a)
			first = hour_ceil(zone_midnight(z, a * HOUR_S, 1));
	}
	return b < to_hour ? fee_days(z, first, b) : fee_days(z, first, to_hour);
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

static uint32_t min_u32(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static enum errk cycle_drawn(struct ctx *c, uint64_t account_id,
			     const struct contract_account_row *a, struct contract_cycle *y)
{
	struct fee_list_row *rows;
	size_t n;

	TRY(q_fee_list(c, account_id, a->cycle_from_hour, &rows, &n));
	for (size_t i = 0; i < n; i++)
		y->drawn_e8 += rows[i].drawn_e8;
	return ERR_OK;
}

static uint32_t halted_days(const struct zone_info *z, const struct contract_due *p,
			    const struct halted_spans_row *spans, size_t n)
{
	uint32_t days = 0;

	for (size_t i = 0; i < n; i++)
		if (spans[i].from_hour < p->to && spans[i].to_hour > p->from)
			days += fee_days_within(z, p->from, p->to, spans[i].from_hour,
						spans[i].to_hour);
	return days;
}

enum errk contract_cycle(struct ctx *c, uint64_t account_id, int64_t to_hour, bool in_arrears,
			 struct contract_cycle *y)
{
	struct halted_spans_row *halted = NULL;
	size_t nhalted = 0;
	struct contract_account_row a;
	struct contract_spans_row *rows;
	const struct zone_info *z;
	struct fee_part *split;
	uint32_t left;
	int64_t *minor;
	size_t n;

	TRY(q_contract_account(c, account_id, &a));
	z = zone_load(c->mem, a.timezone);
	*y = (struct contract_cycle){ .cur = currency_find(a.currency) };
	TRY(q_contract_spans(c, account_id, a.cycle_from_hour, &rows, &n));
	if (in_arrears)
		TRY(q_halted_spans(c, account_id, a.cycle_from_hour, to_hour, &halted, &nhalted));
	y->parts = ARENA_ARRAY(c->mem, n + 1, struct contract_due);
	split = ARENA_ARRAY(c->mem, n + 1, struct fee_part);
	minor = ARENA_ARRAY(c->mem, n + 1, int64_t);
	left = y->month_days = fee_month_days(z, a.cycle_from_hour, to_hour);
	for (size_t i = 0; i < n; i++) {
		int64_t from = rows[i].from_hour > a.cycle_from_hour ? rows[i].from_hour
								     : a.cycle_from_hour;
		int64_t to = rows[i].to_hour < to_hour ? rows[i].to_hour : to_hour;

		if (strcmp(rows[i].kind, "FIXED") != 0 || from >= to)
			continue;
		split[y->n] = (struct fee_part){ rows[i].fee_e8, fee_days(z, from, to) };
		if (split[y->n].days > left)	/* the customer moved */
			split[y->n].days = left;
		left -= split[y->n].days;
		y->parts[y->n] = (struct contract_due){ rows[i].id, from, to, rows[i].fee_e8, 0,
							split[y->n].days };
		y->parts[y->n].days -= min_u32(split[y->n].days,
					       halted_days(z, &y->parts[y->n], halted, nhalted));
		split[y->n].days = y->parts[y->n].days;
		y->n++;
	}
	fee_split(split, y->n, y->month_days, y->cur, minor);
	for (size_t i = 0; i < y->n; i++) {
		struct contract_due *p = &y->parts[i];

		p->amount_e8 = money_to_amount(minor[i], y->cur);
		TRY(amount_add(c, y->total_e8, p->amount_e8, &y->total_e8));
	}
	return cycle_drawn(c, account_id, &a, y);
}

