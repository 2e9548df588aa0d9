#include "sync/payments.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "payment/payment.h"
#include "stmt.h"
#include "whmcs/hint.h"
#include "whmcs/objects.h"

#define PAGE 250
#define PAGES_MAX 40		/* 10,000 unpaid invoices a look; the rolling look has the rest */
#define ROLLING 10		/* partial payments leave an invoice in the unpaid list */
#define LINKS_MAX 500
#define ODD_EVERY_S 60
#define SETTLED_EVERY_S 86400
#define SETTLED_AT_ONCE 5

struct unpaid { uint64_t *id; size_t n; bool whole; };

static int by_number(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static enum errk unpaid_read(struct whmcs *w, struct unpaid *u)
{
	u->id = ARENA_ARRAY(w->c->mem, PAGE * PAGES_MAX, uint64_t);
	u->n = 0;
	for (size_t page = 0; page < PAGES_MAX; page++) {
		struct whmcs_arg args[] = {
			{ "status", "Unpaid" }, { "orderby", "id" }, { "order", "asc" },
			{ "limitstart", u64_text(w, page * PAGE) },
			{ "limitnum", u64_text(w, PAGE) },
		};
		const struct json *row;
		size_t i = 0;

		TRY(whmcs_call(w, WHMCS_READ, "GetInvoices", args, sizeof args / sizeof args[0]));
		for (; i < PAGE; i++) {
			row = wj_item(w->answer, "invoices", "invoice", i);
			if (row == NULL)
				break;
			u->id[u->n++] = wj_id(row, "id");
		}
		u->whole = i < PAGE;
		if (u->whole)
			break;
	}
	qsort(u->id, u->n, sizeof u->id[0], by_number);
	return ERR_OK;
}

struct look {
	struct whmcs *w;
	uint64_t local, remote, account;
	struct invoice_get_row inv;
	const struct currency *cur;
	const char *status;
	int64_t total, credit, paid_in, paid_out;
	uint64_t client, owner;		/* there: linked, and the invoice's; 0: not told */
	uint64_t applied;
};

static enum errk apply(struct look *l, const char *gateway, const char *txn, int64_t minor,
		       int64_t at, const char *note)
{
	struct payment_out out;

	if (FAILPOINT("bridge.payment_seen"))
		return fail(l->w->c, ERR_UPSTREAM, "whmcs.down", "failpoint bridge.payment_seen");
	TRY(payment_apply(l->w->c, &(struct payment_in){
		.account_id = l->account, .invoice_id = l->local, .gateway = gateway,
		.gateway_txn = txn, .amount_minor = minor, .currency = l->inv.currency,
		.received_at = at, .note = arena_fmt(l->w->c->mem, "%.280s", note),
		.surplus_stays = true }, &out));
	if (!out.duplicate && out.payment_id != 0)
		l->applied++;
	return ERR_OK;
}

/* "2026-12-01 10:00:00" -> UTC seconds; WHMCS tells no zone, so this is for
 * showing only, and never ahead of our clock. */
static int64_t time_of(struct look *l, const char *text)
{
	const char *iso = arena_fmt(l->w->c->mem, "%.10sT%.8sZ", text,
				    strlen(text) == 19 ? text + 11 : "00:00:00");
	int64_t t;

	if (clock_parse(l->w->c, iso, &t) != ERR_OK) {
		err_clear(l->w->c);
		return l->w->c->now;
	}
	t += l->w->c->now - l->w->c->wall;	/* a test installation's clock may be ahead */
	return t < l->w->c->now ? t : l->w->c->now;
}

static bool is_ours(const struct whmcs *w, const char *transid)
{
	size_t len = strlen(w->installation);

	return strncmp(transid, "tb-", 3) == 0 &&
	       strncmp(transid + 3, w->installation, len) == 0 &&
	       strncmp(transid + 3 + len, ":p:", 3) == 0;
}

static enum errk row_apply(struct look *l, const struct json *row)
{
	struct whmcs *w = l->w;
	const char *transid = wj_text(w, row, "transid");
	const char *date = wj_text(w, row, "date"), *module = wj_text(w, row, "gateway");
	uint64_t id = wj_id(row, "id");
	int64_t in = 0, out = 0;

	if (json_get(row, "amountin") != NULL)
		TRY(wj_minor(w, row, "amountin", l->cur, &in));
	if (json_get(row, "amountout") != NULL)
		TRY(wj_minor(w, row, "amountout", l->cur, &out));
	l->paid_in += in;
	l->paid_out += out;
	if (in <= 0 || id == 0 || is_ours(w, transid))
		return ERR_OK;
	return apply(l, "whmcs", u64_text(w, id), in, time_of(l, date),
		     arena_fmt(w->c->mem, "%s %s", module, transid));
}

static enum errk transactions(struct look *l)
{
	struct whmcs *w = l->w;
	struct whmcs_arg args[] = { { "invoiceid", u64_text(w, l->remote) } };
	const struct json *row;

	TRY(whmcs_call(w, WHMCS_READ, "GetTransactions", args, 1));
	for (size_t i = 0;
	     (row = wj_item(w->answer, "transactions", "transaction", i)) != NULL; i++)
		/* Some versions ignore a filter they do not know. */
		if (wj_id(row, "invoiceid") == l->remote)
			TRY(row_apply(l, row));
	return ERR_OK;
}

/* Credit of the client used there is money of ours too: what came on top of
 * what is booked. */
static enum errk credit(struct look *l)
{
	struct whmcs_credit_applied_row have;

	if (l->credit <= 0)
		return ERR_OK;
	TRY(q_whmcs_credit_applied(l->w->c, l->local, &have));
	if (l->credit <= have.amount_minor)
		return ERR_OK;
	return apply(l, "whmcs-credit",
		     arena_fmt(l->w->c->mem, "%llu-%lld", (unsigned long long)l->remote,
			       (long long)l->credit), l->credit - have.amount_minor,
		     l->w->c->now, "WHMCS credit balance");
}

static enum errk settle(struct look *l, const char *state, const char *note)
{
	uint64_t n;

	return q_whmcs_link_set(l->w->c, "INVOICE", l->local, state, l->status, note, l->w->c->wall,
				&n);
}

/* Paid twice or too much there: WHMCS keeps it as the client's credit, and what
 * is used of it on a later invoice comes to us as that invoice's credit. Booked
 * here as well it would be spent twice. */
static const char *surplus(struct look *l)
{
	int64_t more = l->paid_in + l->credit - l->inv.total_minor;

	if (more <= 0)
		return "";
	return arena_fmt(l->w->c->mem, "%s %s too much was paid in WHMCS: it is credit of the "
			 "client there", money_text(l->w->c->mem, more, l->cur), l->cur->code);
}

/* What the two sides say of each other, after the money is booked. */
static enum errk conclude(struct look *l)
{
	struct whmcs *w = l->w;
	bool paid_here, paid_there = strcmp(l->status, "Paid") == 0;

	TRY(q_invoice_get(w->c, l->account, l->local, &l->inv));
	paid_here = strcmp(l->inv.status, "PAID") == 0;
	if (l->paid_out > 0)
		return settle(l, "ATTENTION", "money was refunded in WHMCS: book it here too");
	if (paid_here && paid_there)
		return settle(l, "SETTLED", surplus(l));
	if (paid_there)
		return settle(l, "ATTENTION", "Paid in WHMCS without transactions for the whole "
			      "amount");
	if (strcmp(l->status, "Unpaid") == 0 || strcmp(l->status, "Payment Pending") == 0)
		return settle(l, "OPEN", "");
	return settle(l, "ATTENTION", arena_fmt(w->c->mem, "%s in WHMCS, %s here", l->status,
						l->inv.status));
}

static enum errk look_read(struct look *l)
{
	struct whmcs *w = l->w;
	struct whmcs_arg args[] = { { "invoiceid", u64_text(w, l->remote) } };

	TRY(q_invoice_get(w->c, l->account, l->local, &l->inv));
	l->cur = currency_find(l->inv.currency);
	TRY(whmcs_call(w, WHMCS_READ, "GetInvoice", args, 1));
	l->status = wj_text(w, w->answer, "status");
	l->owner = wj_id(w->answer, "userid");
	TRY(wj_minor(w, w->answer, "total", l->cur, &l->total));
	if (json_get(w->answer, "credit") != NULL)
		TRY(wj_minor(w, w->answer, "credit", l->cur, &l->credit));
	return ERR_OK;
}

static enum errk look_at(struct look *l)
{
	struct whmcs *w = l->w;
	enum errk k = look_read(l);

	if (k == ERR_CONFLICT && whmcs_said(w, "Invoice ID Not Found")) {
		err_clear(w->c);
		l->status = "Deleted";
		return settle(l, "ATTENTION", "the invoice was deleted in WHMCS");
	}
	TRY(k);
	if (l->owner != 0 && l->owner != l->client)
		return settle(l, "ATTENTION", arena_fmt(w->c->mem, "in WHMCS the invoice is of "
			      "client #%llu now: were clients merged?",
			      (unsigned long long)l->owner));
	/* Money is money, whatever became of the document it was paid on. */
	TRY(transactions(l));
	TRY(credit(l));
	if (l->total + l->credit != l->inv.total_minor)
		return settle(l, "ATTENTION",
			      arena_fmt(w->c->mem, "the total in WHMCS is %s",
					money_text(w->c->mem, l->total + l->credit, l->cur)));
	return conclude(l);
}

/* Before money is booked: is the client there still in our currency? It can be
 * changed there at any time, which relabels every invoice. */
static enum errk currency_safe(struct whmcs *w, uint64_t account_id, uint64_t local,
			       const char *currency, uint64_t *client_r, bool *safe_r)
{
	struct whmcs_link_get_row client;
	uint64_t n;
	enum errk k;

	TRY(q_whmcs_link_get(w->c, "CLIENT", account_id, &client));
	*client_r = client.remote_id;
	k = client_currency_check(w, client.remote_id, currency);
	*safe_r = k == ERR_OK;
	if (k != ERR_CONFLICT)
		return k;
	return q_whmcs_link_set(w->c, "INVOICE", local, "ATTENTION", "",
				arena_fmt(w->c->mem, "%.480s", w->c->err.detail), w->c->wall, &n);
}

static enum errk one(struct whmcs *w, const struct whmcs_open_links_row *row, uint64_t *applied_r)
{
	struct look l = { .w = w, .local = row->local_id, .remote = row->remote_id,
			  .account = row->account_id };
	struct invoice_get_row inv;
	bool safe;

	TRY(q_invoice_get(w->c, row->account_id, row->local_id, &inv));
	TRY(currency_safe(w, row->account_id, row->local_id, inv.currency, &l.client, &safe));
	if (!safe)
		return ERR_OK;
	TRY(look_at(&l));
	*applied_r += l.applied;
	return ERR_OK;
}

/* A refund or a chargeback may come months later: some of the settled ones each
 * time, each about once a day. */
static enum errk settled_look(struct whmcs *w, uint64_t *applied_r)
{
	struct whmcs_settled_links_row *rows;
	size_t n;

	TRY(q_whmcs_settled_links(w->c, w->c->wall - SETTLED_EVERY_S, SETTLED_AT_ONCE, &rows, &n));
	for (size_t i = 0; i < n; i++) {
		struct whmcs_open_links_row row = { .local_id = rows[i].local_id,
						    .remote_id = rows[i].remote_id,
						    .account_id = rows[i].account_id };
		enum errk k = one(w, &row, applied_r);

		if (k != ERR_CONFLICT)
			TRY(k);
		err_clear(w->c);
	}
	return ERR_OK;
}

enum errk job_whmcs_look(struct whmcs *w, uint64_t invoice_id)
{
	int64_t since = w->c->wall;
	struct whmcs_open_links_row row = { .local_id = invoice_id };
	struct whmcs_link_get_row link;
	struct invoice_owner_row owner;
	uint64_t applied = 0;
	const char *ignored;

	TRY(whmcs_mark(w, "p", 0, &ignored));
	TRY(q_invoice_owner(w->c, invoice_id, &owner));
	TRY(q_whmcs_link_get(w->c, "INVOICE", invoice_id, &link));
	row.account_id = owner.account_id;
	row.remote_id = link.remote_id;
	TRY(one(w, &row, &applied));
	return hint_done(w->c, 0, link.remote_id, since);
}

enum errk payments_poll(struct whmcs *w, uint64_t *applied_r)
{
	struct whmcs_open_links_row *links;
	struct unpaid u;
	const char *ignored;
	size_t n, rolling = 0;

	w->job = NULL;
	TRY(whmcs_mark(w, "p", 0, &ignored));	/* from here on is_ours knows our name */
	TRY(settled_look(w, applied_r));
	TRY(q_whmcs_open_links(w->c, w->c->wall - ODD_EVERY_S, LINKS_MAX, &links, &n));
	if (n == 0)
		return ERR_OK;
	TRY(unpaid_read(w, &u));
	for (size_t i = 0; i < n; i++) {
		bool unpaid = bsearch(&links[i].remote_id, u.id, u.n, sizeof u.id[0],
				      by_number) != NULL;
		enum errk k;

		/* In an incomplete list, absence means nothing. */
		if ((unpaid || !u.whole) && rolling++ >= ROLLING)
			continue;
		k = one(w, &links[i], applied_r);
		if (k == ERR_CONFLICT) {	/* this one is odd: the others go on */
			log_failure(w->c, LOG_LVL_WARN, "invoice not understood");
			err_clear(w->c);
			continue;
		}
		TRY(k);
	}
	return ERR_OK;
}
