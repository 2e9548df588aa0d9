/* /api/admin/taxes: Billing > Tax; /api/admin/clients/{id}/tax: a client's VAT id,
 * what was found out about it, and certificates of exemption. */
#include <string.h>

#include "account/tax.h"
#include "account/vatid.h"
#include "catalog/price.h"
#include "fcgi/show.h"
#include "money/money.h"
#include "promo/discount.h"
#include "settings/settings.h"
#include "stmt.h"

const struct field admin_taxes_in[] = { F_END };

static const char *rule_state(const struct req *r, const struct tax_rule_list_row *rule)
{
	return rule->valid_to <= r->ctx.now ? "ENDED" :
	       rule->valid_from > r->ctx.now ? "SCHEDULED" : "ACTIVE";
}

enum errk admin_taxes(struct req *r)
{
	const struct settings *set = r->ctx.set;
	struct tax_rule_list_row *rows;
	size_t n;

	TRY(q_tax_rule_list(&r->ctx, &rows, &n));
	jo_bool(r->out, "inclusive", set->tax_inclusive);
	jo_str(r->out, "seller_country", set->seller_country);
	jo_str(r->out, "seller_vat_id", set->seller_vat_id);
	jo_bool(r->out, "reverse_charge", tax_seller(&r->ctx)[0] != '\0');
	jo_arr(r->out, "rules");
	for (size_t i = 0; i < n; i++) {
		jo_obj(r->out, NULL);
		jo_u64(r->out, "id", rows[i].id);
		jo_str(r->out, "country", rows[i].country);
		jo_str(r->out, "region", rows[i].region);
		jo_str(r->out, "name", rows[i].name);
		jo_str(r->out, "customer", rows[i].customer);
		jo_str(r->out, "percent", percent_text(r->ctx.mem, rows[i].rate_ppm));
		jo_time(r->out, "from", rows[i].valid_from);
		jo_time(r->out, "to", rows[i].valid_to >= TIME_END ? 0 : rows[i].valid_to);
		jo_str(r->out, "state", rule_state(r, &rows[i]));
		jo_end(r->out);
	}
	jo_end(r->out);
	return ERR_OK;
}

struct tax_add_in {
	const char *country, *region, *name, *customer, *percent, *idempotency_key;
	int64_t from;
};
const struct field admin_tax_add_in[] = {
	F_STR(struct tax_add_in, country, true, 2, 2, "ISO country code of the buyer"),
	F_STR(struct tax_add_in, region, false, 0, 100, "State, as customers write it; none: all"),
	F_STR(struct tax_add_in, name, true, 1, 64, "Name of the tax, printed on invoices"),
	F_ENUM(struct tax_add_in, customer, false, "INDIVIDUAL|ORGANIZATION", NULL,
	       "Only for these; none: both"),
	F_TEXT(struct tax_add_in, percent, true, "Rate in percent"),
	F_TIME(struct tax_add_in, from, false, "From when on; none: now"),
	F_STR(struct tax_add_in, idempotency_key, true, 16, 64, "Same key, same rule"), F_END
};

enum errk admin_tax_add(struct req *r)
{
	const struct tax_add_in *in = r->in;

	TRY(tax_set(&r->ctx, &(struct tax_text){
		.country = in->country, .region = in->region ? in->region : "",
		.name = in->name, .customer = in->customer ? in->customer : "",
		.percent = in->percent, .from = in->from != 0 ? in->from : r->ctx.now }));
	r->status = 201;
	r->audit_object = arena_fmt(r->ctx.mem, "tax:%s:%s", in->country, in->name);
	jo_bool(r->out, "ok", true);
	return ERR_OK;
}

struct tax_end_in { uint64_t id; int64_t at; };
const struct field admin_tax_end_in[] = {
	F_U64(struct tax_end_in, id, true, 1, UINT64_MAX, "Rule, from the path"),
	F_TIME(struct tax_end_in, at, false, "When it ends; none: now"), F_END
};

enum errk admin_tax_end(struct req *r)
{
	const struct tax_end_in *in = r->in;

	TRY(tax_end(&r->ctx, in->id, in->at));
	jo_bool(r->out, "ok", true);
	return ERR_OK;
}

