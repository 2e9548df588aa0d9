/* The taxes of a customer: which ones a document would carry, and what they rest
 * on: evidence about a VAT id, certificates of exemption. Rules and rates are the
 * catalogue's; which apply is decided in one place, part taxes_of in
 * sql/query/catalog.sql, for documents and for estimates alike. */
#ifndef TB_ACCOUNT_TAX_H
#define TB_ACCOUNT_TAX_H

#include "base/ctx.h"

/* The seller's country when it is a member of the EU, else "": no reverse charge. */
const char *tax_seller(const struct ctx *c);

struct tax_due_row;
struct tax_sum {
	int64_t base_minor, tax_minor, total_minor;
	bool inclusive;			/* the amount asked for contains them */
	const struct tax_due_row *taxes;
	const int64_t *each_minor;	/* beside taxes */
	size_t n;
};
/* What a document over lines of that amount would carry if it were issued at `at`. */
enum errk tax_estimate(struct ctx *c, uint64_t account_id, int64_t at, int64_t lines_minor,
		       struct tax_sum *sum_r) WARN_UNUSED;

/* What somebody found out about the VAT id that the account has now. In force from
 * now on, in place of what was found before; another number or country of the
 * account ends it. INVALID field "vat_id" when the number cannot be one. */
struct evidence_in {
	uint64_t account_id;
	const char *result;		/* VALID, INVALID or UNKNOWN */
	int64_t checked_at;		/* not in the future; 0: now */
	const char *source, *reference;	/* "VIES", the number of the consultation */
};
enum errk evidence_add(struct ctx *c, const struct evidence_in *in) WARN_UNUSED;

/* No taxes between two instants; one certificate at a time. */
struct exemption_in {
	uint64_t account_id;
	const char *certificate;
	int64_t from, to;
};
enum errk exemption_add(struct ctx *c, const struct exemption_in *in) WARN_UNUSED;
/* From now on; documents that were issued under it stay as they are. */
enum errk exemption_void(struct ctx *c, uint64_t account_id, uint64_t id) WARN_UNUSED;

#endif
