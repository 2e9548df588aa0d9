/* Suspension by itself, as staff steers it: who would be next, the mass
 * breaker, holds, failed restores and planned deletions. */
#include <string.h>

#include "base/clock.h"
#include "fcgi/show.h"
#include "stmt.h"
#include "suspension/suspension.h"

#define SHOWN 100

static enum errk rows_out(struct req *r)
{
	struct suspension_due_row *rows;
	size_t n;

	TRY(q_suspension_due(&r->ctx, r->ctx.now, hour_floor(r->ctx.now), 0, SHOWN, &rows, &n));
	jo_arr(r->out, "rows");
	for (size_t i = 0; i < n; i++) {
		jo_obj(r->out, NULL);
		jo_u64(r->out, "id", rows[i].account_id);
		jo_str(r->out, "name", rows[i].name);
		jo_str(r->out, "email", rows[i].email);
		jo_str(r->out, "reason", rows[i].reason);
		jo_str(r->out, "plan", rows[i].plan);
		jo_str(r->out, "status", rows[i].status);
		show_amount(r, "balance", rows[i].balance_e8, rows[i].currency);
		show_money(r, "due", rows[i].open_minor, rows[i].currency);
		jo_end(r->out);
	}
	jo_end(r->out);
	return ERR_OK;
}

const struct field admin_suspension_in[] = { F_END };

enum errk admin_suspension(struct req *r)
{
	struct suspension_due_count_row due;
	struct suspension_state_get_row s;
	struct suspension_failed_row failed;

	TRY(q_suspension_state_get(&r->ctx, &s));
	TRY(q_suspension_due_count(&r->ctx, r->ctx.now, hour_floor(r->ctx.now), &due));
	TRY(q_suspension_failed(&r->ctx, &failed));
	jo_bool(r->out, "enabled", r->ctx.set->suspension_enabled);
	jo_str(r->out, "pause", r->ctx.set->suspension_enabled ? s.pause : "OFF");
	show_wall(r, "looked_at", s.looked_at);
	jo_u64(r->out, "held", r->ctx.set->suspension_enabled ? s.held_n : 0);
	jo_u64(r->out, "allowed", s.allow_n);
	jo_u64(r->out, "active", due.active);
	jo_u64(r->out, "would", due.n);
	jo_u64(r->out, "failed", failed.n);
	return rows_out(r);
}

struct confirm_in { uint64_t count; };
const struct field admin_suspension_confirm_in[] = {
	F_U64(struct confirm_in, count, true, 1, 10000000, "How many accounts staff has seen"),
	F_END
};

enum errk admin_suspension_confirm(struct req *r)
{
	const struct confirm_in *in = r->in;

	TRY(suspension_confirm(&r->ctx, in->count));
	jo_bool(r->out, "ok", true);
	return ERR_OK;
}

struct release_in { const char *note; int64_t hold_days; };
const struct field admin_suspension_release_in[] = {
	F_STR(struct release_in, note, true, 3, 300, "Why"),
	F_I64(struct release_in, hold_days, false, 0, 365, "7",
	      "Days for which they are not suspended again"), F_END
};

enum errk admin_suspension_release(struct req *r)
{
	const struct release_in *in = r->in;
	uint64_t n;

	TRY(suspension_release_all(&r->ctx, in->hold_days, in->note, &n));
	jo_u64(r->out, "released", n);
	return ERR_OK;
}

struct hold_in { uint64_t id; int64_t until; const char *note; };
const struct field admin_client_hold_in[] = {
	F_U64(struct hold_in, id, true, 1, UINT64_MAX, "Client, from the path"),
	F_TIME(struct hold_in, until, false, "No automatic suspension before; none: remove it"),
	F_STR(struct hold_in, note, true, 3, 300, "Why"), F_END
};

enum errk admin_client_hold(struct req *r)
{
	const struct hold_in *in = r->in;

	TRY(suspension_hold(&r->ctx, in->id, in->until, in->note));
	jo_bool(r->out, "ok", true);
	return ERR_OK;
}

struct one_in { uint64_t id; };
const struct field admin_client_retry_in[] = {
	F_U64(struct one_in, id, true, 1, UINT64_MAX, "Client, from the path"), F_END
};

enum errk admin_client_retry(struct req *r)
{
	const struct one_in *in = r->in;

	TRY(suspension_retry(&r->ctx, in->id));
	jo_bool(r->out, "ok", true);
	return ERR_OK;
}

struct deletion_in { uint64_t id; const char *state, *note; };
const struct field admin_client_deletion_in[] = {
	F_U64(struct deletion_in, id, true, 1, UINT64_MAX, "Client, from the path"),
	F_ENUM(struct deletion_in, state, true, "STOPPED|WAITING|CANCELLED", NULL,
	       "Stop it for now, let it go on, or take it back"),
	F_STR(struct deletion_in, note, true, 3, 300, "Why"), F_END
};

enum errk admin_client_deletion(struct req *r)
{
	const struct deletion_in *in = r->in;

	TRY(deletion_decide(&r->ctx, in->id, in->state, in->note));
	jo_bool(r->out, "ok", true);
	return ERR_OK;
}
