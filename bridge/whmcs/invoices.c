/* Invoices: composed as Draft, read back and compared to the last minor unit,
 * then published; what is already paid here is recorded there. */
#include <string.h>

#include "base/clock.h"
#include "catalog/price.h"
#include "invoice/invoice.h"
#include "settings/settings.h"
#include "stmt.h"
#include "whmcs/intent.h"
#include "whmcs/objects.h"

#define LINES_MAX 300	/* PHP's max_input_vars of 1000 holds no more */
#define LOOK_BACK "100"

struct push {
	struct whmcs *w;
	struct invoice_get_row inv;
	const struct currency *cur;
	uint64_t client, remote;
	const char *token, *mark;
	struct invoice_lines_row *lines;
	struct invoice_taxes_row *taxes;
	size_t nlines, ntaxes;
};

static enum errk load(struct push *p, uint64_t invoice_id)
{
	struct ctx *c = p->w->c;
	struct invoice_owner_row owner;

	TRY(q_invoice_owner(c, invoice_id, &owner));
	TRY(q_invoice_get(c, owner.account_id, invoice_id, &p->inv));
	TRY(invoice_lines_all(c, invoice_id, &p->lines, &p->nlines));
	TRY(q_invoice_taxes(c, invoice_id, &p->taxes, &p->ntaxes));
	p->cur = currency_find(p->inv.currency);
	p->token = arena_fmt(c->mem, "invoice:%llu", (unsigned long long)invoice_id);
	TRY(whmcs_mark(p->w, "invoice", invoice_id, &p->mark));
	p->mark = arena_fmt(c->mem, "[tollbridge:%s]", p->mark);
	if (p->cur->digits > 2)
		return park(p->w, "WHMCS knows no currency with %u decimals (%s)", p->cur->digits,
			    p->cur->code);
	return ERR_OK;
}

/* *remote 0: there is no invoice with our mark. */
static enum errk find(struct push *p)
{
	struct whmcs *w = p->w;
	struct whmcs_arg args[] = {
		{ "userid", u64_text(w, p->client) }, { "orderby", "id" }, { "order", "desc" },
		{ "limitnum", LOOK_BACK },
	};
	const struct json *row;

	p->remote = 0;
	TRY(whmcs_call(w, WHMCS_READ, "GetInvoices", args, sizeof args / sizeof args[0]));
	for (size_t i = 0; (row = wj_item(w->answer, "invoices", "invoice", i)) != NULL; i++)
		if (strstr(wj_text(w, row, "notes"), p->mark) != NULL) {
			p->remote = wj_id(row, "id");
			return ERR_OK;
		}
	return ERR_OK;
}

struct form { struct whmcs_arg *args; size_t n; };

static void add(struct form *f, const char *name, const char *value)
{
	f->args[f->n++] = (struct whmcs_arg){ name, value };
}

static void add_line(struct push *p, struct form *f, size_t *no, const char *text, int64_t minor)
{
	struct arena *mem = p->w->c->mem;

	++*no;
	add(f, arena_fmt(mem, "itemdescription%zu", *no), text);
	add(f, arena_fmt(mem, "itemamount%zu", *no), money_text(mem, minor, p->cur));
	add(f, arena_fmt(mem, "itemtaxed%zu", *no), "0");
}

/* What the lines contain already is only said, and why there is none. */
static void add_tax(struct push *p, struct form *f, size_t *no, const struct invoice_taxes_row *t)
{
	struct arena *mem = p->w->c->mem;
	const char *text = arena_fmt(mem, "%s %lld.%02lld%%", t->name,
				     (long long)(t->rate_ppm / 10000),
				     (long long)(t->rate_ppm % 10000 / 100));

	if (t->reason[0] != '\0')
		text = arena_fmt(mem, "%s: %s", text, t->reason);
	if (p->inv.tax_inclusive && t->tax_minor != 0)
		text = arena_fmt(mem, "%s, included: %s", text,
				 money_text(mem, t->tax_minor, p->cur));
	add_line(p, f, no, text, p->inv.tax_inclusive ? 0 : t->tax_minor);
}

static const char *line_text(struct arena *mem, const struct invoice_lines_row *l)
{
	struct counted n;

	if (l->hours == 0)
		return l->description;
	n = price_counted(mem, l->unit, l->hours, l->unit_e8);
	return arena_fmt(mem, "%s, %s %s", l->description, n.quantity,
			 strcmp(l->unit, "HOUR") == 0 ? "h" : n.unit);
}

