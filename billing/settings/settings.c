/* Catalogue and snapshots: from rows to struct settings. */
#include "settings/settings.h"

#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "money/money.h"
#include "settings/private.h"
#include "stmt.h"

const struct setting_def settings_defs[] = {
#define SETTING(key, type, field, feature, deflt, min, max, flags, unit, \
		group, title, screens, help) \
	{ key, SETTING_##type, offsetof(struct settings, field), feature, deflt, min, max, flags, \
	  unit, group, title, screens, help },
#include "settings/settings.def"
#undef SETTING
};
const size_t settings_count = sizeof settings_defs / sizeof settings_defs[0];

/* Two snapshots in turn: the current one stays whole while the next is read. */
struct settings_cache {
	struct ctx mem;
	struct settings set;
	bool loaded;
};

const struct setting_def *settings_find(const char *key)
{
	for (size_t i = 0; i < settings_count; i++)
		if (strcmp(settings_defs[i].key, key) == 0)
			return &settings_defs[i];
	return NULL;
}

struct settings_cache *settings_cache_new(void)
{
	/* one cache per process, as one worker per process */
	static struct settings_cache one;

	if (one.mem.mem == NULL)
		ctx_init(&one.mem, 1 << 20);
	return &one;
}

void settings_cache_free(struct settings_cache **cache)
{
	ctx_close(&(*cache)->mem);
	memset(*cache, 0, sizeof **cache);
	*cache = NULL;
}

/* A stored value passed setting_check when it was written. */
static enum errk field_put(struct ctx *mem, const struct setting_def *def, const char *value,
			   struct settings *set)
{
	char *at = (char *)set + def->offset;

	switch (def->type) {
	case SETTING_BOOL:
		*(bool *)(void *)at = strcmp(value, "1") == 0;
		return ERR_OK;
	case SETTING_INT:
		return setting_int(mem, value, (int64_t *)(void *)at);
	case SETTING_MONEY: {
		struct setting_amount *a = (struct setting_amount *)(void *)at;

		a->set = value[0] != '\0';
		return a->set ? amount_parse(mem, value, 8, &a->e8) : ERR_OK;
	}
	case SETTING_STR:
	case SETTING_ENUM:
		*(const char **)(void *)at = arena_dup(mem->mem, value);
		return ERR_OK;
	}
	return fail(mem, ERR_INTERNAL, "internal", "setting %s has no type", def->key);
}

static enum errk snapshot_fill(struct ctx *mem, const struct setting_all_row *rows, size_t n,
			       struct settings *set)
{
	for (size_t i = 0; i < settings_count; i++)
		TRY(field_put(mem, &settings_defs[i], settings_defs[i].deflt, set));
	for (size_t i = 0; i < n; i++) {
		const struct setting_def *def = settings_find(rows[i].skey);

		/* A row of a setting that a newer or older release knows. */
		if (def != NULL)
			TRY(field_put(mem, def, rows[i].value, set));
	}
	return ERR_OK;
}

enum errk settings_use(struct ctx *c, struct settings_cache *cache, uint64_t generation)
{
	struct setting_all_row *rows;
	size_t n;

	if (!cache->loaded || cache->set.generation != generation) {
		TRY(q_setting_all(c, &rows, &n));
		cache->loaded = false;
		ctx_reset(&cache->mem);
		if (snapshot_fill(&cache->mem, rows, n, &cache->set) != ERR_OK)
			return fail(c, ERR_INTERNAL, "internal", "stored setting: %s",
				    cache->mem.err.detail);
		cache->set.generation = generation;
		cache->loaded = true;
	}
	c->set = &cache->set;
	c->generation = generation;
	return ERR_OK;
}

enum errk settings_begin(struct ctx *c, struct settings_cache *cache)
{
	struct system_state_get_row st;

	TRY(q_system_state_get(c, &st));
	c->now = c->wall + st.clock_offset_s;
	c->testing = st.testing;
	return settings_use(c, cache, st.generation);
}

enum errk settings_seed(struct ctx *c)
{
	uint64_t changed;

	for (size_t i = 0; i < settings_count; i++)
		if (settings_defs[i].flags & SF_MONEY)
			TRY(q_setting_span_seed(c, settings_defs[i].key, settings_defs[i].deflt,
						&changed));
	return ERR_OK;
}
