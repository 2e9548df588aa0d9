/* Promo codes and adjustments against a real server: cycles.txt line by line
 * through the biller, then codes: what is refused, and races for the last use.
 * TB_DB_SOCKET names the server, see run.sh. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "account/account.h"
#include "base/clock.h"
#include "base/db.h"
#include "base/failpoint.h"
#include "base/migrate.h"
#include "biller/run.h"
#include "invoice/invoice.h"
#include "money/money.h"
#include "payment/payment.h"
#include "promo/discount.h"
#include "promo/promo.h"
#include "settings/settings.h"
#include "stmt.h"
#include "suspension/suspension.h"
#include "verify/verify.h"
#include "wallet/ledger.h"

#define WORDS_MAX 60
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

static void open_ctx(struct ctx *c, struct settings_cache **cache)
{
	ctx_init(c, 16 << 20);
	c->db = db_new(&conf);
	c->wall = clock_wall();
	c->actor = "test";
	*cache = settings_cache_new();
	ok(c, settings_begin(c, *cache), "settings");
	c->now = MAY_2027 + 600;
}

static void close_ctx(struct ctx *c, struct settings_cache **cache)
{
	settings_cache_free(cache);
	ctx_close(c);
}

static uint64_t customer(struct ctx *c, const char *plan, const char *currency, const char *fee)
{
	static unsigned n;
	struct account_created made;
	const char *email = arena_fmt(c->mem, "p%u@example.com", ++n);

	ok(c, account_create(c, &(struct account_in){
		.category = "INDIVIDUAL", .email = email, .first_name = "Ada",
		.last_name = "Byron", .country = "IE", .currency = currency, .plan = plan,
		.contract = fee != NULL ? "FIXED" : NULL, .fixed_fee = fee, .by_staff = true },
		&made), "account");
	return made.account_id;
}

/* ---- cycles.txt ---- */

struct line {
	struct ctx *c;
	char *word[WORDS_MAX];
	size_t n;
	uint64_t account, zone;
	int64_t cycles;
	bool exact;
};

static int64_t amount_of(struct ctx *c, const char *text)
{
	int64_t e8;

	ok(c, amount_parse(c, text, 8, &e8), text);
	return e8;
}

/* A resource that lives one hour of each cycle, at a price of its own. */
static void use(struct line *l, const char *what, const char *amount, const char *currency)
{
	bool vm = strcmp(what, "vm") == 0;
	const char *type = vm ? "INSTANCE" : strcmp(what, "ip") == 0 ? "PUBLIC_IP"
								    : "SECONDARY_IP";
	const char *item = vm ? "INSTANCE_RUNNING" : type;
	struct arena *mem = l->c->mem;

	sql(l->c, arena_fmt(mem, "INSERT INTO price (item, zone_id, offering_id, currency, "
			    "unit_e8, from_hour, to_hour) VALUES ('%s', %llu, %d, '%s', %lld, 0, "
			    "4000000000)", item, (unsigned long long)l->zone, vm, currency,
			    (long long)amount_of(l->c, amount)));
	sql(l->c, arena_fmt(mem, "INSERT INTO resource (account_id, type, source, source_ref, "
			    "name, zone_id, state, offering_id) VALUES (%llu, '%s', 'test', "
			    "'%llu.%s', '%s', %llu, 'DELETED', %d)",
			    (unsigned long long)l->account, type, (unsigned long long)l->zone,
			    what, what, (unsigned long long)l->zone, vm));
	for (int64_t i = 0; i < l->cycles; i++) {
		long long h = clock_month_start(MAY_2027, (int32_t)i) / HOUR_S + 5;

		sql(l->c, arena_fmt(mem, "INSERT INTO resource_state (resource_id, from_hour, "
				    "to_hour, account_id, item, zone_id, offering_id, quantity, "
				    "acquired_at) SELECT MAX(id), %lld, %lld, account_id, '%s', "
				    "zone_id, offering_id, 1, 0 FROM resource WHERE source_ref = "
				    "'%llu.%s' GROUP BY account_id, zone_id, offering_id",
				    h, h + 1, item, (unsigned long long)l->zone, what));
	}
	ok(l->c, contract_cover_keep(l->c, l->account, 0), "contract");
}

