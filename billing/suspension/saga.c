/* Halt, restore, delete: a job per account, a step per resource. What the
 * portal manages is done here by the events its own buttons make; what another
 * system manages is a command it fetches and acknowledges. */
#include "suspension/suspension.h"

#include <string.h>

#include "base/db.h"
#include "stmt.h"
#include "suspension/private.h"
#include "usage/usage.h"

#define ATTEMPTS_MOST 10
#define LATER_S 10
#define COMMAND_LATER_S 30

static const char *const direction_names[] = {
	[SAGA_HALT] = "HALT", [SAGA_RESTORE] = "RESTORE", [SAGA_DELETE] = "DELETE",
};

/* The last job if it was a restore: what it had still to start counts as running. */
static enum errk unfinished(struct ctx *c, uint64_t account_id, uint64_t *id_r)
{
	struct suspension_job_last_row last;
	enum errk k = q_suspension_job_last(c, account_id, &last);

	*id_r = 0;
	if (k == ERR_NOT_FOUND) {
		err_clear(c);
		return ERR_OK;
	}
	TRY(k);
	if (strcmp(last.direction, "RESTORE") == 0)
		*id_r = last.id;
	return ERR_OK;
}

enum errk saga_start(struct ctx *c, uint64_t account_id, enum saga_direction d)
{
	struct suspension_job_halted_row halted;
	uint64_t job, before, n;

	TRY(unfinished(c, account_id, &before));
	TRY(q_suspension_job_halted(c, account_id, &halted));
	if (d == SAGA_RESTORE && halted.id_null)
		return ERR_OK;		/* nothing was ever halted */
	TRY(q_suspension_job_cancel(c, account_id, c->now, &n));
	TRY(q_suspension_job_add(c, account_id, direction_names[d], c->now, &job));
	switch (d) {
	case SAGA_HALT:
		return q_suspension_steps_halt(c, job, account_id, before, c->wall, &n);
	case SAGA_RESTORE:
		return q_suspension_steps_restore(c, job, account_id, halted.id, c->wall, &n);
	case SAGA_DELETE:
		return q_suspension_steps_delete(c, job, account_id, c->wall, &n);
	}
	return ERR_OK;
}

struct step { const struct lease *lease; const struct suspension_steps_due_row *row; };

static enum errk drop(struct ctx *c, const struct suspension_steps_due_row *s)
{
	static const struct {
		const char *type;
		enum errk (*drop)(struct ctx *c, uint64_t account_id, uint64_t id);
	} types[] = {
		{ "INSTANCE", instance_delete }, { "PUBLIC_IP", ip_release },
		{ "SECONDARY_IP", ip_release }, { "VOLUME", volume_delete },
		{ "SNAPSHOT", snapshot_delete },
	};
	enum errk k;
	size_t i = 0;

	while (i < sizeof types / sizeof types[0] && strcmp(types[i].type, s->type) != 0)
		i++;
	if (i == sizeof types / sizeof types[0])
		return fail(c, ERR_INTERNAL, "internal", "type %s", s->type);
	k = types[i].drop(c, s->account_id, s->resource_id);

	if (k == ERR_CONFLICT && strcmp(c->err.code, "resource.deleted") == 0) {
		err_clear(c);
		return ERR_OK;
	}
	return k;
}

static enum errk step_body(struct ctx *c, void *arg)
{
	const struct step *st = arg;
	const struct suspension_steps_due_row *s = st->row;
	bool run = strcmp(s->direction, "RESTORE") == 0;
	struct resource_get_row r;
	uint64_t n;

	TRY(suspension_guard(c, st->lease));
	TRY(q_wallet_claim(c, s->account_id, &n));
	TRY(suspension_clock(c));
	TRY(q_resource_get(c, s->account_id, s->resource_id, &r));
	if (strcmp(r.state, "DELETED") != 0) {
		if (strcmp(s->direction, "DELETE") == 0)
			TRY(drop(c, s));
		else
			TRY(instance_power_forced(c, s->account_id, s->resource_id, run,
						  arena_fmt(c->mem, "%s:%llu:%llu",
							    run ? "restore" : "halt",
							    (unsigned long long)s->job_id,
							    (unsigned long long)s->resource_id)));
	}
	TRY(q_suspension_step_done(c, s->id, c->wall, &n));
	/* The account turned round meanwhile: nothing of this may stay. */
	if (n == 0)
		return fail(c, ERR_CONFLICT, "job.lost", "step %llu", (unsigned long long)s->id);
	return ERR_OK;
}

static int64_t later(uint32_t attempts)
{
	return LATER_S << (attempts < 6 ? attempts : 6);
}

enum errk saga_run(struct ctx *c, const struct lease *lease, uint64_t *steps_r)
{
	struct suspension_steps_due_row *rows;
	uint64_t changed;
	size_t n;

	TRY(q_suspension_steps_due(c, c->wall, &rows, &n));
	for (size_t i = 0; i < n; i++) {
		struct step st = { lease, &rows[i] };
		enum errk k = db_tx(c, step_body, &st);

		if (k == ERR_OK) {
			(*steps_r)++;
			continue;
		}
		if (k == ERR_BUSY || k == ERR_UNCERTAIN || strcmp(c->err.code, "lease.lost") == 0)
			return k;
		if (strcmp(c->err.code, "job.lost") != 0)
			TRY(q_suspension_step_failed(c, rows[i].id, c->wall,
						     later(rows[i].attempts), ATTEMPTS_MOST,
						     arena_fmt(c->mem, "%.200s: %.200s",
							       c->err.code, c->err.detail),
						     &changed));
		err_clear(c);
	}
	return q_suspension_jobs_finish(c, c->now, &changed);
}

/* ---- words from outside ---- */

static enum errk retry_body(struct ctx *c, void *arg)
{
	const uint64_t *account_id = arg;
	struct suspension_job_last_row last;
	uint64_t n;

	TRY(q_wallet_claim(c, *account_id, &n));
	TRY(q_suspension_job_last(c, *account_id, &last));
	if (strcmp(last.state, "FAILED") == 0)
		TRY(q_suspension_job_reopen(c, last.id, *account_id, &n));
	else if (strcmp(last.state, "OPEN") != 0)
		return fail(c, ERR_CONFLICT, "suspension.no_job", "job is %s", last.state);
	return q_suspension_steps_retry(c, last.id, c->wall, &n);
}

enum errk suspension_retry(struct ctx *c, uint64_t account_id)
{
	return db_tx(c, retry_body, &account_id);
}

enum errk suspension_command_done(struct ctx *c, const char *source, uint64_t id)
{
	struct suspension_command_get_row row;
	uint64_t n;

	TRY(q_suspension_command_get(c, source, id, &row));
	TRY(q_suspension_step_done(c, id, c->wall, &n));
	/* Told twice, or the account turned round: a newer command says what holds. */
	return ERR_OK;
}

enum errk suspension_command_failed(struct ctx *c, const char *source, uint64_t id,
				    const char *error)
{
	struct suspension_command_get_row row;
	uint64_t n;

	TRY(q_suspension_command_get(c, source, id, &row));
	return q_suspension_step_failed(c, id, c->wall, COMMAND_LATER_S, ATTEMPTS_MOST, error, &n);
}
