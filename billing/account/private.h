/* Shared by the files of this module only. */
#ifndef TB_ACCOUNT_PRIVATE_H
#define TB_ACCOUNT_PRIVATE_H

#include "account/account.h"

enum errk email_check(struct ctx *c, const char *email) WARN_UNUSED;

#endif
