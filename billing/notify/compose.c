/* A kind's texts and its facts make a mail. */
#include "notify/private.h"

#include <string.h>

#include "settings/settings.h"

static enum errk known(struct ctx *c, const char *name, const struct mail_kind **kind_r)
{
	*kind_r = mail_kind_find(name);
	return *kind_r != NULL ? ERR_OK
			       : fail(c, ERR_INVALID, "mail.template", "kind %s", name);
}

static void fill(struct ctx *c, const struct template *t, const struct facts *f,
		 struct notify_words *out)
{
	out->subject = template_subject(c, t->subject, f->word, f->n);
	out->text = template_fill(c, t->text, f->word, f->n, false);
	out->html = template_fill(c, t->html, f->word, f->n, true);
}

enum errk notify_compose(struct ctx *c, const char *dir, const struct notify_in *in,
			 struct notify_words *out)
{
	const struct mail_kind *kind;
	struct facts f = { 0 };
	struct template t;

	TRY(known(c, in->kind, &kind));
	TRY(template_load(c, dir, kind->file, kind->words, &t));
	TRY(facts_of(c, kind, in, &f));
	fill(c, &t, &f, out);
	return ERR_OK;
}

/* A word of each, as long as they usually are. */
static const struct template_word samples[] = {
	{ "document", "Invoice" }, { "number", "INV-000123" }, { "total", "84.20 EUR" },
	{ "payment", "Please pay 84.20 EUR by 2026-12-06." }, { "amount", "84.20 EUR" },
	{ "purpose", "INV-000123" }, { "date", "2026-12-06" }, { "due", "84.20 EUR" },
	{ "due_date", "2026-12-06" }, { "days", "3" }, { "balance", "4.10 EUR" },
	{ "hours", "36" }, { "reason", "an invoice is overdue" }, { "needed", "84.20 EUR" },
	{ "address", "jo@example.com" }, { "time", "2026-12-06T09:00:00Z" },
	{ "link", "https://portal.example.com/..." },
};

enum errk notify_sample(struct ctx *c, const char *dir, const char *name,
			struct notify_words *out)
{
	const struct mail_kind *kind;
	struct template t;
	struct facts f = { 0 };

	TRY(known(c, name, &kind));
	TRY(template_load(c, dir, kind->file, kind->words, &t));
	fact(&f, "brand", c->set->portal_name);
	fact(&f, "name", "Jo");
	for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++)
		if (strstr(kind->words, samples[i].name) != NULL && f.n < FACTS_MAX)
			fact(&f, samples[i].name, samples[i].value);
	fill(c, &t, &f, out);
	return ERR_OK;
}
