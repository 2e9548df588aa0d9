/* Clients and invoices in WHMCS. Failures are those of whmcs_call, and
 * CONFLICT "whmcs.park": a person has to look, the job waits for staff. */
#ifndef TB_BRIDGE_WHMCS_OBJECTS_H
#define TB_BRIDGE_WHMCS_OBJECTS_H

#include "whmcs/client.h"

/* Finds the client of an account there, or makes it; adopts an existing one
 * only with proof that it is ours. */
enum errk client_ensure(struct whmcs *w, uint64_t account_id, uint64_t *client_id_r) WARN_UNUSED;
/* BUSY "whmcs.frozen" while something is wrong with the client there as a whole. */
enum errk client_in_order(struct whmcs *w, uint64_t account_id) WARN_UNUSED;
/* Is the client there still in the account's currency? CONFLICT whmcs.park. */
enum errk client_currency_check(struct whmcs *w, uint64_t client_id,
				const char *currency) WARN_UNUSED;

/* The object in an answer of GetClientsDetails. */
const struct json *client_of(const struct whmcs *w);

/* Job (jobs.def). */
enum errk job_whmcs_invoice(struct whmcs *w, uint64_t invoice_id) WARN_UNUSED;

/* A person has to look. */
enum errk park(struct whmcs *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
const char *u64_text(struct whmcs *w, uint64_t v);

#endif
