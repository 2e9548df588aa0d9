/* /api/admin/discounts: Billing > Discount and Additional Services. */
#include "promo/discount.h"

#include <string.h>

#include "base/clock.h"
#include "base/zone.h"
#include "fcgi/show.h"
#include "stmt.h"

#define MONTHS 13

static void discount_out(struct req *r, const struct discount_page_row *d)
{
	jo_obj(r->out, NULL);
	jo_u64(r->out, "id", d->id);
	jo_u64(r->out, "account_id", d->account_id);
	jo_str(r->out, "client", d->client);
	jo_str(r->out, "source", d->source);
	jo_str(r->out, "code", d->code);
	jo_str(r->out, "kind", d->kind);
	if (d->ppm != 0) {
		jo_str(r->out, "percent", percent_text(r->ctx.mem, d->ppm));
		jo_null(r->out, "amount");
	} else {
		jo_null(r->out, "percent");
		show_whole(r, "amount", d->amount_e8, d->currency);
	}
	jo_bool(r->out, "surcharge", d->ppm + d->amount_e8 > 0);
	jo_str(r->out, "scope", d->scope);
	jo_str(r->out, "from",
	       zone_month_date(r->ctx.mem, zone_load(r->ctx.mem, d->timezone),
			       d->first_hour * HOUR_S));
	jo_u64(r->out, "cycles_total", d->cycles_total);
	jo_u64(r->out, "cycles_used", d->cycles_used);
	jo_str(r->out, "label", d->label);
	jo_str(r->out, "status", d->status);
	show_money(r, "billed", d->billed_minor, d->currency);
	jo_time(r->out, "created_at", d->created_at);
	jo_str(r->out, "created_by", d->created_by);
	jo_end(r->out);
}

struct discounts_in { struct list_in list; uint64_t account_id; };
const struct field admin_discounts_in[] = {
	F_LIST(struct discounts_in, list, "id", "ACTIVE|USED|ENDED"),
	F_U64(struct discounts_in, account_id, false, 0, UINT64_MAX, "Only of this client"), F_END
};

enum errk admin_discounts(struct req *r)
{
	const struct discounts_in *in = r->in;
	const char *q = in->list.q ? in->list.q : "", *status = in->list.status;
	struct discount_page_counts_row *counts;
	struct discount_page_row *rows;
	uint64_t total = 0;
	size_t n;

	TRY(q_discount_page(&r->ctx, in->account_id, q, status ? status : "", in->list.dir,
			    in->list.per, (uint32_t)list_skip(&in->list), &rows, &n));
	jo_arr(r->out, "rows");
	for (size_t i = 0; i < n; i++)
		discount_out(r, &rows[i]);
	jo_end(r->out);
	TRY(q_discount_page_counts(&r->ctx, in->account_id, q, &counts, &n));
	jo_obj(r->out, "counts");
	for (size_t i = 0; i < n; i++) {
		jo_u64(r->out, counts[i].status, counts[i].n);
		if (status == NULL || strcmp(status, counts[i].status) == 0)
			total += counts[i].n;
	}
	jo_end(r->out);
	show_page(r, &in->list, total);
	return ERR_OK;
}

const struct field admin_discount_form_in[] = { F_END };

enum errk admin_discount_form(struct req *r)
{
	struct discount_scopes_row *rows;
	size_t n;

	TRY(q_discount_scopes(&r->ctx, &rows, &n));
	jo_arr(r->out, "scopes");
	for (size_t i = 0; i < n; i++)
		jo_str(r->out, NULL, rows[i].component);
	jo_end(r->out);
	jo_arr(r->out, "months");
	for (int32_t i = 0; i < MONTHS; i++)
		jo_str(r->out, NULL, clock_date(r->ctx.mem, clock_month_start(r->ctx.now, i)));
	jo_end(r->out);
	return ERR_OK;
}

struct add_in {
	uint64_t account_id;
	const char *percent, *amount, *scope, *label, *idempotency_key;
	int64_t from;
	uint32_t cycles;
};
const struct field admin_discount_add_in[] = {
	F_U64(struct add_in, account_id, true, 1, UINT64_MAX, "Client"),
	F_TEXT(struct add_in, percent, false, "Percent: negative is a discount"),
	F_TEXT(struct add_in, amount, false, "Or an amount in the client's currency, signed"),
	F_STR(struct add_in, scope, false, 0, 32, "One component; none: the whole invoice"),
	F_STR(struct add_in, label, true, 3, 100, "Words on the invoice"),
	F_TIME(struct add_in, from, false, "First month; none: the one under way"),
	F_U32(struct add_in, cycles, true, 0, 1200, NULL, "How many invoices; 0: until ended"),
	F_STR(struct add_in, idempotency_key, true, 16, 64, "Same key, same discount"), F_END
};

enum errk admin_discount_add(struct req *r)
{
	const struct add_in *in = r->in;
	uint64_t id;

	TRY(discount_add(&r->ctx, &(struct discount_in){
		.account_id = in->account_id, .percent = in->percent, .amount = in->amount,
		.scope = in->scope, .label = in->label, .from = in->from, .cycles = in->cycles },
		&id));
	r->status = 201;
	r->audit_object = arena_fmt(r->ctx.mem, "account:%llu",
				    (unsigned long long)in->account_id);
	jo_u64(r->out, "id", id);
	return ERR_OK;
}

struct end_in { uint64_t id; };
const struct field admin_discount_end_in[] = {
	F_U64(struct end_in, id, true, 1, UINT64_MAX, "Discount, from the path"), F_END
};

enum errk admin_discount_end(struct req *r)
{
	const struct end_in *in = r->in;

	TRY(discount_end(&r->ctx, in->id));
	jo_bool(r->out, "ok", true);
	return ERR_OK;
}
