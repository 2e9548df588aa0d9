/* /api/user/profile and the password. */
#include <string.h>

#include "account/account.h"
#include "account/plan.h"
#include "base/clock.h"
#include "fcgi/auth.h"
#include "fcgi/show.h"
#include "rating/rating.h"
#include "stmt.h"

/* Which plans this customer may change to; fixed by the provider: only his own. */
static void plans_out(struct req *r, const struct account_get_row *a)
{
	struct plan_offer offer;

	plan_offer(&r->ctx, a->category, &offer);
	jo_arr(r->out, "plan_choices");
	for (size_t i = 0; offer.n > 1 && i < offer.n; i++) {
		jo_obj(r->out, NULL);
		jo_str(r->out, "plan", offer.choices[i]);
		jo_str(r->out, "text", plan_text(offer.choices[i]));
		jo_end(r->out);
	}
	jo_end(r->out);
}

const struct field user_profile_in[] = { F_END };

enum errk user_profile(struct req *r)
{
	int64_t hour = hour_floor(r->ctx.now), burn;
	struct account_get_row a;
	struct wallet_view_row w;

	TRY(q_account_get(&r->ctx, r->account_id, &a));
	TRY(q_wallet_view(&r->ctx, r->account_id, &w));
	TRY(rating_accruing(&r->ctx, r->account_id, hour, hour + 1, &burn));
	jo_str(r->out, "first_name", a.first_name);
	jo_str(r->out, "last_name", a.last_name);
	jo_str(r->out, "email", a.email);
	jo_str(r->out, "company", a.company);
	jo_str(r->out, "address1", a.address1);
	jo_str(r->out, "address2", a.address2);
	jo_str(r->out, "city", a.city);
	jo_str(r->out, "state", a.state);
	jo_str(r->out, "postcode", a.postcode);
	jo_str(r->out, "country", a.country);
	jo_str(r->out, "phone", a.phone);
	jo_str(r->out, "tax_id", a.tax_id);
	jo_str(r->out, "timezone", a.timezone);
	jo_str(r->out, "category", a.category);
	jo_str(r->out, "plan", a.plan);
	jo_str(r->out, "plan_text", plan_text(a.plan));
	plans_out(r, &a);
	TRY(show_plan_next(r, a.id));
	jo_str(r->out, "contract", a.contract);
	jo_str(r->out, "currency", a.currency);
	jo_bool(r->out, "hourly", r->ctx.set->prepaid_hourly);
	show_amount(r, "burn_hour", burn, a.currency);
	if (w.last_posted_at_null)
		jo_null(r->out, "last_hour");
	else
		show_amount(r, "last_hour", w.last_posted_e8, a.currency);
	jo_time(r->out, "last_posted_at", w.last_posted_at);
	jo_bool(r->out, "payment_settings", r->ctx.set->payment_portal);
	TRY(show_notifications(r));
	TRY(show_deposit(r, a.id, a.currency, false));
	show_countries(r);
	return show_wallet(r, r->account_id, false);
}

struct patch_in {
	const char *first_name, *last_name, *company, *address1, *address2, *city, *state;
	const char *postcode, *country, *phone, *tax_id, *timezone;
};
const struct field user_profile_patch_in[] = {
	F_STR(struct patch_in, first_name, false, 1, 100, "First name"),
	F_STR(struct patch_in, last_name, false, 1, 100, "Last name"),
	F_STR(struct patch_in, company, false, 0, 190, "Organization"),
	F_STR(struct patch_in, address1, false, 1, 190, "Street and number"),
	F_STR(struct patch_in, address2, false, 0, 190, "More of the address"),
	F_STR(struct patch_in, city, false, 1, 100, "City"),
	F_STR(struct patch_in, state, false, 0, 100, "State or region"),
	F_STR(struct patch_in, postcode, false, 1, 32, "Postcode"),
	F_STR(struct patch_in, country, false, 2, 2, "ISO country code"),
	F_STR(struct patch_in, phone, false, 3, 32, "Phone number"),
	F_STR(struct patch_in, tax_id, false, 0, 64, "VAT or tax number"),
	F_STR(struct patch_in, timezone, false, 1, 60, "IANA time zone"),
	F_END
};

enum errk user_profile_patch(struct req *r)
{
	const struct patch_in *in = r->in;

	TRY(account_update(&r->ctx, r->account_id, &(struct account_in){
		.first_name = in->first_name, .last_name = in->last_name, .company = in->company,
		.address1 = in->address1, .address2 = in->address2, .city = in->city,
		.state = in->state, .postcode = in->postcode, .country = in->country,
		.phone = in->phone, .tax_id = in->tax_id, .timezone = in->timezone }));
	return user_profile(r);
}

struct plan_in { const char *plan; bool confirmed; };
const struct field user_plan_in[] = {
	F_ENUM(struct plan_in, plan, true, "PREPAID|POSTPAID|FLEXIBLE", NULL, "New billing plan"),
	F_BOOL(struct plan_in, confirmed, true, NULL, "The sentence about it was agreed to"),
	F_END
};

enum errk user_plan(struct req *r)
{
	const struct plan_in *in = r->in;
	struct account_get_row a;
	struct plan_offer offer;
	bool offered = false;
	int64_t at_hour;

	TRY(q_account_get(&r->ctx, r->account_id, &a));
	plan_offer(&r->ctx, a.category, &offer);
	for (size_t i = 0; offer.n > 1 && i < offer.n; i++)
		offered |= strcmp(offer.choices[i], in->plan) == 0;
	if (!offered)
		return fail_field(&r->ctx, "plan", "This plan is not open to you; please ask us.");
	if (!in->confirmed)
		return fail_field(&r->ctx, "confirmed", "Please confirm the billing plan.");
	TRY(plan_change(&r->ctx, r->account_id, in->plan, plan_text(in->plan), &at_hour));
	return user_profile(r);
}

struct password_in { const char *current, *password; };
const struct field user_password_in[] = {
	F_SECRET(struct password_in, current, true, 1, 200, "Password in use"),
	F_SECRET(struct password_in, password, true, 10, 200, "At least 10 characters"),
	F_END
};

/* Every other session of this person ends; this browser gets a new one. */
enum errk user_password(struct req *r)
{
	const struct password_in *in = r->in;
	const char *token;

	TRY(password_change(&r->ctx, r->session->user_id, in->current, in->password));
	TRY(session_create(&r->ctx, r->session->user_id, r->ip, &token));
	auth_set_session(r, token);
	jo_bool(r->out, "ok", true);
	return ERR_OK;
}
