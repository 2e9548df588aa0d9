#include "usage/funds.h"

#include "money/money.h"
#include "stmt.h"

enum errk funds_left(struct ctx *c, uint64_t account_id, int64_t until_hour, struct funds *f)
{
	struct exhaustible_get_row row;
	struct accruing_sum_row acc;
	enum errk k = q_exhaustible_get(c, account_id, &row);

	*f = (struct funds){ 0 };
	if (k == ERR_NOT_FOUND) {
		err_clear(c);
		return ERR_OK;
	}
	TRY(k);
	TRY(q_accruing_sum(c, account_id, row.rated_until_hour, until_hour, &acc));
	f->limited = true;
	f->accruing_e8 = acc.amount_e8;
	return amount_add(c, row.left_e8, -acc.amount_e8, &f->left_e8);
}
