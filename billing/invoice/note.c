/* See note.h. The wallet row is written first, so that two notes over the same
 * line cannot both find it whole. */
#include "invoice/note.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/db.h"
#include "base/failpoint.h"
#include "base/outbox.h"
#include "invoice/invoice.h"
#include "mail/mail.h"
#include "money/money.h"
#include "settings/settings.h"
#include "stmt.h"
#include "wallet/ledger.h"

/* ---- pure ---- */

static bool line_ok(const struct note_line *l)
{
	int64_t rest = l->amount_minor - l->credited_minor;

	if (rest >= 0)
		return l->take_minor >= 0 && l->take_minor <= rest;
	return l->take_minor <= 0 && l->take_minor >= rest;
}

static void tax_take(struct note_tax *t, int64_t subtotal)
{
	int64_t rest = t->tax_minor - t->credited_tax;

	t->take_base = subtotal;
	t->take_tax = tax_of(subtotal, t->rate_ppm);
	if (t->take_tax > rest || t->credited_base + subtotal == t->base_minor)
		t->take_tax = rest;
}

static bool lines_sum(const struct note_line *lines, size_t nlines, int64_t *take_r,
		      int64_t *left_r)
{
	*take_r = *left_r = 0;
	for (size_t i = 0; i < nlines; i++) {
		if (!line_ok(&lines[i]))
			return false;
		*take_r += lines[i].take_minor;
		*left_r += lines[i].amount_minor - lines[i].credited_minor;
	}
	/* Taking the dear lines first must not leave a negative rest behind. */
	return *take_r > 0 && *take_r <= *left_r;
}

bool note_sum(const struct note_line *lines, size_t nlines, struct note_tax *taxes, size_t ntaxes,
	      int64_t *subtotal_r, int64_t *tax_r)
{
	int64_t left;

	*tax_r = 0;
	if (!lines_sum(lines, nlines, subtotal_r, &left))
		return false;
	for (size_t i = 0; i < ntaxes; i++) {
		tax_take(&taxes[i], *subtotal_r);
		*tax_r += taxes[i].take_tax;
	}
	return true;
}

bool note_sum_inclusive(const struct note_line *lines, size_t nlines, struct note_tax *taxes,
			size_t ntaxes, int64_t *subtotal_r, int64_t *tax_r)
{
	int64_t take, left, tax_left = 0, whole = 1000000, least;

	*subtotal_r = *tax_r = 0;
	if (!lines_sum(lines, nlines, &take, &left))
		return false;
	for (size_t i = 0; i < ntaxes; i++) {
		whole += taxes[i].rate_ppm;
		tax_left += taxes[i].tax_minor - taxes[i].credited_tax;
	}
	/* No more base may be taken than is left of it: the taxes take the rest. */
	least = take - (left - tax_left);
	for (size_t i = 0; i < ntaxes; i++) {
		struct note_tax *t = &taxes[i];
		int64_t rest = t->tax_minor - t->credited_tax;

		t->take_tax = tax_within(take, t->rate_ppm, whole);
		if (t->take_tax > rest || take == left)
			t->take_tax = rest;
		*tax_r += t->take_tax;
	}
	for (size_t i = 0; i < ntaxes && *tax_r < least; i++) {
		struct note_tax *t = &taxes[i];
		int64_t more = t->tax_minor - t->credited_tax - t->take_tax;

		if (more > least - *tax_r)
			more = least - *tax_r;
		t->take_tax += more;
		*tax_r += more;
	}
	*subtotal_r = take - *tax_r;
	for (size_t i = 0; i < ntaxes; i++)
		taxes[i].take_base = *subtotal_r;
	return true;
}

/* ---- documents ---- */

struct work {
	const struct credit_note_in *in;
	const struct debit_note_in *debit;
	uint64_t *id_r;
	struct invoice_get_row inv;
	const struct currency *cur;
	struct invoice_lines_row *rows;
	struct note_line *lines;
	struct note_taxes_row *tax_rows;
	struct note_tax *taxes;
	size_t nlines, ntaxes;
	int64_t lines_minor;	/* what the lines come to: the subtotal, or the total */
	int64_t subtotal, tax;
};

static enum errk load(struct ctx *c, struct work *w, uint64_t account_id, uint64_t invoice_id)
{
	uint64_t n;

