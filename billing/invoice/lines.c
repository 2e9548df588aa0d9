/* The lines of a document, however many: read by key, a page at a time. */
#include <string.h>

#include "invoice/invoice.h"
#include "stmt.h"

#define PAGE 1000

enum errk invoice_lines_all(struct ctx *c, uint64_t invoice_id, struct invoice_lines_row **rows_r,
			    size_t *n_r)
{
	struct invoice_lines_row *all = NULL, *page;
	size_t cap = 0, n = 0, got;
	uint32_t after = 0;

	do {
		TRY(q_invoice_lines(c, invoice_id, after, PAGE, &page, &got));
		if (n == 0 && got < PAGE) {
			*rows_r = page;
			*n_r = got;
			return ERR_OK;
		}
		if (n + got > cap) {
			struct invoice_lines_row *more;

			cap = 2 * (n + got);
			more = ARENA_ARRAY(c->mem, cap, struct invoice_lines_row);
			if (n > 0)
				memcpy(more, all, n * sizeof *all);
			all = more;
		}
		memcpy(all + n, page, got * sizeof *all);
		n += got;
		if (got > 0)
			after = page[got - 1].position;
	} while (got == PAGE);
	*rows_r = all;
	*n_r = n;
	return ERR_OK;
}
