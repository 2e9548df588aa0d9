/* months.txt line by line against a real server: events as an orchestrator sends
 * them, the biller hour by hour, and the invoices that come of it. Then faults
 * that verify must see. TB_DB_SOCKET names the server, see run.sh. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "account/account.h"
#include "account/plan.h"
#include "base/clock.h"
#include "base/db.h"
#include "base/migrate.h"
#include "biller/run.h"
#include "catalog/price.h"
#include "invoice/invoice.h"
#include "money/money.h"
#include "settings/settings.h"
#include "stmt.h"
#include "suspension/suspension.h"
#include "usage/usage.h"
#include "verify/verify.h"
#include "payment/payment.h"
#include "wallet/ledger.h"

#define VERIFY_EVERY 8	/* it counts over everything there is: lines would take longer and longer */
#define WORDS_MAX 12
#define MAY_2027 INT64_C(1809129600)	/* 2027-05-01 */

static struct conf conf;
static unsigned done, failed;

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
	       c->err.detail ? c->err.detail : "");
	exit(1);
}

static void sql(struct ctx *c, const char *text)
{
	ok(c, db_run_text(c, text, strlen(text)), text);
}

static void bail(const char *what)
{
	printf("Bail out! %s\n", what);
	exit(1);
}

/* ---- one line: a customer, a zone and prices of its own ---- */

struct line {
	struct ctx *c;
	struct str out;
	uint64_t account, zone, offering, class;
	const char *zone_code;
	int64_t month;			/* its first second */
	int32_t cycles;
	bool brief;			/* totals only */
	bool hourly;			/* debited hour by hour */
	uint64_t events;
	struct usage_event_in last;	/* for "again" */
};

/* "5:30" or "100" (hours), from the first of the month */
static int64_t time_of(const struct line *l, const char *text)
{
	long h = 0, m = 0, s = 0;

	if (sscanf(text, "%ld:%ld:%ld", &h, &m, &s) < 1)
		bail(text);
	return l->month + h * 3600 + m * 60 + s;
}

static void bill(struct line *l, int64_t at)
{
	struct settings set = *l->c->set;
	const struct settings *kept = l->c->set;
	struct bill_stats st = { 0 };

	/* suspension asks the database for the billing clock */
	sql(l->c, arena_fmt(l->c->mem, "UPDATE system_state SET testing = 1, clock_offset_s = %lld",
			    (long long)(at - clock_wall())));
	l->c->now = at;
	set.prepaid_hourly = l->hourly;
	l->c->set = &set;
	ok(l->c, bill_run(l->c, NULL, &st), "bill run");
	l->c->set = kept;
	l->c->now = at;
}

static uint64_t added(struct line *l, const char *table, const char *code, const char *more)
{
	struct zone_by_code_row zone;
	struct offering_by_code_row off;
	struct arena *mem = l->c->mem;

	sql(l->c, arena_fmt(mem, "INSERT INTO %s VALUES (%s)", table, more));
	if (strncmp(table, "zone", 4) == 0) {
		ok(l->c, q_zone_by_code(l->c, code, &zone), code);
		return zone.id;
	}
	ok(l->c, q_offering_by_code(l->c, code, strstr(more, "VOLUME") != NULL ? "VOLUME"
									      : "INSTANCE",
				    &off), code);
	return off.id;
}

static void customer(struct line *l, const char *plan)
{
	static unsigned n;
	struct account_created made;
	struct ctx *c = l->c;
	struct arena *mem = c->mem;
	bool fixed = strcmp(plan, "FIXED") == 0;

	l->hourly = strcmp(plan, "HOURLY") == 0;
	if (l->hourly)
		plan = "PREPAID";
	c->now = l->month;
	n++;
	ok(c, account_create(c, &(struct account_in){
		.category = "INDIVIDUAL", .email = arena_fmt(mem, "p%u@example.com", n),
		.first_name = "Ada", .last_name = "Byron", .country = "IE", .currency = "USD",
		.plan = fixed ? "POSTPAID" : plan, .contract = fixed ? "FIXED" : NULL,
		.fixed_fee = fixed ? "0" : NULL, .by_staff = true }, &made), "account");
	l->account = made.account_id;
	if (strcmp(plan, "POSTPAID") != 0 && !fixed)
		ok(c, wallet_credit(c, l->account, "10000", "test", arena_fmt(mem, "key-%u", n)),
		   "funds");
	l->zone_code = arena_fmt(mem, "z%u", n);
	l->zone = added(l, "zone (code, name, active)", l->zone_code,
			arena_fmt(mem, "'z%u', 'Zone', 1", n));
	l->offering = added(l, "offering (code, name, kind, vcpu, memory_mb, disk_gb, position, "
			    "active)", arena_fmt(mem, "o%u", n),
			    arena_fmt(mem, "'o%u', 'Size', 'INSTANCE', 1, 1, 1, 1, 1", n));
	l->class = added(l, "offering (code, name, kind, vcpu, memory_mb, disk_gb, position, "
			 "active)", arena_fmt(mem, "c%u", n),
			 arena_fmt(mem, "'c%u', 'Class', 'VOLUME', 0, 0, 0, 1, 1", n));
}

