#include "mail/send.h"

#include <string.h>
#include <stdio.h>

#include "base/boot.h"
#include "base/clock.h"
#include "base/db.h"
#include "base/failpoint.h"
#include "base/json.h"
#include "base/log.h"
#include "base/random.h"
#include "document/document.h"
#include "mail/mail.h"
#include "mail/smtp.h"
#include "notify/notify.h"
#include "settings/settings.h"
#include "stmt.h"

#define FIRST_LATER_S 10
#define LONGEST_LATER_S 3600
#define GIVE_UP_S (3 * 86400)
#define REST_MOST_S 60
#define BEAT_S 10
#define TOKEN_BYTES 32

/* A mail in hand. */
struct hand {
	struct mailer *m;
	const struct mail_due_row *row;
	const struct mail_kind *kind;
	struct notify_words words;
	const char *token;	/* NULL: no link that opens an account */
	struct document doc;
	uint64_t fence;
};

static const char *detail_of(struct ctx *c)
{
	const struct err_record *e = &c->err;

	return arena_fmt(c->mem, "%.400s", e->detail != NULL ? e->detail : e->code);
}

static enum errk end(struct hand *h, const char *status, const char *error)
{
	uint64_t n;

	return q_mail_end(h->m->c, h->row->id, h->fence, status, error, &n);
}

/* A mail that cannot be made now: why decides whether it waits for a person. */
static enum errk not_made(struct hand *h, enum errk k)
{
	struct ctx *c = h->m->c;
	const char *code = c->err.code, *error = detail_of(c);

	if (k == ERR_BUSY || k == ERR_UNCERTAIN || strncmp(code, "db.", 3) == 0)
		return k;
	log_failure(c, LOG_LVL_WARN, "mail");
	err_clear(c);
	if (strcmp(code, "mail.moot") == 0)
		return end(h, "CANCELLED", error);
	if (strcmp(code, "mail.setup") == 0 || strcmp(code, "mail.template") == 0)
		return end(h, "HELD", error);
	return end(h, "FAILED", error);
}

static enum errk words(struct hand *h, const char *token)
{
	const struct mail_due_row *r = h->row;

	return notify_compose(h->m->c, h->m->conf->mail_templates, &(struct notify_in){
		.kind = r->kind, .to = r->to_address, .detail = r->detail, .link_token = token,
		.account_id = r->account_id_null ? 0 : r->account_id, .ref_id = r->ref_id,
		.billing_at = r->billing_at }, &h->words);
}

/* The words as they stand now; those of a mail sent again stay as they were. What
 * is kept never holds a link that opens an account. */
static enum errk make(struct hand *h)
{
	struct ctx *c = h->m->c;
	const struct mail_due_row *r = h->row;
	uint64_t n;

	h->kind = mail_kind_find(r->kind);
	if (h->kind == NULL)
		return fail(c, ERR_INTERNAL, "internal", "mail of kind %s", r->kind);
	if (r->resends > 0 && !r->composed_at_null) {
		h->words = (struct notify_words){ r->subject, r->body_text, r->body_html };
	} else {
		TRY(words(h, NULL));
		TRY(q_mail_composed(c, r->id, r->fence, h->words.subject, h->words.text,
				    h->words.html, c->wall, &n));
	}
	if (h->kind->token) {
		h->token = random_token(c->mem, TOKEN_BYTES);
		TRY(words(h, h->token));
	}
	if (!r->attach_invoice_id_null)
		TRY(document_get_any(c, r->attach_invoice_id, "pdf", &h->doc));
	return ERR_OK;
}

/* *held_r: the breaker keeps it. */
static enum errk breaker(struct hand *h, bool *held_r)
{
	struct ctx *c = h->m->c;
	const struct settings *s = c->set;
	const struct mail_due_row *r = h->row;
	struct mail_rates_row rates;
	uint64_t n;

