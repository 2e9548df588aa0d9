#include "promo/discount.h"

#include <string.h>

#include "base/clock.h"
#include "base/db.h"
#include "money/money.h"
#include "stmt.h"

#define PPM_PER_PERCENT 10000

enum errk percent_field(struct ctx *c, const char *field, const char *text, int64_t lo_ppm,
			int64_t hi_ppm, int64_t *ppm_r)
{
	int64_t e8;

	*ppm_r = 0;
	if (text == NULL || amount_parse(c, text, 4, &e8) != ERR_OK) {
		err_clear(c);
		return fail_field(c, field, "Please give a percentage with at most 4 decimals.");
	}
	*ppm_r = e8 / (E8 / PPM_PER_PERCENT);
	if (*ppm_r == 0 || *ppm_r < lo_ppm || *ppm_r > hi_ppm)
		return fail_field(c, field, lo_ppm < 0 ? "Between %s and %s, and not 0."
						       : "Between %s and %s.",
				  percent_text(c->mem, lo_ppm), percent_text(c->mem, hi_ppm));
	return ERR_OK;
}

const char *percent_text(struct arena *mem, int64_t ppm)
{
	int64_t whole = ppm / PPM_PER_PERCENT, part = ppm % PPM_PER_PERCENT;
	char *text = arena_fmt(mem, "%s%lld.%04lld", ppm < 0 ? "-" : "",
			       (long long)(whole < 0 ? -whole : whole),
			       (long long)(part < 0 ? -part : part));
	size_t len = strlen(text);

	while (text[len - 1] == '0')
		text[--len] = '\0';
	if (text[len - 1] == '.')
		text[--len] = '\0';
	return text;
}

enum errk discount_begin(struct ctx *c, uint64_t account_id, struct discount_start *s)
{
	struct discount_start_row row;
	int64_t month;

	TRY(q_discount_start(c, account_id, &row));
	*s = (struct discount_start){ .currency = row.currency, .status = row.status,
				      .zone = zone_load(c->mem, row.timezone),
				      .first_hour = row.from_hour };
	if (row.to_hour > hour_floor(c->now))
		return ERR_OK;
	month = zone_month_hour(s->zone, c->now, 0);
	s->first_hour = row.to_hour > month ? row.to_hour : month;
	return ERR_OK;
}

struct add { const struct discount_in *in; uint64_t *id_r; };

static enum errk value_check(struct ctx *c, const struct discount_in *in,
			     const struct currency *cur, int64_t *ppm_r, int64_t *e8_r)
{
	int64_t minor;

	*ppm_r = *e8_r = 0;
	if ((in->percent == NULL) == (in->amount == NULL))
		return fail_field(c, "percent", "Please give either a percentage or an amount.");
	if (in->percent != NULL)
		return percent_field(c, "percent", in->percent, -1000000, 10000000, ppm_r);
	if (money_parse(c, in->amount, cur, &minor) != ERR_OK) {
		err_clear(c);
		return fail_field(c, "amount", "Please give an amount in %s with at most %u "
				  "decimals.", cur->code, cur->digits);
	}
	if (minor == 0)
		return fail_field(c, "amount", "Must not be 0.");
	*e8_r = money_to_amount(minor, cur);
	return ERR_OK;
}

static enum errk scope_check(struct ctx *c, const char *scope)
{
	struct discount_scopes_row *rows;
	size_t n;

	if (scope == NULL || scope[0] == '\0')
		return ERR_OK;
	TRY(q_discount_scopes(c, &rows, &n));
	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i].component, scope) == 0)
			return ERR_OK;
	return fail_field(c, "scope", "There is no such component.");
}

/* Closed cycles have their invoices: the first month is this one or a later one. */
static enum errk start_check(struct ctx *c, int64_t from, const struct discount_start *s,
			     int64_t *hour_r)
{
	struct civil v = civil_from_utc(from);

	*hour_r = s->first_hour;
	if (from == 0)
		return ERR_OK;
	*hour_r = hour_ceil(zone_month(s->zone, v.year, v.month));
	if (*hour_r < zone_month_hour(s->zone, c->now, 0))
		return fail_field(c, "from", "This month is invoiced already.");
	return ERR_OK;
}

static enum errk add_body(struct ctx *c, void *arg)
{
	const struct add *a = arg;
	const struct discount_in *in = a->in;
	struct discount_start s;
	int64_t ppm, e8, hour;
	uint64_t n;

	TRY(q_wallet_claim(c, in->account_id, &n));
	TRY(discount_begin(c, in->account_id, &s));
	if (strcmp(s.status, "CLOSED") == 0)
		return fail(c, ERR_CONFLICT, "account.closed", "account is closed");
	(void)!value_check(c, in, currency_find(s.currency), &ppm, &e8);
	(void)!scope_check(c, in->scope);
	(void)!start_check(c, in->from, &s, &hour);
	if (c->err.nfields > 0)
		return ERR_INVALID;
	return q_discount_insert(c, in->account_id, "ADMIN", NULL,
				 in->percent != NULL ? "PERCENT" : "FIXED", ppm, e8, s.currency,
				 in->scope != NULL ? in->scope : "", hour, in->cycles, in->label,
				 c->now, c->actor, a->id_r);
}

enum errk discount_add(struct ctx *c, const struct discount_in *in, uint64_t *id_r)
{
	struct add a = { in, id_r };

	return db_tx(c, add_body, &a);
}

static enum errk end_body(struct ctx *c, void *arg)
{
	const uint64_t *id = arg;
	struct discount_owner_row d;
	uint64_t n;

	TRY(q_discount_owner(c, *id, &d));
	TRY(q_wallet_claim(c, d.account_id, &n));
	TRY(q_discount_end(c, *id, c->now, c->actor, &n));
	return n == 1 ? ERR_OK : fail(c, ERR_CONFLICT, "discount.over", "discount %llu is %s",
				      (unsigned long long)*id, d.status);
}

enum errk discount_end(struct ctx *c, uint64_t id)
{
	return db_tx(c, end_body, &id);
}
