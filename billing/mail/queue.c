#include "mail/mail.h"

#include <string.h>

#include "base/random.h"
#include "settings/settings.h"
#include "stmt.h"

const struct mail_kind mail_kinds[] = {
#define MAIL(kind, file, setting, invoice, token, words) \
	{ MAIL_##kind, #kind, file, offsetof(struct settings, setting), invoice, token, words },
#include "mail/kinds.def"
#undef MAIL
};
const size_t mail_kinds_count = sizeof mail_kinds / sizeof mail_kinds[0];

const struct mail_kind *mail_kind_find(const char *name)
{
	for (size_t i = 0; i < mail_kinds_count; i++)
		if (strcmp(mail_kinds[i].name, name) == 0)
			return &mail_kinds[i];
	return NULL;
}

bool mail_wanted(const struct ctx *c, enum mail_type type)
{
	const struct mail_kind *kind = &mail_kinds[type];
	bool on;

	memcpy(&on, (const char *)c->set + kind->wanted, sizeof on);
	if (!on || !c->set->mail_enabled)
		return false;
	return !kind->invoice || !c->set->whmcs_enabled || c->set->mail_whmcs_invoices;
}

enum errk mail_add(struct ctx *c, const struct mail_in *in, uint64_t *id_r)
{
	const char *name = mail_kinds[in->type].name, *detail = in->detail ? in->detail : "";
	uint64_t id = 0;

	if (id_r == NULL)
		id_r = &id;
	*id_r = 0;
	if (!mail_wanted(c, in->type))
		return ERR_OK;
	if (in->address != NULL)
		return q_mail_add_to(c, in->key, in->account_id, name, in->address, in->ref_id,
				     detail, c->now, c->wall, id_r);
	return q_mail_add(c, in->key, in->account_id, name, in->ref_id, detail,
			  in->attach_id > 0 ? &in->attach_id : NULL, c->now, c->wall, id_r);
}

static enum errk in_state(struct ctx *c, uint64_t id, uint64_t changed)
{
	struct mail_get_row row;

	if (changed == 1)
		return ERR_OK;
	TRY(q_mail_get(c, id, &row));
	return fail(c, ERR_CONFLICT, "mail.state", "mail %llu is %s", (unsigned long long)id,
		    row.status);
}

enum errk mail_release(struct ctx *c, uint64_t id)
{
	uint64_t n;

	TRY(q_mail_release(c, id, c->wall, &n));
	return in_state(c, id, n);
}

enum errk mail_release_all(struct ctx *c, uint64_t *n_r)
{
	return q_mail_release_all(c, c->wall, n_r);
}

enum errk mail_resend(struct ctx *c, uint64_t id)
{
	uint64_t n;

	TRY(q_mail_resend(c, id, c->wall, &n));
	return in_state(c, id, n);
}

enum errk mail_test(struct ctx *c, const char *to, uint64_t *id_r)
{
	const char *at = strchr(to, '@');

	if (!c->set->mail_enabled)
		return fail(c, ERR_FORBIDDEN, "feature.off", "mails are off");
	if (at == NULL || at == to || at[1] == '\0' || strlen(to) > 190 ||
	    strpbrk(to, " \t\r\n<>\"',;:()[]\\") != NULL || strchr(at + 1, '@') != NULL)
		return fail_field(c, "to", "Please give a valid e-mail address.");
	return mail_add(c, &(struct mail_in){ .type = MAIL_TEST, .address = to,
			.key = arena_fmt(c->mem, "test:%s", random_token(c->mem, 12)) }, id_r);
}
