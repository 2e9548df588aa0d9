/* What re-rating to notes found, as lines of text and of JSON; of `rerate` and
 * `price correct`. */
#ifndef TB_CLI_RERATE_H
#define TB_CLI_RERATE_H

#include "cli/cli.h"
#include "invoice/rerate.h"

/* Members "lines" and "notes" of the object that is open. */
void rerate_show(struct cli *k, const struct rerate_result *r, const char *currency);

#endif
