/* tollbridge promo list | add */
#include "promo/promo.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cli/cli.h"
#include "promo/discount.h"
#include "stmt.h"

static void row_out(struct cli *k, const struct promo_page_row *p)
{
	jo_u64(k->out, "id", p->id);
	jo_str(k->out, "code", p->code);
	jo_str(k->out, "prefix", p->prefix);
	jo_str(k->out, "type", p->type);
	jo_str(k->out, "kind", p->kind);
	jo_str(k->out, "percent", p->ppm != 0 ? percent_text(k->c->mem, p->ppm) : NULL);
	jo_u64(k->out, "cycles", p->cycles);
	jo_u64(k->out, "credit_days", p->credit_days);
	jo_u64(k->out, "uses", p->uses);
	if (p->max_uses_null)
		jo_null(k->out, "max_uses");
	else
		jo_u64(k->out, "max_uses", p->max_uses);
	jo_time(k->out, "valid_from", p->valid_from);
	jo_time(k->out, "valid_to", p->valid_to_null ? 0 : p->valid_to);
	jo_str(k->out, "state", p->state);
}

static void say_row(const struct cli *k, const struct promo_page_row *p)
{
	cli_say(k, "%-32s %-9s %-8s %-7s %-6s %llu%s", p->code, p->state, p->type, p->kind,
		p->ppm != 0 ? arena_fmt(k->c->mem, "%s%%", percent_text(k->c->mem, p->ppm)) : "",
		(unsigned long long)p->uses,
		p->max_uses_null ? "" : arena_fmt(k->c->mem, " of %llu",
						  (unsigned long long)p->max_uses));
}

enum errk cmd_promo_list(struct cli *k)
{
	const char *q = k->argc > 0 ? k->argv[0] : "";
	struct promo_page_row *rows;
	size_t n;

	TRY(q_promo_page(k->c, 0, q, "", k->c->now, "id", "desc", 1000, 0, &rows, &n));
	jo_arr(k->out, "promos");
	for (size_t i = 0; i < n; i++) {
		say_row(k, &rows[i]);
		jo_obj(k->out, NULL);
		row_out(k, &rows[i]);
		jo_end(k->out);
	}
	jo_end(k->out);
	return ERR_OK;
}

static enum errk number(struct cli *k, const char *field, const char *text, uint32_t *n_r)
{
	*n_r = 0;
	for (const char *s = text; *s != '\0'; s++) {
		if (*s < '0' || *s > '9' || *n_r > 100000000)
			return fail_field(k->c, field, "A number.");
		*n_r = *n_r * 10 + (uint32_t)(*s - '0');
	}
	return ERR_OK;
}

/* "20%", or "10.00 USD" as "10.00USD" */
static enum errk worth(struct cli *k, const char *text, struct promo_in *in,
		       struct promo_amount *amount)
{
	size_t len = strlen(text);

	if (len > 1 && text[len - 1] == '%') {
		in->percent = arena_dupn(k->c->mem, text, len - 1);
		return ERR_OK;
	}
	if (len < 4)
		return fail_field(k->c, "WORTH", "As 20%% or 10.00USD.");
	amount->amount = arena_dupn(k->c->mem, text, len - 3);
	amount->currency = text + len - 3;
	in->amounts = amount;
	in->namounts = 1;
	return ERR_OK;
}

static bool one_of(const char *text, const char *a, const char *b, const char *c)
{
	return strcmp(text, a) == 0 || strcmp(text, b) == 0 || strcmp(text, c) == 0;
}

enum errk cmd_promo_add(struct cli *k)
{
	struct promo_in in = { .type = k->argv[0], .kind = k->argv[1], .per_account = 1,
			       .cycles = 1, .label = k->reason };
	struct promo_amount amount;
	struct promo_page_row *rows;
	uint32_t max = 0;
	uint64_t id;
	size_t n;

	if (!one_of(in.type, "SIGNUP", "EXISTING", "EXISTING"))
		return fail_field(k->c, "TYPE", "SIGNUP or EXISTING.");
	if (!one_of(in.kind, "PERCENT", "FIXED", "CREDIT"))
		return fail_field(k->c, "KIND", "PERCENT, FIXED or CREDIT.");
	TRY(worth(k, k->argv[2], &in, &amount));
	if (k->argc > 3 && strcmp(k->argv[3], "-") != 0)
		in.code = k->argv[3];
	if (k->argc > 4)
		TRY(number(k, "INVOICES|DAYS", k->argv[4],
			   strcmp(in.kind, "CREDIT") == 0 ? &in.credit_days : &in.cycles));
	if (k->argc > 5)
		TRY(number(k, "USES", k->argv[5], &max));
	in.max_uses = max;
	TRY(promo_create(k->c, &in, &id));
	TRY(q_promo_page(k->c, id, "", "", k->c->now, "id", "desc", 1, 0, &rows, &n));
	cli_say(k, "%s", rows[0].code);
	row_out(k, &rows[0]);
	return ERR_OK;
}
