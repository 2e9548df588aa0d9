#include "settings/clockset.h"

#include "stmt.h"

enum errk clock_set_billing(struct ctx *c, int64_t to)
{
	uint64_t n;

	if (!c->testing)
		return fail(c, ERR_FORBIDDEN, "clock.not_testing", "not a test installation");
	if (to < c->now)
		return fail_field(c, "to", "The billing clock only moves forward.");
	if (to - c->now > INT64_C(2) * 366 * 86400)
		return fail_field(c, "to", "At most two years at once.");
	if (to == c->now)
		return ERR_OK;
	TRY(q_system_clock_advance(c, (uint64_t)(to - c->now), &n));
	if (n != 1)
		return fail(c, ERR_FORBIDDEN, "clock.not_testing", "not a test installation");
	return ERR_OK;
}
