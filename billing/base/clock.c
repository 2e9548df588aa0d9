/* Calendar arithmetic by days since 1970-01-01 (proleptic Gregorian). */
#include "base/clock.h"

#include <assert.h>
#include <string.h>
#include <time.h>

#define DAY_S 86400

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Years start in March, so that the leap day is the last one. */
static int64_t days_from_civil(int64_t y, int32_t m, int32_t d)
{
	int64_t era, yoe, doy;

	y -= m <= 2;
	era = floor_div(y, 400);
	yoe = y - era * 400;
	doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

int64_t clock_wall(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec;
}

int64_t clock_mono_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t civil_to_utc(struct civil v)
{
	assert(v.month >= 1 && v.month <= 12);
	return days_from_civil(v.year, v.month, v.day) * DAY_S +
		(int64_t)v.hour * HOUR_S + (int64_t)v.minute * 60 + v.second;
}

struct civil civil_from_utc(int64_t t)
{
	int64_t days = floor_div(t, DAY_S), rest = t - days * DAY_S;
	int64_t z = days + 719468;
	int64_t era = floor_div(z, 146097);
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	struct civil v = {
		.month = (int32_t)(mp < 10 ? mp + 3 : mp - 9),
		.day = (int32_t)(doy - (153 * mp + 2) / 5 + 1),
		.hour = (int32_t)(rest / HOUR_S),
		.minute = (int32_t)(rest / 60 % 60),
		.second = (int32_t)(rest % 60),
	};

	v.year = (int32_t)(yoe + era * 400 + (v.month <= 2));
	return v;
}

int32_t civil_days_in_month(int32_t year, int32_t month)
{
	static const int32_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	assert(month >= 1 && month <= 12);
	return days[month - 1] + (month == 2 && leap);
}

int64_t clock_month_start(int64_t t, int32_t add)
{
	struct civil v = civil_from_utc(t);
	int64_t months = (int64_t)v.year * 12 + v.month - 1 + add;
	int64_t year = floor_div(months, 12);

	return civil_to_utc((struct civil){ .year = (int32_t)year,
		.month = (int32_t)(months - year * 12) + 1, .day = 1 });
}

int64_t hour_floor(int64_t t)
{
	assert(t >= 0);
	return t / HOUR_S;
}

int64_t hour_ceil(int64_t t)
{
	assert(t >= 0);
	return t / HOUR_S + (t % HOUR_S != 0);
}

const char *clock_iso(struct arena *mem, int64_t t)
{
	struct civil v = civil_from_utc(t);

	return arena_fmt(mem, "%04d-%02d-%02dT%02d:%02d:%02dZ", v.year, v.month, v.day,
			 v.hour, v.minute, v.second);
}

const char *clock_date(struct arena *mem, int64_t t)
{
	struct civil v = civil_from_utc(t);

	return arena_fmt(mem, "%04d-%02d-%02d", v.year, v.month, v.day);
}

/* Exactly as the pattern: 0 is a digit, everything else is itself. */
static bool looks_like(const char *text, const char *pattern)
{
	if (strlen(text) != strlen(pattern))
		return false;
	for (; *pattern; text++, pattern++) {
		if (*pattern == '0' ? *text < '0' || *text > '9' : *text != *pattern)
			return false;
	}
	return true;
}

static int32_t digits(const char *s, int n)
{
	int32_t v = 0;

	while (n-- > 0)
		v = v * 10 + (*s++ - '0');
	return v;
}

enum errk clock_parse(struct ctx *c, const char *text, int64_t *t_r)
{
	bool with_time = looks_like(text, "0000-00-00T00:00:00Z");
	struct civil v = { 0 };

	if (!with_time && !looks_like(text, "0000-00-00"))
		return fail(c, ERR_INVALID, "time.format", "no time: %.40s", text);
	v.year = digits(text, 4);
	v.month = digits(text + 5, 2);
	v.day = digits(text + 8, 2);
	if (with_time) {
		v.hour = digits(text + 11, 2);
		v.minute = digits(text + 14, 2);
		v.second = digits(text + 17, 2);
	}
	if (v.month < 1 || v.month > 12 || v.day < 1 ||
	    v.day > civil_days_in_month(v.year, v.month) ||
	    v.hour > 23 || v.minute > 59 || v.second > 59)
		return fail(c, ERR_INVALID, "time.format", "no such time: %s", text);
	*t_r = civil_to_utc(v);
	return ERR_OK;
}
