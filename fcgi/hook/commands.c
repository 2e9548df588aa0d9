/* /api/hook/commands: what an orchestrator is to do with the resources it
 * manages. It asks, carries out and acknowledges; a command it never answered
 * is given out again, so carrying one out twice must be harmless. */
#include <string.h>

#include "fcgi/route.h"
#include "stmt.h"
#include "suspension/suspension.h"

static const char *action_of(const char *direction)
{
	if (strcmp(direction, "HALT") == 0)
		return "halt";
	return strcmp(direction, "RESTORE") == 0 ? "restore" : "delete";
}

const struct field hook_commands_in[] = { F_END };

enum errk hook_commands(struct req *r)
{
	struct suspension_commands_row *rows;
	size_t n;

	TRY(q_suspension_commands(&r->ctx, r->source, r->ctx.wall, &rows, &n));
	jo_arr(r->out, "commands");
	for (size_t i = 0; i < n; i++) {
		jo_obj(r->out, NULL);
		jo_u64(r->out, "id", rows[i].id);
		jo_str(r->out, "action", action_of(rows[i].direction));
		jo_str(r->out, "resource", rows[i].source_ref);
		jo_str(r->out, "type", rows[i].type);
		jo_u64(r->out, "account_id", rows[i].account_id);
		jo_time(r->out, "since", rows[i].created_at);
		jo_u64(r->out, "attempts", rows[i].attempts);
		jo_end(r->out);
	}
	jo_end(r->out);
	return ERR_OK;
}

struct done_in { uint64_t id; };
const struct field hook_command_done_in[] = {
	F_U64(struct done_in, id, true, 1, UINT64_MAX, "Command, from the path"), F_END
};

enum errk hook_command_done(struct req *r)
{
	const struct done_in *in = r->in;

	TRY(suspension_command_done(&r->ctx, r->source, in->id));
	jo_bool(r->out, "ok", true);
	return ERR_OK;
}

struct failed_in { uint64_t id; const char *error; };
const struct field hook_command_failed_in[] = {
	F_U64(struct failed_in, id, true, 1, UINT64_MAX, "Command, from the path"),
	F_STR(struct failed_in, error, true, 1, 400, "What went wrong, for staff"), F_END
};

enum errk hook_command_failed(struct req *r)
{
	const struct failed_in *in = r->in;

	TRY(suspension_command_failed(&r->ctx, r->source, in->id, in->error));
	jo_bool(r->out, "ok", true);
	return ERR_OK;
}
