/* The calendar agrees with the C library for 800 years, and refuses what is no time. */
#include "test.h"

#include <time.h>

#include "base/clock.h"

static void as_gmtime(void **state)
{
	(void)state;
	for (int64_t t = -12622780800; t < 12622780800; t += 86400 * 3 + 12345) {
		struct tm tm;
		time_t tt = t;
		struct civil v = civil_from_utc(t);

		assert_non_null(gmtime_r(&tt, &tm));
		assert_int_equal(v.year, tm.tm_year + 1900);
		assert_int_equal(v.month, tm.tm_mon + 1);
		assert_int_equal(v.day, tm.tm_mday);
		assert_int_equal(v.hour, tm.tm_hour);
		assert_int_equal(v.minute, tm.tm_min);
		assert_int_equal(v.second, tm.tm_sec);
		assert_true(civil_to_utc(v) == t);
	}
}

static void months(void **state)
{
	struct ctx *c = *state;
	int64_t t;

	assert_int_equal(civil_days_in_month(2024, 2), 29);
	assert_int_equal(civil_days_in_month(2100, 2), 28);
	assert_int_equal(civil_days_in_month(2000, 2), 29);
	assert_int_equal(civil_days_in_month(2026, 12), 31);
	assert_int_equal(clock_parse(c, "2026-11-23T10:00:00Z", &t), ERR_OK);
	assert_string_equal(clock_date(c->mem, clock_month_start(t, 0)), "2026-11-01");
	assert_string_equal(clock_iso(c->mem, clock_month_start(t, 2)), "2027-01-01T00:00:00Z");
	assert_string_equal(clock_date(c->mem, clock_month_start(t, -11)), "2025-12-01");
	assert_string_equal(clock_date(c->mem, clock_month_start(t, 12)), "2027-11-01");
}

static void hours(void **state)
{
	(void)state;
	assert_int_equal(hour_floor(3599), 0);
	assert_int_equal(hour_floor(3600), 1);
	assert_int_equal(hour_ceil(0), 0);
	assert_int_equal(hour_ceil(1), 1);
	assert_int_equal(hour_ceil(3600), 1);
	assert_int_equal(hour_ceil(3601), 2);
}

static void parsing(void **state)
{
	static const char *const bad[] = {
		"", "2026", "2026-1-1", "2026-13-01", "2026-00-01", "2026-02-29", "2026-02-00",
		"2026-11-23T10:00:00", "2026-11-23 10:00:00Z", "2026-11-23T24:00:00Z",
		"2026-11-23T10:60:00Z", "2026-11-23T10:00:60Z", "2026-11-23T10:00:00Zx",
		" 2026-11-23", "2026-11-23\n", "-026-11-23", "2026-11-23T10:00:00+00:00",
	};
	struct ctx *c = *state;
	int64_t t;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(clock_parse(c, bad[i], &t), ERR_INVALID);
		assert_string_equal(c->err.code, "time.format");
	}
	assert_int_equal(clock_parse(c, "1970-01-01", &t), ERR_OK);
	assert_true(t == 0);
	assert_int_equal(clock_parse(c, "2024-02-29T23:59:59Z", &t), ERR_OK);
	assert_string_equal(clock_iso(c->mem, t), "2024-02-29T23:59:59Z");
	assert_true(t == 1709251199);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_gmtime),
		CTX_TEST(months),
		cmocka_unit_test(hours),
		CTX_TEST(parsing),
	};

	return RUN_TESTS(tests);
}
