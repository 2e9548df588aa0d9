/* Why a line costs what it costs: its spans, the prices they were rated with, what
 * was reported of the resource, and the settings that ruled it. */
#include "base/clock.h"
#include "fcgi/show.h"
#include "stmt.h"

#define NO_END INT64_C(4000000000)	/* the hour at which an open span ends */

static void hours(struct req *r, int64_t from, int64_t to)
{
	jo_time(r->out, "from", from * HOUR_S);
	jo_time(r->out, "to", to < NO_END ? to * HOUR_S : 0);
}

static enum errk prices(struct req *r, uint64_t account_id, uint64_t id, uint64_t line,
			const char *currency)
{
	struct why_prices_row *rows;
	size_t n;

	TRY(q_why_prices(&r->ctx, account_id, id, line, &rows, &n));
	jo_arr(r->out, "prices");
	for (size_t i = 0; i < n; i++) {
		jo_obj(r->out, NULL);
		jo_u64(r->out, "id", rows[i].id);
		jo_str(r->out, "item", rows[i].item);
		jo_str(r->out, "zone", rows[i].zone);
		jo_str(r->out, "offering", rows[i].offering);
		show_amount(r, "unit", rows[i].unit_e8, currency);
		hours(r, rows[i].from_hour, rows[i].to_hour);
		/* who and why is for the operator's command: customers read this */
		if (!rows[i].by_id_null) {
			jo_obj(r->out, "corrected");
			jo_u64(r->out, "price_id", rows[i].by_id);
			show_amount(r, "unit", rows[i].by_e8, currency);
			show_wall(r, "at", rows[i].corrected_at);
			jo_end(r->out);
		}
		jo_end(r->out);
	}
	jo_end(r->out);
	return ERR_OK;
}

static enum errk events(struct req *r, uint64_t account_id, uint64_t id, uint64_t line)
{
	struct why_events_row *rows;
	size_t n;

	TRY(q_why_events(&r->ctx, account_id, id, line, &rows, &n));
	jo_arr(r->out, "events");
	for (size_t i = 0; i < n; i++) {
		jo_obj(r->out, NULL);
		jo_time(r->out, "at", rows[i].at);
		jo_str(r->out, "kind", rows[i].kind);
		jo_str(r->out, "source", rows[i].source);
		jo_str(r->out, "event_id", rows[i].event_id);
		jo_time(r->out, "received_at", rows[i].received_at);
		jo_end(r->out);
	}
	jo_end(r->out);
	return ERR_OK;
}

static enum errk switches(struct req *r, uint64_t account_id, uint64_t id, uint64_t line)
{
	struct why_switches_row *rows;
	size_t n;

	TRY(q_why_switches(&r->ctx, account_id, id, line, &rows, &n));
	jo_arr(r->out, "switches");
	for (size_t i = 0; i < n; i++) {
		jo_obj(r->out, NULL);
		jo_str(r->out, "key", rows[i].skey);
		jo_str(r->out, "value", rows[i].value);
		hours(r, rows[i].from_hour, rows[i].to_hour);
		jo_u64(r->out, "generation", rows[i].generation);
		jo_end(r->out);
	}
	jo_end(r->out);
	return ERR_OK;
}

/* Who switched: for staff only. */
static enum errk history(struct req *r, uint64_t account_id, uint64_t id, uint64_t line)
{
	struct why_history_row *rows;
	size_t n;

	TRY(q_why_history(&r->ctx, account_id, id, line, &rows, &n));
	jo_arr(r->out, "history");
	for (size_t i = 0; i < n; i++) {
		jo_obj(r->out, NULL);
		jo_str(r->out, "key", rows[i].skey);
		jo_str(r->out, "from", rows[i].old_value);
		jo_str(r->out, "to", rows[i].new_value);
		jo_time(r->out, "at", rows[i].at);
		jo_time(r->out, "effective_at", rows[i].effective_hour * HOUR_S);
		jo_str(r->out, "actor", rows[i].actor);
		jo_str(r->out, "reason", rows[i].reason);
		jo_end(r->out);
	}
	jo_end(r->out);
	return ERR_OK;
}

enum errk show_invoice_usage(struct req *r, uint64_t account_id, uint64_t id, uint64_t line)
{
	struct invoice_line_usage_row *rows;
	struct invoice_get_row inv;
	size_t n;

	TRY(q_invoice_get(&r->ctx, account_id, id, &inv));
	TRY(q_invoice_line_usage(&r->ctx, account_id, id, line, &rows, &n));
	jo_arr(r->out, "rows");
	for (size_t i = 0; i < n; i++) {
		jo_obj(r->out, NULL);
		jo_time(r->out, "from", rows[i].from_hour * HOUR_S);
		jo_time(r->out, "to", rows[i].to_hour * HOUR_S);
		show_counted(r, rows[i].unit, rows[i].hours * rows[i].quantity, &rows[i].unit_e8,
			     inv.currency);
		jo_i64(r->out, "size", rows[i].quantity);
		show_amount(r, "amount", rows[i].amount_e8, inv.currency);
		jo_str(r->out, "reason", rows[i].reason);
		jo_str(r->out, "resource", rows[i].resource);
		jo_u64(r->out, "price_id", rows[i].price_id);
		jo_u64(r->out, "generation", rows[i].generation);
		jo_end(r->out);
	}
	jo_end(r->out);
	jo_u64(r->out, "total", n);
	TRY(prices(r, account_id, id, line, inv.currency));
	TRY(events(r, account_id, id, line));
	TRY(switches(r, account_id, id, line));
	return r->pool == POOL_ADMIN ? history(r, account_id, id, line) : ERR_OK;
}
