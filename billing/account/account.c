/* Creating and changing customers. */
#include "account/account.h"

#include <assert.h>
#include <string.h>

#include "account/plan.h"
#include "account/private.h"
#include "account/tax.h"
#include "catalog/catalog.h"
#include "base/clock.h"
#include "base/db.h"
#include "base/outbox.h"
#include "base/random.h"
#include "base/zone.h"
#include "settings/settings.h"
#include "stmt.h"
#include "whmcs/difference.h"

const struct country countries[] = {
#define COUNTRY(code, name) { code, name },
#include "account/country.def"
#undef COUNTRY
};
const size_t countries_count = sizeof countries / sizeof countries[0];

static bool country_known(const char *code)
{
	for (size_t i = 0; i < countries_count; i++)
		if (strcmp(countries[i].code, code) == 0)
			return true;
	return false;
}

static const char *or_empty(const char *s)
{
	return s != NULL ? s : "";
}

enum errk email_check(struct ctx *c, const char *email)
{
	const char *at = strchr(email, '@');
	size_t len = strlen(email);

	if (at == NULL || at == email || strchr(at + 1, '@') != NULL || len > 190 ||
	    strchr(at + 1, '.') == NULL || at[1] == '.' || email[len - 1] == '.' ||
	    strpbrk(email, " \t\r\n<>\"',;:()[]\\") != NULL)
		return fail_field(c, "email", "Please give a valid e-mail address.");
	return ERR_OK;
}

static enum errk timezone_check(struct ctx *c, const char *tz)
{
	if (strcmp(tz, "UTC") != 0 && !zone_known(zone_load(c->mem, tz)))
		return fail_field(c, "timezone", "Not a time zone known here.");
	return ERR_OK;
}

/* Collects every wrong field before answering. */
static enum errk person_check(struct ctx *c, const struct account_in *in)
{
	if (in->email != NULL)
		(void)!email_check(c, in->email);
	if (in->country != NULL && !country_known(in->country))
		fail_field(c, "country", "Please choose a country.");
	if (in->timezone != NULL)
		(void)!timezone_check(c, in->timezone);
	if (in->phone != NULL && strspn(in->phone, "+0123456789 ().-/") != strlen(in->phone))
		fail_field(c, "phone", "Digits, spaces and + ( ) . - only.");
	return c->err.nfields > 0 ? ERR_INVALID : ERR_OK;
}

void plan_offer(const struct ctx *c, const char *category, struct plan_offer *out)
{
	const char *own = strcmp(category, "INDIVIDUAL") == 0 ? c->set->plan_individual
							      : c->set->plan_organization;

	memset(out, 0, sizeof *out);
	out->preset = own;
	if (strcmp(own, "FLEXIBLE") != 0) {
		out->choices[out->n++] = own;
		return;
	}
	/* The category leaves the choice open: the general setting narrows it. */
	if (strcmp(c->set->plan_general, "FLEXIBLE") != 0)
		out->preset = c->set->plan_general;
	out->choices[out->n++] = "FLEXIBLE";
	out->choices[out->n++] = "PREPAID";
	out->choices[out->n++] = "POSTPAID";
}

const char *plan_text(const char *plan)
{
	if (strcmp(plan, "PREPAID") == 0)
		return "Prepaid: you add funds first; usage is taken from your balance.";
	if (strcmp(plan, "POSTPAID") == 0)
		return "Postpaid: you use first and receive an invoice at the end of each month.";
	return "Flexible: usage is taken from your balance while it lasts, then invoiced "
	       "at the end of the month.";
}

static enum errk plan_decide(struct ctx *c, const struct account_in *in, const char **plan_r)
{
	struct plan_offer offer;

	plan_offer(c, in->category, &offer);
	*plan_r = in->plan != NULL ? in->plan : offer.preset;
	if (!plan_known(*plan_r))
		return fail_field(c, "plan", "Please choose a billing plan.");
	if (in->by_staff)
		return ERR_OK;
	for (size_t i = 0; i < offer.n; i++)
		if (strcmp(offer.choices[i], *plan_r) == 0)
			return in->plan_confirmed ? ERR_OK
						  : fail_field(c, "plan_confirmed",
							       "Please confirm the billing plan.");
	return fail_field(c, "plan", "This plan is not offered.");
}

