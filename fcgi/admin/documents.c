/* Invoices as files for staff, and the logo on them. */
#include "base/json.h"
#include "document/document.h"
#include "fcgi/show.h"
#include "stmt.h"

struct one_in { uint64_t id; };

const struct field admin_invoice_pdf_in[] = {
	F_U64(struct one_in, id, true, 1, UINT64_MAX, "Invoice, from the path"), F_END
};

enum errk admin_invoice_pdf(struct req *r)
{
	const struct one_in *in = r->in;

	return show_document(r, 0, in->id, "pdf");
}

const struct field admin_invoice_csv_in[] = {
	F_U64(struct one_in, id, true, 1, UINT64_MAX, "Invoice, from the path"), F_END
};

enum errk admin_invoice_csv(struct req *r)
{
	const struct one_in *in = r->in;

	return show_document(r, 0, in->id, "csv");
}

const struct field admin_invoice_xlsx_in[] = {
	F_U64(struct one_in, id, true, 1, UINT64_MAX, "Invoice, from the path"), F_END
};

enum errk admin_invoice_xlsx(struct req *r)
{
	const struct one_in *in = r->in;

	return show_document(r, 0, in->id, "xlsx");
}

const struct field admin_logo_in[] = { F_END };
struct picture_in { const char *at; };
const struct field admin_logo_png_in[] = {
	F_STR(struct picture_in, at, false, 0, 40, "Makes the address of another logo another one"),
	F_END
};
const struct field admin_logo_delete_in[] = { F_END };

enum errk admin_logo(struct req *r)
{
	struct logo_get_row row;
	enum errk k = q_logo_get(&r->ctx, &row);

	if (k == ERR_NOT_FOUND) {
		err_clear(&r->ctx);
		jo_null(r->out, "logo");
		return ERR_OK;
	}
	TRY(k);
	jo_obj(r->out, "logo");
	jo_u64(r->out, "width", row.width);
	jo_u64(r->out, "height", row.height);
	jo_u64(r->out, "bytes", row.png_len);
	show_wall(r, "changed_at", row.changed_at);
	jo_str(r->out, "changed_by", row.changed_by);
	jo_end(r->out);
	return ERR_OK;
}

enum errk admin_logo_png(struct req *r)
{
	struct logo_get_row row;

	TRY(q_logo_get(&r->ctx, &row));
	r->file = (struct req_file){ "image/png", "logo.png", row.png, row.png_len };
	return ERR_OK;
}

struct logo_in { const char *png; };
const struct field admin_logo_put_in[] = {
	F_STR(struct logo_in, png, true, 1, 400000, "PNG picture as base64"), F_END
};

enum errk admin_logo_put(struct req *r)
{
	const struct logo_in *in = r->in;

	TRY(logo_set(&r->ctx, in->png));
	r->audit_detail = "logo of documents set";
	return admin_logo(r);
}

enum errk admin_logo_delete(struct req *r)
{
	TRY(logo_remove(&r->ctx));
	return admin_logo(r);
}
