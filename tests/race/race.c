/* Many at once, one winner: spenders of the last credit (of a prepaid balance in one
 * round, of a credit line in the next), two creations with credit for one (the other
 * way about), redemptions of a code that works once, deliveries of one payment. Round
 * after round, each with its own customers; at the end every invariant holds.
 * RACE_ROUNDS: how many (200). TB_DB_SOCKET names the server, see run.sh. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "account/account.h"
#include "base/clock.h"
#include "base/db.h"
#include "payment/payment.h"
#include "promo/promo.h"
#include "settings/settings.h"
#include "stmt.h"
#include "usage/usage.h"
#include "verify/verify.h"

#define SPENDERS 50
#define OTHERS 20
#define PAIR 2
#define MAY_2027 INT64_C(1809129600)	/* 2027-05-01 */
#define CREDIT "0.01"	/* one hour of the smallest instance, not two */

static struct conf conf;
static const struct settings *settings;
static unsigned done, failed;

static void say(bool good, const char *name)
{
	printf("%s %u - %s\n", good ? "ok" : "not ok", ++done, name);
	failed += good ? 0 : 1;
}

static void ok(struct ctx *c, enum errk k, const char *what)
{
	if (k == ERR_OK)
		return;
	printf("Bail out! %s: %s %s %s\n", what, errk_name(k), c->err.code,
	       c->err.detail ? c->err.detail : "");
	exit(1);
}

