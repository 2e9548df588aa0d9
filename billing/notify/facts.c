/* What each kind of mail says, from the rows as they stand when it leaves. */
#include "notify/private.h"

#include <assert.h>
#include <string.h>

#include "document/document.h"
#include "money/money.h"
#include "settings/settings.h"
#include "stmt.h"
#include "suspension/suspension.h"

#define DAY_S 86400

void fact(struct facts *f, const char *name, const char *value)
{
	assert(f->n < FACTS_MAX);
	f->word[f->n++] = (struct template_word){ name, value };
}

static enum errk moot(struct ctx *c, const char *why)
{
	return fail(c, ERR_CONFLICT, "mail.moot", "%s", why);
}

/* The address in the settings, never the one of a request. */
static enum errk link_to(struct ctx *c, struct facts *f, const char *path)
{
	const char *base = c->set->portal_base_url;
	size_t len = strlen(base);

	if (len == 0)
		return fail(c, ERR_INVALID, "mail.setup", "set the Portal address "
			    "(portal.base_url) first");
	while (base[len - 1] == '/')
		len--;
	fact(f, "link", arena_fmt(c->mem, "%.*s%s", (int)len, base, path));
	return ERR_OK;
}

static const char *sum(struct ctx *c, int64_t minor, const char *code)
{
	return arena_fmt(c->mem, "%s %s", money_text(c->mem, minor, currency_find(code)), code);
}

static enum errk document_word(struct ctx *c, const struct notify_in *in, struct facts *f)
{
	const struct zone_info *z;
	struct mail_invoice_row i;
	struct mail_person_row a;
	const char *path, *title, *pay;
	int64_t open;

	TRY(q_mail_invoice(c, in->ref_id, &i));
	TRY(q_mail_person(c, in->account_id, &a));
	z = zone_load(c->mem, a.timezone);
	open = strcmp(i.status, "UNPAID") == 0 ? i.total_minor - i.paid_minor : 0;
	title = strcmp(i.kind, "CREDIT_NOTE") == 0 ? "Credit note"
		: strcmp(i.kind, "DEBIT_NOTE") == 0 ? "Debit note" : "Invoice";
	pay = strcmp(i.kind, "CREDIT_NOTE") == 0
	      ? "What you had paid already is on your balance."
	      : open == 0 ? "It is paid; there is nothing to do."
	      : arena_fmt(c->mem, "Please pay %s by %s.", sum(c, open, i.currency),
			  zone_date(c->mem, z, i.due_at));
	fact(f, "document", title);
	fact(f, "number", i.number);
	fact(f, "total", sum(c, i.total_minor, i.currency));
	fact(f, "payment", pay);
	TRY(document_link(c, in->ref_id, "pdf", &path));
	return link_to(c, f, path);
}

/* Local days from the due day to today. */
static int64_t days_since(const struct zone_info *z, int64_t due_at, int64_t now)
{
	struct civil a = zone_civil(z, due_at), b = zone_civil(z, now);

	a.hour = a.minute = a.second = b.hour = b.minute = b.second = 0;
	return (civil_to_utc(b) - civil_to_utc(a)) / DAY_S;
}

static enum errk reminder(struct ctx *c, const struct notify_in *in, struct facts *f)
{
	const struct zone_info *z;
	struct mail_invoice_row i;
	struct mail_person_row a;
	const char *path;
	int64_t days;

	TRY(q_mail_invoice(c, in->ref_id, &i));
	TRY(q_mail_person(c, in->account_id, &a));
	if (strcmp(i.status, "UNPAID") != 0 || i.total_minor <= i.paid_minor ||
	    i.credited_minor >= i.total_minor)
		return moot(c, "settled meanwhile");
	z = zone_load(c->mem, a.timezone);
	days = days_since(z, i.due_at, in->billing_at);
	fact(f, "number", i.number);
	fact(f, "due", sum(c, i.total_minor - i.paid_minor, i.currency));
	fact(f, "due_date", zone_date(c->mem, z, i.due_at));
	fact(f, "days", arena_fmt(c->mem, "%lld", (long long)(days < 0 ? -days : days)));
	TRY(document_link(c, in->ref_id, "pdf", &path));
	return link_to(c, f, path);
}

/* Where the money went, in words: "INV-1", "your balance", or when overdue invoices
 * came first "INV-1 (9.00 USD), your balance (3.00 USD)". */
static enum errk purpose(struct ctx *c, const struct notify_in *in,
			 const struct mail_payment_row *p, const char **text_r)
{
	struct mail_payment_settled_row *rows;
	int64_t left = p->amount_minor;
	struct str s;
	size_t n;

	TRY(q_mail_payment_settled(c, in->account_id, in->ref_id, &rows, &n));
	*text_r = p->number == NULL ? "your balance" : p->number;
	if (n == 0)
		return ERR_OK;
	str_init(&s, c->mem, (n + 2) * 100);
	if (p->number != NULL && !p->recharge) {
		str_addf(&s, "%s (%s), ", p->number, sum(c, p->invoice_minor, p->currency));
		left -= p->invoice_minor;
	}
	for (size_t i = 0; i < n; i++) {
		str_addf(&s, "%s%s (%s)", i > 0 ? ", " : "", rows[i].number,
			 sum(c, rows[i].amount_minor, p->currency));
		left -= rows[i].amount_minor;
	}
	if (left > 0)
		str_addf(&s, ", your balance (%s)", sum(c, left, p->currency));
	*text_r = s.s;
	return ERR_OK;
}

