#include "base/outbox.h"

#include <string.h>

#include "stmt.h"

enum errk outbox_add(struct ctx *c, const char *kind, const char *key, const char *okey,
		     uint64_t ref_id)
{
	uint64_t n;

	return q_job_add(c, kind, key, okey, ref_id, c->wall, &n);
}

enum errk outbox_again(struct ctx *c, const char *kind, const char *key, const char *okey,
		       uint64_t ref_id)
{
	uint64_t n;

	return q_job_again(c, kind, key, okey, ref_id, c->wall, &n);
}

enum errk job_claim(struct ctx *c, const char *holder, int64_t lease_s, struct job *j_r)
{
	struct job_due_row *rows;
	size_t n;

	TRY(q_job_due(c, c->wall, &rows, &n));
	for (size_t i = 0; i < n; i++) {
		uint64_t changed;

		TRY(q_job_claim(c, rows[i].id, rows[i].fence, holder, c->wall,
				c->wall + lease_s, &changed));
		if (changed != 1)
			continue;	/* another node was faster */
		*j_r = (struct job){ .id = rows[i].id, .ref_id = rows[i].ref_id,
				     .fence = rows[i].fence + 1, .kind = rows[i].kind,
				     .key = rows[i].jkey, .okey = rows[i].okey,
				     .attempts = rows[i].attempts + 1 };
		return ERR_OK;
	}
	return fail(c, ERR_NOT_FOUND, "job.none", "nothing due");
}

static enum errk held(struct ctx *c, const struct job *j, uint64_t changed)
{
	if (changed == 1)
		return ERR_OK;
	return fail(c, ERR_CONFLICT, "job.lost", "job %llu is no longer ours",
		    (unsigned long long)j->id);
}

enum errk job_renew(struct ctx *c, const struct job *j, int64_t lease_s)
{
	uint64_t n;

	TRY(q_job_renew(c, j->id, j->fence, c->wall + lease_s, &n));
	return held(c, j, n);
}

enum errk job_done(struct ctx *c, const struct job *j)
{
	uint64_t n;

	TRY(q_job_done(c, j->id, j->fence, c->wall, &n));
	return held(c, j, n);
}

enum errk job_later(struct ctx *c, const struct job *j, int64_t delay_s, const char *error)
{
	uint64_t n;

	TRY(q_job_later(c, j->id, j->fence, c->wall + delay_s, arena_fmt(c->mem, "%.480s", error),
			&n));
	return held(c, j, n);
}

enum errk job_park(struct ctx *c, const struct job *j, const char *error)
{
	uint64_t n;

	TRY(q_job_park(c, j->id, j->fence, arena_fmt(c->mem, "%.480s", error), &n));
	return held(c, j, n);
}

enum errk job_retry(struct ctx *c, uint64_t job_id)
{
	uint64_t n;

	TRY(q_job_retry(c, job_id, c->wall, &n));
	if (n == 0)
		return fail(c, ERR_CONFLICT, "job.not_waiting", "job is running, done or unknown");
	return ERR_OK;
}
