#include "settings/settings.h"

#include "money/money.h"
#include "settings/private.h"

#define STEP_LEAST (-60)
#define STEP_MOST 365

enum errk settings_ladder(struct ctx *c, const char *text, int32_t steps[LADDER_MAX],
			  size_t *n_r)
{
	const char *s = text;

	*n_r = 0;
	while (*s != '\0') {
		size_t len;
		int64_t v;

		while (*s == ' ')
			s++;
		len = 0;
		while (s[len] == '-' || (s[len] >= '0' && s[len] <= '9'))
			len++;
		if (len == 0 || len > 4 ||
		    setting_int(c, arena_dupn(c->mem, s, len), &v) != ERR_OK || v < STEP_LEAST ||
		    v > STEP_MOST || (*n_r > 0 && v <= steps[*n_r - 1]) || *n_r == LADDER_MAX) {
			err_clear(c);
			return fail_field(c, "value", "Must be days in rising order, like "
					  "-3,0,3,7: from %d to %d, at most %d of them.",
					  STEP_LEAST, STEP_MOST, LADDER_MAX);
		}
		steps[(*n_r)++] = (int32_t)v;
		s += len;
		while (*s == ' ')
			s++;
		if (*s == ',' && s[1] != '\0')
			s++;
		else if (*s != '\0') {
			return fail_field(c, "value", "Must be days with a comma between, like "
					  "-3,0,3,7.");
		}
	}
	return ERR_OK;
}