/* Tax stands as lines of its own: it is computed on one side only, ours. More
 * lines than PHP takes are added up per component. */
static void add_lines(struct push *p, struct form *f)
{
	struct arena *mem = p->w->c->mem;
	size_t no = 0;

	for (size_t i = 0; i < p->nlines && p->nlines <= LINES_MAX; i++)
		add_line(p, f, &no, line_text(mem, &p->lines[i]), p->lines[i].amount_minor);
	for (size_t i = 0; i < p->nlines && p->nlines > LINES_MAX; i++) {
		int64_t sum = 0;
		bool first = true;

		for (size_t k = 0; k < p->nlines; k++) {
			if (strcmp(p->lines[k].component, p->lines[i].component) != 0)
				continue;
			first &= k >= i;
			sum += p->lines[k].amount_minor;
		}
		if (first)
			add_line(p, f, &no, arena_fmt(mem, "%s (details in the portal)",
						      p->lines[i].component), sum);
	}
	for (size_t i = 0; i < p->ntaxes; i++)
		add_tax(p, f, &no, &p->taxes[i]);
}

static enum errk create(struct push *p)
{
	struct whmcs *w = p->w;
	struct arena *mem = w->c->mem;
	size_t room = 3 * ((p->nlines <= LINES_MAX ? p->nlines : LINES_MAX) + p->ntaxes) + 16;
	struct form f = { ARENA_ARRAY(mem, room, struct whmcs_arg), 0 };
	enum errk k;

	add(&f, "userid", u64_text(w, p->client));
	/* sendinvoice and autoapplycredit are not sent: both are off by default, and some
	 * versions take any value for yes. */
	add(&f, "status", "Draft");
	add(&f, "paymentmethod", w->c->set->whmcs_gateway);
	add(&f, "date", clock_date(mem, p->inv.issued_at));
	add(&f, "duedate", clock_date(mem, p->inv.due_at));
	add(&f, "notes", arena_fmt(mem, "%s %s", p->inv.number, p->mark));
	add_lines(p, &f);
	k = whmcs_call(w, WHMCS_WRITE, "CreateInvoice", f.args, f.n);
	if (k != ERR_OK)
		return intent_failed(w, p->token, k);
	p->remote = wj_id(w->answer, "invoiceid");
	return intent_confirm(w, p->token, p->remote, "created");
}

static enum errk read_back(struct push *p, const char **status_r)
{
	struct whmcs_arg args[] = { { "invoiceid", u64_text(p->w, p->remote) } };

	TRY(whmcs_call(p->w, WHMCS_READ, "GetInvoice", args, 1));
	*status_r = wj_text(p->w, p->w->answer, "status");
	return ERR_OK;
}

/* Totals to the minor unit; what credit took there belongs to the total. */
static enum errk compare(struct push *p)
{
	struct whmcs *w = p->w;
	int64_t total, credit = 0;

	TRY(wj_minor(w, w->answer, "total", p->cur, &total));
	if (json_get(w->answer, "credit") != NULL)
		TRY(wj_minor(w, w->answer, "credit", p->cur, &credit));
	if (total + credit == p->inv.total_minor)
		return ERR_OK;
	return park(w, "WHMCS makes %s %s of invoice %s, we %s: it stays a draft (#%llu). Is a tax "
		    "or fee added there?", money_text(w->c->mem, total + credit, p->cur),
		    p->cur->code, p->inv.number,
		    money_text(w->c->mem, p->inv.total_minor, p->cur),
		    (unsigned long long)p->remote);
}

/* Publishing twice is refused there and changes nothing. */
static enum errk publish(struct push *p, const char **status_r)
{
	struct whmcs *w = p->w;
	struct whmcs_arg args[] = {
		{ "invoiceid", u64_text(w, p->remote) }, { "publish", "1" },
	};
	enum errk k;

