/* /api/user/invoices: list, one, and a line down to the hours. */
#include "fcgi/show.h"

struct list_body { struct list_in list; };
const struct field user_invoices_in[] = {
	F_LIST(struct list_body, list, "id|number|issued_at|total|due_at|status",
	       "UNPAID|PAID|OVERDUE|CANCELLED"), F_END
};

enum errk user_invoices(struct req *r)
{
	const struct list_body *in = r->in;

	return show_invoice_list(r, r->account_id, &in->list, false);
}

/* GET /api/user/invoices/newest: by key, for the dashboard and for speed. */
const struct field user_invoices_newest_in[] = { F_END };

enum errk user_invoices_newest(struct req *r)
{
	return show_invoices_newest(r, r->account_id, 10);
}

struct one_in { uint64_t id; };
const struct field user_invoice_in[] = {
	F_U64(struct one_in, id, true, 1, UINT64_MAX, "Invoice, from the path"), F_END
};

enum errk user_invoice(struct req *r)
{
	const struct one_in *in = r->in;

	return show_invoice(r, r->account_id, in->id, false);
}

struct usage_in { uint64_t id, line; };
const struct field user_invoice_usage_in[] = {
	F_U64(struct usage_in, id, true, 1, UINT64_MAX, "Invoice, from the path"),
	F_U64(struct usage_in, line, true, 1, UINT64_MAX, "Line, from the path"), F_END
};

enum errk user_invoice_usage(struct req *r)
{
	const struct usage_in *in = r->in;

	return show_invoice_usage(r, r->account_id, in->id, in->line);
}
