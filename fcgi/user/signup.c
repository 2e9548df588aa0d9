/* GET and POST /api/user/signup. */
#include <string.h>

#include "account/account.h"
#include "deposit/deposit.h"
#include "fcgi/auth.h"
#include "fcgi/show.h"
#include "promo/promo.h"
#include "settings/settings.h"
#include "stmt.h"

static void plan_out(struct req *r, const char *category)
{
	struct plan_offer offer;

	plan_offer(&r->ctx, category, &offer);
	jo_obj(r->out, NULL);
	jo_str(r->out, "category", category);
	jo_str(r->out, "plan", offer.preset);
	jo_arr(r->out, "choices");
	for (size_t i = 0; i < offer.n; i++)
		jo_str(r->out, NULL, offer.choices[i]);
	jo_end(r->out);
	jo_str(r->out, "text", plan_text(offer.preset));
	jo_obj(r->out, "texts");
	for (size_t i = 0; i < offer.n; i++)
		jo_str(r->out, offer.choices[i], plan_text(offer.choices[i]));
	jo_end(r->out);
	jo_end(r->out);
}

static const char no_way[] = "Sign-up needs a payment, and there is no way to pay it yet. "
			     "Please contact us.";

/* What is paid in each currency, and what of it is promised back: a refund is promised
 * only where a payment is taken (settings 9 and 12). */
static enum errk offers_out(struct req *r, bool *any_r)
{
	const struct settings *s = r->ctx.set;
	struct currency_enabled_row *rows;
	struct deposit_promise p;
	size_t n;

	*any_r = false;
	TRY(q_currency_enabled(&r->ctx, &rows, &n));
	jo_arr(r->out, "deposits");
	for (size_t i = 0; i < n; i++) {
		if (!s->currency_multi && strcmp(rows[i].code, s->currency_base) != 0)
			continue;
		TRY(deposit_offer(&r->ctx, rows[i].code, &p));
		if (p.cur == NULL || p.required_minor == 0)
			continue;
		*any_r = true;
		jo_obj(r->out, NULL);
		jo_str(r->out, "currency", p.cur->code);
		show_money(r, "amount", p.required_minor, p.cur->code);
		jo_str(r->out, "text", deposit_words(r->ctx.mem, &p));
		jo_end(r->out);
	}
	jo_end(r->out);
	return ERR_OK;
}

static enum errk verification(struct req *r)
{
	const struct settings *s = r->ctx.set;
	bool any;

	TRY(offers_out(r, &any));
	jo_str(r->out, "deposit_pay_text", any ? s->signup_payment_text : "");
	jo_bool(r->out, "payment_required", s->signup_payment);
	/* Said before anybody fills in a form that cannot be sent. */
	jo_str(r->out, "closed", s->signup_payment && !any ? no_way : "");
	return ERR_OK;
}

const struct field user_signup_form_in[] = { F_END };

enum errk user_signup_form(struct req *r)
{
	jo_arr(r->out, "plans");
	plan_out(r, "INDIVIDUAL");
	plan_out(r, "ORGANIZATION");
	jo_end(r->out);
	TRY(verification(r));
	TRY(show_currencies(r));
	show_countries(r);
	return ERR_OK;
}

struct signup_in {
	const char *category, *email, *password, *first_name, *last_name, *company, *address1;
	const char *city, *state, *postcode, *country, *phone, *tax_id, *currency, *plan;
	const char *timezone, *promo_code, *promise;
	bool plan_confirmed;
};
const struct field user_signup_in[] = {
	F_ENUM(struct signup_in, category, true, "INDIVIDUAL|ORGANIZATION", NULL, "Who signs up"),
	F_STR(struct signup_in, email, true, 3, 190, "E-mail address, also the login"),
	F_SECRET(struct signup_in, password, true, 10, 200, "At least 10 characters"),
	F_STR(struct signup_in, first_name, true, 1, 100, "First name"),
	F_STR(struct signup_in, last_name, true, 1, 100, "Last name"),
	F_STR(struct signup_in, company, false, 0, 190, "Organization"),
	F_STR(struct signup_in, address1, true, 1, 190, "Street and number"),
	F_STR(struct signup_in, city, true, 1, 100, "City"),
	F_STR(struct signup_in, state, false, 0, 100, "State or region"),
	F_STR(struct signup_in, postcode, true, 1, 32, "Postcode"),
	F_STR(struct signup_in, country, true, 2, 2, "ISO country code"),
	F_STR(struct signup_in, phone, true, 3, 32, "Phone number"),
	F_STR(struct signup_in, tax_id, false, 0, 64, "VAT or tax number"),
	F_STR(struct signup_in, currency, false, 3, 3, "Billing currency"),
	F_ENUM(struct signup_in, plan, false, "PREPAID|POSTPAID|FLEXIBLE", NULL, "Billing plan"),
	F_BOOL(struct signup_in, plan_confirmed, true, NULL, "The plan was shown and agreed to"),
	F_STR(struct signup_in, timezone, false, 1, 60, "IANA time zone"),
	F_STR(struct signup_in, promo_code, false, 0, 64, "Promo code for new customers"),
	F_STR(struct signup_in, promise, false, 0, 500,
	      "What was shown about the sign-up payment, agreed to"),
	F_END
};

enum errk user_signup(struct req *r)
{
	const struct signup_in *in = r->in;
	const struct account_in account = {
		.category = in->category, .email = in->email, .password = in->password,
		.first_name = in->first_name, .last_name = in->last_name, .company = in->company,
		.address1 = in->address1, .city = in->city, .state = in->state,
		.postcode = in->postcode, .country = in->country, .phone = in->phone,
		.tax_id = in->tax_id, .currency = in->currency, .plan = in->plan,
		.timezone = in->timezone, .plan_confirmed = in->plan_confirmed };
	struct account_created made;
	struct promo_gain gain;
	const char *token;

	if (r->ctx.set->signup_payment)
		TRY(deposit_signup(&r->ctx, &account, in->promo_code, in->promise, &made, &gain));
	else
		TRY(promo_signup(&r->ctx, &account, in->promo_code, &made, &gain));
	TRY(session_create(&r->ctx, made.user_id, r->ip, &token));
	auth_set_session(r, token);
	r->status = 201;
	jo_u64(r->out, "account_id", made.account_id);
	jo_str(r->out, "promo", gain.label);
	return ERR_OK;
}