	TRY(q_wallet_claim(c, account_id, &n));
	TRY(q_invoice_get(c, account_id, invoice_id, &w->inv));
	if (strcmp(w->inv.kind, "INVOICE") != 0 && strcmp(w->inv.kind, "DEBIT_NOTE") != 0)
		return fail_say(c, ERR_CONFLICT, "note.kind",
				"Notes are written to invoices and debit notes only.");
	w->cur = currency_find(w->inv.currency);
	TRY(invoice_lines_all(c, invoice_id, &w->rows, &w->nlines));
	TRY(q_note_taxes(c, invoice_id, &w->tax_rows, &w->ntaxes));
	w->lines = ARENA_ARRAY(c->mem, w->nlines + 1, struct note_line);
	w->taxes = ARENA_ARRAY(c->mem, w->ntaxes + 1, struct note_tax);
	for (size_t i = 0; i < w->nlines; i++)
		w->lines[i] = (struct note_line){ w->rows[i].amount_minor,
						  w->rows[i].credited_minor, 0 };
	for (size_t i = 0; i < w->ntaxes; i++)
		w->taxes[i] = (struct note_tax){ w->tax_rows[i].rate_ppm,
						 w->tax_rows[i].base_minor,
						 w->tax_rows[i].tax_minor,
						 w->tax_rows[i].credited_base,
						 w->tax_rows[i].credited_tax, 0, 0 };
	return ERR_OK;
}

static enum errk part(struct ctx *c, struct work *w, size_t at)
{
	const struct note_part *p = &w->in->parts[at];
	size_t i = 0;
	int64_t minor;

	while (i < w->nlines && w->rows[i].id != p->line_id)
		i++;
	if (i == w->nlines)
		return fail_field(c, arena_fmt(c->mem, "lines[%zu].line_id", at),
				  "This invoice has no such line.");
	if (money_parse(c, p->amount, w->cur, &minor) != ERR_OK) {
		err_clear(c);
		return fail_field(c, arena_fmt(c->mem, "lines[%zu].amount", at),
				  "Please give %s.", amount_rule(c->mem, w->cur));
	}
	if (w->lines[i].take_minor != 0)
		return fail_field(c, arena_fmt(c->mem, "lines[%zu].line_id", at),
				  "Each line can be named once.");
	w->lines[i].take_minor = minor;
	if (minor == 0 || !line_ok(&w->lines[i]))
		return fail_field(c, arena_fmt(c->mem, "lines[%zu].amount", at),
				  "At most %s %s are left of this line.",
				  money_text(c->mem, w->lines[i].amount_minor -
						     w->lines[i].credited_minor, w->cur),
				  w->cur->code);
	return ERR_OK;
}

static enum errk take(struct ctx *c, struct work *w)
{
	int64_t left = 0;

	for (size_t i = 0; i < w->nlines; i++)
		left += w->lines[i].amount_minor - w->lines[i].credited_minor;
	if (left <= 0)
		return fail_say(c, ERR_CONFLICT, "note.nothing",
				"Nothing is left to credit on this invoice.");
	if (w->in->parts == NULL)
		for (size_t i = 0; i < w->nlines; i++)
			w->lines[i].take_minor = w->lines[i].amount_minor -
						 w->lines[i].credited_minor;
	for (size_t i = 0; i < w->in->nparts; i++)
		TRY(part(c, w, i));
	if (!(w->inv.tax_inclusive ? note_sum_inclusive : note_sum)(
		    w->lines, w->nlines, w->taxes, w->ntaxes, &w->subtotal, &w->tax))
		return fail_field(c, "lines", "The lines must come to more than zero and at most "
				  "%s %s.", money_text(c->mem, left, w->cur), w->cur->code);
	w->lines_minor = w->subtotal + (w->inv.tax_inclusive ? w->tax : 0);
	return ERR_OK;
}

struct head {
	const char *kind, *status, *reason, *key;
	int64_t due_at, paid;
};

static enum errk write_head(struct ctx *c, struct work *w, const struct head *h,
			    const char **number_r)
{
	struct series_get_row series;
	uint64_t n;

	TRY(q_series_draw(c, h->kind, 1, &n));
	TRY(q_series_get(c, h->kind, &series));
	*number_r = arena_fmt(c->mem, "%s%06llu", series.prefix,
			      (unsigned long long)(series.next_number - 1));
	return q_note_insert(c, w->inv.id, w->inv.account_id, h->kind,
			     arena_fmt(c->mem, "note:%s", h->key), series.next_number - 1,
			     *number_r, h->status, c->now, h->due_at,
			     money_to_amount(w->lines_minor, w->cur), w->subtotal, w->tax,
			     w->subtotal + w->tax, h->paid, h->reason, w->id_r);
}

