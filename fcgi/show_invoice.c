/* Documents as JSON: list, one with its lines, and a line down to the hours. */
#include <string.h>

#include "base/clock.h"
#include "catalog/price.h"
#include "fcgi/show.h"
#include "invoice/invoice.h"
#include "money/money.h"
#include "stmt.h"

/* What every row of a list and every document shows. */
struct doc {
	uint64_t id, whmcs_id;
	const char *kind, *number, *status, *currency, *timezone, *whmcs_state, *whmcs_status;
	int64_t from_hour, to_hour, issued_at, due_at;
	int64_t subtotal, tax, total, paid;
};

/* OVERDUE is a view of UNPAID, never stored. */
static const char *status_now(const struct req *r, const struct doc *d)
{
	if (strcmp(d->kind, "CREDIT_NOTE") == 0)
		return "ISSUED";
	/* A request for funds is no claim: nobody is late with it. */
	if (strcmp(d->kind, "RECHARGE") == 0)
		return d->status;
	return strcmp(d->status, "UNPAID") == 0 && d->due_at < r->ctx.now ? "OVERDUE" : d->status;
}

static enum errk show_whmcs(struct req *r, const struct doc *d)
{
	struct whmcs_site_get_row site;
	const char *state = "PENDING", *url = NULL;
	enum errk k;

	if (!r->ctx.set->whmcs_enabled) {
		jo_null(r->out, "whmcs");
		return ERR_OK;
	}
	if (d->whmcs_id != 0) {
		k = q_whmcs_site_get(&r->ctx, &site);
		if (k == ERR_OK)
			url = arena_fmt(r->ctx.mem, "%s/viewinvoice.php?id=%llu", site.url,
					(unsigned long long)d->whmcs_id);
		else if (k != ERR_NOT_FOUND)
			return k;
		else
			err_clear(&r->ctx);
		state = strcmp(d->whmcs_state, "ATTENTION") == 0 ? "ATTENTION" : "SYNCED";
	}
	jo_obj(r->out, "whmcs");
	if (d->whmcs_id != 0)
		jo_u64(r->out, "id", d->whmcs_id);
	else
		jo_null(r->out, "id");
	jo_str(r->out, "status", d->whmcs_status);
	jo_str(r->out, "state", state);
	jo_str(r->out, "url", url);
	jo_end(r->out);
	return ERR_OK;
}

static enum errk doc_out(struct req *r, const struct doc *d)
{
	jo_u64(r->out, "id", d->id);
	jo_str(r->out, "number", d->number);
	jo_str(r->out, "kind", d->kind);
	jo_str(r->out, "status", status_now(r, d));
	jo_time(r->out, "period_from", d->from_hour * HOUR_S);
	jo_time(r->out, "period_to", d->to_hour * HOUR_S);
	jo_str(r->out, "timezone", d->timezone);
	jo_time(r->out, "issued_at", d->issued_at);
	jo_time(r->out, "due_at", d->due_at);
	show_money(r, "subtotal", d->subtotal, d->currency);
	show_money(r, "tax", d->tax, d->currency);
	show_money(r, "total", d->total, d->currency);
	show_money(r, "paid", d->paid, d->currency);
	show_money(r, "due", strcmp(d->status, "UNPAID") == 0 ? d->total - d->paid : 0,
		   d->currency);
	return show_whmcs(r, d);
}

/* The generated rows of three statements have these members in common. */
#define DOC_OF(p) \
	((struct doc){ .id = (p)->id, .whmcs_id = (p)->whmcs_id, .kind = (p)->kind, \
		       .number = (p)->number, .status = (p)->status, .currency = (p)->currency, \
		       .timezone = (p)->timezone, \
		       .whmcs_state = (p)->whmcs_state, .whmcs_status = (p)->whmcs_status, \
		       .from_hour = (p)->period_from_hour, .to_hour = (p)->period_to_hour, \
		       .issued_at = (p)->issued_at, .due_at = (p)->due_at, \
		       .subtotal = (p)->subtotal_minor, .tax = (p)->tax_minor, \
		       .total = (p)->total_minor, .paid = (p)->paid_minor })