/* -10%@PUBLIC_IPx2~1 */
static void adjust(struct line *l, char *word)
{
	struct discount_in in = { .account_id = l->account, .label = word };
	char *later = strchr(word, '~'), *times, *scope, *value = word;
	uint64_t id;

	if (later != NULL) {
		*later++ = '\0';
		in.from = clock_month_start(MAY_2027, later[0] - '0');
	}
	times = strchr(word, 'x');
	if (times != NULL) {
		*times++ = '\0';
		in.cycles = (uint32_t)(times[0] - '0');
	}
	scope = strchr(word, '@');
	if (scope != NULL)
		*scope++ = '\0';
	in.scope = scope;
	in.label = arena_dup(l->c->mem, word);
	value += value[0] == '+';
	if (value[strlen(value) - 1] == '%') {
		value[strlen(value) - 1] = '\0';
		in.percent = value;
	} else {
		in.amount = value;
	}
	ok(l->c, discount_add(l->c, &in, &id), "adjustment");
}

static const char *line_text(struct line *l, const struct invoice_lines_row *row,
			     const struct currency *cur)
{
	return l->exact ? amount_text(l->c->mem, row->exact_e8)
			: money_text(l->c->mem, row->amount_minor, cur);
}

static void result(struct line *l, struct str *s, int64_t cycle_to)
{
	struct invoice_newest_row *inv;
	struct invoice_lines_row *rows;
	struct wallet_view_row w;
	struct arena *mem = l->c->mem;
	const struct currency *cur;
	size_t n;

	ok(l->c, q_invoice_newest(l->c, l->account, UINT64_MAX, 1, &inv, &n), "invoice");
	if (n == 0 || inv->period_to_hour != cycle_to) {
		str_add(s, "none");
		return;
	}
	cur = currency_find(inv->currency);
	ok(l->c, invoice_lines_all(l->c, inv->id, &rows, &n), "lines");
	for (size_t i = 0; i < n; i++)
		str_addf(s, "%s%s", i > 0 ? " " : "[", line_text(l, &rows[i], cur));
	ok(l->c, q_wallet_view(l->c, l->account, &w), "wallet");
	str_addf(s, "] %s +%s =%s paid %s left %s", money_text(mem, inv->subtotal_minor, cur),
		 money_text(mem, inv->tax_minor, cur), money_text(mem, inv->total_minor, cur),
		 money_text(mem, inv->paid_minor, cur), amount_display(mem, w.balance_e8, 2));
}

/* The value after a word, NULL: the word is not there. */
static const char *value_of(const struct line *l, const char *name)
{
	for (size_t i = 2; i + 1 < l->n; i++)
		if (strcmp(l->word[i], name) == 0)
			return l->word[i + 1];
	return NULL;
}

/* "9+9": that many taxes, T1, T2 ... */
static void taxes(struct ctx *c, const char *percents)
{
	sql(c, "DELETE FROM tax_rule");
	for (int no = 1; percents != NULL; no++) {
		int64_t e8;
		size_t len = strcspn(percents, "+");

		ok(c, amount_parse(c, arena_dupn(c->mem, percents, len), 4, &e8), "tax");
		sql(c, arena_fmt(c->mem, "INSERT INTO tax_rule (country, name, rate_ppm, "
				 "valid_from, valid_to) VALUES ('IE', 'T%d', %lld, 0, "
				 "4102444800)", no, (long long)(e8 / 10000)));
		percents = percents[len] == '+' ? percents + len + 1 : NULL;
	}
}

