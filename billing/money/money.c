#include "money/money.h"

#include <assert.h>
#include <string.h>

__extension__ typedef __int128 i128;

const struct currency currencies[] = {
#define CURRENCY(code, digits, minor_e8, symbol, name) { code, digits, minor_e8, symbol, name },
#include "money/currency.def"
#undef CURRENCY
};
const size_t currencies_count = sizeof currencies / sizeof currencies[0];

const struct currency *currency_find(const char *code)
{
	for (size_t i = 0; i < currencies_count; i++)
		if (strcmp(currencies[i].code, code) == 0)
			return &currencies[i];
	return NULL;
}

/* a / b, half away from zero; b > 0. The one rounding rule. */
static i128 div_half_away(i128 a, i128 b)
{
	assert(b > 0);
	if (a < 0)
		return -((-a + b / 2) / b);
	return (a + b / 2) / b;
}

static enum errk narrow(struct ctx *c, i128 v, int64_t *r)
{
	if (v > INT64_MAX || v < INT64_MIN)
		return fail(c, ERR_INTERNAL, "money.overflow", "amount outside 64 bits");
	*r = (int64_t)v;
	return ERR_OK;
}

static enum errk bad_format(struct ctx *c, const char *text)
{
	return fail(c, ERR_INVALID, "money.format", "not an amount: %.40s", text);
}

/* Digits into *v_r, at most 18 of them so that 64 bits hold whatever comes. */
static const char *take_digits(const char *s, size_t max, i128 *v_r, size_t *n_r)
{
	i128 v = 0;
	size_t n = 0;

	while (*s >= '0' && *s <= '9' && n < max) {
		v = v * 10 + (*s++ - '0');
		n++;
	}
	*v_r = v;
	*n_r = n;
	return s;
}

enum errk amount_parse(struct ctx *c, const char *text, uint32_t digits, int64_t *e8_r)
{
	const char *s = text;
	bool negative = *s == '-';
	i128 whole, frac = 0;
	size_t nwhole, nfrac = 0;

	assert(digits <= 8);
	if (negative)
		s++;
	s = take_digits(s, 12, &whole, &nwhole);
	if (nwhole == 0)
		return bad_format(c, text);
	if (*s == '.') {
		s = take_digits(s + 1, digits, &frac, &nfrac);
		if (nfrac == 0)
			return bad_format(c, text);
	}
	if (*s != '\0')
		return bad_format(c, text);
	for (size_t i = nfrac; i < 8; i++)
		frac *= 10;
	whole = whole * E8 + frac;
	return narrow(c, negative ? -whole : whole, e8_r);
}

const char *amount_rule(struct arena *mem, const struct currency *cur)
{
	const char *decimals = cur->digits == 0 ? "without decimals"
		: arena_fmt(mem, "with at most %u decimals", cur->digits);

	return arena_fmt(mem, "an amount in %s below 90,000,000,000 %s", cur->code, decimals);
}

enum errk money_parse(struct ctx *c, const char *text, const struct currency *cur,
		      int64_t *minor_r)
{
	int64_t e8;

	TRY(amount_parse(c, text, cur->digits, &e8));
	assert(e8 % cur->minor_e8 == 0);
	*minor_r = e8 / cur->minor_e8;
	return ERR_OK;
}

/* v units of 10^-digits as text; digits may be 0. */
static const char *fixed_text(struct arena *mem, i128 v, uint32_t digits)
{
	bool negative = v < 0;
	uint64_t scale = 1;
	i128 u = negative ? -v : v;

	for (uint32_t i = 0; i < digits; i++)
		scale *= 10;
	if (digits == 0)
		return arena_fmt(mem, "%s%llu", negative ? "-" : "", (unsigned long long)u);
	return arena_fmt(mem, "%s%llu.%0*llu", negative ? "-" : "",
			 (unsigned long long)(u / scale), (int)digits,
			 (unsigned long long)(u % scale));
}

const char *amount_text(struct arena *mem, int64_t e8)
{
	return fixed_text(mem, e8, 8);
}

const char *money_text(struct arena *mem, int64_t minor, const struct currency *cur)
{
	return fixed_text(mem, minor, cur->digits);
}

