/* Outbox: work for the bridge, written in the transaction that causes it, and
 * claimed one by one by a committed conditional UPDATE (lease and fence). Kinds
 * are rows of bridge/jobs.def. Lease times are wall, run_at is wall. */
#ifndef TB_BASE_OUTBOX_H
#define TB_BASE_OUTBOX_H

#include "base/ctx.h"

struct job {
	uint64_t id, ref_id, fence;
	const char *kind, *key, *okey;
	uint32_t attempts;
};

/* key: unique; the same work asked for twice is one row. okey: jobs with the
 * same one run one at a time, in order of id. */
enum errk outbox_add(struct ctx *c, const char *kind, const char *key, const char *okey,
		     uint64_t ref_id) WARN_UNUSED;
/* As outbox_add, but a row that is DONE becomes READY again (work that recurs). */
enum errk outbox_again(struct ctx *c, const char *kind, const char *key, const char *okey,
		       uint64_t ref_id) WARN_UNUSED;
/* NOT_FOUND "job.none" when nothing is due. Takes rows whose lease ended too. */
enum errk job_claim(struct ctx *c, const char *holder, int64_t lease_s, struct job *j_r)
	WARN_UNUSED;
/* All four write the row only while our fence holds: CONFLICT "job.lost". */
enum errk job_renew(struct ctx *c, const struct job *j, int64_t lease_s) WARN_UNUSED;
enum errk job_done(struct ctx *c, const struct job *j) WARN_UNUSED;
enum errk job_later(struct ctx *c, const struct job *j, int64_t delay_s, const char *error)
	WARN_UNUSED;
enum errk job_park(struct ctx *c, const struct job *j, const char *error) WARN_UNUSED;
/* Staff: a parked or waiting job runs now. */
enum errk job_retry(struct ctx *c, uint64_t job_id) WARN_UNUSED;

#endif
