/* /api/admin/clients: Clients > Create & Manage User Accounts. */
#include <string.h>

#include "account/account.h"
#include "account/session.h"
#include "fcgi/admin/contracts.h"
#include "fcgi/show.h"
#include "money/money.h"
#include "payment/payment.h"
#include "stmt.h"
#include "suspension/suspension.h"

/* "A,B" -> array */
static void reasons_out(struct req *r, const char *text)
{
	jo_arr(r->out, "reasons");
	for (const char *s = text ? text : ""; *s != '\0'; s += strcspn(s, ","), s += *s == ',')
		jo_str(r->out, NULL, arena_dupn(r->ctx.mem, s, strcspn(s, ",")));
	jo_end(r->out);
}

static void client_row(struct req *r, const struct account_page_row *a)
{
	jo_obj(r->out, NULL);
	jo_u64(r->out, "id", a->id);
	jo_str(r->out, "name", arena_fmt(r->ctx.mem, "%s %s", a->first_name, a->last_name));
	jo_str(r->out, "email", a->email);
	jo_str(r->out, "company", a->company);
	jo_str(r->out, "category", a->category);
	jo_str(r->out, "plan", a->plan);
	jo_str(r->out, "contract", a->contract);
	jo_str(r->out, "currency", a->currency);
	jo_str(r->out, "status", a->status);
	reasons_out(r, a->reasons);
	show_amount(r, "balance", a->balance_e8 < 0 && strcmp(a->plan, "POSTPAID") != 0 &&
		    !r->ctx.set->prepaid_negative_display ? 0 : a->balance_e8, a->currency);
	show_money(r, "due", a->due_minor, a->currency);
	jo_time(r->out, "created_at", a->created_at);
	if (a->whmcs_id_null)
		jo_null(r->out, "whmcs_id");
	else
		jo_u64(r->out, "whmcs_id", a->whmcs_id);
	jo_end(r->out);
}

struct clients_in { struct list_in list; const char *category, *plan; };
const struct field admin_clients_in[] = {
	F_LIST(struct clients_in, list, "id|created_at|name|email|balance|due|status",
	       "ACTIVE|SUSPENDED|CLOSED"),
	F_ENUM(struct clients_in, category, false, "INDIVIDUAL|ORGANIZATION", NULL, "Category"),
	F_ENUM(struct clients_in, plan, false, "PREPAID|POSTPAID|FLEXIBLE", NULL, "Billing plan"),
	F_END
};

enum errk admin_clients(struct req *r)
{
	const struct clients_in *in = r->in;
	const char *q = in->list.q ? in->list.q : "", *status = in->list.status;
	const char *category = in->category ? in->category : "", *plan = in->plan ? in->plan : "";
	struct account_page_counts_row *counts;
	struct account_page_row *rows;
	uint64_t total = 0;
	size_t n;

	TRY(q_account_page(&r->ctx, q, status ? status : "", category, plan, in->list.sort,
			   in->list.dir, in->list.per, (uint32_t)list_skip(&in->list), &rows, &n));
	jo_arr(r->out, "rows");
	for (size_t i = 0; i < n; i++)
		client_row(r, &rows[i]);
	jo_end(r->out);
	TRY(q_account_page_counts(&r->ctx, q, category, plan, &counts, &n));
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

const struct field admin_client_form_in[] = { F_END };

enum errk admin_client_form(struct req *r)
{
	static const char *const plans[] = { "PREPAID", "POSTPAID", "FLEXIBLE" };
	const struct settings *s = r->ctx.set;

