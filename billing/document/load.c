/* From rows to the text on a document. Only what stands at the issue: no
 * status, no payments that came later. */
#include "document/private.h"

#include <string.h>

#include "account/account.h"
#include "base/json.h"
#include "base/zone.h"
#include "catalog/price.h"
#include "money/money.h"
#include "settings/settings.h"
#include "stmt.h"

#define PAGE_ROWS 500
#define PARTY_MAX 4000

const struct doc_kind *doc_kind_find(const char *kind)
{
	static const struct doc_kind kinds[] = {
#define KIND(kind, title, due, usage, payable) { kind, title, due, usage, payable },
#include "document/kinds.def"
#undef KIND
	};
	static const struct doc_kind other = { "", "Document", "Amount", true, false };

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(kinds[i].kind, kind) == 0)
			return &kinds[i];
	return &other;
}

/* ---- dates ---- */

static const char *month_name(int32_t month)
{
	static const char *const names[] = {
		"January", "February", "March", "April", "May", "June", "July", "August",
		"September", "October", "November", "December",
	};

	return names[(month - 1) % 12];
}

static const char *day_text(struct ctx *c, struct civil v)
{
	return arena_fmt(c->mem, "%d %s %d", v.day, month_name(v.month), v.year);
}

static const char *date_in(struct ctx *c, const struct zone_info *zone, int64_t at)
{
	return day_text(c, zone_civil(zone, at));
}

/* Whole days by their first and last one; else to the minute. */
static const char *period_in(struct ctx *c, const struct zone_info *zone, int64_t from, int64_t to)
{
	struct civil a = zone_civil(zone, from), b = zone_civil(zone, to);
	struct civil last = zone_civil(zone, to - 1);

	if (to <= from)
		return NULL;
	if (a.hour == 0 && a.minute == 0 && b.hour == 0 && b.minute == 0)
		return arena_fmt(c->mem, "%s \xe2\x80\x93 %s", day_text(c, a), day_text(c, last));
	return arena_fmt(c->mem, "%s %02d:%02d \xe2\x80\x93 %s %02d:%02d", day_text(c, a), a.hour,
			 a.minute, day_text(c, b), b.hour, b.minute);
}

/* ---- parties ---- */

static const char *country_name(const char *code)
{
	for (size_t i = 0; i < countries_count; i++)
		if (strcmp(countries[i].code, code) == 0)
			return countries[i].name;
	return code;
}

static const char *member(const struct json *j, const char *name)
{
	const struct json *m = json_get(j, name);
	const char *text = m == NULL ? NULL : json_text(m);

	return text == NULL ? "" : text;
}

static void line_add(struct str *s, const char *a, const char *between, const char *b)
{
	bool both = a[0] != '\0' && b[0] != '\0';

	if (a[0] == '\0' && b[0] == '\0')
		return;
	str_addf(s, "%s%s%s%s", s->len > 0 ? "\n" : "", a, both ? between : "", b);
}

/* The lines of a letter's address field. */
static enum errk party(struct ctx *c, const char *snapshot, const char **text_r)
{
	struct json *j;
	struct str s;

	TRY(json_parse(c, snapshot, strlen(snapshot), &j));
	str_init(&s, c->mem, 16 * PARTY_MAX);
	line_add(&s, member(j, "company"), "", "");
	line_add(&s, member(j, "name"), "", "");
	line_add(&s, member(j, "address"), "", "");
	line_add(&s, member(j, "address1"), "", "");
	line_add(&s, member(j, "address2"), "", "");
	line_add(&s, member(j, "postcode"), " ", member(j, "city"));
	line_add(&s, member(j, "state"), ", ", country_name(member(j, "country")));
	if (member(j, "tax_id")[0] != '\0')
		line_add(&s, "Tax ID", " ", member(j, "tax_id"));
	*text_r = s.len > 0 ? s.s : "";
	json_close(&j);
	return ERR_OK;
}

/* ---- lines, taxes, sums ---- */

