/* See rerate.h. The wallet row is written first; everything of one account is one
 * transaction, so that a difference is found, said on notes and used up at once or
 * not at all. */
#include "invoice/rerate.h"

#include <string.h>

#include "base/clock.h"
#include "base/db.h"
#include "base/failpoint.h"
#include "invoice/note.h"
#include "money/money.h"
#include "rating/rating.h"
#include "stmt.h"

#define PAGE 500

const char *settled_name(enum settled how)
{
	static const char *const names[] = {
		[SETTLED_CREDIT] = "credit note", [SETTLED_DEBIT] = "debit note",
		[SETTLED_ADJUSTMENT] = "adjustment", [SETTLED_NOTHING] = "nothing left",
	};

	return names[how];
}

/* A line of the invoice, and what is taken of it now. */
struct line { const struct rerate_lines_row *row; int64_t rest, take; };

struct piece {
	int64_t from, to;
	const struct rerate_periods_row *inv;	/* NULL: on no invoice, or not to be told apart */
	uint64_t after_id;			/* charges of this piece are those after it */
	const struct rerate_nets_row *nets;
	int64_t *minor;				/* of each net: below zero credited */
	enum settled *how;
	size_t n;
	struct line *lines;
	size_t nlines;
	uint64_t credit_id, debit_id;		/* 0: none */
};

struct work {
	const struct rerate_in *in;
	struct rerate_result *out;
	size_t found_cap, notes_cap;
	struct rerate_window_row window;
	int64_t from;
	const struct rerate_periods_row *periods;
	size_t nperiods;
	const struct currency *cur;
};

/* An array on the arena with room for one more. */
static void *room(struct ctx *c, void *old, size_t n, size_t *cap, size_t size)
{
	void *more;

	if (n < *cap)
		return old;
	*cap = 2 * n + 16;
	more = arena_array(c->mem, *cap, size);
	if (n > 0)
		memcpy(more, old, n * size);
	return more;
}

static void tell(struct ctx *c, struct work *w, const struct piece *p, size_t i)
{
	struct rerate_result *o = w->out;
	bool noted = p->how[i] != SETTLED_ADJUSTMENT;

	if (p->nets[i].amount_e8 == 0)
		return;
	o->found = room(c, o->found, o->n, &w->found_cap, sizeof *o->found);
	o->found[o->n++] = (struct rerate_found){
		noted ? p->inv->number : NULL, p->nets[i].resource, p->nets[i].component,
		p->nets[i].amount_e8, noted ? p->minor[i] : 0, p->how[i] };
}

/* ---- which hours belong together ---- */

/* The next border of an issued invoice's hours that no adjustment spans. */
static enum errk piece_end(struct ctx *c, const struct work *w, int64_t from, int64_t *to_r)
{
	*to_r = w->window.until_hour;
	for (size_t i = 0; i < 2 * w->nperiods; i++) {
		const struct rerate_periods_row *p = &w->periods[i / 2];
		int64_t hour = i % 2 == 0 ? p->from_hour : p->to_hour;
		struct rerate_crossing_row crossing;

		if (hour <= from || hour >= w->window.until_hour)
			continue;
		TRY(q_rerate_crossing(c, w->in->account_id, hour, &crossing));
		if (crossing.n > 0)
			continue;
		*to_r = hour;
		return ERR_OK;
	}
	return ERR_OK;
}

static const struct rerate_periods_row *invoice_of(const struct work *w, const struct piece *p)
{
	for (size_t i = 0; i < w->nperiods; i++)
		if (w->periods[i].from_hour <= p->from && p->to <= w->periods[i].to_hour)
			return &w->periods[i];
	return NULL;
}

static enum errk nets_all(struct ctx *c, const struct work *w, struct piece *p)
{
	struct rerate_nets_row *all = NULL, *page;
	const char *component = "";
	uint64_t resource = 0;
	size_t cap = 0, got;

	do {
		TRY(q_rerate_nets(c, w->in->account_id, p->after_id, resource, component, &page,
				  &got));
		for (size_t i = 0; i < got; i++) {
			all = room(c, all, p->n, &cap, sizeof *all);
			all[p->n++] = page[i];
		}
		if (got > 0) {
			resource = page[got - 1].resource_id;
			component = page[got - 1].component;
		}
	} while (got == PAGE);
	p->nets = all;
	p->minor = ARENA_ARRAY(c->mem, p->n + 1, int64_t);
	p->how = ARENA_ARRAY(c->mem, p->n + 1, enum settled);
	return ERR_OK;
}

