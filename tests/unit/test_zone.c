/* Every zone of the tz database through years with 23- and 25-hour days: the
 * billing months of base/zone.h against the C library's own reading. */
#include "base/zone.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "test.h"

static char names[1200][64];
static size_t count;

static int collect(const char *path, const struct stat *st, int type, struct FTW *at)
{
	const char *name = path + sizeof(ZONE_DIR);
	char magic[4] = "";
	FILE *f;

	(void)st;
	(void)at;
	if (type != FTW_F || strncmp(name, "posix/", 6) == 0 || strncmp(name, "right/", 6) == 0 ||
	    strlen(name) >= sizeof(names[0]) || count == sizeof(names) / sizeof(names[0]))
		return 0;
	f = fopen(path, "rb");
	if (f != NULL && fread(magic, 1, 4, f) == 4 && memcmp(magic, "TZif", 4) == 0)
		strcpy(names[count++], name);
	if (f != NULL)
		fclose(f);
	return 0;
}

static struct tm local(int64_t hour)
{
	time_t t = (time_t)(hour * HOUR_S);
	struct tm tm;

	localtime_r(&t, &tm);
	return tm;
}

/* No hour missing, none twice: months join up, and each hour lies in the month
 * in which the C library says it begins. */
static void hours_of(struct ctx *c, const char *name, int32_t year, int32_t years, int64_t *seen)
{
	const struct zone_info *z = zone_load(c->mem, name);
	int64_t from = hour_ceil(zone_month(z, year, 1));

	setenv("TZ", name, 1);
	tzset();
	for (int32_t m = 0; m < 12 * years; m++) {
		int64_t to = zone_month_hour(z, from * HOUR_S, 1);
		int64_t days = civil_days_in_month(year + m / 12, m % 12 + 1);

		if (to - from < days * 24 - 25 || to - from > days * 24 + 2)
			fail_msg("%s %d-%02d has %lld hours", name, year + m / 12, m % 12 + 1,
				 (long long)(to - from));
		assert_true(zone_month_hour(z, to * HOUR_S - 1, 0) == from);
		assert_true(to == hour_ceil(zone_month(z, year, m + 2)));
		for (int64_t h = from; h < to; h++) {
			struct tm tm = local(h);

			if (tm.tm_mon != m % 12 || tm.tm_year + 1900 != year + m / 12)
				fail_msg("%s: hour %lld is not in %d-%02d", name, (long long)h,
					 year + m / 12, m % 12 + 1);
			++*seen;
		}
		from = to;
	}
	arena_reset(c->mem);
}

static void every_zone(void **state)
{
	struct ctx *c = *state;
	const char *before = getenv("TZ");
	char *kept = before != NULL ? strdup(before) : NULL;
	int64_t seen = 0;

	nftw(ZONE_DIR, collect, 16, FTW_PHYS);
	if (count < 300)
		fail_msg("only %zu zones in " ZONE_DIR, count);
	for (size_t i = 0; i < count; i++) {
		hours_of(c, names[i], 2026, 2, &seen);
		/* Samoa left out a day in it, others changed their rules. */
		hours_of(c, names[i], 2011, 1, &seen);
	}
	print_message("# %zu zones, %lld hours\n", count, (long long)seen);
	if (kept != NULL)
		setenv("TZ", kept, 1);
	else
		unsetenv("TZ");
	free(kept);
	tzset();
}

static void months(void **state)
{
	static const struct { const char *zone; int32_t year, month; const char *start; } want[] = {
		{ "UTC", 2026, 11, "2026-11-01T00:00:00Z" },
		{ "UTC", 2026, 13, "2027-01-01T00:00:00Z" },
		{ "UTC", 2026, 0, "2025-12-01T00:00:00Z" },
		{ "UTC", 2026, -12, "2024-12-01T00:00:00Z" },
		{ "Asia/Kolkata", 2026, 12, "2026-11-30T18:30:00Z" },
		{ "Asia/Kathmandu", 2026, 12, "2026-11-30T18:15:00Z" },
		{ "America/New_York", 2026, 11, "2026-11-01T04:00:00Z" },
		{ "America/New_York", 2026, 12, "2026-12-01T05:00:00Z" },
		{ "Pacific/Kiritimati", 2027, 1, "2026-12-31T10:00:00Z" },
		{ "Pacific/Pago_Pago", 2027, 1, "2027-01-01T11:00:00Z" },
		{ "Europe/Dublin", 2027, 4, "2027-03-31T23:00:00Z" },
		{ "No/Such_Zone", 2027, 4, "2027-04-01T00:00:00Z" },
	};
	struct ctx *c = *state;

	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		const struct zone_info *z = zone_load(c->mem, want[i].zone);
		int64_t t = zone_month(z, want[i].year, want[i].month);

		assert_string_equal(clock_iso(c->mem, t), want[i].start);
	}
}

static void known(void **state)
{
	static const char *const bad[] = { "No/Such", "../../etc/passwd", "/etc/localtime", "",
					   "America", "Europe/Berlin\n", "tzdata.zi" };
	struct ctx *c = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const struct zone_info *z = zone_load(c->mem, bad[i]);

		assert_false(zone_known(z));
		assert_int_equal(zone_civil(z, 1764547200).hour, 0);
	}
	assert_true(zone_known(zone_load(c->mem, "Europe/Berlin")));
	assert_int_equal(zone_civil(zone_load(c->mem, "Europe/Berlin"), 1764547200).hour, 1);
	assert_int_equal(zone_civil(zone_load(c->mem, "Europe/Berlin"), 1751328000).hour, 2);
	assert_int_equal(zone_civil(zone_load(c->mem, "America/New_York"), 1764547200).day, 30);
	assert_int_equal(zone_civil(zone_load(c->mem, "Asia/Kathmandu"), 1764547200).minute, 45);
}

static void words(void **state)
{
	struct ctx *c = *state;
	const struct zone_info *z = zone_load(c->mem, "Asia/Kolkata");
	int64_t t = civil_to_utc((struct civil){ 2026, 11, 30, 18, 45, 0 });

	/* The hour under way began before the month did. */
	assert_string_equal(clock_iso(c->mem, zone_month_hour(z, t, 0) * HOUR_S),
			    "2026-10-31T19:00:00Z");
	assert_string_equal(clock_iso(c->mem, zone_month_hour(z, t, 1) * HOUR_S),
			    "2026-11-30T19:00:00Z");
	assert_string_equal(clock_iso(c->mem, zone_month_hour(z, t + 900, 0) * HOUR_S),
			    "2026-11-30T19:00:00Z");
	assert_string_equal(zone_month_date(c->mem, z, t), "2026-12-01");
	assert_string_equal(zone_date(c->mem, z, t), "2026-12-01");
	assert_string_equal(zone_date(c->mem, z, t - 1800), "2026-11-30");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CTX_TEST(every_zone),
		CTX_TEST(months),
		CTX_TEST(words),
		CTX_TEST(known),
	};

	return RUN_TESTS(tests);
}
