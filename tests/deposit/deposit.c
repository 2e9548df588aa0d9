/* Sign-up deposits against a real server: deposits.txt line by line, then races, kills
 * between two writes, and invariants that must see planted faults. TB_DB_SOCKET names the
 * server, see run.sh. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/db.h"
#include "base/failpoint.h"
#include "base/migrate.h"
#include "biller/run.h"
#include "deposit/deposit.h"
#include "payment/payment.h"
#include "settings/settings.h"
#include "stmt.h"
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

static void set(struct ctx *c, struct settings_cache *cache, const char *key, const char *value)
{
	struct setting_changed out;

	ok(c, settings_change(c, &(struct setting_change){ .key = key, .value = value,
		.version = UINT64_MAX, .reason = "test" }, &out), key);
	ok(c, settings_begin(c, cache), "settings");
	c->now = MAY_2027 + 600;
}

/* ---- deposits.txt ---- */

struct line {
	struct ctx *c;
	struct settings_cache *cache;
	char *word[WORDS_MAX];
	size_t n, at;
	uint64_t account, deposit;
	const char *in;			/* the last amount told */
	unsigned told;
	struct str refused;
};

static const char *next(struct line *l)
{
	if (l->at >= l->n) {
		printf("Bail out! a word is missing after %s\n", l->word[l->n - 1]);
		exit(1);
	}
	return l->word[l->at++];
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


/* Who signs up agrees to the words that the offer has then; "-": staff made him. */
static void sign_up(struct line *l, const char *currency, const char *amount)
{
	static unsigned n;
	struct ctx *c = l->c;
	struct account_in in = {
		.category = "INDIVIDUAL", .email = arena_fmt(c->mem, "d%u@example.com", ++n),
		.first_name = "Ada", .last_name = "Byron", .country = "IE", .currency = currency,
		.plan = "PREPAID", .plan_confirmed = true };
	struct account_created made;
	struct deposit_promise offer;
	struct promo_gain gain;

	if (strcmp(amount, "-") == 0) {
		in.by_staff = true;
		ok(c, account_create(c, &in, &made), "account");
	} else {
		ok(c, deposit_offer(c, currency, &offer), "offer");
		ok(c, deposit_signup(c, &in, NULL, deposit_words(c->mem, &offer), &made, &gain),
		   "sign-up");
	}
	l->account = made.account_id;
}

/* CURRENCY DEPOSIT PROMISE [tax PERCENT] : */
static void promise(struct line *l)
{
	struct ctx *c = l->c;
	const char *currency = next(l), *amount = next(l), *tax = NULL, *w;
	const char *kind = "FULL", *rest = "WALLET";
	bool refund = true;

	set(c, l->cache, "signup.payment", "1");
	if (strcmp(amount, "-") != 0)
		set(c, l->cache, "signup.deposit",
		    arena_fmt(c->mem, "%s %s", currency, amount));
	for (w = next(l); strcmp(w, ":") != 0; w = next(l)) {
		if (strcmp(w, "tax") == 0) {
			tax = next(l);
		} else if (strcmp(w, "PERCENT") == 0) {
			kind = w;
			set(c, l->cache, "signup.refund_percent", next(l));
		} else if (strcmp(w, "FIXED") == 0) {
			kind = "FIXED_FEE";
			set(c, l->cache, "signup.refund_fee",
			    arena_fmt(c->mem, "%s %s", currency, next(l)));
		} else if (strcmp(w, "NONE") == 0) {
			refund = false;
		} else if (strcmp(w, "FULL") != 0) {
			rest = w;
		}
	}
	set(c, l->cache, "signup.verification_refund", refund ? "1" : "0");
	set(c, l->cache, "signup.refund_kind", kind);
	set(c, l->cache, "signup.remainder", rest);
	taxes(c, tax);
	sign_up(l, currency, amount);
}

static void refused(struct line *l, enum errk k)
{
	struct ctx *c = l->c;

	if (k == ERR_OK)
		return;
	if (k == ERR_INVALID && c->err.nfields == 1)
		str_addf(&l->refused, "!%s ", c->err.fields[0].name);
	else
		str_addf(&l->refused, "!%s ", c->err.code);
	err_clear(c);
}

static enum errk told(struct line *l)
{
	struct deposit_out out;
	enum errk k = deposit_receive(l->c, &(struct deposit_in){ .account_id = l->account,
		.amount = l->in, .gateway = "bank", .gateway_txn = arena_fmt(l->c->mem, "%llu-%u",
			(unsigned long long)l->account, l->told) }, &out);

	if (k == ERR_OK)
		l->deposit = out.id;
	return k;
}

/* The nth deposit of the account. */
static uint64_t nth(struct line *l, const char *which)
{
	struct deposit_list_row *rows;
	size_t n;

	ok(l->c, q_deposit_list(l->c, l->account, &rows, &n), "deposits");
	return rows[n - (size_t)(which[0] - '0')].id;
}

static void set_word(struct line *l, const char *pair)
{
	char *key = arena_dup(l->c->mem, pair), *value = strchr(key, '='), *blank;

	*value++ = '\0';
	blank = strchr(value, '_');
	if (blank == value + 3)
		*blank = ' ';
	set(l->c, l->cache, key, value);
}

static enum errk step(struct line *l, const char *w)
{
	struct ctx *c = l->c;
	bool changed;

	if (strcmp(w, "in") == 0) {
		l->in = next(l);
		l->told++;
		return told(l);
	}
	if (strcmp(w, "again") == 0)
		return told(l);
	if (strcmp(w, "verify") == 0 || strcmp(w, "unverify") == 0)
		return deposit_verify(c, l->account, w[0] == 'v', "seen", &changed);
	if (strcmp(w, "payout") == 0)
		return deposit_payout(c, l->account, l->deposit, "transfer 7");
	if (strcmp(w, "wallet") == 0)
		return deposit_release(c, l->account, l->deposit, "WALLET", "as asked");
	if (strcmp(w, "fee") == 0)
		return deposit_release(c, l->account, l->deposit, "FEE", "terms");
	if (strcmp(w, "back") == 0)
		return deposit_chargeback(c, l->account, l->deposit, "the bank says so");
	if (strcmp(w, "on") == 0)
		l->deposit = nth(l, next(l));
	else if (strcmp(w, "set") == 0)
		set_word(l, next(l));
	else
		return fail(c, ERR_INTERNAL, "internal", "no step %s", w);
	return ERR_OK;
}

static void one_out(struct line *l, struct str *s, const struct deposit_list_row *d)
{
	const struct currency *cur = currency_find(d->currency);
	struct arena *mem = l->c->mem;
	struct invoice_get_row inv;

	str_addf(s, "%s %s/%s/%s ", d->status, money_text(mem, d->refund_minor, cur),
		 money_text(mem, d->wallet_minor, cur), money_text(mem, d->fee_minor, cur));
	if (d->fee_invoice_id_null)
		return;
	ok(l->c, q_invoice_get(l->c, l->account, d->fee_invoice_id, &inv), "the fee's invoice");
	str_addf(s, "(%s+%s) ", money_text(mem, inv.subtotal_minor, cur),
		 money_text(mem, inv.tax_minor, cur));
}

static const char *result(struct line *l)
{
	struct ctx *c = l->c;
	struct deposit_list_row *rows;
	struct reasons_now_row *why;
	struct deposit_owed_row owed;
	struct account_get_row a;
	struct wallet_view_row w;
	const struct currency *cur;
	struct str s;
	size_t n;

	str_init(&s, c->mem, 4000);
	str_add(&s, l->refused.s);
	ok(c, q_deposit_list(c, l->account, &rows, &n), "deposits");
	while (n-- > 0)
		one_out(l, &s, &rows[n]);
	ok(c, q_account_get(c, l->account, &a), "account");
	cur = currency_find(a.currency);
	ok(c, q_deposit_owed(c, l->account, a.currency, &owed), "owed");
	ok(c, q_wallet_view(c, l->account, &w), "wallet");
	ok(c, q_reasons_now(c, l->account, &why, &n), "reasons");
	str_addf(&s, "owed %s balance %s %s",
		 money_text(c->mem, amount_to_minor(owed.owed_e8, cur), cur),
		 money_text(c->mem, amount_to_minor(w.balance_e8, cur), cur),
		 n == 1 && strcmp(why[0].reason, "PAYMENT_PENDING") == 0 &&
		 strcmp(a.status, "SUSPENDED") == 0 ? "PENDING" : a.status);
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
		l.cache = cache;
		str_init(&l.refused, c.mem, 1000);
		promise(&l);
		while (l.at < l.n)
			refused(&l, step(&l, next(&l)));
		got = result(&l);
		say(strcmp(got, want) == 0, name, got);
		close_ctx(&c, &cache);
	}
	fclose(f);
}

