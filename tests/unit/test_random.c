/* Digests against published vectors, tokens, passwords. */
#include "test.h"

#include <time.h>

#include "base/random.h"

static void digests(void **state)
{
	struct ctx *c = *state;
	uint8_t out[32], back[3];

	assert_string_equal(sha256_hex(c->mem, "abc", 3),
			    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28, out);	/* RFC 4231, 2 */
	assert_string_equal(hex_encode(c->mem, out, 32),
			    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	assert_string_equal(hex_encode(c->mem, "", 0), "");
	assert_true(hex_decode("00fFa1", back, 3));
	assert_memory_equal(back, "\x00\xff\xa1", 3);
	assert_false(hex_decode("00ff", back, 3));
	assert_false(hex_decode("00ff0g", back, 3));
	assert_true(equal_const_time("abc", "abc", 3));
	assert_false(equal_const_time("abc", "abd", 3));
}

static void tokens(void **state)
{
	struct ctx *c = *state;
	bool seen[10] = { false };

	for (size_t n = 1; n < 40; n++) {
		const char *t = random_token(c->mem, n);

		assert_int_equal(strlen(t), (n * 8 + 5) / 6);
		assert_int_equal(strspn(t, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789-_"), strlen(t));
	}
	assert_string_not_equal(random_token(c->mem, 32), random_token(c->mem, 32));
	for (int i = 0; i < 1000; i++)
		seen[random_below(10)] = true;
	for (int i = 0; i < 10; i++)
		assert_true(seen[i]);
	assert_int_equal(random_below(1), 0);
}

/* Work, not time: what else runs on the machine is not in it. */
static int64_t work_us(void)
{
	struct timespec t;

	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t), 0);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t work_of(struct ctx *c, const char *hash)
{
	int64_t start = work_us();

	assert_false(password_matches(c, "wrong", hash));
	return work_us() - start;
}

static void passwords(void **state)
{
	struct ctx *c = *state;
	const char *hash, *other;
	char *longest = arena_alloc(c->mem, 2000);
	int64_t known, unknown;

	assert_int_equal(password_hash(c, "correct horse", &hash), ERR_OK);
	assert_int_equal(password_hash(c, "correct horse", &other), ERR_OK);
	assert_string_not_equal(hash, other);
	assert_memory_equal(hash, "$y$", 3);
	assert_true(password_matches(c, "correct horse", hash));
	assert_false(password_matches(c, "correct horsf", hash));
	assert_false(password_matches(c, "correct horse", NULL));
	assert_false(password_matches(c, "", "*"));
	memset(longest, 'x', 1999);
	assert_int_equal(password_hash(c, longest, &hash), ERR_INVALID);
	known = work_of(c, other);
	unknown = work_of(c, NULL);
	/* Same work; the factor allows for cold caches. */
	assert_true(unknown > known / 4 && known > unknown / 4);
}

static void secrets(void **state)
{
	struct secret s = { .bytes = strdup("hush"), .len = 4 };

	(void)state;
	secret_wipe(&s);
	assert_null(s.bytes);
	assert_int_equal(s.len, 0);
	secret_wipe(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CTX_TEST(digests),
		CTX_TEST(tokens),
		CTX_TEST(passwords),
		cmocka_unit_test(secrets),
	};

	return RUN_TESTS(tests);
}