static void sum_out(struct req *r, const struct tax_sum *sum, const char *currency)
{
	jo_bool(r->out, "inclusive", sum->inclusive);
	show_money(r, "base", sum->base_minor, currency);
	jo_arr(r->out, "taxes");
	for (size_t i = 0; i < sum->n; i++) {
		jo_obj(r->out, NULL);
		jo_str(r->out, "name", sum->taxes[i].name);
		jo_str(r->out, "rate_percent",
		       percent_text(r->ctx.mem, sum->taxes[i].rate_ppm));
		jo_str(r->out, "category", sum->taxes[i].category);
		jo_str(r->out, "reason", sum->taxes[i].reason);
		show_money(r, "tax", sum->each_minor[i], currency);
		jo_end(r->out);
	}
	jo_end(r->out);
	show_money(r, "tax", sum->tax_minor, currency);
	show_money(r, "total", sum->total_minor, currency);
}

struct preview_in { uint64_t account_id; const char *amount; int64_t at; };
const struct field admin_tax_preview_in[] = {
	F_U64(struct preview_in, account_id, true, 1, UINT64_MAX, "Client"),
	F_TEXT(struct preview_in, amount, false, "What its lines come to; none: 100"),
	F_TIME(struct preview_in, at, false, "When it is issued; none: now"), F_END
};

enum errk admin_tax_preview(struct req *r)
{
	const struct preview_in *in = r->in;
	struct account_get_row a;
	struct tax_sum sum;
	const struct currency *cur;
	int64_t minor;

	TRY(q_account_get(&r->ctx, in->account_id, &a));
	cur = currency_find(a.currency);
	if (money_parse(&r->ctx, in->amount ? in->amount : "100", cur, &minor) != ERR_OK ||
	    minor < 0) {
		err_clear(&r->ctx);
		return fail_field(&r->ctx, "amount", "Please give %s.",
				  amount_rule(r->ctx.mem, cur));
	}
	TRY(tax_estimate(&r->ctx, a.id, in->at != 0 ? in->at : r->ctx.now, minor, &sum));
	show_money(r, "amount", minor, a.currency);
	sum_out(r, &sum, a.currency);
	return ERR_OK;
}

/* ---- one client ---- */

static enum errk evidence_out(struct req *r, uint64_t account_id)
{
	struct evidence_list_row *rows;
	size_t n;

	TRY(q_evidence_list(&r->ctx, account_id, &rows, &n));
	jo_arr(r->out, "evidence");
	for (size_t i = 0; i < n; i++) {
		jo_obj(r->out, NULL);
		jo_u64(r->out, "id", rows[i].id);
		jo_str(r->out, "country", rows[i].country);
		jo_str(r->out, "vat_id", rows[i].vat_id);
		jo_str(r->out, "result", rows[i].result);
		jo_time(r->out, "checked_at", rows[i].checked_at);
		jo_time(r->out, "recorded_at", rows[i].recorded_at);
		jo_str(r->out, "recorded_by", rows[i].recorded_by);
		jo_str(r->out, "source", rows[i].source);
		jo_str(r->out, "reference", rows[i].reference);
		jo_time(r->out, "voided_at", rows[i].voided_at_null ? 0 : rows[i].voided_at);
		jo_str(r->out, "voided_by", rows[i].voided_by);
		jo_end(r->out);
	}
	jo_end(r->out);
	return ERR_OK;
}

static enum errk exemptions_out(struct req *r, uint64_t account_id)
{
	struct exemption_list_row *rows;
	size_t n;

	TRY(q_exemption_list(&r->ctx, account_id, &rows, &n));
	jo_arr(r->out, "exemptions");
	for (size_t i = 0; i < n; i++) {
		jo_obj(r->out, NULL);
		jo_u64(r->out, "id", rows[i].id);
		jo_str(r->out, "certificate", rows[i].certificate);
		jo_time(r->out, "from", rows[i].valid_from);
		jo_time(r->out, "to", rows[i].valid_to);
		jo_time(r->out, "recorded_at", rows[i].recorded_at);
		jo_str(r->out, "recorded_by", rows[i].recorded_by);
		jo_time(r->out, "voided_at", rows[i].voided_at_null ? 0 : rows[i].voided_at);
		jo_str(r->out, "voided_by", rows[i].voided_by);
		jo_end(r->out);
	}
	jo_end(r->out);
	return ERR_OK;
}