/* ---- what was shown is what holds ---- */

static void words(struct ctx *c)
{
	static const struct { struct deposit_promise p; const char *want; } rows[] = {
		{ { NULL, 1000, true, "FULL", 0, 0, "WALLET" }, "Your sign-up payment of 10.00 USD "
		  "is refunded in full once your account is verified." },
		{ { NULL, 1000, true, "PERCENT", 800000, 0, "WALLET" }, "Of your sign-up payment "
		  "of 10.00 USD, 8.00 USD is refunded once your account is verified. The rest, "
		  "2.00 USD, is added to your balance." },
		{ { NULL, 1000, true, "FIXED_FEE", 0, 150, "FEE" }, "Of your sign-up payment of "
		  "10.00 USD, 8.50 USD is refunded once your account is verified. The rest, "
		  "1.50 USD, is a fee, taxes included." },
		{ { NULL, 1000, false, "FULL", 0, 0, "FEE" }, "Your sign-up payment of 10.00 USD "
		  "is not refunded: it is a fee, taxes included, once your account is verified." },
		{ { NULL, 1000, false, "FULL", 0, 0, "WALLET" }, "Your sign-up payment of 10.00 "
		  "USD is not refunded: it is added to your balance once your account is "
		  "verified." },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct deposit_promise p = rows[i].p;
		const char *got;

		p.cur = currency_find("USD");
		got = deposit_words(c->mem, &p);
		say(strcmp(got, rows[i].want) == 0, rows[i].want, got);
	}
}

