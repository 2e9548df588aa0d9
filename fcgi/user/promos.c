/* /api/user/promo-redemptions: My Profile > Credits & promo codes. */
#include "promo/promo.h"

#include <string.h>

#include "base/clock.h"
#include "base/zone.h"
#include "fcgi/show.h"
#include "promo/discount.h"
#include "stmt.h"

/* Credit is a balance already there; the credit line is what may be owed. */
static enum errk credits_out(struct req *r)
{
	struct account_get_row a;
	struct account_owed_row owed;
	struct credits_of_row credits;
	int64_t used;

	TRY(q_account_get(&r->ctx, r->account_id, &a));
	TRY(q_account_owed(&r->ctx, r->account_id, a.currency, &owed));
	TRY(q_credits_of(&r->ctx, r->account_id, a.currency, &credits));
	used = owed.owed_e8 > 0 ? owed.owed_e8 : 0;
	jo_obj(r->out, "credits");
	show_whole(r, "granted", credits.granted_e8, a.currency);
	show_whole(r, "promo", credits.promo_e8, a.currency);
	if (strcmp(a.plan, "PREPAID") == 0 || a.credit_limit_e8 == 0) {
		jo_null(r->out, "limit");
	} else {
		show_whole(r, "limit", a.credit_limit_e8, a.currency);
		show_amount(r, "consumed", used, a.currency);
		show_amount(r, "available",
			    used < a.credit_limit_e8 ? a.credit_limit_e8 - used : 0, a.currency);
	}
	jo_end(r->out);
	return ERR_OK;
}

static void percent_out(struct req *r, int64_t ppm)
{
	jo_str(r->out, "percent", ppm != 0 ? percent_text(r->ctx.mem, ppm) : NULL);
}

static enum errk redemptions_out(struct req *r)
{
	struct promo_redemptions_of_row *rows;
	size_t n;

	TRY(q_promo_redemptions_of(&r->ctx, r->account_id, &rows, &n));
	jo_arr(r->out, "redemptions");
	for (size_t i = 0; i < n; i++) {
		const struct promo_redemptions_of_row *p = &rows[i];

		jo_obj(r->out, NULL);
		jo_u64(r->out, "id", p->id);
		jo_time(r->out, "at", p->at);
		jo_str(r->out, "code", p->code);
		jo_str(r->out, "kind", p->kind);
		jo_str(r->out, "label", p->label);
		percent_out(r, p->ppm);
		if (strcmp(p->kind, "FIXED") == 0)
			show_whole(r, "amount", p->amount_e8, p->currency);
		if (p->status == NULL)
			show_whole(r, "given", p->credit_e8, p->currency);
		else
			show_money(r, "given", p->off_minor, p->currency);
		if (p->status != NULL) {
			jo_str(r->out, "status", p->status);
			jo_u64(r->out, "cycles_total", p->cycles_total);
			jo_u64(r->out, "cycles_used", p->cycles_used);
		}
		jo_end(r->out);
	}
	jo_end(r->out);
	return ERR_OK;
}

/* What staff gave or charges on top, while it lasts. */
static enum errk adjustments_out(struct req *r)
{
	struct discount_page_row *rows;
	size_t n;

	TRY(q_discount_page(&r->ctx, r->account_id, "", "ACTIVE", "desc", 100, 0, &rows, &n));
	jo_arr(r->out, "adjustments");
	for (size_t i = 0; i < n; i++) {
		const struct discount_page_row *d = &rows[i];

		if (strcmp(d->source, "ADMIN") != 0)
			continue;
		jo_obj(r->out, NULL);
		jo_u64(r->out, "id", d->id);
		jo_str(r->out, "label", d->label);
		jo_str(r->out, "scope", d->scope);
		percent_out(r, d->ppm);
		if (d->ppm == 0)
			show_whole(r, "amount", d->amount_e8, d->currency);
		jo_str(r->out, "from",
	       zone_month_date(r->ctx.mem, zone_load(r->ctx.mem, d->timezone),
			       d->first_hour * HOUR_S));
		jo_u64(r->out, "cycles_total", d->cycles_total);
		jo_u64(r->out, "cycles_used", d->cycles_used);
		jo_end(r->out);
	}
	jo_end(r->out);
	return ERR_OK;
}

const struct field user_promos_in[] = { F_END };

enum errk user_promos(struct req *r)
{
	TRY(credits_out(r));
	TRY(redemptions_out(r));
	return adjustments_out(r);
}

struct redeem_in { const char *code, *idempotency_key; };
const struct field user_promo_redeem_in[] = {
	F_STR(struct redeem_in, code, true, 1, 64, "Promo code, in any case"),
	F_STR(struct redeem_in, idempotency_key, true, 16, 64, "Same key, same redemption"), F_END
};

enum errk user_promo_redeem(struct req *r)
{
	const struct redeem_in *in = r->in;
	struct promo_gain g;

	TRY(promo_redeem(&r->ctx, r->account_id, in->code, &g));
	r->status = 201;
	r->audit_object = arena_fmt(r->ctx.mem, "promo:%s", g.code);
	jo_u64(r->out, "id", g.redemption_id);
	jo_str(r->out, "code", g.code);
	jo_str(r->out, "kind", g.kind);
	jo_str(r->out, "label", g.label);
	percent_out(r, g.ppm);
	if (g.amount_e8 != 0)
		show_whole(r, "amount", g.amount_e8, g.currency);
	show_whole(r, "credit", g.credit_e8, g.currency);
	jo_u64(r->out, "cycles", g.cycles);
	return ERR_OK;
}