	*held_r = false;
	if (r->released || h->kind->token || h->kind->type == MAIL_TEST)
		return ERR_OK;
	TRY(q_mail_rates(c, r->account_id_null ? 0 : r->account_id, c->wall - 3600,
			 c->wall - 86400, &rates));
	if (rates.hour_n >= (uint64_t)s->mail_per_hour) {
		*held_r = true;
		log_event(LOG_LVL_WARN, "mails held", "in_an_hour",
			  arena_fmt(c->mem, "%llu", (unsigned long long)rates.hour_n), NULL);
		return q_mail_hold_all(c, arena_fmt(c->mem, "more than %lld mails within an hour",
						    (long long)s->mail_per_hour), &n);
	}
	if (!r->account_id_null && rates.account_n >= (uint64_t)s->mail_per_account_day) {
		*held_r = true;
		return end(h, "HELD",
			   arena_fmt(c->mem, "more than %lld mails to this client within a day",
				     (long long)s->mail_per_account_day));
	}
	return ERR_OK;
}

/* The last write before the body: from here on nobody sends it again by himself. */
static enum errk on_body(struct ctx *c, void *arg)
{
	struct hand *h = arg;
	uint64_t n;

	TRY(q_mail_data(c, h->row->id, h->fence, &n));
	return n == 1 ? ERR_OK : fail(c, ERR_CONFLICT, "job.lost", "mail is no longer ours");
}

static const char *message_id(struct hand *h)
{
	struct arena *mem = h->m->c->mem;
	const char *from = h->m->conf->mail_from, *at = strchr(from, '@');
	const char *said = arena_fmt(mem, "%s %s %u", from, h->row->dedupe_key, h->row->resends);

	return arena_fmt(mem, "%.40s@%s", sha256_hex(mem, said, strlen(said)),
			 at != NULL ? at + 1 : "localhost");
}

static enum errk token_keep(struct hand *h)
{
	struct ctx *c = h->m->c;
	uint8_t hash[32];
	uint64_t n;

	if (h->token == NULL)
		return ERR_OK;
	sha256(h->token, strlen(h->token), hash);
	return q_token_set(c, h->row->ref_id, hash, &n);
}

static enum errk later(struct hand *h)
{
	struct mailer *m = h->m;
	struct ctx *c = m->c;
	const char *error = detail_of(c);
	int64_t delay = FIRST_LATER_S;
	uint64_t n;

	for (uint32_t i = 0; i < h->row->attempts && delay < LONGEST_LATER_S; i++)
		delay *= 2;
	if (delay > LONGEST_LATER_S)
		delay = LONGEST_LATER_S;
	err_clear(c);
	if (clock_wall() - h->row->created_at > GIVE_UP_S && h->row->attempts > 10)
		return end(h, "FAILED", error);
	return q_mail_later(c, h->row->id, h->fence,
			    clock_wall() + delay / 2 + (int64_t)random_below((uint64_t)delay),
			    error, &n);
}

/* A server that is not there is left alone for a while. */
static void rest(struct mailer *m)
{
	int64_t s = 2;

	m->failures++;
	for (unsigned i = 1; i < m->failures && s < REST_MOST_S; i++)
		s *= 2;
	m->rest_until = clock_wall() + (s < REST_MOST_S ? s : REST_MOST_S);
}

static enum errk outcome(struct hand *h, enum errk k)
{
	struct mailer *m = h->m;
	struct ctx *c = m->c;
	const char *code = c->err.code, *error;
	uint64_t n;

