#include "biller/forecast.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/db.h"
#include "invoice/invoice.h"
#include "rating/rating.h"
#include "stmt.h"
#include "suspension/suspension.h"
#include "usage/funds.h"
#include "wallet/credit.h"

struct run {
	struct settings_cache *cache;
	uint64_t account_id;
	uint32_t months;
	const struct forecast_setting *set;
	size_t nset;
	struct forecast *out;
};

/* Settings begin with the next full hour, as they would. The transaction's own. */
static enum errk change(struct ctx *c, const struct run *r)
{
	int64_t now = c->now;

	for (size_t i = 0; i < r->nset; i++) {
		struct setting_changed done;

		TRY(settings_change(c, &(struct setting_change){ .key = r->set[i].key,
			.value = r->set[i].value, .version = UINT64_MAX,
			.reason = "forecast" }, &done));
	}
	TRY(settings_begin(c, r->cache));
	c->now = now;
	return ERR_OK;
}

static enum errk until_rated(struct ctx *c, uint64_t account_id)
{
	bool did = true, expired;

	while (did) {
		TRY(credit_expire(c, NULL, account_id, &expired));
		TRY(rating_account(c, account_id, &did));
		did |= expired;
	}
	return ERR_OK;
}

/* As the biller's round, of this account alone. */
static enum errk until_closed(struct ctx *c, uint64_t account_id)
{
	bool did = true;

	while (did) {
		TRY(until_rated(c, account_id));
		TRY(invoice_close_account(c, account_id, &did));
	}
	return ERR_OK;
}

/* How many hours from `hour` on are covered by what is left, of `most`: as far as that
 * can be said without rating them, and one at least. */
static enum errk covered(struct ctx *c, uint64_t account_id, int64_t hour, int64_t most,
			 const struct funds *f, int64_t *n_r)
{
	for (*n_r = most; *n_r > 1; *n_r /= 2) {
		int64_t cost_e8;

		TRY(rating_accruing(c, account_id, hour, hour + *n_r, &cost_e8));
		TRY(funds_with_tax(c, f, cost_e8, &cost_e8));
		/* each hour's tax is rounded up by itself */
		if (cost_e8 + *n_r <= f->left_e8)
			break;
	}
	if (*n_r < 1)
		*n_r = 1;
	return ERR_OK;
}

/* Through the hours of the cycle until its end, or until the funds do not carry the hour
 * that begins: as the biller, who looks each hour. */
static enum errk until_empty(struct ctx *c, uint64_t account_id, const struct wallet_view_row *w,
			     struct forecast_month *m)
{
	int64_t hour = hour_floor(c->now), n;
	bool suspended = strcmp(w->status, "SUSPENDED") == 0;

	while (!suspended && c->set->suspension_enabled && hour < w->cycle_to_hour) {
		struct wallet_credit_until_row credit;
		struct funds f;

		TRY(funds_left(c, account_id, hour, &f));
		if (!f.limited)
			return ERR_OK;
		n = w->cycle_to_hour - hour;
		/* given money that ends is not there for the hours after it */
		TRY(q_wallet_credit_until(c, account_id, &credit));
		if (!credit.hour_null && credit.hour > hour && credit.hour - hour < n)
			n = credit.hour - hour;
		TRY(covered(c, account_id, hour, n, &f, &n));
		hour += n;
		c->now = hour * HOUR_S;
		TRY(until_rated(c, account_id));
		TRY(suspension_exhausted(c, account_id, &suspended));
		if (suspended)
			m->suspended_hour = hour;
	}
	return ERR_OK;
}

static enum errk lines(struct ctx *c, uint64_t invoice_id, struct forecast_month *m)
{
	struct invoice_lines_row *rows;

	TRY(invoice_lines_all(c, invoice_id, &rows, &m->n));
	m->lines = ARENA_ARRAY(c->mem, m->n + 1, struct forecast_line);
	for (size_t i = 0; i < m->n; i++)
		m->lines[i] = (struct forecast_line){ rows[i].component, rows[i].description,
						      rows[i].exact_e8, rows[i].amount_minor };
	return ERR_OK;
}

static enum errk month(struct ctx *c, const struct run *r, struct forecast_month *m)
{
	struct invoice_newest_row *inv;
	struct wallet_view_row w;
	size_t n;

	TRY(q_wallet_view(c, r->account_id, &w));
	*m = (struct forecast_month){ .from_hour = w.cycle_from_hour, .to_hour = w.cycle_to_hour };
	TRY(until_empty(c, r->account_id, &w, m));
	c->now = w.cycle_to_hour * HOUR_S;
	TRY(until_closed(c, r->account_id));
	TRY(q_wallet_view(c, r->account_id, &w));
	m->balance_e8 = w.balance_e8;
	TRY(q_invoice_newest(c, r->account_id, UINT64_MAX, 1, &inv, &n));
	m->invoiced = n == 1 && strcmp(inv->kind, "INVOICE") == 0 &&
		      inv->period_from_hour == m->from_hour;
	if (!m->invoiced)
		return ERR_OK;
	m->subtotal_minor = inv->subtotal_minor;
	m->tax_minor = inv->tax_minor;
	m->total_minor = inv->total_minor;
	m->paid_minor = inv->paid_minor;
	return lines(c, inv->id, m);
}

static enum errk body(struct ctx *c, void *arg)
{
	const struct run *r = arg;
	struct forecast *out = r->out;
	uint64_t n;

	TRY(q_wallet_claim(c, r->account_id, &n));
	TRY(change(c, r));
	for (out->n = 0; out->n < r->months; out->n++)
		TRY(month(c, r, &out->months[out->n]));
	return fail(c, ERR_CONFLICT, "dry.run", "rolled back");
}

enum errk forecast_run(struct ctx *c, struct settings_cache *cache, uint64_t account_id,
		       uint32_t months, const struct forecast_setting *set, size_t nset,
		       struct forecast *out)
{
	struct run r = { cache, account_id, months, set, nset, out };
	struct account_get_row a;
	int64_t now = c->now;
	enum errk k;

	/* A transaction around this one would keep what is rolled back here. */
	assert(!db_in_tx(c->db));
	TRY(q_account_get(c, account_id, &a));
	if (strcmp(a.status, "CLOSED") == 0)
		return fail(c, ERR_CONFLICT, "account.closed", "account is closed");
	*out = (struct forecast){ .currency = a.currency, .timezone = a.timezone,
		.name = arena_fmt(c->mem, "%s %s", a.first_name, a.last_name),
		.months = ARENA_ARRAY(c->mem, months + 1, struct forecast_month) };
	k = db_tx(c, body, &r);
	c->now = now;
	if (k != ERR_CONFLICT || strcmp(c->err.code, "dry.run") != 0)
		return k;
	err_clear(c);
	/* the snapshot of settings that never were goes too */
	TRY(settings_begin(c, cache));
	c->now = now;
	return ERR_OK;
}
