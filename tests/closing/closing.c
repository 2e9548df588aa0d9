/* Random customers through the biller's closing, many at once; what came of it is
 * reckoned again by oracle.py. TB_DB_SOCKET names the server, see run.sh.
 *
 *	closing ACCOUNTS CYCLES
 *
 * Yen, dollars and dinars; three plans; no tax, one, two or four; odd and tiny
 * prices, monthly caps (lines below zero), fixed payments, discounts and surcharges
 * on all of it or on one component; taxes added in even cycles, contained in odd
 * ones. Then credit notes over every NOTES_EVERY-th invoice: parts of it, then the
 * rest. What is random follows from CRC32 of what it is of: each run the same. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "account/account.h"
#include "base/clock.h"
#include "base/db.h"
#include "base/migrate.h"
#include "biller/run.h"
#include "invoice/invoice.h"
#include "invoice/note.h"
#include "money/money.h"
#include "promo/discount.h"
#include "settings/settings.h"
#include "stmt.h"
#include "verify/verify.h"
#include "wallet/ledger.h"

#define MAY_2027 INT64_C(1809129600)	/* 2027-05-01 */
#define PRICES 120			/* of each item and currency */
#define NOTES_EVERY 23
#define PAGE 500

static struct conf conf;
static struct settings_cache *cache;
static uint64_t state = 1;

static void ok(struct ctx *c, enum errk k, const char *what)
{
	if (k == ERR_OK)
		return;
	printf("Bail out! %s: %s %s %s\n", what, errk_name(k), c->err.code,
	       c->err.nfields > 0 ? c->err.fields[0].message
				  : c->err.detail ? c->err.detail : "");
	exit(1);
}

/* xorshift64*: the same each time. */
static uint64_t below(uint64_t n)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (state * UINT64_C(2685821657736338717) >> 20) % n;
}

static void sql(struct ctx *c, const char *text)
{
	ok(c, db_run_text(c, text, strlen(text)), text);
}

static void set(struct ctx *c, const char *key, const char *value)
{
	struct setting_changed out;
	int64_t now = c->now;

	ok(c, settings_change(c, &(struct setting_change){ .key = key, .value = value,
		.version = UINT64_MAX, .reason = "test" }, &out), key);
	ok(c, settings_begin(c, cache), "settings");
	c->now = now;
}

static void begin(struct ctx *c, int64_t now)
{
	c->wall = clock_wall();
	c->actor = "test";
	ok(c, settings_begin(c, cache), "settings");
	c->now = now;
}

static void open_ctx(struct ctx *c, int64_t now)
{
	ctx_init(c, 4 << 20);
	c->db = db_new(&conf);
	begin(c, now);
}

/* The same memory and connection for the next one. */
static void again(struct ctx *c, int64_t now)
{
	ctx_reset(c);
	begin(c, now);
}

/* ---- what there is ---- */

static void install(void)
{
	struct migration *list;
	struct ctx c;
	uint64_t n;
	size_t count;

	ctx_init(&c, 16 << 20);
	c.db = db_new(&conf);
	c.wall = c.now = clock_wall();
	c.actor = "test";
	ok(&c, migrate_run(&c, getenv("TB_MIGRATE_DIR"), false, &list, &count), "migrations");
	for (size_t i = 0; i < currencies_count; i++) {
		const struct currency *cur = &currencies[i];

		ok(&c, q_currency_seed(&c, cur->code, cur->digits, cur->minor_e8, cur->symbol,
				       cur->name, true, &n), "currency");
		ok(&c, ledger_open_house(&c, cur->code), "house");
	}
	ok(&c, settings_seed(&c), "settings");
	ctx_close(&c);
}

/* Several taxes of a country, and of a region of it in their place. */
static void taxes(struct ctx *c)
{
	static const struct { const char *country, *region, *name; int ppm; } rules[] = {
		{ "IE", "", "VAT", 230000 },	     { "DE", "", "VAT", 190000 },
		{ "CA", "", "GST", 50000 },	     { "CA", "Quebec", "GST", 50000 },
		{ "CA", "Quebec", "QST", 99750 },    { "IN", "", "CGST", 90000 },
		{ "IN", "", "SGST", 90000 },	     { "BR", "", "ICMS", 181818 },
		{ "BR", "", "ISS", 33333 },	     { "BR", "", "PIS", 16501 },
		{ "BR", "", "COFINS", 76003 },	     { "JP", "", "Tax", 1 },
	};

	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
		sql(c, arena_fmt(c->mem, "INSERT INTO tax_rule (country, region, name, rate_ppm, "
				 "valid_from, valid_to) VALUES ('%s', '%s', '%s', %d, 0, "
				 "4102444800)", rules[i].country, rules[i].region, rules[i].name,
				 rules[i].ppm));
}