static enum errk write_taxes(struct ctx *c, const struct work *w)
{
	uint64_t n;

	for (size_t i = 0; i < w->ntaxes; i++)
		TRY(q_note_tax_insert(c, *w->id_r, w->tax_rows[i].name, w->taxes[i].rate_ppm,
				      w->taxes[i].take_base, w->taxes[i].take_tax,
				      w->tax_rows[i].category, w->tax_rows[i].reason, &n));
	return q_note_fx(c, *w->id_r, &n);
}

static enum errk write_mail(struct ctx *c, const struct work *w)
{
	return mail_add(c, &(struct mail_in){ .type = MAIL_INVOICE,
			.account_id = w->inv.account_id, .ref_id = *w->id_r, .attach_id = *w->id_r,
			.key = arena_fmt(c->mem, "invoice:%llu", (unsigned long long)*w->id_r) },
			NULL);
}

static enum errk write_lines(struct ctx *c, const struct work *w)
{
	uint32_t position = 0;
	uint64_t n;

	for (size_t i = 0; i < w->nlines; i++) {
		if (w->lines[i].take_minor == 0)
			continue;
		TRY(q_note_line_insert(c, *w->id_r, ++position, w->rows[i].component, "CREDIT",
				       w->rows[i].description,
				       money_to_amount(w->lines[i].take_minor, w->cur),
				       w->lines[i].take_minor, &w->rows[i].id, &n));
	}
	return ERR_OK;
}

/* What is still open is no longer asked for; what was paid comes back as
 * balance. A document that WHMCS collects stays as WHMCS has it. */
static enum errk settle(struct ctx *c, const struct work *w, const char *number)
{
	int64_t total = w->subtotal + w->tax, open = 0;
	struct invoice_elsewhere_row there;
	uint64_t payment_id, n;

	TRY(q_invoice_elsewhere(c, w->inv.id, &there));
	if (there.n == 0 && strcmp(w->inv.status, "UNPAID") == 0)
		open = w->inv.total_minor - w->inv.paid_minor;
	if (open > total)
		open = total;
	TRY(q_payment_insert(c, w->inv.account_id, "credit_note", number, total, w->inv.currency,
			     c->now, arena_fmt(c->mem, "credit note %s", number), &payment_id));
	if (open > 0) {
		TRY(q_invoice_pay(c, w->inv.id, w->inv.account_id, open, &n));
		if (n != 1)
			return fail(c, ERR_BUSY, "payment.busy", "invoice was paid meanwhile");
		TRY(q_payment_allocate(c, payment_id, &w->inv.id, open, &n));
	}
	if (total > open)
		TRY(q_payment_allocate(c, payment_id, NULL, total - open, &n));
	struct ledger_leg legs[] = {
		{ 0, "REVENUE", money_to_amount(w->subtotal, w->cur) },
		{ 0, "TAX", money_to_amount(w->tax, w->cur) },
		{ w->inv.account_id, "RECEIVABLE", -money_to_amount(open, w->cur) },
		{ w->inv.account_id, "WALLET", -money_to_amount(total - open, w->cur) },
	};

	return ledger_post(c, &(struct ledger_post){
		.key = arena_fmt(c->mem, "credit_note:%s", number),
		.account_id = w->inv.account_id, .ref_id = *w->id_r, .reason = "CREDIT_NOTE",
		.note = arena_fmt(c->mem, "credit note %s for invoice %s", number, w->inv.number),
		.currency = w->inv.currency, .at = c->now,
		.legs = legs, .nlegs = sizeof legs / sizeof legs[0] });
}

static enum errk credit_body(struct ctx *c, void *arg)
{
	struct work *w = arg;
	struct head h = { "CREDIT_NOTE", "PAID", w->in->reason, w->in->key, c->now, 0 };
	const char *number;

	TRY(load(c, w, w->in->account_id, w->in->invoice_id));
	TRY(take(c, w));
	h.paid = w->subtotal + w->tax;
	TRY(write_head(c, w, &h, &number));
	if (FAILPOINT("note.written"))
		return fail(c, ERR_INTERNAL, "internal", "failpoint note.written");
	TRY(write_lines(c, w));
	TRY(write_taxes(c, w));
	TRY(write_mail(c, w));
	return settle(c, w, number);
}

enum errk credit_note(struct ctx *c, const struct credit_note_in *in, uint64_t *id_r)
{
	struct work w = { .in = in, .id_r = id_r };

