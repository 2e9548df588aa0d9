/* tollbridge-bridge: takes jobs from the outbox to WHMCS and brings payments
 * back, and sends mails. With WHMCS billing off that queue waits, and it says so.
 * Everything it does is journalled before and looked up after: it may be killed
 * anywhere, and several may run. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#include "base/boot.h"
#include "base/clock.h"
#include "base/db.h"
#include "base/lease.h"
#include "base/log.h"
#include "base/random.h"
#include "check.h"
#include "config.h"
#include "mail/send.h"
#include "settings/settings.h"
#include "stmt.h"
#include "sync/clients.h"
#include "sync/payments.h"
#include "whmcs/objects.h"

#define ARENA_BYTES (32 << 20)	/* an answer of 8 MiB and what is made of it */
#define PAUSE_MS 500
#define UNKNOWN_WAIT_S 5	/* before looking up a write: it may still be at work there */

static const char usage[] =
	"usage: tollbridge-bridge [--config FILE] [--once | --check [--json]]\n"
	"\n"
	"Carries clients and invoices to WHMCS and payments back.\n"
	"\n"
	"  --config FILE  boot configuration (default " TB_CONF_PATH ")\n"
	"  --once         do everything that is due, then exit\n"
	"  --check        probe the connection to WHMCS and say the remedy; exit 1 on failure\n"
	"  --json         with --check: one JSON object\n"
	"  --help, --version\n";

static const struct kind {
	const char *name;
	enum errk (*run)(struct whmcs *w, uint64_t ref_id);
	int64_t first_s, longest_s;
	uint32_t attempts;
} kinds[] = {
#define JOB(name, fn, first, longest, attempts) { name, fn, first, longest, attempts },
#include "jobs.def"
#undef JOB
};

struct bridge {
	struct boot boot;
	struct settings_cache *cache;
	struct whmcs w;
	struct mailer m;
	struct lease poll_lease;
	char holder[128];
	int64_t started_at, polled_at, beat_at, asked_version_at;
	uint64_t done;
	bool once;
};

static const struct kind *kind_find(const char *name)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

/* Full jitter: somewhere up to a delay that doubles with each attempt. */
static int64_t delay_of(const struct kind *kind, uint32_t attempts)
{
	int64_t d = kind->first_s;

	for (uint32_t i = 1; i < attempts && d < kind->longest_s; i++)
		d *= 2;
	d = d < kind->longest_s ? d : kind->longest_s;
	return 1 + (int64_t)random_below((uint64_t)d);
}

/* What becomes of a job that failed. */
static enum errk job_failed(struct bridge *b, const struct kind *kind, const struct job *j)
{
	struct ctx *c = &b->boot.ctx;
	struct err_record why = c->err;
	const char *detail = why.detail != NULL ? why.detail : why.code;

	if (strcmp(why.code, "job.lost") == 0)
		return ERR_OK;		/* another holder goes on with it */
	log_failure(c, LOG_LVL_WARN, kind->name);
	if (strcmp(why.code, "whmcs.park") == 0 || strcmp(why.code, "whmcs.refused") == 0 ||
	    strcmp(why.code, "whmcs.breach") == 0 || why.kind == ERR_NOT_FOUND)
		return job_park(c, j, detail);
	if (why.kind == ERR_UNCERTAIN)
		return job_later(c, j, UNKNOWN_WAIT_S, detail);
	/* While the other side is down or refuses us nothing is this job's fault. */
	if (why.kind != ERR_UPSTREAM && why.kind != ERR_FORBIDDEN && why.kind != ERR_BUSY &&
	    j->attempts >= kind->attempts)
		return job_park(c, j, detail);
	return job_later(c, j, delay_of(kind, j->attempts < 8 ? j->attempts : 8), detail);
}

/* NOT_FOUND "job.none" when nothing is due. */
static enum errk job_run(struct bridge *b)
{
	struct ctx *c = &b->boot.ctx;
	const struct kind *kind;
	struct job j;
	enum errk k;

