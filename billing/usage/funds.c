#include "usage/funds.h"

#include "money/money.h"
#include "stmt.h"

enum errk funds_left(struct ctx *c, uint64_t account_id, int64_t until_hour, struct funds *f)
{
	struct exhaustible_get_row row;
	struct accruing_sum_row acc;
	enum errk k = q_exhaustible_get(c, account_id, &row);
	int64_t accrued_e8;

	*f = (struct funds){ 0 };
	if (k == ERR_NOT_FOUND) {
		err_clear(c);
		return ERR_OK;
	}
	TRY(k);
	TRY(q_accruing_sum(c, account_id, row.rated_until_hour, until_hour, &acc));
	f->limited = true;
	f->accruing_e8 = acc.amount_e8;
	f->tax_ppm = row.tax_ppm;
	TRY(funds_with_tax(c, f, acc.amount_e8, &accrued_e8));
	TRY(amount_add(c, row.tax_e8, accrued_e8 - acc.amount_e8, &f->tax_e8));
	return amount_add(c, row.left_e8, -accrued_e8, &f->left_e8);
}

enum errk funds_with_tax(struct ctx *c, const struct funds *f, int64_t e8, int64_t *e8_r)
{
	int64_t tax_e8;

	*e8_r = e8;
	if (e8 <= 0 || f->tax_ppm == 0)
		return ERR_OK;
	TRY(tax_up(c, e8, f->tax_ppm, &tax_e8));
	return amount_add(c, e8, tax_e8, e8_r);
}

enum errk funds_hours(struct ctx *c, const struct funds *f, int64_t burn_e8, int64_t *hours_r)
{
	int64_t hour_e8;

	*hours_r = FUNDS_NO_END;
	if (!f->limited || burn_e8 <= 0)
		return ERR_OK;
	TRY(funds_with_tax(c, f, burn_e8, &hour_e8));
	*hours_r = f->left_e8 > 0 ? f->left_e8 / hour_e8 : 0;
	return ERR_OK;
}