static void line_fill(struct ctx *c, const struct document_lines_row *row, struct doc *d,
		      const struct currency *cur, struct doc_line *line)
{
	struct arena *mem = c->mem;
	struct counted n = price_counted(mem, row->unit, row->hours, row->unit_e8);

	*line = (struct doc_line){
		.position = row->position, .description = row->description,
		.exact = amount_text(mem, row->exact_e8),
		.amount = money_text(mem, row->amount_minor, cur),
	};
	/* a discount or surcharge has neither hours nor a price per hour */
	if (!d->kind->usage || (row->hours == 0 && row->unit_e8_null))
		return;
	line->quantity = n.quantity;
	line->counted = n.unit;
	if (row->unit_e8_null)
		return;
	line->unit = amount_display(mem, n.price_e8, (uint32_t)c->set->display_cost_decimals);
	line->unit_exact = amount_text(mem, n.price_e8);
}

static enum errk lines(struct ctx *c, uint64_t id, const struct currency *cur, struct doc *d)
{
	struct document_lines_row *rows;
	struct doc_line *all = NULL;
	uint32_t after = 0;
	size_t cap = 0, n;

	do {
		TRY(q_document_lines(c, id, after, PAGE_ROWS, &rows, &n));
		if (d->nlines + n > DOC_LINES_MAX)
			return fail(c, ERR_CONFLICT, "document.too_long", "%s", d->number);
		if (d->nlines + n > cap) {
			struct doc_line *more;

			cap = 2 * (d->nlines + n);
			more = ARENA_ARRAY(c->mem, cap, struct doc_line);
			if (d->nlines > 0)
				memcpy(more, all, d->nlines * sizeof *more);
			d->lines = all = more;
		}
		for (size_t i = 0; i < n; i++)
			line_fill(c, &rows[i], d, cur, &all[d->nlines++]);
		if (n > 0)
			after = rows[n - 1].position;
	} while (n == PAGE_ROWS);
	return ERR_OK;
}

static const char *percent(struct ctx *c, int64_t ppm)
{
	char *s = arena_fmt(c->mem, "%lld.%04lld", (long long)(ppm / 10000),
			    (long long)(ppm % 10000));
	size_t len = strlen(s);

	while (s[len - 1] == '0')
		s[--len] = '\0';
	if (s[len - 1] == '.')
		s[len - 1] = '\0';
	return s;
}

static enum errk taxes(struct ctx *c, uint64_t id, const struct currency *cur, struct doc *d)
{
	struct invoice_taxes_row *rows;
	struct doc_tax *all;
	size_t n;

	TRY(q_invoice_taxes(c, id, &rows, &n));
	all = ARENA_ARRAY(c->mem, n, struct doc_tax);
	for (size_t i = 0; i < n; i++)
		all[i] = (struct doc_tax){
			.name = rows[i].name, .rate_percent = percent(c, rows[i].rate_ppm),
			.base = money_text(c->mem, rows[i].base_minor, cur),
			.amount = money_text(c->mem, rows[i].tax_minor, cur),
		};
	d->taxes = all;
	d->ntaxes = n;
	return ERR_OK;
}

/* Why a tax is not there, that the lines contain them, and what they are in the
 * seller's own currency: each as it was decided when the document was issued. */
static enum errk remarks(struct ctx *c, const struct invoice_get_row *inv, struct doc *d)
{
	struct invoice_taxes_row *rows;
	struct invoice_fx_get_row fx;
	const char **all;
	size_t n;
	enum errk k;

