/* Cycle end: from charges to issued invoices, chunk by chunk. */
#include "invoice/invoice.h"

#include <assert.h>

#include "account/tax.h"
#include "base/clock.h"
#include "base/db.h"
#include "base/failpoint.h"
#include "base/json.h"
#include "base/zone.h"
#include "invoice/fee.h"
#include "invoice/late.h"
#include "invoice/private.h"
#include "mail/mail.h"
#include "settings/settings.h"
#include "stmt.h"
#include "wallet/credit.h"

#define CHUNK_ACCOUNTS 200

struct chunk {
	const struct lease *lease;
	uint64_t lo, hi;
	int64_t cycle_to;
	int64_t at;		/* of its documents */
	uint64_t closed, issued;
};

const char *seller_json(struct ctx *c)
{
	struct jout *o = jo_new(c);
	const char *text;
	size_t len;

	jo_str(o, "name", c->set->portal_name);
	jo_str(o, "address", c->set->seller_address);
	if (c->set->seller_vat_id[0] != '\0')
		jo_str(o, "tax_id", c->set->seller_vat_id);
	text = arena_dup(c->mem, jo_text(o, &len));
	jo_free(&o);
	return text;
}

/* The day the cycle ended, whenever the biller got round to it; but never before the
 * document with the number before: an account that could not be closed in its turn
 * gets the day of the last one. */
static enum errk issue_time(struct ctx *c, struct chunk *k, uint64_t first_number)
{
	struct series_last_row last;

	TRY(q_series_last(c, "INVOICE", first_number - 1, &last));
	k->at = k->cycle_to * HOUR_S;
	if (last.at > k->at)
		k->at = last.at;
	return ERR_OK;
}

static enum errk documents(struct ctx *c, struct chunk *k)
{
	struct close_count_row count;
	struct series_get_row series;
	uint64_t n;

	TRY(q_close_discounts(c, k->lo, k->hi, &n));
	TRY(q_close_count(c, k->lo, k->hi, &count));
	k->issued = count.n;
	if (count.n == 0)
		return ERR_OK;
	TRY(q_series_draw(c, "INVOICE", count.n, &n));
	TRY(q_series_get(c, "INVOICE", &series));
	TRY(issue_time(c, k, series.next_number - count.n));
	TRY(q_close_invoice(c, k->lo, k->hi, series.next_number - count.n,
			    series.prefix, k->at, invoice_due_at(c, k->at), seller_json(c), &n));
	if (n != count.n)
		return fail(c, ERR_INTERNAL, "internal", "%llu invoices where %llu were counted",
			    (unsigned long long)n, (unsigned long long)count.n);
	TRY(q_close_mark(c, k->lo, k->hi, &n));
	TRY(q_close_lines(c, k->lo, k->hi, &n));
	TRY(q_close_discounts_done(c, k->lo, k->hi, &n));
	/* the rates of the last second of the supply: one that begins with the next cycle is
	 * the next cycle's */
	TRY(q_close_tax(c, k->lo, k->hi, k->cycle_to * HOUR_S - 1, tax_seller(c),
			c->set->tax_inclusive, &n));
	TRY(q_close_totals(c, k->lo, k->hi, c->set->tax_inclusive, &n));
	return q_close_fx(c, k->lo, k->hi, k->at, c->set->currency_base, &n);
}

static enum errk money(struct ctx *c, const struct chunk *k)
{
	int64_t at = k->at;
	uint64_t n;

	TRY(q_close_settle(c, k->lo, k->hi, &n));
	TRY(q_close_txn(c, k->lo, k->hi, at, c->actor, &n));
	TRY(q_close_entries(c, k->lo, k->hi, at, &n));
	TRY(q_close_balances(c, k->lo, k->hi, &n));
	TRY(credit_closing(c, k->lo, k->hi));
	TRY(q_close_payments(c, k->lo, k->hi, at, &n));
	TRY(q_close_allocations(c, k->lo, k->hi, &n));
	return q_close_paid(c, k->lo, k->hi, &n);
}

/* Bounds of the months around a cycle, for the zones of the chunk: at its end it
 * may be the month before or the one after in UTC, and an account that moved has
 * a cycle that began by another zone. */
static enum errk months(struct ctx *c, const struct chunk *k)
{
	struct close_zones_row *rows;
	int32_t label[5];
	struct civil at;
	uint64_t done;
	size_t n;

