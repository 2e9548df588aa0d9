/* GET /api/admin/boot and the billing clock of test installations. */
#include "base/clock.h"
#include "fcgi/auth.h"
#include "fcgi/show.h"
#include "settings/clockset.h"
#include "stmt.h"

const struct field admin_boot_in[] = { F_END };

enum errk admin_boot(struct req *r)
{
	const struct session *s = r->session;
	struct overview_attention_row n;

	TRY(show_boot(r));
	if (s == NULL) {
		jo_null(r->out, "user");
		return ERR_OK;
	}
	jo_obj(r->out, "user");
	jo_u64(r->out, "id", s->user_id);
	jo_str(r->out, "email", s->email);
	jo_str(r->out, "first_name", s->first_name);
	jo_str(r->out, "last_name", s->last_name);
	jo_str(r->out, "role", s->role);
	jo_end(r->out);
	TRY(q_overview_attention(&r->ctx, r->ctx.now, &n));
	jo_obj(r->out, "counts");
	jo_u64(r->out, "overdue_invoices", n.overdue);
	jo_u64(r->out, "suspended", n.suspended);
	jo_u64(r->out, "attention", n.parked + n.links);
	jo_end(r->out);
	return ERR_OK;
}

static void clock_out(struct req *r, int64_t now)
{
	jo_time(r->out, "now", now);
	jo_time(r->out, "wall", r->ctx.wall);
	jo_i64(r->out, "offset_s", now - r->ctx.wall);
	jo_bool(r->out, "testing", r->ctx.testing);
}

const struct field admin_clock_in[] = { F_END };

enum errk admin_clock(struct req *r)
{
	clock_out(r, r->ctx.now);
	return ERR_OK;
}

struct clock_body { int64_t to; uint32_t add_hours; };
const struct field admin_clock_move_in[] = {
	F_TIME(struct clock_body, to, false, "Forward to this time"),
	F_U32(struct clock_body, add_hours, false, 1, 17520, NULL, "Forward by so many hours"),
	F_END
};

enum errk admin_clock_move(struct req *r)
{
	const struct clock_body *in = r->in;
	int64_t to = in->to != 0 ? in->to : r->ctx.now + (int64_t)in->add_hours * HOUR_S;

	if ((in->to != 0) == (in->add_hours != 0))
		return fail_field(&r->ctx, "to", "Give either to or add_hours.");
	TRY(clock_set_billing(&r->ctx, to));
	clock_out(r, to);
	return ERR_OK;
}
