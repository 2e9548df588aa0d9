/* tollbridge replay FILE: lives of many customers, one operation per line of
 * JSON, through the same functions the portals call. For test installations: the
 * time machine behind tests/sim. An operation the rules refuse is counted and
 * the next one follows; a failure of ours ends it with its line. Keys make every
 * operation repeatable: the file can be replayed from its start.
 *
 *	{"op":"clock","to":"2027-01-01T00:00:00Z"}
 *	{"op":"account","ref":"a1","plan":"PREPAID","category":"INDIVIDUAL",
 *	 "currency":"EUR","country":"IE","timezone":"Asia/Kolkata","credit_limit":"50"}
 *	{"op":"event","ref":"a1","id":"e1","type":"instance.created",
 *	 "at":"2027-01-01T10:00:00Z","resource":"r1","zone":"dub1","offering":"nano"}
 *	{"op":"credit","ref":"a1","key":"k1","amount":"10.00"}
 *	{"op":"plan","ref":"a1","plan":"POSTPAID"}
 *	{"op":"pay","ref":"a1","key":"k2","part":10}	tenths of the oldest open invoice
 *	{"op":"note","ref":"a1","key":"k3"}		credits the oldest open invoice
 *	{"op":"note","ref":"a1","key":"k4","paid":true,"part":3}
 *			the newest paid one; part: tenths of what is left of its first line
 *	{"op":"debit","ref":"a1","key":"k5","amount":"2.50"}	a claim beside the newest invoice
 *	{"op":"contract","ref":"a1","kind":"FIXED","fee":"30","overage":"PAYG",
 *	 "parts":[{"what":"INSTANCE","quantity":2}]}	account knows overage and parts too
 *	{"op":"uncontract","ref":"a1"}			cancels a change that is to come
 *	{"op":"promo","code":"SIM-1","kind":"CREDIT","days":20,"percent":"10","cycles":2,
 *	 "amounts":[{"currency":"EUR","amount":"5"}]}
 *	{"op":"redeem","ref":"a1","code":"SIM-1"}
 *	{"op":"discount","ref":"a1","percent":"-10","amount":"-2","scope":"INSTANCE","cycles":1}
 *	{"op":"setting","key":"ip.free_one","value":"1"}
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "account/account.h"
#include "account/plan.h"
#include "base/clock.h"
#include "cli/cli.h"
#include "invoice/fee.h"
#include "invoice/invoice.h"
#include "invoice/note.h"
#include "money/money.h"
#include "payment/payment.h"
#include "promo/discount.h"
#include "promo/promo.h"
#include "settings/clockset.h"
#include "stmt.h"
#include "usage/usage.h"

#define SCRATCH_BYTES (4 << 20)
#define LINE_BYTES 4096
#define REFUSALS_TOLD 10

struct play { struct cli *k; const struct json *line; uint64_t done, refused; };

static const char *word(const struct play *p, const char *name)
{
	return json_text(json_get(p->line, name));
}

static const char *need(const struct play *p, const char *name)
{
	const char *s = word(p, name);

	return s != NULL ? s : "";
}

static const char *email_of(const struct play *p)
{
	return arena_fmt(p->k->c->mem, "%.60s@sim.example", need(p, "ref"));
}

static enum errk account_of(const struct play *p, uint64_t *id_r)
{
	struct account_by_email_row row;

	TRY(q_account_by_email(p->k->c, email_of(p), &row));
	*id_r = row.id;
	return ERR_OK;
}

static enum errk do_clock(struct play *p)
{
	int64_t to;

	TRY(clock_parse(p->k->c, need(p, "to"), &to));
	if (to > p->k->c->now)
		TRY(clock_set_billing(p->k->c, to));
	return ERR_OK;
}

/* 0 when there is none. */
static int64_t count(const struct play *p, const char *name)
{
	int64_t v = 0;

	return json_i64(json_get(p->line, name), &v) ? v : 0;
}

static void parts_of(const struct play *p, const struct contract_part **parts_r, size_t *n_r)
{
	const struct json *list = json_get(p->line, "parts");
	struct contract_part *parts;

	*n_r = list != NULL ? json_len(list) : 0;
	parts = ARENA_ARRAY(p->k->c->mem, *n_r + 1, struct contract_part);
	for (size_t i = 0; i < *n_r; i++) {
		parts[i].what = json_text(json_get(json_at(list, i), "what"));
		(void)!json_i64(json_get(json_at(list, i), "quantity"), &parts[i].quantity);
	}
	*parts_r = parts;
}

