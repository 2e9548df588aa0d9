/* Invoice documents: an issued invoice as PDF, CSV or XLSX. A document is
 * rendered when somebody first asks for it, stored, and the same bytes are
 * served for ever; it says nothing that can change after the issue. Links that
 * need no sign-in carry a signature and an end. */
#ifndef TB_DOCUMENT_DOCUMENT_H
#define TB_DOCUMENT_DOCUMENT_H

#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"

#define DOCUMENT_FORMATS "pdf|csv|xlsx"

struct document {
	const char *content_type;
	const char *file_name;		/* ASCII, safe in a header and on every system */
	const uint8_t *bytes;
	size_t len;
};

/* NOT_FOUND the same way for a foreign invoice and for none at all; INVALID
 * "document.format"; CONFLICT "document.too_long". */
enum errk document_get(struct ctx *c, uint64_t account_id, uint64_t invoice_id,
		       const char *format, struct document *out) WARN_UNUSED;
/* As above for those who know no account: staff, programs. */
enum errk document_get_any(struct ctx *c, uint64_t invoice_id, const char *format,
			   struct document *out) WARN_UNUSED;

/* "/api/user/documents/<token>": opens this document without signing in, for
 * document.link_days days of the billing clock, whatever the Invoice menu says. */
enum errk document_link(struct ctx *c, uint64_t invoice_id, const char *format,
			const char **path_r) WARN_UNUSED;
/* NOT_FOUND "document.link": not ours, changed on the way, or past its end. */
enum errk document_open_link(struct ctx *c, const char *token, struct document *out) WARN_UNUSED;
/* The key of links, once per installation: after migrations. */
enum errk document_seed(struct ctx *c) WARN_UNUSED;

/* The logo on documents rendered from now on: a PNG of at most 200 kB and
 * 2000 x 1000 pixels, as base64. INVALID names the field "png". */
#define LOGO_BYTES_MAX (200 * 1000)
enum errk logo_set(struct ctx *c, const char *base64) WARN_UNUSED;
enum errk logo_remove(struct ctx *c) WARN_UNUSED;	/* NOT_FOUND: there is none */

#endif
