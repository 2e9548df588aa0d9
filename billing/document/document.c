#include "document/document.h"

#include <string.h>

#include "base/clock.h"
#include "base/db.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "base/random.h"
#include "document/private.h"
#include "stmt.h"

static const struct format {
	const char *name;	/* also in the database and at the end of the file name */
	const char *content_type;
	enum errk (*render)(struct ctx *c, const struct doc *d, struct str *out);
} formats[] = {
	{ "pdf", "application/pdf", doc_pdf },
	{ "csv", "text/csv; charset=utf-8", doc_csv },
	{ "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", doc_xlsx },
};

static enum errk format_find(struct ctx *c, const char *name, const struct format **f_r)
{
	*f_r = NULL;
	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
		if (strcmp(formats[i].name, name) == 0) {
			*f_r = &formats[i];
			return ERR_OK;
		}
	return fail(c, ERR_INVALID, "document.format", "no format \"%.20s\"", name);
}

/* Numbers are our own, but their prefix is chosen by staff. */
static const char *file_name(struct ctx *c, const char *number, const struct format *f)
{
	char *name = arena_fmt(c->mem, "%.40s.%s", number, f->name);

	for (char *p = name; *p != '\0'; p++)
		if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.",
			   *p) == NULL)
			*p = '-';
	if (name[0] == '.' || name[0] == '-')
		name[0] = '_';
	return name;
}

static enum errk find_stored(struct ctx *c, uint64_t id, const struct format *f,
			     struct document *out)
{
	struct document_find_row row;
	uint8_t hash[32];

	TRY(q_document_find(c, id, f->name, &row));
	sha256(row.bytes, row.bytes_len, hash);
	if (memcmp(hash, row.sha256, sizeof hash) != 0)
		return fail(c, ERR_INTERNAL, "invariant.document",
			    "%s of invoice %llu is not what was stored", f->name,
			    (unsigned long long)id);
	out->bytes = row.bytes;
	out->len = row.bytes_len;
	return ERR_OK;
}

/* Of several that render at the same time one row stays; all serve that. */
static enum errk render(struct ctx *c, const struct invoice_get_row *inv, const struct format *f)
{
	struct doc d;
	struct str bytes;
	uint8_t hash[32];
	uint64_t n;

	TRY(doc_load(c, inv, &d));
	str_init(&bytes, c->mem, DOC_BYTES_MAX);
	TRY(f->render(c, &d, &bytes));
	if (f->render == doc_pdf && doc_pdf_unknown() > 0)
		log_event(LOG_LVL_WARN, "document.glyphs", "number", d.number, "missing",
			  arena_fmt(c->mem, "%u", doc_pdf_unknown()), NULL);
	sha256(bytes.s, bytes.len, hash);
	return q_document_put(c, inv->id, f->name, hash, bytes.s, bytes.len, c->now, &n);
}

enum errk document_get(struct ctx *c, uint64_t account_id, uint64_t invoice_id,
		       const char *format, struct document *out)
{
	struct invoice_get_row inv;
	const struct format *f;
	enum errk k;

	TRY(format_find(c, format, &f));
	TRY(q_invoice_get(c, account_id, invoice_id, &inv));
	*out = (struct document){ .content_type = f->content_type,
				  .file_name = file_name(c, inv.number, f) };
	k = find_stored(c, invoice_id, f, out);
	if (k != ERR_NOT_FOUND)
		return k;
	err_clear(c);
	TRY(render(c, &inv, f));
	k = find_stored(c, invoice_id, f, out);
	/* In a transaction that began before another one stored it. */
	if (k == ERR_NOT_FOUND)
		return fail(c, ERR_BUSY, "db.busy", "document of invoice %llu not seen yet",
			    (unsigned long long)invoice_id);
	return k;
}

enum errk document_get_any(struct ctx *c, uint64_t invoice_id, const char *format,
			   struct document *out)
{
	struct invoice_owner_row owner;

	TRY(q_invoice_owner(c, invoice_id, &owner));
	return document_get(c, owner.account_id, invoice_id, format, out);
}
