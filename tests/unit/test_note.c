/* Property: a random invoice's lines add up to its rounded exact sum, and
 * random credit notes over it, down to the last unit, add up to the invoice:
 * per line, per tax, in all. TB_ROUNDS: how many invoices (default 1,000,000). */
#include "test.h"

#include "invoice/note.h"

#include "money/money.h"

#define LINES_MAX 12
#define TAXES_MAX 3

/* xorshift64*: the same invoices in every run. */
static uint64_t seed = 88172645463325252;

static uint64_t below(uint64_t n)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (seed * UINT64_C(2685821657736338717) >> 33) % n;
}

struct doc {
	const struct currency *cur;
	struct note_line lines[LINES_MAX];
	struct note_tax taxes[TAXES_MAX];
	size_t nlines, ntaxes;
	int64_t subtotal, tax;
};

static void draw(struct doc *d)
{
	static const char *const codes[] = { "USD", "JPY", "KWD" };
	static const int64_t rates[] = { 230000, 190000, 75000, 33333, 1, 200000, 0 };
	int64_t exact[LINES_MAX], minor[LINES_MAX], sum = 0;

	*d = (struct doc){ .cur = currency_find(codes[below(3)]), .nlines = 1 + below(LINES_MAX),
			   .ntaxes = below(TAXES_MAX + 1) };
	assert_non_null(d->cur);
	for (size_t i = 0; i < d->nlines; i++) {
		exact[i] = (int64_t)below(below(2) ? 100000000 : 90000000000) + 1;
		/* A discount or a free address: part of what stands before it. */
		if (i > 0 && below(4) == 0)
			exact[i] = -(int64_t)below((uint64_t)sum + 1);
		sum += exact[i];
	}
	money_allocate(exact, d->nlines, d->cur, minor);
	for (size_t i = 0; i < d->nlines; i++) {
		d->lines[i].amount_minor = minor[i];
		d->subtotal += minor[i];
	}
	assert_int_equal(d->subtotal, amount_to_minor(sum, d->cur));
	for (size_t i = 0; i < d->ntaxes; i++) {
		d->taxes[i].rate_ppm = rates[below(sizeof rates / sizeof rates[0])];
		d->taxes[i].base_minor = d->subtotal;
		d->taxes[i].tax_minor = tax_of(d->subtotal, d->taxes[i].rate_ppm);
		d->tax += d->taxes[i].tax_minor;
	}
}

/* Parts of some lines, or the whole rest. */
static void pick(struct doc *d, bool rest)
{
	for (size_t i = 0; i < d->nlines; i++) {
		struct note_line *l = &d->lines[i];
		int64_t left = l->amount_minor - l->credited_minor;
		int64_t size = left < 0 ? -left : left;
		int64_t part = rest ? size : (int64_t)below((uint64_t)size + 1);

		if (!rest && below(2))
			part = 0;
		l->take_minor = left < 0 ? -part : part;
	}
}

static void consume(struct doc *d)
{
	for (size_t i = 0; i < d->nlines; i++)
		d->lines[i].credited_minor += d->lines[i].take_minor;
	for (size_t i = 0; i < d->ntaxes; i++) {
		assert_true(d->taxes[i].take_tax >= 0);
		d->taxes[i].credited_base += d->taxes[i].take_base;
		d->taxes[i].credited_tax += d->taxes[i].take_tax;
		assert_true(d->taxes[i].credited_tax <= d->taxes[i].tax_minor);
	}
}

static void one_invoice(struct doc *d)
{
	int64_t credited = 0, credited_tax = 0, subtotal, tax;

	draw(d);
	for (uint64_t n = below(5); n > 0; n--) {
		pick(d, false);
		if (!note_sum(d->lines, d->nlines, d->taxes, d->ntaxes, &subtotal, &tax))
			continue;
		consume(d);
		credited += subtotal;
		credited_tax += tax;
	}
	assert_true(credited <= d->subtotal);
	pick(d, true);
	if (note_sum(d->lines, d->nlines, d->taxes, d->ntaxes, &subtotal, &tax)) {
		consume(d);
		credited += subtotal;
		credited_tax += tax;
	}
	assert_int_equal(credited, d->subtotal);
	if (d->subtotal > 0)
		assert_int_equal(credited_tax, d->tax);
}

static void test_notes_add_up(void **state)
{
	const char *text = getenv("TB_ROUNDS");
	long rounds = text != NULL ? strtol(text, NULL, 10) : 1000000;
	struct doc d;

	(void)state;
	assert_true(rounds > 0);
	for (long i = 0; i < rounds; i++)
		one_invoice(&d);
}

static void test_refusals(void **state)
{
	struct note_line l[] = { { 100, 40, 61 }, { -10, 0, 0 } };
	int64_t subtotal, tax;

	(void)state;
	assert_false(note_sum(l, 2, NULL, 0, &subtotal, &tax));		/* beyond the rest */
	l[0].take_minor = -1;
	assert_false(note_sum(l, 2, NULL, 0, &subtotal, &tax));		/* the wrong sign */
	l[0].take_minor = 0;
	assert_false(note_sum(l, 2, NULL, 0, &subtotal, &tax));		/* nothing */
	l[0].take_minor = 60;
	assert_false(note_sum(l, 2, NULL, 0, &subtotal, &tax));		/* left behind */
	l[1].take_minor = -10;
	assert_true(note_sum(l, 2, NULL, 0, &subtotal, &tax));
	assert_int_equal(subtotal, 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_notes_add_up),
		cmocka_unit_test(test_refusals),
	};

	return RUN_TESTS(tests);
}
