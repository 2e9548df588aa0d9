/* Invoices as files: for who is signed in, and by the signed links of e-mails. */
#include "document/document.h"
#include "fcgi/show.h"

struct one_in { uint64_t id; };

const struct field user_invoice_pdf_in[] = {
	F_U64(struct one_in, id, true, 1, UINT64_MAX, "Invoice, from the path"), F_END
};

enum errk user_invoice_pdf(struct req *r)
{
	const struct one_in *in = r->in;

	return show_document(r, r->account_id, in->id, "pdf");
}

const struct field user_invoice_csv_in[] = {
	F_U64(struct one_in, id, true, 1, UINT64_MAX, "Invoice, from the path"), F_END
};

enum errk user_invoice_csv(struct req *r)
{
	const struct one_in *in = r->in;

	return show_document(r, r->account_id, in->id, "csv");
}

const struct field user_invoice_xlsx_in[] = {
	F_U64(struct one_in, id, true, 1, UINT64_MAX, "Invoice, from the path"), F_END
};

enum errk user_invoice_xlsx(struct req *r)
{
	const struct one_in *in = r->in;

	return show_document(r, r->account_id, in->id, "xlsx");
}

struct token_in { const char *token; };
const struct field user_document_in[] = {
	F_SECRET(struct token_in, token, true, 1, 200, "Signed link, from the path"), F_END
};

enum errk user_document(struct req *r)
{
	const struct token_in *in = r->in;
	struct document doc;

	TRY(document_open_link(&r->ctx, in->token, &doc));
	r->file = (struct req_file){ doc.content_type, doc.file_name, doc.bytes, doc.len };
	return ERR_OK;
}
