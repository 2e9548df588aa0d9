/* tollbridge invoice why: from a line of a document down to the hours, the prices,
 * the reported events and the settings behind it. */
#include "base/clock.h"
#include "catalog/price.h"
#include "cli/cli.h"
#include "money/money.h"
#include "stmt.h"

#define NO_END INT64_C(4000000000)	/* the hour at which an open span ends */

struct why { struct cli *k; struct why_line_row line; uint64_t invoice_id; };

static const char *hour_text(const struct why *w, int64_t hour)
{
	return hour < NO_END ? clock_iso(w->k->c->mem, hour * HOUR_S) : NULL;
}

static void hours(const struct why *w, int64_t from, int64_t to)
{
	jo_str(w->k->out, "from", hour_text(w, from));
	jo_str(w->k->out, "to", hour_text(w, to));
}

static enum errk spans(const struct why *w)
{
	struct invoice_line_usage_row *rows;
	struct cli *k = w->k;
	int64_t sum = 0;
	size_t n;

	TRY(q_invoice_line_usage(k->c, w->line.account_id, w->invoice_id, w->line.id, &rows, &n));
	cli_say(k, "hours:");
	jo_arr(k->out, "spans");
	for (size_t i = 0; i < n; i++) {
		struct counted used = price_counted(k->c->mem, rows[i].unit,
						    rows[i].hours * rows[i].quantity,
						    rows[i].unit_e8);

		TRY(amount_add(k->c, sum, rows[i].amount_e8, &sum));
		cli_say(k, "  %s  %s  %6s %s x %s = %s  %s, price %llu",
			hour_text(w, rows[i].from_hour), hour_text(w, rows[i].to_hour),
			used.quantity, used.unit, amount_text(k->c->mem, used.price_e8),
			amount_text(k->c->mem, rows[i].amount_e8), rows[i].reason,
			(unsigned long long)rows[i].price_id);
		jo_obj(k->out, NULL);
		hours(w, rows[i].from_hour, rows[i].to_hour);
		jo_i64(k->out, "hours", rows[i].hours);
		jo_str(k->out, "quantity", used.quantity);
		jo_str(k->out, "counted", used.unit);
		jo_str(k->out, "unit", amount_text(k->c->mem, used.price_e8));
		jo_str(k->out, "amount", amount_text(k->c->mem, rows[i].amount_e8));
		jo_str(k->out, "reason", rows[i].reason);
		jo_u64(k->out, "price_id", rows[i].price_id);
		jo_end(k->out);
	}
	jo_end(k->out);
	cli_say(k, "  sum %s, on the line %s", amount_text(k->c->mem, sum),
		amount_text(k->c->mem, w->line.exact_e8));
	jo_str(k->out, "sum", amount_text(k->c->mem, sum));
	return ERR_OK;
}

static void correction(struct cli *k, const struct why_prices_row *p)
{
	jo_obj(k->out, "corrected");
	jo_u64(k->out, "price_id", p->by_id);
	jo_str(k->out, "unit", amount_text(k->c->mem, p->by_e8));
	jo_time(k->out, "at", p->corrected_at);
	jo_str(k->out, "actor", p->actor);
	jo_str(k->out, "reason", p->reason);
	jo_end(k->out);
}

static enum errk prices(const struct why *w)
{
	struct why_prices_row *rows;
	struct cli *k = w->k;
	size_t n;

	TRY(q_why_prices(k->c, w->line.account_id, w->invoice_id, w->line.id, &rows, &n));
	cli_say(k, "prices:");
	jo_arr(k->out, "prices");
	for (size_t i = 0; i < n; i++) {
		const char *to = hour_text(w, rows[i].to_hour);

		cli_say(k, "  %llu: %s %s%s%s %s %s an hour, %s to %s",
			(unsigned long long)rows[i].id, rows[i].item, rows[i].zone,
			rows[i].offering != NULL ? " " : "",
			rows[i].offering != NULL ? rows[i].offering : "",
			amount_text(k->c->mem, rows[i].unit_e8), w->line.currency,
			hour_text(w, rows[i].from_hour), to != NULL ? to : "now");
		if (!rows[i].by_id_null)
			cli_say(k, "    corrected to %s (price %llu) on %s by %s: %s",
				amount_text(k->c->mem, rows[i].by_e8),
				(unsigned long long)rows[i].by_id,
				clock_iso(k->c->mem, rows[i].corrected_at), rows[i].actor,
				rows[i].reason);
		jo_obj(k->out, NULL);
		jo_u64(k->out, "id", rows[i].id);
		jo_str(k->out, "item", rows[i].item);
		jo_str(k->out, "zone", rows[i].zone);
		jo_str(k->out, "offering", rows[i].offering);
		jo_str(k->out, "unit", amount_text(k->c->mem, rows[i].unit_e8));
		hours(w, rows[i].from_hour, rows[i].to_hour);
		if (!rows[i].by_id_null)
			correction(k, &rows[i]);
		jo_end(k->out);
	}
	jo_end(k->out);
	return ERR_OK;
}