	TRY(q_invoice_taxes(c, inv->id, &rows, &n));
	all = ARENA_ARRAY(c->mem, n + 2, const char *);
	d->remarks = all;
	if (inv->tax_inclusive)
		all[d->nremarks++] = "Prices include taxes.";
	for (size_t i = 0; i < n; i++)
		if (rows[i].reason[0] != '\0')
			all[d->nremarks++] = arena_fmt(c->mem, "%s: %s.", rows[i].name,
						       rows[i].reason);
	k = q_invoice_fx_get(c, inv->id, &fx);
	if (k == ERR_NOT_FOUND) {
		err_clear(c);
		return ERR_OK;
	}
	TRY(k);
	all[d->nremarks++] = arena_fmt(c->mem, "Taxes in %s: %s (1 %s = %s %s, %s, %s).",
				       fx.currency, money_text(c->mem, fx.tax_minor,
							       currency_find(fx.currency)),
				       inv->currency, fx_text(c->mem, fx.rate_e12), fx.currency,
				       fx.source, clock_date(c->mem, fx.rate_at));
	return ERR_OK;
}

/* How things stood when it was issued: later payments are on no document. */
static enum errk sums(struct ctx *c, const struct invoice_get_row *inv,
		      const struct currency *cur, struct doc *d)
{
	struct document_settled_row row;

	TRY(q_document_settled(c, inv->id, &row));
	d->subtotal_label = inv->tax_inclusive ? "Total without taxes" : "Subtotal";
	d->subtotal = money_text(c->mem, inv->subtotal_minor, cur);
	d->total = money_text(c->mem, inv->total_minor, cur);
	d->settled_label = strcmp(row.gateway, "deposit") == 0
		? "Paid from the sign-up deposit" : "Paid from the balance on issue";
	if (row.settled_minor != 0)
		d->settled = money_text(c->mem, row.settled_minor, cur);
	d->open = money_text(c->mem, inv->total_minor - row.settled_minor, cur);
	d->anything_open = inv->total_minor > row.settled_minor;
	return ERR_OK;
}

/* A note names its invoice: the law of most places asks for it. */
static enum errk reference(struct ctx *c, uint64_t id, struct doc *d)
{
	struct note_ref_row row;
	enum errk k = q_note_ref(c, id, &row);

	if (k == ERR_NOT_FOUND) {
		err_clear(c);
		return ERR_OK;
	}
	TRY(k);
	d->ref = row.number;
	d->reason = row.reason;
	return ERR_OK;
}

static enum errk logo(struct ctx *c, struct doc *d)
{
	struct logo_get_row row;
	enum errk k = q_logo_get(c, &row);

	if (k == ERR_NOT_FOUND) {
		err_clear(c);
		return ERR_OK;
	}
	TRY(k);
	d->logo = row.png;
	d->logo_len = row.png_len;
	return ERR_OK;
}

enum errk doc_load(struct ctx *c, const struct invoice_get_row *inv, struct doc *d)
{
	const struct currency *cur = currency_find(inv->currency);
	const struct settings *set = c->set;
	struct account_get_row a;
	const struct zone_info *zone;

	if (cur == NULL)
		return fail(c, ERR_INTERNAL, "internal", "currency %s", inv->currency);
	TRY(q_account_get(c, inv->account_id, &a));
	zone = zone_load(c->mem, a.timezone);
	*d = (struct doc){
		.kind = doc_kind_find(inv->kind), .number = inv->number, .currency = cur->code,
		.digits = cur->digits, .issued_at = inv->issued_at,
		.zone = zone_known(zone) ? a.timezone : "UTC",
		.header = set->invoice_header_text, .footer = set->invoice_footer_text,
	};
	d->issued = date_in(c, zone, inv->issued_at);
	d->due = d->kind->payable ? date_in(c, zone, inv->due_at) : NULL;
	d->period = period_in(c, zone, inv->period_from_hour * HOUR_S,
			      inv->period_to_hour * HOUR_S);
	TRY(party(c, inv->seller, &d->seller));
	TRY(party(c, inv->buyer, &d->buyer));
	TRY(lines(c, inv->id, cur, d));
	TRY(taxes(c, inv->id, cur, d));
	TRY(remarks(c, inv, d));
	TRY(sums(c, inv, cur, d));
	TRY(reference(c, inv->id, d));
	d->instructions = !d->kind->payable || !d->anything_open ? "" :
		set->whmcs_enabled && set->payment_portal ? set->invoice_online_text :
		set->invoice_offline_text;
	return logo(c, d);
}