static void prepare(struct line *l)
{
	const char *plan = l->word[0], *currency = l->word[1];
	const char *tax = value_of(l, "tax"), *funds = value_of(l, "funds");
	const char *cycles = value_of(l, "cycles");
	struct ctx *c = l->c;

	l->cycles = cycles != NULL ? cycles[0] - '0' : 1;
	l->exact = strcmp(l->word[l->n - 1], "exact") == 0;
	taxes(c, tax);
	l->account = customer(c, plan, currency, value_of(l, "fee"));
	l->zone = 1000 + l->account;
	if (funds != NULL)
		ok(c, wallet_credit(c, l->account, funds, "test",
				    arena_fmt(c->mem, "%llu", (unsigned long long)l->account)),
		   "funds");
	for (size_t i = 2; i < l->n; i++) {
		const char *w = l->word[i];

		if (strcmp(w, "vm") == 0 || strcmp(w, "ip") == 0 || strcmp(w, "second") == 0)
			use(l, w, l->word[i + 1], currency);
		else if (w[0] == '-' || w[0] == '+')
			adjust(l, l->word[i]);
	}
}

static const char *run_line(struct line *l)
{
	const char *suspended = value_of(l, "suspended");
	struct str s;

	prepare(l);
	str_init(&s, l->c->mem, 4000);
	for (int64_t i = 1; i <= l->cycles; i++) {
		struct bill_stats st = { 0 };
		int64_t end = clock_month_start(MAY_2027, (int32_t)i);

		if (suspended != NULL && suspended[0] - '0' == i) {
			l->c->now = clock_month_start(MAY_2027, (int32_t)i - 1);
			ok(l->c, suspension_by_staff(l->c, l->account, "test"), "suspended");
		}
		l->c->now = end + 600;
		ok(l->c, bill_run(l->c, NULL, &st), "bill run");
		if (i > 1)
			str_add(&s, " | ");
		result(l, &s, end / HOUR_S);
	}
	return s.s;
}

static void run_file(const char *path)
{
	struct settings_cache *cache;
	char text[1000], name[1000];
	FILE *f = fopen(path, "re");
	struct ctx c;

	if (f == NULL) {
		printf("Bail out! cannot read %s\n", path);
		exit(1);
	}
	while (fgets(text, sizeof text, f) != NULL) {
		struct line l = { .c = &c };
		char *arrow = strstr(text, "->"), *want, *save = NULL;
		const char *got;

		if (text[0] == '#' || arrow == NULL)
			continue;
		text[strcspn(text, "\n")] = '\0';
		memcpy(name, text, sizeof name);
		*arrow = '\0';
		want = arrow + 2 + strspn(arrow + 2, " ");
		open_ctx(&c, &cache);
		for (char *w = strtok_r(text, " ", &save); w != NULL && l.n < WORDS_MAX;
		     w = strtok_r(NULL, " ", &save))
			l.word[l.n++] = w;
		got = run_line(&l);
		say(strcmp(got, want) == 0, name, got);
		close_ctx(&c, &cache);
	}
	fclose(f);
}

/* Given in June, while the biller is late with May: May's invoice has none of it. */
static void late(struct ctx *c)
{
	struct line l = { .c = c, .cycles = 2 };
	struct bill_stats st = { 0 };
	struct str s;

	c->now = MAY_2027 + 600;
	l.account = customer(c, "POSTPAID", "USD", NULL);
	l.zone = 1000 + l.account;
	use(&l, "vm", "10.00", "USD");
	c->now = clock_month_start(MAY_2027, 1) + 600;
	adjust(&l, arena_dup(c->mem, "-10%x1"));
	ok(c, bill_run(c, NULL, &st), "bill run");
	str_init(&s, c->mem, 1000);
	result(&l, &s, clock_month_start(MAY_2027, 1) / HOUR_S);
	say(strncmp(s.s, "[10.00] ", 8) == 0, "given after the month: not on its invoice", s.s);
	c->now = clock_month_start(MAY_2027, 2) + 600;
	ok(c, bill_run(c, NULL, &st), "bill run");
	str_init(&s, c->mem, 1000);
	result(&l, &s, clock_month_start(MAY_2027, 2) / HOUR_S);
	say(strncmp(s.s, "[10.00 -1.00] ", 14) == 0, "but on the next", s.s);
	c->now = MAY_2027 + 600;
}

