/* Journal of writes: a row before each, its outcome after. A row found open
 * means the write may have happened. */
#ifndef TB_BRIDGE_WHMCS_INTENT_H
#define TB_BRIDGE_WHMCS_INTENT_H

#include "whmcs/client.h"

enum intent_state {
	INTENT_NEW,		/* journalled just now: certainly not sent */
	INTENT_OPEN,		/* sent or not, nobody knows: look it up */
	INTENT_CONFIRMED,	/* done; remote_id */
};
/* token: unique, from the business key. A REFUSED one counts as OPEN: refused
 * then, perhaps not now. */
enum errk intent_begin(struct whmcs *w, const char *action, const char *token,
		       enum intent_state *state_r, uint64_t *remote_id_r) WARN_UNUSED;
enum errk intent_confirm(struct whmcs *w, const char *token, uint64_t remote_id,
			 const char *detail) WARN_UNUSED;
/* After a failed whmcs_call: REFUSED, or UNCERTAIN when the outcome is unknown.
 * Returns the call's own failure. */
enum errk intent_failed(struct whmcs *w, const char *token, enum errk k) WARN_UNUSED;

#endif
