/* Hints from WHMCS: something happened to a client or an invoice there. Stored
 * once by the sender's id, whatever order they come in; they only say where to
 * look, what is true is asked from WHMCS itself. */
#ifndef TB_WHMCS_HINT_H
#define TB_WHMCS_HINT_H

#include "base/ctx.h"

struct hint {
	const char *id;			/* of the sender, unique */
	const char *event;		/* ClientEdit, InvoicePaid ... */
	int64_t at;			/* wall, when it happened there */
	uint64_t client_id, invoice_id;	/* there; 0: not said */
};
/* Looks for what is linked and puts the looks into the bridge's queue.
 * *known_r: it was told before, nothing happened. */
enum errk hint_take(struct ctx *c, const struct hint *h, bool *known_r) WARN_UNUSED;
/* An invoice was looked at: hints about it that came before `since` are done. */
enum errk hint_done(struct ctx *c, uint64_t client_id, uint64_t invoice_id, int64_t since)
	WARN_UNUSED;
/* The bridge is to look at an invoice there. */
enum errk whmcs_look_at_invoice(struct ctx *c, uint64_t account_id, uint64_t invoice_id)
	WARN_UNUSED;

#endif
