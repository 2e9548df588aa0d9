/* A client on both sides, kept equal field by field (fields.def, merge.h). */
#ifndef TB_BRIDGE_SYNC_CLIENTS_H
#define TB_BRIDGE_SYNC_CLIENTS_H

#include "whmcs/client.h"

/* The account is linked. Reads the client there, carries changes over both ways, keeps as
 * differences what it may not decide. A client that is gone, closed, another one or in another
 * currency is frozen: link ATTENTION, nothing is written on either side until it is in order. */
enum errk client_sync(struct whmcs *w, uint64_t account_id) WARN_UNUSED;
/* Job WHMCS_CLIENT: makes or finds the client there first. */
enum errk job_whmcs_client(struct whmcs *w, uint64_t account_id) WARN_UNUSED;
/* The longest unseen, a few each time: there is no list of what changed there. */
enum errk clients_sweep(struct whmcs *w) WARN_UNUSED;

#endif