static const struct { const char *word, *item, *unit, *event; } things[] = {
	{ "running", "INSTANCE_RUNNING", "HOUR", NULL },
	{ "stopped", "INSTANCE_STOPPED", "HOUR", NULL },
	{ "traffic", "TRAFFIC", "MB", NULL },
	{ "vm", NULL, NULL, "instance" },
	{ "ip", "PUBLIC_IP", "HOUR", "ip" },
	{ "second", "SECONDARY_IP", "HOUR", "secondary_ip" },
	{ "vol", "VOLUME", "GB_HOUR", "volume" },
	{ "snap", "SNAPSHOT", "GB_HOUR", "snapshot" },
};

/* "vol2" is another volume. */
static size_t thing_of(const char *word)
{
	for (size_t i = 0; i < sizeof things / sizeof things[0]; i++)
		if (strncmp(things[i].word, word, strlen(things[i].word)) == 0)
			return i;
	bail(word);
	return 0;
}

static const char *after(char **word, size_t n, const char *name)
{
	for (size_t i = 0; i + 1 < n; i++)
		if (strcmp(word[i], name) == 0)
			return word[i + 1];
	return NULL;
}

/* price ITEM AMOUNT [cap HOURS] [from HOUR] */
static void do_price(struct line *l, char **word, size_t n)
{
	size_t t = thing_of(word[1]);
	const char *cap = after(word, n, "cap"), *from = after(word, n, "from");
	struct price_in in = { .item = things[t].item, .currency = "USD", .zone_id = l->zone };
	struct ctx *c = l->c;
	int64_t e8;

	ok(c, amount_parse(c, word[2], 8, &e8), word[2]);
	ok(c, price_unit(c, things[t].unit, e8, &in.unit_e8), word[2]);
	in.offering_id = strcmp(things[t].item, "VOLUME") == 0 ? l->class
			 : strncmp(things[t].item, "INSTANCE", 8) == 0 ? l->offering : 0;
	in.cap_hours = cap != NULL ? (uint32_t)strtoul(cap, NULL, 10) : 0;
	in.from_hour = from != NULL ? time_of(l, from) / HOUR_S : HOUR_NONE;
	ok(c, price_set(c, &in), "price");
}

static void take(struct line *l, const struct usage_event_in *in)
{
	static const char *const words[] = {
		[USAGE_APPLIED] = "", [USAGE_DUPLICATE] = "duplicate", [USAGE_PENDING] = "pending",
	};
	struct usage_result out;

	ok(l->c, usage_intake(l->c, "test", in, &out), "intake");
	if (out.outcome == USAGE_REJECTED)
		str_addf(&l->out, "(%s) ", out.message);
	else if (out.outcome != USAGE_APPLIED)
		str_addf(&l->out, "(%s) ", words[out.outcome]);
}

