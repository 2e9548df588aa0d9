/* cycles.txt and funds.txt line by line against a real server: contracts agreed, changed and
 * billed, with what they include, as staff, customers and orchestrators would.
 * Then faults that verify must see. TB_DB_SOCKET names the server, see run.sh. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "account/account.h"
#include "account/plan.h"
#include "base/clock.h"
#include "base/db.h"
#include "base/failpoint.h"
#include "base/migrate.h"
#include "base/zone.h"
#include "biller/run.h"
#include "catalog/price.h"
#include "invoice/fee.h"
#include "invoice/invoice.h"
#include "payment/payment.h"
#include "rating/rating.h"
#include "settings/settings.h"
#include "stmt.h"
#include "suspension/suspension.h"
#include "usage/funds.h"
#include "usage/usage.h"
#include "verify/verify.h"
#include "wallet/ledger.h"

#define VERIFY_EVERY 8	/* it counts over everything there is: lines would take longer and longer */
#define WORDS_MAX 24
#define YEAR_2027 INT64_C(1798761600)

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
	uint64_t account, zone, offering, class, events;
	const char *zone_code;
	const struct zone_info *z;
	int32_t year, month, months;
	bool brief;			/* only fees and what is left */
};

/* "19T14:30" of the first month, "2.05T10:00" of the second, by the customer's clock */
static int64_t time_of(const struct line *l, const char *text)
{
	int nth = 1, day, hour, minute;
	int64_t at;

	if (sscanf(text, "%d.%dT%d:%d", &nth, &day, &hour, &minute) != 4 &&
	    (nth = 1, sscanf(text, "%dT%d:%d", &day, &hour, &minute) != 3))
		bail(text);
	at = zone_midnight(l->z, zone_month(l->z, l->year, l->month + nth - 1), day - 1);
	return at + hour * 3600 + minute * 60;
}

static const char *clock_of(const struct line *l, int64_t at)
{
	struct civil v = zone_civil(l->z, at);
	int nth = (v.year - l->year) * 12 + v.month - l->month + 1;

	if (nth == 1)
		return arena_fmt(l->c->mem, "%02dT%02d:%02d", v.day, v.hour, v.minute);
	return arena_fmt(l->c->mem, "%d.%02dT%02d:%02d", nth, v.day, v.hour, v.minute);
}

static void bill(struct line *l, int64_t at)
{
	struct bill_stats st = { 0 };

	/* suspension asks the database for the billing clock */
	sql(l->c, arena_fmt(l->c->mem, "UPDATE system_state SET testing = 1, clock_offset_s = %lld",
			    (long long)(at - clock_wall())));
	l->c->now = at;
	ok(l->c, bill_run(l->c, NULL, &st), "bill run");
	l->c->now = at;
}

static uint64_t added(struct line *l, const char *table, const char *code, const char *values)
{
	struct zone_by_code_row zone;
	struct offering_by_code_row off;

	sql(l->c, arena_fmt(l->c->mem, "INSERT INTO %s VALUES (%s)", table, values));
	if (strncmp(table, "zone", 4) == 0) {
		ok(l->c, q_zone_by_code(l->c, code, &zone), code);
		return zone.id;
	}
	ok(l->c, q_offering_by_code(l->c, code, strstr(values, "VOLUME") != NULL ? "VOLUME"
									       : "INSTANCE",
				    &off), code);
	return off.id;
}

static const struct { const char *word, *item, *unit, *event, *price; } things[] = {
	{ "vm", "INSTANCE_RUNNING", "HOUR", "instance", "0.01" },
	{ "ip", "PUBLIC_IP", "HOUR", "ip", "0.002" },
	{ "second", "SECONDARY_IP", "HOUR", "secondary_ip", "0.003" },
	{ "vol", "VOLUME", "GB_HOUR", "volume", "0.001" },
	{ "snap", "SNAPSHOT", "GB_HOUR", "snapshot", "0.0005" },
	{ "", "INSTANCE_STOPPED", "HOUR", NULL, "0.004" },
	{ "", "TRAFFIC", "MB", NULL, "1" },
};

