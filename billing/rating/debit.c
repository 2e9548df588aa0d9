#include "rating/debit.h"

#include <string.h>

#include "settings/settings.h"
#include "stmt.h"

#define DAYS_AHEAD 16	/* more than a week beyond the last hour asked for */

static bool is(const struct settings *set, const char *frequency)
{
	return strcmp(set->prepaid_frequency, frequency) == 0;
}

/* 1 Monday to 7 Sunday, of the local day that begins at t. */
static int32_t weekday(const struct zone_info *z, int64_t t)
{
	struct civil v = zone_civil(z, t);

	v.hour = v.minute = v.second = 0;
	/* 1 January 1970 was a Thursday */
	return (int32_t)((civil_to_utc(v) / (24 * HOUR_S) + 3) % 7) + 1;
}

int64_t debit_next(const struct settings *set, const struct zone_info *z, int64_t hour,
		   int64_t cycle_to)
{
	int64_t t = hour * HOUR_S;

	if (set->prepaid_hourly)
		return hour + 1;
	if (is(set, "MONTHLY"))
		return cycle_to;
	for (int32_t add = 1; add <= 8; add++) {
		int64_t day = zone_midnight(z, t, add);

		if (hour_ceil(day) > hour && (is(set, "DAILY") || weekday(z, day) == 1))
			return hour_ceil(day) < cycle_to ? hour_ceil(day) : cycle_to;
	}
	return cycle_to;
}

enum errk debit_days(struct ctx *c, int64_t until)
{
	struct debit_zones_row *rows;
	uint64_t done;
	size_t n;

	TRY(q_debit_zones(c, until, until + 8 * 24, &rows, &n));
	for (size_t i = 0; i < n; i++) {
		const struct zone_info *z = zone_load(c->mem, rows[i].timezone);
		int64_t from = rows[i].from_hour * HOUR_S, last = until + DAYS_AHEAD * 24, day;

		for (int32_t add = 0; (day = zone_midnight(z, from, add)) <= last * HOUR_S; add++)
			TRY(q_zone_day_add(c, rows[i].timezone, hour_ceil(day), weekday(z, day),
					   &done));
	}
	return ERR_OK;
}
