/* Amounts in currencies of their own: limits "EUR 10-500, JPY 1000-", sums "USD 10, JPY
 * 1500". */
#include "settings/settings.h"

#include <string.h>

#include "money/money.h"
#include "settings/private.h"

static const char HOW[] = "Must be like EUR 10-500, JPY 1000-, KWD -150: a currency, its smallest "
			  "and its largest recharge.";

/* One amount up to `end`; empty: no limit. */
static enum errk amount(struct ctx *c, const char *s, size_t len, const struct currency *cur,
			int64_t *minor_r)
{
	*minor_r = -1;
	if (len == 0)
		return ERR_OK;
	if (money_parse(c, arena_dupn(c->mem, s, len), cur, minor_r) == ERR_OK && *minor_r > 0)
		return ERR_OK;
	err_clear(c);
	return fail_field(c, "value", "%s: please give %s above zero.", cur->code,
			  amount_rule(c->mem, cur));
}

/* "EUR 10-500" */
static enum errk one(struct ctx *c, const char *s, size_t len, struct setting_limit *l)
{
	const char *dash = memchr(s, '-', len);
	size_t head = 4;

	if (len < 6 || dash == NULL || s[3] != ' ')
		return fail_field(c, "value", "%s", HOW);
	l->cur = currency_find(arena_dupn(c->mem, s, 3));
	if (l->cur == NULL)
		return fail_field(c, "value", "%.3s is not a currency known here.", s);
	while (s[head] == ' ')
		head++;
	if (dash < s + head)
		return fail_field(c, "value", "%s", HOW);
	TRY(amount(c, s + head, (size_t)(dash - s) - head, l->cur, &l->min_minor));
	TRY(amount(c, dash + 1, (size_t)(s + len - dash) - 1, l->cur, &l->max_minor));
	if (l->min_minor < 0 && l->max_minor < 0)
		return fail_field(c, "value", "%s", HOW);
	if (l->max_minor >= 0 && l->min_minor > l->max_minor)
		return fail_field(c, "value", "%s: the smallest recharge must not be above the "
				  "largest.", l->cur->code);
	return ERR_OK;
}

/* "USD 10" */
static enum errk one_sum(struct ctx *c, const char *s, size_t len, struct setting_limit *l)
{
	size_t head = 4;

	if (len < 5 || s[3] != ' ')
		return fail_field(c, "value", "Must be like USD 10, JPY 1500: a currency and an "
				  "amount.");
	l->cur = currency_find(arena_dupn(c->mem, s, 3));
	if (l->cur == NULL)
		return fail_field(c, "value", "%.3s is not a currency known here.", s);
	while (s[head] == ' ')
		head++;
	TRY(amount(c, s + head, len - head, l->cur, &l->min_minor));
	l->max_minor = l->min_minor;
	return ERR_OK;
}

/* Parts between commas, each currency once. */
static enum errk parts(struct ctx *c, const char *text, struct setting_limit limits[LIMITS_MAX],
		       size_t *n_r, enum errk (*part)(struct ctx *, const char *, size_t,
						      struct setting_limit *))
{
	*n_r = 0;
	for (const char *s = text; *s != '\0'; s += *s == ',') {
		struct setting_limit *l = &limits[*n_r];
		size_t len, used;

		s += strspn(s, " ");
		len = used = strcspn(s, ",");
		while (len > 0 && s[len - 1] == ' ')
			len--;
		if (*n_r == LIMITS_MAX)
			return fail_field(c, "value", "At most %d currencies.", LIMITS_MAX);
		TRY(part(c, s, len, l));
		for (size_t i = 0; i < *n_r; i++)
			if (limits[i].cur == l->cur)
				return fail_field(c, "value", "%s stands here twice.",
						  l->cur->code);
		(*n_r)++;
		s += used;
		if (*s == ',' && s[1] == '\0')
			return part(c, "", 0, &limits[*n_r - 1]);	/* nothing after it */
	}
	return ERR_OK;
}

enum errk settings_limits(struct ctx *c, const char *text, struct setting_limit limits[LIMITS_MAX],
			  size_t *n_r)
{
	return parts(c, text, limits, n_r, one);
}

enum errk settings_sums(struct ctx *c, const char *text, struct setting_limit sums[LIMITS_MAX],
			size_t *n_r)
{
	return parts(c, text, sums, n_r, one_sum);
}
