/* Named failpoints for the kill trials: FAILPOINT="pay.after_send:kill" or
 * "name:kill@3" (third passage), "name:error", "name:sleep=200". Compiled to
 * nothing unless configured with --enable-failpoints; names are rows of
 * failpoints.def, so that a trial can enumerate them. */
#ifndef TB_BASE_FAILPOINT_H
#define TB_BASE_FAILPOINT_H

#include "config.h"

#ifdef TB_FAILPOINTS
/* true: the caller should behave as if its next step failed. */
_Bool failpoint_hit(const char *name);
/* Start counting passages anew (tests). */
void failpoint_reset(void);
#define FAILPOINT(name) failpoint_hit(name)
#else
#define FAILPOINT(name) 0
#endif

#endif
