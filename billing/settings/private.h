/* Shared by the files of this module only. */
#ifndef TB_SETTINGS_PRIVATE_H
#define TB_SETTINGS_PRIVATE_H

#include "settings/settings.h"

/* Decimal integer, whole text; INVALID "setting.int". */
enum errk setting_int(struct ctx *c, const char *text, int64_t *v_r) WARN_UNUSED;
/* Value in force for the next request: row or default; version 0 without row. */
enum errk setting_now(struct ctx *c, const struct setting_def *def, const char **value_r,
		      uint64_t *version_r, int64_t *changed_at_r, const char **changed_by_r)
	WARN_UNUSED;
/* Rules across rows with `key` as it would be: INVALID refuses, warnings are
 * appended to out. */
enum errk settings_lint(struct ctx *c, const struct setting_def *def, const char *value,
			struct setting_changed *out) WARN_UNUSED;

#endif
