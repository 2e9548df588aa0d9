/* GET /api/hook/metrics: figures for a monitoring program, in the text format of
 * Prometheus (0.0.4). Seconds, counts and no words: whoever reads them learns
 * nothing of a customer. Ages go by the wall clock, the lag of rating by the
 * billing clock. */
#include <string.h>

#include "base/clock.h"
#include "config.h"
#include "fcgi/route.h"
#include "stmt.h"
#include "verify/verify.h"

#define TEXT_MAX (256 << 10)

static void about(struct str *o, const char *name, const char *type, const char *help)
{
	str_addf(o, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* Names of hosts and of kinds are ours, but a label must never end early. */
static void label(struct str *o, const char *value)
{
	for (; *value != '\0'; value++) {
		if (*value == '\n') {
			str_add(o, "\\n");
			continue;
		}
		if (*value == '"' || *value == '\\')
			str_add(o, "\\");
		str_addn(o, value, 1);
	}
}

static void sample(struct str *o, const char *name, const char *key, const char *value, int64_t n)
{
	str_addf(o, "%s{%s=\"", name, key);
	label(o, value);
	str_addf(o, "\"} %lld\n", (long long)n);
}

static int64_t age(const struct req *r, int64_t at)
{
	return at < r->ctx.wall ? r->ctx.wall - at : 0;
}

static enum errk invariants(struct req *r, struct str *o)
{
	static const char broken[] = "tollbridge_invariant_violations";
	static const char checked[] = "tollbridge_invariant_check_age_seconds";
	struct gauge *list;

	TRY(gauges_list(&r->ctx, &list));
	about(o, broken, "gauge", "Violations of an invariant of the books when last counted; "
	      "0 is right.");
	for (size_t i = 0; i < invariants_count; i++)
		if (list[i].checked_at > 0)
			sample(o, broken, "invariant", list[i].id, (int64_t)list[i].value);
	about(o, checked, "gauge", "Time since an invariant was counted; one that never was has "
	      "neither figure.");
	for (size_t i = 0; i < invariants_count; i++)
		if (list[i].checked_at > 0)
			sample(o, checked, "invariant", list[i].id, age(r, list[i].checked_at));
	return ERR_OK;
}

static enum errk rated(struct req *r, struct str *o)
{
	static const char lag[] = "tollbridge_biller_watermark_lag_seconds";
	int64_t hour = hour_floor(r->ctx.now);
	struct metrics_rated_row w;

	TRY(q_metrics_rated(&r->ctx, &w));
	about(o, lag, "gauge", "Full hours, in seconds, that the account which is furthest behind "
	      "is not rated for; by the day up to 86400 is usual.");
	if (!w.hourly_until_null)
		sample(o, lag, "accounts", "hourly", (hour - w.hourly_until) * HOUR_S);
	if (!w.daily_until_null)
		sample(o, lag, "accounts", "daily", (hour - w.daily_until) * HOUR_S);
	return ERR_OK;
}

static enum errk leases(struct req *r, struct str *o)
{
	static const char left[] = "tollbridge_lease_remaining_seconds";
	struct metrics_leases_row *rows;
	size_t n;

	TRY(q_metrics_leases(&r->ctx, &rows, &n));
	about(o, left, "gauge", "For how long a lease is still held; 0 when nobody holds it.");
	for (size_t i = 0; i < n; i++)
		sample(o, left, "lease", rows[i].name,
		       rows[i].until_at > r->ctx.wall ? rows[i].until_at - r->ctx.wall : 0);
	return ERR_OK;
}

static enum errk processes(struct req *r, struct str *o)
{
	static const char beat[] = "tollbridge_heartbeat_age_seconds";
	static const char served[] = "tollbridge_portal_requests_total";
	struct heartbeat_list_row *rows;
	size_t n;

	TRY(q_heartbeat_list(&r->ctx, &rows, &n));
	about(o, beat, "gauge", "Time since a process last said that it is there.");
	for (size_t i = 0; i < n; i++)
		sample(o, beat, "process", rows[i].name, age(r, rows[i].at));
	about(o, served, "counter", "Requests a worker of the portal answered since it started; "
	      "as of its last heartbeat.");
	for (size_t i = 0; i < n; i++)
		if (strncmp(rows[i].name, "portal.", 7) == 0)
			sample(o, served, "process", rows[i].name, (int64_t)rows[i].counter);
	return ERR_OK;
}

static enum errk jobs(struct req *r, struct str *o)
{
	static const char name[] = "tollbridge_jobs", oldest[] = "tollbridge_outbox_age_seconds";
	struct metrics_outbox_row first;
	struct metrics_jobs_row *rows;
	size_t n;

	TRY(q_metrics_jobs(&r->ctx, &rows, &n));
	TRY(q_metrics_outbox(&r->ctx, r->ctx.wall, &first));
	about(o, name, "gauge", "Jobs that are not done, by kind; a kind with none is left out.");
	for (size_t i = 0; i < n; i++) {
		const struct { const char *state; uint64_t n; } states[] = {
			{ "ready", rows[i].ready }, { "running", rows[i].running },
			{ "parked", rows[i].parked } };

		for (size_t k = 0; k < sizeof states / sizeof states[0]; k++) {
			str_addf(o, "%s{kind=\"", name);
			label(o, rows[i].kind);
			str_addf(o, "\",state=\"%s\"} %llu\n", states[k].state,
				 (unsigned long long)states[k].n);
		}
	}
	about(o, oldest, "gauge", "For how long the job that is due longest has been waiting.");
	str_addf(o, "%s %lld\n", oldest, first.run_at_null ? 0LL : (long long)age(r, first.run_at));
	return ERR_OK;
}

static enum errk mails(struct req *r, struct str *o)
{
	static const char name[] = "tollbridge_mails";
	struct metrics_mails_row m;

	TRY(q_metrics_mails(&r->ctx, &m));
	about(o, name, "gauge", "Mails that were not sent, by state; unanswered: the mail server "
	      "did not say what became of it.");
	sample(o, name, "state", "queued", (int64_t)m.queued);
	sample(o, name, "state", "sending", (int64_t)m.sending);
	sample(o, name, "state", "unanswered", (int64_t)m.unanswered);
	sample(o, name, "state", "held", (int64_t)m.held);
	sample(o, name, "state", "failed", (int64_t)m.failed);
	return ERR_OK;
}

const struct field hook_metrics_in[] = { F_END };

enum errk hook_metrics(struct req *r)
{
	struct str o;

	str_init(&o, r->ctx.mem, TEXT_MAX);
	about(&o, "tollbridge_build_info", "gauge", "Always 1; says which release answers.");
	str_add(&o, "tollbridge_build_info{version=\"" PACKAGE_VERSION "\"} 1\n");
	about(&o, "tollbridge_settings_generation", "gauge", "Counts changes of settings.");
	str_addf(&o, "tollbridge_settings_generation %llu\n",
		 (unsigned long long)r->ctx.generation);
	TRY(invariants(r, &o));
	TRY(rated(r, &o));
	TRY(leases(r, &o));
	TRY(processes(r, &o));
	TRY(jobs(r, &o));
	TRY(mails(r, &o));
	r->file = (struct req_file){ "text/plain; version=0.0.4; charset=utf-8", "metrics.txt",
				     o.s, o.len };
	return ERR_OK;
}
