/* The arena zeroes, caps and wipes; str grows up to its limit and not beyond. */
#include "test.h"

static void zeroed_and_aligned(void **state)
{
	struct arena *a = arena_new(1 << 20);

	(void)state;
	for (size_t n = 0; n < 300; n++) {
		unsigned char *p = arena_alloc(a, n);

		assert_int_equal((uintptr_t)p % 16, 0);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, n);
	}
	arena_reset(a);
	assert_int_equal(arena_used(a), 0);
	for (size_t i = 0; i < 10000; i++)
		assert_int_equal(*(char *)arena_alloc(a, 1), 0);
	arena_free(&a);
	assert_null(a);
	arena_free(&a);
}

static void large_blocks(void **state)
{
	struct arena *a = arena_new(1 << 20);

	(void)state;
	for (int round = 0; round < 3; round++) {
		char *p = arena_alloc(a, 500000), *q = arena_dup(a, "small");

		assert_int_equal(p[499999], 0);
		memset(p, 1, 500000);
		assert_string_equal(q, "small");
		assert_true(arena_used(a) >= 500000);
		arena_reset(a);
	}
	arena_free(&a);
}

static void use_all(void *a)
{
	arena_alloc(a, 600);
	arena_alloc(a, 600);
}

static void use_overflow(void *a)
{
	arena_array(a, SIZE_MAX / 2, 3);
}

static void capped(void **state)
{
	struct arena *a = arena_new(1000);

	(void)state;
	assert_true(dies(use_all, a));
	assert_true(dies(use_overflow, a));
	arena_alloc(a, 1000);
	arena_free(&a);
}

static void formats(void **state)
{
	struct arena *a = arena_new(1 << 20);
	char *big = arena_alloc(a, 5001);

	(void)state;
	memset(big, 'x', 5000);
	assert_string_equal(arena_fmt(a, "%d-%s", 7, "b"), "7-b");
	assert_int_equal(strlen(arena_fmt(a, "%s%s", big, big)), 10000);
	assert_string_equal(arena_fmt(a, "%s", ""), "");
	assert_memory_equal(arena_dupn(a, "a\0b", 3), "a\0b\0", 4);
	arena_free(&a);
}

static void str_grows(void **state)
{
	struct arena *a = arena_new(4 << 20);
	struct str b;

	(void)state;
	str_init(&b, a, 100000);
	assert_string_equal(b.s, "");
	for (int i = 0; i < 10000; i++) {
		str_add(&b, "ab");
		str_addf(&b, "%d", i % 10);
	}
	assert_int_equal(b.len, 30000);
	assert_int_equal(strlen(b.s), 30000);
	assert_memory_equal(b.s + 29997, "ab9", 3);
	str_addn(&b, "\0z", 2);
	assert_int_equal(b.len, 30002);
	arena_free(&a);
}

static void str_overrun(void *b)
{
	str_add(b, "x");
}

static void str_limit(void **state)
{
	struct arena *a = arena_new(1 << 20);
	struct str b;

	(void)state;
	str_init(&b, a, 3);
	str_add(&b, "ab");
	str_addf(&b, "%c", 'c');
	assert_string_equal(b.s, "abc");
	assert_true(dies(str_overrun, &b));
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zeroed_and_aligned),
		cmocka_unit_test(large_blocks),
		cmocka_unit_test(capped),
		cmocka_unit_test(formats),
		cmocka_unit_test(str_grows),
		cmocka_unit_test(str_limit),
	};

	return RUN_TESTS(tests);
}
