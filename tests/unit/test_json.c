/* JSON: what is refused, what survives unchanged, what comes out. */
#include "test.h"

#include "base/json.h"

static void refused(void **state)
{
	static const char *const bad[] = {
		"", " ", "{", "[1,]", "{\"a\":1,}", "{a:1}", "'x'", "nul", "01", "1 2", "{}x",
		"\"\xff\"", "\"a\\u0000b\"", "{\"a\\u0000\":1}", "NaN", "Infinity", "[1 2]",
		"/* c */1", "\"\n\"", "99999999999999999999999", "-9223372036854775809",
		"18446744073709551616", "[-NaN]", "{\"a\":-Infinity}", "\"\\ud800\\u0000\"",
	};
	struct ctx *c = *state;
	struct json *j = NULL;
	char deep[64];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (json_parse(c, bad[i], strlen(bad[i]), &j) == ERR_OK)
			fail_msg("accepted: %s", bad[i]);
		assert_int_equal(c->err.kind, ERR_INVALID);
		assert_string_equal(c->err.code, "json.syntax");
	}
	memset(deep, '[', 20);
	memset(deep + 20, ']', 20);
	assert_int_equal(json_parse(c, deep, 40, &j), ERR_INVALID);
	assert_int_equal(json_parse(c, "1\0", 2, &j), ERR_INVALID);
}

static void reading(void **state)
{
	static const char text[] = "{\"s\":\"x\\\\u0000\",\"n\":null,\"i\":-9223372036854775808,"
		"\"d\":0.10,\"a\":[1,\"2\",true],\"t\":\"12x\"} tail";
	struct ctx *c = *state;
	struct json *j;
	const char *name;
	int64_t v;

	assert_int_equal(json_parse(c, text, sizeof(text) - 6, &j), ERR_OK);
	assert_int_equal(json_type(j), JSON_OBJECT);
	assert_int_equal(json_len(j), 6);
	assert_string_equal(json_text(json_get(j, "s")), "x\\u0000");
	assert_non_null(json_get(j, "n"));
	assert_int_equal(json_type(json_get(j, "n")), JSON_NULL);
	assert_null(json_text(json_get(j, "n")));
	assert_null(json_get(j, "absent"));
	assert_null(json_get(json_get(j, "absent"), "x"));
	assert_true(json_i64(json_get(j, "i"), &v) && v == INT64_MIN);
	assert_int_equal(json_type(json_get(j, "d")), JSON_NUMBER);
	assert_string_equal(json_text(json_get(j, "d")), "0.10");
	assert_false(json_i64(json_get(j, "d"), &v));
	assert_false(json_i64(json_get(j, "t"), &v));
	assert_true(json_i64(json_at(json_get(j, "a"), 1), &v) && v == 2);
	assert_true(json_true(json_at(json_get(j, "a"), 2)));
	assert_null(json_at(json_get(j, "a"), 3));
	assert_int_equal(json_type(json_member(j, 3, &name)), JSON_NUMBER);
	assert_string_equal(name, "d");
	assert_null(json_member(j, 6, &name));
	json_close(&j);
	assert_null(j);
	json_close(&j);
}

static void bare(void **state)
{
	struct ctx *c = *state;
	struct json *j;
	int64_t v;

	assert_int_equal(json_parse(c, "null", 4, &j), ERR_OK);
	assert_int_equal(json_type(j), JSON_NULL);
	json_close(&j);
	assert_int_equal(json_parse(c, " 12 ", 4, &j), ERR_OK);
	assert_true(json_i64(j, &v) && v == 12);
	json_close(&j);
	assert_int_equal(json_parse(c, "12345678901234567890.5e3", 24, &j), ERR_OK);
	assert_string_equal(json_text(j), "12345678901234567890.5e3");
	json_close(&j);
	assert_int_equal(json_parse(c, "12", 2, &j), ERR_OK);
	json_close(&j);
	assert_int_equal(json_parse(c, "18446744073709551615", 20, &j), ERR_OK);
	assert_string_equal(json_text(j), "18446744073709551615");
	assert_false(json_i64(j, &v));
	json_close(&j);
}

static void writing(void **state)
{
	struct ctx *c = *state;
	struct jout *o = jo_new(c);
	struct json *j;
	size_t len;

	assert_int_equal(json_parse(c, "{\"k\":[null]}", 12, &j), ERR_OK);
	jo_str(o, "s", "a/\"\n\xc3\xa9");
	jo_str(o, "none", NULL);
	jo_arr(o, "list");
	jo_obj(o, NULL);
	jo_u64(o, "u", UINT64_MAX);
	jo_i64(o, "i", INT64_MIN);
	jo_end(o);
	jo_bool(o, NULL, true);
	jo_end(o);
	jo_time(o, "t", 1);
	jo_time(o, "t0", 0);
	jo_json(o, "copy", j);
	json_close(&j);
	assert_string_equal(jo_text(o, &len),
			    "{\"s\":\"a/\\\"\\n\xc3\xa9\",\"none\":null,\"list\":"
			    "[{\"u\":18446744073709551615,\"i\":-9223372036854775808},true],"
			    "\"t\":\"1970-01-01T00:00:01Z\",\"t0\":null,\"copy\":{\"k\":[null]}}");
	assert_int_equal(len, strlen(jo_text(o, NULL)));
	jo_free(&o);
	assert_null(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CTX_TEST(refused),
		CTX_TEST(reading),
		CTX_TEST(bare),
		CTX_TEST(writing),
	};

	return RUN_TESTS(tests);
}
