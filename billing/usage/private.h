/* Shared by the files of this module only. */
#ifndef TB_USAGE_PRIVATE_H
#define TB_USAGE_PRIVATE_H

#include "stmt.h"
#include "usage/usage.h"

/* over_hours: how much is beyond a contract that refuses. */
struct opened { struct account_for_create_row row; int64_t over_hours; };
/* Claims the wallet row, then reads what it rules. */
enum errk inventory_open(struct ctx *c, uint64_t account_id, struct opened *a) WARN_UNUSED;
/* After the event is in: is there room in the contract, and is there money for
 * everything through the end of so many hours (1: the hour under way)? The wallet
 * row is ours, so two creations take turns. */
enum errk inventory_money(struct ctx *c, uint64_t account_id, const struct opened *a,
			  int64_t hours) WARN_UNUSED;
/* INVALID zone_id: takes nothing new. */
enum errk inventory_place(struct ctx *c, uint64_t zone_id) WARN_UNUSED;
/* A resource of the portal's own that is not deleted. */
enum errk inventory_own(struct ctx *c, uint64_t account_id, uint64_t id, const char *type,
			struct resource_get_row *r) WARN_UNUSED;

/* Inside a transaction that claimed the wallet row: an event of the built-in
 * inventory, at c->now, and the life rebuilt. */
enum errk usage_own_event(struct ctx *c, uint64_t resource_id, uint64_t account_id,
			  const char *kind, uint64_t offering_id) WARN_UNUSED;
/* The same for what has a size. */
enum errk usage_own_size(struct ctx *c, uint64_t resource_id, uint64_t account_id,
			 const char *kind, uint64_t offering_id, int64_t size_gb) WARN_UNUSED;
/* The same under an id of the caller's making: a repeat has no effect. */
enum errk usage_own_event_once(struct ctx *c, const char *event_id, uint64_t resource_id,
			       uint64_t account_id, const char *kind,
			       uint64_t offering_id) WARN_UNUSED;

#endif