/* A price is some 1e-8, or a few cents, or much. Every fifth has a monthly cap. */
static void prices(struct ctx *c)
{
	static const char *const items[] = { "PUBLIC_IP", "VOLUME" };
	static const char *const codes[] = { "USD", "JPY", "KWD" };
	static const uint64_t sizes[] = { 9, 7777, 5000003, 100000000, 2500000007 };

	for (size_t i = 0; i < 2; i++)
		for (size_t j = 0; j < 3; j++)
			for (int zone = 0; zone < PRICES; zone++)
				sql(c, arena_fmt(c->mem, "INSERT INTO price (item, zone_id, "
					"offering_id, currency, unit_e8, cap_hours, from_hour, "
					"to_hour) VALUES ('%s', %d, 0, '%s', %llu, %d, 0, "
					"4000000000)", items[i], 1000 + zone, codes[j],
					(unsigned long long)below(sizes[below(i == 0 ? 5 : 3)]) + 1,
					zone % 5 == 0 ? 24 + (int)below(300) : 0));
}

/* One in three has adjustments, and of these some have several. */
static void adjustments(struct ctx *c, uint64_t account)
{
	static const char *const scopes[] = { "", "", "PUBLIC_IP", "VOLUME" };
	static const char *const percents[] = { "-12.5", "-33.3333", "-100", "7.5", "0.0001" };
	static const char *const amounts[] = { "-3", "-40", "2", "100" };

	for (uint64_t i = below(9); i > 6; i--) {
		bool percent = below(2) == 0;
		struct discount_in in = { .account_id = account, .label = "Agreed",
			.percent = percent ? percents[below(5)] : NULL,
			.amount = percent ? NULL : amounts[below(4)], .scope = scopes[below(4)] };
		uint64_t id;

		ok(c, discount_add(c, &in, &id), "discount");
	}
}

static void customer(struct ctx *c, unsigned n)
{
	static const char *const homes[] = { "IE", "DE", "CA", "CA", "IN", "BR", "JP", "CH" };
	static const char *const codes[] = { "USD", "JPY", "KWD" };
	static const char *const plans[] = { "POSTPAID", "POSTPAID", "PREPAID", "FLEXIBLE" };
	struct account_created made;
	uint64_t where = below(8);
	bool fixed = below(20) == 0;

	ok(c, account_create(c, &(struct account_in){
		.category = "INDIVIDUAL", .email = arena_fmt(c->mem, "c%u@example.com", n),
		.first_name = "Ada", .last_name = "Byron", .country = homes[where],
		.state = where == 3 ? "Quebec" : "", .currency = codes[below(3)],
		.plan = fixed ? "POSTPAID" : plans[below(4)], .contract = fixed ? "FIXED" : NULL,
		.fixed_fee = fixed ? "31" : NULL, .by_staff = true }, &made), "account");
	adjustments(c, made.account_id);
}

/* Four resources each, of which most are there in a cycle, for hours and of a size
 * that follow from who, which and when. */
static void usage(struct ctx *c, unsigned cycles)
{
	sql(c, "CREATE TABLE test_slot (k INT PRIMARY KEY)");
	sql(c, "INSERT INTO test_slot VALUES (0), (1), (2), (3)");
	sql(c, "CREATE TABLE test_cycle (m INT PRIMARY KEY, from_hour BIGINT NOT NULL)");
	for (unsigned m = 0; m < cycles; m++)
		sql(c, arena_fmt(c->mem, "INSERT INTO test_cycle VALUES (%u, %lld)", m,
				 (long long)clock_month_start(MAY_2027, (int32_t)m) / HOUR_S));
	sql(c, "INSERT INTO resource (account_id, type, source, source_ref, name, zone_id, state, "
	       "offering_id) SELECT a.id, CASE k WHEN 3 THEN 'VOLUME' ELSE 'PUBLIC_IP' END, "
	       "'test', "
	       "CONCAT(a.id, '-', k), CONCAT('r', k), "
	       "1000 + MOD(CRC32(CONCAT('zone', a.id, '-', k)), 120), 'DELETED', 0 "
	       "FROM account a CROSS JOIN test_slot WHERE a.contract = 'PAYG' ORDER BY a.id, k");
	sql(c, "INSERT INTO resource_state (resource_id, from_hour, to_hour, account_id, item, "
	       "zone_id, offering_id, quantity, acquired_at) "
	       "SELECT r.id, y.from_hour + MOD(CRC32(CONCAT('a', r.id, '-', m)), 300), "
	       "y.from_hour + 301 + MOD(CRC32(CONCAT('b', r.id, '-', m)), 370), "
	       "r.account_id, r.type, r.zone_id, 0, CASE r.type WHEN 'VOLUME' THEN "
	       "1 + MOD(CRC32(CONCAT('c', r.id, '-', m)), 500) ELSE 1 END, 0 "
	       "FROM resource r CROSS JOIN test_cycle y "
	       "WHERE MOD(CRC32(CONCAT('d', r.id, '-', m)), 5) > 1");
}

