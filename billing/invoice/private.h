/* Shared by the files of this module only. */
#ifndef TB_INVOICE_PRIVATE_H
#define TB_INVOICE_PRIVATE_H

#include "base/ctx.h"

/* Who issues, as it stands on the document: frozen with it. */
const char *seller_json(struct ctx *c);

struct account_get_row;
/* Who buys, the same way. */
const char *buyer_json(struct ctx *c, const struct account_get_row *a);

/* PREPAID pays what contracts lack for the cycle under way. *lacks_r: what the
 * balance is short of; nothing was written then. Others pay with the invoice. */
enum errk fee_advance(struct ctx *c, uint64_t account_id, int64_t *lacks_r) WARN_UNUSED;

#endif