/* ---- codes ---- */

static uint64_t code(struct ctx *c, const struct promo_in *in)
{
	struct promo_in full = *in;
	uint64_t id;

	full.type = in->type != NULL ? in->type : "EXISTING";
	full.per_account = in->per_account != 0 ? in->per_account : 1;
	ok(c, promo_create(c, &full, &id), "promo");
	return id;
}

/* What redeeming said: "" or the message of the field. */
static const char *redeem(struct ctx *c, uint64_t account, const char *text)
{
	struct promo_gain gain;
	const char *message;

	if (promo_redeem(c, account, text, &gain) == ERR_OK)
		return "";
	message = c->err.nfields == 1 && strcmp(c->err.fields[0].name, "code") == 0
		? c->err.fields[0].message : c->err.code;
	message = arena_dup(c->mem, message);
	err_clear(c);
	return message;
}

static void says(struct ctx *c, uint64_t account, const char *text, const char *want,
		 const char *name)
{
	const char *got = redeem(c, account, text);

	say(strcmp(got, want) == 0, name, got);
}

static const struct promo_amount ten = { "USD", "10.00" };

static void refusals(struct ctx *c)
{
	uint64_t a = customer(c, "PREPAID", "USD", NULL), e = customer(c, "PREPAID", "EUR", NULL);
	uint64_t id;

	code(c, &(struct promo_in){ .code = " ten-off_1 ", .kind = "CREDIT", .amounts = &ten,
				    .namounts = 1, .per_account = 2 });
	code(c, &(struct promo_in){ .code = "LATER", .kind = "PERCENT", .percent = "10",
				    .valid_from = MAY_2027 + 86400 });
	code(c, &(struct promo_in){ .code = "GONE", .kind = "PERCENT", .percent = "10",
				    .valid_to = MAY_2027 + 700 });
	code(c, &(struct promo_in){ .code = "NEWCOMER", .type = "SIGNUP", .kind = "PERCENT",
				    .percent = "10" });
	id = code(c, &(struct promo_in){ .code = "DEAD", .kind = "PERCENT", .percent = "10" });
	ok(c, promo_update(c, id, &(struct promo_patch){ .active_set = true }), "deactivate");
	says(c, a, "TEN-OFF_1", "", "a code in capitals");
	says(c, a, "\t ten-OFF_1 ", "", "the same in any case, with blanks around");
	says(c, a, "TEN-OFF_1", "You have used this code already.", "as often as an account may");
	says(c, e, "TEN-OFF_1", "This code is not offered in your currency.", "no conversion");
	says(c, a, "NOSUCH", "We do not know this code.", "an unknown code");
	says(c, a, "DEAD", "We do not know this code.", "a withdrawn code");
	says(c, a, "' OR 1=1 --", "We do not know this code.", "no code at all");
	says(c, a, "LATER", "This code is not valid yet.", "too early");
	says(c, a, "NEWCOMER", "This code is for new customers, at sign-up.", "not for customers");
	c->now = MAY_2027 + 700;
	says(c, a, "GONE", "This code has expired.", "to the second");
	c->now = MAY_2027 + 699;
	says(c, a, "GONE", "", "until the second before");
}

