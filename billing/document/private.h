/* What the renderers of this module get: an issued invoice with everything as
 * the text that the API gives. They read nothing but this. */
#ifndef TB_DOCUMENT_PRIVATE_H
#define TB_DOCUMENT_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/ctx.h"

struct doc_kind {
	const char *kind, *title, *due;
	bool usage;		/* its lines have hours and a unit price */
	bool payable;		/* it asks for money: due date, how to pay */
};
/* An unknown kind is a "Document". */
const struct doc_kind *doc_kind_find(const char *kind);

struct doc_line {
	uint32_t position;
	const char *description;
	const char *quantity, *counted;	/* "744" "hours"; NULL: none */
	const char *unit;		/* price as shown; NULL: none */
	const char *unit_exact, *exact;	/* eight decimals; unit_exact NULL: none */
	const char *amount;
};
struct doc_tax { const char *name, *rate_percent, *base, *amount; };

struct doc {
	const struct doc_kind *kind;
	const char *number, *currency;
	uint32_t digits;		/* of the currency */
	int64_t issued_at;
	const char *issued, *due, *period;	/* in the account's zone; NULL: none */
	const char *zone;
	const char *ref, *reason;	/* a note: of which document, and why; NULL: none */
	const char *seller, *buyer;	/* lines; the first is the name */
	const struct doc_line *lines;
	size_t nlines;
	const struct doc_tax *taxes;
	size_t ntaxes;
	const char *subtotal_label, *subtotal, *total;
	const char *const *remarks;	/* about its taxes, a sentence each */
	size_t nremarks;
	const char *settled_label;
	const char *settled;		/* by the balance when issued; NULL: nothing */
	const char *open;		/* what remained then */
	bool anything_open;
	const char *header, *footer, *instructions;	/* "" : none */
	const uint8_t *logo;		/* PNG, NULL: none */
	size_t logo_len;
};

/* A document of more lines is refused; it would not be read by anybody, and the
 * memory of a worker is bounded. */
#define DOC_LINES_MAX 5000
#define DOC_BYTES_MAX (15 * 1024 * 1024)	/* the longest, all of it escaped; a MEDIUMBLOB */

struct invoice_get_row;
enum errk doc_load(struct ctx *c, const struct invoice_get_row *inv, struct doc *d) WARN_UNUSED;

/* Into out, which is empty. Same struct doc, same bytes. */
enum errk doc_pdf(struct ctx *c, const struct doc *d, struct str *out) WARN_UNUSED;
enum errk doc_csv(struct ctx *c, const struct doc *d, struct str *out) WARN_UNUSED;
enum errk doc_xlsx(struct ctx *c, const struct doc *d, struct str *out) WARN_UNUSED;
/* Characters of the last PDF of this process that no installed font has. */
uint32_t doc_pdf_unknown(void);
bool doc_png_reads(const uint8_t *png, size_t len);

/* A cell of text that no spreadsheet takes for a formula. */
const char *doc_plain(struct arena *mem, const char *text);


#endif