static enum errk do_account(struct play *p)
{
	const struct contract_part *parts;
	struct account_created made;
	size_t n;

	parts_of(p, &parts, &n);
	return account_create(p->k->c, &(struct account_in){
		.category = need(p, "category"), .email = email_of(p), .first_name = "Sim",
		.last_name = need(p, "ref"), .company = "Sim Ltd", .address1 = "1 Road",
		.city = "Town", .state = "State", .postcode = "1", .phone = "12345",
		.country = need(p, "country"), .currency = word(p, "currency"),
		.plan = word(p, "plan"), .contract = word(p, "contract"),
		.fixed_fee = word(p, "fixed_fee"), .credit_limit = word(p, "credit_limit"),
		.overage = word(p, "overage"), .parts = parts, .nparts = n,
		.timezone = word(p, "timezone"), .by_staff = true }, &made);
}

static enum errk do_event(struct play *p)
{
	struct ctx *c = p->k->c;
	struct usage_event_in in = {
		.id = need(p, "id"), .kind = need(p, "type"), .resource = need(p, "resource"),
		.zone = word(p, "zone"), .offering = word(p, "offering"),
		.parent = word(p, "parent"), .name = word(p, "resource"),
		.size_gb = count(p, "size_gb"), .bytes = count(p, "bytes") };
	struct usage_result out;

	TRY(account_of(p, &in.account_id));
	TRY(clock_parse(c, need(p, "at"), &in.at));
	TRY(usage_intake(c, "sim", &in, &out));
	if (out.outcome == USAGE_REJECTED)
		return fail(c, ERR_CONFLICT, "invalid", "%s", out.message);
	return ERR_OK;
}

static enum errk do_credit(struct play *p)
{
	uint64_t id;

	TRY(account_of(p, &id));
	return wallet_credit(p->k->c, id, need(p, "amount"), "replay", need(p, "key"));
}

static enum errk do_plan(struct play *p)
{
	uint64_t id;
	int64_t at;

	TRY(account_of(p, &id));
	return plan_change(p->k->c, id, need(p, "plan"), NULL, &at);
}

/* The oldest open invoice; *id_r 0: none is open. */
static enum errk oldest(struct play *p, uint64_t account_id, struct invoice_get_row *inv)
{
	struct invoices_unpaid_row *rows;
	size_t n;

	inv->id = 0;
	TRY(q_invoices_unpaid(p->k->c, account_id, &rows, &n));
	return n == 0 ? ERR_OK : q_invoice_get(p->k->c, account_id, rows[0].id, inv);
}

static enum errk do_pay(struct play *p)
{
	struct ctx *c = p->k->c;
	struct invoice_get_row inv;
	struct payment_out out;
	int64_t tenths = 0, minor;
	uint64_t id;

	if (!json_i64(json_get(p->line, "part"), &tenths) || tenths < 1 || tenths > 20)
		return fail_field(c, "part", "Tenths of what is open: 1 to 20.");
	TRY(account_of(p, &id));
	TRY(oldest(p, id, &inv));
	if (inv.id == 0)
		return fail(c, ERR_CONFLICT, "note.nothing", "nothing is open");
	minor = (inv.total_minor - inv.paid_minor) * tenths / 10;
	return payment_apply(c, &(struct payment_in){
		.account_id = id, .invoice_id = inv.id, .gateway = "sim",
		.gateway_txn = need(p, "key"), .amount_minor = minor > 0 ? minor : 1,
		.currency = inv.currency, .received_at = c->now, .note = "replay" }, &out);
}

/* The newest invoice, or the newest paid one; *id_r 0: there is none. */
static enum errk newest(struct play *p, uint64_t account_id, bool paid, uint64_t *id_r)
{
	struct invoice_newest_row *rows;
	size_t n;

	*id_r = 0;
	TRY(q_invoice_newest(p->k->c, account_id, UINT64_MAX >> 1, 20, &rows, &n));
	for (size_t i = 0; i < n && *id_r == 0; i++)
		if (strcmp(rows[i].kind, "INVOICE") == 0 &&
		    (!paid || strcmp(rows[i].status, "PAID") == 0))
			*id_r = rows[i].id;
	return ERR_OK;
}

