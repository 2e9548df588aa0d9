/* Queue and bridge as JSON, for the overview and the WHMCS page. */
#ifndef TB_FCGI_ADMIN_JOBS_H
#define TB_FCGI_ADMIN_JOBS_H

#include "fcgi/route.h"

/* "jobs": {ready, running, parked, oldest_s, rows} */
enum errk jobs_out(struct req *r) WARN_UNUSED;
/* enabled, state, last_ok_at, version, queue, lag_s, last_error, from what the
 * bridge last said of itself; name NULL: into the current object. */
enum errk bridge_out(struct req *r, const char *name) WARN_UNUSED;

#endif