static void generated(struct ctx *c)
{
	static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	unsigned seen[sizeof letters] = { 0 };
	bool plain = true, all = true;

	for (int i = 0; i < 2000; i++) {
		const char *s = promo_code_random(c->mem, "SUMMER20-");

		plain &= strncmp(s, "SUMMER20-", 9) == 0 && strlen(s) == 9 + PROMO_RANDOM_CHARS &&
			 strspn(s + 9, letters) == PROMO_RANDOM_CHARS;
		for (s += 9; *s != '\0'; s++)
			seen[strchr(letters, *s) - letters]++;
	}
	for (size_t i = 0; i < 32; i++)
		all &= seen[i] > 2000 * PROMO_RANDOM_CHARS / 32 / 2;
	say(plain, "generated codes: prefix and Crockford's letters only", "something else");
	say(all, "each letter about as often as the others", "a letter that is rare");
	say(promo_code_normal(c->mem, "abc") == NULL, "too short", "accepted");
	say(promo_code_normal(c->mem, "A23456789012345678901234567890123") == NULL, "33 characters",
	    "accepted");
	say(promo_code_normal(c->mem, "A2345678901234567890123456789012") != NULL, "32 characters",
	    "refused");
	say(promo_code_normal(c->mem, "CAF\xc3\x89") == NULL, "an accent", "accepted");
	say(promo_code_normal(c->mem, "TWO WORDS") == NULL, "a blank inside", "accepted");
}

static void limits(struct ctx *c)
{
	uint64_t a = customer(c, "PREPAID", "USD", NULL), b = customer(c, "PREPAID", "USD", NULL);
	uint64_t id = code(c, &(struct promo_in){ .code = "TWICE", .kind = "PERCENT",
						  .percent = "5", .per_account = 9 });
	struct promo_patch max = { .max_uses_set = true, .max_uses = 1 };
	enum errk k;

	says(c, a, "TWICE", "", "first use");
	says(c, a, "TWICE", "", "second use");
	k = promo_update(c, id, &max);
	say(k == ERR_INVALID && strcmp(c->err.fields[0].name, "max_uses") == 0,
	    "a limit below what was used", errk_name(k));
	err_clear(c);
	max.max_uses = 2;
	ok(c, promo_update(c, id, &max), "limit");
	says(c, b, "TWICE", "This code has been used up.", "a limit at what was used");
	max.max_uses = 0;
	ok(c, promo_update(c, id, &max), "no limit");
	says(c, b, "TWICE", "", "no limit again");
}

/* ---- races ---- */

#define RUNNERS 20

struct runner {
	pthread_t thread;
	pthread_barrier_t *gate;
	const struct settings *set;	/* one snapshot per process */
	uint64_t account;
	const char *code;
	bool won, odd;
};

static void *race_one(void *arg)
{
	struct runner *r = arg;
	struct promo_gain gain;
	struct ctx c;
	enum errk k;

	ctx_init(&c, 1 << 20);
	c.db = db_new(&conf);
	c.wall = c.now = MAY_2027 + 600;
	c.actor = "test";
	c.set = r->set;
	pthread_barrier_wait(r->gate);
	k = promo_redeem(&c, r->account, r->code, &gain);
	r->won = k == ERR_OK;
	r->odd = k != ERR_OK && k != ERR_INVALID;
	if (r->odd)
		printf("# %s %s\n", errk_name(k), c.err.detail);
	ctx_close(&c);
	return NULL;
}

static void race(struct ctx *c, const char *text, uint64_t max_uses, bool one_account,
		 unsigned want, const char *name)
{
	struct runner r[RUNNERS] = { 0 };
	pthread_barrier_t gate;
	unsigned won = 0, odd = 0;
	uint64_t same = customer(c, "PREPAID", "USD", NULL);

	code(c, &(struct promo_in){ .code = text, .kind = "CREDIT", .amounts = &ten,
				    .namounts = 1, .max_uses = max_uses });
	pthread_barrier_init(&gate, NULL, RUNNERS);
	for (size_t i = 0; i < RUNNERS; i++) {
		r[i] = (struct runner){ .gate = &gate, .set = c->set, .code = text };
		r[i].account = one_account ? same : customer(c, "PREPAID", "USD", NULL);
		pthread_create(&r[i].thread, NULL, race_one, &r[i]);
	}
	for (size_t i = 0; i < RUNNERS; i++) {
		pthread_join(r[i].thread, NULL);
		won += r[i].won;
		odd += r[i].odd;
	}
	pthread_barrier_destroy(&gate);
	say(won == want && odd == 0, name, arena_fmt(c->mem, "%u won, %u odd", won, odd));
}