/* ---- what is done ---- */

static void cycle(unsigned m)
{
	struct bill_stats st = { 0 };
	struct ctx c;

	open_ctx(&c, clock_month_start(MAY_2027, (int32_t)m + 1) + 600);
	set(&c, "tax.inclusive", m % 2 == 0 ? "0" : "1");
	ok(&c, bill_run(&c, NULL, &st), "bill run");
	printf("# cycle %u: %llu invoices\n", m + 1, (unsigned long long)st.invoices);
	ctx_close(&c);
}

/* A random part of every other line, or of the only one. */
static void part(struct ctx *c, uint64_t account, uint64_t invoice, const struct currency *cur)
{
	struct invoice_lines_row *rows;
	struct note_part *parts;
	size_t n, take = 0;
	enum errk k;
	uint64_t id;

	ok(c, invoice_lines_all(c, invoice, &rows, &n), "lines");
	parts = ARENA_ARRAY(c->mem, n + 1, struct note_part);
	for (size_t i = 0; i < n; i++) {
		int64_t amount = rows[i].amount_minor;

		/* what is below zero stays for the second note: a first over nothing is refused */
		if (amount > 0 && below(2) == 0)
			parts[take++] = (struct note_part){ rows[i].id, money_text(c->mem,
				(int64_t)below((uint64_t)amount) + 1, cur) };
	}
	if (take == 0)
		return;
	k = credit_note(c, &(struct credit_note_in){ .account_id = account, .invoice_id = invoice,
		.reason = "part", .parts = parts, .nparts = take,
		.key = arena_fmt(c->mem, "part-%llu", (unsigned long long)invoice) }, &id);
	/* more than discounts left of it */
	if (k == ERR_INVALID)
		err_clear(c);
	else
		ok(c, k, "part");
}

static void notes(struct ctx *c, uint64_t account)
{
	uint64_t before = UINT64_MAX;
	struct invoice_newest_row *rows;
	size_t n;

	do {
		ok(c, q_invoice_newest(c, account, before, PAGE, &rows, &n), "invoices");
		for (size_t i = 0; i < n; i++) {
			const struct currency *cur = currency_find(rows[i].currency);
			enum errk k;
			uint64_t id;

			before = rows[i].id;
			if (rows[i].id % NOTES_EVERY != 0 || rows[i].total_minor == 0 ||
			    strcmp(rows[i].kind, "INVOICE") != 0)
				continue;
			part(c, account, rows[i].id, cur);
			k = credit_note(c, &(struct credit_note_in){ .account_id = account,
				.invoice_id = rows[i].id, .reason = "all of it",
				.key = arena_fmt(c->mem, "all-%llu",
						 (unsigned long long)rows[i].id) }, &id);
			/* the part may have been all that was owed */
			if (k == ERR_CONFLICT && strcmp(c->err.code, "note.nothing") == 0)
				err_clear(c);
			else
				ok(c, k, "note");
		}
	} while (n == PAGE);
}

static void books(void)
{
	struct invariant *list;
	unsigned bad = 0;
	struct ctx c;

	open_ctx(&c, MAY_2027);
	ok(&c, verify_all(&c, &list), "verify");
	for (size_t i = 0; i < invariants_count; i++)
		if (list[i].value != 0) {
			printf("# %s = %llu\n", list[i].id, (unsigned long long)list[i].value);
			bad++;
		}
	printf("%s 1 - every invariant of verify is zero\n", bad == 0 ? "ok" : "not ok");
	ctx_close(&c);
}

static void load_conf(void)
{
	char path[] = "/tmp/tollbridge-closing-XXXXXX";
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
	unsigned accounts = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 100;
	unsigned cycles = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 3;
	struct ctx c;

	setvbuf(stdout, NULL, _IOLBF, 0);
	load_conf();
	install();
	cache = settings_cache_new();
	open_ctx(&c, MAY_2027 + 600);
	set(&c, "currency.multi", "1");
	set(&c, "contract.type", "1");
	set(&c, "suspension.enabled", "0");
	set(&c, "prepaid.hourly", "0");
	set(&c, "prepaid.frequency", "MONTHLY");
	taxes(&c);
	prices(&c);
	ctx_close(&c);
	open_ctx(&c, MAY_2027 + 600);
	for (unsigned i = 0; i < accounts; i++) {
		again(&c, MAY_2027 + 600);
		customer(&c, i);
	}
	again(&c, MAY_2027 + 600);
	usage(&c, cycles);
	ctx_close(&c);
	for (unsigned m = 0; m < cycles; m++)
		cycle(m);
	open_ctx(&c, MAY_2027);
	for (unsigned i = 1; i <= accounts; i++) {
		again(&c, clock_month_start(MAY_2027, (int32_t)cycles) + 1200);
		notes(&c, i);
	}
	ctx_close(&c);
	books();
	settings_cache_free(&cache);
	conf_free(&conf);
	return 0;
}