struct client_tax_in { uint64_t id; };
const struct field admin_client_tax_in[] = {
	F_U64(struct client_tax_in, id, true, 1, UINT64_MAX, "Client, from the path"), F_END
};

static enum errk client_tax_out(struct req *r, uint64_t id)
{
	struct account_get_row a;
	struct tax_sum sum;

	TRY(q_account_get(&r->ctx, id, &a));
	jo_str(r->out, "category", a.category);
	jo_str(r->out, "country", a.country);
	jo_str(r->out, "tax_id", a.tax_id);
	jo_bool(r->out, "member", vat_member(a.country));
	jo_bool(r->out, "plausible", vat_id_ok(a.country, a.tax_id));
	TRY(evidence_out(r, id));
	TRY(exemptions_out(r, id));
	TRY(tax_estimate(&r->ctx, id, r->ctx.now,
			 amount_to_minor(100 * E8, currency_find(a.currency)), &sum));
	jo_obj(r->out, "example");
	sum_out(r, &sum, a.currency);
	jo_end(r->out);
	return ERR_OK;
}

enum errk admin_client_tax(struct req *r)
{
	const struct client_tax_in *in = r->in;

	return client_tax_out(r, in->id);
}

struct evidence_add_in {
	uint64_t id;
	const char *result, *source, *reference, *idempotency_key;
	int64_t checked_at;
};
const struct field admin_evidence_add_in[] = {
	F_U64(struct evidence_add_in, id, true, 1, UINT64_MAX, "Client, from the path"),
	F_ENUM(struct evidence_add_in, result, true, "VALID|INVALID|UNKNOWN", NULL,
	       "What was found"),
	F_TIME(struct evidence_add_in, checked_at, false, "When; none: now"),
	F_STR(struct evidence_add_in, source, true, 1, 100, "Who was asked, such as VIES"),
	F_STR(struct evidence_add_in, reference, true, 1, 100, "Number of the answer"),
	F_STR(struct evidence_add_in, idempotency_key, true, 16, 64, "Same key, same entry"),
	F_END
};

enum errk admin_evidence_add(struct req *r)
{
	const struct evidence_add_in *in = r->in;

	TRY(evidence_add(&r->ctx, &(struct evidence_in){
		.account_id = in->id, .result = in->result, .checked_at = in->checked_at,
		.source = in->source, .reference = in->reference }));
	r->status = 201;
	return client_tax_out(r, in->id);
}

struct exemption_add_in {
	uint64_t id;
	const char *certificate, *idempotency_key;
	int64_t from, to;
};
const struct field admin_exemption_add_in[] = {
	F_U64(struct exemption_add_in, id, true, 1, UINT64_MAX, "Client, from the path"),
	F_STR(struct exemption_add_in, certificate, true, 1, 100, "Its number, printed"),
	F_TIME(struct exemption_add_in, from, true, "First instant"),
	F_TIME(struct exemption_add_in, to, true, "The instant after the last"),
	F_STR(struct exemption_add_in, idempotency_key, true, 16, 64, "Same key, same entry"),
	F_END
};

enum errk admin_exemption_add(struct req *r)
{
	const struct exemption_add_in *in = r->in;

	TRY(exemption_add(&r->ctx, &(struct exemption_in){
		.account_id = in->id, .certificate = in->certificate, .from = in->from,
		.to = in->to }));
	r->status = 201;
	return client_tax_out(r, in->id);
}

struct exemption_void_in { uint64_t id, exemption; };
const struct field admin_exemption_void_in[] = {
	F_U64(struct exemption_void_in, id, true, 1, UINT64_MAX, "Client, from the path"),
	F_U64(struct exemption_void_in, exemption, true, 1, UINT64_MAX, "Which, from the path"),
	F_END
};

enum errk admin_exemption_void(struct req *r)
{
	const struct exemption_void_in *in = r->in;

	TRY(exemption_void(&r->ctx, in->id, in->exemption));
	return client_tax_out(r, in->id);
}