	if (k == ERR_OK) {
		m->failures = 0;
		m->last_ok_at = clock_wall();
		m->last_error[0] = '\0';
		m->sent++;
		if (FAILPOINT("mail.sent"))
			return fail(c, ERR_INTERNAL, "internal", "failpoint mail.sent");
		TRY(q_mail_sent(c, h->row->id, h->fence, clock_wall(), &n));
		return n == 1 ? ERR_OK : fail(c, ERR_CONFLICT, "job.lost", "mail %llu was sent",
					      (unsigned long long)h->row->id);
	}
	error = detail_of(c);
	log_failure(c, LOG_LVL_WARN, "mail");
	snprintf(m->last_error, sizeof m->last_error, "%s", error);
	if (strcmp(code, "mail.later") == 0) {
		if (k == ERR_UPSTREAM)
			rest(m);
		return later(h);
	}
	m->failures = 0;
	err_clear(c);
	if (strcmp(code, "mail.setup") == 0)
		return end(h, "HELD", error);
	if (strcmp(code, "mail.uncertain") == 0)
		return end(h, "FAILED", arena_fmt(c->mem, "it may have arrived: %.400s", error));
	return end(h, "FAILED", error);
}

static enum errk deliver(struct hand *h)
{
	struct mailer *m = h->m;
	struct ctx *c = m->c;
	struct smtp_mail mail = {
		.from_name = c->set->portal_name, .to = h->row->to_address,
		.subject = h->words.subject, .text = h->words.text, .html = h->words.html,
		.message_id = message_id(h), .wall = clock_wall(),
		.file_name = h->row->attach_invoice_id_null ? NULL : h->doc.file_name,
		.file = h->doc.bytes, .file_len = h->doc.len, .on_body = on_body, .arg = h };
	uint64_t n;

	TRY(q_mail_claim(c, h->row->id, h->row->fence, m->holder,
			 clock_wall() + m->conf->mail_timeout_s + 10, &n));
	if (n != 1)
		return ERR_OK;		/* staff changed it just now */
	h->fence++;
	if (FAILPOINT("mail.claimed"))
		return fail(c, ERR_INTERNAL, "internal", "failpoint mail.claimed");
	TRY(token_keep(h));
	return outcome(h, smtp_send(c, m->conf, &mail));
}

static enum errk one(struct mailer *m, bool *idle_r)
{
	struct ctx *c = m->c;
	struct mail_due_row *rows;
	struct hand h = { .m = m };
	bool held;
	enum errk k;
	size_t n;

	TRY(q_mail_due(c, c->wall, &rows, &n));
	*idle_r = n == 0;
	if (n == 0)
		return ERR_OK;
	h.row = &rows[0];
	h.fence = h.row->fence;
	k = make(&h);
	if (k != ERR_OK)
		return not_made(&h, k);
	TRY(breaker(&h, &held));
	return held ? ERR_OK : deliver(&h);
}

static enum errk beat(struct mailer *m)
{
	struct ctx *c = m->c;
	struct jout *o;
	const char *text;

	if (c->wall - m->beat_at < BEAT_S)
		return ERR_OK;
	m->beat_at = c->wall;
	o = jo_new(c);
	jo_str(o, "state", m->conf->mail_smtp_url[0] == '\0' ? "OFF"
		: m->failures > 0 ? "DOWN" : m->last_ok_at > 0 ? "OK" : "NEVER");
	jo_i64(o, "last_ok_at", m->last_ok_at);
	jo_str(o, "last_error", m->last_error);
	text = arena_dup(c->mem, jo_text(o, NULL));
	jo_free(&o);
	return boot_heartbeat(c, "bridge.mail", m->started_at, m->sent, text);
}

enum errk mailer_round(struct mailer *m, bool *idle_r)
{
	struct ctx *c = m->c;
	enum errk k;
	uint64_t n;

	*idle_r = true;
	if (!c->set->mail_enabled)
		return ERR_OK;
	TRY(beat(m));
	if (m->conf->mail_smtp_url[0] == '\0' || c->wall < m->rest_until)
		return ERR_OK;
	k = lease_take(c, "bridge.mail", m->holder, m->conf->mail_timeout_s + 10, &m->lease);
	if (k == ERR_BUSY && strcmp(c->err.code, "lease.held") == 0) {
		err_clear(c);
		return ERR_OK;		/* another bridge sends */
	}
	TRY(k);
	TRY(q_mail_stale(c, c->wall, "the sender ended while the mail was on its way: it may "
			 "have arrived", &n));
	return one(m, idle_r);
}