/* TIME NAME VERB[:AMOUNT] [told TIME] */
static void do_event(struct line *l, char **word, size_t n)
{
	size_t t = thing_of(word[1]);
	struct arena *mem = l->c->mem;
	char *amount = strchr(word[2], ':');
	bool ip = strcmp(things[t].word, "ip") == 0 || strcmp(things[t].word, "second") == 0;
	const char *told = after(word, n, "told"), *verb = word[2];
	int64_t count = amount != NULL ? strtoll(amount + 1, NULL, 10) : 0;
	bool traffic = strncmp(word[2], "traffic", 7) == 0;

	if (amount != NULL)
		*amount = '\0';
	if (ip)
		verb = strcmp(verb, "created") == 0 ? "acquired" : "released";
	bill(l, time_of(l, told != NULL ? told : word[0]));
	l->last = (struct usage_event_in){
		.id = arena_fmt(mem, "%llu-%llu", (unsigned long long)l->account,
				(unsigned long long)++l->events),
		.kind = arena_fmt(mem, "%s.%s", things[t].event, verb),
		.at = time_of(l, word[0]), .account_id = l->account,
		.resource = arena_fmt(mem, "%s.%llu", word[1], (unsigned long long)l->account),
		.zone = l->zone_code, .name = word[1],
		.offering = arena_fmt(mem, "%c%s", t == 6 ? 'c' : 'o', l->zone_code + 1),
		.size_gb = traffic ? 0 : count, .bytes = traffic ? count : 0 };
	take(l, &l->last);
}

/* What the balance of a prepaid customer has paid until then. */
static void do_spent(struct line *l, const char *time)
{
	struct wallet_view_row w;
	int64_t spent;

	bill(l, time_of(l, time) + 60);
	ok(l->c, q_wallet_view(l->c, l->account, &w), "wallet");
	spent = 10000 * E8 - w.balance_e8 + w.unposted_e8;
	str_addf(&l->out, "(%s: %s) ", time, amount_text(l->c->mem, spent));
}

static void do_plan(struct line *l, char **word)
{
	int64_t at;

	bill(l, time_of(l, word[0]));
	ok(l->c, plan_change(l->c, l->account, word[2], NULL, &at), "plan");
}

static void do_step(struct line *l, char *text)
{
	char *word[WORDS_MAX], *save = NULL;
	struct suspension_stats st = { 0 };
	size_t n = 0;

	for (char *w = strtok_r(text, " ", &save); w != NULL && n < WORDS_MAX;
	     w = strtok_r(NULL, " ", &save))
		word[n++] = w;
	if (n == 0)
		return;
	if (strcmp(word[0], "price") == 0) {
		do_price(l, word, n);
	} else if (strcmp(word[0], "again") == 0) {
		take(l, &l->last);
	} else if (strcmp(word[0], "again,") == 0) {
		l->last.bytes += l->last.bytes > 0;
		l->last.size_gb += l->last.size_gb > 0;
		take(l, &l->last);
	} else if (strcmp(word[0], "cycles") == 0) {
		l->cycles = (int32_t)strtol(word[1], NULL, 10);
	} else if (strcmp(word[0], "brief") == 0) {
		l->brief = true;
	} else if (strcmp(word[1], "spent") == 0) {
		do_spent(l, word[0]);
	} else if (strcmp(word[1], "plan") == 0) {
		do_plan(l, word);
	} else if (strcmp(word[1], "suspended") == 0) {
		bill(l, time_of(l, word[0]));
		ok(l->c, suspension_by_staff(l->c, l->account, "test"), "suspend");
		ok(l->c, suspension_run_now(l->c, NULL, &st), "halt");
	} else if (strcmp(word[1], "released") == 0) {
		bill(l, time_of(l, word[0]));
		ok(l->c, suspension_end_by_staff(l->c, l->account, 0, "test"), "release");
		ok(l->c, suspension_run_now(l->c, NULL, &st), "restore");
	} else {
		do_event(l, word, n);
	}
}

/* ---- what came of it ---- */

static const char *plain(struct arena *mem, int64_t e8)
{
	char *s = arena_dup(mem, amount_text(mem, e8));
	size_t len = strlen(s);

	while (s[len - 1] == '0' && s[len - 3] != '.')
		s[--len] = '\0';
	return s;
}

static void invoice(struct line *l, const struct invoice_page_row *inv)
{
	const struct currency *cur = currency_find(inv->currency);
	struct arena *mem = l->c->mem;
	struct invoice_lines_row *rows;
	int64_t exact = 0;
	size_t n;

	ok(l->c, invoice_lines_all(l->c, inv->id, &rows, &n), "lines");
	for (size_t i = 0; i < n; i++) {
		struct counted k = price_counted(mem, rows[i].unit, rows[i].hours,
						 rows[i].unit_e8);

		exact += rows[i].exact_e8;
		if (strcmp(rows[i].component, "FIXED_FEE") == 0 || l->brief)
			continue;
		str_addf(&l->out, "%s %s %s x %s; ", rows[i].description, k.quantity, k.unit,
			 plain(mem, k.price_e8));
	}
	str_addf(&l->out, "%s = %s", plain(mem, exact), money_text(mem, inv->total_minor, cur));
}

