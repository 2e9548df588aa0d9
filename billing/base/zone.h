/* Time zones of accounts, from the system's tz database: TZif files and the
 * rule for the years after the last one. Pure but for reading the file; no TZ
 * variable, no localtime. A zone that cannot be read counts as UTC. */
#ifndef TB_BASE_ZONE_H
#define TB_BASE_ZONE_H

#include "base/clock.h"
#include "base/ctx.h"

#define ZONE_DIR "/usr/share/zoneinfo"

struct zone_info;

/* On the arena; never NULL. */
const struct zone_info *zone_load(struct arena *mem, const char *name);
bool zone_known(const struct zone_info *z);
/* Seconds east of UTC at an instant. */
int32_t zone_offset(const struct zone_info *z, int64_t t);
/* The first instant of the local day that lies `add` days after the one of t:
 * 24:00 of today is zone_midnight(z, t, 1). A day whose midnight the clocks
 * skip begins when they have jumped; one whose midnight comes twice because
 * they went back before it ends with the second. */
int64_t zone_midnight(const struct zone_info *z, int64_t t, int32_t add);
/* Wall time, and the first instant of a local month; month may lie outside 1-12
 * and is carried into the year. */
struct civil zone_civil(const struct zone_info *z, int64_t t);
int64_t zone_month(const struct zone_info *z, int32_t year, int32_t month);

/* Billing cycles are local months in whole hours: an hour belongs to the month
 * in which it begins, also where midnight is no full UTC hour. The hour number
 * at which the month `add` after the one under way at t begins. */
int64_t zone_month_hour(const struct zone_info *z, int64_t t, int32_t add);
/* "2026-11-01": the first day of the local month, the local day. On the arena. */
const char *zone_month_date(struct arena *mem, const struct zone_info *z, int64_t t);
const char *zone_date(struct arena *mem, const struct zone_info *z, int64_t t);

#endif
