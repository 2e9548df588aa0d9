/* RFC 4180, one row per line, tax and sum, for whoever adds it up again. With a
 * byte order mark: without it Excel reads names in the wrong alphabet. */
#include "document/private.h"

#include <string.h>

/* Also behind blanks: some programs skip them. */
const char *doc_plain(struct arena *mem, const char *text)
{
	const char *s = text + strspn(text, " ");

	return *s != '\0' && strchr("=+-@\t\r\n", *s) != NULL ? arena_fmt(mem, "'%s", text) : text;
}

static void cell(struct str *out, const char *text)
{
	bool quote = strpbrk(text, ",\"\r\n") != NULL || text[0] == ' ';

	if (out->len > 0 && out->s[out->len - 1] != '\n')
		str_add(out, ",");
	str_add(out, quote ? "\"" : "");
	for (const char *s = text; *s != '\0'; s++)
		str_addn(out, *s == '"' ? "\"\"" : s, *s == '"' ? 2 : 1);
	str_add(out, quote ? "\"" : "");
}

static void row(struct ctx *c, struct str *out, const struct doc *d, const char *type,
		const struct doc_line *l)
{
	/* an empty first cell would be no cell at all: the number is never empty */
	cell(out, doc_plain(c->mem, d->number));
	cell(out, type);
	cell(out, l->position > 0 ? arena_fmt(c->mem, "%u", l->position) : "");
	cell(out, doc_plain(c->mem, l->description));
	cell(out, l->quantity == NULL ? "" : l->quantity);
	cell(out, l->unit_exact == NULL ? "" : l->unit_exact);
	cell(out, l->exact);
	cell(out, l->amount);
	cell(out, d->currency);
	cell(out, l->counted == NULL ? "" : l->counted);
	str_add(out, "\r\n");
}

static void sum(struct ctx *c, struct str *out, const struct doc *d, const char *type,
		const char *description, const char *amount)
{
	row(c, out, d, type, &(struct doc_line){ .description = description, .exact = "",
						 .amount = amount });
}

enum errk doc_csv(struct ctx *c, const struct doc *d, struct str *out)
{
	str_add(out, "\xef\xbb\xbf"
		     "number,type,position,description,quantity,unit_price,exact,amount,currency,"
		     "unit\r\n");
	for (size_t i = 0; i < d->nlines; i++)
		row(c, out, d, "LINE", &d->lines[i]);
	sum(c, out, d, "SUBTOTAL", "", d->subtotal);
	for (size_t i = 0; i < d->ntaxes; i++)
		sum(c, out, d, "TAX", arena_fmt(c->mem, "%s %s%%", d->taxes[i].name,
						d->taxes[i].rate_percent), d->taxes[i].amount);
	sum(c, out, d, "TOTAL", "", d->total);
	for (size_t i = 0; i < d->nremarks; i++)
		sum(c, out, d, "REMARK", d->remarks[i], "");
	return ERR_OK;
}
