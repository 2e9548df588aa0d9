#include "biller/run.h"

#include "base/boot.h"
#include "base/clock.h"
#include "invoice/fee.h"
#include "invoice/invoice.h"
#include "notify/notify.h"
#include "rating/rating.h"
#include "suspension/suspension.h"
#include "wallet/credit.h"
#include "wallet/seal.h"

/* Months of arrears are thousands of steps: each gets the same memory again. */
#define SCRATCH_BYTES (4 << 20)

static enum errk step(struct ctx *c, struct lease *lease, struct bill_stats *st,
		      bool *more_r)
{
	struct rating_stats rs = { 0 };
	struct close_stats cs = { 0 };
	struct suspension_stats ss = { 0 };
	struct notify_stats ns = { 0 };
	bool expired;
	enum errk k;

	if (lease != NULL)
		TRY(lease_take(c, lease->name, lease->holder, BILL_LEASE_S, lease));
	/* Rating waits at an hour when credit expires, an invoice for what was to expire before. */
	TRY(credit_expire(c, lease, 0, &expired));
	k = rating_run(c, lease, &rs, more_r);
	*more_r |= expired;
	if (k == ERR_OK && !*more_r)
		k = invoice_close_due(c, lease, &cs, more_r);
	/* Money that came may begin a contract: before anybody is found without funds. */
	if (k == ERR_OK && !*more_r)
		k = fee_waiting_run(c, lease);
	/* With the books up to date: who cannot be carried further, and who can again. */
	if (k == ERR_OK && !*more_r)
		k = suspension_run(c, lease, &ss);
	if (k == ERR_OK && !*more_r)
		k = notify_run(c, lease, &ns);
	st->chunks += rs.chunks + cs.chunks;
	st->charges += rs.charges;
	st->adjusted += rs.adjusted;
	st->invoices += cs.invoices;
	st->suspended += ss.suspended;
	st->lifted += ss.lifted;
	return k;
}

enum errk bill_run(struct ctx *c, struct lease *lease, struct bill_stats *st)
{
	struct arena *outer = c->mem;
	bool more = true;
	enum errk k = ERR_OK;

	c->mem = arena_new(SCRATCH_BYTES);
	while (k == ERR_OK && more && !boot_stop_asked()) {
		arena_reset(c->mem);
		c->wall = clock_wall();
		k = step(c, lease, st, &more);
	}
	for (more = !more; k == ERR_OK && more && !boot_stop_asked();) {
		arena_reset(c->mem);
		k = seal_run(c, lease, &more);
	}
	if (k != ERR_OK)
		c->err.detail = arena_dup(outer, c->err.detail);
	arena_free(&c->mem);
	c->mem = outer;
	return k;
}
