/* What WHMCS and this house say of a client, where they differ, and whose word
 * counts then. */
#include <string.h>

#include "fcgi/route.h"
#include "fcgi/show.h"
#include "stmt.h"
#include "whmcs/difference.h"

static void difference_out(struct req *r, const struct difference_page_row *d)
{
	jo_obj(r->out, NULL);
	jo_u64(r->out, "id", d->id);
	jo_u64(r->out, "account_id", d->account_id);
	jo_str(r->out, "name", d->name);
	jo_str(r->out, "kind", d->kind);
	jo_u64(r->out, "local_id", d->local_id);
	jo_str(r->out, "what", d->what);
	jo_str(r->out, "cause", d->cause);
	jo_str(r->out, "ours", d->ours);
	jo_str(r->out, "theirs", d->theirs);
	jo_str(r->out, "note", d->note);
	jo_str(r->out, "decision", d->decision);
	jo_bool(r->out, "open", d->closed_at_null);
	show_wall(r, "found_at", d->found_at);
	show_wall(r, "seen_at", d->seen_at);
	jo_end(r->out);
}

static enum errk differences_out(struct req *r, uint64_t account_id)
{
	struct difference_page_row *rows;
	size_t n;

	TRY(q_difference_page(&r->ctx, account_id, &rows, &n));
	jo_arr(r->out, "differences");
	for (size_t i = 0; i < n; i++)
		difference_out(r, &rows[i]);
	jo_end(r->out);
	return ERR_OK;
}

struct client_in { uint64_t id; };
const struct field admin_client_whmcs_in[] = {
	F_U64(struct client_in, id, true, 1, UINT64_MAX, "Client, from the path"), F_END
};

enum errk admin_client_whmcs(struct req *r)
{
	const struct client_in *in = r->in;
	struct client_sync_state_row s;
	struct whmcs_change_page_row *rows;
	size_t n;

	TRY(q_client_sync_state(&r->ctx, in->id, &s));
	if (s.remote_id_null)
		jo_null(r->out, "remote_id");
	else
		jo_u64(r->out, "remote_id", s.remote_id);
	jo_str(r->out, "state", s.state);
	jo_str(r->out, "remote_status", s.remote_status);
	jo_str(r->out, "note", s.note);
	jo_bool(r->out, "agreed", s.agreed);
	jo_bool(r->out, "waiting", s.waiting);
	show_wall(r, "checked_at", s.checked_at_null ? 0 : s.checked_at);
	TRY(differences_out(r, in->id));
	TRY(q_whmcs_change_page(&r->ctx, in->id, &rows, &n));
	jo_arr(r->out, "changes");
	for (size_t i = 0; i < n; i++) {
		jo_obj(r->out, NULL);
		show_wall(r, "at", rows[i].at);
		jo_str(r->out, "way", rows[i].way);
		jo_str(r->out, "what", rows[i].what);
		jo_str(r->out, "before", rows[i].before_value);
		jo_str(r->out, "after", rows[i].after_value);
		jo_end(r->out);
	}
	jo_end(r->out);
	return ERR_OK;
}

const struct field admin_client_whmcs_look_in[] = {
	F_U64(struct client_in, id, true, 1, UINT64_MAX, "Client, from the path"), F_END
};

enum errk admin_client_whmcs_look(struct req *r)
{
	const struct client_in *in = r->in;
	struct client_sync_state_row s;

	TRY(q_client_sync_state(&r->ctx, in->id, &s));
	TRY(whmcs_look_at_client(&r->ctx, in->id));
	jo_bool(r->out, "ok", true);
	return ERR_OK;
}

const struct field admin_whmcs_differences_in[] = { F_END };

enum errk admin_whmcs_differences(struct req *r)
{
	return differences_out(r, 0);
}

struct decide_in { uint64_t id; const char *side; };
const struct field admin_whmcs_decide_in[] = {
	F_U64(struct decide_in, id, true, 1, UINT64_MAX, "Difference, from the path"),
	F_ENUM(struct decide_in, side, true, "OURS|THEIRS", NULL, "Whose value both sides get"),
	F_END
};

enum errk admin_whmcs_decide(struct req *r)
{
	const struct decide_in *in = r->in;

	TRY(difference_decide(&r->ctx, in->id, in->side));
	jo_bool(r->out, "ok", true);
	return ERR_OK;
}
