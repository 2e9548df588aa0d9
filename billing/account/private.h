/* Shared by the files of this module only. */
#ifndef TB_ACCOUNT_PRIVATE_H
#define TB_ACCOUNT_PRIVATE_H

#include "account/account.h"

enum errk email_check(struct ctx *c, const char *email) WARN_UNUSED;
/* Decimal text of a non-negative amount in cur -> e8; INVALID names the field. */
enum errk amount_field(struct ctx *c, const char *name, const char *text,
		       const struct currency *cur, int64_t *e8_r) WARN_UNUSED;

#endif