/* "vm2" is another instance. */
static size_t thing_of(const char *word)
{
	for (size_t i = 0; i < 5; i++)
		if (strncmp(things[i].word, word, strlen(things[i].word)) == 0)
			return i;
	bail(word);
	return 0;
}

static void place(struct line *l, unsigned n)
{
	struct arena *mem = l->c->mem;
	struct ctx *c = l->c;

	l->zone_code = arena_fmt(mem, "z%u", n);
	l->zone = added(l, "zone (code, name, active)", l->zone_code,
			arena_fmt(mem, "'z%u', 'Zone', 1", n));
	l->offering = added(l, "offering (code, name, kind, vcpu, memory_mb, disk_gb, position, "
			    "active)", arena_fmt(mem, "o%u", n),
			    arena_fmt(mem, "'o%u', 'Small', 'INSTANCE', 1, 1, 1, 1, 1", n));
	l->class = added(l, "offering (code, name, kind, vcpu, memory_mb, disk_gb, position, "
			 "active)", arena_fmt(mem, "c%u", n),
			 arena_fmt(mem, "'c%u', 'Class', 'VOLUME', 0, 0, 0, 1, 1", n));
	for (size_t i = 0; i < sizeof things / sizeof things[0]; i++) {
		struct price_in in = { .item = things[i].item, .currency = "USD",
			.zone_id = l->zone, .from_hour = HOUR_NONE,
			.offering_id = strcmp(things[i].item, "VOLUME") == 0 ? l->class
			: strncmp(things[i].item, "INSTANCE", 8) == 0 ? l->offering : 0 };
		int64_t e8;

		ok(c, amount_parse(c, things[i].price, 8, &e8), things[i].price);
		ok(c, price_unit(c, things[i].unit, e8, &in.unit_e8), things[i].price);
		ok(c, price_set(c, &in), "price");
	}
	for (int i = 1; i <= 4; i++)
		sql(c, arena_fmt(mem, "INSERT INTO ip_pool (zone_id, address) VALUES (%llu, "
				 "'10.%u.0.%d')", (unsigned long long)l->zone, n, i));
}

/* fee AMOUNT [refuse] [INSTANCE=2 VOLUME=100 INSTANCE:small=1] */
struct words { char *word[WORDS_MAX]; size_t n; };
struct agreed { const char *fee; bool refuse; struct contract_part parts[CONTRACT_PARTS_MAX + 1];
		size_t n; };

static void agreed_of(struct line *l, const struct words *w, size_t at, struct agreed *t)
{
	*t = (struct agreed){ 0 };
	for (; at < w->n; at++) {
		char *eq = strchr(w->word[at], '='), *size;

		if (strcmp(w->word[at], "fee") == 0) {
			t->fee = w->word[++at];
		} else if (strcmp(w->word[at], "refuse") == 0) {
			t->refuse = true;
		} else if (eq != NULL) {
			*eq = '\0';
			size = strchr(w->word[at], ':');
			if (size != NULL)
				*size = '\0';
			t->parts[t->n++] = (struct contract_part){ .what = w->word[at],
				.offering_id = size == NULL ? 0
					       : strcmp(size + 1, "small") == 0 ? l->offering
										: l->class,
				.quantity = strtoll(eq + 1, NULL, 10) };
		} else {
			bail(w->word[at]);
		}
	}
}

/* PLAN YYYY-MM[@ZONE] TIME [in COUNTRY] [fee ...] */
static void customer(struct line *l, const struct words *w)
{
	static unsigned n;
	struct account_created made;
	struct agreed t;
	struct ctx *c = l->c;
	char *zone = strchr(w->word[1], '@');
	bool home;		/* where there are taxes */

	if (zone != NULL)
		*zone++ = '\0';
	if (sscanf(w->word[1], "%d-%d", &l->year, &l->month) != 2)
		bail(w->word[1]);
	l->z = zone_load(c->mem, zone != NULL ? zone : "UTC");
	place(l, ++n);
	bill(l, time_of(l, w->word[2]));
	home = w->n > 4 && strcmp(w->word[3], "in") == 0;
	agreed_of(l, w, home ? 5 : 3, &t);
	ok(c, account_create(c, &(struct account_in){
		.category = "INDIVIDUAL", .email = arena_fmt(c->mem, "p%u@example.com", n),
		.first_name = "Ada", .last_name = "Byron", .country = home ? w->word[4] : "IE",
		.currency = "USD", .plan = w->word[0], .contract = t.fee != NULL ? "FIXED" : NULL,
		.fixed_fee = t.fee, .overage = t.refuse ? "REFUSE" : NULL, .parts = t.parts,
		.nparts = t.n, .timezone = zone, .by_staff = true }, &made), "account");
	l->account = made.account_id;
	bill(l, l->c->now);
}

