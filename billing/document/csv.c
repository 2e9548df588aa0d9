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
		const char *position, const char *description, const char *hours,
		const char *unit, const char *exact, const char *amount)
{
	/* an empty first cell would be no cell at all: the number is never empty */
	cell(out, doc_plain(c->mem, d->number));
	cell(out, type);
	cell(out, position);
	cell(out, doc_plain(c->mem, description));
	cell(out, hours == NULL ? "" : hours);
	cell(out, unit == NULL ? "" : unit);
	cell(out, exact);
	cell(out, amount);
	cell(out, d->currency);
	str_add(out, "\r\n");
}

enum errk doc_csv(struct ctx *c, const struct doc *d, struct str *out)
{
	str_add(out, "\xef\xbb\xbf"
		     "number,type,position,description,hours,unit_price,exact,amount,currency\r\n");
	for (size_t i = 0; i < d->nlines; i++) {
		const struct doc_line *l = &d->lines[i];

		row(c, out, d, "LINE", arena_fmt(c->mem, "%u", l->position), l->description,
		    l->hours, l->unit_exact, l->exact, l->amount);
	}
	row(c, out, d, "SUBTOTAL", "", "", NULL, NULL, "", d->subtotal);
	for (size_t i = 0; i < d->ntaxes; i++)
		row(c, out, d, "TAX", "", arena_fmt(c->mem, "%s %s%%", d->taxes[i].name,
						   d->taxes[i].rate_percent),
		    NULL, NULL, "", d->taxes[i].amount);
	row(c, out, d, "TOTAL", "", "", NULL, NULL, "", d->total);
	return ERR_OK;
}