static const char *result(struct line *l)
{
	struct invoice_page_row *rows;
	size_t n;

	l->hourly = false;	/* the rest of it at once: the hours that matter were looked at */
	for (int32_t i = 1; i <= l->cycles; i++)
		bill(l, clock_month_start(l->month, i) + 600);
	ok(l->c, q_invoice_page(l->c, l->account, "", "", l->c->now, "id", "asc", 50, 0, &rows, &n),
	   "invoices");
	for (size_t i = 0; i < n; i++) {
		str_add(&l->out, i > 0 ? " | " : "");
		invoice(l, &rows[i]);
	}
	return n > 0 || l->out.len > 0 ? l->out.s : "nothing";
}

static uint64_t violations(struct ctx *c, const char *id, const char **names)
{
	struct invariant *list;
	uint64_t n = 0;

	ok(c, verify_all(c, &list), "verify");
	for (size_t i = 0; i < invariants_count; i++) {
		if (id != NULL && strcmp(list[i].id, id) != 0)
			continue;
		if (list[i].value > 0 && names != NULL)
			*names = arena_fmt(c->mem, "%s %s:%llu", *names, list[i].id,
					   (unsigned long long)list[i].value);
		n += list[i].value;
	}
	return n;
}

static void open_ctx(struct ctx *c, struct settings_cache **cache)
{
	ctx_init(c, 16 << 20);
	c->db = db_new(&conf);
	c->wall = clock_wall();
	c->actor = "test";
	*cache = settings_cache_new();
	ok(c, settings_begin(c, *cache), "settings");
	c->now = MAY_2027;
}

static void close_ctx(struct ctx *c, struct settings_cache **cache)
{
	settings_cache_free(cache);
	ctx_close(c);
}

/* Each month has other switches, see install. */
static int32_t month_of(const char *name)
{
	static const struct { const char *name; int32_t month; } months[] = {
		{ "free-ip", 2 }, { "retained", 4 }, { "ip-off", 6 }, { "free-ip-off", 10 },
		{ "second-off", 14 },
	};

	for (size_t i = 0; i < sizeof months / sizeof months[0]; i++)
		if (strcmp(months[i].name, name) == 0)
			return months[i].month;
	bail(name);
	return 0;
}

/* PLAN [MONTH] */
static void run_line(char *text, const char *name, const char *want)
{
	static unsigned lines;
	struct settings_cache *cache;
	struct ctx c;
	struct line l = { .c = &c, .cycles = 1 };
	char *save = NULL, *part = strtok_r(text, ";", &save), *sp = NULL, *plan, *month;
	const char *got, *broken = "";

	open_ctx(&c, &cache);
	str_init(&l.out, c.mem, 20000);
	plan = strtok_r(part, " ", &sp);
	month = strtok_r(NULL, " ", &sp);
	l.month = clock_month_start(MAY_2027, month == NULL ? 0 : month_of(month));
	customer(&l, plan);
	while ((part = strtok_r(NULL, ";", &save)) != NULL)
		do_step(&l, part);
	got = result(&l);
	while (l.out.len > 0 && l.out.s[l.out.len - 1] == ' ')
		l.out.s[--l.out.len] = '\0';
	say(strcmp(got, want) == 0, name, got);
	if (++lines % VERIFY_EVERY == 0 && violations(&c, NULL, &broken) > 0)
		say(false, "verify after it and those before is all zero", broken);
	/* Later lines play in later months: nobody looks at this one any more. */
	sql(&c, arena_fmt(c.mem, "UPDATE account SET plan = 'POSTPAID' WHERE id = %llu",
			  (unsigned long long)l.account));
	close_ctx(&c, &cache);
}

static void run_file(const char *path)
{
	char text[2000], name[2000];
	FILE *f = fopen(path, "re");

	if (f == NULL)
		bail(path);
	while (fgets(text, sizeof text, f) != NULL) {
		char *arrow = strstr(text, "->"), *want;

		if (text[0] == '#' || arrow == NULL)
			continue;
		text[strcspn(text, "\n")] = '\0';
		memcpy(name, text, sizeof name);
		*arrow = '\0';
		want = arrow + 2 + strspn(arrow + 2, " ");
		run_line(text, name, want);
	}
	fclose(f);
}

