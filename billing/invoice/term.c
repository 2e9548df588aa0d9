#include "base/clock.h"
#include "invoice/invoice.h"
#include "settings/settings.h"

#define DAY_S (24 * HOUR_S)

int64_t invoice_due_at(const struct ctx *c, int64_t at)
{
	int64_t from = at;

	/* A test clock that was moved on: the biller would have run in between. */
	if (c->now == c->wall && c->now - at >= DAY_S)
		from = c->now;
	return from + c->set->invoice_due_days * DAY_S;
}
