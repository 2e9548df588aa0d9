/* One value against its row, and combinations of values against each other. */
#include "settings/private.h"

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "money/money.h"
#include "stmt.h"

enum errk setting_int(struct ctx *c, const char *text, int64_t *v_r)
{
	int64_t e8;

	TRY(amount_parse(c, text, 0, &e8));
	*v_r = e8 / E8;
	return ERR_OK;
}

static bool text_in(const char *text, const char *list)
{
	size_t len = strlen(text);

	for (const char *s = list; *s != '\0'; s += strcspn(s, "|"), s += *s == '|')
		if (strcspn(s, "|") == len && strncmp(s, text, len) == 0)
			return true;
	return false;
}

static enum errk check_bool(struct ctx *c, const char *text, const char **value_r)
{
	if (text_in(text, "1|on|true|yes|enabled"))
		*value_r = "1";
	else if (text_in(text, "0|off|false|no|disabled"))
		*value_r = "0";
	else
		return fail_field(c, "value", "Must be on or off.");
	return ERR_OK;
}

static enum errk check_int(struct ctx *c, const struct setting_def *def, const char *text,
			   const char **value_r)
{
	int64_t v, min, max;

	if (setting_int(c, text, &v) != ERR_OK) {
		err_clear(c);
		return fail_field(c, "value", "Must be a whole number.");
	}
	TRY(setting_int(c, def->min, &min));
	TRY(setting_int(c, def->max, &max));
	if (v < min || v > max)
		return fail_field(c, "value", "Must be between %s and %s.", def->min, def->max);
	*value_r = arena_fmt(c->mem, "%lld", (long long)v);
	return ERR_OK;
}

static enum errk check_money(struct ctx *c, const char *text, const char **value_r)
{
	const char *base = c->set ? c->set->currency_base : "USD";
	const struct currency *cur = currency_find(base);
	int64_t minor;

	if (text[0] == '\0') {
		*value_r = "";
		return ERR_OK;
	}
	if (cur == NULL || money_parse(c, text, cur, &minor) != ERR_OK) {
		err_clear(c);
		return fail_field(c, "value", "Must be an amount in %s with at most %u decimals.",
				  base, cur ? cur->digits : 2);
	}
	if (minor < 0)
		return fail_field(c, "value", "Must not be negative.");
	/* 0 and empty mean the same: no bound. */
	*value_r = minor == 0 ? "" : money_text(c->mem, minor, cur);
	return ERR_OK;
}

static enum errk check_limits(struct ctx *c, const char *v, const char *base)
{
	struct setting_limit limits[LIMITS_MAX];
	size_t n;

	TRY(settings_limits(c, v, limits, &n));
	for (size_t i = 0; i < n; i++)
		if (strcmp(limits[i].cur->code, base) == 0)
			return fail_field(c, "value", "%s is the base currency: its limits are "
					  "settings of their own.", base);
	return ERR_OK;
}

static enum errk check_sums(struct ctx *c, const char *v)
{
	struct setting_limit sums[LIMITS_MAX];
	size_t n;

	return settings_sums(c, v, sums, &n);
}

/* What links in mails begin with, and when reminders go out. */
static enum errk check_mail(struct ctx *c, const char *key, const char *v)
{
	int32_t steps[LADDER_MAX];
	size_t n;

	if (strcmp(key, "mail.reminders") == 0)
		return settings_ladder(c, v, steps, &n);
	if (strcmp(key, "portal.base_url") != 0 || v[0] == '\0')
		return ERR_OK;
	if ((strncmp(v, "https://", 8) != 0 && strncmp(v, "http://", 7) != 0) ||
	    strpbrk(v, " \"'<>\\?#@") != NULL || strchr(v, ':')[3] == '\0')
		return fail_field(c, "value",
				  "Must be an address like https://portal.example.com.");
	return ERR_OK;
}