static enum errk payment(struct ctx *c, const struct notify_in *in, struct facts *f)
{
	struct mail_payment_row p;
	struct mail_person_row a;
	const char *text;

	TRY(q_mail_payment(c, in->ref_id, &p));
	TRY(q_mail_person(c, in->account_id, &a));
	fact(f, "amount", sum(c, p.amount_minor, p.currency));
	TRY(purpose(c, in, &p, &text));
	fact(f, "purpose", text);
	fact(f, "date", zone_date(c->mem, zone_load(c->mem, a.timezone), p.received_at));
	return link_to(c, f, "/user/dashboard");
}

static enum errk suspended(struct ctx *c, const struct notify_in *in, struct facts *f)
{
	struct suspension_needed needed;
	struct reasons_now_row *rows;
	struct mail_person_row a;
	bool overdue = false, exhausted = false;
	size_t n;

	TRY(q_mail_person(c, in->account_id, &a));
	TRY(q_reasons_now(c, in->account_id, &rows, &n));
	if (n == 0)
		return moot(c, "active again");
	for (size_t i = 0; i < n; i++) {
		overdue |= strcmp(rows[i].reason, "OVERDUE") == 0;
		exhausted |= strcmp(rows[i].reason, "EXHAUSTED") == 0;
	}
	fact(f, "reason", overdue && exhausted ? "an invoice is overdue and your funds are used up"
		: overdue ? "an invoice is overdue" : exhausted ? "your funds are used up"
		: "our staff has suspended it; please contact us");
	TRY(suspension_needed(c, in->account_id, &needed));
	fact(f, "needed", sum(c, needed.total_minor, a.currency));
	return link_to(c, f, "/user/suspended");
}

static enum errk restored(struct ctx *c, const struct notify_in *in, struct facts *f)
{
	struct mail_person_row a;

	TRY(q_mail_person(c, in->account_id, &a));
	if (strcmp(a.status, "ACTIVE") != 0)
		return moot(c, "suspended again");
	return link_to(c, f, "/user/dashboard");
}

static enum errk deletion(struct ctx *c, const struct notify_in *in, struct facts *f)
{
	struct mail_deletion_row q;
	struct mail_person_row a;

	TRY(q_mail_deletion(c, in->ref_id, &q));
	if (strcmp(q.state, "WAITING") != 0)
		return moot(c, "no longer planned");
	TRY(q_mail_person(c, in->account_id, &a));
	fact(f, "date", zone_date(c->mem, zone_load(c->mem, a.timezone), q.due_at));
	fact(f, "days", in->detail);
	return link_to(c, f, "/user/suspended");
}

static enum errk low(struct ctx *c, const struct notify_in *in, struct facts *f)
{
	size_t len = strcspn(in->detail, "|");

	fact(f, "hours", arena_dupn(c->mem, in->detail, len));
	fact(f, "balance", in->detail + len + (in->detail[len] == '|'));
	return link_to(c, f, "/user/company/profile/payment-settings");
}

/* The token is behind a #, which no server and no log gets to see. */
static enum errk token(struct ctx *c, const struct notify_in *in, struct facts *f, const char *page)
{
	struct token_get_row t;

	TRY(q_token_get(c, in->ref_id, &t));
	if (t.used || t.expires_at <= c->wall)
		return moot(c, "the link is over before it left");
	fact(f, "name", t.first_name);
	if (strcmp(t.purpose, "EMAIL") == 0)
		fact(f, "address", in->to);
	return link_to(c, f, arena_fmt(c->mem, "/%s/%s#%s", t.realm, page,
				       in->link_token ? in->link_token : "(not kept)"));
}

enum errk facts_of(struct ctx *c, const struct mail_kind *kind, const struct notify_in *in,
		   struct facts *f)
{
	struct mail_person_row a;

	fact(f, "brand", c->set->portal_name);
	if (!kind->token && in->account_id > 0) {
		TRY(q_mail_person(c, in->account_id, &a));
		fact(f, "name", a.first_name[0] != '\0' ? a.first_name : a.company);
	} else if (!kind->token) {
		fact(f, "name", "");
	}
	switch (kind->type) {
	case MAIL_INVOICE: return document_word(c, in, f);
	case MAIL_PAYMENT: return payment(c, in, f);
	case MAIL_REMINDER:
	case MAIL_OVERDUE: return reminder(c, in, f);
	case MAIL_LOW_BALANCE: return low(c, in, f);
	case MAIL_SUSPENDED: return suspended(c, in, f);
	case MAIL_RESTORED: return restored(c, in, f);
	case MAIL_DELETION: return deletion(c, in, f);
	case MAIL_PASSWORD_RESET: return token(c, in, f, "reset");
	case MAIL_EMAIL_CONFIRM: return token(c, in, f, "email-confirm");
	case MAIL_EMAIL_CHANGED: fact(f, "address", in->detail); return ERR_OK;
	case MAIL_TEST: fact(f, "time", clock_iso(c->mem, c->wall)); return ERR_OK;
	}
	return ERR_OK;
}