static void event(struct line *l, const char *time, char *name, char *verb)
{
	size_t t = thing_of(name);
	struct arena *mem = l->c->mem;
	char *amount = strchr(verb, ':');
	int64_t count = amount != NULL ? strtoll(amount + 1, NULL, 10) : 0;
	bool traffic = strncmp(verb, "traffic", 7) == 0;
	struct usage_result out;
	const char *what = verb;

	if (amount != NULL)
		*amount = '\0';
	if (t == 1 || t == 2)
		what = strcmp(verb, "created") == 0 ? "acquired" : "released";
	if (traffic)
		count *= 1000000;
	ok(l->c, usage_intake(l->c, "test", &(struct usage_event_in){
		.id = arena_fmt(mem, "%llu-%llu", (unsigned long long)l->account,
				(unsigned long long)++l->events),
		.kind = arena_fmt(mem, "%s.%s", things[t].event, what),
		.at = time_of(l, time), .account_id = l->account,
		.resource = arena_fmt(mem, "%s.%llu", name, (unsigned long long)l->account),
		.zone = l->zone_code, .name = name,
		.offering = arena_fmt(mem, "%c%s", t == 3 ? 'c' : 'o', l->zone_code + 1),
		.size_gb = traffic ? 0 : count, .bytes = traffic ? count : 0 }, &out), "intake");
	if (out.outcome != USAGE_APPLIED)
		str_addf(&l->out, "(%s) ", out.message ? out.message : "not applied");
}

/* What was refused, in the words the customer or staff reads. */
static void answer(struct line *l, enum errk k, const char *good)
{
	struct err_record *e = &l->c->err;

	if (k == ERR_OK)
		str_addf(&l->out, "(%s) ", good);
	else if (e->nfields > 0)
		str_addf(&l->out, "(%s: %s) ", e->fields[0].name, e->fields[0].message);
	else
		str_addf(&l->out, "(%s) ", e->message != NULL ? e->message : err_text(e->code));
	err_clear(l->c);
}

static void change(struct line *l, const struct words *w)
{
	struct contract_terms t = { "PAYG", 0, "PAYG", NULL, 0 };
	int64_t at = 0;
	struct agreed a;
	enum errk k;

	agreed_of(l, w, strcmp(w->word[2], "payg") == 0 ? 3 : 2, &a);
	if (a.fee != NULL) {
		t = (struct contract_terms){ "FIXED", 0, a.refuse ? "REFUSE" : "PAYG", a.parts,
					     a.n };
		ok(l->c, amount_parse(l->c, a.fee, 8, &t.fee_e8), a.fee);
	}
	k = contract_change(l->c, l->account, &t, "asked", &at);
	answer(l, k, k == ERR_OK ? arena_fmt(l->c->mem, "from %s", clock_of(l, at * HOUR_S)) : "");
}

static void buy(struct line *l, const char *name)
{
	struct ctx *c = l->c;
	uint64_t id;
	enum errk k;

	if (thing_of(name) == 0)
		k = instance_create(c, l->account, &(struct instance_in){ .name = name,
			.zone_id = l->zone, .offering_id = l->offering }, &id);
	else if (thing_of(name) == 1)
		k = ip_acquire(c, l->account, l->zone, 0, 0, &id);
	else
		k = volume_create(c, l->account, &(struct volume_in){ .name = name,
			.zone_id = l->zone, .storage_id = l->class, .size_gb = 10 }, &id);
	answer(l, k, "created");
}

