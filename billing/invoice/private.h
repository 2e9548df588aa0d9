/* Shared by the files of this module only. */
#ifndef TB_INVOICE_PRIVATE_H
#define TB_INVOICE_PRIVATE_H

#include "base/ctx.h"

/* Who issues, as it stands on the document: frozen with it. */
const char *seller_json(struct ctx *c);

#endif
