/* Shared by the files of this module only. */
#ifndef TB_USAGE_PRIVATE_H
#define TB_USAGE_PRIVATE_H

#include "usage/usage.h"

/* Inside a transaction that claimed the wallet row: an event of the built-in
 * inventory, at c->now, and the life rebuilt. */
enum errk usage_own_event(struct ctx *c, uint64_t resource_id, uint64_t account_id,
			  const char *kind, uint64_t offering_id) WARN_UNUSED;
/* The same under an id of the caller's making: a repeat has no effect. */
enum errk usage_own_event_once(struct ctx *c, const char *event_id, uint64_t resource_id,
			       uint64_t account_id, const char *kind,
			       uint64_t offering_id) WARN_UNUSED;

#endif
