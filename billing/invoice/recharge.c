/* Top-ups: the request for funds. Its bounds are in bounds.c. */
#include "invoice/invoice.h"

#include <string.h>

#include "base/db.h"
#include "base/json.h"
#include "base/outbox.h"
#include "base/random.h"
#include "invoice/private.h"
#include "money/money.h"
#include "settings/settings.h"
#include "stmt.h"

struct recharge {
	uint64_t account_id;
	const struct currency *cur;
	int64_t minor;
	const struct account_get_row *a;
	uint64_t *id_r;
};

const char *buyer_json(struct ctx *c, const struct account_get_row *a)
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
	struct recharge_bounds b;
	struct series_get_row series;
	const char *number;
	uint64_t n;

	/* The wallet row first: what two recharges at once come to is known. */
	TRY(q_wallet_claim(c, r->account_id, &n));
	TRY(recharge_bounds(c, r->account_id, &b));
	TRY(recharge_check(c, &b, r->minor, r->cur));
	TRY(q_series_draw(c, "RECHARGE", 1, &n));
	TRY(q_series_get(c, "RECHARGE", &series));
	number = arena_fmt(c->mem, "%s%06llu", series.prefix,
			   (unsigned long long)(series.next_number - 1));
	TRY(q_recharge_insert(c, r->account_id, arena_fmt(c->mem, "recharge:%s", number),
			      series.next_number - 1, number, c->now,
			      invoice_due_at(c, c->now), r->cur->code, r->minor,
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
	return db_tx(c, recharge_body, &r);
}
