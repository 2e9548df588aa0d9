/* What Add Client and a client's contract have in common. */
#ifndef TB_FCGI_ADMIN_CONTRACTS_H
#define TB_FCGI_ADMIN_CONTRACTS_H

#include "contract/contract.h"
#include "fcgi/route.h"

/* Elements of the array "parts"; on the arena. */
enum errk contract_parts_read(struct req *r, const struct json *list,
			      const struct contract_part **parts_r, size_t *n_r) WARN_UNUSED;
/* contract_types and contract_things: null when Billing Contract Type is off. */
enum errk contract_form_out(struct req *r) WARN_UNUSED;

#endif
