/* A document over one amount that was paid before it was claimed: a fee that is kept
 * of a deposit. The customer agreed to the amount, so its taxes are in it whatever
 * prices are; which taxes they are is decided as for every document. */
#include "invoice/invoice.h"

#include <assert.h>

#include "account/tax.h"
#include "base/clock.h"
#include "base/db.h"
#include "base/outbox.h"
#include "invoice/private.h"
#include "mail/mail.h"
#include "money/money.h"
#include "settings/settings.h"
#include "stmt.h"

/* The next number, and a date that is not before the document with the number before. */
static enum errk number(struct ctx *c, struct invoice_once *o, uint64_t *number_r, int64_t *at_r)
{
	struct series_get_row series;
	struct series_last_row last;
	uint64_t n;

	TRY(q_series_draw(c, "INVOICE", 1, &n));
	TRY(q_series_get(c, "INVOICE", &series));
	*number_r = series.next_number - 1;
	TRY(q_series_last(c, "INVOICE", *number_r - 1, &last));
	*at_r = last.at > c->now ? last.at : c->now;
	o->number = arena_fmt(c->mem, "%s%06llu", series.prefix, (unsigned long long)*number_r);
	return ERR_OK;
}

static enum errk taxes(struct ctx *c, struct invoice_once *o, int64_t at, int64_t **each_r,
		       struct tax_due_row **rows_r, size_t *n_r)
{
	int64_t *ppm;

	TRY(q_tax_due(c, o->account_id, o->account_id, at, tax_seller(c), rows_r, n_r));
	ppm = ARENA_ARRAY(c->mem, *n_r + 1, int64_t);
	*each_r = ARENA_ARRAY(c->mem, *n_r + 1, int64_t);
	for (size_t i = 0; i < *n_r; i++)
		ppm[i] = (*rows_r)[i].rate_ppm;
	o->subtotal_minor = tax_amounts(o->amount_minor, true, ppm, *n_r, *each_r);
	o->tax_minor = o->amount_minor - o->subtotal_minor;
	return ERR_OK;
}

static enum errk once_body(struct ctx *c, void *arg)
{
	struct invoice_once *o = arg;
	struct account_get_row a;
	struct tax_due_row *rows;
	const struct currency *cur;
	int64_t at, *each, ppm = 0, e8;
	uint64_t no, changed;
	size_t n;

	TRY(q_account_get(c, o->account_id, &a));
	cur = currency_find(a.currency);
	e8 = money_to_amount(o->amount_minor, cur);
	TRY(number(c, o, &no, &at));
	TRY(taxes(c, o, at, &each, &rows, &n));
	for (size_t i = 0; i < n; i++)
		ppm += rows[i].rate_ppm;
	TRY(q_once_insert(c, o->account_id, o->key, no, o->number, hour_floor(at), at, cur->code,
			  e8, n > 0, ppm, o->subtotal_minor, o->tax_minor, o->amount_minor,
			  buyer_json(c, &a), seller_json(c), &o->id));
	TRY(q_note_line_insert(c, o->id, 1, o->component, "FEE", o->description, e8,
			       o->amount_minor, NULL, &changed));
	for (size_t i = 0; i < n; i++)
		TRY(q_note_tax_insert(c, o->id, rows[i].name, rows[i].rate_ppm, o->subtotal_minor,
				      each[i], rows[i].category, rows[i].reason, &changed));
	TRY(q_once_fx(c, o->id, at, c->set->currency_base, &changed));
	TRY(mail_add(c, &(struct mail_in){ .type = MAIL_INVOICE, .account_id = o->account_id,
		.ref_id = o->id, .attach_id = o->id,
		.key = arena_fmt(c->mem, "invoice:%llu", (unsigned long long)o->id) }, NULL));
	if (!c->set->whmcs_enabled)
		return ERR_OK;
	return outbox_add(c, "WHMCS_INVOICE",
			  arena_fmt(c->mem, "whmcs.invoice.%llu", (unsigned long long)o->id),
			  arena_fmt(c->mem, "account.%llu", (unsigned long long)o->account_id),
			  o->id);
}

enum errk invoice_once(struct ctx *c, struct invoice_once *o)
{
	assert(o->amount_minor > 0);
	return db_tx(c, once_body, o);
}
