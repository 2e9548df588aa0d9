/* The time machine: what one customer will be invoiced in the months to come, if
 * what runs today goes on, nothing is added to his balance and invoices are settled in
 * time: whom his funds do not carry is suspended at that hour, and costs nothing from
 * then on. The biller's own statements rate, post and close his cycles at hours to
 * come, with settings changed if asked, in one transaction that is rolled back: nothing
 * is kept, no mail, job or document leaves, no number is used up. While it runs the
 * account and the books of the house wait for it: about a tenth of a second per month. */
#ifndef TB_BILLER_FORECAST_H
#define TB_BILLER_FORECAST_H

#include "settings/settings.h"

#define FORECAST_MONTHS_MAX 24

struct forecast_line { const char *component, *text; int64_t exact_e8, amount_minor; };
struct forecast_month {
	int64_t from_hour, to_hour;	/* of the billing cycle */
	bool invoiced;			/* false: there was nothing to invoice */
	int64_t suspended_hour;		/* its funds end at the beginning of it; 0: they do not */
	int64_t subtotal_minor, tax_minor, total_minor, paid_minor;
	int64_t balance_e8;		/* after it */
	struct forecast_line *lines;
	size_t n;
};
struct forecast {
	const char *currency, *timezone, *name;
	struct forecast_month *months;
	size_t n;
};

/* A setting as it would be from the next full hour on. */
struct forecast_setting { const char *key, *value; };

/* INVALID names the setting as settings_change does; NOT_FOUND: no such account;
 * CONFLICT account.closed. */
enum errk forecast_run(struct ctx *c, struct settings_cache *cache, uint64_t account_id,
		       uint32_t months, const struct forecast_setting *set, size_t nset,
		       struct forecast *out) WARN_UNUSED;

#endif
