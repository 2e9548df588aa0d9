/* TZif (RFC 9636): 64-bit block of version 2 and later, and the footer rule. */
#include "base/zone.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

#define FILE_MAX (16 << 10)
#define DAY_S 86400

/* "Mm.w.d/time" of the footer; julian 'J' and 'N' forms by day. */
struct change { char form; int32_t month, week, day, at_s; };

struct zone_info {
	size_t ntimes, ntypes;
	const uint8_t *times, *index, *types;	/* in the file */
	bool rule, has_dst;
	int32_t std_s, dst_s;
	struct change begin, end;
};

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t be64(const uint8_t *p)
{
	return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4));
}

/* ---- the footer: "CET-1CEST,M3.5.0,M10.5.0/3" ---- */

static bool number(const char **s, int32_t *v_r)
{
	int32_t v = 0;

	if (**s < '0' || **s > '9')
		return false;
	while (**s >= '0' && **s <= '9' && v < 100000)
		v = v * 10 + (*(*s)++ - '0');
	*v_r = v;
	return true;
}

/* "-1", "5:30", "+2:00:00" in seconds */
static bool hms(const char **s, int32_t *v_r)
{
	int32_t sign = 1, h, m = 0, sec = 0;

	if (**s == '-' || **s == '+')
		sign = *(*s)++ == '-' ? -1 : 1;
	if (!number(s, &h))
		return false;
	if (**s == ':' && ((*s)++, !number(s, &m)))
		return false;
	if (**s == ':' && ((*s)++, !number(s, &sec)))
		return false;
	*v_r = sign * (h * 3600 + m * 60 + sec);
	return true;
}

static bool zone_name(const char **s)
{
	const char *from = *s;

	if (**s == '<') {
		*s += strcspn(*s, ">");
		return *(*s)++ == '>';
	}
	while ((**s >= 'A' && **s <= 'Z') || (**s >= 'a' && **s <= 'z'))
		(*s)++;
	return *s - from >= 3;
}

static bool change_read(const char **s, struct change *c)
{
	if (*(*s)++ != ',')
		return false;
	*c = (struct change){ .form = 'N', .at_s = 2 * HOUR_S };
	if (**s == 'M' || **s == 'J')
		c->form = *(*s)++;
	if (c->form == 'M') {
		if (!number(s, &c->month) || *(*s)++ != '.' || !number(s, &c->week) ||
		    *(*s)++ != '.' || !number(s, &c->day))
			return false;
		if (c->month < 1 || c->month > 12 || c->week < 1 || c->week > 5 || c->day > 6)
			return false;
	} else if (!number(s, &c->day)) {
		return false;
	}
	return **s != '/' || ((*s)++, hms(s, &c->at_s));
}

static void rule_read(struct zone_info *z, const char *s)
{
	if (!zone_name(&s) || !hms(&s, &z->std_s))
		return;
	z->std_s = -z->std_s;
	if (*s == '\0') {
		z->rule = true;
		return;
	}
	if (!zone_name(&s))
		return;
	z->dst_s = z->std_s + HOUR_S;
	if (*s != ',' && *s != '\0') {
		if (!hms(&s, &z->dst_s))
			return;
		z->dst_s = -z->dst_s;
	}
	z->has_dst = change_read(&s, &z->begin) && change_read(&s, &z->end) && *s == '\0';
	z->rule = z->has_dst;
}

/* Local wall time of a change in a year, as if it were UTC. */
static int64_t change_at(const struct change *c, int32_t year)
{
	int64_t first = civil_to_utc((struct civil){ .year = year,
		.month = c->form == 'M' ? c->month : 1, .day = 1 });
	int32_t weekday, day;

	if (c->form == 'N')
		return first + (int64_t)c->day * DAY_S + c->at_s;
	if (c->form == 'J') {
		bool leap = civil_days_in_month(year, 2) == 29;

		return first + (int64_t)(c->day - 1 + (leap && c->day > 59)) * DAY_S + c->at_s;
	}
	weekday = (int32_t)(((first / DAY_S + 4) % 7 + 7) % 7);	/* 1970-01-01: Thursday */
	day = 1 + (c->day - weekday + 7) % 7 + (c->week - 1) * 7;
	while (day > civil_days_in_month(year, c->month))
		day -= 7;
	return first + (int64_t)(day - 1) * DAY_S + c->at_s;
}

static int32_t rule_offset(const struct zone_info *z, int64_t t)
{
	int32_t year = civil_from_utc(t + z->std_s).year;
	int64_t begin, end;

	if (!z->has_dst)
		return z->std_s;
	begin = change_at(&z->begin, year) - z->std_s;
	end = change_at(&z->end, year) - z->dst_s;
	if (begin < end)
		return t >= begin && t < end ? z->dst_s : z->std_s;
	return t >= end && t < begin ? z->std_s : z->dst_s;
}

/* ---- the file ---- */

/* Length of a data block after its header; counts as in the header's order. */
static uint64_t block_bytes(const uint8_t *h, uint64_t time_size)
{
	return be32(h + 32) * (time_size + 1) + be32(h + 36) * 6 + be32(h + 40) +
	       be32(h + 28) * (time_size + 4) + be32(h + 24) + be32(h + 20);
}

