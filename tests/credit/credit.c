/* Given and paid money against a real server: spending.txt line by line through
 * the biller, then planted faults. TB_DB_SOCKET names the server, see run.sh. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "account/account.h"
#include "account/plan.h"
#include "base/clock.h"
#include "base/zone.h"
#include "base/db.h"
#include "base/migrate.h"
#include "biller/run.h"
#include "invoice/invoice.h"
#include "money/money.h"
#include "payment/payment.h"
#include "promo/discount.h"
#include "promo/promo.h"
#include "rating/debit.h"
#include "settings/settings.h"
#include "stmt.h"
#include "verify/verify.h"
#include "wallet/credit.h"
#include "wallet/ledger.h"

#define VERIFY_EVERY 8	/* it counts over everything there is: lines would take longer and longer */
#define MAY_2027 INT64_C(1809129600)	/* 2027-05-01 */

static struct conf conf;
static unsigned done, failed;

struct life {
	struct ctx *c;
	struct settings_cache *cache;
	uint64_t account;
	struct str out;
	int64_t invoiced_hour;
	const char *often;	/* HOURLY, or a "prepaid.frequency" */
};

static void say(bool good, const char *name, const char *got)
{
	printf("%s %u - %s\n", good ? "ok" : "not ok", ++done, name);
	if (!good) {
		printf("# got: %s\n", got);
		failed++;
	}
}

static void ok(struct ctx *c, enum errk k, const char *what)
{
	if (k == ERR_OK)
		return;
	printf("Bail out! %s: %s %s %s\n", what, errk_name(k), c->err.code,
	       c->err.nfields > 0 ? c->err.fields[0].message
				  : c->err.detail ? c->err.detail : "");
	exit(1);
}

static void sql(struct ctx *c, const char *text)
{
	ok(c, db_run_text(c, text, strlen(text)), text);
}

static const char *money(struct life *l, int64_t e8)
{
	return amount_display(l->c->mem, e8, 2);
}

/* ---- steps ---- */

static void bill(struct life *l)
{
	struct bill_stats st = { 0 };
	int64_t now = l->c->now;

	ok(l->c, bill_run(l->c, NULL, &st), "bill run");
	l->c->now = now;	/* the look for who has no funds goes by the real clock */
}

/* An hour of something at that price, each at a place of its own. */
static void use(struct life *l, const char *amount)
{
	static unsigned serial;
	struct arena *mem = l->c->mem;
	long long h = hour_floor(l->c->now), zone = 1000 + ++serial;
	int64_t e8;

	ok(l->c, amount_parse(l->c, amount, 8, &e8), amount);
	sql(l->c, arena_fmt(mem, "INSERT INTO price (item, zone_id, offering_id, currency, "
			    "unit_e8, from_hour, to_hour) VALUES ('PUBLIC_IP', %lld, 0, 'USD', "
			    "%lld, 0, 4000000000)", zone, (long long)e8));
	sql(l->c, arena_fmt(mem, "INSERT INTO resource (account_id, type, source, source_ref, "
			    "name, zone_id, state, offering_id) VALUES (%llu, 'PUBLIC_IP', 'test', "
			    "'%lld', 'ip', %lld, 'DELETED', 0)", (unsigned long long)l->account,
			    zone, zone));
	sql(l->c, arena_fmt(mem, "INSERT INTO resource_state (resource_id, from_hour, to_hour, "
			    "account_id, item, zone_id, offering_id, quantity, acquired_at) SELECT "
			    "id, %lld, %lld, account_id, 'PUBLIC_IP', zone_id, 0, 1, 0 FROM "
			    "resource WHERE source_ref = '%lld'", h, h + 1, zone));
	l->c->now = (h + 1) * HOUR_S + 600;
}

static void code(struct life *l, char *text)
{
	static unsigned serial;
	char *days = strchr(text, ':');
	struct promo_amount worth = { "USD", text };
	const char *name = arena_fmt(l->c->mem, "GIVEN%u", ++serial);
	struct promo_gain gain;
	uint64_t id;

	if (days != NULL)
		*days++ = '\0';
	ok(l->c, promo_create(l->c, &(struct promo_in){ .code = name, .type = "EXISTING",
		.kind = "CREDIT", .amounts = &worth, .namounts = 1, .per_account = 1,
		.credit_days = days != NULL ? (uint32_t)strtoul(days, NULL, 10) : 0 }, &id),
	   "code");
	ok(l->c, promo_redeem(l->c, l->account, name, &gain), "redemption");
}

