/* See tax.h. Evidence and certificates are written after the wallet row, so that
 * two of them cannot both find the place free. */
#include "account/tax.h"

#include <string.h>

#include "account/vatid.h"
#include "base/clock.h"
#include "base/db.h"
#include "money/money.h"
#include "settings/settings.h"
#include "stmt.h"

const char *tax_seller(const struct ctx *c)
{
	return vat_member(c->set->seller_country) ? c->set->seller_country : "";
}

enum errk tax_estimate(struct ctx *c, uint64_t account_id, int64_t at, int64_t lines_minor,
		       struct tax_sum *sum_r)
{
	struct tax_due_row *rows;
	int64_t *ppm, *each;
	size_t n;

	TRY(q_tax_due(c, account_id, account_id, at, tax_seller(c), &rows, &n));
	ppm = ARENA_ARRAY(c->mem, n + 1, int64_t);
	each = ARENA_ARRAY(c->mem, n + 1, int64_t);
	for (size_t i = 0; i < n; i++)
		ppm[i] = rows[i].rate_ppm;
	*sum_r = (struct tax_sum){ .inclusive = c->set->tax_inclusive && n > 0,
				   .taxes = rows, .each_minor = each, .n = n };
	sum_r->base_minor = tax_amounts(lines_minor, sum_r->inclusive, ppm, n, each);
	for (size_t i = 0; i < n; i++)
		sum_r->tax_minor += each[i];
	sum_r->total_minor = sum_r->base_minor + sum_r->tax_minor;
	return ERR_OK;
}

static enum errk evidence_body(struct ctx *c, void *arg)
{
	const struct evidence_in *in = arg;
	struct account_get_row a;
	uint64_t n;

	TRY(q_wallet_claim(c, in->account_id, &n));
	TRY(q_account_get(c, in->account_id, &a));
	if (!vat_member(a.country))
		return fail_field(c, "country", "The client's country has no VAT ids of the EU.");
	/* What is wrong may be written down as such; what cannot be one is never valid. */
	if (a.tax_id[0] == '\0' ||
	    (strcmp(in->result, "VALID") == 0 && !vat_id_ok(a.country, a.tax_id)))
		return fail_field(c, "vat_id",
				  "\"%s\" is no VAT id of %s: please correct it first.",
				  a.tax_id, a.country);
	TRY(q_evidence_void(c, in->account_id, c->now, c->actor, &n));
	return q_evidence_insert(c, in->account_id, a.country, a.tax_id, in->result,
				 in->checked_at != 0 ? in->checked_at : c->now, c->now, c->actor,
				 in->source, in->reference, &n);
}

enum errk evidence_add(struct ctx *c, const struct evidence_in *in)
{
	struct evidence_in copy = *in;

	if (in->checked_at > c->now)
		return fail_field(c, "checked_at", "Not in the future.");
	return db_tx(c, evidence_body, &copy);
}

static enum errk exemption_body(struct ctx *c, void *arg)
{
	const struct exemption_in *in = arg;
	struct exemption_overlap_row other;
	uint64_t n;

	TRY(q_wallet_claim(c, in->account_id, &n));
	if (n != 1)
		return fail(c, ERR_NOT_FOUND, "not_found", "account %llu",
			    (unsigned long long)in->account_id);
	TRY(q_exemption_overlap(c, in->account_id, in->from, in->to, &other));
	if (other.n > 0)
		return fail_field(c, "from", "Another certificate covers a part of this time.");
	return q_exemption_insert(c, in->account_id, in->certificate, in->from, in->to, c->now,
				  c->actor, &n);
}

enum errk exemption_add(struct ctx *c, const struct exemption_in *in)
{
	struct exemption_in copy = *in;

	if (in->from >= in->to)
		return fail_field(c, "to", "It must end after it begins.");
	return db_tx(c, exemption_body, &copy);
}

enum errk exemption_void(struct ctx *c, uint64_t account_id, uint64_t id)
{
	uint64_t n;

	TRY(q_exemption_void(c, account_id, id, c->now, c->actor, &n));
	if (n == 1)
		return ERR_OK;
	return fail(c, ERR_NOT_FOUND, "not_found", "exemption %llu in force",
		    (unsigned long long)id);
}
