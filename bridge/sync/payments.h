/* Payments made in WHMCS come back: polled, because hooks may be missing. */
#ifndef TB_BRIDGE_SYNC_PAYMENTS_H
#define TB_BRIDGE_SYNC_PAYMENTS_H

#include "whmcs/client.h"

/* One look: the list of unpaid invoices there once, then one call for each of
 * ours that left it and for the few that were not looked at for longest. */
/* Job WHMCS_LOOK: the same for one invoice, because WHMCS or staff said so. */
enum errk job_whmcs_look(struct whmcs *w, uint64_t invoice_id) WARN_UNUSED;
enum errk payments_poll(struct whmcs *w, uint64_t *applied_r) WARN_UNUSED;

#endif
