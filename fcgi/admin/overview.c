/* GET /api/admin/overview: the state of the system at a glance. */
#include <string.h>

#include "base/clock.h"
#include "fcgi/admin/jobs.h"
#include "fcgi/show.h"
#include "stmt.h"
#include "verify/verify.h"

#define SILENT_S 30	/* a daemon that has said nothing for so long is down */

static enum errk tiles(struct req *r)
{
	struct overview_clients_row n;

	TRY(q_overview_clients(&r->ctx, &n));
	jo_obj(r->out, "clients");
	jo_u64(r->out, "total", n.total);
	jo_u64(r->out, "active", n.total - n.suspended);
	jo_u64(r->out, "suspended", n.suspended);
	jo_end(r->out);
	jo_obj(r->out, "resources");
	jo_u64(r->out, "instances_running", n.instances_running);
	jo_u64(r->out, "ips", n.ips);
	jo_end(r->out);
	return ERR_OK;
}

/* One array per figure; currencies without any money are left out, the base
 * currency never. */
static void money_out(struct req *r, const char *name, const struct overview_money_row *m,
		      size_t n, int which)
{
	jo_arr(r->out, name);
	for (size_t i = 0; i < n; i++) {
		int64_t v = which == 0 ? m[i].invoiced_minor
				       : which == 1 ? m[i].open_minor : m[i].paid_minor;

		if (v != 0 || strcmp(m[i].currency, r->ctx.set->currency_base) == 0)
			show_money(r, NULL, v, m[i].currency);
	}
	jo_end(r->out);
}

static enum errk money(struct req *r)
{
	int64_t since = clock_month_start(r->ctx.now, 0);
	struct overview_money_row *m;
	struct overview_revenue_row *rev;
	size_t n;

	TRY(q_overview_money(&r->ctx, since, &m, &n));
	money_out(r, "invoiced_month", m, n, 0);
	money_out(r, "open", m, n, 1);
	money_out(r, "paid_month", m, n, 2);
	TRY(q_overview_revenue(&r->ctx, r->ctx.set->currency_base, r->ctx.now - 31 * 86400, &rev,
			       &n));
	jo_arr(r->out, "revenue_by_day");
	for (size_t i = 0; i < n; i++) {
		jo_obj(r->out, NULL);
		jo_str(r->out, "day", clock_date(r->ctx.mem, rev[i].day * 86400));
		show_amount(r, "amount", rev[i].amount_e8, r->ctx.set->currency_base);
		jo_end(r->out);
	}
	jo_end(r->out);
	return ERR_OK;
}

static enum errk invariants(struct req *r)
{
	struct gauge *list;
	int64_t oldest = INT64_MAX;
	uint64_t due = 0;

	TRY(gauges_list(&r->ctx, &list));
	jo_arr(r->out, "invariants");
	for (size_t i = 0; i < invariants_count; i++) {
		jo_obj(r->out, NULL);
		jo_str(r->out, "id", list[i].id);
		jo_str(r->out, "title", list[i].title);
		jo_u64(r->out, "value", list[i].value);
		jo_bool(r->out, "ok", list[i].value == 0 && list[i].checked_at > 0);
		show_wall(r, "checked_at", list[i].checked_at);
		show_wall(r, "wrong_since", list[i].wrong_since);
		jo_i64(r->out, "took_ms", list[i].took_ms);
		jo_end(r->out);
		due += list[i].due;
		oldest = list[i].checked_at < oldest ? list[i].checked_at : oldest;
	}
	jo_end(r->out);
	show_wall(r, "checked_at", oldest);
	jo_u64(r->out, "checks_due", due);
	return ERR_OK;
}

const struct field admin_verify_in[] = { F_END };

enum errk admin_verify(struct req *r)
{
	uint64_t n;

	TRY(q_gauge_ask(&r->ctx, r->ctx.wall, &n));
	return invariants(r);
}

static enum errk biller(struct req *r, const struct heartbeat_list_row *beats, size_t n)
{
	struct overview_rated_row rated;
	int64_t last = 0, lag = 0;

	for (size_t i = 0; i < n; i++)
		if (strcmp(beats[i].name, "biller") == 0)
			last = beats[i].at;
	TRY(q_overview_rated(&r->ctx, &rated));
	if (!rated.hourly_until_null)
		lag = r->ctx.now - rated.hourly_until * HOUR_S;
	jo_obj(r->out, "biller");
	show_wall(r, "last_run_at", last);
	jo_bool(r->out, "alive", r->ctx.wall - last < SILENT_S);
	if (rated.rated_until_hour_null)
		jo_null(r->out, "rated_until");
	else
		jo_time(r->out, "rated_until", rated.rated_until_hour * HOUR_S);
	/* Within the hour under way nobody is late. */
	jo_i64(r->out, "lag_s", lag > HOUR_S ? lag - HOUR_S : 0);
	jo_end(r->out);
	return ERR_OK;
}