	jo_arr(r->out, "plans");
	for (size_t i = 0; i < 3; i++)
		jo_str(r->out, NULL, plans[i]);
	jo_end(r->out);
	jo_obj(r->out, "defaults");
	jo_str(r->out, "INDIVIDUAL", s->plan_individual);
	jo_str(r->out, "ORGANIZATION", s->plan_organization);
	jo_str(r->out, "general", s->plan_general);
	jo_end(r->out);
	TRY(contract_form_out(r));
	TRY(show_currencies(r));
	show_countries(r);
	return ERR_OK;
}

struct person_in {
	uint64_t id;
	const char *category, *email, *password, *first_name, *last_name, *company, *address1;
	const char *address2, *city, *state, *postcode, *country, *phone, *tax_id, *currency;
	const char *plan, *contract, *fixed_fee, *overage, *credit_limit, *timezone;
	const char *idempotency_key;
	const struct json *parts;
};
const struct field admin_client_create_in[] = {
	F_ENUM(struct person_in, category, true, "INDIVIDUAL|ORGANIZATION", NULL, "Category"),
	F_STR(struct person_in, email, true, 3, 190, "E-mail address, also the login"),
	F_SECRET(struct person_in, password, false, 10, 200, "Initial password; none: set later"),
	F_STR(struct person_in, first_name, true, 1, 100, "First name"),
	F_STR(struct person_in, last_name, true, 1, 100, "Last name"),
	F_STR(struct person_in, company, false, 0, 190, "Organization"),
	F_STR(struct person_in, address1, true, 1, 190, "Street and number"),
	F_STR(struct person_in, address2, false, 0, 190, "More of the address"),
	F_STR(struct person_in, city, true, 1, 100, "City"),
	F_STR(struct person_in, state, false, 0, 100, "State or region"),
	F_STR(struct person_in, postcode, true, 1, 32, "Postcode"),
	F_STR(struct person_in, country, true, 2, 2, "ISO country code"),
	F_STR(struct person_in, phone, true, 3, 32, "Phone number"),
	F_STR(struct person_in, tax_id, false, 0, 64, "VAT or tax number"),
	F_STR(struct person_in, currency, false, 3, 3, "Billing currency"),
	F_ENUM(struct person_in, plan, false, "PREPAID|POSTPAID|FLEXIBLE", NULL, "Billing plan"),
	F_ENUM(struct person_in, contract, false, "PAYG|FIXED", NULL, "Billing contract type"),
	F_TEXT(struct person_in, fixed_fee, false, "Fee per month of a Fixed Payment contract"),
	F_ENUM(struct person_in, overage, false, "PAYG|REFUSE", NULL,
	       "FIXED: what is beyond it; none: PAYG"),
	F_ARRAY(struct person_in, parts, false, 0, CONTRACT_PARTS_MAX,
		"What it includes; none: everything"),
	F_TEXT_OR_EMPTY(struct person_in, credit_limit, false, "Credit limit; empty: none"),
	F_STR(struct person_in, timezone, false, 1, 60, "IANA time zone"),
	F_STR(struct person_in, idempotency_key, true, 16, 64, "Same key, same client"),
	F_END
};

static struct account_in account_of(const struct person_in *in)
{
	return (struct account_in){
		.category = in->category, .email = in->email, .password = in->password,
		.first_name = in->first_name, .last_name = in->last_name, .company = in->company,
		.address1 = in->address1, .address2 = in->address2, .city = in->city,
		.state = in->state, .postcode = in->postcode, .country = in->country,
		.phone = in->phone, .tax_id = in->tax_id, .currency = in->currency,
		.plan = in->plan, .contract = in->contract, .fixed_fee = in->fixed_fee,
		.overage = in->overage,
		.credit_limit = in->credit_limit, .timezone = in->timezone, .by_staff = true };
}

enum errk admin_client_create(struct req *r)
{
	struct account_in a = account_of(r->in);
	const struct person_in *in = r->in;
	struct account_created made;

	TRY(contract_parts_read(r, in->parts, &a.parts, &a.nparts));
	TRY(account_create(&r->ctx, &a, &made));
	r->status = 201;
	r->audit_object = arena_fmt(r->ctx.mem, "account:%llu",
				    (unsigned long long)made.account_id);
	jo_u64(r->out, "id", made.account_id);
	return ERR_OK;
}

const struct field admin_client_patch_in[] = {
	F_U64(struct person_in, id, true, 1, UINT64_MAX, "Client, from the path"),
	F_STR(struct person_in, first_name, false, 1, 100, "First name"),
	F_STR(struct person_in, last_name, false, 1, 100, "Last name"),
	F_STR(struct person_in, company, false, 0, 190, "Organization"),
	F_STR(struct person_in, address1, false, 1, 190, "Street and number"),
	F_STR(struct person_in, address2, false, 0, 190, "More of the address"),
	F_STR(struct person_in, city, false, 1, 100, "City"),
	F_STR(struct person_in, state, false, 0, 100, "State or region"),
	F_STR(struct person_in, postcode, false, 1, 32, "Postcode"),
	F_STR(struct person_in, country, false, 2, 2, "ISO country code"),
	F_STR(struct person_in, phone, false, 3, 32, "Phone number"),
	F_STR(struct person_in, tax_id, false, 0, 64, "VAT or tax number"),
	F_ENUM(struct person_in, plan, false, "PREPAID|POSTPAID|FLEXIBLE", NULL, "Billing plan"),
	F_TEXT_OR_EMPTY(struct person_in, credit_limit, false, "Credit limit; empty: none"),
	F_STR(struct person_in, timezone, false, 1, 60, "IANA time zone"),
	F_END
};

enum errk admin_client_patch(struct req *r)
{
	const struct person_in *in = r->in;
	struct account_in a = account_of(in);

