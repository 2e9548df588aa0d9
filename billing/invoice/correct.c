/* See correct.h. The row that every transaction of the biller writes is written
 * first: nothing is rated by the old price beside us and left out. */
#include "invoice/correct.h"

#include <string.h>

#include "base/clock.h"
#include "base/db.h"
#include "catalog/price.h"
#include "money/money.h"
#include "rating/rating.h"
#include "stmt.h"

#define PAGE 500

struct work { const struct price_correction *in; struct price_corrected *out; };

static enum errk amount_of(struct ctx *c, const struct work *w, const struct price_get_row *p,
			   int64_t *unit_e8_r)
{
	int64_t e8;

	if (amount_parse(c, w->in->amount, 8, &e8) != ERR_OK) {
		err_clear(c);
		return fail_field(c, "AMOUNT", "A price like 0.0068, at most 8 decimals.");
	}
	TRY(price_unit(c, p->unit, e8, unit_e8_r));
	if (*unit_e8_r == p->unit_e8)
		return fail_field(c, "AMOUNT", "This is what the price says already.");
	return ERR_OK;
}

static enum errk replace(struct ctx *c, struct work *w)
{
	struct price_corrected *o = w->out;
	struct price_get_row p;
	uint64_t n;

	TRY(q_price_get(c, w->in->price_id, &p));
	TRY(amount_of(c, w, &p, &o->new_e8));
	o->item = p.item;
	o->currency = p.currency;
	o->unit = p.unit;
	o->old_e8 = p.unit_e8;
	TRY(q_price_remove(c, p.id, &n));
	TRY(q_price_replace(c, p.item, p.zone_id, p.offering_id, p.currency, o->new_e8,
			    p.cap_hours, p.from_hour, p.to_hour, &o->new_id));
	TRY(q_price_superseded_add(c, p.id, p.item, p.zone_id, p.offering_id, p.currency,
				   p.unit_e8, p.cap_hours, p.from_hour, p.to_hour, o->new_id,
				   c->wall, c->actor, w->in->reason, &n));
	return q_audit_add(c, c->wall, c->actor, "price.corrected",
			   arena_fmt(c->mem, "price %llu", (unsigned long long)p.id),
			   arena_fmt(c->mem, "%s %s: %s -> %s (price %llu): %.300s", p.item,
				     p.currency, amount_text(c->mem, p.unit_e8),
				     amount_text(c->mem, o->new_e8),
				     (unsigned long long)o->new_id, w->in->reason),
			   "", "", &n);
}

static enum errk users(struct ctx *c, struct work *w)
{
	struct price_corrected *o = w->out;
	struct price_users_row *rows;
	uint64_t after = 0;
	size_t cap = 0, got;

	do {
		TRY(q_price_users(c, w->in->price_id, after, &rows, &got));
		if (o->n + got > cap) {
			struct price_effect *more;

			cap = 2 * (o->n + got);
			more = ARENA_ARRAY(c->mem, cap, struct price_effect);
			if (o->n > 0)
				memcpy(more, o->effects, o->n * sizeof *more);
			o->effects = more;
		}
		for (size_t i = 0; i < got; i++) {
			o->effects[o->n++] = (struct price_effect){
				.account_id = rows[i].account_id, .name = rows[i].name,
				.currency = rows[i].currency, .from_hour = rows[i].from_hour };
			after = rows[i].account_id;
		}
	} while (got == PAGE);
	return ERR_OK;
}

static enum errk adjusted(struct ctx *c, struct price_effect *e)
{
	struct rating_again again;

	TRY(rating_again(c, e->account_id, e->from_hour, true, &again));
	e->result.n = again.n;
	e->result.sum_e8 = again.sum_e8;
	e->result.found = ARENA_ARRAY(c->mem, again.n + 1, struct rerate_found);
	for (size_t i = 0; i < again.n; i++)
		e->result.found[i] = (struct rerate_found){
			NULL, again.diffs[i].resource, again.diffs[i].component,
			again.diffs[i].amount_e8, 0, SETTLED_ADJUSTMENT };
	return ERR_OK;
}

static enum errk one_user(struct ctx *c, struct work *w, struct price_effect *e)
{
	uint64_t n;

	if (w->in->notes != NULL)
		return invoice_rerate(c, &(struct rerate_in){ e->account_id, e->from_hour,
							      w->in->notes, true }, &e->result);
	if (!w->in->keep)
		return adjusted(c, e);
	return q_wallet_rerate_from(c, e->account_id, e->from_hour, &n);
}

static enum errk correct_body(struct ctx *c, void *arg)
{
	struct work *w = arg;
	uint64_t n;

	*w->out = (struct price_corrected){ 0 };
	TRY(q_rating_hold(c, &n));
	TRY(replace(c, w));
	TRY(users(c, w));
	for (size_t i = 0; i < w->out->n; i++)
		TRY(one_user(c, w, &w->out->effects[i]));
	return w->in->keep ? ERR_OK : fail(c, ERR_CONFLICT, "dry.run", "rolled back as asked");
}

enum errk price_correct(struct ctx *c, const struct price_correction *in,
			struct price_corrected *out)
{
	struct work w = { in, out };
	enum errk k;

	if (in->reason[0] == '\0' || strlen(in->reason) > 300)
		return fail_field(c, "REASON", "Why, in 1 to 300 bytes.");
	k = db_tx(c, correct_body, &w);
	if (!in->keep && k == ERR_CONFLICT && strcmp(c->err.code, "dry.run") == 0) {
		err_clear(c);
		return ERR_OK;
	}
	if (k == ERR_NOT_FOUND) {
		err_clear(c);
		return fail_field(c, "PRICE", "There is no such price in force; one that was "
				  "corrected stands no more.");
	}
	return k;
}