static void pay(struct life *l, const char *amount)
{
	static unsigned serial;

	ok(l->c, wallet_credit(l->c, l->account, amount, "test",
			       arena_fmt(l->c->mem, "pay-%u", ++serial)), "pay");
}

/* Money of a recharge as it comes from outside; told once more, nothing happens. */
static void top(struct life *l, const char *amount, uint64_t invoice, bool again)
{
	static unsigned serial;
	struct payment_out out;
	int64_t minor;

	ok(l->c, money_parse(l->c, amount, currency_find("USD"), &minor), amount);
	ok(l->c, payment_apply(l->c, &(struct payment_in){ .account_id = l->account,
		.invoice_id = invoice, .gateway = "test", .gateway_txn = arena_fmt(l->c->mem,
			"top-%u", again ? serial : ++serial), .amount_minor = minor,
		.currency = "USD", .received_at = l->c->now, .note = "test" }, &out), "top-up");
	if (out.duplicate != again)
		ok(l->c, ERR_INVALID, "a payment told twice");
}

static void funds(struct life *l, const char *amount)
{
	uint64_t id;

	ok(l->c, recharge_create(l->c, l->account, amount, &id), "recharge");
	top(l, amount, id, false);
}

static void newest_paid(struct life *l, const char *amount)
{
	struct invoice_newest_row *inv;
	size_t n;

	ok(l->c, q_invoice_newest(l->c, l->account, UINT64_MAX, 1, &inv, &n), "invoice");
	top(l, amount, inv->id, false);
}

/* {9.00 open, 4.00 overdue} */
static void owes(struct life *l)
{
	const struct currency *cur = currency_find("USD");
	struct invoices_due_row due;

	ok(l->c, q_invoices_due(l->c, l->account, l->c->now, &due), "due");
	str_addf(&l->out, "{%s open, %s overdue} ", money_text(l->c->mem, due.open_minor, cur),
		 money_text(l->c->mem, due.overdue_minor, cur));
}

/* (9.00: 2.00 1.00 given, 6.00 paid) */
static void show(struct life *l)
{
	struct credit_list_row *rows;
	struct wallet_view_row w;
	int64_t given = 0;
	size_t n;

	ok(l->c, q_wallet_view(l->c, l->account, &w), "wallet");
	ok(l->c, q_credit_list(l->c, l->account, &rows, &n), "credit");
	str_addf(&l->out, "(%s:", money(l, w.balance_e8));
	for (size_t i = 0; i < n; i++) {
		str_addf(&l->out, " %s", money(l, rows[i].remaining_e8));
		given += rows[i].remaining_e8;
	}
	str_addf(&l->out, "%s %s paid) ", n > 0 ? " given," : "", money(l, w.balance_e8 - given));
}

/* Where the newest movement came from: (promo 3.00 paid 1.00 line 0.00) */
static void from(struct life *l)
{
	struct wallet_statement_row *e;
	int64_t line;
	size_t n;

	ok(l->c, q_wallet_statement(l->c, l->account, 1, &e, &n), "statement");
	if (n == 0) {
		str_add(&l->out, "(nothing) ");
		return;
	}
	line = e->usage_e8_null ? 0 : e->usage_e8 + e->amount_e8;
	str_addf(&l->out, "(%s: promo %s paid %s", e->reason, money(l, e->promo_e8),
		 money(l, -e->amount_e8 - e->promo_e8));
	str_addf(&l->out, line != 0 ? " line %s) " : ") ", money(l, line));
}

static void discount(struct life *l, char *text)
{
	struct discount_in in = { .account_id = l->account, .label = "less", .cycles = 1 };
	size_t len = strlen(text);
	uint64_t id;

	if (text[len - 1] == '%') {
		text[len - 1] = '\0';
		in.percent = text;
	} else {
		in.amount = text;
	}
	ok(l->c, discount_add(l->c, &in, &id), "discount");
}

static void set(struct life *l, const char *key, const char *value)
{
	struct setting_changed out;
	int64_t now = l->c->now;

	ok(l->c, settings_change(l->c, &(struct setting_change){ .key = key,
		.value = value, .version = UINT64_MAX, .reason = "test" }, &out), key);
	ok(l->c, settings_begin(l->c, l->cache), "settings");
	l->c->now = now;
}