static void workers(struct req *r, const struct heartbeat_list_row *beats, size_t n)
{
	jo_arr(r->out, "workers");
	for (size_t i = 0; i < n; i++) {
		if (strncmp(beats[i].name, "portal.", 7) != 0 ||
		    r->ctx.wall - beats[i].at > 3600)
			continue;
		jo_obj(r->out, NULL);
		jo_str(r->out, "pool", arena_dupn(r->ctx.mem, beats[i].name + 7,
						  strcspn(beats[i].name + 7, ".")));
		jo_u64(r->out, "pid", beats[i].pid);
		jo_u64(r->out, "generation", beats[i].generation);
		jo_u64(r->out, "requests", beats[i].counter);
		show_wall(r, "started_at", beats[i].started_at);
		jo_end(r->out);
	}
	jo_end(r->out);
}

static void attention_one(struct req *r, uint64_t n, const char *kind, const char *one,
			  const char *many, const char *link)
{
	if (n == 0)
		return;
	jo_obj(r->out, NULL);
	jo_str(r->out, "kind", kind);
	jo_str(r->out, "text", arena_fmt(r->ctx.mem, "%llu %s", (unsigned long long)n,
					 n == 1 ? one : many));
	jo_str(r->out, "link", link);
	jo_end(r->out);
}

static enum errk attention(struct req *r)
{
	struct overview_attention_row n;
	struct gauge_broken_row books;
	struct suspension_failed_row failed;
	struct deposit_waiting_row late;
	struct mail_trouble_row mails;

	TRY(q_overview_attention(&r->ctx, r->ctx.now, &n));
	TRY(q_gauge_broken(&r->ctx, &books));
	jo_arr(r->out, "attention");
	attention_one(r, books.n, "books", "invariant of the books is broken",
		      "invariants of the books are broken", "/admin/overview");
	attention_one(r, n.overdue, "overdue", "overdue invoice", "overdue invoices",
		      "/admin/billing/invoices?status=OVERDUE");
	attention_one(r, n.suspended, "suspended", "suspended account", "suspended accounts",
		      "/admin/clients?status=SUSPENDED");
	TRY(q_suspension_failed(&r->ctx, &failed));
	attention_one(r, failed.n, "restore", "halt or restore did not finish",
		      "halts or restores did not finish",
		      "/admin/clients?status=ACTIVE");
	attention_one(r, n.parked, "parked", "job is parked and waits for you",
		      "jobs are parked and wait for you",
		      "/admin/billing/whmcs");
	TRY(q_deposit_waiting(&r->ctx, r->ctx.now - r->ctx.set->signup_payout_days * 86400, &late));
	attention_one(r, late.n, "deposit", "refund of a deposit is late",
		      "refunds of deposits are late",
		      arena_fmt(r->ctx.mem, "/admin/clients/%llu?tab=deposit",
				(unsigned long long)late.account_id));
	/* Those of the last days: what failed long ago was seen. */
	TRY(q_mail_trouble(&r->ctx, r->ctx.wall - 7 * 86400, &mails));
	attention_one(r, mails.held, "mail", "mail is held back", "mails are held back",
		      "/admin/mails?status=HELD");
	attention_one(r, mails.failed, "mail", "mail failed", "mails failed",
		      "/admin/mails?status=FAILED");
	attention_one(r, n.links, "whmcs", "WHMCS link needs attention",
		      "WHMCS links need attention", "/admin/billing/whmcs");
	jo_end(r->out);
	return ERR_OK;
}

/* What keeps accounts from being suspended; the list is /api/admin/suspension. */
static enum errk suspension(struct req *r)
{
	struct suspension_state_get_row s;

	TRY(q_suspension_state_get(&r->ctx, &s));
	jo_obj(r->out, "suspension");
	jo_bool(r->out, "enabled", r->ctx.set->suspension_enabled);
	jo_str(r->out, "pause", r->ctx.set->suspension_enabled ? s.pause : "OFF");
	jo_u64(r->out, "held", r->ctx.set->suspension_enabled ? s.held_n : 0);
	jo_end(r->out);
	return ERR_OK;
}

const struct field admin_overview_in[] = { F_END };

enum errk admin_overview(struct req *r)
{
	struct heartbeat_list_row *beats;
	size_t n;

	jo_time(r->out, "now", r->ctx.now);
	TRY(tiles(r));
	TRY(money(r));
	TRY(invariants(r));
	TRY(jobs_out(r));
	TRY(q_heartbeat_list(&r->ctx, &beats, &n));
	TRY(biller(r, beats, n));
	TRY(bridge_out(r, "bridge"));
	workers(r, beats, n);
	TRY(suspension(r));
	return attention(r);
}