/* TIME would vm 2: how many of so many more were inside */
static void would(struct line *l, const char *name, const char *count)
{
	size_t t = thing_of(name);
	struct contract_answer a;

	ok(l->c, contract_would(l->c, l->account, &(struct contract_ask){ things[t].item,
		t == 0 ? "INSTANCE" : things[t].item, t == 0 ? l->offering : t == 3 ? l->class : 0,
		1 }, (uint32_t)strtoul(count, NULL, 10), &a), "would");
	str_addf(&l->out, "(%u of %s inside%s) ", a.inside, count, a.refused ? ", refused" : "");
}

static void show(struct line *l, const char *what)
{
	struct account_get_row a;
	struct wallet_view_row w;
	struct contract_history_row *rows;
	const struct currency *cur = currency_find("USD");
	struct funds f;
	int64_t burn, hours;
	size_t n;

	ok(l->c, q_account_get(l->c, l->account, &a), "account");
	if (strcmp(what, "status") == 0) {
		str_addf(&l->out, "(%s) ", a.status);
	} else if (strcmp(what, "balance") == 0) {
		ok(l->c, q_wallet_view(l->c, l->account, &w), "wallet");
		str_addf(&l->out, "(balance %s) ",
			 money_text(l->c->mem, amount_to_minor(w.balance_e8 - w.unposted_e8, cur),
				    cur));
	} else if (strcmp(what, "left") == 0) {
		ok(l->c, rating_accruing(l->c, l->account, hour_floor(l->c->now),
					 hour_floor(l->c->now) + 1, &burn), "burn");
		ok(l->c, funds_left(l->c, l->account, hour_floor(l->c->now), &f), "left");
		ok(l->c, funds_hours(l->c, &f, burn, &hours), "hours");
		str_addf(&l->out, "(left %s, taxes %s, lasts %lld) ",
			 amount_display(l->c->mem, f.left_e8, 4),
			 amount_display(l->c->mem, f.tax_e8, 4), (long long)hours);
	} else if (strcmp(what, "contracts") == 0) {
		ok(l->c, q_contract_history(l->c, l->account, &rows, &n), "history");
		for (size_t i = n; i-- > 0;)
			str_addf(&l->out, "(%s %s%s%s%s) ", rows[i].kind,
				 money_text(l->c->mem, amount_to_minor(rows[i].fee_e8, cur), cur),
				 strcmp(rows[i].state, "ACTIVE") == 0 ? " from " : " ",
				 strcmp(rows[i].state, "ACTIVE") == 0
				 ? clock_of(l, rows[i].from_hour * HOUR_S) : rows[i].state,
				 !rows[i].to_hour_null && rows[i].to_hour < CONTRACT_OPEN
				 ? arena_fmt(l->c->mem, " to %s",
					     clock_of(l, rows[i].to_hour * HOUR_S)) : "");
	} else {
		bail(what);
	}
}

static void step(struct line *l, char *text)
{
	static unsigned key;
	struct words w = { .n = 0 };
	char *save = NULL;
	int64_t at;

	for (char *x = strtok_r(text, " ", &save); x != NULL && w.n < WORDS_MAX;
	     x = strtok_r(NULL, " ", &save))
		w.word[w.n++] = x;
	if (w.n == 0)
		return;
	if (strcmp(w.word[0], "months") == 0) {
		l->months = (int32_t)strtol(w.word[1], NULL, 10);
		return;
	}
	if (strcmp(w.word[0], "brief") == 0) {
		l->brief = true;
		return;
	}
	at = time_of(l, w.word[0]);
	if (w.n > 1 && strcmp(w.word[1], "hourly") == 0)
		for (int64_t t = (hour_floor(l->c->now) + 1) * HOUR_S + 300; t < at; t += HOUR_S)
			bill(l, t);
	bill(l, at);
	if (w.n < 2 || strcmp(w.word[1], "hourly") == 0)
		return;
	if (strcmp(w.word[1], "pay") == 0) {
		ok(l->c, wallet_credit(l->c, l->account, w.word[2], "test",
				       arena_fmt(l->c->mem, "key-%u", ++key)), "funds");
		bill(l, l->c->now);
	} else if (strcmp(w.word[1], "change") == 0) {
		change(l, &w);
	} else if (strcmp(w.word[1], "cancel") == 0) {
		answer(l, contract_change_cancel(l->c, l->account), "cancelled");
	} else if (strcmp(w.word[1], "plan") == 0) {
		ok(l->c, plan_change(l->c, l->account, w.word[2], NULL, &at), "plan");
	} else if (strcmp(w.word[1], "buy") == 0) {
		buy(l, w.word[2]);
	} else if (strcmp(w.word[1], "suspend") == 0) {
		ok(l->c, suspension_by_staff(l->c, l->account, "test"), "suspension");
	} else if (strcmp(w.word[1], "release") == 0) {
		ok(l->c, suspension_end_by_staff(l->c, l->account, 0, "test"), "release");
		bill(l, l->c->now);
	} else if (strcmp(w.word[1], "would") == 0) {
		would(l, w.word[2], w.word[3]);
	} else if (strcmp(w.word[1], "show") == 0) {
		show(l, w.word[2]);
	} else {
		event(l, w.word[0], w.word[1], w.word[2]);
	}
}

