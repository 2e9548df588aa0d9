/* Re-rating to notes and corrected prices against a real server: notes.txt line by
 * line, then a crash between and planted faults. TB_DB_SOCKET names the server, see
 * run.sh. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "account/account.h"
#include "base/clock.h"
#include "base/db.h"
#include "base/failpoint.h"
#include "base/migrate.h"
#include "biller/run.h"
#include "invoice/correct.h"
#include "invoice/note.h"
#include "invoice/rerate.h"
#include "money/money.h"
#include "promo/discount.h"
#include "rating/rating.h"
#include "settings/settings.h"
#include "stmt.h"
#include "verify/verify.h"
#include "wallet/ledger.h"

#define MAY_2027 INT64_C(1809129600)	/* 2027-05-01 */

static struct conf conf;
static unsigned done, failed;

struct life {
	struct ctx *c;
	struct settings_cache *cache;
	uint64_t account;
	unsigned serial;	/* of this life: names of a line are its own */
	struct str out;
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

static const char *cents(struct life *l, int64_t minor)
{
	return money_text(l->c->mem, minor, currency_find("USD"));
}

/* Without needless zeros, at least two decimals: 1.50, 0.0068. */
static const char *exact(struct life *l, int64_t e8)
{
	char *s = arena_dup(l->c->mem, amount_text(l->c->mem, e8));
	size_t n = strlen(s);

	while (s[n - 1] == '0' && s[n - 3] != '.')
		s[--n] = '\0';
	return s;
}

/* ---- steps ---- */

static void bill(struct life *l)
{
	struct bill_stats st = { 0 };
	int64_t now = l->c->now;

	ok(l->c, bill_run(l->c, NULL, &st), "bill run");
	l->c->now = now;
}

static const char *ref(struct life *l, const char *name)
{
	return arena_fmt(l->c->mem, "%u-%s", l->serial, name);
}

/* "NAME HOURS PRICE": an address from now on for so many hours, at a place and
 * price of its own. */
static void use(struct life *l, char *arg)
{
	static unsigned serial;
	struct arena *mem = l->c->mem;
	long long h = hour_floor(l->c->now), zone = 1000 + ++serial, hours;
	char name[20], price[20];
	int64_t e8;

	if (sscanf(arg, "%19s %lld %19s", name, &hours, price) != 3)
		ok(l->c, ERR_INVALID, arg);
	ok(l->c, amount_parse(l->c, price, 8, &e8), price);
	sql(l->c, arena_fmt(mem, "INSERT INTO price (item, zone_id, offering_id, currency, "
			    "unit_e8, from_hour, to_hour) VALUES ('PUBLIC_IP', %lld, 0, 'USD', "
			    "%lld, 0, 4000000000)", zone, (long long)e8));
	sql(l->c, arena_fmt(mem, "INSERT INTO resource (account_id, type, source, source_ref, "
			    "name, zone_id, state, offering_id) VALUES (%llu, 'PUBLIC_IP', 'test', "
			    "'%s', '%s', %lld, 'DELETED', 0)", (unsigned long long)l->account,
			    ref(l, name), name, zone));
	sql(l->c, arena_fmt(mem, "INSERT INTO resource_state (resource_id, from_hour, to_hour, "
			    "account_id, item, zone_id, offering_id, quantity, acquired_at) SELECT "
			    "id, %lld, %lld, account_id, 'PUBLIC_IP', zone_id, 0, 1, %u FROM "
			    "resource WHERE source_ref = '%s'", h, h + hours, serial,
			    ref(l, name)));
}

/* "NAME HOURS": it was there longer (or less long) than was known. */
static void late(struct life *l, char *arg)
{
	char name[20];
	long long hours;

	if (sscanf(arg, "%19s %lld", name, &hours) != 2)
		ok(l->c, ERR_INVALID, arg);
	sql(l->c, arena_fmt(l->c->mem, "UPDATE resource_state s JOIN resource r ON r.id = "
			    "s.resource_id SET s.to_hour = s.to_hour + (%lld) WHERE r.source_ref "
			    "= '%s'", hours, ref(l, name)));
}

static void shown(struct life *l, const struct rerate_result *r)
{
	if (r->n == 0)
		str_add(&l->out, "(none) ");
	for (size_t i = 0; i < r->n; i++) {
		const struct rerate_found *f = &r->found[i];

		str_addf(&l->out, "(%s %s %s", f->resource, exact(l, f->diff_e8),
			 settled_name(f->how));
		if (f->how == SETTLED_CREDIT || f->how == SETTLED_DEBIT)
			str_addf(&l->out, " %s", cents(l, f->minor));
		str_add(&l->out, ") ");
	}
	for (size_t i = 0; i < r->nnotes; i++)
		str_addf(&l->out, "%s %s ", r->notes[i].kind[0] == 'C' ? "CN" : "DN",
			 cents(l, r->notes[i].total_minor));
}

static void notes(struct life *l, bool keep)
{
	struct rerate_result r;
	struct rerate_in in = { l->account, hour_floor(MAY_2027), "prices were wrong", keep };

	ok(l->c, invoice_rerate(l->c, &in, &r), "notes");
	shown(l, &r);
}

static void rate(struct life *l)
{
	struct rating_again r;

	ok(l->c, rating_again(l->c, l->account, hour_floor(MAY_2027), true, &r), "rate");
	str_addf(&l->out, "(%s) ", exact(l, r.sum_e8));
}

static uint64_t price_of(struct life *l, const char *name)
{
	struct price_list_row *rows;
	uint64_t id = 0, after = 0;
	struct resource_by_ref_row row;
	size_t n;

	ok(l->c, q_resource_by_ref(l->c, "test", ref(l, name), &row), name);
	do {
		struct price_get_row p;

		ok(l->c, q_price_list(l->c, "PUBLIC_IP", after, &rows, &n), "prices");
		for (size_t i = 0; i < n; i++) {
			after = rows[i].id;
			if (!rows[i].by_id_null)
				continue;
			ok(l->c, q_price_get(l->c, rows[i].id, &p), "price");
			if (p.zone_id == row.zone_id)
				id = p.id;
		}
	} while (n == 500);
	return id;
}

/* "NAME AMOUNT": the price of it was wrong; how: dry, notes or biller. */
static void price(struct life *l, char *arg, const char *how)
{
	struct price_corrected out;
	char name[20], amount[20];

	if (sscanf(arg, "%19s %19s", name, amount) != 2)
		ok(l->c, ERR_INVALID, arg);
	ok(l->c, price_correct(l->c, &(struct price_correction){ price_of(l, name), amount,
		"a digit too much", strcmp(how, "notes") == 0 ? "a digit too much" : NULL,
		strcmp(how, "dry") != 0 }, &out), "correction");
	for (size_t i = 0; i < out.n && strcmp(how, "biller") != 0; i++)
		shown(l, &out.effects[i].result);
	if (out.n == 0)
		str_add(&l->out, "(unused) ");
}

/* To the first of the next month, and its invoice: [12.00] */
static void month(struct life *l)
{
	struct invoice_newest_row *inv;
	size_t n;

	l->c->now = clock_month_start(l->c->now, 1) + 600;
	bill(l);
	ok(l->c, q_invoice_newest(l->c, l->account, UINT64_MAX, 1, &inv, &n), "invoice");
	if (n == 0 || inv->period_to_hour != hour_floor(l->c->now))
		str_add(&l->out, "[none] ");
	else
		str_addf(&l->out, "[%s] ", cents(l, inv->total_minor));
}

static void credit_all(struct life *l)
{
	static unsigned serial;
	struct invoice_newest_row *inv;
	uint64_t id;
	size_t n;

	ok(l->c, q_invoice_newest(l->c, l->account, UINT64_MAX, 1, &inv, &n), "invoice");
	ok(l->c, credit_note(l->c, &(struct credit_note_in){ .account_id = l->account,
		.invoice_id = inv->id, .reason = "goodwill",
		.key = arena_fmt(l->c->mem, "all-%u", ++serial) }, &id), "credit note");
}

/* (balance, what is open on documents) */
static void show(struct life *l)
{
	struct invoices_unpaid_row *rows;
	struct wallet_view_row w;
	int64_t open = 0;
	size_t n;

	ok(l->c, q_wallet_view(l->c, l->account, &w), "wallet");
	ok(l->c, q_invoices_unpaid(l->c, l->account, &rows, &n), "open");
	for (size_t i = 0; i < n; i++) {
		struct invoice_get_row inv;

		ok(l->c, q_invoice_get(l->c, l->account, rows[i].id, &inv), "invoice");
		open += inv.total_minor - inv.paid_minor;
	}
	str_addf(&l->out, "(balance %s, open %s) ", amount_display(l->c->mem, w.balance_e8, 2),
		 cents(l, open));
}

static void switched(struct life *l, const char *key, const char *value)
{
	struct setting_changed out;
	int64_t now = l->c->now;

	ok(l->c, settings_change(l->c, &(struct setting_change){ .key = key, .value = value,
		.version = UINT64_MAX, .reason = "test" }, &out), key);
	ok(l->c, settings_begin(l->c, l->cache), "settings");
	l->c->now = now;
}

static void step(struct life *l, char *word, char *arg)
{
	static const struct { const char *word; void (*run)(struct life *l); } plain[] = {
		{ "bill", bill }, { "month", month }, { "rate", rate }, { "show", show },
		{ "credit", credit_all },
	};

	for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
		if (strcmp(plain[i].word, word) == 0) {
			plain[i].run(l);
			return;
		}
	if (strcmp(word, "use") == 0)
		use(l, arg);
	else if (strcmp(word, "late") == 0)
		late(l, arg);
	else if (strcmp(word, "wait") == 0)
		l->c->now += strtol(arg, NULL, 10) * HOUR_S;
	else if (strcmp(word, "notes") == 0 || strcmp(word, "dry") == 0)
		notes(l, word[0] == 'n');
	else if (strncmp(word, "price-", 6) == 0)
		price(l, arg, word + 6);
	else
		ok(l->c, ERR_INVALID, word);
}

/* ---- lines ---- */

static void discount(struct life *l, const char *what, const char *scope)
{
	struct discount_in in = { .account_id = l->account, .label = "less", .scope = scope };
	size_t len = strlen(what);
	uint64_t id;

	if (what[len - 1] == '%')
		in.percent = arena_dupn(l->c->mem, what, len - 1);
	else
		in.amount = what;
	ok(l->c, discount_add(l->c, &in, &id), "discount");
}

static void customer(struct life *l, const char *plan)
{
	static unsigned n;
	struct account_created made;

	l->serial = ++n;
	ok(l->c, account_create(l->c, &(struct account_in){
		.category = "INDIVIDUAL", .email = arena_fmt(l->c->mem, "c%u@example.com", n),
		.first_name = "Ada", .last_name = "Byron", .country = "IE", .currency = "USD",
		.plan = plan, .by_staff = true }, &made), "account");
	l->account = made.account_id;
}

static void books(struct life *l)
{
	struct invariant *list;

	bill(l);
	ok(l->c, verify_all(l->c, &list), "verify");
	for (size_t i = 0; i < invariants_count; i++)
		if (list[i].value != 0)
			str_addf(&l->out, "%s=%llu ", list[i].id,
				 (unsigned long long)list[i].value);
}

static void open_life(struct ctx *c, struct life *l)
{
	ctx_init(c, 32 << 20);
	c->db = db_new(&conf);
	c->wall = clock_wall();
	c->actor = "test";
	*l = (struct life){ .c = c, .cache = settings_cache_new() };
	ok(c, settings_begin(c, l->cache), "settings");
	c->now = MAY_2027 + 600;
	str_init(&l->out, c->mem, 4000);
}

static void close_life(struct life *l)
{
	settings_cache_free(&l->cache);
	ctx_close(l->c);
}

/* "PLAN [taxed] [inclusive] [less X [of COMPONENT]]; STEP [ARG]; ..." */
static void run_line(struct life *l, char *text)
{
	char *save = NULL, *part = strtok_r(text, ";", &save);
	char plan[20], *less = strstr(part, "less ");
	char what[20], of[20] = "";

	sql(l->c, "DELETE FROM tax_rule");
	if (strstr(part, "taxed") != NULL || strstr(part, "inclusive") != NULL)
		sql(l->c, "INSERT INTO tax_rule (country, name, rate_ppm, valid_from, valid_to) "
			  "VALUES ('IE', 'VAT', 200000, 0, 4102444800)");
	switched(l, "tax.inclusive", strstr(part, "inclusive") != NULL ? "1" : "0");
	if (sscanf(part, "%19s", plan) != 1)
		ok(l->c, ERR_INVALID, part);
	customer(l, plan);
	if (less != NULL && sscanf(less, "less %19s of %19s", what, of) >= 1)
		discount(l, what, of);
	while ((part = strtok_r(NULL, ";", &save)) != NULL) {
		char *word = part + strspn(part, " "), *arg;

		arg = word + strcspn(word, " ");
		if (*arg != '\0')
			*arg++ = '\0';
		step(l, word, arg);
	}
	books(l);
}

static void run_file(const char *path)
{
	char text[2000], name[2000];
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

/* ---- a crash between ---- */

#ifdef TB_FAILPOINTS
/* Notes among the documents of a life. */
static size_t counted(struct life *l)
{
	struct invoice_newest_row *docs;
	size_t n, found = 0;

	ok(l->c, q_invoice_newest(l->c, l->account, UINT64_MAX, 20, &docs, &n), "documents");
	for (size_t i = 0; i < n; i++)
		found += strstr(docs[i].kind, "NOTE") != NULL;
	return found;
}

static void killed(void)
{
	struct life l;
	struct ctx c;
	size_t before;
	int status;
	pid_t child;

	open_life(&c, &l);
	customer(&l, "POSTPAID");
	use(&l, arena_dup(c.mem, "ip 100 0.01"));
	month(&l);
	late(&l, arena_dup(c.mem, "ip -40"));
	fflush(stdout);
	child = fork();
	if (child == 0) {
		struct rerate_result r;
		struct ctx own;

		ctx_init(&own, 32 << 20);
		own.db = db_new(&conf);
		own.actor = "test";
		own.now = c.now;
		own.set = c.set;
		setenv("FAILPOINT", "rerate.noted:kill", 1);
		failpoint_reset();
		(void)!invoice_rerate(&own, &(struct rerate_in){ l.account, hour_floor(MAY_2027),
								 "killed", true }, &r);
		_exit(0);
	}
	waitpid(child, &status, 0);
	before = counted(&l);
	say(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL && before == 0,
	    "killed between the notes and what uses them up: nothing is there", "");
	l.out.len = 0;
	notes(&l, true);
	notes(&l, true);
	books(&l);
	say(strcmp(l.out.s, "(ip -0.40 credit note -0.40) CN 0.40 (none) ") == 0 &&
	    counted(&l) == 1, "then once, and not a second time", l.out.s);
	close_life(&l);
}
#endif

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
		{ "usage.noted", "UPDATE rerated SET diff_e8 = diff_e8 - 1 ORDER BY id LIMIT 1",
		  "UPDATE rerated SET diff_e8 = diff_e8 + 1 ORDER BY id LIMIT 1" },
		{ "usage.noted", "UPDATE rerated SET settled_minor = settled_minor * 2 WHERE "
		  "settled_minor <> 0 ORDER BY id LIMIT 1", "UPDATE rerated SET settled_minor = "
		  "settled_minor DIV 2 WHERE settled_minor <> 0 ORDER BY id LIMIT 1" },
		{ "usage.noted", "UPDATE charge c JOIN (SELECT MIN(charge_id) AS id FROM "
		  "noted_charge) n ON n.id = c.id SET c.book_hour = 1", "UPDATE charge SET "
		  "book_hour = 0 WHERE book_hour = 1" },
		{ "price.spans", "UPDATE price_superseded SET from_hour = from_hour + 1 ORDER BY "
		  "id LIMIT 1", "UPDATE price_superseded SET from_hour = from_hour - 1 ORDER BY id "
		  "LIMIT 1" },
		{ "price.spans", "INSERT INTO price (item, zone_id, offering_id, currency, "
		  "unit_e8, from_hour, to_hour) VALUES ('PUBLIC_IP', 1, 0, 'USD', 1, 5, "
		  "4000000000)",
		  "DELETE FROM price WHERE zone_id = 1 AND from_hour = 5" },
		{ "price.spans", "UPDATE charge SET price_id = price_id + 1000000000 ORDER BY id "
		  "LIMIT 1", "UPDATE charge SET price_id = price_id - 1000000000 WHERE price_id > "
		  "1000000000" },
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
	char path[] = "/tmp/tollbridge-rerate-XXXXXX";
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
#ifdef TB_FAILPOINTS
	killed();
#endif
	open_life(&c, &l);
	planted(&c);
	close_life(&l);
	conf_free(&conf);
	printf("1..%u\n", done);
	return failed > 0;
}
