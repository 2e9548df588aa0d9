/* Resource events in: from the portal's own inventory and from a provider's
 * orchestrator. Raw events are unique per (source, event id); a resource's
 * states are rebuilt from all its events, so order of arrival does not matter.
 * When a change reaches hours already rated, the account is marked for
 * re-rating and the difference becomes an adjustment that names its hours.
 *
 * Traffic is a counter, not a state: bytes sent in the hour of `at`, summed per
 * resource and hour, the sum rounded up once to whole MB (1,000,000 bytes; a GB
 * is 1,000 of them). It counts in hours in which its instance lives. */
#ifndef TB_USAGE_USAGE_H
#define TB_USAGE_USAGE_H

#include "base/ctx.h"
#include "usage/timeline.h"

struct usage_event_in {
	const char *id;
	const char *kind;		/* "instance.created", "ip.released", ... */
	int64_t at;
	uint64_t account_id;		/* needed with the first event of a resource; else 0 */
	const char *resource;		/* the source's own name of it */
	const char *zone, *offering;	/* codes; with created, acquired, resized */
	const char *parent, *name;	/* may be NULL */
	int64_t size_gb;		/* volumes and snapshots; else 0 */
	int64_t bytes;			/* instance.traffic; else 0 */
};
#define USAGE_GB_MAX 1000000		/* of one volume or snapshot */
#define USAGE_BYTES_MAX INT64_C(100000000000000)	/* of one event */

enum usage_outcome { USAGE_APPLIED, USAGE_DUPLICATE, USAGE_PENDING, USAGE_REJECTED };
struct usage_result { enum usage_outcome outcome; const char *message; };

/* One event, one transaction. A fault of the event is an outcome, not an error:
 * OK is returned and the batch goes on. Same id with other content: REJECTED. */
enum errk usage_intake(struct ctx *c, const char *source, const struct usage_event_in *in,
		       struct usage_result *out) WARN_UNUSED;

/* New key for a source (created when unknown), shown once. scope: "EVENTS", or
 * "METRICS" for a program that only reads figures; a name keeps its scope. */
enum errk usage_source_key(struct ctx *c, const char *source, const char *scope,
			   const char **key_r) WARN_UNUSED;

/* ---- built-in inventory, source "portal" ---- */
struct instance_in {
	const char *name;
	uint64_t zone_id, offering_id, quote_id;	/* quote 0: none */
	bool public_ip;
};
/* Refuses: account not ACTIVE (FORBIDDEN account.suspended), unknown zone or
 * offering (INVALID), not enough money for the hour under way (CONFLICT
 * wallet.insufficient), no free address (CONFLICT ip.none_free). */
enum errk instance_create(struct ctx *c, uint64_t account_id, const struct instance_in *in,
			  uint64_t *id_r) WARN_UNUSED;
enum errk instance_power(struct ctx *c, uint64_t account_id, uint64_t id, bool run) WARN_UNUSED;
/* For the halt of a suspended account: no guards, and the event is known by an
 * id of the caller's, so that a repeat does nothing. In the caller's
 * transaction, which claimed the wallet row. A deleted instance is left alone. */
enum errk instance_power_forced(struct ctx *c, uint64_t account_id, uint64_t id, bool run,
				const char *event_id) WARN_UNUSED;
/* Releases its addresses too. */
enum errk instance_delete(struct ctx *c, uint64_t account_id, uint64_t id) WARN_UNUSED;
/* Public IP of a zone, or with parent != 0 a secondary IP of that instance. */
enum errk ip_acquire(struct ctx *c, uint64_t account_id, uint64_t zone_id, uint64_t parent,
		     uint64_t quote_id, uint64_t *id_r) WARN_UNUSED;
enum errk ip_release(struct ctx *c, uint64_t account_id, uint64_t id) WARN_UNUSED;

struct volume_in {
	const char *name;
	uint64_t zone_id, storage_id, quote_id;	/* storage class; quote 0: none */
	int64_t size_gb;
};
/* Refuses as instance_create does, and a class that has no price in the zone
 * (INVALID storage_id). */
enum errk volume_create(struct ctx *c, uint64_t account_id, const struct volume_in *in,
			uint64_t *id_r) WARN_UNUSED;
/* Only ever larger (INVALID size_gb): a file system inside would lose its end.
 * Costs from the next full hour, for which there must be money. */
enum errk volume_resize(struct ctx *c, uint64_t account_id, uint64_t id, int64_t size_gb)
	WARN_UNUSED;
/* Snapshots of a volume outlive it. */
enum errk volume_delete(struct ctx *c, uint64_t account_id, uint64_t id) WARN_UNUSED;
/* Of a volume, as large as it is. */
enum errk snapshot_create(struct ctx *c, uint64_t account_id, uint64_t volume_id, const char *name,
			  uint64_t *id_r) WARN_UNUSED;
enum errk snapshot_delete(struct ctx *c, uint64_t account_id, uint64_t id) WARN_UNUSED;

#endif