static void load_conf(void)
{
	char path[] = "/tmp/tollbridge-race-XXXXXX";
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

static void begin(struct ctx *c)
{
	c->wall = clock_wall();
	c->now = MAY_2027 + 600;
	c->actor = "test";
	c->set = settings;
}

static void open_ctx(struct ctx *c)
{
	ctx_init(c, 8 << 20);
	c->db = db_new(&conf);
	begin(c);
}

/* One round's facts, written before the gate opens. */
struct round {
	uint64_t account, two, other;	/* who spends, creates twice, redeems and is paid for */
	unsigned n;
	bool stop;
};

enum what { SPEND, CREATE, REDEEM, DEPOSIT, WHATS };

struct runner {
	pthread_t thread;
	pthread_barrier_t *gate;
	const struct round *round;
	enum what what;
	bool won, odd;
};

static enum errk attempt(struct ctx *c, const struct runner *r)
{
	const struct round *now = r->round;
	struct payment_out paid;
	struct promo_gain gain;
	uint64_t id;
	enum errk k;

	switch (r->what) {
	case SPEND:
	case CREATE:
		return instance_create(c, r->what == SPEND ? now->account : now->two,
				       &(struct instance_in){ .name = "last", .zone_id = 1,
							      .offering_id = 1 }, &id);
	case REDEEM:
		return promo_redeem(c, now->other, arena_fmt(c->mem, "ONCE%u", now->n), &gain);
	default:
		k = payment_apply(c, &(struct payment_in){
			.account_id = now->other, .gateway = "staff", .currency = "USD",
			.gateway_txn = arena_fmt(c->mem, "txn-%u", now->n), .amount_minor = 500,
			.received_at = MAY_2027, .note = "race" }, &paid);
		return k == ERR_OK && paid.duplicate ? ERR_CONFLICT : k;
	}
}

static void *run(void *arg)
{
	struct runner *r = arg;
	struct ctx c;

	open_ctx(&c);
	for (;;) {
		enum errk k;

		pthread_barrier_wait(r->gate);
		if (r->round->stop)
			break;
		k = attempt(&c, r);
		r->won = k == ERR_OK;
		r->odd = k != ERR_OK && k != ERR_CONFLICT && k != ERR_INVALID;
		if (r->odd)
			printf("# %s %s %s\n", errk_name(k), c.err.code, c.err.detail);
		ctx_reset(&c);
		begin(&c);
		pthread_barrier_wait(r->gate);
	}
	ctx_close(&c);
	return NULL;
}

static uint64_t customer(struct ctx *c, unsigned n, const char *kind, const char *line)
{
	struct account_created made;

	ok(c, account_create(c, &(struct account_in){
		.category = "INDIVIDUAL", .plan = line != NULL ? "FLEXIBLE" : "PREPAID",
		.credit_limit = line, .country = "US", .first_name = "Race", .last_name = kind,
		.email = arena_fmt(c->mem, "%s%u@example.com", kind, n),
		.by_staff = true }, &made), "a customer");
	return made.account_id;
}

static void prepare(struct ctx *c, struct round *now)
{
	uint64_t id;
	static const struct promo_amount ten = { "USD", "10.00" };
	bool line = now->n % 2 == 0;

	now->account = customer(c, now->n, "spender", line ? CREDIT : NULL);
	now->two = customer(c, now->n, "two", line ? NULL : CREDIT);
	now->other = customer(c, now->n, "other", NULL);
	ok(c, wallet_credit(c, line ? now->two : now->account, CREDIT, "race",
			    arena_fmt(c->mem, "race-credit-%010u", now->n)), "credit");
	ok(c, promo_create(c, &(struct promo_in){
		.code = arena_fmt(c->mem, "ONCE%u", now->n), .kind = "CREDIT", .type = "EXISTING",
		.amounts = &ten, .namounts = 1, .max_uses = 1, .label = "once",
		.per_account = 1 }, &id), "code");
}

static void rounds(struct ctx *c, unsigned many)
{
	static const char *const name[WHATS] = {
		"50 spend the last credit of a balance or a credit line: one instance each round",
		"2 create with credit for one: one instance each round",
		"20 redeem a code that works once: one each round",
		"20 deliver the same payment: booked once each round",
	};
	struct runner r[SPENDERS + PAIR + 2 * OTHERS] = { 0 };
	const size_t n = sizeof(r) / sizeof(r[0]);
	unsigned wrong[WHATS] = { 0 }, odd = 0;
	struct round now = { 0 };
	pthread_barrier_t gate;

	pthread_barrier_init(&gate, NULL, (unsigned)n + 1);
	for (size_t i = 0; i < n; i++) {
		r[i] = (struct runner){ .gate = &gate, .round = &now,
					.what = i < SPENDERS ? SPEND
						: i < SPENDERS + PAIR ? CREATE
						: i < SPENDERS + PAIR + OTHERS ? REDEEM
						: DEPOSIT };
		pthread_create(&r[i].thread, NULL, run, &r[i]);
	}
	for (now.n = 1; now.n <= many; now.n++) {
		unsigned won[WHATS] = { 0 };

		prepare(c, &now);
		ctx_reset(c);
		begin(c);
		pthread_barrier_wait(&gate);
		pthread_barrier_wait(&gate);
		for (size_t i = 0; i < n; i++) {
			won[r[i].what] += r[i].won;
			odd += r[i].odd;
		}
		for (size_t k = 0; k < WHATS; k++)
			if (won[k] != 1) {
				printf("# round %u: %u won\n", now.n, won[k]);
				wrong[k]++;
			}
	}
	now.stop = true;
	pthread_barrier_wait(&gate);
	for (size_t i = 0; i < n; i++)
		pthread_join(r[i].thread, NULL);
	pthread_barrier_destroy(&gate);
	for (size_t k = 0; k < WHATS; k++)
		say(wrong[k] == 0 && many > 0, name[k]);
	say(odd == 0, "and the others were told so, none met an error");
}

static void all_zero(struct ctx *c)
{
	struct invariant *list;
	bool good = true;

	ok(c, verify_all(c, &list), "verify");
	for (size_t i = 0; i < invariants_count; i++)
		if (list[i].value != 0) {
			printf("# %s: %llu\n", list[i].id, (unsigned long long)list[i].value);
			good = false;
		}
	say(good, "verify is all zero");
}

int main(void)
{
	const char *text = getenv("RACE_ROUNDS");
	unsigned many = text != NULL ? (unsigned)strtoul(text, NULL, 10) : 200;
	struct settings_cache *cache;
	struct ctx c;

	setvbuf(stdout, NULL, _IOLBF, 0);
	load_conf();
	open_ctx(&c);
	cache = settings_cache_new();
	ok(&c, settings_begin(&c, cache), "settings");
	settings = c.set;
	c.now = MAY_2027 + 600;
	rounds(&c, many);
	all_zero(&c);
	settings_cache_free(&cache);
	ctx_close(&c);
	conf_free(&conf);
	printf("1..%u\n", done);
	return failed > 0;
}