enum errk show_invoices_newest(struct req *r, uint64_t account_id, uint32_t n)
{
	struct invoice_newest_row *rows;
	size_t got;

	TRY(q_invoice_newest(&r->ctx, account_id, UINT64_MAX >> 1, n, &rows, &got));
	jo_arr(r->out, "invoices");
	for (size_t i = 0; i < got; i++) {
		struct doc d = DOC_OF(&rows[i]);

		jo_obj(r->out, NULL);
		TRY(doc_out(r, &d));
		jo_end(r->out);
	}
	jo_end(r->out);
	return ERR_OK;
}

static enum errk counts_out(struct req *r, uint64_t account_id, const struct list_in *list,
			    uint64_t *total_r)
{
	struct invoice_page_counts_row *rows;
	size_t n;

	*total_r = 0;
	TRY(q_invoice_page_counts(&r->ctx, account_id, list->q ? list->q : "", r->ctx.now, &rows,
				  &n));
	jo_obj(r->out, "counts");
	for (size_t i = 0; i < n; i++) {
		bool overdue = strcmp(rows[i].status, "OVERDUE") == 0;

		jo_u64(r->out, rows[i].status, rows[i].n);
		if (list->status == NULL ? !overdue : strcmp(list->status, rows[i].status) == 0)
			*total_r += rows[i].n;
	}
	jo_end(r->out);
	return ERR_OK;
}

enum errk show_invoice_list(struct req *r, uint64_t account_id, const struct list_in *list,
			    bool staff)
{
	struct invoice_page_row *rows;
	uint64_t total;
	size_t n;

	TRY(q_invoice_page(&r->ctx, account_id, list->q ? list->q : "",
			   list->status ? list->status : "", r->ctx.now, list->sort, list->dir,
			   list->per, (uint32_t)list_skip(list), &rows, &n));
	jo_arr(r->out, "rows");
	for (size_t i = 0; i < n; i++) {
		struct doc d = DOC_OF(&rows[i]);

		jo_obj(r->out, NULL);
		TRY(doc_out(r, &d));
		if (staff) {
			jo_obj(r->out, "client");
			jo_u64(r->out, "id", rows[i].account_id);
			jo_str(r->out, "name", rows[i].client);
			jo_end(r->out);
		}
		jo_end(r->out);
	}
	jo_end(r->out);
	TRY(counts_out(r, account_id, list, &total));
	show_page(r, list, total);
	return ERR_OK;
}

static enum errk lines_out(struct req *r, const struct invoice_get_row *inv)
{
	struct invoice_lines_row *rows;
	size_t n;

	TRY(invoice_lines_all(&r->ctx, inv->id, &rows, &n));
	jo_arr(r->out, "lines");
	for (size_t i = 0; i < n; i++) {
		jo_obj(r->out, NULL);
		jo_u64(r->out, "id", rows[i].id);
		jo_u64(r->out, "position", rows[i].position);
		jo_str(r->out, "component", rows[i].component);
		jo_str(r->out, "description", rows[i].description);
		show_counted(r, rows[i].unit, rows[i].hours,
			     rows[i].unit_e8_null ? NULL : &rows[i].unit_e8, inv->currency);
		show_amount(r, "exact", rows[i].exact_e8, inv->currency);
		show_money(r, "amount", rows[i].amount_minor, inv->currency);
		show_money(r, "credited", rows[i].credited_minor, inv->currency);
		jo_end(r->out);
	}
	jo_end(r->out);
	return ERR_OK;
}

/* What became of an invoice; what a note belongs to. */
static enum errk notes_out(struct req *r, const struct invoice_get_row *inv)
{
	struct notes_of_row *rows;
	struct note_ref_row ref;
	enum errk k;
	size_t n;

