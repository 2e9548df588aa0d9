/* What every function below the edge gets first: memory, database, time, who.
 * One per worker; reset between requests or jobs. */
#ifndef TB_BASE_CTX_H
#define TB_BASE_CTX_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct db;
struct settings;

struct ctx {
	struct arena *mem;	/* dies with the request or job */
	struct db *db;		/* NULL in pure tests */
	struct err_record err;
	int64_t now;		/* billing clock, UTC seconds: all money and periods */
	int64_t wall;		/* real clock, UTC seconds: sessions, leases, throttles */
	uint64_t generation;	/* of the settings this request sees */
	const struct settings *set;	/* snapshot, same from start to end */
	const char *request_id;	/* also sent to upstreams and logged */
	const char *actor;	/* "user:12", "staff:3", "biller", "cli:root": for the audit */
	uint64_t actor_user_id;	/* 0: a program */
	bool testing;		/* installation is marked as a test one */
};

/* Fresh context: an arena of cap bytes, wall and now from the real clock. */
void ctx_init(struct ctx *c, size_t arena_cap);
/* Between requests: wipes the arena and the error record, re-reads the clock. */
void ctx_reset(struct ctx *c);
void ctx_close(struct ctx *c);

#endif
