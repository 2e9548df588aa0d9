/* Mails as staff sees them: the log, what the breaker holds, what failed, a test
 * and the texts. */
#include <string.h>

#include "account/token.h"
#include "fcgi/show.h"
#include "mail/mail.h"
#include "notify/notify.h"
#include "stmt.h"

static const char *shown(const char *status)
{
	return strcmp(status, "SENDING") == 0 || strcmp(status, "DATA") == 0 ? "QUEUED" : status;
}

static void row_out(struct req *r, const struct mail_page_row *m)
{
	jo_obj(r->out, NULL);
	jo_u64(r->out, "id", m->id);
	if (m->account_id_null)
		jo_null(r->out, "account_id");
	else
		jo_u64(r->out, "account_id", m->account_id);
	jo_str(r->out, "client", m->client);
	jo_str(r->out, "kind", m->kind);
	jo_str(r->out, "to", m->to_address);
	jo_str(r->out, "subject", m->subject);
	jo_str(r->out, "status", shown(m->status));
	jo_u64(r->out, "attempts", m->attempts);
	jo_str(r->out, "last_error", m->last_error);
	show_wall(r, "created_at", m->created_at);
	if (m->sent_at_null)
		jo_null(r->out, "sent_at");
	else
		show_wall(r, "sent_at", m->sent_at);
	jo_end(r->out);
}

/* heartbeat "bridge.mail": detail is JSON {"state","last_ok_at","last_error"}. */
static enum errk sender_out(struct req *r)
{
	struct heartbeat_list_row *beats;
	const char *state = "NEVER", *error = NULL;
	struct json *j = NULL;
	int64_t ok_at = 0;
	size_t n;

	TRY(q_heartbeat_list(&r->ctx, &beats, &n));
	for (size_t i = 0; i < n; i++) {
		if (strcmp(beats[i].name, "bridge.mail") != 0 ||
		    json_parse(&r->ctx, beats[i].detail, strlen(beats[i].detail), &j) != ERR_OK)
			continue;
		state = r->ctx.wall - beats[i].at > 120 ? "DOWN" : json_text(json_get(j, "state"));
		error = json_text(json_get(j, "last_error"));
		if (json_get(j, "last_ok_at") == NULL ||
		    !json_i64(json_get(j, "last_ok_at"), &ok_at))
			ok_at = 0;
	}
	err_clear(&r->ctx);
	jo_obj(r->out, "sender");
	jo_str(r->out, "state", r->ctx.set->mail_enabled ? state : "OFF");
	jo_str(r->out, "last_error", error);
	show_wall(r, "last_ok_at", ok_at);
	jo_end(r->out);
	json_close(&j);
	return ERR_OK;
}

struct mails_in { struct list_in list; uint64_t account; };
const struct field admin_mails_in[] = {
	F_LIST(struct mails_in, list, "id|created_at", "QUEUED|SENT|FAILED|HELD|CANCELLED"),
	F_U64(struct mails_in, account, false, 1, UINT64_MAX, "Only mails of this client"), F_END
};

enum errk admin_mails(struct req *r)
{
	const struct mails_in *in = r->in;
	const char *q = in->list.q ? in->list.q : "", *status = in->list.status;
	struct mail_page_counts_row *counts;
	struct mail_page_row *rows;
	uint64_t total = 0;
	size_t n;

	TRY(q_mail_page(&r->ctx, in->account, q, status ? status : "", in->list.per,
			(uint32_t)list_skip(&in->list), &rows, &n));
	jo_arr(r->out, "rows");
	for (size_t i = 0; i < n; i++)
		row_out(r, &rows[i]);
	jo_end(r->out);
	TRY(q_mail_page_counts(&r->ctx, in->account, q, &counts, &n));
	jo_obj(r->out, "counts");
	for (size_t i = 0; i < n; i++) {
		jo_u64(r->out, counts[i].status, counts[i].n);
		if (status == NULL || strcmp(status, counts[i].status) == 0)
			total += counts[i].n;
	}
	jo_end(r->out);
	show_page(r, &in->list, total);
	return sender_out(r);
}

struct one_in { uint64_t id; };
const struct field admin_mail_in[] = {
	F_U64(struct one_in, id, true, 1, UINT64_MAX, "Mail, from the path"), F_END
};

enum errk admin_mail(struct req *r)
{
	const struct one_in *in = r->in;
	struct mail_get_row m;

