/* Top-ups: bounds, and the request for funds. */
#include "invoice/invoice.h"

#include <string.h>

#include "base/db.h"
#include "base/json.h"
#include "base/outbox.h"
#include "base/random.h"
#include "catalog/catalog.h"
#include "invoice/private.h"
#include "money/money.h"
#include "settings/settings.h"
#include "stmt.h"

/* A bound held in the base currency, fair to the customer: up or down to a
 * whole major unit. */
static enum errk bound(struct ctx *c, const struct setting_amount *a, const struct currency *cur,
		       bool up, int64_t *minor_r)
{
	int64_t e8 = a->e8;
	bool converted = strcmp(cur->code, c->set->currency_base) != 0;

	*minor_r = -1;
	if (!a->set)
		return ERR_OK;
	if (converted) {
		TRY(fx_convert(c, a->e8, c->set->currency_base, cur->code, &e8));
		e8 = (e8 + (up ? E8 - 1 : 0)) / E8 * E8;
	}
	*minor_r = e8 / cur->minor_e8;
	return ERR_OK;
}

enum errk recharge_bounds(struct ctx *c, uint64_t account_id, struct recharge_bounds *b)
{
	struct account_get_row a;
	const struct currency *cur;

	TRY(q_account_get(c, account_id, &a));
	cur = currency_find(a.currency);
	TRY(bound(c, &c->set->recharge_minimum, cur, false, &b->min_minor));
	TRY(bound(c, &c->set->recharge_maximum, cur, true, &b->max_minor));
	b->cap_minor = a.personal_cap_minor_null ? -1 : a.personal_cap_minor;
	return ERR_OK;
}

static enum errk bounds_check(struct ctx *c, const struct recharge_bounds *b, int64_t minor,
			      const struct currency *cur)
{
	if (minor <= 0)
		return fail_field(c, "amount", "Please give an amount above zero.");
	if (b->min_minor >= 0 && minor < b->min_minor)
		return fail_field(c, "amount", "The smallest recharge is %s %s.",
				  money_text(c->mem, b->min_minor, cur), cur->code);
	if (b->max_minor >= 0 && minor > b->max_minor)
		return fail_field(c, "amount", "The largest recharge is %s %s.",
				  money_text(c->mem, b->max_minor, cur), cur->code);
	if (b->cap_minor >= 0 && minor > b->cap_minor)
		return fail_field(c, "amount", "Your own limit is %s %s per recharge.",
				  money_text(c->mem, b->cap_minor, cur), cur->code);
	return ERR_OK;
}

struct recharge {
	uint64_t account_id;
	const struct currency *cur;
	int64_t minor;
	const struct account_get_row *a;
	uint64_t *id_r;
};

static const char *buyer_json(struct ctx *c, const struct account_get_row *a)
{
	struct jout *o = jo_new(c);
	const char *text;
	size_t len;

	jo_str(o, "name", arena_fmt(c->mem, "%s %s", a->first_name, a->last_name));
	jo_str(o, "company", a->company);
	jo_str(o, "email", a->email);
	jo_str(o, "address1", a->address1);
	jo_str(o, "address2", a->address2);
	jo_str(o, "city", a->city);
	jo_str(o, "state", a->state);
	jo_str(o, "postcode", a->postcode);
	jo_str(o, "country", a->country);
	jo_str(o, "tax_id", a->tax_id);
	text = arena_dup(c->mem, jo_text(o, &len));
	jo_free(&o);
	return text;
}

static enum errk recharge_body(struct ctx *c, void *arg)
{
	const struct recharge *r = arg;
	int64_t e8 = money_to_amount(r->minor, r->cur);
	struct series_get_row series;
	const char *number;
	uint64_t n;

	TRY(q_series_draw(c, "RECHARGE", 1, &n));
	TRY(q_series_get(c, "RECHARGE", &series));
	number = arena_fmt(c->mem, "%s%06llu", series.prefix,
			   (unsigned long long)(series.next_number - 1));
	TRY(q_recharge_insert(c, r->account_id, arena_fmt(c->mem, "recharge:%s", number),
			      series.next_number - 1, number, c->now,
			      c->now + c->set->invoice_due_days * 86400, r->cur->code, r->minor,
			      e8, buyer_json(c, r->a), seller_json(c), r->id_r));
	TRY(q_invoice_line_insert(c, *r->id_r, "RECHARGE", "Funds for the prepaid balance", e8,
				  r->minor, &n));
	if (!c->set->whmcs_enabled)
		return ERR_OK;
	return outbox_add(c, "WHMCS_INVOICE", arena_fmt(c->mem, "whmcs.invoice.%llu",
							(unsigned long long)*r->id_r),
			  arena_fmt(c->mem, "account.%llu", (unsigned long long)r->account_id),
			  *r->id_r);
}

enum errk recharge_create(struct ctx *c, uint64_t account_id, const char *amount,
			  uint64_t *invoice_id_r)
{
	struct recharge_bounds b;
	struct account_get_row a;
	struct recharge r = { .account_id = account_id, .a = &a, .id_r = invoice_id_r };

	if (!c->set->payment_portal)
		return fail(c, ERR_FORBIDDEN, "feature.off", "portal payment is off");
	TRY(q_account_get(c, account_id, &a));
	if (strcmp(a.plan, "POSTPAID") == 0)
		return fail(c, ERR_CONFLICT, "recharge.postpaid", "postpaid account");
	r.cur = currency_find(a.currency);
	if (money_parse(c, amount, r.cur, &r.minor) != ERR_OK) {
		err_clear(c);
		return fail_field(c, "amount",
				  "Please give %s.", amount_rule(c->mem, r.cur));
	}
	TRY(recharge_bounds(c, account_id, &b));
	TRY(bounds_check(c, &b, r.minor, r.cur));
	return db_tx(c, recharge_body, &r);
}
