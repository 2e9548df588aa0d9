/* Schema migrations: sql/migrate/NNNN_name.sql, forward only, each safe to run
 * twice, checksummed; an edited file that was already applied is refused. Runs
 * under the lease "migrate" and waits for it. */
#ifndef TB_BASE_MIGRATE_H
#define TB_BASE_MIGRATE_H

#include "base/ctx.h"

struct migration { uint32_t version; const char *name; const char *sha256; bool applied; };

/* Applies what is missing from dir, in order. list_r: all, n_r many. dry: only look. */
enum errk migrate_run(struct ctx *c, const char *dir, bool dry,
		      struct migration **list_r, size_t *n_r) WARN_UNUSED;

#endif
