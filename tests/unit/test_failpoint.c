/* Failpoints fire at the passage they are told, and only by their name. */
#include "test.h"

#include "base/failpoint.h"

#ifdef TB_FAILPOINTS

static void errors(void **state)
{
	(void)state;
	failpoint_reset();
	setenv("FAILPOINT", "db.before_commit:error@2,db.query:error", 1);
	assert_false(FAILPOINT("db.before_commit"));
	assert_true(FAILPOINT("db.before_commit"));
	assert_false(FAILPOINT("db.before_commit"));
	assert_true(FAILPOINT("db.query"));
	assert_true(FAILPOINT("db.query"));
	assert_false(FAILPOINT("db.after_commit"));
	setenv("FAILPOINT", "db.query:sleep=1", 1);
	assert_false(FAILPOINT("db.query"));
	unsetenv("FAILPOINT");
	assert_false(FAILPOINT("db.query"));
}

static void pass(void *arg)
{
	(void)arg;
	(void)FAILPOINT("db.query");
}

static void unknown(void *arg)
{
	(void)arg;
	(void)FAILPOINT("no.such_point");
}

static void kills(void **state)
{
	(void)state;
	failpoint_reset();
	setenv("FAILPOINT", "db.query:kill", 1);
	assert_true(dies(pass, NULL));
	unsetenv("FAILPOINT");
	assert_true(dies(unknown, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors),
		cmocka_unit_test(kills),
	};

	return RUN_TESTS(tests);
}

#else

int main(void)
{
	puts("1..0 # SKIP not configured with --enable-failpoints");
	return 0;
}

#endif
