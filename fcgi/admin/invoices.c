/* /api/admin/invoices: Billing > Invoices of all customers. */
#include "fcgi/show.h"
#include "stmt.h"

struct list_body { struct list_in list; };
const struct field admin_invoices_in[] = {
	F_LIST(struct list_body, list, "id|number|issued_at|total|due_at|client|status",
	       "UNPAID|PAID|OVERDUE|CANCELLED"),
	F_END
};

enum errk admin_invoices(struct req *r)
{
	const struct list_body *in = r->in;

	return show_invoice_list(r, 0, &in->list, true);
}

struct one_in { uint64_t id; };
const struct field admin_invoice_in[] = {
	F_U64(struct one_in, id, true, 1, UINT64_MAX, "Invoice, from the path"), F_END
};

enum errk admin_invoice(struct req *r)
{
	const struct one_in *in = r->in;
	struct invoice_owner_row owner;

	TRY(q_invoice_owner(&r->ctx, in->id, &owner));
	return show_invoice(r, owner.account_id, in->id, true);
}

struct usage_in { uint64_t id, line; };
const struct field admin_invoice_usage_in[] = {
	F_U64(struct usage_in, id, true, 1, UINT64_MAX, "Invoice, from the path"),
	F_U64(struct usage_in, line, true, 1, UINT64_MAX, "Line, from the path"), F_END
};

enum errk admin_invoice_usage(struct req *r)
{
	const struct usage_in *in = r->in;
	struct invoice_owner_row owner;

	TRY(q_invoice_owner(&r->ctx, in->id, &owner));
	return show_invoice_usage(r, owner.account_id, in->id, in->line);
}