/* Promo prefixes are trimmed and upper-cased; other texts only length-checked. */
static enum errk check_text(struct ctx *c, const struct setting_def *def, const char *text,
			    const char **value_r)
{
	int64_t max;
	char *v = arena_dup(c->mem, text);
	size_t len;

	TRY(setting_int(c, def->max, &max));
	while (*v == ' ')
		v++;
	len = strlen(v);
	while (len > 0 && v[len - 1] == ' ')
		v[--len] = '\0';
	if ((int64_t)len > max)
		return fail_field(c, "value", "At most %s characters.", def->max);
	if (len == 0 && def->min[0] != '\0')
		return fail_field(c, "value", "This cannot be empty.");
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)v[i] < 0x20 && v[i] != '\n')
			return fail_field(c, "value", "Control characters are not allowed.");
	if (strcmp(def->key, "promo.prefix") == 0) {
		for (size_t i = 0; i < len; i++)
			if (v[i] >= 'a' && v[i] <= 'z')
				v[i] = (char)(v[i] - 'a' + 'A');
		if (strspn(v, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != len)
			return fail_field(c, "value", "Only A-Z, 0-9, - and _.");
	}
	if (strcmp(def->key, "currency.base") == 0 && currency_find(v) == NULL)
		return fail_field(c, "value", "Not a currency code known here.");
	if (strcmp(def->key, "seller.country") == 0 && len > 0 &&
	    (len != 2 || strspn(v, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != len))
		return fail_field(c, "value", "Two capital letters (ISO 3166), as DE; or empty.");
	if (strcmp(def->key, "recharge.currencies") == 0)
		TRY(check_limits(c, v, c->set ? c->set->currency_base : "USD"));
	if (strcmp(def->key, "signup.deposit") == 0 || strcmp(def->key, "signup.refund_fee") == 0)
		TRY(check_sums(c, v));
	TRY(check_mail(c, def->key, v));
	*value_r = v;
	return ERR_OK;
}

enum errk setting_check(struct ctx *c, const struct setting_def *def, const char *text,
			const char **value_r)
{
	switch (def->type) {
	case SETTING_BOOL:
		return check_bool(c, text, value_r);
	case SETTING_INT:
		return check_int(c, def, text, value_r);
	case SETTING_MONEY:
		return check_money(c, text, value_r);
	case SETTING_STR:
		return check_text(c, def, text, value_r);
	case SETTING_ENUM:
		if (!text_in(text, def->max))
			return fail_field(c, "value", "Must be one of %s.", def->max);
		*value_r = text;
		return ERR_OK;
	}
	return fail(c, ERR_INTERNAL, "internal", "setting %s has no type", def->key);
}

static void warn(struct setting_changed *out, const char *text)
{
	if (out->nwarnings < sizeof out->warnings / sizeof out->warnings[0])
		out->warnings[out->nwarnings++] = text;
}

static enum errk lint_recharge(struct ctx *c, const struct settings *s)
{
	if (s->recharge_minimum.set && s->recharge_maximum.set &&
	    s->recharge_minimum.e8 > s->recharge_maximum.e8)
		return fail_field(c, "value",
				  "The minimum recharge must not be above the maximum recharge.");
	return ERR_OK;
}

static int64_t tiny_price(int64_t decimals)
{
	int64_t half = E8 / 2;

	while (decimals-- > 0)
		half /= 10;
	return half;
}

static enum errk lint_counts(struct ctx *c, const struct settings *s, const char *key,
			     struct setting_changed *out)
{
	struct setting_lint_counts_row n;

	TRY(q_setting_lint_counts(c, s->currency_base, tiny_price(s->display_cost_decimals), &n));
	if ((strcmp(key, "payment.portal") == 0 || strcmp(key, "whmcs.enabled") == 0) &&
	    !s->payment_portal && !s->whmcs_enabled && n.no_way_to_pay > 0)
		warn(out, arena_fmt(c->mem, "%llu prepaid or flexible accounts have no way to pay "
				    "while Portal Payment and WHMCS Billing are off.",
				    (unsigned long long)n.no_way_to_pay));
	if (strncmp(key, "currency.", 9) == 0 && !s->currency_multi && n.foreign > 0)
		warn(out, arena_fmt(c->mem, "%llu accounts in other currencies keep theirs.",
				    (unsigned long long)n.foreign));
	if (strcmp(key, "contract.type") == 0 && !s->contract_type && n.fixed > 0)
		warn(out, arena_fmt(c->mem, "%llu Fixed Payment contracts remain as they are.",
				    (unsigned long long)n.fixed));
	if (strcmp(key, "display.cost_decimals") == 0 && n.tiny_prices > 0)
		warn(out, arena_fmt(c->mem, "%llu prices are too small for these decimals and "
				    "print with a < sign.", (unsigned long long)n.tiny_prices));
	return ERR_OK;
}

/* The same figures would be other amounts. */
static enum errk limits_empty(struct ctx *c, const char *code)
{
	const struct settings *s = c->set;

	if (strcmp(s->currency_base, code) == 0)
		return ERR_OK;
	if (s->recharge_minimum.set || s->recharge_maximum.set || s->credit_default_limit.set ||
	    s->recharge_day_maximum.set || s->recharge_balance_maximum.set)
		return fail_field(c, "value",
				  "Please empty the recharge limits and the default credit limit "
				  "first: they are amounts in %s.", s->currency_base);
	return check_limits(c, s->recharge_currencies, code);
}

static enum errk base_enabled(struct ctx *c, const char *code)
{
	struct currency_enabled_row *rows;
	size_t n;

	TRY(q_currency_enabled(c, &rows, &n));
	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i].code, code) == 0)
			return limits_empty(c, code);
	return fail_field(c, "value", "Must be a currency that is enabled here.");
}

