/* The answer: headers and body of a success or of the failure on the context.
 * The only place that knows HTTP status numbers. */
#ifndef TB_FCGI_RESPOND_H
#define TB_FCGI_RESPOND_H

#include "fcgi/request.h"

/* OK: r->stored, r->file, or r->out serialised. Anything else: the error record. */
void respond_render(struct req *r, enum errk k);
/* The access log line, of r->result; after the answer was sent. */
void respond_log(struct req *r);

#endif
