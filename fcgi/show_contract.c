/* Contracts as both portals show them. */
#include <string.h>

#include "base/clock.h"
#include "contract/contract.h"
#include "fcgi/show.h"
#include "money/money.h"
#include "stmt.h"

struct shown {
	const char *currency;
	const struct contract_parts_shown_row *parts;
	const struct contract_used_row *used;
	size_t nparts, nused;
	int64_t tax_ppm;
};

static int64_t used_of(const struct shown *s, uint64_t part_id)
{
	for (size_t i = 0; i < s->nused; i++)
		if (s->used[i].part_id == part_id)
			return s->used[i].used;
	return 0;
}

static void parts_out(struct req *r, const struct shown *s, uint64_t contract_id)
{
	jo_arr(r->out, "parts");
	for (size_t i = 0; i < s->nparts; i++) {
		const struct contract_parts_shown_row *p = &s->parts[i];

		if (p->contract_id != contract_id)
			continue;
		jo_obj(r->out, NULL);
		jo_str(r->out, "what", p->what);
		jo_u64(r->out, "offering_id", p->offering_id);
		jo_str(r->out, "offering", p->offering);
		jo_i64(r->out, "quantity", p->quantity);
		jo_i64(r->out, "used", used_of(s, p->id));
		jo_end(r->out);
	}
	jo_end(r->out);
}

static void terms_out(struct req *r, const struct shown *s, const struct contract_history_row *k)
{
	jo_u64(r->out, "id", k->id);
	jo_str(r->out, "kind", k->kind);
	show_whole(r, "fee", k->fee_e8, s->currency);
	jo_str(r->out, "overage", k->overage);
	jo_str(r->out, "state", k->state);
	if (k->from_hour_null)
		jo_null(r->out, "from");
	else
		jo_time(r->out, "from", k->from_hour * HOUR_S);
	if (k->to_hour_null || k->to_hour == CONTRACT_OPEN)
		jo_null(r->out, "to");
	else
		jo_time(r->out, "to", k->to_hour * HOUR_S);
	parts_out(r, s, k->id);
}

/* What is to come: when the cycle ends, or when the balance holds `due`, which the
 * invoice's taxes are part of. */
static enum errk next_out(struct req *r, const struct shown *s,
			  const struct contract_history_row *k, int64_t cycle_to_hour)
{
	bool waits = strcmp(k->state, "WAITING") == 0;
	int64_t tax_e8;

	TRY(tax_up(&r->ctx, k->due_e8, s->tax_ppm, &tax_e8));
	jo_obj(r->out, "next");
	terms_out(r, s, k);
	if (waits) {
		jo_null(r->out, "at");
		show_money(r, "due", amount_to_pay(k->due_e8 + tax_e8, currency_find(s->currency)),
			   s->currency);
	} else {
		jo_time(r->out, "at", cycle_to_hour * HOUR_S);
		jo_null(r->out, "due");
	}
	jo_bool(r->out, "renewal", k->renewal);
	jo_end(r->out);
	return ERR_OK;
}

static enum errk load(struct req *r, uint64_t account_id, const char *currency, struct shown *s)
{
	struct contract_parts_shown_row *parts;
	struct contract_used_row *used;
	struct contract_account_row a;

	TRY(q_contract_account(&r->ctx, account_id, &a));
	*s = (struct shown){ .currency = currency, .tax_ppm = a.tax_ppm };
	TRY(q_contract_parts_shown(&r->ctx, account_id, &parts, &s->nparts));
	TRY(q_contract_used(&r->ctx, account_id, hour_floor(r->ctx.now), &used, &s->nused));
	s->parts = parts;
	s->used = used;
	return ERR_OK;
}

static enum errk over_out(struct req *r, uint64_t account_id, const char *currency)
{
	struct contract_over_list_row *rows;
	size_t n;

	TRY(q_contract_over_list(&r->ctx, account_id, hour_floor(r->ctx.now), &rows, &n));
	jo_arr(r->out, "over");
	for (size_t i = 0; i < n; i++) {
		jo_obj(r->out, NULL);
		jo_u64(r->out, "id", rows[i].resource_id);
		jo_str(r->out, "name", rows[i].name);
		jo_str(r->out, "type", rows[i].type);
		jo_time(r->out, "since", rows[i].since);
		show_amount(r, "list_hour", rows[i].list_e8, currency);
		jo_end(r->out);
	}
	jo_end(r->out);
	return ERR_OK;
}

static void history_out(struct req *r, const struct shown *s,
			const struct contract_history_row *rows, size_t n)
{
	jo_arr(r->out, "history");
	for (size_t i = 0; i < n; i++) {
		jo_obj(r->out, NULL);
		terms_out(r, s, &rows[i]);
		jo_str(r->out, "note", rows[i].note);
		jo_time(r->out, "asked_at", rows[i].asked_at);
		jo_str(r->out, "asked_by", rows[i].asked_by);
		jo_end(r->out);
	}
	jo_end(r->out);
}

enum errk show_contract(struct req *r, uint64_t account_id, bool staff)
{
	const struct contract_history_row *now = NULL, *next = NULL;
	int64_t hour = hour_floor(r->ctx.now);
	struct contract_account_row a;
	struct contract_history_row *rows;
	struct shown s;
	size_t n;

	TRY(q_contract_account(&r->ctx, account_id, &a));
	TRY(q_contract_history(&r->ctx, account_id, &rows, &n));
	TRY(load(r, account_id, a.currency, &s));
	for (size_t i = 0; i < n; i++) {
		if (!rows[i].from_hour_null && rows[i].from_hour <= hour && rows[i].to_hour > hour)
			now = &rows[i];
		/* one that begins within the hour is to come as well */
		if (strcmp(rows[i].state, "PENDING") == 0 ||
		    strcmp(rows[i].state, "WAITING") == 0 ||
		    (!rows[i].from_hour_null && rows[i].from_hour > hour))
			next = &rows[i];
	}
	jo_obj(r->out, "contract");
	jo_obj(r->out, "now");
	if (now != NULL) {
		terms_out(r, &s, now);
	} else {
		jo_str(r->out, "kind", "PAYG");
		jo_arr(r->out, "parts");
		jo_end(r->out);
	}
	jo_end(r->out);
	if (next != NULL)
		TRY(next_out(r, &s, next,
			     next->from_hour_null ? a.cycle_to_hour : next->from_hour));
	else
		jo_null(r->out, "next");
	if (staff) {
		TRY(over_out(r, account_id, a.currency));
		history_out(r, &s, rows, n);
	}
	jo_end(r->out);
	return ERR_OK;
}