/* ---- what came of it ---- */

static void invoice(struct line *l, const struct invoice_page_row *inv)
{
	const struct currency *cur = currency_find(inv->currency);
	struct invoice_lines_row *rows;
	size_t n;

	ok(l->c, invoice_lines_all(l->c, inv->id, &rows, &n), "lines");
	for (size_t i = 0; i < n; i++)
		if (!l->brief || strcmp(rows[i].component, "FIXED_FEE") == 0)
			str_addf(&l->out, "%s %s; ", rows[i].description,
				 money_text(l->c->mem, rows[i].amount_minor, cur));
	str_addf(&l->out, "= %s", money_text(l->c->mem, inv->total_minor, cur));
}

static const char *result(struct line *l)
{
	struct invoice_page_row *rows;
	size_t n;

	for (int32_t i = 1; i <= l->months; i++)
		bill(l, zone_month(l->z, l->year, l->month + i) + 3600 + 600);
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
	c->now = YEAR_2027;
}

static void close_ctx(struct ctx *c, struct settings_cache **cache)
{
	settings_cache_free(cache);
	ctx_close(c);
}

static void run_line(char *text, const char *name, const char *want)
{
	static unsigned lines;
	struct settings_cache *cache;
	struct ctx c;
	struct line l = { .c = &c, .months = 1 };
	char *save = NULL, *part = strtok_r(text, ";", &save), *sp = NULL;
	struct words w = { .n = 0 };
	const char *got, *broken = "";

	open_ctx(&c, &cache);
	str_init(&l.out, c.mem, 20000);
	for (char *x = strtok_r(part, " ", &sp); x != NULL && w.n < WORDS_MAX;
	     x = strtok_r(NULL, " ", &sp))
		w.word[w.n++] = x;
	customer(&l, &w);
	while ((part = strtok_r(NULL, ";", &save)) != NULL)
		step(&l, part);
	got = result(&l);
	while (l.out.len > 0 && l.out.s[l.out.len - 1] == ' ')
		l.out.s[--l.out.len] = '\0';
	say(strcmp(got, want) == 0, name, got);
	if (++lines % VERIFY_EVERY == 0 && violations(&c, NULL, &broken) > 0)
		say(false, "verify after it and those before is all zero", broken);
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
		{ "contract.spans", "UPDATE contract SET to_hour = to_hour + 1 WHERE state = "
		  "'ACTIVE' AND to_hour < 4000000000 ORDER BY id LIMIT 1",
		  "UPDATE contract SET to_hour = to_hour - 1 WHERE state = 'ACTIVE' AND to_hour < "
		  "4000000000 ORDER BY id LIMIT 1" },
		{ "contract.spans", "UPDATE account SET fixed_fee_e8 = fixed_fee_e8 + 1 "
		  "ORDER BY id LIMIT 1", "UPDATE account SET fixed_fee_e8 = fixed_fee_e8 - 1 "
		  "ORDER BY id LIMIT 1" },
		{ "contract.limits", "UPDATE contract_part SET quantity = 99 WHERE quantity = 100",
		  "UPDATE contract_part SET quantity = 100 WHERE quantity = 99" },
		{ "contract.limits", "UPDATE contract_part SET what = 'SNAPSHOT' WHERE what = "
		  "'INSTANCE_RUNNING'", "UPDATE contract_part SET what = 'INSTANCE_RUNNING' "
		  "WHERE what = 'SNAPSHOT'" },
		{ "contract.limits", "UPDATE resource_state SET acquired_at = acquired_at + "
		  "99999999 WHERE resource_id IN (SELECT resource_id FROM contract_cover WHERE "
		  "part_id > 0)",
		  "UPDATE resource_state SET acquired_at = acquired_at - 99999999 "
		  "WHERE resource_id IN (SELECT resource_id FROM contract_cover WHERE "
		  "part_id > 0)" },
		{ "contract.cover", "UPDATE resource_state SET acquired_at = acquired_at + "
		  "99999999 WHERE resource_id IN (SELECT resource_id FROM contract_cover WHERE "
		  "part_id > 0)",
		  "UPDATE resource_state SET acquired_at = acquired_at - 99999999 "
		  "WHERE resource_id IN (SELECT resource_id FROM contract_cover WHERE "
		  "part_id > 0)" },
		{ "contract.limits", "UPDATE contract_cover SET to_hour = to_hour - 1 "
		  "ORDER BY resource_id, from_hour LIMIT 1", "UPDATE contract_cover SET to_hour = "
		  "to_hour + 1 ORDER BY resource_id, from_hour LIMIT 1" },
		{ "contract.cover", "UPDATE contract_cover SET state = 2 - state, part_id = NULL "
		  "WHERE state <> 1 AND to_hour = 4000000000",
		  "UPDATE contract_cover SET state = 2 - state WHERE state <> 1 AND "
		  "to_hour = 4000000000" },
		{ "contract.fees", "UPDATE contract_fee SET amount_e8 = amount_e8 + 1000000 "
		  "ORDER BY contract_id, cycle_hour LIMIT 1", "UPDATE contract_fee SET amount_e8 = "
		  "amount_e8 - 1000000 ORDER BY contract_id, cycle_hour LIMIT 1" },
		{ "contract.fees", "UPDATE contract_fee SET days = days - 1 WHERE days > 1 "
		  "ORDER BY contract_id, cycle_hour LIMIT 1", "UPDATE contract_fee SET days = "
		  "days + 1 WHERE days > 0 ORDER BY contract_id, cycle_hour LIMIT 1" },
		{ "contract.fees", "UPDATE contract_fee SET drawn_e8 = drawn_e8 + 1 "
		  "ORDER BY contract_id, cycle_hour LIMIT 1", "UPDATE contract_fee SET drawn_e8 = "
		  "drawn_e8 - 1 ORDER BY contract_id, cycle_hour LIMIT 1" },
		{ "contract.fees", "UPDATE contract_fee SET cycle_hour = cycle_hour + 1 "
		  "ORDER BY contract_id, cycle_hour LIMIT 1", "UPDATE contract_fee SET "
		  "cycle_hour = cycle_hour - 1 ORDER BY contract_id, cycle_hour LIMIT 1" },
		{ "invoice.usage", "UPDATE invoice SET fee_e8 = fee_e8 + 1 WHERE fee_e8 > 0 "
		  "ORDER BY id LIMIT 1", "UPDATE invoice SET fee_e8 = fee_e8 - 1 WHERE fee_e8 > 0 "
		  "ORDER BY id LIMIT 1" },
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

/* ---- the server ---- */

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
	sql(&c, "INSERT INTO tax_rule (country, name, rate_ppm, valid_from, valid_to) VALUES "
		"('FR', 'TVA', 200000, 0, 4000000000), ('CA', 'GST', 50000, 0, 4000000000), "
		"('CA', 'QST', 99750, 0, 4000000000)");
	ok(&c, settings_begin(&c, cache), "settings");
	set(&c, "currency.multi", "1");
	set(&c, "contract.type", "1");
	set(&c, "prepaid.hourly", "0");
	close_ctx(&c, &cache);
}

static void load_conf(void)
{
	char path[] = "/tmp/tollbridge-contract-XXXXXX";
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
	close_ctx(&c, &cache);
	conf_free(&conf);
	printf("1..%u\n", done);
	return failed > 0;
}
