/* Property: random documents in yen, dollars and dinars with up to four taxes on top
 * of the lines or in them: base + taxes = total to the unit, each tax within half a
 * unit of its exact part; notes over parts add up to the document, whatever was
 * credited first. TB_ROUNDS: how many documents (default 1,000,000). */
#include "test.h"

#include "invoice/note.h"

#include "money/money.h"

#define TAXES_MAX 4
#define LINES_MAX 3
#define WHOLE 1000000

/* xorshift64*: the same documents in every run. */
static uint64_t seed = 88172645463325252;

static uint64_t below(uint64_t n)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (seed * UINT64_C(2685821657736338717) >> 33) % n;
}

struct doc {
	struct note_line lines[LINES_MAX];
	struct note_tax taxes[TAXES_MAX];
	size_t nlines, ntaxes;
	int64_t ppm[TAXES_MAX], each[TAXES_MAX];
	int64_t sum, base, tax, rates;
	bool inclusive;
};

/* Rates come to 100 % at most: beyond that no base need be left. */
static void draw_rates(struct doc *d)
{
	static const int64_t usual[] = { 230000, 190000, 90000, 75000, 99750, 33333, 1, 250000 };

	d->ntaxes = below(TAXES_MAX + 1);
	for (size_t i = 0; i < d->ntaxes; i++) {
		int64_t ppm = below(2) ? usual[below(8)]
				       : (int64_t)below((uint64_t)(WHOLE - d->rates) + 1);

		d->ppm[i] = d->rates + ppm <= WHOLE ? ppm : 0;
		d->rates += d->ppm[i];
	}
}

static void draw(struct doc *d)
{
	static const char *const codes[] = { "USD", "JPY", "KWD" };
	const struct currency *cur = currency_find(codes[below(3)]);

	*d = (struct doc){ .nlines = 1 + below(LINES_MAX), .inclusive = below(2) == 1 };
	draw_rates(d);
	for (size_t i = 0; i < d->nlines; i++) {
		int64_t most = below(3) == 0 ? 30 * cur->minor_e8 : INT64_C(900000000000);

		d->lines[i].amount_minor = amount_to_minor((int64_t)(below(UINT32_MAX) %
							   (uint64_t)most), cur);
		d->sum += d->lines[i].amount_minor;
	}
	d->base = tax_amounts(d->sum, d->inclusive, d->ppm, d->ntaxes, d->each);
	for (size_t i = 0; i < d->ntaxes; i++) {
		d->tax += d->each[i];
		d->taxes[i] = (struct note_tax){ d->ppm[i], d->base, d->each[i], 0, 0, 0, 0 };
	}
}

/* Twice the distance to the exact part of the lines is at most one unit; a tie is
 * rounded up. */
static void near(int64_t tax, int64_t lines, int64_t ppm, int64_t whole)
{
	int64_t twice = 2 * (tax * whole - lines * ppm);

	assert_true(twice > -whole && twice <= whole);
}

static void reckoned(const struct doc *d)
{
	int64_t whole = WHOLE + (d->inclusive ? d->rates : 0), one, back[1];

	for (size_t i = 0; i < d->ntaxes; i++)
		near(d->each[i], d->sum, d->ppm[i], whole);
	assert_int_equal(d->base + (d->inclusive ? d->tax : 0), d->sum);
	assert_true(d->base >= 0);
	/* What was put on top of a price is what such a price contains. */
	one = tax_of(d->sum, d->rates);
	assert_int_equal(tax_amounts(d->sum + one, true, &d->rates, 1, back), d->sum);
	assert_int_equal(back[0], one);
}

static bool credit(struct doc *d, bool rest, int64_t *total)
{
	int64_t subtotal, tax, take = 0;

	for (size_t i = 0; i < d->nlines; i++) {
		struct note_line *l = &d->lines[i];
		int64_t left = l->amount_minor - l->credited_minor;

		l->take_minor = rest ? left : below(2) ? (int64_t)below((uint64_t)left + 1)
						       : left < 3 ? left : 1;
		take += l->take_minor;
	}
	if (!(d->inclusive ? note_sum_inclusive : note_sum)(d->lines, d->nlines, d->taxes,
							     d->ntaxes, &subtotal, &tax))
		return false;
	assert_int_equal(subtotal + (d->inclusive ? tax : 0), take);
	assert_true(subtotal >= 0 && tax >= 0);
	for (size_t i = 0; i < d->nlines; i++)
		d->lines[i].credited_minor += d->lines[i].take_minor;
	for (size_t i = 0; i < d->ntaxes; i++) {
		struct note_tax *t = &d->taxes[i];

		assert_true(t->take_tax >= 0 && t->take_base == subtotal);
		t->credited_base += t->take_base;
		t->credited_tax += t->take_tax;
		assert_true(t->credited_tax <= t->tax_minor);
		assert_true(t->credited_base <= t->base_minor);
	}
	*total += subtotal + tax;
	return true;
}

static void test_documents(void **state)
{
	const char *text = getenv("TB_ROUNDS");
	long rounds = text != NULL ? strtol(text, NULL, 10) : 1000000;

	(void)state;
	assert_true(rounds > 0);
	for (long i = 0; i < rounds; i++) {
		int64_t total = 0;
		struct doc d;

		draw(&d);
		reckoned(&d);
		for (uint64_t n = below(4); n > 0; n--)
			credit(&d, false, &total);
		credit(&d, true, &total);
		assert_int_equal(total, d.base + d.tax);
		for (size_t t = 0; t < d.ntaxes; t++)
			assert_int_equal(d.taxes[t].credited_tax, d.each[t]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_documents) };

	return RUN_TESTS(tests);
}
