/* tollbridge forecast: the months to come of a client, and what settings would change. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/zone.h"
#include "biller/forecast.h"
#include "cli/cli.h"
#include "money/money.h"

static void say_month(struct cli *k, const struct forecast *f, const struct forecast_month *m,
		      const struct zone_info *zone)
{
	const struct currency *cur = currency_find(f->currency);
	struct arena *mem = k->c->mem;

	cli_say(k, "%s to %s: %s", zone_date(mem, zone, m->from_hour * HOUR_S),
		zone_date(mem, zone, m->to_hour * HOUR_S), m->invoiced ? "" : "nothing to invoice");
	for (size_t i = 0; i < m->n; i++)
		cli_say(k, "  %14s  %s", money_text(mem, m->lines[i].amount_minor, cur),
			m->lines[i].text);
	if (m->invoiced)
		cli_say(k, "  %14s  %s, tax %s in it; %s from the balance",
			money_text(mem, m->total_minor, cur), f->currency,
			money_text(mem, m->tax_minor, cur), money_text(mem, m->paid_minor, cur));
	if (m->suspended_hour > 0)
		cli_say(k, "  %14s  suspended from %s on: the funds do not carry it further", "",
			clock_iso(mem, m->suspended_hour * HOUR_S));
	cli_say(k, "  %14s  balance after it", amount_display(mem, m->balance_e8, cur->digits));
}

static void month_out(struct cli *k, const struct forecast *f, const struct forecast_month *m)
{
	const struct currency *cur = currency_find(f->currency);
	struct arena *mem = k->c->mem;

	jo_obj(k->out, NULL);
	jo_time(k->out, "from", m->from_hour * HOUR_S);
	jo_time(k->out, "to", m->to_hour * HOUR_S);
	jo_bool(k->out, "invoiced", m->invoiced);
	if (m->suspended_hour > 0)
		jo_time(k->out, "suspended_from", m->suspended_hour * HOUR_S);
	else
		jo_null(k->out, "suspended_from");
	jo_str(k->out, "subtotal", money_text(mem, m->subtotal_minor, cur));
	jo_str(k->out, "tax", money_text(mem, m->tax_minor, cur));
	jo_str(k->out, "total", money_text(mem, m->total_minor, cur));
	jo_str(k->out, "paid", money_text(mem, m->paid_minor, cur));
	jo_str(k->out, "balance", amount_text(mem, m->balance_e8));
	jo_arr(k->out, "lines");
	for (size_t i = 0; i < m->n; i++) {
		jo_obj(k->out, NULL);
		jo_str(k->out, "component", m->lines[i].component);
		jo_str(k->out, "description", m->lines[i].text);
		jo_str(k->out, "exact", amount_text(mem, m->lines[i].exact_e8));
		jo_str(k->out, "amount", money_text(mem, m->lines[i].amount_minor, cur));
		jo_end(k->out);
	}
	jo_end(k->out);
	jo_end(k->out);
}

static void show(struct cli *k, const char *name, const struct forecast *f,
		 const struct zone_info *zone)
{
	jo_arr(k->out, name);
	for (size_t i = 0; i < f->n; i++) {
		say_month(k, f, &f->months[i], zone);
		month_out(k, f, &f->months[i]);
	}
	jo_end(k->out);
}

static int64_t line_sum(const struct forecast_month *m, const char *text)
{
	int64_t e8 = 0;

	for (size_t i = 0; i < m->n; i++)
		if (strcmp(m->lines[i].text, text) == 0)
			e8 += m->lines[i].exact_e8;
	return e8;
}

static void line_difference(struct cli *k, const char *text, int64_t e8)
{
	if (e8 == 0)
		return;
	cli_say(k, "  %14s  %s", amount_text(k->c->mem, e8), text);
	jo_obj(k->out, NULL);
	jo_str(k->out, "description", text);
	jo_str(k->out, "difference", amount_text(k->c->mem, e8));
	jo_end(k->out);
}

static bool seen(const struct forecast_month *m, size_t upto, const char *text)
{
	for (size_t i = 0; i < upto; i++)
		if (strcmp(m->lines[i].text, text) == 0)
			return true;
	return false;
}

/* Lines of one month that come to something else, each text once. */
static void month_difference(struct cli *k, const struct forecast_month *was,
			     const struct forecast_month *is, const struct currency *cur)
{
	struct arena *mem = k->c->mem;

	jo_obj(k->out, NULL);
	jo_time(k->out, "from", is->from_hour * HOUR_S);
	jo_str(k->out, "difference", money_text(mem, is->total_minor - was->total_minor, cur));
	cli_say(k, "%s: %s %s", clock_date(mem, is->from_hour * HOUR_S),
		money_text(mem, is->total_minor - was->total_minor, cur), cur->code);
	jo_arr(k->out, "lines");
	for (size_t i = 0; i < was->n; i++)
		if (!seen(was, i, was->lines[i].text))
			line_difference(k, was->lines[i].text,
					line_sum(is, was->lines[i].text) -
					line_sum(was, was->lines[i].text));
	for (size_t i = 0; i < is->n; i++)
		if (!seen(is, i, is->lines[i].text) && !seen(was, was->n, is->lines[i].text))
			line_difference(k, is->lines[i].text, line_sum(is, is->lines[i].text));
	jo_end(k->out);
	jo_end(k->out);
}

/* KEY=VALUE */
static enum errk settings_read(struct cli *k, struct forecast_setting *set, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *text = k->argv[2 + i], *eq = strchr(text, '=');

		if (eq == NULL)
			return fail_field(k->c, "KEY=VALUE", "A setting and what it would be.");
		set[i] = (struct forecast_setting){
			arena_dupn(k->c->mem, text, (size_t)(eq - text)), eq + 1 };
	}
	return ERR_OK;
}

enum errk cmd_forecast(struct cli *k)
{
	size_t nset = k->argc > 2 ? (size_t)k->argc - 2 : 0;
	struct forecast_setting *set = ARENA_ARRAY(k->c->mem, nset + 1, struct forecast_setting);
	const struct zone_info *zone;
	struct forecast plain, changed = { 0 };
	uint64_t account, months;

	TRY(cli_id(k, "CLIENT", k->argv[0], &account));
	TRY(cli_id(k, "MONTHS", k->argv[1], &months));
	if (months > FORECAST_MONTHS_MAX)
		return fail_field(k->c, "MONTHS", "1 to %d.", FORECAST_MONTHS_MAX);
	TRY(settings_read(k, set, nset));
	TRY(forecast_run(k->c, k->cache, account, (uint32_t)months, NULL, 0, &plain));
	if (nset > 0)
		TRY(forecast_run(k->c, k->cache, account, (uint32_t)months, set, nset, &changed));
	zone = zone_load(k->c->mem, plain.timezone);
	jo_u64(k->out, "account_id", account);
	jo_str(k->out, "currency", plain.currency);
	cli_say(k, "client %llu, %s, %s", (unsigned long long)account, plain.name, plain.currency);
	show(k, "months", &plain, zone);
	if (nset == 0)
		return ERR_OK;
	cli_say(k, "\nwith the changed settings");
	show(k, "changed", &changed, zone);
	cli_say(k, "\nthe difference");
	jo_arr(k->out, "differences");
	for (size_t i = 0; i < plain.n; i++)
		month_difference(k, &plain.months[i], &changed.months[i],
				 currency_find(plain.currency));
	jo_end(k->out);
	return ERR_OK;
}
