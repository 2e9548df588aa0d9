/* When: due days in the account's time zone, outages, the mass breaker. */
#include "suspension/suspension.h"

#include <string.h>

#include "settings/settings.h"
#include "stmt.h"
#include "suspension/private.h"

#define OUTAGE_S 600		/* so long unknown is an outage, not a hiccup */
#define SILENT_S 120
#define AFTER_S 3600		/* time to pay once paying works again */

void suspension_due_day(const struct zone_info *z, int64_t due_at, int64_t days,
			int64_t *ended_r, int64_t *suspend_r)
{
	*ended_r = zone_midnight(z, due_at, 1);
	*suspend_r = zone_midnight(z, due_at, 1 + (int32_t)days);
}

const char *suspension_pause(const struct pause_in *in, int64_t *outage_at_r)
{
	*outage_at_r = in->outage_at;
	if (!in->whmcs) {
		*outage_at_r = 0;
		return "";
	}
	if (in->bridge_at == 0 || in->polled_at == 0)
		return "PAYMENTS_UNKNOWN";	/* not yet: there was no outage to recover from */
	if (in->wall - in->polled_at >= OUTAGE_S || in->wall - in->bridge_at >= OUTAGE_S) {
		*outage_at_r = in->wall;
		return "PAYMENTS_UNKNOWN";
	}
	if (in->wall - in->bridge_at >= SILENT_S)
		return "BRIDGE_SILENT";
	return in->wall - in->outage_at < AFTER_S ? "AFTER_OUTAGE" : "";
}

bool suspension_breaker(uint64_t n, uint64_t active, uint64_t allowed, int64_t max_n,
			int64_t max_percent)
{
	return n > (uint64_t)max_n && n * 100 > active * (uint64_t)max_percent && n > allowed;
}

bool suspension_funded(int64_t left_e8, int64_t burn_e8, int64_t hours)
{
	if (burn_e8 <= 0)
		return left_e8 >= 0;
	return left_e8 > 0 && left_e8 / burn_e8 >= hours;
}

struct zones { const char *name; const struct zone_info *z; };

/* Rows come sorted by zone: each file is read once. */
static const struct zone_info *zone_of(struct ctx *c, struct zones *last, const char *name)
{
	if (last->z == NULL || strcmp(last->name, name) != 0)
		*last = (struct zones){ name, zone_load(c->mem, name) };
	return last->z;
}

static enum errk fix_new(struct ctx *c, size_t *n_r)
{
	struct overdue_new_row *rows;
	struct zones last = { 0 };
	int64_t days = c->set->suspension_days, ended, suspend;
	uint64_t n;

	TRY(q_overdue_new(c, c->now, &rows, n_r));
	for (size_t i = 0; i < *n_r; i++) {
		suspension_due_day(zone_of(c, &last, rows[i].timezone), rows[i].due_at, days,
				   &ended, &suspend);
		TRY(q_overdue_put(c, rows[i].invoice_id, rows[i].account_id, rows[i].timezone,
				  ended, (uint32_t)days, suspend, &n));
	}
	return ERR_OK;
}

static enum errk fix_stale(struct ctx *c, size_t *n_r)
{
	struct overdue_stale_row *rows;
	struct zones last = { 0 };
	int64_t days = c->set->suspension_days;
	uint64_t n;

	TRY(q_overdue_stale(c, (uint32_t)days, &rows, n_r));
	for (size_t i = 0; i < *n_r; i++)
		/* the last second of the due day stands for it */
		TRY(q_overdue_renew(c, rows[i].invoice_id, (uint32_t)days,
				    zone_midnight(zone_of(c, &last, rows[i].timezone),
						  rows[i].ended_at - 1, 1 + (int32_t)days), &n));
	return ERR_OK;
}

enum errk due_days_fix(struct ctx *c)
{
	struct arena *outer = c->mem;
	enum errk k = ERR_OK;
	size_t made = 1, renewed = 0;

	c->mem = arena_new(4 << 20);
	while (k == ERR_OK && made + renewed > 0) {
		arena_reset(c->mem);
		k = fix_new(c, &made);
		if (k == ERR_OK)
			k = fix_stale(c, &renewed);
	}
	if (k != ERR_OK)
		c->err.detail = arena_dup(outer, c->err.detail);
	arena_free(&c->mem);
	c->mem = outer;
	return k;
}