	TRY(job_claim(c, b->holder, b->boot.conf.whmcs_timeout_s + 10, &j));
	kind = kind_find(j.kind);
	if (kind == NULL)
		return job_park(c, &j, "unknown kind of job");
	b->w.job = &j;
	k = kind->run(&b->w, j.ref_id);
	b->w.job = NULL;
	b->done++;
	if (k == ERR_OK)
		return job_done(c, &j);
	return job_failed(b, kind, &j);
}

static enum errk begin(struct bridge *b)
{
	struct ctx *c = &b->boot.ctx;

	ctx_reset(c);
	c->actor = "bridge";
	json_close(&b->w.answer);
	return settings_begin(c, b->cache);
}

static const char *state_name(const struct bridge *b)
{
	if (!b->boot.ctx.set->whmcs_enabled)
		return "OFF";
	if (b->w.last_ok_at == 0)
		return b->w.failures > 0 ? "DOWN" : "NEVER";
	return b->w.failures > 0 ? "DOWN" : "OK";
}

static enum errk heartbeat(struct bridge *b)
{
	struct ctx *c = &b->boot.ctx;
	const char *url = b->boot.conf.whmcs_url;
	struct jout *o;
	size_t len = strlen(url);
	const char *text;
	enum errk k;

	if (c->wall - b->beat_at < 5)
		return ERR_OK;
	b->beat_at = c->wall;
	while (len > 0 && url[len - 1] == '/')
		len--;
	o = jo_new(c);
	jo_str(o, "state", state_name(b));
	jo_str(o, "version", b->w.version);
	jo_str(o, "url", url);
	jo_i64(o, "last_ok_at", b->w.last_ok_at);
	jo_str(o, "last_error", b->w.last_error);
	text = jo_text(o, NULL);
	jo_free(&o);
	k = boot_heartbeat(c, "bridge", b->started_at, b->done, text);
	if (k == ERR_OK && len > 0)
		k = boot_heartbeat(c, "whmcs.site", b->started_at, 0,
				   arena_dupn(c->mem, url, len));
	return k;
}

/* Once an hour: which version is there. Roles often lack the action. */
static void ask_version(struct bridge *b)
{
	struct whmcs *w = &b->w;

	if (w->c->wall - b->asked_version_at < 3600)
		return;
	if (whmcs_call(w, WHMCS_READ, "WhmcsDetails", NULL, 0) == ERR_OK ||
	    w->c->err.kind == ERR_FORBIDDEN)
		b->asked_version_at = w->c->wall;
	if (w->answer != NULL)
		snprintf(w->version, sizeof w->version, "%.31s",
			 wj_text(w, json_get(w->answer, "whmcs"), "version"));
	err_clear(w->c);
}

static enum errk poll(struct bridge *b)
{
	struct ctx *c = &b->boot.ctx;
	uint64_t applied = 0, queued;

	if (c->wall - b->polled_at < b->boot.conf.whmcs_poll_s)
		return ERR_OK;
	TRY(lease_take(c, "bridge.poll", b->holder, b->boot.conf.whmcs_timeout_s + 10,
		       &b->poll_lease));
	b->polled_at = c->wall;
	ask_version(b);
	TRY(q_whmcs_enqueue_missing(c, c->wall, &queued));
	TRY(clients_sweep(&b->w));
	TRY(payments_poll(&b->w, &applied));
	/* Nobody is suspended while it is not known who has paid. */
	TRY(boot_heartbeat(c, "bridge.payments", b->started_at, b->done, ""));
	if (applied > 0)
		log_event(LOG_LVL_INFO, "payments", "applied",
			  arena_fmt(c->mem, "%llu", (unsigned long long)applied), NULL);
	return ERR_OK;
}

/* Mails and WHMCS do not wait for each other: one of each in turn, and what goes
 * wrong with a mail is said and left. */