	TRY(q_notes_of(&r->ctx, inv->id, &rows, &n));
	jo_arr(r->out, "notes");
	for (size_t i = 0; i < n; i++) {
		jo_obj(r->out, NULL);
		jo_u64(r->out, "id", rows[i].id);
		jo_str(r->out, "kind", rows[i].kind);
		jo_str(r->out, "number", rows[i].number);
		jo_time(r->out, "issued_at", rows[i].issued_at);
		show_money(r, "total", rows[i].total_minor, inv->currency);
		jo_str(r->out, "reason", rows[i].reason);
		jo_end(r->out);
	}
	jo_end(r->out);
	k = q_note_ref(&r->ctx, inv->id, &ref);
	if (k == ERR_NOT_FOUND) {
		err_clear(&r->ctx);
		jo_null(r->out, "ref");
		return ERR_OK;
	}
	TRY(k);
	jo_obj(r->out, "ref");
	jo_u64(r->out, "id", ref.ref_id);
	jo_str(r->out, "number", ref.number);
	jo_str(r->out, "reason", ref.reason);
	jo_end(r->out);
	return ERR_OK;
}

/* 230000 -> "23", 75000 -> "7.5" */
static const char *percent_text(struct arena *mem, int64_t ppm)
{
	char *s = arena_fmt(mem, "%lld.%04lld", (long long)(ppm / 10000),
			    (long long)(ppm % 10000));
	size_t len = strlen(s);

	while (s[len - 1] == '0')
		s[--len] = '\0';
	if (s[len - 1] == '.')
		s[len - 1] = '\0';
	return s;
}

/* The tax in the seller's own currency, on documents in another. */
static enum errk fx_out(struct req *r, const struct invoice_get_row *inv)
{
	struct invoice_fx_get_row fx;
	enum errk k = q_invoice_fx_get(&r->ctx, inv->id, &fx);

	jo_bool(r->out, "tax_inclusive", inv->tax_inclusive);
	if (k == ERR_NOT_FOUND) {
		err_clear(&r->ctx);
		jo_null(r->out, "tax_base");
		return ERR_OK;
	}
	TRY(k);
	jo_obj(r->out, "tax_base");
	show_money(r, "tax", fx.tax_minor, fx.currency);
	jo_str(r->out, "rate", fx_text(r->ctx.mem, fx.rate_e12));
	jo_str(r->out, "source", fx.source);
	jo_time(r->out, "at", fx.rate_at);
	jo_end(r->out);
	return ERR_OK;
}

static enum errk taxes_out(struct req *r, const struct invoice_get_row *inv)
{
	struct invoice_taxes_row *rows;
	size_t n;

	TRY(q_invoice_taxes(&r->ctx, inv->id, &rows, &n));
	jo_arr(r->out, "taxes");
	for (size_t i = 0; i < n; i++) {
		jo_obj(r->out, NULL);
		jo_str(r->out, "name", rows[i].name);
		jo_str(r->out, "rate_percent", percent_text(r->ctx.mem, rows[i].rate_ppm));
		show_money(r, "base", rows[i].base_minor, inv->currency);
		show_money(r, "tax", rows[i].tax_minor, inv->currency);
		jo_str(r->out, "category", rows[i].category);
		jo_str(r->out, "reason", rows[i].reason);
		jo_end(r->out);
	}
	jo_end(r->out);
	return fx_out(r, inv);
}

static enum errk payments_out(struct req *r, const struct invoice_get_row *inv)
{
	struct invoice_payments_row *rows;
	size_t n;

	TRY(q_invoice_payments(&r->ctx, inv->id, &rows, &n));
	jo_arr(r->out, "payments");
	for (size_t i = 0; i < n; i++) {
		jo_obj(r->out, NULL);
		jo_time(r->out, "at", rows[i].received_at);
		jo_str(r->out, "gateway", rows[i].gateway);
		jo_str(r->out, "reference", rows[i].gateway_txn);
		show_money(r, "amount", rows[i].amount_minor, inv->currency);
		jo_end(r->out);
	}
	jo_end(r->out);
	jo_arr(r->out, "events");
	jo_obj(r->out, NULL);
	jo_time(r->out, "at", inv->issued_at);
	jo_str(r->out, "text", "Issued");
	jo_end(r->out);
	for (size_t i = 0; i < n; i++) {
		jo_obj(r->out, NULL);
		jo_time(r->out, "at", rows[i].received_at);
		jo_str(r->out, "text", arena_fmt(r->ctx.mem, "Payment of %s %s by %s",
						 money_text(r->ctx.mem, rows[i].amount_minor,
							    currency_find(inv->currency)),
						 inv->currency, rows[i].gateway));
		jo_end(r->out);
	}
	jo_end(r->out);
	return ERR_OK;
}

