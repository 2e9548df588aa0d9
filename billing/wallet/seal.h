/* The chain over the ledger. Grants keep our programs from changing a posted
 * row; the chain shows when somebody with more rights did. `tollbridge verify`
 * adds it up again. */
#ifndef TB_WALLET_SEAL_H
#define TB_WALLET_SEAL_H

#include "base/ctx.h"
#include "base/lease.h"

/* One seal over transactions that have none; *more_r: it was full. One at a time:
 * under the biller's lease (NULL: a run by hand; a second one loses by the
 * primary key). */
enum errk seal_run(struct ctx *c, const struct lease *lease, bool *more_r) WARN_UNUSED;

#endif
