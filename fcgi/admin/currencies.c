/* /api/admin/currencies: Billing > Multi-Currency, while feature 2 is on. */
#include <string.h>

#include "catalog/price.h"
#include "fcgi/show.h"
#include "settings/settings.h"
#include "stmt.h"

#define SINCE_DAYS 90

const struct field admin_currencies_in[] = { F_END };

static enum errk rates_out(struct req *r)
{
	struct fx_list_row *rows;
	size_t n;

	TRY(q_fx_list(&r->ctx, r->ctx.now - SINCE_DAYS * INT64_C(86400), &rows, &n));
	jo_arr(r->out, "rates");
	for (size_t i = 0; i < n; i++) {
		bool same = i > 0 &&
			    strcmp(rows[i].from_currency, rows[i - 1].from_currency) == 0 &&
			    strcmp(rows[i].to_currency, rows[i - 1].to_currency) == 0 &&
			    rows[i - 1].valid_from <= r->ctx.now;

		jo_obj(r->out, NULL);
		jo_str(r->out, "from_currency", rows[i].from_currency);
		jo_str(r->out, "to_currency", rows[i].to_currency);
		jo_str(r->out, "rate", fx_text(r->ctx.mem, rows[i].rate_e12));
		jo_str(r->out, "source", rows[i].source);
		jo_time(r->out, "from", rows[i].valid_from);
		jo_str(r->out, "state", rows[i].valid_from > r->ctx.now ? "SCHEDULED" :
					same ? "ENDED" : "ACTIVE");
		jo_end(r->out);
	}
	jo_end(r->out);
	return ERR_OK;
}

enum errk admin_currencies(struct req *r)
{
	struct currency_all_row *rows;
	size_t n;

	TRY(q_currency_all(&r->ctx, &rows, &n));
	jo_str(r->out, "base_currency", r->ctx.set->currency_base);
	jo_arr(r->out, "currencies");
	for (size_t i = 0; i < n; i++) {
		jo_obj(r->out, NULL);
		jo_str(r->out, "code", rows[i].code);
		jo_str(r->out, "name", rows[i].name);
		jo_u64(r->out, "minor", rows[i].minor_digits);
		jo_bool(r->out, "enabled", rows[i].enabled);
		jo_bool(r->out, "base", strcmp(rows[i].code, r->ctx.set->currency_base) == 0);
		jo_u64(r->out, "accounts", rows[i].accounts);
		jo_end(r->out);
	}
	jo_end(r->out);
	return rates_out(r);
}

struct currency_in { const char *code; bool enabled; };
const struct field admin_currency_put_in[] = {
	F_STR(struct currency_in, code, true, 3, 3, "ISO 4217 code, from the path"),
	F_BOOL(struct currency_in, enabled, true, NULL, "Can customers choose it"), F_END
};

enum errk admin_currency_put(struct req *r)
{
	const struct currency_in *in = r->in;

	TRY(currency_choose(&r->ctx, in->code, in->enabled));
	jo_bool(r->out, "ok", true);
	return ERR_OK;
}

struct rate_in {
	const char *from_currency, *to_currency, *rate, *source, *idempotency_key;
	int64_t from;
};
const struct field admin_fx_add_in[] = {
	F_STR(struct rate_in, from_currency, true, 3, 3, "One of this"),
	F_STR(struct rate_in, to_currency, true, 3, 3, "is so many of that"),
	F_TEXT(struct rate_in, rate, true, "Rate, at most 8 decimals"),
	F_STR(struct rate_in, source, true, 1, 64, "Whose rate it is; printed on invoices"),
	F_TIME(struct rate_in, from, false, "From when on; none: now"),
	F_STR(struct rate_in, idempotency_key, true, 16, 64, "Same key, same rate"), F_END
};

enum errk admin_fx_add(struct req *r)
{
	const struct rate_in *in = r->in;

	TRY(fx_set(&r->ctx, &(struct fx_in){ in->from_currency, in->to_currency, in->rate,
					     in->source, in->from }));
	r->status = 201;
	r->audit_object = arena_fmt(r->ctx.mem, "fx:%s/%s", in->from_currency, in->to_currency);
	jo_bool(r->out, "ok", true);
	return ERR_OK;
}
