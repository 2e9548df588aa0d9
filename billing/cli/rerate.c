/* tollbridge rerate: what would the hours since FROM cost if they were rated today?
 * As adjustments of the cycle under way, or with --notes on the issued invoices. */
#include <string.h>

#include "base/clock.h"
#include "cli/cli.h"
#include "cli/rerate.h"
#include "invoice/rerate.h"
#include "money/money.h"
#include "rating/rating.h"
#include "stmt.h"

#define PAGE 500
#define CURRENCIES_SEEN 64

struct sums { const char *currency[CURRENCIES_SEEN]; int64_t e8[CURRENCIES_SEEN]; size_t n; };

static enum errk sum_add(struct ctx *c, struct sums *s, const char *currency, int64_t e8)
{
	size_t i = 0;

	while (i < s->n && strcmp(s->currency[i], currency) != 0)
		i++;
	if (i == CURRENCIES_SEEN)
		return fail(c, ERR_INTERNAL, "internal", "more than %d currencies",
			    CURRENCIES_SEEN);
	if (i == s->n) {
		s->currency[s->n++] = currency;
		s->e8[i] = 0;
	}
	return amount_add(c, s->e8[i], e8, &s->e8[i]);
}

static void show(struct cli *k, const struct rerate_accounts_row *a, const struct rating_again *r)
{
	struct arena *mem = k->c->mem;

	cli_say(k, "client %llu, %s: %s %s", (unsigned long long)a->account_id, a->name,
		amount_text(mem, r->sum_e8), a->currency);
	jo_obj(k->out, NULL);
	jo_u64(k->out, "account_id", a->account_id);
	jo_str(k->out, "name", a->name);
	jo_str(k->out, "currency", a->currency);
	jo_str(k->out, "difference", amount_text(mem, r->sum_e8));
	jo_arr(k->out, "lines");
	for (size_t i = 0; i < r->n; i++) {
		cli_say(k, "  %-14s %s  %s", r->diffs[i].component,
			amount_text(mem, r->diffs[i].amount_e8), r->diffs[i].resource);
		jo_obj(k->out, NULL);
		jo_str(k->out, "resource", r->diffs[i].resource);
		jo_str(k->out, "component", r->diffs[i].component);
		jo_str(k->out, "difference", amount_text(mem, r->diffs[i].amount_e8));
		jo_end(k->out);
	}
	jo_end(k->out);
	jo_end(k->out);
}

void rerate_show(struct cli *k, const struct rerate_result *r, const char *currency)
{
	const struct currency *cur = currency_find(currency);
	struct arena *mem = k->c->mem;

	jo_arr(k->out, "lines");
	for (size_t i = 0; i < r->n; i++) {
		const struct rerate_found *f = &r->found[i];
		bool noted = f->how != SETTLED_ADJUSTMENT;

		cli_say(k, "  %-14s %-12s %18s  %-12s %12s  %s", f->invoice ? f->invoice : "-",
			f->component, amount_text(mem, f->diff_e8), settled_name(f->how),
			noted ? money_text(mem, f->minor, cur) : "", f->resource);
		jo_obj(k->out, NULL);
		jo_str(k->out, "invoice", f->invoice);
		jo_str(k->out, "resource", f->resource);
		jo_str(k->out, "component", f->component);
		jo_str(k->out, "difference", amount_text(mem, f->diff_e8));
		jo_str(k->out, "settled", settled_name(f->how));
		jo_str(k->out, "amount", noted ? money_text(mem, f->minor, cur) : NULL);
		jo_end(k->out);
	}
	jo_end(k->out);
	jo_arr(k->out, "notes");
	for (size_t i = 0; i < r->nnotes; i++) {
		const struct rerate_note *n = &r->notes[i];

		cli_say(k, "  %s %s for %s: %s %s with taxes", n->kind, n->number, n->invoice,
			money_text(mem, n->total_minor, cur), currency);
		jo_obj(k->out, NULL);
		jo_str(k->out, "kind", n->kind);
		jo_str(k->out, "number", n->number);
		jo_str(k->out, "invoice", n->invoice);
		jo_str(k->out, "total", money_text(mem, n->total_minor, cur));
		jo_end(k->out);
	}
	jo_end(k->out);
}

