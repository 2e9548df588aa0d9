/* tollbridge price list, price correct: a price that was wrong and has been used. */
#include <string.h>

#include "base/clock.h"
#include "catalog/price.h"
#include "cli/cli.h"
#include "cli/rerate.h"
#include "invoice/correct.h"
#include "money/money.h"
#include "stmt.h"

#define PAGE 500
#define NO_END INT64_C(4000000000)	/* the hour at which an open span ends */

static void one_price(struct cli *k, const struct price_list_row *p)
{
	struct arena *mem = k->c->mem;
	const char *price = amount_text(mem, price_counted(mem, p->unit, 0, p->unit_e8).price_e8);
	const char *from = clock_iso(mem, p->from_hour * HOUR_S);
	const char *to = p->to_hour < NO_END ? clock_iso(mem, p->to_hour * HOUR_S) : NULL;
	const char *by = p->by_id_null ? ""
			 : arena_fmt(mem, ", corrected by %llu", (unsigned long long)p->by_id);

	cli_say(k, "%6llu  %-17s %-10s %-12s %s %s %s  %s to %s%s", (unsigned long long)p->id,
		p->item, p->zone != NULL ? p->zone : "", p->offering != NULL ? p->offering : "",
		price, p->currency, price_field(p->unit), from, to != NULL ? to : "now", by);
	jo_obj(k->out, NULL);
	jo_u64(k->out, "id", p->id);
	jo_str(k->out, "item", p->item);
	jo_str(k->out, "zone", p->zone);
	jo_str(k->out, "offering", p->offering);
	jo_str(k->out, "currency", p->currency);
	jo_str(k->out, price_field(p->unit), price);
	jo_i64(k->out, "cap_hours", p->cap_hours);
	jo_str(k->out, "from", from);
	jo_str(k->out, "to", to);
	if (!p->by_id_null)
		jo_u64(k->out, "corrected_by", p->by_id);
	jo_end(k->out);
}

enum errk cmd_price_list(struct cli *k)
{
	struct price_list_row *rows;
	uint64_t after = 0;
	size_t n;

	jo_arr(k->out, "prices");
	do {
		TRY(q_price_list(k->c, k->argc > 0 ? k->argv[0] : "", after, &rows, &n));
		for (size_t i = 0; i < n; i++) {
			one_price(k, &rows[i]);
			after = rows[i].id;
		}
	} while (n == PAGE);
	jo_end(k->out);
	return ERR_OK;
}

static enum errk effects(struct cli *k, const struct price_corrected *done)
{
	int64_t sum = 0;

	jo_arr(k->out, "accounts");
	for (size_t i = 0; i < done->n; i++) {
		const struct price_effect *e = &done->effects[i];

		TRY(amount_add(k->c, sum, e->result.sum_e8, &sum));
		cli_say(k, "client %llu, %s: %s %s since %s", (unsigned long long)e->account_id,
			e->name, amount_text(k->c->mem, e->result.sum_e8), e->currency,
			clock_iso(k->c->mem, e->from_hour * HOUR_S));
		jo_obj(k->out, NULL);
		jo_u64(k->out, "account_id", e->account_id);
		jo_str(k->out, "name", e->name);
		jo_str(k->out, "currency", e->currency);
		jo_time(k->out, "from", e->from_hour * HOUR_S);
		jo_str(k->out, "difference", amount_text(k->c->mem, e->result.sum_e8));
		rerate_show(k, &e->result, e->currency);
		jo_end(k->out);
	}
	jo_end(k->out);
	cli_say(k, "%zu clients, together %s %s", done->n, amount_text(k->c->mem, sum),
		done->currency);
	jo_str(k->out, "difference", amount_text(k->c->mem, sum));
	jo_str(k->out, "currency", done->currency);
	return ERR_OK;
}

/* What it comes to is said before it is done: by doing it and rolling it back. */
enum errk cmd_price_correct(struct cli *k)
{
	struct price_correction in = { .amount = k->argv[1], .reason = k->argv[2],
				       .notes = k->notes };
	struct price_corrected would, done;
	struct arena *mem = k->c->mem;

	TRY(cli_id(k, "PRICE", k->argv[0], &in.price_id));
	if (k->notes != NULL && (k->notes[0] == '\0' || strlen(k->notes) > 300))
		return fail_field(k->c, "notes", "Why, in 1 to 300 bytes: it stands on the notes.");
	TRY(price_correct(k->c, &in, &would));
	cli_say(k, "price %llu, %s: %s to %s %s %s", (unsigned long long)in.price_id, would.item,
		amount_text(mem, price_counted(mem, would.unit, 0, would.old_e8).price_e8),
		amount_text(mem, price_counted(mem, would.unit, 0, would.new_e8).price_e8),
		would.currency, price_field(would.unit));
	TRY(effects(k, &would));
	jo_bool(k->out, "dry_run", k->dry_run);
	if (k->dry_run) {
		cli_say(k, "nothing kept");
		return ERR_OK;
	}
	in.keep = true;
	TRY(price_correct(k->c, &in, &done));
	jo_u64(k->out, "price_id", done.new_id);
	cli_say(k, "price %llu stands in its place; %s", (unsigned long long)done.new_id,
		k->notes != NULL ? "the notes are written"
				 : "the biller books the differences as adjustments");
	return ERR_OK;
}