/* ---- an invariant that cannot be broken proves nothing: plant each fault once ---- */

static void planted(struct ctx *c)
{
	static const struct { const char *id, *fault, *mend; } faults[] = {
		{ "usage.missing", "UPDATE resource_state SET quantity = quantity + 1 "
		  "WHERE item = 'VOLUME' LIMIT 1", "UPDATE resource_state SET quantity = "
		  "quantity - 1 WHERE item = 'VOLUME' LIMIT 1" },
		{ "usage.traffic", "UPDATE traffic_event SET bytes = bytes + 1 LIMIT 1",
		  "UPDATE traffic_event SET bytes = bytes - 1 LIMIT 1" },
		{ "usage.traffic", "UPDATE charge SET quantity = quantity + 1, amount_e8 = "
		  "unit_e8 * (quantity) WHERE component = 'TRAFFIC' AND revision = 0 LIMIT 1",
		  "UPDATE charge SET quantity = quantity - 1, amount_e8 = unit_e8 * quantity "
		  "WHERE component = 'TRAFFIC' AND revision = 0 LIMIT 1" },
		{ "usage.caps", "UPDATE charge SET unit_e8 = unit_e8 - 1, amount_e8 = hours * "
		  "unit_e8 * quantity WHERE component = 'MONTHLY_CAP' LIMIT 1",
		  "UPDATE charge SET unit_e8 = unit_e8 + 1, amount_e8 = hours * unit_e8 * "
		  "quantity WHERE component = 'MONTHLY_CAP' LIMIT 1" },
		{ "usage.caps", "INSERT INTO cap_cycle SELECT account_id, from_hour + 1, to_hour "
		  "FROM cap_cycle ORDER BY account_id, from_hour LIMIT 1",
		  "DELETE b FROM cap_cycle b "
		  "JOIN cap_cycle a ON a.account_id = b.account_id "
		  "AND b.from_hour = a.from_hour + 1" },
		{ "usage.rated", "UPDATE charge SET unit_e8 = unit_e8 + 1, amount_e8 = hours * "
		  "unit_e8 * quantity WHERE component = 'SNAPSHOT' LIMIT 1",
		  "UPDATE charge SET unit_e8 = unit_e8 - 1, amount_e8 = hours * unit_e8 * "
		  "quantity WHERE component = 'SNAPSHOT' LIMIT 1" },
		{ "usage.priced", "UPDATE price SET from_hour = 3000000000 WHERE item = "
		  "'TRAFFIC' ORDER BY id LIMIT 1", "UPDATE price SET from_hour = 0 WHERE item = "
		  "'TRAFFIC' ORDER BY id LIMIT 1" },
	};

	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
		uint64_t before = violations(c, faults[i].id, NULL), with;

		sql(c, faults[i].fault);
		with = violations(c, faults[i].id, NULL);
		sql(c, faults[i].mend);
		say(before == 0 && with > 0 && violations(c, faults[i].id, NULL) == 0,
		    arena_fmt(c->mem, "%s sees: %s", faults[i].id, faults[i].fault),
		    arena_fmt(c->mem, "%llu", (unsigned long long)with));
	}
}

/* ---- a word before a switch is saved, with customers in every currency ---- */

