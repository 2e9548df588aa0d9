/* A suspension as customers and staff see it. */
#include <string.h>

#include "base/clock.h"
#include "fcgi/show.h"
#include "money/money.h"
#include "stmt.h"
#include "suspension/suspension.h"

/* "job": how far the last halt, restore or deletion got; null: there was none. */
static enum errk job_out(struct req *r, uint64_t account_id, bool staff)
{
	struct suspension_job_last_row j;
	enum errk k = q_suspension_job_last(&r->ctx, account_id, &j);

	if (k == ERR_NOT_FOUND) {
		err_clear(&r->ctx);
		jo_null(r->out, "job");
		return ERR_OK;
	}
	TRY(k);
	jo_obj(r->out, "job");
	jo_str(r->out, "direction", j.direction);
	jo_str(r->out, "state", j.state);
	jo_u64(r->out, "done", j.done);
	jo_u64(r->out, "total", j.all_n);
	jo_u64(r->out, "failed", j.failed);
	jo_time(r->out, "at", j.created_at);
	if (staff)
		jo_str(r->out, "last_error", j.last_error != NULL ? j.last_error : "");
	jo_end(r->out);
	return ERR_OK;
}

static enum errk deletion_out(struct req *r, uint64_t account_id)
{
	struct deletion_warnings_row *rows;
	struct deletion_open_row q;
	size_t n;
	enum errk k = q_deletion_open(&r->ctx, account_id, &q);

	if (k == ERR_NOT_FOUND) {
		err_clear(&r->ctx);
		jo_null(r->out, "deletion");
		return ERR_OK;
	}
	TRY(k);
	TRY(q_deletion_warnings(&r->ctx, q.id, &rows, &n));
	jo_obj(r->out, "deletion");
	jo_str(r->out, "state", q.state);
	jo_time(r->out, "due_at", q.due_at);
	jo_str(r->out, "note", q.note);
	jo_arr(r->out, "warnings");
	for (size_t i = 0; i < n; i++) {
		jo_obj(r->out, NULL);
		jo_u64(r->out, "days_before", rows[i].days_before);
		jo_time(r->out, "at", rows[i].at);
		jo_end(r->out);
	}
	jo_end(r->out);
	jo_end(r->out);
	return ERR_OK;
}

static void needed_out(struct req *r, const struct suspension_needed *n, const char *currency)
{
	show_money(r, "amount_due", n->total_minor, currency);
	show_money(r, "invoices_due", n->open_minor, currency);
	show_money(r, "funds_due", amount_to_pay(n->restore_e8, currency_find(currency)), currency);
}

/* ---- customers ---- */

static bool has(const struct reasons_now_row *why, size_t n, const char *reason)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(why[i].reason, reason) == 0)
			return true;
	return false;
}

/* In the order of what the customer can do about it. */
static const char *message(const struct reasons_now_row *why, size_t n)
{
	bool overdue = has(why, n, "OVERDUE"), exhausted = has(why, n, "EXHAUSTED");

	if (has(why, n, "FRAUD") || has(why, n, "ADMIN"))
		return "Your account was suspended by us. Please contact us. Nothing you run "
		       "is lost.";
	if (has(why, n, "PAYMENT_PENDING"))
		return "Your account is ready as soon as your sign-up payment has arrived.";
	if (has(why, n, "VERIFY"))
		return "Your account waits for its verification. Please contact us.";
	if (overdue && exhausted)
		return "An invoice is overdue and your funds are used up. Your instances are "
		       "stopped, and start again by themselves as soon as both are settled.";
	if (overdue)
		return "An invoice is overdue. Your instances are stopped, and start again by "
		       "themselves as soon as it is paid.";
	return "Your funds are used up. Your instances are stopped, and start again by themselves "
	       "as soon as you have added enough.";
}

static enum errk suspended_notice(struct req *r, const char *currency)
{
	struct suspension_needed needed;
	struct reasons_now_row *why;
	int64_t since = 0;
	size_t n;

	TRY(q_reasons_now(&r->ctx, r->account_id, &why, &n));
	jo_str(r->out, "kind", "suspended");
	jo_arr(r->out, "reasons");
	for (size_t i = 0; i < n; i++) {
		jo_str(r->out, NULL, why[i].reason);
		since = since == 0 || why[i].since_at < since ? why[i].since_at : since;
	}
	jo_end(r->out);
	jo_time(r->out, "since", since);
	jo_str(r->out, "message", message(why, n));
	TRY(suspension_needed(&r->ctx, r->account_id, &needed));
	needed_out(r, &needed, currency);
	jo_arr(r->out, "invoices");
	TRY(show_open(r, r->account_id, false, currency));
	jo_end(r->out);
	jo_str(r->out, "pay_text", r->ctx.set->invoice_offline_text);
	if (has(why, n, "PAYMENT_PENDING"))
		TRY(show_deposit_missing(r));
	else
		jo_null(r->out, "deposit");
	return deletion_out(r, r->account_id);
}

enum errk show_notice(struct req *r)
{
	struct suspension_job_last_row j;
	struct account_get_row a;
	enum errk k;

	TRY(q_account_get(&r->ctx, r->account_id, &a));
	if (strcmp(a.status, "SUSPENDED") != 0) {
		k = q_suspension_job_last(&r->ctx, r->account_id, &j);
		if (k != ERR_OK && k != ERR_NOT_FOUND)
			return k;
		err_clear(&r->ctx);
		if (k == ERR_NOT_FOUND || strcmp(j.direction, "RESTORE") != 0 ||
		    strcmp(j.state, "DONE") == 0 || strcmp(j.state, "CANCELLED") == 0 ||
		    j.all_n == 0) {
			jo_null(r->out, "notice");
			return ERR_OK;
		}
		jo_obj(r->out, "notice");
		jo_str(r->out, "kind", "restoring");
	} else {
		jo_obj(r->out, "notice");
		TRY(suspended_notice(r, a.currency));
	}
	TRY(job_out(r, r->account_id, false));
	jo_end(r->out);
	return ERR_OK;
}

/* ---- staff ---- */

enum errk show_suspension(struct req *r, uint64_t account_id, const char *currency)
{
	struct suspension_needed needed;
	struct account_hold_get_row hold;
	enum errk k;

	TRY(suspension_needed(&r->ctx, account_id, &needed));
	jo_obj(r->out, "suspension");
	needed_out(r, &needed, currency);
	k = q_account_hold_get(&r->ctx, account_id, &hold);
	if (k == ERR_OK && hold.until_at > r->ctx.now) {
		jo_obj(r->out, "hold");
		jo_time(r->out, "until", hold.until_at);
		jo_str(r->out, "note", hold.note);
		jo_str(r->out, "by", hold.set_by);
		jo_end(r->out);
	} else if (k == ERR_OK || k == ERR_NOT_FOUND) {
		err_clear(&r->ctx);
		jo_null(r->out, "hold");
	} else {
		return k;
	}
	TRY(job_out(r, account_id, true));
	TRY(deletion_out(r, account_id));
	jo_end(r->out);
	return ERR_OK;
}
