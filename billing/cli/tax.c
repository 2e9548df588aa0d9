/* tollbridge tax and fx: rules of taxes, what an invoice would carry, dated rates. */
#include <stdio.h>
#include <string.h>

#include "account/tax.h"
#include "base/clock.h"
#include "catalog/price.h"
#include "cli/cli.h"
#include "money/money.h"
#include "promo/discount.h"
#include "stmt.h"

static const char *when(struct cli *k, int64_t at)
{
	return at <= 0 ? "always" : at >= TIME_END ? "open" : clock_iso(k->c->mem, at);
}

static enum errk instant(struct cli *k, int at, const char *field, int64_t *t_r)
{
	*t_r = 0;
	if (k->argc <= at)
		return ERR_OK;
	if (clock_parse(k->c, k->argv[at], t_r) == ERR_OK)
		return ERR_OK;
	err_clear(k->c);
	return fail_field(k->c, field, "An instant like 2026-12-01T00:00:00Z.");
}

enum errk cmd_tax_list(struct cli *k)
{
	struct tax_rule_list_row *rows;
	size_t n;

	TRY(q_tax_rule_list(k->c, &rows, &n));
	jo_arr(k->out, "taxes");
	for (size_t i = 0; i < n; i++) {
		const char *percent = percent_text(k->c->mem, rows[i].rate_ppm);

		cli_say(k, "%llu %s%s%s %s%s%s %s%% from %s to %s", (unsigned long long)rows[i].id,
		    rows[i].country, rows[i].region[0] != '\0' ? "/" : "", rows[i].region,
		    rows[i].name, rows[i].customer[0] != '\0' ? " " : "", rows[i].customer,
		    percent, when(k, rows[i].valid_from), when(k, rows[i].valid_to));
		jo_obj(k->out, NULL);
		jo_u64(k->out, "id", rows[i].id);
		jo_str(k->out, "country", rows[i].country);
		jo_str(k->out, "region", rows[i].region);
		jo_str(k->out, "tax", rows[i].name);
		jo_str(k->out, "customer", rows[i].customer);
		jo_str(k->out, "percent", percent);
		jo_time(k->out, "from", rows[i].valid_from);
		jo_time(k->out, "to", rows[i].valid_to >= TIME_END ? 0 : rows[i].valid_to);
		jo_end(k->out);
	}
	jo_end(k->out);
	return ERR_OK;
}

/* Like other optional words of commands: "-" stands for none. */
static const char *word_or_none(const struct cli *k, int at)
{
	return k->argc > at && strcmp(k->argv[at], "-") != 0 ? k->argv[at] : "";
}

enum errk cmd_tax_add(struct cli *k)
{
	struct tax_text in = { .country = k->argv[0], .name = k->argv[1], .percent = k->argv[2],
			       .region = word_or_none(k, 3), .customer = word_or_none(k, 4) };

	TRY(instant(k, 5, "FROM", &in.from));
	if (in.from == 0)
		in.from = k->c->now;
	return tax_set(k->c, &in);
}

enum errk cmd_tax_end(struct cli *k)
{
	uint64_t id;
	int64_t at;

	TRY(cli_id(k, "ID", k->argv[0], &id));
	TRY(instant(k, 1, "AT", &at));
	return tax_end(k->c, id, at);
}

enum errk cmd_tax_preview(struct cli *k)
{
	struct account_get_row a;
	const struct currency *cur;
	struct tax_sum sum;
	int64_t minor, at;
	uint64_t id;

	TRY(cli_id(k, "ID", k->argv[0], &id));
	TRY(q_account_get(k->c, id, &a));
	cur = currency_find(a.currency);
	TRY(money_parse(k->c, k->argc > 1 ? k->argv[1] : "100", cur, &minor));
	TRY(instant(k, 2, "AT", &at));
	TRY(tax_estimate(k->c, id, at != 0 ? at : k->c->now, minor, &sum));
	cli_say(k, "base %s %s", money_text(k->c->mem, sum.base_minor, cur), cur->code);
	jo_str(k->out, "currency", cur->code);
	jo_str(k->out, "base", money_text(k->c->mem, sum.base_minor, cur));
	jo_arr(k->out, "taxes");
	for (size_t i = 0; i < sum.n; i++) {
		const struct tax_due_row *t = &sum.taxes[i];
		const char *tax = money_text(k->c->mem, sum.each_minor[i], cur);
		const char *percent = percent_text(k->c->mem, t->rate_ppm);

		cli_say(k, "%s %s%% %s %s", t->name, percent, tax, t->reason);
		jo_obj(k->out, NULL);
		jo_str(k->out, "name", t->name);
		jo_str(k->out, "percent", percent);
		jo_str(k->out, "category", t->category);
		jo_str(k->out, "reason", t->reason);
		jo_str(k->out, "tax", tax);
		jo_end(k->out);
	}
	jo_end(k->out);
	cli_say(k, "total %s %s", money_text(k->c->mem, sum.total_minor, cur), cur->code);
	jo_str(k->out, "total", money_text(k->c->mem, sum.total_minor, cur));
	return ERR_OK;
}

enum errk cmd_fx_list(struct cli *k)
{
	struct fx_list_row *rows;
	size_t n;

	TRY(q_fx_list(k->c, k->c->now, &rows, &n));
	jo_arr(k->out, "rates");
	for (size_t i = 0; i < n; i++) {
		const char *rate = fx_text(k->c->mem, rows[i].rate_e12);

		cli_say(k, "%s/%s %s %s from %s", rows[i].from_currency, rows[i].to_currency, rate,
		    rows[i].source, when(k, rows[i].valid_from));
		jo_obj(k->out, NULL);
		jo_str(k->out, "from_currency", rows[i].from_currency);
		jo_str(k->out, "to_currency", rows[i].to_currency);
		jo_str(k->out, "rate", rate);
		jo_str(k->out, "source", rows[i].source);
		jo_time(k->out, "from", rows[i].valid_from);
		jo_end(k->out);
	}
	jo_end(k->out);
	return ERR_OK;
}

enum errk cmd_fx_set(struct cli *k)
{
	struct fx_in in = { .rate = k->argv[1], .source = k->argc > 2 ? k->argv[2] : "by hand" };
	const char *pair = k->argv[0];

	if (strlen(pair) != 7 || pair[3] != '/')
		return fail_field(k->c, "PAIR", "A pair like EUR/USD.");
	in.from = arena_dupn(k->c->mem, pair, 3);
	in.to = pair + 4;
	TRY(instant(k, 3, "FROM", &in.at));
	return fx_set(k->c, &in);
}