/* "Prepaid Hourly Billing", and how often where it is off. */
static void often(struct life *l, const char *how)
{
	bool hourly = strcmp(how, "HOURLY") == 0;

	set(l, "prepaid.hourly", hourly ? "1" : "0");
	if (!hourly)
		set(l, "prepaid.frequency", how);
}

/* {3.00 until 2027-05-03T00:00:00Z}: what is not charged yet, and the next debit. */
static void next(struct life *l)
{
	struct wallet_view_row w;
	int64_t hour = hour_floor(l->c->now);

	ok(l->c, q_wallet_view(l->c, l->account, &w), "wallet");
	hour = debit_next(l->c->set, zone_load(l->c->mem, w.timezone), hour, w.cycle_to_hour);
	str_addf(&l->out, "{%s until %s} ", money(l, w.unposted_e8),
		 clock_iso(l->c->mem, hour * HOUR_S));
}

/* To the first of the next month, and its invoice: [12.00 paid 2.00]. On the way
 * postings are daily: the sums are the same, the hours many. */
static void month(struct life *l)
{
	struct invoice_newest_row *inv;
	const struct currency *cur = currency_find("USD");
	size_t n;

	if (strcmp(l->often, "HOURLY") == 0)
		often(l, "DAILY");
	l->c->now = clock_month_start(l->c->now, 1) + 600;
	bill(l);
	often(l, l->often);
	ok(l->c, q_invoice_newest(l->c, l->account, UINT64_MAX, 1, &inv, &n), "invoice");
	if (n == 0 || inv->period_to_hour <= l->invoiced_hour) {
		str_add(&l->out, "[none] ");
		return;
	}
	l->invoiced_hour = inv->period_to_hour;
	str_addf(&l->out, "[%s paid %s] ", money_text(l->c->mem, inv->total_minor, cur),
		 money_text(l->c->mem, inv->paid_minor, cur));
}

static void plan(struct life *l, const char *name)
{
	int64_t at;

	ok(l->c, plan_change(l->c, l->account, name, NULL, &at), "plan");
}

static void step(struct life *l, char *word, char *arg)
{
	if (strcmp(word, "code") == 0)
		code(l, arg);
	else if (strcmp(word, "pay") == 0)
		pay(l, arg);
	else if (strcmp(word, "use") == 0 || strcmp(word, "used") == 0)
		use(l, arg);
	else if (strcmp(word, "wait") == 0 || strcmp(word, "away") == 0)
		l->c->now += strtol(arg, NULL, 10) * HOUR_S;
	else if (strcmp(word, "top") == 0 || strcmp(word, "again") == 0)
		top(l, arg, 0, word[0] == 'a');
	else if (strcmp(word, "funds") == 0)
		funds(l, arg);
	else if (strcmp(word, "paid") == 0)
		newest_paid(l, arg);
	else if (strcmp(word, "owes") == 0)
		owes(l);
	else if (strcmp(word, "show") == 0)
		show(l);
	else if (strcmp(word, "from") == 0)
		from(l);
	else if (strcmp(word, "month") == 0)
		month(l);
	else if (strcmp(word, "next") == 0)
		next(l);
	else if (strcmp(word, "often") == 0)
		often(l, arg);
	else if (strcmp(word, "discount") == 0)
		discount(l, arg);
	else if (strcmp(word, "plan") == 0)
		plan(l, arg);
	else if (strcmp(word, "bill") != 0)
		ok(l->c, ERR_INVALID, word);
	if (strcmp(word, "use") == 0 || strcmp(word, "wait") == 0 || strcmp(word, "bill") == 0)
		bill(l);
}

/* ---- lines ---- */

static uint64_t customer(struct ctx *c, const char *plan_name, const char *limit)
{
	static unsigned n;
	struct account_created made;

	ok(c, account_create(c, &(struct account_in){
		.category = "INDIVIDUAL", .email = arena_fmt(c->mem, "c%u@example.com", ++n),
		.first_name = "Ada", .last_name = "Byron", .country = "IE", .currency = "USD",
		.plan = plan_name, .credit_limit = limit, .by_staff = true }, &made), "account");
	return made.account_id;
}

static void books(struct life *l)
{
	static unsigned lines;
	struct invariant *list;

	if (++lines % VERIFY_EVERY != 0)
		return;
	ok(l->c, verify_all(l->c, &list), "verify");
	for (size_t i = 0; i < invariants_count; i++)
		if (list[i].value != 0)
			str_addf(&l->out, "%s=%llu ", list[i].id,
				 (unsigned long long)list[i].value);
}