/* ---- sign-up ---- */

static struct account_in newcomer(const char *email)
{
	return (struct account_in){
		.category = "INDIVIDUAL", .email = email, .first_name = "Eve", .last_name = "New",
		.country = "IE", .plan = "PREPAID", .by_staff = true };
}

static void signups(struct ctx *c)
{
	struct account_in in = newcomer("eve@example.com");
	struct account_created made;
	struct promo_gain gain;
	struct wallet_view_row w;
	enum errk k;

	code(c, &(struct promo_in){ .code = "WELCOME", .type = "SIGNUP", .kind = "CREDIT",
				    .amounts = &ten, .namounts = 1, .max_uses = 1 });
	code(c, &(struct promo_in){ .code = "LOYAL", .kind = "PERCENT", .percent = "10" });
	k = promo_signup(c, &in, "LOYAL", &made, &gain);
	say(k == ERR_INVALID && strcmp(c->err.fields[0].name, "promo_code") == 0,
	    "a code for customers at sign-up", errk_name(k));
	err_clear(c);
	k = promo_signup(c, &in, "welcome", &made, &gain);
	say(k == ERR_OK, "no account was made before: the address is free", errk_name(k));
	ok(c, q_wallet_view(c, made.account_id, &w), "wallet");
	say(w.balance_e8 == 10 * E8 && gain.credit_e8 == 10 * E8, "the credit is there",
	    amount_text(c->mem, w.balance_e8));
	in = newcomer("mallory@example.com");
	k = promo_signup(c, &in, "WELCOME", &made, &gain);
	say(k == ERR_INVALID, "used up", errk_name(k));
	err_clear(c);
	ok(c, promo_signup(c, &in, "", &made, &gain), "without a code");
}

#ifdef TB_FAILPOINTS
static void halfway(struct ctx *c)
{
	uint64_t a = customer(c, "PREPAID", "USD", NULL);
	const char *got;

	code(c, &(struct promo_in){ .code = "HALFWAY", .kind = "CREDIT", .amounts = &ten,
				    .namounts = 1, .max_uses = 1 });
	failpoint_reset();
	setenv("FAILPOINT", "promo.taken:error", 1);
	got = redeem(c, a, "HALFWAY");
	unsetenv("FAILPOINT");
	say(strcmp(got, "internal") == 0, "stopped between use and effect", got);
	says(c, a, "HALFWAY", "", "the use was given back");
}
#endif

static void verify(struct ctx *c)
{
	struct invariant *list;

	ok(c, verify_all(c, &list), "verify");
	for (size_t i = 0; i < invariants_count; i++)
		say(list[i].value == 0, arena_fmt(c->mem, "afterwards: %s", list[i].title),
		    arena_fmt(c->mem, "%llu", (unsigned long long)list[i].value));
}

static uint64_t violations(struct ctx *c, const char *id)
{
	struct invariant *list;

	ok(c, verify_all(c, &list), "verify");
	for (size_t i = 0; i < invariants_count; i++)
		if (strcmp(list[i].id, id) == 0)
			return list[i].value;
	return 0;
}