static enum errk lines_all(struct ctx *c, struct piece *p)
{
	struct rerate_lines_row *page;
	uint32_t after = 0;
	size_t cap = 0, got;

	do {
		TRY(q_rerate_lines(c, p->inv->id, after, &page, &got));
		for (size_t i = 0; i < got; i++) {
			p->lines = room(c, p->lines, p->nlines, &cap, sizeof *p->lines);
			p->lines[p->nlines++] = (struct line){
				&page[i], page[i].amount_minor - page[i].credited_minor, 0 };
		}
		if (got > 0)
			after = page[got - 1].position;
	} while (got == PAGE);
	return ERR_OK;
}

/* ---- what comes back ---- */

static bool line_is_of(const struct line *l, const struct rerate_nets_row *net)
{
	return !l->row->resource_id_null && l->row->resource_id == net->resource_id &&
	       l->row->amount_minor > 0 && strcmp(l->row->component, net->component) == 0;
}

/* From the lines of the hours themselves first, then from adjustments billed there. */
static void credit_one(struct ctx *c, struct work *w, struct piece *p, size_t at)
{
	int64_t want = amount_to_minor(-p->nets[at].amount_e8, w->cur), said_e8 = 0;

	(void)c;
	for (size_t i = 0; i < p->nlines; i++)
		if (line_is_of(&p->lines[i], &p->nets[at]))
			said_e8 += p->lines[i].row->exact_e8;
	if (-p->nets[at].amount_e8 > said_e8) {
		p->how[at] = SETTLED_ADJUSTMENT;
		return;
	}
	p->how[at] = SETTLED_CREDIT;
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < p->nlines && want > 0; i++) {
			struct line *l = &p->lines[i];
			int64_t part = l->rest - l->take < want ? l->rest - l->take : want;

			if (!line_is_of(l, &p->nets[at]) || l->row->adjustment != (pass == 1))
				continue;
			l->take += part;
			want -= part;
		}
}

/* In proportion: what was taken off, or added, by the hundred. */
static int64_t percent_of(const struct piece *p, const struct line *l, enum settled how)
{
	int64_t base = 0;

	for (size_t i = 0; i < p->n; i++) {
		bool in = l->row->scope == NULL || l->row->scope[0] == '\0' ||
			  strcmp(l->row->scope, p->nets[i].component) == 0;

		if (in && p->how[i] == how)
			base += p->minor[i] < 0 ? -p->minor[i] : p->minor[i];
	}
	return percent_minor(base, l->row->ppm);
}

static void credited(struct piece *p)
{
	for (size_t i = 0; i < p->n; i++) {
		if (p->how[i] != SETTLED_CREDIT)
			continue;
		p->minor[i] = 0;
		for (size_t k = 0; k < p->nlines; k++)
			if (line_is_of(&p->lines[k], &p->nets[i]))
				p->minor[i] -= p->lines[k].take;
	}
}

/* A fixed discount leaves less of the invoice than its lines say. */
static int64_t within(struct piece *p)
{
	int64_t total = 0, left = 0;

	for (size_t i = 0; i < p->nlines; i++) {
		total += p->lines[i].take;
		left += p->lines[i].rest;
	}
	for (size_t i = p->nlines; i-- > 0 && total > left;) {
		struct line *l = &p->lines[i];
		int64_t cut = l->take < total - left ? l->take : total - left;

		if (cut <= 0 || l->row->resource_id_null)
			continue;
		l->take -= cut;
		total -= cut;
	}
	return total;
}

static void credits(struct ctx *c, struct work *w, struct piece *p)
{
	int64_t total;

	for (size_t i = 0; i < p->n; i++)
		if (p->nets[i].amount_e8 < 0)
			credit_one(c, w, p, i);
	credited(p);
	for (size_t i = 0; i < p->nlines; i++) {
		struct line *l = &p->lines[i];
		int64_t part = l->row->ppm != 0 ? percent_of(p, l, SETTLED_CREDIT) : 0;

		if (l->rest < 0 ? part < l->rest : part > l->rest)
			part = l->rest;
		if (l->row->ppm != 0)
			l->take = part;
	}
	total = within(p);
	for (size_t i = 0; i < p->nlines && total <= 0; i++)
		p->lines[i].take = 0;
	credited(p);
	for (size_t i = 0; i < p->n; i++)
		if (p->how[i] == SETTLED_CREDIT && p->minor[i] == 0)
			p->how[i] = SETTLED_NOTHING;
}

/* ---- what is claimed ---- */

