#include "biller/run.h"

#include "base/boot.h"
#include "invoice/invoice.h"
#include "rating/rating.h"

enum errk bill_run(struct ctx *c, const struct lease *lease, struct bill_stats *st)
{
	bool more = true;

	while (more && !boot_stop_asked()) {
		struct rating_stats rs = { 0 };
		struct close_stats cs = { 0 };
		enum errk k = rating_run(c, lease, &rs);

		if (k == ERR_OK)
			k = invoice_close_due(c, lease, &cs, &more);
		st->chunks += rs.chunks + cs.chunks;
		st->charges += rs.charges;
		st->adjusted += rs.adjusted;
		st->invoices += cs.invoices;
		TRY(k);
	}
	return ERR_OK;
}