static enum errk mail(struct bridge *b, bool *sent_r)
{
	struct ctx *c = &b->boot.ctx;
	bool idle;
	enum errk k = mailer_round(&b->m, &idle);

	*sent_r = k == ERR_OK && !idle;
	if (k == ERR_OK)
		return ERR_OK;
	log_failure(c, LOG_LVL_ERROR, "mail round");
	return begin(b);
}

/* One round: *idle_r when nothing was due. */
static enum errk round_once(struct bridge *b, bool *idle_r)
{
	struct ctx *c = &b->boot.ctx;
	bool sent;
	enum errk k;

	*idle_r = true;
	TRY(begin(b));
	TRY(heartbeat(b));
	TRY(mail(b, &sent));
	*idle_r = !sent;
	if (!c->set->whmcs_enabled || b->boot.conf.whmcs_url[0] == '\0')
		return ERR_OK;
	if (whmcs_breaker_open(&b->w))
		return ERR_OK;
	k = job_run(b);
	if (k == ERR_OK) {
		*idle_r = false;
		return ERR_OK;
	}
	if (strcmp(c->err.code, "job.none") != 0)
		return k;
	err_clear(c);
	k = poll(b);
	if (k == ERR_BUSY && strcmp(c->err.code, "lease.held") == 0)
		return ERR_OK;		/* another bridge looks */
	return k;
}

static int loop(struct bridge *b)
{
	struct ctx *c = &b->boot.ctx;

	sd_notify(0, "READY=1");
	while (!boot_stop_asked()) {
		bool idle;
		enum errk k = round_once(b, &idle);

		if (k != ERR_OK)
			log_failure(c, LOG_LVL_ERROR, "round");
		sd_notify(0, "WATCHDOG=1");
		if (b->once && (k != ERR_OK || idle))
			return k == ERR_OK ? EXIT_SUCCESS : EXIT_FAILURE;
		if (k != ERR_OK || idle)
			boot_nap_ms(k != ERR_OK ? 4 * PAUSE_MS : PAUSE_MS);
	}
	return EXIT_SUCCESS;
}

static int check(struct bridge *b, bool json)
{
	if (begin(b) != ERR_OK) {
		log_failure(&b->boot.ctx, LOG_LVL_ERROR, "check");
		return EXIT_FAILURE;
	}
	return whmcs_check(&b->w, json) ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' }, { "once", no_argument, NULL, 'o' },
		{ "check", no_argument, NULL, 'k' }, { "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' }, { "version", no_argument, NULL, 'v' }, { 0 }
	};
	static struct bridge b;
	const char *conf = NULL;
	bool do_check = false, json = false;
	int opt, rc;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1)
		switch (opt) {
		case 'c': conf = optarg; break;
		case 'o': b.once = true; break;
		case 'k': do_check = true; break;
		case 'j': json = true; break;
		case 'h': fputs(usage, stdout); return EXIT_SUCCESS;
		case 'v': puts("tollbridge-bridge " PACKAGE_VERSION); return EXIT_SUCCESS;
		default: fputs(usage, stderr); return 2;
		}
	if (optind < argc || (json && !do_check)) {
		fputs(usage, stderr);
		return 2;
	}
	boot_catch_stop();
	if (!boot_start(&b.boot, "tollbridge-bridge", conf, "bridge", ARENA_BYTES))
		return EXIT_FAILURE;
	snprintf(b.holder, sizeof b.holder, "%s", boot_holder(b.boot.ctx.mem));
	b.started_at = b.boot.ctx.wall;
	b.cache = settings_cache_new();
	whmcs_init(&b.w, &b.boot.ctx, &b.boot.conf);
	b.m = (struct mailer){ .c = &b.boot.ctx, .conf = &b.boot.conf, .holder = b.holder,
			       .started_at = b.started_at };
	rc = do_check ? check(&b, json) : loop(&b);
	whmcs_close(&b.w);
	settings_cache_free(&b.cache);
	boot_end(&b.boot);
	return rc;
}