static void shown(struct ctx *c, struct settings_cache *cache)
{
	struct account_in in = {
		.category = "INDIVIDUAL", .email = "shown@example.com", .first_name = "Eve",
		.last_name = "New", .country = "IE", .currency = "USD", .plan = "PREPAID",
		.plan_confirmed = true };
	struct deposit_promise offer;
	struct account_created made;
	struct promise_get_row row;
	struct promo_gain gain;
	const char *old;
	enum errk k;

	set(c, cache, "signup.payment", "1");
	set(c, cache, "signup.deposit", "USD 10.00");
	set(c, cache, "signup.verification_refund", "1");
	set(c, cache, "signup.refund_kind", "FULL");
	ok(c, deposit_offer(c, "USD", &offer), "offer");
	old = deposit_words(c->mem, &offer);
	set(c, cache, "signup.verification_refund", "0");
	set(c, cache, "signup.remainder", "WALLET");
	k = deposit_signup(c, &in, NULL, old, &made, &gain);
	say(k == ERR_INVALID && strcmp(c->err.fields[0].name, "promise") == 0,
	    "terms that changed since they were shown", errk_name(k));
	err_clear(c);
	ok(c, deposit_offer(c, "USD", &offer), "offer");
	ok(c, deposit_signup(c, &in, NULL, deposit_words(c->mem, &offer), &made, &gain), "sign-up");
	ok(c, q_promise_get(c, made.account_id, &row), "promise");
	say(strcmp(row.words, "Your sign-up payment of 10.00 USD is not refunded: it is added to "
		   "your balance once your account is verified.") == 0 && !row.refund &&
	    row.required_minor == 1000, "what was agreed to is kept, in words and as rules",
	    row.words);
	in.currency = "EUR";
	k = deposit_signup(c, &in, NULL, "anything", &made, &gain);
	say(k == ERR_FORBIDDEN && strcmp(c->err.code, "signup.payment") == 0,
	    "no deposit in a currency: nobody signs up in it", errk_name(k));
	err_clear(c);
	set(c, cache, "signup.payment_text", "");
	in.currency = "USD";
	k = deposit_signup(c, &in, NULL, deposit_words(c->mem, &offer), &made, &gain);
	say(k == ERR_FORBIDDEN, "no way to pay it: nobody signs up", errk_name(k));
	err_clear(c);
	set(c, cache, "signup.payment_text", "By bank transfer.");
}

