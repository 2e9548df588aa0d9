/* One line per request or job on stderr, key=value; journald keeps it.
 * Values are quoted and control characters escaped: no value can start a new
 * line. Secrets have no way in: there is no format path for struct secret. */
#ifndef TB_BASE_LOG_H
#define TB_BASE_LOG_H

#include "base/ctx.h"

enum log_level { LOG_LVL_ERROR, LOG_LVL_WARN, LOG_LVL_INFO, LOG_LVL_DEBUG };

void log_open(const char *program, enum log_level level);
enum log_level log_level_parse(const char *text);	/* unknown: info */

/* Alternating key, value strings ended by NULL:
 * log_event(LOG_LVL_INFO, "started", "pool", "user", NULL). A NULL value
 * leaves its key out. */
void log_event(enum log_level l, const char *event, ...) __attribute__((sentinel));
/* The failure on the context, once, at the edge. */
void log_failure(struct ctx *c, enum log_level l, const char *event);

#endif
