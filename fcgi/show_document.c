/* Documents as files. */
#include "document/document.h"
#include "fcgi/show.h"

enum errk show_document(struct req *r, uint64_t account_id, uint64_t id, const char *format)
{
	struct document doc;

	if (account_id == 0)
		TRY(document_get_any(&r->ctx, id, format, &doc));
	else
		TRY(document_get(&r->ctx, account_id, id, format, &doc));
	r->file = (struct req_file){ doc.content_type, doc.file_name, doc.bytes, doc.len };
	return ERR_OK;
}
