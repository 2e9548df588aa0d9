/* Credit and debit notes. An issued invoice never changes: a credit note takes
 * back recorded amounts of its lines, a debit note adds a claim to it. Each is
 * a document of its own series, with the parties and tax rates of its invoice. */
#ifndef TB_INVOICE_NOTE_H
#define TB_INVOICE_NOTE_H

#include "base/ctx.h"

/* ---- pure: what a note over parts of an invoice comes to ---- */

struct note_line {
	int64_t amount_minor;	/* of the invoice's line; below zero: a discount, a free address */
	int64_t credited_minor;	/* by earlier notes, same sign */
	int64_t take_minor;	/* by this one, same sign, never beyond the rest */
};
struct note_tax {
	int64_t rate_ppm, base_minor, tax_minor;	/* of the invoice */
	int64_t credited_base, credited_tax;		/* by earlier notes */
	int64_t take_base, take_tax;			/* result */
};
/* Sum of the lines and each tax of it: by its rate, half away from zero, never
 * more than is left; the note that takes the last of the base takes the last of
 * the tax, so that the notes of a whole invoice add up to it to the unit.
 * Returns false when the sum is not above zero or beyond what is left. */
bool note_sum(const struct note_line *lines, size_t nlines, struct note_tax *taxes, size_t ntaxes,
	      int64_t *subtotal_r, int64_t *tax_r);
/* The same where the lines contain the taxes: they are taken out of what is
 * credited, and what remains of it is the subtotal. */
bool note_sum_inclusive(const struct note_line *lines, size_t nlines, struct note_tax *taxes,
			size_t ntaxes, int64_t *subtotal_r, int64_t *tax_r);

/* ---- documents ---- */

/* amount: decimal text, of the line's sign. */
struct note_part { uint64_t line_id; const char *amount; };
struct credit_note_in {
	uint64_t account_id, invoice_id;
	const char *reason;
	const struct note_part *parts;	/* NULL: all that is left */
	size_t nparts;
	const char *key;		/* idempotency: one note per key */
};
/* Reduces what is open on the invoice, the rest goes to the balance; of an
 * invoice that WHMCS collects all of it goes to the balance. INVALID names
 * "lines[N].amount"; CONFLICT note.nothing when nothing is left. */
enum errk credit_note(struct ctx *c, const struct credit_note_in *in, uint64_t *id_r)
	WARN_UNUSED;

/* component: DEBIT, or DISCOUNT (below zero) and SURCHARGE in proportion. */
struct debit_line { const char *component, *description; int64_t amount_minor; };
struct debit_note_in {
	uint64_t account_id, invoice_id;
	const char *reason, *description, *amount;	/* as lines of the invoice; above zero */
	const struct debit_line *lines;	/* instead of these two; together above zero */
	size_t nlines;
	const char *key;
};
/* A further claim, due as an invoice of today would be; WHMCS collects it when
 * it collects invoices. */
enum errk debit_note(struct ctx *c, const struct debit_note_in *in, uint64_t *id_r) WARN_UNUSED;

#endif