static enum errk with_notes(struct cli *k, const struct rerate_accounts_row *a, int64_t from_hour,
			    struct sums *sums)
{
	struct rerate_result r;

	TRY(invoice_rerate(k->c, &(struct rerate_in){ a->account_id, from_hour, k->notes,
						      !k->dry_run }, &r));
	if (r.n == 0)
		return ERR_OK;
	TRY(sum_add(k->c, sums, a->currency, r.sum_e8));
	cli_say(k, "client %llu, %s: %s %s", (unsigned long long)a->account_id, a->name,
		amount_text(k->c->mem, r.sum_e8), a->currency);
	jo_obj(k->out, NULL);
	jo_u64(k->out, "account_id", a->account_id);
	jo_str(k->out, "name", a->name);
	jo_str(k->out, "currency", a->currency);
	jo_str(k->out, "difference", amount_text(k->c->mem, r.sum_e8));
	rerate_show(k, &r, a->currency);
	jo_end(k->out);
	return ERR_OK;
}

/* Each account is a transaction of its own: stopped anywhere, the rest may follow. */
static enum errk all(struct cli *k, int64_t from_hour, uint64_t only, uint64_t *rated_r,
		     struct sums *sums)
{
	struct rerate_accounts_row *rows;
	uint64_t after = 0;
	size_t n;

	do {
		TRY(q_rerate_accounts(k->c, from_hour, only, after, PAGE, &rows, &n));
		for (size_t i = 0; i < n; i++) {
			struct rating_again r;

			if (k->notes != NULL) {
				TRY(with_notes(k, &rows[i], from_hour, sums));
				++*rated_r;
				after = rows[i].account_id;
				continue;
			}
			TRY(rating_again(k->c, rows[i].account_id, from_hour, !k->dry_run, &r));
			++*rated_r;
			after = rows[i].account_id;
			if (r.n == 0)
				continue;
			TRY(sum_add(k->c, sums, rows[i].currency, r.sum_e8));
			show(k, &rows[i], &r);
		}
	} while (n == PAGE);
	return ERR_OK;
}

enum errk cmd_rerate(struct cli *k)
{
	struct sums sums = { 0 };
	uint64_t only = 0, rated = 0;
	int64_t from;

	if (clock_parse(k->c, k->argv[0], &from) != ERR_OK) {
		err_clear(k->c);
		return fail_field(k->c, "FROM", "A time like 2026-11-01T00:00:00Z.");
	}
	if (k->argc > 1)
		TRY(cli_id(k, "CLIENT", k->argv[1], &only));
	if (k->notes != NULL && (k->notes[0] == '\0' || strlen(k->notes) > 300))
		return fail_field(k->c, "notes", "Why, in 1 to 300 bytes: it stands on the notes.");
	jo_arr(k->out, "accounts");
	TRY(all(k, hour_floor(from), only, &rated, &sums));
	jo_end(k->out);
	cli_say(k, "%llu clients rated again since %s%s%s", (unsigned long long)rated,
		clock_iso(k->c->mem, hour_floor(from) * HOUR_S),
		sums.n == 0 ? ": no difference" : "", k->dry_run ? " (nothing kept)" : "");
	jo_u64(k->out, "rated", rated);
	jo_bool(k->out, "dry_run", k->dry_run);
	jo_arr(k->out, "sums");
	for (size_t i = 0; i < sums.n; i++) {
		cli_say(k, "  %s %s", amount_text(k->c->mem, sums.e8[i]), sums.currency[i]);
		jo_obj(k->out, NULL);
		jo_str(k->out, "currency", sums.currency[i]);
		jo_str(k->out, "difference", amount_text(k->c->mem, sums.e8[i]));
		jo_end(k->out);
	}
	jo_end(k->out);
	return ERR_OK;
}
