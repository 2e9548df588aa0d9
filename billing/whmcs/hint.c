#include "whmcs/hint.h"

#include "base/db.h"
#include "base/outbox.h"
#include "stmt.h"
#include "whmcs/difference.h"

struct take { const struct hint *h; bool known; };

enum errk whmcs_look_at_invoice(struct ctx *c, uint64_t account_id, uint64_t invoice_id)
{
	return outbox_again(c, "WHMCS_LOOK",
			    arena_fmt(c->mem, "whmcs.look.%llu", (unsigned long long)invoice_id),
			    arena_fmt(c->mem, "account.%llu", (unsigned long long)account_id),
			    invoice_id);
}

static enum errk take_body(struct ctx *c, void *arg)
{
	struct take *t = arg;
	const struct hint *h = t->h;
	struct whmcs_linked_row *rows;
	size_t nrows;
	uint64_t n;

	TRY(q_whmcs_hint_add(c, h->id, h->event, h->client_id, h->invoice_id, h->at, c->wall, &n));
	t->known = n == 0;
	if (t->known)
		return ERR_OK;
	/* Two rows at most. What is linked to nothing of ours is not ours to look at. */
	TRY(q_whmcs_linked(c, h->client_id, h->invoice_id, &rows, &nrows));
	for (size_t i = 0; i < nrows; i++)
		if (rows[i].invoice)
			TRY(whmcs_look_at_invoice(c, rows[i].account_id, rows[i].local_id));
		else
			TRY(whmcs_look_at_client(c, rows[i].account_id));
	return ERR_OK;
}

enum errk hint_take(struct ctx *c, const struct hint *h, bool *known_r)
{
	struct take t = { h, false };

	TRY(db_tx(c, take_body, &t));
	*known_r = t.known;
	return ERR_OK;
}

enum errk hint_done(struct ctx *c, uint64_t client_id, uint64_t invoice_id, int64_t since)
{
	uint64_t n;

	if (client_id != 0)
		TRY(q_whmcs_hint_done_client(c, client_id, since, c->wall, &n));
	if (invoice_id != 0)
		TRY(q_whmcs_hint_done_invoice(c, invoice_id, since, c->wall, &n));
	return ERR_OK;
}