static void open_life(struct ctx *c, struct life *l)
{
	ctx_init(c, 16 << 20);
	c->db = db_new(&conf);
	c->wall = clock_wall();
	c->actor = "test";
	*l = (struct life){ .c = c, .cache = settings_cache_new() };
	ok(c, settings_begin(c, l->cache), "settings");
	c->now = MAY_2027 + 600;
	str_init(&l->out, c->mem, 1000);
}

static void close_life(struct life *l)
{
	settings_cache_free(&l->cache);
	ctx_close(l->c);
}

/* "PLAN [limit AMOUNT] [taxed] [HOW OFTEN] [zone NAME] [wallet-only]; STEP [ARG]; ..." */
static void run_line(struct life *l, char *text)
{
	char *save = NULL, *part = strtok_r(text, ";", &save);
	char *limit = strstr(part, "limit "), *zone = strstr(part, "zone "), *head;
	bool wallet_only = strstr(part, "wallet-only") != NULL;

	l->often = strstr(part, "daily") != NULL ? "DAILY"
		 : strstr(part, "weekly") != NULL ? "WEEKLY"
		 : strstr(part, "monthly") != NULL ? "MONTHLY" : "HOURLY";
	sql(l->c, "DELETE FROM tax_rule");
	if (strstr(part, "taxed") != NULL)
		sql(l->c, "INSERT INTO tax_rule (country, name, rate_ppm, valid_from, valid_to) "
			  "VALUES ('IE', 'VAT', 200000, 0, 4102444800)");
	if (limit != NULL)
		limit = arena_dupn(l->c->mem, limit + 6, strcspn(limit + 6, " "));
	head = arena_dupn(l->c->mem, part, strcspn(part, " "));
	l->account = customer(l->c, head, limit);
	if (zone != NULL)
		sql(l->c, arena_fmt(l->c->mem, "UPDATE account SET timezone = '%.*s' WHERE id = "
				    "%llu", (int)strcspn(zone + 5, " "), zone + 5,
				    (unsigned long long)l->account));
	often(l, l->often);
	set(l, "recharge.order", wallet_only ? "WALLET_ONLY" : "OVERDUE_FIRST");
	while ((part = strtok_r(NULL, ";", &save)) != NULL) {
		char *word = part + strspn(part, " "), *arg;

		arg = word + strcspn(word, " ");
		if (*arg != '\0')
			*arg++ = '\0';
		arg[strcspn(arg, " ")] = '\0';
		step(l, word, arg);
	}
	books(l);
	/* the lines that follow begin in May again: this life is not looked at any more */
	sql(l->c, arena_fmt(l->c->mem, "UPDATE account SET plan = 'POSTPAID' WHERE id = %llu",
			    (unsigned long long)l->account));
}

static void run_file(const char *path)
{
	char text[1000], name[1000];
	FILE *f = fopen(path, "re");

	if (f == NULL) {
		printf("Bail out! cannot read %s\n", path);
		exit(1);
	}
	while (fgets(text, sizeof text, f) != NULL) {
		char *arrow = strstr(text, "->"), *want;
		struct life l;
		struct ctx c;

		if (text[0] == '#' || arrow == NULL)
			continue;
		text[strcspn(text, "\n")] = '\0';
		memcpy(name, text, sizeof name);
		want = arrow + 2 + strspn(arrow + 2, " ");
		while (arrow > text && arrow[-1] == ' ')
			arrow--;
		*arrow = '\0';
		open_life(&c, &l);
		run_line(&l, text);
		if (l.out.len > 0)
			l.out.s[l.out.len - 1] = '\0';
		say(strcmp(l.out.s, want) == 0, name, l.out.s);
		close_life(&l);
	}
	fclose(f);
}

/* ---- what verify sees ---- */

static uint64_t violations(struct ctx *c, const char *id)
{
	struct invariant *list;
	uint64_t value = UINT64_MAX;

	ok(c, verify_all(c, &list), "verify");
	for (size_t i = 0; i < invariants_count; i++)
		if (strcmp(list[i].id, id) == 0)
			value = list[i].value;
	return value;
}