static const char *words(struct ctx *c, const struct piece *p, size_t at)
{
	for (size_t i = 0; i < p->nlines; i++)
		if (line_is_of(&p->lines[i], &p->nets[at]))
			return arena_fmt(c->mem, "%.280s (rated again)",
					 p->lines[i].row->description);
	return arena_fmt(c->mem, "%.280s (rated again)", p->nets[at].resource);
}

static size_t debits(struct ctx *c, struct work *w, struct piece *p, struct debit_line **list_r)
{
	struct debit_line *list = ARENA_ARRAY(c->mem, p->n + p->nlines + 1, struct debit_line);
	int64_t total = 0;
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++) {
		if (p->nets[i].amount_e8 <= 0)
			continue;
		p->minor[i] = amount_to_minor(p->nets[i].amount_e8, w->cur);
		p->how[i] = p->minor[i] > 0 ? SETTLED_DEBIT : SETTLED_NOTHING;
		if (p->minor[i] > 0)
			list[n++] = (struct debit_line){ "DEBIT", words(c, p, i), p->minor[i] };
	}
	for (size_t i = 0; i < p->nlines && n > 0; i++) {
		int64_t part = percent_of(p, &p->lines[i], SETTLED_DEBIT);

		if (p->lines[i].row->ppm != 0 && part != 0)
			list[n++] = (struct debit_line){ part < 0 ? "DISCOUNT" : "SURCHARGE",
				arena_fmt(c->mem, "%.290s", p->lines[i].row->description), part };
	}
	for (size_t i = 0; i < n; i++)
		total += list[i].amount_minor;
	*list_r = list;
	if (total > 0)
		return n;
	for (size_t i = 0; i < p->n; i++)
		if (p->how[i] == SETTLED_DEBIT) {
			p->how[i] = SETTLED_NOTHING;
			p->minor[i] = 0;
		}
	return 0;
}

/* ---- notes ---- */

static enum errk note_told(struct ctx *c, struct work *w, const struct piece *p, uint64_t id)
{
	struct rerate_result *o = w->out;
	struct invoice_get_row doc;

	TRY(q_invoice_get(c, w->in->account_id, id, &doc));
	o->notes = room(c, o->notes, o->nnotes, &w->notes_cap, sizeof *o->notes);
	o->notes[o->nnotes++] = (struct rerate_note){ doc.kind, doc.number, p->inv->number,
						      doc.total_minor };
	return ERR_OK;
}

static enum errk write_credit(struct ctx *c, struct work *w, struct piece *p)
{
	struct note_part *parts = ARENA_ARRAY(c->mem, p->nlines + 1, struct note_part);
	size_t n = 0;

	for (size_t i = 0; i < p->nlines; i++)
		if (p->lines[i].take != 0)
			parts[n++] = (struct note_part){ p->lines[i].row->id,
				money_text(c->mem, p->lines[i].take, w->cur) };
	if (n == 0)
		return ERR_OK;
	TRY(credit_note(c, &(struct credit_note_in){ .account_id = w->in->account_id,
		.invoice_id = p->inv->id, .reason = w->in->reason, .parts = parts, .nparts = n,
		.key = arena_fmt(c->mem, "rerate:%llu:C", (unsigned long long)p->after_id) },
		&p->credit_id));
	return note_told(c, w, p, p->credit_id);
}

static enum errk write_debit(struct ctx *c, struct work *w, struct piece *p,
			     const struct debit_line *list, size_t n)
{
	if (n == 0)
		return ERR_OK;
	TRY(debit_note(c, &(struct debit_note_in){ .account_id = w->in->account_id,
		.invoice_id = p->inv->id, .reason = w->in->reason, .lines = list, .nlines = n,
		.key = arena_fmt(c->mem, "rerate:%llu:D", (unsigned long long)p->after_id) },
		&p->debit_id));
	return note_told(c, w, p, p->debit_id);
}

static enum errk use_up(struct ctx *c, struct work *w, const struct piece *p, size_t i)
{
	const struct rerate_nets_row *net = &p->nets[i];
	const uint64_t *note = p->how[i] == SETTLED_CREDIT ? &p->credit_id
			     : p->how[i] == SETTLED_DEBIT ? &p->debit_id : NULL;
	uint64_t id, n;

	if (p->how[i] == SETTLED_ADJUSTMENT)
		return q_rerate_move(c, w->in->account_id, p->after_id, net->resource_id,
				     net->component, w->window.book_hour, &n);
	TRY(q_rerated_add(c, w->in->account_id, p->inv->id, net->resource_id, net->component, note,
			  net->amount_e8, p->minor[i], c->now, c->actor, w->in->reason, &id));
	return q_noted_charge_add(c, id, w->in->account_id, p->after_id, net->resource_id,
				  net->component, &n);
}

