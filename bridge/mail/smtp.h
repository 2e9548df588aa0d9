/* One mail to the mail server by libcurl: TLS required unless the server is on
 * this machine. */
#ifndef TB_BRIDGE_MAIL_SMTP_H
#define TB_BRIDGE_MAIL_SMTP_H

#include "base/conf.h"
#include "base/ctx.h"

struct smtp_mail {
	const char *from_name, *to, *subject, *text, *html;
	const char *message_id;		/* without < > */
	int64_t wall;			/* Date: */
	const char *file_name;		/* attachment; NULL: none */
	const void *file;
	size_t file_len;
	/* Before the first byte of the body: not OK breaks off, and nothing arrives. */
	enum errk (*on_body)(struct ctx *c, void *arg);
	void *arg;
};

/* OK: the server took it. UPSTREAM "mail.later": it takes nothing now. CONFLICT
 * "mail.later": not this one now; "mail.refused": never. UNCERTAIN
 * "mail.uncertain": the body was on its way and no answer came. INVALID
 * "mail.setup", "mail.header". */
enum errk smtp_send(struct ctx *c, const struct conf *conf, const struct smtp_mail *m) WARN_UNUSED;

/* Text for a header: as it is, or RFC 2047 words; INVALID "mail.header" when it
 * holds CR, LF or another control character. */
enum errk smtp_header_text(struct ctx *c, const char *text, const char **out_r) WARN_UNUSED;
/* "Mon, 23 Nov 2026 07:00:00 +0000" */
const char *smtp_date(struct arena *mem, int64_t wall);

#endif