static enum errk events(const struct why *w)
{
	struct why_events_row *rows;
	struct cli *k = w->k;
	size_t n;

	TRY(q_why_events(k->c, w->line.account_id, w->invoice_id, w->line.id, &rows, &n));
	cli_say(k, "events:");
	jo_arr(k->out, "events");
	for (size_t i = 0; i < n; i++) {
		cli_say(k, "  %s  %s  %s:%s", clock_iso(k->c->mem, rows[i].at), rows[i].kind,
			rows[i].source, rows[i].event_id);
		jo_obj(k->out, NULL);
		jo_time(k->out, "at", rows[i].at);
		jo_str(k->out, "kind", rows[i].kind);
		jo_str(k->out, "source", rows[i].source);
		jo_str(k->out, "event_id", rows[i].event_id);
		jo_time(k->out, "received_at", rows[i].received_at);
		jo_end(k->out);
	}
	jo_end(k->out);
	return ERR_OK;
}

static enum errk switches(const struct why *w)
{
	struct why_switches_row *rows;
	struct cli *k = w->k;
	size_t n;

	TRY(q_why_switches(k->c, w->line.account_id, w->invoice_id, w->line.id, &rows, &n));
	if (n > 0)
		cli_say(k, "settings:");
	jo_arr(k->out, "switches");
	for (size_t i = 0; i < n; i++) {
		const char *to = hour_text(w, rows[i].to_hour);

		cli_say(k, "  %s = %s, %s to %s", rows[i].skey, rows[i].value,
			hour_text(w, rows[i].from_hour), to != NULL ? to : "now");
		jo_obj(k->out, NULL);
		jo_str(k->out, "key", rows[i].skey);
		jo_str(k->out, "value", rows[i].value);
		hours(w, rows[i].from_hour, rows[i].to_hour);
		jo_end(k->out);
	}
	jo_end(k->out);
	return ERR_OK;
}

static enum errk history(const struct why *w)
{
	struct why_history_row *rows;
	struct cli *k = w->k;
	size_t n;

	TRY(q_why_history(k->c, w->line.account_id, w->invoice_id, w->line.id, &rows, &n));
	jo_arr(k->out, "history");
	for (size_t i = 0; i < n; i++) {
		cli_say(k, "  %s: %s from '%s' to '%s' by %s, in effect %s",
			clock_iso(k->c->mem, rows[i].at), rows[i].skey, rows[i].old_value,
			rows[i].new_value, rows[i].actor, hour_text(w, rows[i].effective_hour));
		jo_obj(k->out, NULL);
		jo_str(k->out, "key", rows[i].skey);
		jo_str(k->out, "from", rows[i].old_value);
		jo_str(k->out, "to", rows[i].new_value);
		jo_time(k->out, "at", rows[i].at);
		jo_str(k->out, "effective_at", hour_text(w, rows[i].effective_hour));
		jo_str(k->out, "actor", rows[i].actor);
		jo_str(k->out, "reason", rows[i].reason);
		jo_end(k->out);
	}
	jo_end(k->out);
	return ERR_OK;
}

enum errk cmd_invoice_why(struct cli *k)
{
	struct why w = { .k = k };
	uint64_t position;
	enum errk found;

	TRY(cli_id(k, "ID", k->argv[0], &w.invoice_id));
	TRY(cli_id(k, "LINE", k->argv[1], &position));
	found = q_why_line(k->c, w.invoice_id, (uint32_t)position, &w.line);
	if (found == ERR_NOT_FOUND) {
		err_clear(k->c);
		return fail_field(k->c, "LINE", "There is no such line.");
	}
	TRY(found);
	cli_say(k, "%s, line %llu: %s", w.line.number, (unsigned long long)position,
		w.line.description);
	jo_str(k->out, "number", w.line.number);
	jo_str(k->out, "description", w.line.description);
	jo_str(k->out, "currency", w.line.currency);
	jo_str(k->out, "exact", amount_text(k->c->mem, w.line.exact_e8));
	TRY(spans(&w));
	TRY(prices(&w));
	TRY(events(&w));
	TRY(switches(&w));
	return history(&w);
}
