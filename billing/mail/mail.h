/* Mails are rows, asked for in the transaction of their cause and written and
 * sent by the bridge: a text that cannot be made never stands in the way of an
 * invoice. Kinds are rows of kinds.def. */
#ifndef TB_MAIL_MAIL_H
#define TB_MAIL_MAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"

enum mail_type {
#define MAIL(kind, file, setting, invoice, token, words) MAIL_##kind,
#include "mail/kinds.def"
#undef MAIL
};

struct mail_kind {
	enum mail_type type;
	const char *name, *file;
	size_t wanted;		/* offset of a bool in struct settings */
	bool invoice;		/* WHMCS sends these while it collects */
	bool token;		/* its link opens an account: never kept as text */
	const char *words;	/* placeholders, with a blank between */
};
extern const struct mail_kind mail_kinds[];
extern const size_t mail_kinds_count;
const struct mail_kind *mail_kind_find(const char *name);	/* NULL: unknown */

/* Is this kind sent at all, by the settings of this request? */
bool mail_wanted(const struct ctx *c, enum mail_type type);

struct mail_in {
	enum mail_type type;
	const char *key;	/* of the cause; the same one twice is one mail */
	uint64_t account_id;	/* 0: to `address`, which is nobody's */
	const char *address;	/* NULL: the account's */
	uint64_t ref_id;	/* invoice, payment, ... by kind */
	const char *detail;	/* NULL: none */
	uint64_t attach_id;	/* invoice whose document goes along; 0: none */
};
/* Nothing when the kind is not wanted. *id_r (may be NULL) 0: no new row. Inside the
 * transaction of the cause. */
enum errk mail_add(struct ctx *c, const struct mail_in *in, uint64_t *id_r) WARN_UNUSED;

/* Staff. CONFLICT "mail.state" when it is in another state. */
enum errk mail_release(struct ctx *c, uint64_t id) WARN_UNUSED;	/* a held one */
enum errk mail_release_all(struct ctx *c, uint64_t *n_r) WARN_UNUSED;
/* One that failed or has left; never a link that opens an account. */
enum errk mail_resend(struct ctx *c, uint64_t id) WARN_UNUSED;
/* INVALID field "to"; FORBIDDEN feature.off while mails are off. */
enum errk mail_test(struct ctx *c, const char *to, uint64_t *id_r) WARN_UNUSED;

#endif