/* ---- one payment is one thing ---- */

static uint64_t customer(struct ctx *c, struct settings_cache *cache)
{
	struct line l = { .c = c, .cache = cache };

	sign_up(&l, "USD", "-");
	return l.account;
}

static void mixed(struct ctx *c, struct settings_cache *cache)
{
	uint64_t a = customer(c, cache), b = customer(c, cache);
	struct deposit_in in = { a, "10.00", "bank", "mixed-1" };
	struct payment_in paid = { .account_id = a, .gateway = "bank", .gateway_txn = "mixed-2",
				   .amount_minor = 1000, .currency = "USD", .received_at = c->now,
				   .note = "test" };
	struct payment_out pout;
	struct deposit_out out;
	enum errk k;

	ok(c, deposit_receive(c, &in, &out), "deposit");
	in.amount = "10.01";
	k = deposit_receive(c, &in, &out);
	say(k == ERR_CONFLICT && strcmp(c->err.code, "deposit.mismatch") == 0,
	    "told again with another amount", errk_name(k));
	err_clear(c);
	in = (struct deposit_in){ b, "10.00", "bank", "mixed-1" };
	k = deposit_receive(c, &in, &out);
	say(k == ERR_CONFLICT && strcmp(c->err.code, "deposit.mismatch") == 0,
	    "told again for another client", errk_name(k));
	err_clear(c);
	ok(c, payment_apply(c, &paid, &pout), "payment");
	in = (struct deposit_in){ a, "10.00", "bank", "mixed-2" };
	k = deposit_receive(c, &in, &out);
	say(k == ERR_CONFLICT && strcmp(c->err.code, "deposit.payment") == 0,
	    "a payment is no deposit besides", errk_name(k));
	err_clear(c);
	paid.gateway_txn = "mixed-1";
	k = payment_apply(c, &paid, &pout);
	say(k == ERR_CONFLICT && strcmp(c->err.code, "payment.deposit") == 0,
	    "a deposit is no payment besides", errk_name(k));
	err_clear(c);
	k = deposit_payout(c, b, out.id, "not his");
	say(k == ERR_NOT_FOUND, "the deposit of somebody else", errk_name(k));
	err_clear(c);
}

/* The fee's document among those of the cycles: numbers, dates and the month's own invoice. */
static void cycles(struct ctx *c, struct settings_cache *cache)
{
	uint64_t a = customer(c, cache);
	struct bill_stats st = { 0 };
	struct deposit_out out;
	struct invoice_newest_row *inv;
	size_t n;

	taxes(c, "20");
	ok(c, deposit_receive(c, &(struct deposit_in){ a, "6.00", "bank", "cycle" }, &out), "in");
	ok(c, deposit_release(c, a, out.id, "FEE", "terms"), "fee");
	c->now = clock_month_start(MAY_2027, 1) + 600;
	ok(c, bill_run(c, NULL, &st), "bill run");
	c->now = MAY_2027 + 600;
	ok(c, q_invoice_newest(c, a, UINT64_MAX, 9, &inv, &n), "invoices");
	say(n == 1 && inv->total_minor == 600 && strcmp(inv->status, "PAID") == 0 &&
	    inv->period_from_hour == inv->period_to_hour,
	    "a month later the fee's document is as it was, and the only one",
	    arena_fmt(c->mem, "%zu", n));
	taxes(c, NULL);
}

