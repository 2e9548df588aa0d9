/* Real clock and calendar arithmetic in UTC; zones only where an account's
 * zone decides a period (clock_zone_*). No localtime, no globals. */
#ifndef TB_BASE_CLOCK_H
#define TB_BASE_CLOCK_H

#include <stdint.h>
#include "base/ctx.h"

#define HOUR_S 3600

int64_t clock_wall(void);		/* UTC seconds */
int64_t clock_mono_us(void);		/* for durations only */

struct civil { int32_t year; int32_t month, day, hour, minute, second; };	/* month 1-12 */
int64_t civil_to_utc(struct civil v);	/* proleptic Gregorian, no leap seconds */
struct civil civil_from_utc(int64_t t);
int32_t civil_days_in_month(int32_t year, int32_t month);
/* First instant of the month `add` months after the one that holds t. */
int64_t clock_month_start(int64_t t, int32_t add);

/* Hour numbers since 1970: the unit of all rating. t >= 0. */
int64_t hour_floor(int64_t t);
int64_t hour_ceil(int64_t t);

/* "2026-11-23T10:00:00Z" and "2026-11-23". Text on the arena. */
const char *clock_iso(struct arena *mem, int64_t t);
const char *clock_date(struct arena *mem, int64_t t);
/* Accepts both forms, nothing else; INVALID with code "time.format". */
enum errk clock_parse(struct ctx *c, const char *text, int64_t *t_r) WARN_UNUSED;

#endif