static void everywhere(struct ctx *c)
{
	struct setting_changed out;
	const char *missing = "";

	sql(c, "INSERT INTO zone (code, name, active) VALUES ('all', 'All', 1)");
	for (size_t i = 0; i < currencies_count; i++) {
		const char *code = currencies[i].code;
		struct account_created made;
		struct usage_result told;

		sql(c, arena_fmt(c->mem, "INSERT INTO price (item, zone_id, offering_id, currency, "
				 "unit_e8, from_hour, to_hour) SELECT 'PUBLIC_IP', id, 0, '%s', "
				 "900000000000, 0, 4000000000 FROM zone WHERE code = 'all'", code));
		ok(c, account_create(c, &(struct account_in){
			.category = "INDIVIDUAL", .first_name = "Ada", .last_name = "Byron",
			.email = arena_fmt(c->mem, "%s@example.com", code), .country = "IE",
			.currency = code, .plan = "PREPAID", .by_staff = true }, &made), code);
		ok(c, usage_intake(c, "test", &(struct usage_event_in){
			.id = code, .kind = "ip.acquired", .at = c->now,
			.account_id = made.account_id, .resource = code, .zone = "all" }, &told),
		   code);
	}
	for (int on = 1; on >= 0; on--)
		ok(c, settings_change(c, &(struct setting_change){ .key = "prepaid.hourly",
			.value = on ? "1" : "0", .version = UINT64_MAX, .reason = "test" }, &out),
		   "prepaid.hourly");
	for (size_t i = 0; i < currencies_count; i++)
		if (out.nwarnings != 1 || strstr(out.warnings[0], currencies[i].code) == NULL)
			missing = currencies[i].code;
	say(missing[0] == '\0', "daily debits: what is at most unseen, in every currency", missing);
}

/* ---- the server ---- */

static void span(struct ctx *c, const char *key, int64_t from, int64_t to, const char *value)
{
	sql(c, arena_fmt(c->mem, "INSERT INTO setting_span (skey, from_hour, to_hour, value, "
			 "generation) VALUES ('%s', %lld, %lld, '%s', 1)", key, (long long)from,
			 (long long)to, value));
}

/* A switch for months of its own, as if it had been set then and there; months end with 0. */
static void window(struct ctx *c, const char *key, const int32_t *months, const char *in,
		   const char *out)
{
	int64_t since = 0;

	sql(c, arena_fmt(c->mem, "DELETE FROM setting_span WHERE skey = '%s'", key));
	for (; *months != 0; months++) {
		int64_t from = clock_month_start(MAY_2027, *months) / HOUR_S;
		int64_t to = clock_month_start(MAY_2027, *months + 2) / HOUR_S;

		span(c, key, since, from, out);
		span(c, key, from, to, in);
		since = to;
	}
	span(c, key, since, HOUR_OPEN, out);
}

static void set(struct ctx *c, const char *key, const char *value)
{
	struct setting_changed out;

	ok(c, settings_change(c, &(struct setting_change){ .key = key, .value = value,
		.version = UINT64_MAX, .reason = "test" }, &out), key);
}

static void install(void)
{
	struct settings_cache *cache = settings_cache_new();
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
	/* a currency without any price is not offered */
	sql(&c, "INSERT INTO price (item, zone_id, offering_id, currency, unit_e8, from_hour, "
		"to_hour) VALUES ('PUBLIC_IP', 1, 0, 'USD', 1, 0, 4000000000)");
	ok(&c, settings_begin(&c, cache), "settings");
	set(&c, "currency.multi", "1");
	set(&c, "contract.type", "1");
	set(&c, "prepaid.hourly", "0");
	window(&c, "ip.free_one", (const int32_t []){ 2, 10, 0 }, "1", "0");
	window(&c, "suspension.bill_retained", (const int32_t []){ 4, 0 }, "storage_ip", "none");
	window(&c, "ip.default_charge", (const int32_t []){ 6, 10, 0 }, "0", "1");
	window(&c, "ip.secondary_charge", (const int32_t []){ 14, 0 }, "0", "1");
	close_ctx(&c, &cache);
}

static void load_conf(void)
{
	char path[] = "/tmp/tollbridge-items-XXXXXX";
	const char *socket = getenv("TB_DB_SOCKET");
	int fd = mkstemp(path);
	struct ctx c;

	if (fd < 0 || socket == NULL)
		bail("no server");
	dprintf(fd, "[database]\nsocket = %s\nname = tollbridge_test\nuser = root\n", socket);
	close(fd);
	ctx_init(&c, 1 << 20);
	ok(&c, conf_load(&c, path, &conf), "configuration");
	unlink(path);
	ctx_close(&c);
}

int main(int argc, char **argv)
{
	struct settings_cache *cache;
	struct ctx c;

	setvbuf(stdout, NULL, _IOLBF, 0);
	load_conf();
	install();
	for (int i = 1; i < argc; i++)
		run_file(argv[i]);
	open_ctx(&c, &cache);
	planted(&c);
	everywhere(&c);
	close_ctx(&c, &cache);
	conf_free(&conf);
	printf("1..%u\n", done);
	return failed > 0;
}