/* ---- races ---- */

#define RUNNERS 20

struct runner {
	pthread_t thread;
	pthread_barrier_t *gate;
	const struct settings *set;	/* one snapshot per process */
	enum errk (*act)(struct ctx *c, struct runner *r);
	uint64_t account, deposit;
	unsigned no, ways;
	bool won, odd;
};

static void *race_one(void *arg)
{
	struct runner *r = arg;
	struct ctx c;
	enum errk k;

	ctx_init(&c, 1 << 20);
	c.db = db_new(&conf);
	c.wall = c.now = MAY_2027 + 600;
	c.actor = "test";
	c.set = r->set;
	pthread_barrier_wait(r->gate);
	k = r->act(&c, r);
	r->odd = k != ERR_OK && strcmp(c.err.code, "deposit.state") != 0;
	if (r->odd)
		printf("# %s %s\n", errk_name(k), c.err.detail);
	ctx_close(&c);
	return NULL;
}

static enum errk act_receive(struct ctx *c, struct runner *r)
{
	struct deposit_out out;
	enum errk k = deposit_receive(c, &(struct deposit_in){ r->account, "10.00", "bank",
		arena_fmt(c->mem, "race-%llu", (unsigned long long)r->account) }, &out);

	r->won = k == ERR_OK && !out.duplicate;
	return k;
}

static enum errk act_verify(struct ctx *c, struct runner *r)
{
	return deposit_verify(c, r->account, true, "seen", &r->won);
}

/* All that could be done with a refund, at once: one of them is. */
static enum errk act_any(struct ctx *c, struct runner *r)
{
	enum errk k = r->no % r->ways == 0
		? deposit_payout(c, r->account, r->deposit, "transfer 9")
		: deposit_release(c, r->account, r->deposit, "WALLET", "as asked");

	r->won = k == ERR_OK;
	return k;
}

static void race(struct ctx *c, uint64_t account, uint64_t deposit, unsigned ways,
		 enum errk (*act)(struct ctx *, struct runner *), const char *name)
{
	struct runner r[RUNNERS] = { 0 };
	pthread_barrier_t gate;
	unsigned won = 0, odd = 0;

	pthread_barrier_init(&gate, NULL, RUNNERS);
	for (unsigned i = 0; i < RUNNERS; i++) {
		r[i] = (struct runner){ .gate = &gate, .set = c->set, .act = act, .no = i,
					.ways = ways, .account = account, .deposit = deposit };
		pthread_create(&r[i].thread, NULL, race_one, &r[i]);
	}
	for (size_t i = 0; i < RUNNERS; i++) {
		pthread_join(r[i].thread, NULL);
		won += r[i].won;
		odd += r[i].odd;
	}
	pthread_barrier_destroy(&gate);
	say(won == 1 && odd == 0, name, arena_fmt(c->mem, "%u won, %u odd", won, odd));
}

static void races(struct ctx *c, struct settings_cache *cache)
{
	struct line l = { .c = c, .cache = cache };
	struct deposit_list_row *rows;
	const char *got;
	size_t n;

	set(c, cache, "signup.deposit", "USD 10.00");
	set(c, cache, "signup.verification_refund", "1");
	set(c, cache, "signup.refund_kind", "PERCENT");
	set(c, cache, "signup.refund_percent", "80");
	set(c, cache, "signup.remainder", "FEE");
	for (int i = 0; i < 2; i++) {
		sign_up(&l, "USD", "10.00");
		race(c, l.account, 0, 1, act_receive, "20 tell of one payment: one deposit");
		race(c, l.account, 0, 1, act_verify, "20 verifications at once: one counts");
		ok(c, q_deposit_list(c, l.account, &rows, &n), "deposits");
		race(c, l.account, rows[0].id, i == 0 ? 1 : 2, act_any,
		     i == 0 ? "20 payouts at once: one is recorded"
			    : "payouts and releases at once: one of them");
		str_init(&l.refused, c->mem, 1000);
		got = result(&l);
		say(strcmp(got, "REFUNDED 8.00/0.00/2.00 (2.00+0.00) owed 0.00 balance 0.00 ACTIVE")
			    == 0 ||
		    (i == 1 && strcmp(got, "APPLIED 0.00/8.00/2.00 (2.00+0.00) owed 0.00 balance "
					   "8.00 ACTIVE") == 0),
		    "and the money is where it was promised", got);
	}
}