	TRY(read_back(p, status_r));
	TRY(compare(p));
	if (strcmp(*status_r, "Draft") != 0)
		return ERR_OK;
	k = whmcs_call(w, WHMCS_WRITE, "UpdateInvoice", args, 2);
	if (k != ERR_OK && !whmcs_said(w, "Invoice must be in Draft status"))
		return k;
	err_clear(w->c);
	TRY(read_back(p, status_r));
	if (strcmp(*status_r, "Draft") == 0)
		return park(w, "WHMCS did not publish invoice #%llu",
			    (unsigned long long)p->remote);
	return compare(p);
}

static enum errk ensure_remote(struct push *p)
{
	enum intent_state state;

	TRY(intent_begin(p->w, "CreateInvoice", p->token, &state, &p->remote));
	if (state == INTENT_CONFIRMED)
		return ERR_OK;
	TRY(find(p));
	if (p->remote != 0)
		return intent_confirm(p->w, p->token, p->remote, "found");
	return create(p);
}

static enum errk ensure_link(struct push *p)
{
	struct whmcs_link_get_row link;
	enum errk k = q_whmcs_link_get(p->w->c, "INVOICE", p->inv.id, &link);
	const char *status;
	uint64_t n;

	if (k == ERR_OK) {
		p->remote = link.remote_id;
		return ERR_OK;
	}
	if (k != ERR_NOT_FOUND)
		return k;
	err_clear(p->w->c);
	/* It may have been changed since the client was linked. */
	TRY(client_currency_check(p->w, p->client, p->inv.currency));
	TRY(ensure_remote(p));
	TRY(publish(p, &status));
	return q_whmcs_link_add(p->w->c, "INVOICE", p->inv.id, p->remote, p->inv.account_id, "OPEN",
				status, "", "", 0, &n);
}

/* ---- payments of ours ---- */

static enum errk payment_known(struct push *p, const char *transid, bool *known_r)
{
	struct whmcs_arg args[] = { { "transid", transid } };
	const struct json *row;

	*known_r = false;
	TRY(whmcs_call(p->w, WHMCS_READ, "GetTransactions", args, 1));
	for (size_t i = 0; (row = wj_item(p->w->answer, "transactions", "transaction", i)) != NULL;
	     i++)
		*known_r |= strcmp(wj_text(p->w, row, "transid"), transid) == 0;
	return ERR_OK;
}

static enum errk payment_push(struct push *p, const struct whmcs_local_payments_row *pay)
{
	struct whmcs *w = p->w;
	const char *transid;

	TRY(whmcs_mark(w, "p", pay->payment_id, &transid));
	transid = arena_fmt(w->c->mem, "tb-%s-i%llu", transid, (unsigned long long)p->inv.id);
	struct whmcs_arg args[] = {
		{ "invoiceid", u64_text(w, p->remote) }, { "transid", transid },
		{ "gateway", w->c->set->whmcs_gateway },
		{ "date", arena_fmt(w->c->mem, "%s %.8s", clock_date(w->c->mem, pay->received_at),
				    clock_iso(w->c->mem, pay->received_at) + 11) },
		{ "amount", money_text(w->c->mem, pay->amount_minor, p->cur) },
		{ "noemail", "1" },
	};
	enum intent_state state;
	uint64_t ignored;
	bool known;
	enum errk k;

	TRY(intent_begin(w, "AddInvoicePayment", transid, &state, &ignored));
	if (state == INTENT_CONFIRMED)
		return ERR_OK;
	TRY(payment_known(p, transid, &known));
	if (known)
		return intent_confirm(w, transid, p->remote, "found");
	k = whmcs_call(w, WHMCS_WRITE, "AddInvoicePayment", args, sizeof args / sizeof args[0]);
	if (k != ERR_OK)
		return intent_failed(w, transid, k);
	return intent_confirm(w, transid, p->remote, "recorded");
}

enum errk job_whmcs_invoice(struct whmcs *w, uint64_t invoice_id)
{
	struct push p = { .w = w };
	struct whmcs_local_payments_row *pays;
	size_t n;

	TRY(load(&p, invoice_id));
	/* Nothing to collect is nothing to send. */
	if (p.inv.total_minor == 0)
		return ERR_OK;
	TRY(client_ensure(w, p.inv.account_id, &p.client));
	TRY(client_in_order(w, p.inv.account_id));
	TRY(ensure_link(&p));
	TRY(q_whmcs_local_payments(w->c, invoice_id, &pays, &n));
	for (size_t i = 0; i < n; i++)
		TRY(payment_push(&p, &pays[i]));
	return ERR_OK;
}