	TRY(account_update(&r->ctx, in->id, &a));
	jo_bool(r->out, "ok", true);
	return ERR_OK;
}

struct paid_in {
	uint64_t id, invoice_id;
	const char *amount, *method, *reference, *note;
	int64_t received_at;
};
const struct field admin_payment_record_in[] = {
	F_U64(struct paid_in, id, true, 1, UINT64_MAX, "Client, from the path"),
	F_TEXT(struct paid_in, amount, true, "How much arrived, in the client's currency"),
	F_ENUM(struct paid_in, method, true, "BANK_TRANSFER|CASH|CHEQUE|CARD|OTHER", NULL,
	       "How it arrived"),
	F_STR(struct paid_in, reference, true, 3, 120, "As on the statement; once per method"),
	F_U64(struct paid_in, invoice_id, false, 1, UINT64_MAX, "What it is for; else the oldest"),
	F_TIME(struct paid_in, received_at, false, "When it arrived; else now"),
	F_STR(struct paid_in, note, false, 1, 200, "For the statement"), F_END
};

enum errk admin_payment_record(struct req *r)
{
	const struct paid_in *in = r->in;
	struct account_get_row a;
	struct payment_out out;

	TRY(payment_record(&r->ctx, &(struct payment_record_in){ .account_id = in->id,
			.invoice_id = in->invoice_id, .amount = in->amount, .method = in->method,
			.reference = in->reference, .note = in->note != NULL ? in->note : "",
			.received_at = in->received_at }, &out));
	TRY(q_account_get(&r->ctx, in->id, &a));
	r->status = out.duplicate ? 200 : 201;
	jo_u64(r->out, "payment_id", out.payment_id);
	jo_bool(r->out, "known", out.duplicate);
	show_money(r, "to_invoices", out.to_invoice, a.currency);
	show_money(r, "to_balance", out.to_wallet, a.currency);
	return ERR_OK;
}

struct credit_in { uint64_t id; const char *amount, *reason, *idempotency_key; };
const struct field admin_client_credit_in[] = {
	F_U64(struct credit_in, id, true, 1, UINT64_MAX, "Client, from the path"),
	F_TEXT(struct credit_in, amount, true, "How much, in the client's currency"),
	F_STR(struct credit_in, reason, true, 3, 300, "Why; shown on the statement"),
	F_STR(struct credit_in, idempotency_key, true, 16, 64, "Same key, same credit"), F_END
};

enum errk admin_client_credit(struct req *r)
{
	const struct credit_in *in = r->in;

	TRY(wallet_credit(&r->ctx, in->id, in->amount, in->reason,
			  arena_fmt(r->ctx.mem, "%s:%s", r->ctx.actor, in->idempotency_key)));
	jo_bool(r->out, "ok", true);
	return ERR_OK;
}

struct password_in { uint64_t id; const char *password; };
const struct field admin_client_password_in[] = {
	F_U64(struct password_in, id, true, 1, UINT64_MAX, "Client, from the path"),
	F_SECRET(struct password_in, password, true, 10, 200, "At least 10 characters"), F_END
};

enum errk admin_client_password(struct req *r)
{
	const struct password_in *in = r->in;

	TRY(owner_password_set(&r->ctx, in->id, in->password));
	jo_bool(r->out, "ok", true);
	return ERR_OK;
}

struct suspend_in { uint64_t id; const char *note; int64_t hold_days; };
const struct field admin_client_suspend_in[] = {
	F_U64(struct suspend_in, id, true, 1, UINT64_MAX, "Client, from the path"),
	F_STR(struct suspend_in, note, true, 3, 300, "Why"), F_END
};
const struct field admin_client_unsuspend_in[] = {
	F_U64(struct suspend_in, id, true, 1, UINT64_MAX, "Client, from the path"),
	F_STR(struct suspend_in, note, true, 3, 300, "Why"),
	F_I64(struct suspend_in, hold_days, false, 0, 365, "3",
	      "Days without suspension for non-payment, when that was a reason"), F_END
};

enum errk admin_client_suspend(struct req *r)
{
	const struct suspend_in *in = r->in;

	TRY(suspension_by_staff(&r->ctx, in->id, in->note));
	jo_bool(r->out, "ok", true);
	return ERR_OK;
}

enum errk admin_client_unsuspend(struct req *r)
{
	const struct suspend_in *in = r->in;

	TRY(suspension_end_by_staff(&r->ctx, in->id, in->hold_days, in->note));
	jo_bool(r->out, "ok", true);
	return ERR_OK;
}
