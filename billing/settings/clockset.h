/* Moving the billing clock: test installations only, forward only. */
#ifndef TB_SETTINGS_CLOCKSET_H
#define TB_SETTINGS_CLOCKSET_H

#include "base/ctx.h"

/* FORBIDDEN clock.not_testing; INVALID field "to" when it would go back or
 * more than two years ahead. */
enum errk clock_set_billing(struct ctx *c, int64_t to) WARN_UNUSED;

#endif
