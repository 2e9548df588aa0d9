/* How much a customer may add to the balance at once. */
#include "invoice/invoice.h"

#include <string.h>

#include "catalog/catalog.h"
#include "money/money.h"
#include "settings/settings.h"
#include "stmt.h"

#define DAY 86400

/* A bound held in the base currency, fair to the customer: up or down to a
 * whole major unit. */
static enum errk bound(struct ctx *c, const struct setting_amount *a, const struct currency *cur,
		       bool up, int64_t *minor_r)
{
	int64_t e8 = a->e8;
	bool converted = strcmp(cur->code, c->set->currency_base) != 0;

	*minor_r = -1;
	if (!a->set)
		return ERR_OK;
	if (converted) {
		TRY(fx_convert(c, a->e8, c->set->currency_base, cur->code, &e8));
		e8 = (e8 + (up ? E8 - 1 : 0)) / E8 * E8;
	}
	*minor_r = e8 / cur->minor_e8;
	return ERR_OK;
}

/* Limits of the currency's own come before converted ones. */
static enum errk single(struct ctx *c, const struct currency *cur, struct recharge_bounds *b)
{
	struct setting_limit limits[LIMITS_MAX];
	size_t n;

	TRY(settings_limits(c, c->set->recharge_currencies, limits, &n));
	for (size_t i = 0; i < n; i++)
		if (limits[i].cur == cur) {
			b->min_minor = limits[i].min_minor;
			b->max_minor = limits[i].max_minor;
			return ERR_OK;
		}
	TRY(bound(c, &c->set->recharge_minimum, cur, false, &b->min_minor));
	return bound(c, &c->set->recharge_maximum, cur, true, &b->max_minor);
}

/* What is left of the sum within a day, and below the largest balance. */
static enum errk left(struct ctx *c, uint64_t account_id, const struct currency *cur,
		      struct recharge_bounds *b)
{
	struct recharge_sums_row sums;
	int64_t balance_minor;

	TRY(bound(c, &c->set->recharge_day_maximum, cur, true, &b->day_minor));
	TRY(bound(c, &c->set->recharge_balance_maximum, cur, true, &balance_minor));
	b->room_minor = -1;
	if (b->day_minor < 0 && balance_minor < 0)
		return ERR_OK;
	TRY(q_recharge_sums(c, account_id, c->now - DAY, &sums));
	if (b->day_minor >= 0)
		b->day_minor = b->day_minor > sums.day_minor ? b->day_minor - sums.day_minor : 0;
	if (balance_minor >= 0) {
		int64_t room = money_to_amount(balance_minor - sums.open_minor, cur) -
			       sums.balance_e8;

		b->room_minor = room > 0 ? room / cur->minor_e8 : 0;
	}
	return ERR_OK;
}

enum errk recharge_bounds(struct ctx *c, uint64_t account_id, struct recharge_bounds *b)
{
	struct account_get_row a;
	const struct currency *cur;

	TRY(q_account_get(c, account_id, &a));
	cur = currency_find(a.currency);
	TRY(single(c, cur, b));
	TRY(left(c, account_id, cur, b));
	b->cap_minor = a.personal_cap_minor_null ? -1 : a.personal_cap_minor;
	return ERR_OK;
}

int64_t recharge_most(const struct recharge_bounds *b)
{
	const int64_t all[] = { b->max_minor, b->cap_minor, b->day_minor, b->room_minor };
	int64_t most = -1;

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (all[i] >= 0 && (most < 0 || all[i] < most))
			most = all[i];
	return most;
}

enum errk recharge_check(struct ctx *c, const struct recharge_bounds *b, int64_t minor,
			 const struct currency *cur)
{
	const struct { int64_t minor; const char *before, *after; } most[] = {
		{ b->max_minor, "The largest recharge is", "" },
		{ b->cap_minor, "Your own limit for a recharge is", "" },
		{ b->day_minor, "Within 24 hours", " more can be added" },
		{ b->room_minor, "The balance has a limit:", " more can be added" },
	};

	if (minor <= 0)
		return fail_field(c, "amount", "Please give an amount above zero.");
	if (b->min_minor >= 0 && minor < b->min_minor)
		return fail_field(c, "amount", "The smallest recharge is %s %s.",
				  money_text(c->mem, b->min_minor, cur), cur->code);
	for (size_t i = 0; i < sizeof most / sizeof most[0]; i++)
		if (most[i].minor >= 0 && minor > most[i].minor)
			return fail_field(c, "amount", "%s %s %s%s.", most[i].before,
					  money_text(c->mem, most[i].minor, cur), cur->code,
					  most[i].after);
	return ERR_OK;
}