static void parse(struct arena *mem, struct zone_info *z, const uint8_t *file, size_t len)
{
	const uint8_t *h = file, *rest;
	uint64_t need;

	if (len < 88 || memcmp(file, "TZif", 4) != 0 || file[4] < '2')
		return;
	need = 44 + block_bytes(file, 4);
	if (need + 44 > len)
		return;
	h = file + need;
	if (memcmp(h, "TZif", 4) != 0 || need + 44 + block_bytes(h, 8) + 2 > len ||
	    be32(h + 36) == 0)
		return;
	rest = h + 44 + block_bytes(h, 8);
	z->ntimes = be32(h + 32);
	z->ntypes = be32(h + 36);
	z->times = h + 44;
	z->index = z->times + z->ntimes * 8;
	z->types = z->index + z->ntimes;
	if (*rest++ == '\n') {
		const uint8_t *nl = memchr(rest, '\n', len - (size_t)(rest - file));

		if (nl != NULL)
			rule_read(z, arena_dupn(mem, (const char *)rest, (size_t)(nl - rest)));
	}
}

static bool plain(const char *name)
{
	return name[0] != '/' && strstr(name, "..") == NULL && strlen(name) < 64 &&
	       strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			    "0123456789_+-/") == strlen(name);
}

const struct zone_info *zone_load(struct arena *mem, const char *name)
{
	struct zone_info *z = ARENA_NEW(mem, struct zone_info);
	uint8_t file[FILE_MAX];
	size_t len = 0;
	ssize_t got;
	int fd;

	if (!plain(name))
		return z;
	fd = open(arena_fmt(mem, ZONE_DIR "/%s", name), O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return z;
	while (len < FILE_MAX && (got = read(fd, file + len, FILE_MAX - len)) > 0)
		len += (size_t)got;
	close(fd);
	parse(mem, z, (const uint8_t *)arena_dupn(mem, (const char *)file, len), len);
	return z;
}

bool zone_known(const struct zone_info *z)
{
	return z->ntypes > 0;
}

int32_t zone_offset(const struct zone_info *z, int64_t t)
{
	size_t lo = 0, hi = z->ntimes;
	uint8_t type;

	/* how many transitions lie at or before t */
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (be64(z->times + mid * 8) <= t)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (z->rule && lo == z->ntimes)
		return rule_offset(z, t);
	if (z->ntypes == 0)
		return 0;
	type = lo == 0 ? 0 : z->index[lo - 1];
	return type < z->ntypes ? (int32_t)be32(z->types + (size_t)type * 6) : 0;
}

/* Where the offset becomes another one between a and b. */
static int64_t transition(const struct zone_info *z, int64_t a, int64_t b)
{
	int32_t before = zone_offset(z, a);

	while (b - a > 1) {
		int64_t mid = a + (b - a) / 2;

		if (zone_offset(z, mid) == before)
			a = mid;
		else
			b = mid;
	}
	return b;
}

int64_t zone_midnight(const struct zone_info *z, int64_t t, int32_t add)
{
	int64_t local = t + zone_offset(z, t);
	int64_t day = local / DAY_S - (local % DAY_S < 0);
	int64_t want = (day + add) * DAY_S;		/* local wall time */
	int64_t a = want - DAY_S / 2 - zone_offset(z, want - DAY_S);
	int64_t b = want + DAY_S / 2 - zone_offset(z, want + DAY_S);
	int32_t before = zone_offset(z, a), after = zone_offset(z, b);
	int64_t change;

	if (before == after)
		return want - before;
	change = transition(z, a, b);
	if (want - before < change)
		return want - before;
	return want - after > change ? want - after : change;
}

struct civil zone_civil(const struct zone_info *z, int64_t t)
{
	return civil_from_utc(t + zone_offset(z, t));
}

int64_t zone_month(const struct zone_info *z, int32_t year, int32_t month)
{
	struct civil first = { .year = year + (month - 1) / 12, .month = (month - 1) % 12 + 1,
			       .day = 1 };
	int64_t utc;

	if (first.month < 1) {
		first.month += 12;
		first.year--;
	}
	/* Noon by UTC is at most 14 hours away from any local noon: the same local
	 * day or the one next to it, which the difference of days tells. */
	utc = civil_to_utc(first) + DAY_S / 2;
	return zone_midnight(z, utc, (int32_t)(utc / DAY_S - (utc + zone_offset(z, utc)) / DAY_S));
}

int64_t zone_month_hour(const struct zone_info *z, int64_t t, int32_t add)
{
	struct civil now = zone_civil(z, hour_floor(t) * HOUR_S);

	return hour_ceil(zone_month(z, now.year, now.month + add));
}

const char *zone_month_date(struct arena *mem, const struct zone_info *z, int64_t t)
{
	struct civil v = zone_civil(z, t);

	return clock_date(mem, civil_to_utc((struct civil){ .year = v.year, .month = v.month,
							    .day = 1 }));
}

const char *zone_date(struct arena *mem, const struct zone_info *z, int64_t t)
{
	return clock_date(mem, t + zone_offset(z, t));
}
