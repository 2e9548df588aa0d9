/* tollbridge bill run, clock, verify, client credit */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/db.h"
#include "biller/run.h"
#include "cli/cli.h"
#include "payment/payment.h"
#include "settings/clockset.h"
#include "stmt.h"
#include "verify/verify.h"

struct dry { struct bill_stats st; };

/* Everything in one transaction that is rolled back at the end. */
static enum errk dry_body(struct ctx *c, void *arg)
{
	struct dry *d = arg;

	memset(d, 0, sizeof *d);
	TRY(bill_run(c, NULL, &d->st));
	return fail(c, ERR_CONFLICT, "dry.run", "rolled back as asked");
}

enum errk cmd_bill_run(struct cli *k)
{
	struct dry d = { 0 };
	enum errk e;

	if (k->dry_run) {
		e = db_tx(k->c, dry_body, &d);
		if (e != ERR_CONFLICT || strcmp(k->c->err.code, "dry.run") != 0)
			return e;
		err_clear(k->c);
	} else {
		TRY(bill_run(k->c, NULL, &d.st));
	}
	cli_say(k, "%llu charges, %llu adjusted accounts, %llu invoices%s",
		(unsigned long long)d.st.charges, (unsigned long long)d.st.adjusted,
		(unsigned long long)d.st.invoices, k->dry_run ? " (rolled back)" : "");
	jo_u64(k->out, "charges", d.st.charges);
	jo_u64(k->out, "adjusted", d.st.adjusted);
	jo_u64(k->out, "invoices", d.st.invoices);
	jo_bool(k->out, "dry_run", k->dry_run);
	return ERR_OK;
}

enum errk cmd_clock(struct cli *k)
{
	cli_say(k, "%s%s", clock_iso(k->c->mem, k->c->now),
		k->c->testing ? "  (test installation)" : "");
	jo_time(k->out, "now", k->c->now);
	jo_time(k->out, "wall", k->c->wall);
	jo_i64(k->out, "offset_s", k->c->now - k->c->wall);
	jo_bool(k->out, "testing", k->c->testing);
	return ERR_OK;
}

static enum errk advance(struct cli *k, int64_t to)
{
	TRY(clock_set_billing(k->c, to));
	TRY(settings_begin(k->c, k->cache));
	return cmd_clock(k);
}

enum errk cmd_clock_advance(struct cli *k)
{
	const char *s = k->argv[0];
	int64_t n = 0;

	while (*s >= '0' && *s <= '9' && n < 1000000000)
		n = n * 10 + (*s++ - '0');
	if (s == k->argv[0] || strlen(s) != 1)
		return fail_field(k->c, "N", "A number and one of s, h, d, m.");
	switch (*s) {
	case 's':
		return advance(k, k->c->now + n);
	case 'h':
		return advance(k, k->c->now + n * HOUR_S);
	case 'd':
		return advance(k, k->c->now + n * 86400);
	case 'm':
		/* Ten minutes into the month: every hour of the last one is over. */
		return advance(k, clock_month_start(k->c->now, (int32_t)n) + 600);
	default:
		return fail_field(k->c, "N", "A number and one of s, h, d, m.");
	}
}

enum errk cmd_clock_set(struct cli *k)
{
	int64_t to;

	TRY(clock_parse(k->c, k->argv[0], &to));
	return advance(k, to);
}

enum errk cmd_clock_mark(struct cli *k)
{
	uint64_t n;

	TRY(q_system_mark_testing(k->c, &n));
	TRY(settings_begin(k->c, k->cache));
	return cmd_clock(k);
}

enum errk cmd_verify(struct cli *k)
{
	struct invariant *list;
	uint64_t bad = 0;

	TRY(verify_all(k->c, &list));
	jo_arr(k->out, "invariants");
	for (size_t i = 0; i < invariants_count; i++) {
		cli_say(k, "%6llu  %-20s %s", (unsigned long long)list[i].value, list[i].id,
			list[i].title);
		jo_obj(k->out, NULL);
		jo_str(k->out, "id", list[i].id);
		jo_str(k->out, "title", list[i].title);
		jo_u64(k->out, "value", list[i].value);
		jo_end(k->out);
		bad += list[i].value;
	}
	jo_end(k->out);
	jo_u64(k->out, "violations", bad);
	cli_say(k, bad == 0 ? "all zero" : "VIOLATIONS: the books do not agree");
	k->exit_code = bad == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
	return ERR_OK;
}

enum errk cmd_payment_record(struct cli *k)
{
	static const char *const methods[] = { "BANK_TRANSFER", "CASH", "CHEQUE", "CARD", "OTHER" };
	struct payment_record_in in = { .amount = k->argv[1], .method = k->argv[2],
					.reference = k->argv[3],
					.note = k->reason != NULL ? k->reason : "" };
	struct payment_out out;
	bool known = false;

	TRY(cli_id(k, "CLIENT", k->argv[0], &in.account_id));
	if (k->argc > 4)
		TRY(cli_id(k, "INVOICE", k->argv[4], &in.invoice_id));
	for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
		known |= strcmp(methods[i], in.method) == 0;
	if (!known)
		return fail_field(k->c, "METHOD", "BANK_TRANSFER, CASH, CHEQUE, CARD or OTHER.");
	if (strlen(in.reference) < 3 || strlen(in.reference) > 120)
		return fail_field(k->c, "REFERENCE", "3 to 120 characters.");
	TRY(payment_record(k->c, &in, &out));
	if (out.duplicate)
		cli_say(k, "known already: nothing was booked");
	else
		cli_say(k, "payment %llu", (unsigned long long)out.payment_id);
	jo_u64(k->out, "payment_id", out.payment_id);
	jo_bool(k->out, "known", out.duplicate);
	return ERR_OK;
}

enum errk cmd_client_credit(struct cli *k)
{
	uint64_t id;
	enum errk e;

	TRY(cli_id(k, "ID", k->argv[0], &id));
	e = wallet_credit(k->c, id, k->argv[1], k->reason ? k->reason : "credit by operator",
			  k->argv[2]);
	if (e == ERR_CONFLICT && strcmp(k->c->err.code, "db.duplicate") == 0) {
		err_clear(k->c);
		return fail_say(k->c, ERR_CONFLICT, "credit.known",
				"A credit with this key was booked before; "
				"nothing was booked now.");
	}
	TRY(e);
	cli_say(k, "credited");
	jo_bool(k->out, "ok", true);
	return ERR_OK;
}