/* Tenths of what is left of the first line above zero. */
static enum errk part_of(struct play *p, const struct invoice_get_row *inv, int64_t tenths,
			 struct note_part *part, size_t *n_r)
{
	const struct currency *cur = currency_find(inv->currency);
	struct invoice_lines_row *rows;
	size_t n;

	*n_r = 0;
	TRY(invoice_lines_all(p->k->c, inv->id, &rows, &n));
	for (size_t i = 0; i < n && *n_r == 0; i++) {
		int64_t take = (rows[i].amount_minor - rows[i].credited_minor) * tenths / 10;

		if (rows[i].amount_minor <= 0 || take <= 0)
			continue;
		*part = (struct note_part){ rows[i].id, money_text(p->k->c->mem, take, cur) };
		*n_r = 1;
	}
	return ERR_OK;
}

static enum errk do_note(struct play *p)
{
	struct ctx *c = p->k->c;
	int64_t tenths = count(p, "part");
	struct invoice_get_row inv;
	struct note_part part;
	uint64_t id, note_id;
	size_t n = 0;

	TRY(account_of(p, &id));
	if (json_true(json_get(p->line, "paid"))) {
		TRY(newest(p, id, true, &inv.id));
		if (inv.id != 0)
			TRY(q_invoice_get(c, id, inv.id, &inv));
	} else {
		TRY(oldest(p, id, &inv));
	}
	if (inv.id == 0)
		return fail(c, ERR_CONFLICT, "note.nothing", "no such invoice");
	if (tenths > 0) {
		TRY(part_of(p, &inv, tenths, &part, &n));
		if (n == 0)
			return fail(c, ERR_CONFLICT, "note.nothing", "no line is left");
	}
	return credit_note(c, &(struct credit_note_in){
		.account_id = id, .invoice_id = inv.id, .reason = "replay",
		.parts = n > 0 ? &part : NULL, .nparts = n, .key = need(p, "key") }, &note_id);
}

static enum errk do_debit(struct play *p)
{
	uint64_t id, invoice_id, note_id;

	TRY(account_of(p, &id));
	TRY(newest(p, id, false, &invoice_id));
	if (invoice_id == 0)
		return fail(p->k->c, ERR_CONFLICT, "note.nothing", "no invoice yet");
	return debit_note(p->k->c, &(struct debit_note_in){
		.account_id = id, .invoice_id = invoice_id, .reason = "replay",
		.description = "Replayed work", .amount = need(p, "amount"),
		.key = need(p, "key") }, &note_id);
}

static enum errk do_contract(struct play *p)
{
	const char *overage = word(p, "overage");
	struct contract_terms t = { .kind = need(p, "kind"),
				    .overage = overage != NULL ? overage : "PAYG" };
	struct ctx *c = p->k->c;
	struct contract_account_row a;
	uint64_t id;
	int64_t at;

	TRY(account_of(p, &id));
	TRY(q_contract_account(c, id, &a));
	parts_of(p, &t.parts, &t.n);
	if (strcmp(t.kind, "FIXED") == 0)
		TRY(amount_field(c, "fee", word(p, "fee"), currency_find(a.currency), &t.fee_e8));
	return contract_change(c, id, &t, "replay", &at);
}

static enum errk do_uncontract(struct play *p)
{
	uint64_t id;

	TRY(account_of(p, &id));
	return contract_change_cancel(p->k->c, id);
}

static enum errk do_promo(struct play *p)
{
	const struct json *list = json_get(p->line, "amounts");
	size_t n = list != NULL ? json_len(list) : 0;
	struct promo_amount *amounts = ARENA_ARRAY(p->k->c->mem, n + 1, struct promo_amount);
	uint64_t id;

	for (size_t i = 0; i < n; i++)
		amounts[i] = (struct promo_amount){
			json_text(json_get(json_at(list, i), "currency")),
			json_text(json_get(json_at(list, i), "amount")) };
	return promo_create(p->k->c, &(struct promo_in){
		.code = need(p, "code"), .type = "EXISTING", .kind = need(p, "kind"),
		.percent = word(p, "percent"), .amounts = amounts, .namounts = n,
		.cycles = (uint32_t)count(p, "cycles"),
		.credit_days = (uint32_t)count(p, "days"), .per_account = 1 }, &id);
}

static enum errk do_redeem(struct play *p)
{
	struct promo_gain gain;
	uint64_t id;

