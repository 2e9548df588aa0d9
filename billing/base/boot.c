#include "base/boot.h"

#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/db.h"
#include "base/log.h"
#include "stmt.h"

static volatile sig_atomic_t stop_asked;

static void on_stop(int sig)
{
	(void)sig;
	stop_asked = 1;
}

bool boot_stop_asked(void)
{
	return stop_asked != 0;
}

void boot_catch_stop(void)
{
	struct sigaction sa = { .sa_handler = on_stop };

	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
}

void boot_nap_ms(unsigned ms)
{
	struct timespec t = { ms / 1000, (long)(ms % 1000) * 1000000 };

	if (!boot_stop_asked())
		nanosleep(&t, NULL);	/* a signal ends it early */
}

bool boot_start(struct boot *b, const char *program, const char *conf_path, const char *actor,
		size_t arena_cap)
{
	log_open(program, LOG_LVL_INFO);
	ctx_init(&b->ctx, arena_cap);
	b->ctx.actor = actor;
	if (conf_load(&b->ctx, conf_path, &b->conf) != ERR_OK) {
		log_failure(&b->ctx, LOG_LVL_ERROR, "start");
		ctx_close(&b->ctx);
		return false;
	}
	log_open(program, log_level_parse(b->conf.log_level));
	b->ctx.db = db_new(&b->conf);
	return true;
}

void boot_end(struct boot *b)
{
	db_free(&b->ctx.db);
	ctx_close(&b->ctx);
	conf_free(&b->conf);
}

const char *boot_holder(struct arena *mem)
{
	char host[65] = "";

	gethostname(host, sizeof host - 1);
	return arena_fmt(mem, "%.40s:%ld", host, (long)getpid());
}

enum errk boot_heartbeat(struct ctx *c, const char *name, int64_t started_at, uint64_t counter,
			 const char *detail)
{
	uint64_t n;

	return q_heartbeat_put(c, name, (uint32_t)getpid(), c->wall, started_at, c->generation,
			       counter, arena_fmt(c->mem, "%.900s", detail), &n);
}