/* Combinations that are legal but deserve a word, by the setting being changed. */
static void lint_pairs(const struct settings *s, const char *key, struct setting_changed *out)
{
	bool plans = strncmp(key, "plan.", 5) == 0 || strcmp(key, "suspension.enabled") == 0;
	bool ways = strcmp(key, "suspension.enabled") == 0 ||
		    strcmp(key, "payment.portal") == 0 || strcmp(key, "invoice.menu") == 0;

	if (s->ip_free_one && !s->ip_default_charge && strncmp(key, "ip.", 3) == 0)
		warn(out, "Free for One IP has no effect while Default IP Charge is off.");
	if (s->signup_verification_refund && !s->signup_payment &&
	    strncmp(key, "signup.", 7) == 0)
		warn(out, "There is nothing to refund while SignUp Payment is off; the sign-up "
			  "page promises nothing.");
	if (s->signup_payment && s->signup_deposit[0] == '\0' && strncmp(key, "signup.", 7) == 0)
		warn(out, "No sign-up deposit is set in any currency: nobody can sign up until one "
			  "is.");
	if (ways && s->suspension_enabled && !s->payment_portal && !s->invoice_menu)
		warn(out, "Suspended customers can neither see nor pay invoices in the portal; the "
			  "notice keeps the amount and your payment instructions.");
	if (plans && !s->suspension_enabled && (strcmp(s->plan_individual, "PREPAID") == 0 ||
						strcmp(s->plan_organization, "PREPAID") == 0))
		warn(out, "Prepaid without Suspended Account Billing is unlimited credit.");
	if (strcmp(key, "suspension.enabled") == 0 && !s->suspension_enabled)
		warn(out, "Accounts that are suspended stay so; the overview offers to release "
			  "them.");
	if (strcmp(key, "prepaid.negative_display") == 0 && !s->prepaid_negative_display)
		warn(out, "Amounts due and needed are still shown as they are.");
}

#define TEXT_BYTES 48	/* an amount with its currency */

/* Feature 4 off: how much usage balances do not show yet, at most. */
static enum errk lint_frequency(struct ctx *c, const struct settings *s, const char *key,
			    struct setting_changed *out)
{
	struct setting_prepaid_day_row *rows;
	struct str text;
	size_t n;

	bool week = strcmp(s->prepaid_frequency, "WEEKLY") == 0;
	bool month = strcmp(s->prepaid_frequency, "MONTHLY") == 0;

	if ((strcmp(key, "prepaid.hourly") != 0 && strcmp(key, "prepaid.frequency") != 0) ||
	    s->prepaid_hourly)
		return ERR_OK;
	TRY(q_setting_prepaid_day(c, hour_floor(c->now), week ? 7 : month ? 31 : 1, &rows, &n));
	/* Each currency has its words. */
	str_init(&text, c->mem, 200 + n * TEXT_BYTES);
	str_addf(&text, "Prepaid balances are debited %s; limits still follow every hour.",
		 week ? "weekly" : month ? "monthly" : "daily");
	for (size_t i = 0; i < n; i++) {
		const struct currency *cur = currency_find(rows[i].currency);

		str_addf(&text, "%s%s %s", i == 0 ? " At what runs now, up to " : ", ",
			 money_text(c->mem, amount_to_pay(rows[i].amount_e8, cur), cur), cur->code);
	}
	if (n > 0)
		str_addf(&text, " a %s is used before it is debited.",
			 week ? "week" : month ? "month" : "day");
	warn(out, text.s);
	return ERR_OK;
}

enum errk settings_lint(struct ctx *c, const struct setting_def *def, const char *value,
			struct setting_changed *out)
{
	struct settings s = *c->set;
	char *at = (char *)&s + def->offset;

	switch (def->type) {
	case SETTING_BOOL:
		*(bool *)(void *)at = strcmp(value, "1") == 0;
		break;
	case SETTING_INT:
		TRY(setting_int(c, value, (int64_t *)(void *)at));
		break;
	case SETTING_MONEY: {
		struct setting_amount *a = (struct setting_amount *)(void *)at;

		a->set = value[0] != '\0';
		if (a->set)
			TRY(amount_parse(c, value, 8, &a->e8));
		break;
	}
	case SETTING_STR:
	case SETTING_ENUM:
		*(const char **)(void *)at = value;
		break;
	}
	if (strcmp(def->key, "currency.base") == 0)
		TRY(base_enabled(c, value));
	TRY(lint_recharge(c, &s));
	lint_pairs(&s, def->key, out);
	TRY(lint_frequency(c, &s, def->key, out));
	return lint_counts(c, &s, def->key, out);
}