	for (int32_t i = 0; i < 5; i++) {
		at = civil_from_utc(clock_month_start(k->cycle_to * HOUR_S, i - 2));
		label[i] = at.year * 100 + at.month;
	}
	TRY(q_close_zones(c, k->lo, k->hi, label[0], label[1], label[2], label[3], label[4],
			  &rows, &n));
	for (size_t i = 0; i < n; i++) {
		const struct zone_info *z = zone_load(c->mem, rows[i].timezone);

		for (size_t m = 0; m < 5; m++) {
			int64_t at_s = zone_month(z, label[m] / 100, label[m] % 100);

			TRY(q_zone_month_add(c, rows[i].timezone, label[m], hour_ceil(at_s),
					     &done));
		}
	}
	return ERR_OK;
}

/* One by one for the few that have a contract. */
static enum errk contracts(struct ctx *c, const struct close_contracts_row *rows, size_t n,
			   enum errk (*func)(struct ctx *, uint64_t))
{
	for (size_t i = 0; i < n; i++)
		TRY(func(c, rows[i].account_id));
	return ERR_OK;
}

static enum errk chunk_body(struct ctx *c, void *arg)
{
	struct chunk *k = arg;
	struct close_contracts_row *fixed;
	size_t nfixed;
	uint64_t n;

	if (k->lease != NULL)
		TRY(lease_guard(c, k->lease));
	TRY(q_close_claim(c, k->lo, k->hi, k->cycle_to, &n));
	k->closed = n;
	k->issued = 0;
	if (n == 0)
		return ERR_OK;
	TRY(q_close_carry(c, k->lo, k->hi, k->cycle_to, &n));
	TRY(months(c, k));
	TRY(q_close_contracts(c, k->lo, k->hi, &fixed, &nfixed));
	TRY(contracts(c, fixed, nfixed, fee_close));
	TRY(documents(c, k));
	if (FAILPOINT("invoice.documents"))
		return fail(c, ERR_INTERNAL, "internal", "failpoint invoice.documents");
	if (k->issued > 0) {
		TRY(money(c, k));
		if (c->set->whmcs_enabled)
			TRY(q_close_push(c, k->lo, k->hi, c->wall, &n));
		if (mail_wanted(c, MAIL_INVOICE))
			TRY(q_close_mail(c, k->lo, k->hi, c->now, c->wall, &n));
	}
	TRY(q_close_switch(c, k->lo, k->hi, &n));
	TRY(q_close_finish(c, k->lo, k->hi, &n));
	return contracts(c, fixed, nfixed, fee_turn);
}

/* Every chunk with a cycle that ended up to until_hour, oldest first. */
static enum errk close_until(struct ctx *c, const struct lease *lease, int64_t until_hour,
			     struct close_stats *st, bool *more_r)
{
	for (;;) {
		struct close_due_row due;
		struct chunk k = { .lease = lease };

		TRY(q_close_due(c, until_hour, CHUNK_ACCOUNTS, &due));
		if (due.cycle_to_null)
			return ERR_OK;
		k.lo = due.lo;
		k.hi = due.hi;
		k.cycle_to = due.cycle_to;
		TRY(invoice_late(c, lease, k.lo, k.hi, k.cycle_to));
		TRY(db_tx(c, chunk_body, &k));
		st->chunks++;
		st->invoices += k.issued;
		*more_r = true;
	}
}

enum errk invoice_close_due(struct ctx *c, const struct lease *lease, struct close_stats *st,
			    bool *more_r)
{
	const int64_t now_hour = hour_floor(c->now);

	*more_r = false;
	for (;;) {
		struct close_first_row first;

		TRY(q_close_first(c, now_hour, &first));
		if (first.cycle_to_null)
			return ERR_OK;
		if (first.waiting)
			break;
		TRY(close_until(c, lease, first.cycle_to, st, more_r));
	}
	/* What was closed may have a next cycle that ends before the others: it is rated
	 * first. When nothing moves any more, one account does not hold up the rest. */
	if (*more_r)
		return ERR_OK;
	return close_until(c, lease, now_hour, st, more_r);
}

enum errk invoice_close_account(struct ctx *c, uint64_t account_id, bool *did_r)
{
	struct wallet_view_row w;
	struct chunk k = { .lo = account_id, .hi = account_id };

	TRY(q_wallet_view(c, account_id, &w));
	k.cycle_to = w.cycle_to_hour;
	TRY(invoice_late(c, NULL, account_id, account_id, k.cycle_to));
	TRY(db_tx(c, chunk_body, &k));
	*did_r = k.closed > 0;
	return ERR_OK;
}
