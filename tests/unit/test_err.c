/* The record of the last failure: kinds, codes, collected fields, texts. */
#include "test.h"

static void records(void **state)
{
	struct ctx *c = *state;

	assert_int_equal(fail(c, ERR_CONFLICT, "db.duplicate", "row %d", 7), ERR_CONFLICT);
	assert_int_equal(c->err.kind, ERR_CONFLICT);
	assert_string_equal(c->err.detail, "row 7");
	assert_null(c->err.message);
	assert_int_equal(fail_say(c, ERR_LIMITED, "limited", "wait %d s", 3), ERR_LIMITED);
	assert_string_equal(c->err.message, "wait 3 s");
	err_clear(c);
	assert_int_equal(c->err.kind, ERR_OK);
	assert_null(c->err.code);
}

static void fields(void **state)
{
	struct ctx *c = *state;

	assert_int_equal(fail_field(c, "a", "too %s", "long"), ERR_INVALID);
	assert_int_equal(fail_field(c, "b", "missing"), ERR_INVALID);
	assert_int_equal(c->err.nfields, 2);
	assert_string_equal(c->err.code, "invalid");
	assert_string_equal(c->err.fields[0].name, "a");
	assert_string_equal(c->err.fields[0].message, "too long");
	for (int i = 0; i < 100; i++)
		assert_int_equal(fail_field(c, "c", "missing"), ERR_INVALID);
	assert_int_equal(c->err.nfields, FIELD_ERRORS_MAX);
	(void)fail(c, ERR_BUSY, "db.busy", "later");
	assert_int_equal(c->err.nfields, 0);
	assert_int_equal(fail_field(c, "d", "missing"), ERR_INVALID);
	assert_int_equal(c->err.nfields, 1);
}

static enum errk onward(struct ctx *c, enum errk k)
{
	TRY(k);
	return fail(c, ERR_INTERNAL, "internal", "after");
}

static void kinds(void **state)
{
	struct ctx *c = *state;

	assert_string_equal(errk_name(ERR_OK), "OK");
	assert_string_equal(errk_name(ERR_UNCERTAIN), "UNCERTAIN");
	assert_true(errk_may_retry(ERR_BUSY));
	assert_false(errk_may_retry(ERR_UNCERTAIN));
	assert_string_equal(err_text("db.duplicate"), "This already exists.");
	assert_non_null(err_text("no.such"));
	assert_non_null(err_text(NULL));
	assert_int_equal(onward(c, ERR_BUSY), ERR_BUSY);
	assert_int_equal(onward(c, ERR_OK), ERR_INTERNAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CTX_TEST(records),
		CTX_TEST(fields),
		CTX_TEST(kinds),
	};

	return RUN_TESTS(tests);
}