/* An invariant that cannot be broken proves nothing: plant each fault once. */
static void planted(struct ctx *c)
{
	static const struct { const char *id, *fault, *mend; } faults[] = {
		{ "promo.uses", "UPDATE promo SET uses = uses - 1 WHERE code = 'SEVEN'",
		  "UPDATE promo SET uses = uses + 1 WHERE code = 'SEVEN'" },
		{ "promo.uses", "UPDATE promo_redemption SET nth = nth + 1 "
		  "ORDER BY id DESC LIMIT 1", "UPDATE promo_redemption SET nth = nth - 1 "
		  "ORDER BY id DESC LIMIT 1" },
		{ "promo.credit", "UPDATE promo_redemption SET credit_e8 = credit_e8 + 1 "
		  "WHERE credit_e8 > 0 ORDER BY id LIMIT 1",
		  "UPDATE promo_redemption SET credit_e8 = credit_e8 - 1 "
		  "WHERE credit_e8 > 0 ORDER BY id LIMIT 1" },
		{ "discount.cycles", "UPDATE account_discount SET cycles_used = cycles_used + 1 "
		  "WHERE cycles_total = 0 ORDER BY id LIMIT 1",
		  "UPDATE account_discount SET cycles_used = cycles_used - 1 "
		  "WHERE cycles_total = 0 ORDER BY id LIMIT 1" },
		{ "discount.cycles", "UPDATE account_discount SET due_e8 = 1 ORDER BY id LIMIT 1",
		  "UPDATE account_discount SET due_e8 = NULL ORDER BY id LIMIT 1" },
		{ "invoice.usage", "UPDATE invoice SET discount_e8 = discount_e8 - 1, "
		  "surcharge_e8 = surcharge_e8 + 1 ORDER BY id LIMIT 1",
		  "UPDATE invoice SET discount_e8 = discount_e8 + 1, "
		  "surcharge_e8 = surcharge_e8 - 1 ORDER BY id LIMIT 1" },
		{ "invoice.numbers", "UPDATE invoice SET issued_at = issued_at + 1000000000 "
		  "WHERE kind = 'INVOICE' ORDER BY number_n LIMIT 1",
		  "UPDATE invoice SET issued_at = issued_at - 1000000000 "
		  "WHERE kind = 'INVOICE' ORDER BY number_n LIMIT 1" },
		{ "invoice.taxes", "UPDATE invoice_tax SET tax_minor = tax_minor + 1 "
		  "ORDER BY invoice_id DESC LIMIT 1",
		  "UPDATE invoice_tax SET tax_minor = tax_minor - 1 "
		  "ORDER BY invoice_id DESC LIMIT 1" },
		{ "invoice.taxes", "UPDATE invoice SET tax_ppm = tax_ppm + 1 ORDER BY id LIMIT 1",
		  "UPDATE invoice SET tax_ppm = tax_ppm - 1 ORDER BY id LIMIT 1" },
		{ "invoice.taxes", "INSERT INTO tax_rule (country, name, rate_ppm, valid_from, "
		  "valid_to) VALUES ('ZZ', 'A', 1, 0, 2), ('ZZ', 'A', 2, 1, 3)",
		  "DELETE FROM tax_rule WHERE country = 'ZZ'" },
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
	sql(&c, "INSERT INTO price (item, zone_id, offering_id, currency, unit_e8, from_hour, "
		"to_hour) SELECT 'PUBLIC_IP', 1, 0, code, 1, 0, 4000000000 FROM currency");
	ok(&c, settings_begin(&c, cache), "settings");
	set(&c, "currency.multi", "1");
	set(&c, "contract.type", "1");
	set(&c, "prepaid.hourly", "0");
	close_ctx(&c, &cache);
}

static void load_conf(void)
{
	char path[] = "/tmp/tollbridge-promo-XXXXXX";
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
	struct settings_cache *cache;
	struct ctx c;

	setvbuf(stdout, NULL, _IOLBF, 0);
	load_conf();
	install();
	for (int i = 1; i < argc; i++)
		run_file(argv[i]);
	open_ctx(&c, &cache);
	late(&c);
	generated(&c);
	refusals(&c);
	limits(&c);
	c.now = MAY_2027 + 600;
	race(&c, "ONCE", 1, false, 1, "20 at once for a code that works once");
	race(&c, "SEVEN", 7, false, 7, "20 at once for a code that works seven times");
	race(&c, "MINE", 0, true, 1, "20 at once by the same account");
	signups(&c);
#ifdef TB_FAILPOINTS
	halfway(&c);
#endif
	verify(&c);
	planted(&c);
	close_ctx(&c, &cache);
	conf_free(&conf);
	printf("1..%u\n", done);
	return failed > 0;
}
