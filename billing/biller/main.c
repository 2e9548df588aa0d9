/* tollbridge-biller: rates usage hour by hour, posts it, issues invoices at
 * cycle end. Several may run; one holds the lease. Everything it does is
 * idempotent by watermarks and unique keys: it may be killed anywhere. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#include "account/session.h"
#include "base/boot.h"
#include "base/clock.h"
#include "base/db.h"
#include "base/lease.h"
#include "base/log.h"
#include "biller/run.h"
#include "config.h"
#include "settings/settings.h"
#include "stmt.h"
#include "verify/verify.h"

#define PAUSE_MS 1000
#define GAUGES_MS 300		/* of a round: bills come first */
#define MARKS_KEPT_S (7 * 86400)
#define KEYS_KEPT_S (90 * 86400)

static const char usage[] =
	"usage: tollbridge-biller [--config FILE] [--once]\n"
	"\n"
	"Rates usage, posts it to the ledger and issues invoices at cycle end.\n"
	"\n"
	"  --config FILE  boot configuration (default " TB_CONF_PATH ")\n"
	"  --once         do everything that is due, then exit\n"
	"  --help, --version\n";

struct biller {
	struct boot boot;
	struct settings_cache *cache;
	struct lease lease;
	const char *holder;
	int64_t started_at, beat_at;
	uint64_t rounds;
};

static enum errk housekeeping(struct biller *b, const struct bill_stats *st)
{
	struct ctx *c = &b->boot.ctx;
	size_t counted;
	uint64_t n;

	/* only with nothing else to do: it waits for nobody */
	if (st->chunks == 0)
		TRY(gauges_count(c, GAUGES_MS, &counted));
	if (c->wall - b->beat_at < 5 && st->invoices == 0)
		return ERR_OK;
	b->beat_at = c->wall;
	TRY(session_housekeeping(c));
	TRY(q_idempotency_purge(c, c->wall - KEYS_KEPT_S, &n));
	TRY(q_commit_mark_purge(c, c->wall - MARKS_KEPT_S, 10000, &n));
	return boot_heartbeat(c, "biller", b->started_at, b->rounds, clock_iso(c->mem, c->now));
}

/* One round: BUSY "lease.held" when another biller is at work. */
static enum errk round_once(struct biller *b, struct bill_stats *st)
{
	struct ctx *c = &b->boot.ctx;

	memset(st, 0, sizeof *st);
	TRY(lease_take(c, "biller", b->holder, BILL_LEASE_S, &b->lease));
	TRY(settings_begin(c, b->cache));
	TRY(bill_run(c, &b->lease, st));
	b->rounds++;
	return housekeeping(b, st);
}

static void report(const struct bill_stats *st, struct ctx *c)
{
	if (st->chunks == 0 && st->invoices == 0)
		return;
	log_event(LOG_LVL_INFO, "billed", "charges",
		  arena_fmt(c->mem, "%llu", (unsigned long long)st->charges), "invoices",
		  arena_fmt(c->mem, "%llu", (unsigned long long)st->invoices), "adjusted",
		  arena_fmt(c->mem, "%llu", (unsigned long long)st->adjusted), "clock",
		  clock_iso(c->mem, c->now), NULL);
}

static int loop(struct biller *b, bool once)
{
	struct ctx *c = &b->boot.ctx;
	unsigned pause_ms = PAUSE_MS;

	sd_notify(0, "READY=1");
	while (!boot_stop_asked()) {
		struct bill_stats st;
		enum errk k;

		ctx_reset(c);
		c->actor = "biller";
		k = round_once(b, &st);
		if (k == ERR_OK)
			report(&st, c);
		else if (strcmp(c->err.code, "lease.held") != 0)
			log_failure(c, LOG_LVL_ERROR, "round");
		if (once)
			return k == ERR_OK ? EXIT_SUCCESS : EXIT_FAILURE;
		sd_notify(0, "WATCHDOG=1");
		/* A failing database is asked less and less often. */
		pause_ms = k == ERR_OK ? PAUSE_MS : pause_ms < 10000 ? pause_ms * 2 : 10000;
		boot_nap_ms(pause_ms);
	}
	ctx_reset(c);
	if (b->lease.fence != 0 && lease_drop(c, &b->lease) != ERR_OK)
		log_failure(c, LOG_LVL_WARN, "lease not returned");
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' }, { "once", no_argument, NULL, 'o' },
		{ "help", no_argument, NULL, 'h' }, { "version", no_argument, NULL, 'v' },
		{ 0 }
	};
	static struct biller b;
	const char *conf = NULL;
	bool once = false;
	char holder[128];
	int opt, rc;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1)
		switch (opt) {
		case 'c':
			conf = optarg;
			break;
		case 'o':
			once = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return EXIT_SUCCESS;
		case 'v':
			puts("tollbridge-biller " PACKAGE_VERSION);
			return EXIT_SUCCESS;
		default:
			fputs(usage, stderr);
			return 2;
		}
	if (optind < argc) {
		fputs(usage, stderr);
		return 2;
	}
	boot_catch_stop();
	if (!boot_start(&b.boot, "tollbridge-biller", conf, "biller", 8 << 20))
		return EXIT_FAILURE;
	snprintf(holder, sizeof holder, "%s", boot_holder(b.boot.ctx.mem));
	b.holder = holder;
	b.started_at = b.boot.ctx.wall;
	b.cache = settings_cache_new();
	rc = loop(&b, once);
	settings_cache_free(&b.cache);
	boot_end(&b.boot);
	return rc;
}
