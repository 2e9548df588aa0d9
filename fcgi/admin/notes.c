/* Credit and debit notes: POST /api/admin/invoices/{id}/credit-notes, /debit-notes. */
#include "fcgi/show.h"
#include "invoice/note.h"
#include "stmt.h"

struct credit_in {
	uint64_t id;
	const char *reason, *idempotency_key;
	const struct json *lines;
};
const struct field admin_credit_note_in[] = {
	F_U64(struct credit_in, id, true, 1, UINT64_MAX, "Invoice, from the path"),
	F_STR(struct credit_in, reason, true, 3, 300, "Why; printed on the note"),
	F_ARRAY(struct credit_in, lines, false, 1, 1000, "Which lines, how much; none: all of it"),
	F_STR(struct credit_in, idempotency_key, true, 16, 64, "Same key, same note"), F_END
};

static const struct field part_in[] = {
	F_U64(struct note_part, line_id, true, 1, UINT64_MAX, "Line of the invoice"),
	F_TEXT(struct note_part, amount, true, "How much of it, net of tax"), F_END
};

static enum errk parts_read(struct req *r, const struct json *lines, struct note_part *parts,
			    size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (fields_from_object(&r->ctx, part_in, json_at(lines, i),
				       arena_fmt(r->ctx.mem, "lines[%zu].", i),
				       &parts[i]) != ERR_OK &&
		    r->ctx.err.nfields == FIELD_ERRORS_MAX)
			break;
	return r->ctx.err.nfields > 0 ? ERR_INVALID : ERR_OK;
}

/* Made: the note as a document. */
static enum errk note_out(struct req *r, uint64_t account_id, uint64_t note_id)
{
	r->status = 201;
	return show_invoice(r, account_id, note_id, true);
}

enum errk admin_credit_note(struct req *r)
{
	const struct credit_in *in = r->in;
	size_t n = in->lines != NULL ? json_len(in->lines) : 0;
	struct note_part *parts = n > 0 ? ARENA_ARRAY(r->ctx.mem, n, struct note_part) : NULL;
	struct invoice_owner_row owner;
	uint64_t note_id;

	TRY(parts_read(r, in->lines, parts, n));
	TRY(q_invoice_owner(&r->ctx, in->id, &owner));
	TRY(credit_note(&r->ctx, &(struct credit_note_in){
		.account_id = owner.account_id, .invoice_id = in->id, .reason = in->reason,
		.parts = parts, .nparts = n, .key = in->idempotency_key }, &note_id));
	return note_out(r, owner.account_id, note_id);
}

struct debit_in {
	uint64_t id;
	const char *reason, *description, *amount, *idempotency_key;
};
const struct field admin_debit_note_in[] = {
	F_U64(struct debit_in, id, true, 1, UINT64_MAX, "Invoice, from the path"),
	F_STR(struct debit_in, reason, true, 3, 300, "Why; printed on the note"),
	F_STR(struct debit_in, description, true, 3, 300, "What is charged; its one line"),
	F_TEXT(struct debit_in, amount, true, "How much, net of tax"),
	F_STR(struct debit_in, idempotency_key, true, 16, 64, "Same key, same note"), F_END
};

enum errk admin_debit_note(struct req *r)
{
	const struct debit_in *in = r->in;
	struct invoice_owner_row owner;
	uint64_t note_id;

	TRY(q_invoice_owner(&r->ctx, in->id, &owner));
	TRY(debit_note(&r->ctx, &(struct debit_note_in){
		.account_id = owner.account_id, .invoice_id = in->id, .reason = in->reason,
		.description = in->description, .amount = in->amount,
		.key = in->idempotency_key }, &note_id));
	return note_out(r, owner.account_id, note_id);
}
