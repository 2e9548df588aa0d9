/* What every unit test needs: cmocka speaking TAP, and a context on its own. */
#ifndef TB_TESTS_UNIT_TEST_H
#define TB_TESTS_UNIT_TEST_H

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
/* fail() is ours and records an error; fail_msg() of cmocka would need its own. */
#undef fail
#undef fail_msg
#define fail_msg(...)                                                          \
	do {                                                                   \
		print_error(__VA_ARGS__);                                      \
		print_error("\n");                                             \
		_fail(__FILE__, __LINE__);                                     \
	} while (0)

#include "base/ctx.h"

#define RUN_TESTS(tests)                                                       \
	(cmocka_set_message_output(CM_OUTPUT_TAP),                             \
	 cmocka_run_group_tests(tests, NULL, NULL))

static inline int ctx_setup(void **state)
{
	struct ctx *c = calloc(1, sizeof(*c));

	ctx_init(c, (size_t)96 << 20);
	*state = c;
	return 0;
}

static inline int ctx_teardown(void **state)
{
	ctx_close(*state);
	free(*state);
	return 0;
}

#define CTX_TEST(f) cmocka_unit_test_setup_teardown(f, ctx_setup, ctx_teardown)

/* True when f ends the process by a signal; its words are not shown. */
static inline _Bool dies(void (*f)(void *), void *arg)
{
	int status = 0;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		if (!freopen("/dev/null", "w", stderr))
			_exit(3);
		signal(SIGABRT, SIG_DFL);
		f(arg);
		_exit(0);
	}
	return waitpid(pid, &status, 0) == pid && WIFSIGNALED(status);
}

#endif