	TRY(account_of(p, &id));
	return promo_redeem(p->k->c, id, need(p, "code"), &gain);
}

static enum errk do_discount(struct play *p)
{
	struct discount_in in = { .percent = word(p, "percent"), .amount = word(p, "amount"),
				  .scope = word(p, "scope"), .label = "Replayed",
				  .cycles = (uint32_t)count(p, "cycles") };
	uint64_t id;

	TRY(account_of(p, &in.account_id));
	return discount_add(p->k->c, &in, &id);
}

static enum errk do_setting(struct play *p)
{
	struct setting_change in = { .key = need(p, "key"), .value = need(p, "value"),
				     .version = UINT64_MAX, .reason = "replay" };
	struct setting_changed out;

	return settings_change(p->k->c, &in, &out);
}

static const struct { const char *op; enum errk (*run)(struct play *p); } ops[] = {
	{ "clock", do_clock }, { "account", do_account }, { "event", do_event },
	{ "credit", do_credit }, { "plan", do_plan }, { "pay", do_pay }, { "note", do_note },
	{ "setting", do_setting }, { "debit", do_debit }, { "contract", do_contract },
	{ "uncontract", do_uncontract }, { "promo", do_promo }, { "redeem", do_redeem },
	{ "discount", do_discount },
};

static enum errk line_body(struct play *p)
{
	for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++)
		if (strcmp(ops[i].op, need(p, "op")) == 0)
			return ops[i].run(p);
	return fail_field(p->k->c, "op", "No such operation.");
}

/* The first ones by name: a file that is wrong is wrong early. */
static void tell_refusal(struct play *p, uint64_t no)
{
	const struct err_record *e = &p->k->c->err;

	if (p->refused > REFUSALS_TOLD)
		return;
	cli_say(p->k, "line %llu refused: %s %s %s", (unsigned long long)no, e->code,
		e->nfields > 0 ? e->fields[0].name : "",
		e->nfields > 0 ? e->fields[0].message : e->detail != NULL ? e->detail : "");
}

/* The rules may refuse; the database, and we ourselves, may not fail. */
static enum errk one_line(struct play *p, uint64_t no, const char *text, size_t len)
{
	struct ctx *c = p->k->c;
	struct json *j = NULL;
	enum errk e;

	err_clear(c);
	TRY(settings_begin(c, p->k->cache));
	TRY(json_parse(c, text, len, &j));
	p->line = j;
	e = line_body(p);
	json_close(&j);
	if (e == ERR_OK) {
		p->done++;
	} else if (e == ERR_INVALID || e == ERR_CONFLICT || e == ERR_FORBIDDEN) {
		p->refused++;
		tell_refusal(p, no);
		e = ERR_OK;
	}
	return e;
}

static enum errk all_lines(struct play *p, FILE *f)
{
	static char text[LINE_BYTES];
	uint64_t no = 0;
	enum errk e = ERR_OK;

	while (e == ERR_OK && fgets(text, sizeof text, f) != NULL) {
		arena_reset(p->k->c->mem);
		no++;
		e = one_line(p, no, text, strlen(text));
	}
	if (e != ERR_OK)
		fprintf(stderr, "tollbridge: line %llu\n", (unsigned long long)no);
	return e;
}

enum errk cmd_replay(struct cli *k)
{
	struct play p = { .k = k };
	struct arena *outer = k->c->mem;
	FILE *f;
	enum errk e;

	if (!k->c->testing)
		return fail_say(k->c, ERR_FORBIDDEN, "clock.not_testing",
				"This is for installations marked as test ones.");
	f = fopen(k->argv[0], "re");
	if (f == NULL)
		return fail(k->c, ERR_INVALID, "conf", "cannot read %s: %s", k->argv[0],
			    strerror(errno));
	k->c->mem = arena_new(SCRATCH_BYTES);
	e = all_lines(&p, f);
	fclose(f);
	if (e != ERR_OK && k->c->err.detail != NULL)
		k->c->err.detail = arena_dup(outer, k->c->err.detail);
	arena_free(&k->c->mem);
	k->c->mem = outer;
	TRY(e);
	cli_say(k, "%llu done, %llu refused", (unsigned long long)p.done,
		(unsigned long long)p.refused);
	jo_u64(k->out, "done", p.done);
	jo_u64(k->out, "refused", p.refused);
	return ERR_OK;
}
