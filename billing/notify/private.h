/* Shared by the files of this module only. */
#ifndef TB_NOTIFY_PRIVATE_H
#define TB_NOTIFY_PRIVATE_H

#include "mail/mail.h"
#include "mail/template.h"
#include "notify/notify.h"

#define FACTS_MAX 12

/* What a mail says, word by word. */
struct facts { struct template_word word[FACTS_MAX]; size_t n; };
void fact(struct facts *f, const char *name, const char *value);
enum errk facts_of(struct ctx *c, const struct mail_kind *kind, const struct notify_in *in,
		   struct facts *f) WARN_UNUSED;

/* Paging through everything that is due, in memory that does not grow with it. */
enum errk dunning_run(struct ctx *c, const struct lease *lease, uint64_t *sent_r) WARN_UNUSED;
enum errk low_run(struct ctx *c, const struct lease *lease, uint64_t *told_r) WARN_UNUSED;

#endif