#ifdef TB_FAILPOINTS
/* Stopped between any two writes: nothing happened; done again: all of it, once. */
static void halfway(struct ctx *c, struct settings_cache *cache)
{
	static const char *const points[] = {
		"deposit.received", "deposit.verified", "deposit.decided",
	};
	struct line l = { .c = c, .cache = cache };
	struct deposit_out out;
	bool changed;

	for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
		struct deposit_in in = { 0, "10.00", "bank", points[i] };
		const char *want = i == 0 ? "owed 0.00 balance 0.00 PENDING"
			: "HELD 0.00/0.00/0.00 owed 10.00 balance 0.00 ACTIVE";
		const char *got;
		enum errk k;

		sign_up(&l, "USD", "10.00");
		in.account_id = l.account;
		if (i > 0)
			ok(c, deposit_receive(c, &in, &out), "deposit");
		failpoint_reset();
		setenv("FAILPOINT", arena_fmt(c->mem, "%s:error", points[i]), 1);
		k = i == 0 ? deposit_receive(c, &in, &out)
			   : deposit_verify(c, l.account, true, "seen", &changed);
		unsetenv("FAILPOINT");
		failpoint_reset();
		err_clear(c);
		str_init(&l.refused, c->mem, 1000);
		got = result(&l);
		say(k == ERR_INTERNAL && strcmp(got, want) == 0, points[i], got);
		if (i == 0)
			ok(c, deposit_receive(c, &in, &out), "once more");
		ok(c, deposit_verify(c, l.account, true, "seen", &changed), "once more");
		got = result(&l);
		say(strcmp(got, "REFUNDING 8.00/0.00/2.00 (2.00+0.00) owed 8.00 balance 0.00 "
			   "ACTIVE") == 0, "and once more, whole", got);
	}
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
		{ "deposit.held", "UPDATE signup_deposit SET amount_minor = amount_minor + 1 "
		  "WHERE status = 'HELD' ORDER BY id LIMIT 1",
		  "UPDATE signup_deposit SET amount_minor = amount_minor - 1 "
		  "WHERE status = 'HELD' ORDER BY id LIMIT 1" },
		{ "deposit.held", "UPDATE signup_deposit SET status = 'APPLIED' "
		  "WHERE status = 'REFUNDING' ORDER BY id LIMIT 1",
		  "UPDATE signup_deposit SET status = 'REFUNDING' WHERE status = 'APPLIED' AND "
		  "refund_minor > 0 ORDER BY id LIMIT 1" },
		/* twice in the ledger, under another key */
		{ "deposit.refunded", "INSERT INTO ledger_txn (id, account_id, reason, ref_id, "
		  "currency, at, actor, note) SELECT UNHEX(LEFT(SHA2('twice', 256), 32)), "
		  "t.account_id, t.reason, t.ref_id, t.currency, t.at, t.actor, 'twice' FROM "
		  "ledger_txn t WHERE t.reason = 'DEPOSIT_REFUND' ORDER BY t.seq LIMIT 1; "
		  "INSERT INTO ledger_entry (txn_id, ledger_account_id, amount_e8, currency, at) "
		  "SELECT UNHEX(LEFT(SHA2('twice', 256), 32)), e.ledger_account_id, e.amount_e8, "
		  "e.currency, e.at FROM ledger_entry e WHERE e.txn_id = (SELECT t.id FROM "
		  "ledger_txn t WHERE t.reason = 'DEPOSIT_REFUND' ORDER BY t.seq LIMIT 1)",
		  "DELETE FROM ledger_entry WHERE txn_id = UNHEX(LEFT(SHA2('twice', 256), 32)); "
		  "DELETE FROM ledger_txn WHERE id = UNHEX(LEFT(SHA2('twice', 256), 32))" },
		{ "deposit.refunded", "UPDATE signup_deposit SET refund_minor = refund_minor - 1, "
		  "wallet_minor = wallet_minor + 1 WHERE status = 'REFUNDED' ORDER BY id LIMIT 1",
		  "UPDATE signup_deposit SET refund_minor = refund_minor + 1, "
		  "wallet_minor = wallet_minor - 1 WHERE status = 'REFUNDED' ORDER BY id LIMIT 1" },
		{ "deposit.refunded", "UPDATE signup_deposit SET status = 'REFUNDED', "
		  "payout_reference = 'planted' WHERE status = 'REFUNDING' ORDER BY id LIMIT 1",
		  "UPDATE signup_deposit SET status = 'REFUNDING', payout_reference = '' "
		  "WHERE payout_reference = 'planted'" },
		{ "deposit.settled", "UPDATE signup_deposit SET wallet_minor = wallet_minor - 1 "
		  "WHERE status = 'APPLIED' AND wallet_minor > 0 ORDER BY id LIMIT 1",
		  "UPDATE signup_deposit SET wallet_minor = wallet_minor + 1 "
		  "WHERE status = 'APPLIED' AND wallet_minor + refund_minor + fee_minor < "
		  "amount_minor ORDER BY id LIMIT 1" },
		{ "deposit.settled", "UPDATE signup_deposit SET fee_minor = fee_minor - 1, "
		  "wallet_minor = wallet_minor + 1 WHERE fee_minor > 0 ORDER BY id LIMIT 1",
		  "UPDATE signup_deposit SET fee_minor = fee_minor + 1, "
		  "wallet_minor = wallet_minor - 1 WHERE fee_minor > 0 ORDER BY id LIMIT 1" },
		{ "deposit.settled", "UPDATE signup_deposit SET back_minor = back_minor + 1 "
		  "WHERE status = 'CHARGED_BACK' ORDER BY id LIMIT 1",
		  "UPDATE signup_deposit SET back_minor = back_minor - 1 "
		  "WHERE status = 'CHARGED_BACK' ORDER BY id LIMIT 1" },
		{ "deposit.settled", "INSERT INTO account_verification (account_id, verified, "
		  "note, at, actor) SELECT account_id, 1, 'planted', 0, '' FROM signup_deposit "
		  "WHERE status = 'HELD' ORDER BY id LIMIT 1",
		  "DELETE FROM account_verification WHERE note = 'planted'" },
		/* documents without a period bill no usage, and their fee is no contract's */
		{ "invoice.usage", "UPDATE invoice SET fee_e8 = fee_e8 - 1 "
		  "WHERE period_to_hour = period_from_hour AND kind = 'INVOICE' "
		  "ORDER BY id LIMIT 1",
		  "UPDATE invoice SET fee_e8 = fee_e8 + 1 WHERE period_to_hour = period_from_hour "
		  "AND kind = 'INVOICE' ORDER BY id LIMIT 1" },
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
	set(&c, cache, "currency.multi", "1");
	close_ctx(&c, &cache);
}

static void load_conf(void)
{
	char path[] = "/tmp/tollbridge-deposit-XXXXXX";
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
	words(&c);
	shown(&c, cache);
	mixed(&c, cache);
	cycles(&c, cache);
	races(&c, cache);
#ifdef TB_FAILPOINTS
	halfway(&c, cache);
#endif
	verify(&c);
	planted(&c);
	close_ctx(&c, &cache);
	conf_free(&conf);
	printf("1..%u\n", done);
	return failed > 0;
}