const char *amount_display(struct arena *mem, int64_t e8, uint32_t digits)
{
	int64_t unit = 1;
	i128 v;

	assert(digits <= 8);
	for (uint32_t i = digits; i < 8; i++)
		unit *= 10;
	/* A debt rounds away from zero: it must never look paid. */
	if (e8 < 0)
		v = -(((i128)-(i128)e8 + unit - 1) / unit);
	else
		v = div_half_away(e8, unit);
	if (e8 > 0 && v == 0)
		return arena_fmt(mem, "<%s", fixed_text(mem, 1, digits));
	return fixed_text(mem, v, digits);
}

int64_t amount_to_minor(int64_t e8, const struct currency *cur)
{
	return (int64_t)div_half_away(e8, cur->minor_e8);
}

int64_t money_to_amount(int64_t minor, const struct currency *cur)
{
	i128 v = (i128)minor * cur->minor_e8;

	assert(v <= INT64_MAX && v >= INT64_MIN);
	return (int64_t)v;
}

int64_t amount_to_pay(int64_t e8, const struct currency *cur)
{
	return e8 <= 0 ? 0 : (e8 - 1) / cur->minor_e8 + 1;
}

enum errk amount_add(struct ctx *c, int64_t a, int64_t b, int64_t *r)
{
	return narrow(c, (i128)a + b, r);
}

enum errk amount_mul(struct ctx *c, int64_t e8, int64_t n, int64_t *r)
{
	return narrow(c, (i128)e8 * n, r);
}

enum errk tax_up(struct ctx *c, int64_t e8, int64_t rate_ppm, int64_t *r)
{
	assert(e8 >= 0 && rate_ppm >= 0);
	return narrow(c, ((i128)e8 * rate_ppm + 999999) / 1000000, r);
}

enum errk amount_convert(struct ctx *c, int64_t e8, int64_t rate_e12, int64_t *r)
{
	assert(rate_e12 > 0);
	return narrow(c, div_half_away((i128)e8 * rate_e12, INT64_C(1000000000000)), r);
}

int64_t tax_within(int64_t lines_minor, int64_t rate_ppm, int64_t whole_ppm)
{
	assert(rate_ppm >= 0 && rate_ppm <= 1000000 && whole_ppm >= 1000000);
	return (int64_t)div_half_away((i128)lines_minor * rate_ppm, whole_ppm);
}

int64_t percent_minor(int64_t minor, int64_t ppm)
{
	return (int64_t)div_half_away((i128)minor * ppm, 1000000);
}

int64_t tax_of(int64_t base_minor, int64_t rate_ppm)
{
	return tax_within(base_minor, rate_ppm, 1000000);
}

int64_t tax_amounts(int64_t lines_minor, bool inclusive, const int64_t *rate_ppm, size_t n,
		    int64_t *tax_minor_r)
{
	int64_t whole = 1000000, base = lines_minor;

	for (size_t i = 0; inclusive && i < n; i++)
		whole += rate_ppm[i];
	for (size_t i = 0; i < n; i++) {
		tax_minor_r[i] = tax_within(lines_minor, rate_ppm[i], whole);
		if (inclusive)
			base -= tax_minor_r[i];
	}
	return base;
}

/* Floor to the minor unit; *rest_r is what was cut off, 0 <= rest < unit. */
static int64_t floor_minor(int64_t e8, int64_t unit, int64_t *rest_r)
{
	int64_t q = e8 / unit, rest = e8 % unit;

	if (rest < 0) {
		rest += unit;
		q--;
	}
	*rest_r = rest;
	return q;
}

void money_allocate(const int64_t *exact_e8, size_t n, const struct currency *cur,
		    int64_t *minor_r)
{
	i128 sum = 0;
	int64_t given = 0, residue, rest;

	for (size_t i = 0; i < n; i++) {
		sum += exact_e8[i];
		minor_r[i] = floor_minor(exact_e8[i], cur->minor_e8, &rest);
		given += minor_r[i];
	}
	residue = (int64_t)div_half_away(sum, cur->minor_e8) - given;
	assert(residue >= 0 && residue <= (int64_t)n);
	/* n is the lines of one document: selection by repeated search is fine
	 * and needs no memory; a line that got its unit is marked by comparing
	 * with its floor. */
	while (residue-- > 0) {
		size_t best = n;
		int64_t best_rest = -1;

		for (size_t i = 0; i < n; i++) {
			int64_t fl = floor_minor(exact_e8[i], cur->minor_e8, &rest);

			if (minor_r[i] == fl && rest > best_rest) {
				best = i;
				best_rest = rest;
			}
		}
		assert(best < n);
		minor_r[best]++;
	}
}