static enum errk contract_decide(struct ctx *c, const struct account_in *in,
				 const struct currency *cur, struct contract_terms *t)
{
	bool more = in->fixed_fee != NULL || in->overage != NULL || in->nparts > 0;

	*t = (struct contract_terms){ in->contract != NULL ? in->contract : "PAYG", 0,
				      in->overage != NULL ? in->overage : "PAYG", in->parts,
				      in->nparts };
	if (in->contract != NULL && !(in->by_staff && c->set->contract_type))
		return fail_field(c, "contract", "Billing Contract Type is switched off.");
	if (strcmp(t->kind, "PAYG") == 0)
		return !more ? ERR_OK
			     : fail_field(c, in->fixed_fee != NULL ? "fixed_fee"
					  : in->overage != NULL ? "overage" : "parts",
					  "Only with a Fixed Payment contract.");
	if (strcmp(t->kind, "FIXED") != 0)
		return fail_field(c, "contract", "Must be PAYG or FIXED.");
	if (strcmp(t->overage, "PAYG") != 0 && strcmp(t->overage, "REFUSE") != 0)
		return fail_field(c, "overage", "Must be PAYG or REFUSE.");
	(void)!amount_field(c, "fixed_fee", in->fixed_fee, cur, &t->fee_e8);
	return contract_parts_check(c, t->parts, t->n);
}

enum errk amount_field(struct ctx *c, const char *name, const char *text,
		       const struct currency *cur, int64_t *e8_r)
{
	int64_t minor;

	if (text == NULL || money_parse(c, text, cur, &minor) != ERR_OK) {
		err_clear(c);
		return fail_field(c, name, "Please give %s.", amount_rule(c->mem, cur));
	}
	if (minor < 0)
		return fail_field(c, name, "Must not be negative.");
	*e8_r = money_to_amount(minor, cur);
	return ERR_OK;
}

static enum errk currency_decide(struct ctx *c, const struct account_in *in,
				 const struct currency **cur_r)
{
	const char *code = in->currency != NULL ? in->currency : c->set->currency_base;
	struct currency_usable_row row;

	*cur_r = currency_find(code);
	if (*cur_r == NULL ||
	    (!c->set->currency_multi && strcmp(code, c->set->currency_base) != 0))
		return fail_field(c, "currency", "This currency is not offered.");
	TRY(q_currency_usable(c, code, &row));
	if (row.prices == 0)
		return fail_field(c, "currency", "This currency is not offered.");
	return ERR_OK;
}

struct create {
	const struct account_in *in;
	struct account_created *out;
	const struct currency *cur;
	const char *plan, *hash, *consent, *zone;
	struct contract_terms terms;
	int64_t limit_e8;
};

static const char *const account_ledgers[] = {
	"WALLET", "UNBILLED", "PREPAID_USAGE", "RECEIVABLE",
};

static enum errk create_money(struct ctx *c, const struct create *cr, uint64_t id)
{
	int64_t hour = hour_floor(c->now);
	uint64_t n;

	TRY(q_wallet_insert(c, id, cr->cur->code, hour,
			    zone_month_hour(zone_load(c->mem, cr->zone), c->now, 1), &n));
	if (strcmp(cr->plan, "POSTPAID") != 0)
		TRY(q_tax_reserve_put(c, id, id, c->now, tax_seller(c), c->set->tax_inclusive, &n));
	for (size_t i = 0; i < sizeof account_ledgers / sizeof account_ledgers[0]; i++)
		TRY(q_ledger_account_open(c, id, account_ledgers[i], cr->cur->code, &n));
	return ERR_OK;
}