static enum errk settle(struct ctx *c, struct work *w, struct piece *p)
{
	struct debit_line *claimed;
	size_t nclaimed;

	for (size_t i = 0; i < p->n; i++)
		p->how[i] = SETTLED_NOTHING;
	TRY(lines_all(c, p));
	credits(c, w, p);
	nclaimed = debits(c, w, p, &claimed);
	TRY(write_credit(c, w, p));
	TRY(write_debit(c, w, p, claimed, nclaimed));
	if (FAILPOINT("rerate.noted"))
		return fail(c, ERR_INTERNAL, "internal", "failpoint rerate.noted");
	for (size_t i = 0; i < p->n; i++)
		TRY(use_up(c, w, p, i));
	return ERR_OK;
}

/* ---- one account ---- */

static enum errk one_piece(struct ctx *c, struct work *w, struct piece *p)
{
	int64_t book = p->inv != NULL ? 0 : w->window.book_hour;
	struct charge_last_row last;
	uint64_t n;

	TRY(q_charge_last(c, &last));
	p->after_id = last.id;
	TRY(q_rerate_insert(c, w->in->account_id, p->from, p->to, book, c->now, &n));
	TRY(q_rerate_traffic(c, w->in->account_id, p->from, p->to, book, c->now, &n));
	TRY(nets_all(c, w, p));
	for (size_t i = 0; i < p->n; i++) {
		p->how[i] = SETTLED_ADJUSTMENT;
		TRY(amount_add(c, w->out->sum_e8, p->nets[i].amount_e8, &w->out->sum_e8));
	}
	if (p->inv != NULL && p->n > 0)
		TRY(settle(c, w, p));
	for (size_t i = 0; i < p->n; i++)
		tell(c, w, p, i);
	return ERR_OK;
}

static enum errk window_find(struct ctx *c, struct work *w)
{
	struct rerate_periods_row *periods;
	struct rerate_widen_row wide;
	uint64_t n;

	TRY(q_wallet_claim(c, w->in->account_id, &n));
	TRY(q_wallet_rerate_from(c, w->in->account_id, w->in->from_hour, &n));
	TRY(q_rerate_window(c, w->in->account_id, &w->window));
	if (w->window.from_hour_null)
		return ERR_OK;
	wide.from_hour = w->window.from_hour;
	for (int64_t seen = -1; wide.from_hour != seen;) {
		seen = wide.from_hour;
		TRY(q_rerate_widen(c, w->in->account_id, seen, &wide));
	}
	w->from = wide.from_hour;
	TRY(q_rerate_periods(c, w->in->account_id, w->from, w->window.until_hour, &periods,
			     &w->nperiods));
	w->periods = periods;
	return ERR_OK;
}

static enum errk rerate_body(struct ctx *c, void *arg)
{
	struct work *w = arg;
	struct rerate_sum_row before, after;
	struct contract_account_row account;
	int64_t from, to;
	uint64_t n;

	*w->out = (struct rerate_result){ 0 };
	w->found_cap = w->notes_cap = 0;
	TRY(window_find(c, w));
	if (w->window.from_hour_null)
		return ERR_OK;
	TRY(q_contract_account(c, w->in->account_id, &account));
	w->cur = currency_find(account.currency);
	TRY(q_rerate_sum(c, w->in->account_id, w->window.book_hour, &before));
	for (from = w->from; from < w->window.until_hour; from = to) {
		struct piece p = { .from = from };

		TRY(piece_end(c, w, from, &to));
		p.to = to;
		p.inv = invoice_of(w, &p);
		TRY(one_piece(c, w, &p));
	}
	TRY(q_rerate_sum(c, w->in->account_id, w->window.book_hour, &after));
	TRY(q_rerate_done(c, w->in->account_id, after.amount_e8 - before.amount_e8, &n));
	return w->in->keep ? ERR_OK : fail(c, ERR_CONFLICT, "dry.run", "rolled back as asked");
}

enum errk invoice_rerate(struct ctx *c, const struct rerate_in *in, struct rerate_result *out)
{
	struct work w = { .in = in, .out = out };
	enum errk k = db_tx(c, rerate_body, &w);

	if (!in->keep && k == ERR_CONFLICT && strcmp(c->err.code, "dry.run") == 0) {
		err_clear(c);
		return ERR_OK;
	}
	return k;
}
