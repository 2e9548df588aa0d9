/* Texts of mails: files NAME.txt (first line "Subject: ...", an empty line, the
 * text) and NAME.html. {{word}} is replaced by the value of that word, escaped
 * in HTML; there is nothing else: {{7*7}} stays as it is. A word that this kind
 * of mail does not have is an error that names it. */
#ifndef TB_MAIL_TEMPLATE_H
#define TB_MAIL_TEMPLATE_H

#include <stdbool.h>

#include "base/ctx.h"

struct template_word { const char *name, *value; };

struct template {
	const char *subject, *text, *html;
};

/* words: what may stand in it, with a blank between. INVALID "mail.template". */
enum errk template_load(struct ctx *c, const char *dir, const char *name, const char *words,
			struct template *out) WARN_UNUSED;
/* Every word of the template has a value: it was checked when loaded. */
const char *template_fill(struct ctx *c, const char *text, const struct template_word *words,
			  size_t n, bool html);
/* As above, one line of at most 300 bytes without control characters. */
const char *template_subject(struct ctx *c, const char *text, const struct template_word *words,
			     size_t n);

#endif