static void planted(struct ctx *c)
{
	static const struct { const char *id, *fault, *mend; } faults[] = {
		{ "credit.left", "UPDATE credit_grant SET granted_e8 = granted_e8 + 1 ORDER BY id "
		  "LIMIT 1", "UPDATE credit_grant SET granted_e8 = granted_e8 - 1 ORDER BY id "
		  "LIMIT 1" },
		{ "credit.left", "UPDATE credit_draw SET amount_e8 = amount_e8 + 1 ORDER BY "
		  "grant_id, txn_id LIMIT 1", "UPDATE credit_draw SET amount_e8 = amount_e8 - 1 "
		  "ORDER BY grant_id, txn_id LIMIT 1" },
		{ "credit.first", "UPDATE wallet SET balance_e8 = balance_e8 - 100000000000 WHERE "
		  "account_id = (SELECT MAX(live_key) FROM credit_grant)", "UPDATE wallet SET "
		  "balance_e8 = balance_e8 + 100000000000 WHERE account_id = (SELECT "
		  "MAX(live_key) FROM credit_grant)" },
		{ "credit.expired", "UPDATE credit_grant SET expires_hour = expires_hour - 100000 "
		  "WHERE live_key IS NOT NULL AND expires_hour < 4000000000 ORDER BY id LIMIT 1",
		  "UPDATE credit_grant SET expires_hour = expires_hour + 100000 WHERE live_key IS "
		  "NOT NULL AND expires_hour < 4000000000 ORDER BY id LIMIT 1" },
		{ "usage.settled", "UPDATE credit_draw d JOIN (SELECT MIN(d.txn_id) AS txn_id FROM "
		  "credit_draw d JOIN ledger_txn t ON t.id = d.txn_id AND t.reason = 'USAGE') x ON "
		  "x.txn_id = d.txn_id SET d.amount_e8 = d.amount_e8 + 900000000000",
		  "UPDATE credit_draw SET amount_e8 = amount_e8 - 900000000000 WHERE amount_e8 > "
		  "800000000000" },
	};

	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
		uint64_t before = violations(c, faults[i].id), with;

		sql(c, faults[i].fault);
		with = violations(c, faults[i].id);
		sql(c, faults[i].mend);
		say(before == 0 && with > 0 && violations(c, faults[i].id) == 0,
		    arena_fmt(c->mem, "%s sees: %s", faults[i].id, faults[i].fault),
		    arena_fmt(c->mem, "%llu", (unsigned long long)with));
	}
}

/* ---- the server ---- */

static void install(void)
{
	struct migration *list;
	struct ctx c;
	uint64_t n;
	size_t count;

	ctx_init(&c, 16 << 20);
	c.db = db_new(&conf);
	c.wall = clock_wall();
	c.actor = "test";
	ok(&c, migrate_run(&c, getenv("TB_MIGRATE_DIR"), false, &list, &count), "migrations");
	for (size_t i = 0; i < currencies_count; i++) {
		const struct currency *cur = &currencies[i];

		ok(&c, q_currency_seed(&c, cur->code, cur->digits, cur->minor_e8, cur->symbol,
				       cur->name, true, &n), "currency");
		ok(&c, ledger_open_house(&c, cur->code), "house");
	}
	ok(&c, settings_seed(&c), "settings");
	sql(&c, "INSERT INTO price (item, zone_id, offering_id, currency, unit_e8, from_hour, "
		"to_hour) VALUES ('PUBLIC_IP', 1, 0, 'USD', 1, 0, 4000000000)");
	ctx_close(&c);
}

static void load_conf(void)
{
	char path[] = "/tmp/tollbridge-credit-XXXXXX";
	const char *socket = getenv("TB_DB_SOCKET");
	int fd = mkstemp(path);
	struct ctx c;

	if (fd < 0 || socket == NULL) {
		printf("Bail out! no server\n");
		exit(1);
	}
	dprintf(fd, "[database]\nsocket = %s\nname = tollbridge_test\nuser = root\n", socket);
	close(fd);
	ctx_init(&c, 1 << 20);
	ok(&c, conf_load(&c, path, &conf), "configuration");
	unlink(path);
	ctx_close(&c);
}

int main(int argc, char **argv)
{
	struct life l;
	struct ctx c;

	setvbuf(stdout, NULL, _IOLBF, 0);
	load_conf();
	install();
	for (int i = 1; i < argc; i++)
		run_file(argv[i]);
	open_life(&c, &l);
	planted(&c);
	close_life(&l);
	conf_free(&conf);
	printf("1..%u\n", done);
	return failed > 0;
}
