/* Billing > WHMCS, and jobs that wait for staff. */
#include "fcgi/admin/jobs.h"

#include <string.h>

#include "base/clock.h"
#include "base/outbox.h"
#include "fcgi/show.h"
#include "stmt.h"

#define SILENT_S 60

static void job_out(struct req *r, const struct job_open_list_row *j)
{
	jo_obj(r->out, NULL);
	jo_u64(r->out, "id", j->id);
	jo_str(r->out, "kind", j->kind);
	jo_str(r->out, "key", j->jkey);
	jo_str(r->out, "state", j->state);
	jo_u64(r->out, "attempts", j->attempts);
	show_wall(r, "run_at", j->run_at);
	jo_str(r->out, "last_error", j->last_error);
	jo_end(r->out);
}

enum errk jobs_out(struct req *r)
{
	struct job_counts_row *counts;
	struct job_open_list_row *rows;
	uint64_t ready = 0, running = 0, parked = 0;
	int64_t oldest = 0;
	size_t n;

	TRY(q_job_counts(&r->ctx, &counts, &n));
	for (size_t i = 0; i < n; i++) {
		if (strcmp(counts[i].state, "READY") == 0) {
			ready = counts[i].n;
			oldest = r->ctx.wall - counts[i].oldest_at;
		} else if (strcmp(counts[i].state, "RUNNING") == 0) {
			running = counts[i].n;
		} else {
			parked = counts[i].n;
		}
	}
	TRY(q_job_open_list(&r->ctx, &rows, &n));
	jo_obj(r->out, "jobs");
	jo_u64(r->out, "ready", ready);
	jo_u64(r->out, "running", running);
	jo_u64(r->out, "parked", parked);
	jo_i64(r->out, "oldest_s", oldest > 0 ? oldest : 0);
	jo_arr(r->out, "rows");
	for (size_t i = 0; i < n; i++)
		job_out(r, &rows[i]);
	jo_end(r->out);
	jo_end(r->out);
	return ERR_OK;
}

/* heartbeat "bridge": detail is JSON {"state","version","url","last_ok_at","last_error"}. */
static enum errk bridge_row(struct req *r, const struct heartbeat_list_row *b)
{
	bool silent = b == NULL || r->ctx.wall - b->at > SILENT_S;
	const char *state = "NEVER", *version = NULL, *error = NULL, *url = NULL;
	struct json *j = NULL;
	int64_t ok_at = 0;

	if (b != NULL && json_parse(&r->ctx, b->detail, strlen(b->detail), &j) == ERR_OK) {
		state = json_text(json_get(j, "state"));
		version = json_text(json_get(j, "version"));
		url = json_text(json_get(j, "url"));
		error = json_text(json_get(j, "last_error"));
		if (json_get(j, "last_ok_at") == NULL ||
		    !json_i64(json_get(j, "last_ok_at"), &ok_at))
			ok_at = 0;
	}
	err_clear(&r->ctx);
	if (!r->ctx.set->whmcs_enabled)
		state = "OFF";
	else if (silent)
		state = b == NULL ? "NEVER" : "DOWN";
	jo_bool(r->out, "enabled", r->ctx.set->whmcs_enabled);
	jo_bool(r->out, "configured", url != NULL && url[0] != '\0');
	jo_str(r->out, "state", state);
	jo_str(r->out, "url", url);
	jo_str(r->out, "version", version);
	show_wall(r, "last_ok_at", ok_at);
	jo_str(r->out, "last_error", error);
	json_close(&j);
	return ERR_OK;
}

enum errk bridge_out(struct req *r, const char *name)
{
	struct heartbeat_list_row *beats, *bridge = NULL;
	struct job_counts_row *counts;
	uint64_t queue = 0;
	int64_t lag = 0;
	size_t n;

	TRY(q_heartbeat_list(&r->ctx, &beats, &n));
	for (size_t i = 0; i < n; i++)
		if (strcmp(beats[i].name, "bridge") == 0)
			bridge = &beats[i];
	TRY(q_job_counts(&r->ctx, &counts, &n));
	for (size_t i = 0; i < n; i++) {
		if (strcmp(counts[i].state, "PARKED") == 0)
			continue;
		queue += counts[i].n;
		if (r->ctx.wall - counts[i].oldest_at > lag)
			lag = r->ctx.wall - counts[i].oldest_at;
	}
	if (name != NULL)
		jo_obj(r->out, name);
	TRY(bridge_row(r, bridge));
	jo_u64(r->out, name != NULL ? "queue" : "queue_depth", queue);
	jo_i64(r->out, "lag_s", lag);
	if (name != NULL)
		jo_end(r->out);
	return ERR_OK;
}

static enum errk jobs_in_state(struct req *r, const char *name, bool parked)
{
	struct job_open_list_row *rows;
	size_t n;

	TRY(q_job_open_list(&r->ctx, &rows, &n));
	jo_arr(r->out, name);
	for (size_t i = 0; i < n; i++)
		if ((strcmp(rows[i].state, "PARKED") == 0) == parked)
			job_out(r, &rows[i]);
	jo_end(r->out);
	return ERR_OK;
}

static enum errk odd_out(struct req *r)
{
	struct whmcs_odd_row *rows;
	size_t n;

	TRY(q_whmcs_odd(&r->ctx, &rows, &n));
	jo_arr(r->out, "attention");
	for (size_t i = 0; i < n; i++) {
		jo_obj(r->out, NULL);
		jo_u64(r->out, "invoice_id", rows[i].local_id);
		jo_str(r->out, "number", rows[i].number);
		jo_u64(r->out, "remote_id", rows[i].remote_id);
		jo_str(r->out, "remote_status", rows[i].remote_status);
		jo_str(r->out, "note", rows[i].note);
		show_wall(r, "checked_at", rows[i].checked_at);
		jo_end(r->out);
	}
	jo_end(r->out);
	return ERR_OK;
}

const struct field admin_whmcs_in[] = { F_END };

enum errk admin_whmcs(struct req *r)
{
	struct whmcs_intent_recent_row *t;
	struct whmcs_counts_row counts;
	size_t n;

	TRY(bridge_out(r, NULL));
	TRY(jobs_in_state(r, "queue", false));
	TRY(jobs_in_state(r, "parked", true));
	TRY(odd_out(r));
	TRY(q_whmcs_counts(&r->ctx, &counts));
	jo_u64(r->out, "clients_linked", counts.clients);
	jo_u64(r->out, "invoices_linked", counts.invoices);
	TRY(q_whmcs_intent_recent(&r->ctx, &t, &n));
	jo_arr(r->out, "intents");
	for (size_t i = 0; i < n; i++) {
		jo_obj(r->out, NULL);
		show_wall(r, "at", t[i].changed_at);
		jo_str(r->out, "action", t[i].action);
		jo_str(r->out, "token", t[i].token);
		jo_str(r->out, "state", t[i].state);
		if (t[i].remote_id_null)
			jo_null(r->out, "remote_id");
		else
			jo_u64(r->out, "remote_id", t[i].remote_id);
		jo_str(r->out, "detail", t[i].detail);
		jo_end(r->out);
	}
	jo_end(r->out);
	return ERR_OK;
}

struct retry_in { uint64_t id; };
const struct field admin_job_retry_in[] = {
	F_U64(struct retry_in, id, true, 1, UINT64_MAX, "Job, from the path"), F_END
};

enum errk admin_job_retry(struct req *r)
{
	const struct retry_in *in = r->in;

	TRY(job_retry(&r->ctx, in->id));
	jo_bool(r->out, "ok", true);
	return ERR_OK;
}