	TRY(q_mail_get(&r->ctx, in->id, &m));
	jo_u64(r->out, "id", m.id);
	jo_str(r->out, "kind", m.kind);
	jo_str(r->out, "to", m.to_address);
	jo_str(r->out, "subject", m.subject);
	jo_str(r->out, "text", m.body_text);
	jo_str(r->out, "html", m.body_html);
	jo_str(r->out, "attachment", m.attachment);
	jo_str(r->out, "status", shown(m.status));
	jo_u64(r->out, "attempts", m.attempts);
	jo_str(r->out, "last_error", m.last_error);
	show_wall(r, "created_at", m.created_at);
	if (m.sent_at_null)
		jo_null(r->out, "sent_at");
	else
		show_wall(r, "sent_at", m.sent_at);
	return ERR_OK;
}

const struct field admin_mail_release_in[] = {
	F_U64(struct one_in, id, true, 1, UINT64_MAX, "Mail, from the path"), F_END
};

enum errk admin_mail_release(struct req *r)
{
	const struct one_in *in = r->in;

	TRY(mail_release(&r->ctx, in->id));
	jo_bool(r->out, "ok", true);
	return ERR_OK;
}

const struct field admin_mail_resend_in[] = {
	F_U64(struct one_in, id, true, 1, UINT64_MAX, "Mail, from the path"), F_END
};

enum errk admin_mail_resend(struct req *r)
{
	const struct one_in *in = r->in;

	TRY(mail_resend(&r->ctx, in->id));
	jo_bool(r->out, "ok", true);
	return ERR_OK;
}

struct release_in { bool confirmed; };
const struct field admin_mails_release_in[] = {
	F_BOOL(struct release_in, confirmed, true, NULL, "Everything that is held may leave"),
	F_END
};

enum errk admin_mails_release(struct req *r)
{
	const struct release_in *in = r->in;
	uint64_t n;

	if (!in->confirmed)
		return fail_field(&r->ctx, "confirmed", "Please confirm.");
	TRY(mail_release_all(&r->ctx, &n));
	jo_u64(r->out, "released", n);
	return ERR_OK;
}

struct test_in { const char *to; };
const struct field admin_mail_test_in[] = {
	F_STR(struct test_in, to, true, 3, 190, "Address the test goes to"), F_END
};

enum errk admin_mail_test(struct req *r)
{
	const struct test_in *in = r->in;
	uint64_t id;

	TRY(mail_test(&r->ctx, in->to, &id));
	jo_u64(r->out, "id", id);
	return ERR_OK;
}

const struct field admin_mail_templates_in[] = { F_END };

/* Each with made-up values, or what is wrong with its file. */
enum errk admin_mail_templates(struct req *r)
{
	struct notify_words w;

	jo_arr(r->out, "rows");
	for (size_t i = 0; i < mail_kinds_count; i++) {
		const struct mail_kind *kind = &mail_kinds[i];
		enum errk k = notify_sample(&r->ctx, r->conf->mail_templates, kind->name, &w);

		jo_obj(r->out, NULL);
		jo_str(r->out, "kind", kind->name);
		jo_str(r->out, "file", kind->file);
		jo_str(r->out, "words", arena_fmt(r->ctx.mem, "brand name %s", kind->words));
		jo_bool(r->out, "wanted", mail_wanted(&r->ctx, kind->type));
		jo_str(r->out, "error", k == ERR_OK ? NULL : r->ctx.err.detail);
		jo_str(r->out, "subject", k == ERR_OK ? w.subject : NULL);
		jo_str(r->out, "text", k == ERR_OK ? w.text : NULL);
		jo_str(r->out, "html", k == ERR_OK ? w.html : NULL);
		jo_end(r->out);
		err_clear(&r->ctx);
	}
	jo_end(r->out);
	return ERR_OK;
}

struct forgotten_in { const char *email; };
const struct field admin_password_reset_in[] = {
	F_STR(struct forgotten_in, email, true, 1, 190, "Address of a staff login"), F_END
};

enum errk admin_password_reset(struct req *r)
{
	const struct forgotten_in *in = r->in;

	return show_forgotten(r, REALM_ADMIN, in->email);
}

struct reset_in { const char *token, *password; };
const struct field admin_password_reset_confirm_in[] = {
	F_SECRET(struct reset_in, token, true, 1, 100, "Of the link in the mail"),
	F_SECRET(struct reset_in, password, true, 10, 200, "At least 10 characters"), F_END
};

enum errk admin_password_reset_confirm(struct req *r)
{
	const struct reset_in *in = r->in;

	return show_reset(r, REALM_ADMIN, in->token, in->password);
}