/* A prepaid fee waits for the first payment, which it is taken from. */
static enum errk create_contract(struct ctx *c, const struct create *cr, uint64_t id)
{
	bool prepaid = strcmp(cr->plan, "PREPAID") == 0;
	struct contract_row row = { .account_id = id, .terms = &cr->terms,
		.state = prepaid ? "WAITING" : "ACTIVE", .from_hour = hour_floor(c->now),
		.due_e8 = prepaid ? cr->terms.fee_e8 : 0, .note = "" };
	uint64_t contract_id;

	if (strcmp(cr->terms.kind, "FIXED") != 0)
		return ERR_OK;		/* without a row: Pay-As-You-Go */
	return contract_insert(c, &row, &contract_id);
}

static enum errk create_body(struct ctx *c, void *arg)
{
	struct create *cr = arg;
	const struct account_in *in = cr->in;
	uint64_t id;

	TRY(q_account_insert(c, in->category, cr->plan, cr->cur->code, cr->limit_e8, cr->zone,
			     in->first_name, in->last_name, or_empty(in->company), in->email,
			     or_empty(in->address1), or_empty(in->address2), or_empty(in->city),
			     or_empty(in->state), or_empty(in->postcode), in->country,
			     or_empty(in->phone), or_empty(in->tax_id), cr->consent,
			     or_empty(in->refund_promise), c->now, &id));
	cr->out->account_id = id;
	TRY(q_user_insert(c, &id, "OWNER", in->email, cr->hash, in->first_name, in->last_name,
			  c->wall, "user", &cr->out->user_id));
	TRY(create_money(c, cr, id));
	TRY(create_contract(c, cr, id));
	if (c->set->whmcs_enabled)
		TRY(outbox_add(c, "WHMCS_CLIENT", arena_fmt(c->mem, "whmcs.client.%llu",
							    (unsigned long long)id),
			       arena_fmt(c->mem, "account.%llu", (unsigned long long)id), id));
	return ERR_OK;
}

static enum errk create_prepare(struct ctx *c, struct create *cr)
{
	const struct account_in *in = cr->in;

	if (strcmp(in->category, "INDIVIDUAL") != 0 && strcmp(in->category, "ORGANIZATION") != 0)
		fail_field(c, "category", "Must be INDIVIDUAL or ORGANIZATION.");
	else
		(void)!plan_decide(c, in, &cr->plan);
	if (strcmp(in->category, "ORGANIZATION") == 0 && or_empty(in->company)[0] == '\0')
		fail_field(c, "company", "Please give the organization's name.");
	(void)!person_check(c, in);
	TRY(currency_decide(c, in, &cr->cur));
	(void)!contract_decide(c, in, cr->cur, &cr->terms);
	if (in->credit_limit != NULL && in->credit_limit[0] != '\0')
		(void)!amount_field(c, "credit_limit", in->credit_limit, cr->cur, &cr->limit_e8);
	else if (c->set->credit_default_limit.set)
		TRY(fx_convert(c, c->set->credit_default_limit.e8, c->set->currency_base,
			       cr->cur->code, &cr->limit_e8));
	if (c->err.nfields > 0)
		return ERR_INVALID;
	cr->consent = in->by_staff ? "" : plan_text(cr->plan);
	/* "!" matches no password: the client sets one later. */
	if (in->password == NULL) {
		cr->hash = "!";
		return ERR_OK;
	}
	return password_hash(c, in->password, &cr->hash);
}

enum errk account_create(struct ctx *c, const struct account_in *in, struct account_created *out)
{
	struct create cr = { .in = in, .out = out, .zone = in->timezone ? in->timezone : "UTC" };
	enum errk k;

	assert(in->category && in->email && in->first_name && in->last_name && in->country);
	TRY(create_prepare(c, &cr));
	k = db_tx(c, create_body, &cr);
	if (k == ERR_CONFLICT && strcmp(c->err.code, "db.duplicate") == 0) {
		err_clear(c);
		return fail_field(c, "email",
				  "There is already an account with this e-mail address.");
	}
	return k;
}

static const char *pick(const char *given, const char *old)
{
	return given != NULL ? given : old;
}

struct update { uint64_t id; const struct account_in *in; };

static enum errk update_body(struct ctx *c, void *arg)
{
	const struct update *u = arg;
	const struct account_in *in = u->in;
	struct account_get_row a;
	const struct currency *cur;
	int64_t limit, at_hour;
	uint64_t n;