	return db_tx(c, credit_body, &w);
}

static enum errk claim(struct ctx *c, const struct work *w, const char *number)
{
	int64_t total = money_to_amount(w->subtotal + w->tax, w->cur);
	struct ledger_leg legs[] = {
		{ w->inv.account_id, "RECEIVABLE", total },
		{ 0, "REVENUE", -money_to_amount(w->subtotal, w->cur) },
		{ 0, "TAX", -money_to_amount(w->tax, w->cur) },
	};

	return ledger_post(c, &(struct ledger_post){
		.key = arena_fmt(c->mem, "debit_note:%s", number),
		.account_id = w->inv.account_id, .ref_id = *w->id_r, .reason = "DEBIT_NOTE",
		.note = arena_fmt(c->mem, "debit note %s for invoice %s", number, w->inv.number),
		.currency = w->inv.currency, .at = c->now,
		.legs = legs, .nlegs = sizeof legs / sizeof legs[0] });
}

/* A further claim has the taxes of its invoice, in or on top of it as there. */
static void add_taxes(struct ctx *c, struct work *w)
{
	int64_t *ppm = ARENA_ARRAY(c->mem, w->ntaxes + 1, int64_t);
	int64_t *each = ARENA_ARRAY(c->mem, w->ntaxes + 1, int64_t);

	for (size_t i = 0; i < w->ntaxes; i++)
		ppm[i] = w->taxes[i].rate_ppm;
	w->subtotal = tax_amounts(w->lines_minor, w->inv.tax_inclusive, ppm, w->ntaxes, each);
	w->tax = 0;
	for (size_t i = 0; i < w->ntaxes; i++) {
		w->taxes[i].take_base = w->subtotal;
		w->taxes[i].take_tax = each[i];
		w->tax += each[i];
	}
}

/* The one that was asked for, or those that were reckoned. */
static enum errk debit_lines(struct ctx *c, struct work *w, const struct debit_line **lines_r,
			     size_t *n_r)
{
	const struct debit_note_in *in = w->debit;
	struct debit_line *one;

	if (in->nlines > 0) {
		w->lines_minor = 0;
		for (size_t i = 0; i < in->nlines; i++)
			w->lines_minor += in->lines[i].amount_minor;
		assert(w->lines_minor > 0);
		*lines_r = in->lines;
		*n_r = in->nlines;
		return ERR_OK;
	}
	if (money_parse(c, in->amount, w->cur, &w->lines_minor) != ERR_OK || w->lines_minor <= 0) {
		err_clear(c);
		return fail_field(c, "amount", "Please give an amount above zero in %s.",
				  w->cur->code);
	}
	one = ARENA_NEW(c->mem, struct debit_line);
	*one = (struct debit_line){ "DEBIT", in->description, w->lines_minor };
	*lines_r = one;
	*n_r = 1;
	return ERR_OK;
}

static enum errk debit_body(struct ctx *c, void *arg)
{
	struct work *w = arg;
	const struct debit_note_in *in = w->debit;
	struct head h = { "DEBIT_NOTE", "UNPAID", in->reason, in->key,
			  invoice_due_at(c, c->now), 0 };
	const struct debit_line *lines = NULL;
	const char *number;
	size_t nlines = 0;
	uint64_t n;

	TRY(load(c, w, in->account_id, in->invoice_id));
	TRY(debit_lines(c, w, &lines, &nlines));
	add_taxes(c, w);
	TRY(write_head(c, w, &h, &number));
	for (size_t i = 0; i < nlines; i++)
		TRY(q_note_line_insert(c, *w->id_r, (uint32_t)i + 1, lines[i].component, "DEBIT",
				       lines[i].description,
				       money_to_amount(lines[i].amount_minor, w->cur),
				       lines[i].amount_minor, NULL, &n));
	TRY(write_taxes(c, w));
	TRY(write_mail(c, w));
	TRY(claim(c, w, number));
	if (!c->set->whmcs_enabled)
		return ERR_OK;
	return outbox_add(c, "WHMCS_INVOICE",
			  arena_fmt(c->mem, "whmcs.invoice.%llu", (unsigned long long)*w->id_r),
			  arena_fmt(c->mem, "account.%llu", (unsigned long long)in->account_id),
			  *w->id_r);
}

enum errk debit_note(struct ctx *c, const struct debit_note_in *in, uint64_t *id_r)
{
	struct work w = { .debit = in, .id_r = id_r };

	return db_tx(c, debit_body, &w);
}