static enum errk party_out(struct req *r, const char *name, const char *text)
{
	struct json *j;

	TRY(json_parse(&r->ctx, text, strlen(text), &j));
	jo_json(r->out, name, j);
	json_close(&j);
	return ERR_OK;
}

void show_pay(struct req *r, uint64_t whmcs_id)
{
	struct whmcs_site_get_row site;

	jo_obj(r->out, "pay");
	if (r->ctx.set->payment_portal && r->ctx.set->whmcs_enabled && whmcs_id != 0 &&
	    q_whmcs_site_get(&r->ctx, &site) == ERR_OK) {
		jo_str(r->out, "kind", "whmcs");
		jo_str(r->out, "url", arena_fmt(r->ctx.mem, "%s/viewinvoice.php?id=%llu", site.url,
						(unsigned long long)whmcs_id));
	} else {
		err_clear(&r->ctx);
		jo_str(r->out, "kind", "offline");
		jo_str(r->out, "text", r->ctx.set->invoice_offline_text);
	}
	jo_end(r->out);
}

static void pay_out(struct req *r, const struct invoice_get_row *inv)
{
	if (strcmp(inv->status, "UNPAID") == 0)
		show_pay(r, inv->whmcs_id_null ? 0 : inv->whmcs_id);
	else
		jo_null(r->out, "pay");
}

enum errk show_open(struct req *r, uint64_t account_id, bool recharges, const char *currency)
{
	struct invoices_open_row *rows;
	size_t n;

	TRY(q_invoices_open(&r->ctx, account_id, recharges, &rows, &n));
	for (size_t i = 0; i < n; i++) {
		bool overdue = !recharges && rows[i].due_at < r->ctx.now;

		jo_obj(r->out, NULL);
		jo_u64(r->out, "id", rows[i].id);
		jo_str(r->out, "number", rows[i].number);
		jo_str(r->out, "kind", rows[i].kind);
		jo_str(r->out, "status", overdue ? "OVERDUE" : rows[i].status);
		jo_time(r->out, "issued_at", rows[i].issued_at);
		jo_time(r->out, "due_at", rows[i].due_at);
		show_money(r, "total", rows[i].total_minor, currency);
		show_money(r, "due", rows[i].total_minor - rows[i].paid_minor, currency);
		show_pay(r, rows[i].whmcs_id_null ? 0 : rows[i].whmcs_id);
		jo_end(r->out);
	}
	return ERR_OK;
}

enum errk show_invoice(struct req *r, uint64_t account_id, uint64_t id, bool staff)
{
	struct invoice_get_row inv;
	struct account_get_row a;
	struct doc d;

	TRY(q_invoice_get(&r->ctx, account_id, id, &inv));
	d = DOC_OF(&inv);
	TRY(doc_out(r, &d));
	TRY(lines_out(r, &inv));
	TRY(taxes_out(r, &inv));
	TRY(payments_out(r, &inv));
	TRY(notes_out(r, &inv));
	TRY(party_out(r, "seller", inv.seller));
	TRY(party_out(r, "buyer", inv.buyer));
	pay_out(r, &inv);
	if (!staff)
		return ERR_OK;
	TRY(q_account_get(&r->ctx, account_id, &a));
	jo_obj(r->out, "client");
	jo_u64(r->out, "id", account_id);
	jo_str(r->out, "name", a.company[0] != '\0' ? a.company
			: arena_fmt(r->ctx.mem, "%s %s", a.first_name, a.last_name));
	jo_end(r->out);
	return ERR_OK;
}