	TRY(q_account_get(c, u->id, &a));
	cur = currency_find(a.currency);
	limit = a.credit_limit_e8;
	if (in->credit_limit != NULL)
		TRY(amount_field(c, "credit_limit", in->credit_limit[0] ? in->credit_limit : "0",
				 cur, &limit));
	TRY(q_account_update(c, u->id, a.version, pick(in->first_name, a.first_name),
			     pick(in->last_name, a.last_name), pick(in->company, a.company),
			     pick(in->address1, a.address1), pick(in->address2, a.address2),
			     pick(in->city, a.city), pick(in->state, a.state),
			     pick(in->postcode, a.postcode), pick(in->country, a.country),
			     pick(in->phone, a.phone), pick(in->tax_id, a.tax_id),
			     pick(in->timezone, a.timezone), a.plan, limit, &n));
	if (n != 1)
		return fail(c, ERR_BUSY, "account.busy", "account %llu was changed meanwhile",
			    (unsigned long long)u->id);
	/* What was found out about another number, or in another country, no longer counts. */
	if (strcmp(pick(in->tax_id, a.tax_id), a.tax_id) != 0 ||
	    strcmp(pick(in->country, a.country), a.country) != 0)
		TRY(q_evidence_void(c, u->id, c->now, c->actor, &n));
	if (in->from_whmcs && in->email != NULL)
		TRY(q_account_email_set(c, u->id, in->email, &n));
	if (!in->from_whmcs)
		TRY(whmcs_look_at_client(c, u->id));
	return in->plan != NULL ? plan_change(c, u->id, in->plan, NULL, &at_hour) : ERR_OK;
}

enum errk account_update(struct ctx *c, uint64_t account_id, const struct account_in *in)
{
	struct update u = { account_id, in };

	TRY(person_check(c, in));
	if (in->from_whmcs && in->email != NULL)
		TRY(email_check(c, in->email));
	return db_tx(c, update_body, &u);
}

struct reason { uint64_t id; const char *reason, *note; bool lift; };

static enum errk reason_body(struct ctx *c, void *arg)
{
	const struct reason *r = arg;
	struct account_get_row a;
	uint64_t n;

	TRY(q_account_get(c, r->id, &a));
	if (strcmp(a.status, "CLOSED") == 0)
		return fail(c, ERR_CONFLICT, "account.closed", "account is closed");
	if (r->lift)
		TRY(q_account_reason_end(c, r->id, r->reason, c->now, c->actor, &n));
	else
		TRY(q_account_reason_add(c, r->id, r->reason, r->note, c->now, c->actor, &n));
	return q_account_status_follow(c, r->id, &n);
}

enum errk account_suspend(struct ctx *c, uint64_t account_id, const char *reason, const char *note)
{
	struct reason r = { account_id, reason, note, false };

	return db_tx(c, reason_body, &r);
}

enum errk account_lift(struct ctx *c, uint64_t account_id, const char *reason, const char *note)
{
	struct reason r = { account_id, reason, note, true };

	return db_tx(c, reason_body, &r);
}

enum errk staff_create(struct ctx *c, const char *email, const char *password,
		       const char *first_name, const char *last_name, const char *role,
		       uint64_t *user_id_r)
{
	static const char *const roles[] = { "OWNER", "BILLING", "SUPPORT", "ACCOUNTANT" };
	const char *hash;
	bool known = false;
	enum errk k;

	for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
		known |= strcmp(roles[i], role) == 0;
	if (!known)
		return fail_field(c, "role", "Must be OWNER, BILLING, SUPPORT or ACCOUNTANT.");
	TRY(email_check(c, email));
	TRY(password_hash(c, password, &hash));
	k = q_user_insert(c, NULL, role, email, hash, first_name, last_name, c->wall, "admin",
			  user_id_r);
	if (k == ERR_CONFLICT) {
		err_clear(c);
		return fail_field(c, "email", "There is already a staff login with this address.");
	}
	return k;
}
