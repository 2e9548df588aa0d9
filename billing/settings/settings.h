/* Feature settings: one row each in settings.def. A request or job sees one
 * snapshot (ctx->set) from start to end. The generation in system_state moves
 * with every change; a cache is reloaded when it differs, so the next request
 * on every worker honours the change. */
#ifndef TB_SETTINGS_SETTINGS_H
#define TB_SETTINGS_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/json.h"

enum setting_type { SETTING_BOOL, SETTING_INT, SETTING_MONEY, SETTING_STR, SETTING_ENUM };

enum setting_flag {
	SF_NONE = 0,
	SF_MONEY = 1,		/* moves money: spans per hour, effective from the next hour */
	SF_PUBLIC = 2,		/* may be shown to the browser */
	SF_DANGEROUS = 4,	/* the screen asks twice */
};

/* MONEY values are in the base currency; empty means no bound. */
struct setting_amount { bool set; int64_t e8; };

struct settings {
	uint64_t generation;
#define SETTING(key, type, field, feature, deflt, min, max, flags, unit, \
		group, title, screens, help) \
	SETTING_C_##type field;
#define SETTING_C_BOOL bool
#define SETTING_C_INT int64_t
#define SETTING_C_MONEY struct setting_amount
#define SETTING_C_STR const char *
#define SETTING_C_ENUM const char *
#include "settings/settings.def"
#undef SETTING
};

struct setting_def {
	const char *key;
	enum setting_type type;
	size_t offset;		/* in struct settings */
	uint32_t feature;	/* 1..20 of the contract, 0: a neighbour */
	const char *deflt;
	/* INT: bounds; STR: longest length in max, "1" in min: never empty; ENUM: "A|B" in max */
	const char *min, *max;
	uint32_t flags;
	const char *unit, *group, *title;
	const char *screens;	/* "user:Instance > Add Instance|admin:Billing" */
	const char *help;
};
extern const struct setting_def settings_defs[];
extern const size_t settings_count;
const struct setting_def *settings_find(const char *key);	/* NULL: unknown */

/* Cache owned by a worker or daemon. */
struct settings_cache;
struct settings_cache *settings_cache_new(void);
void settings_cache_free(struct settings_cache **cache);
/* Makes c->set and c->generation the snapshot of `generation` (loads it when
 * the cache holds another one). */
enum errk settings_use(struct ctx *c, struct settings_cache *cache, uint64_t generation)
	WARN_UNUSED;
/* Reads generation, billing clock and the test mark in one select, sets c->now
 * and c->testing, then settings_use. Once per job or unauthenticated request;
 * authenticated requests get the three values with the session row. */
enum errk settings_begin(struct ctx *c, struct settings_cache *cache) WARN_UNUSED;

/* Normalises text ("on" -> "1"), checks type, range and choices. INVALID names
 * field "value". */
enum errk setting_check(struct ctx *c, const struct setting_def *def, const char *text,
			const char **value_r) WARN_UNUSED;

/* mail.reminders: "-3,0,3,7" -> days in rising order. INVALID names field "value". */
#define LADDER_MAX 10
enum errk settings_ladder(struct ctx *c, const char *text, int32_t steps[LADDER_MAX],
			  size_t *n_r) WARN_UNUSED;

/* recharge.currencies: "EUR 10-500, JPY 1000-" -> minor units, -1: no limit; each
 * currency once. INVALID names field "value". */
#define LIMITS_MAX 20
struct setting_limit { const struct currency *cur; int64_t min_minor, max_minor; };
enum errk settings_limits(struct ctx *c, const char *text, struct setting_limit limits[LIMITS_MAX],
			  size_t *n_r) WARN_UNUSED;

/* signup.deposit, signup.refund_fee: "USD 10, JPY 1500" -> minor units, as min_minor. */
enum errk settings_sums(struct ctx *c, const char *text, struct setting_limit sums[LIMITS_MAX],
			size_t *n_r) WARN_UNUSED;

struct setting_change {
	const char *key;
	const char *value;
	uint64_t version;	/* of the row the editor saw; UINT64_MAX: do not compare */
	const char *reason;
	bool dry_run;
};
struct setting_changed {
	uint64_t version, generation;
	const char *old_value, *value;
	const char *warnings[12];	/* combination lint, customer text */
	size_t nwarnings;
};
/* Writes value, history, span and generation in one transaction. CONFLICT
 * "settings.version" when somebody was faster, INVALID when a rule refuses. */
enum errk settings_change(struct ctx *c, const struct setting_change *in,
			  struct setting_changed *out) WARN_UNUSED;

/* Spans of money settings that have none yet get their default from hour 0:
 * after migrations. */
enum errk settings_seed(struct ctx *c) WARN_UNUSED;

/* One JSON object per row of settings.def, group "" for all (admin form, CLI). */
enum errk settings_to_json(struct ctx *c, struct jout *o, const char *group) WARN_UNUSED;
enum errk settings_row_to_json(struct ctx *c, struct jout *o, const char *key) WARN_UNUSED;
enum errk settings_history_to_json(struct ctx *c, struct jout *o, const char *key) WARN_UNUSED;

#endif
