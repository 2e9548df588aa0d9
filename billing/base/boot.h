/* What every program does first: configuration, log, context, database handle. */
#ifndef TB_BASE_BOOT_H
#define TB_BASE_BOOT_H

#include "base/conf.h"
#include "base/ctx.h"

struct boot {
	struct conf conf;
	struct ctx ctx;
};

/* Logs and returns false when the configuration is not usable. */
bool boot_start(struct boot *b, const char *program, const char *conf_path, const char *actor,
		size_t arena_cap);
void boot_end(struct boot *b);

/* TERM and INT set this; daemons look at it between steps. */
bool boot_stop_asked(void);
void boot_catch_stop(void);
/* Sleeps, but not past a stop. */
void boot_nap_ms(unsigned ms);
/* "host:pid", for leases and heartbeats. */
const char *boot_holder(struct arena *mem);
/* Row of the heartbeat table: what this process last said of itself. */
enum errk boot_heartbeat(struct ctx *c, const char *name, int64_t started_at, uint64_t counter,
			 const char *detail) WARN_UNUSED;

#endif
