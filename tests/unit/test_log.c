/* No value can start a new line or reach the terminal as a control. */
#include "test.h"

#include "base/log.h"

/* What f writes to stderr. */
static char *captured(struct ctx *c, void (*f)(struct ctx *c))
{
	char buf[20000];
	int pipe_fd[2], saved = dup(STDERR_FILENO);
	ssize_t n;

	assert_int_equal(pipe(pipe_fd), 0);
	dup2(pipe_fd[1], STDERR_FILENO);
	close(pipe_fd[1]);
	f(c);
	dup2(saved, STDERR_FILENO);
	close(saved);
	n = read(pipe_fd[0], buf, sizeof(buf));
	close(pipe_fd[0]);
	return arena_dupn(c->mem, buf, n > 0 ? (size_t)n : 0);
}

static void plain(struct ctx *c)
{
	(void)c;
	log_event(LOG_LVL_INFO, "started", "pool", "user", "none", NULL, NULL);
	log_event(LOG_LVL_INFO, "started", "pool", "user", "path", "/a/b-c_d.e:1@f+g,h", NULL);
}

static void nasty(struct ctx *c)
{
	(void)c;
	log_event(LOG_LVL_WARN, "x", "a", "two words", "b", "\n\r\t\x1b[31m\x7f", "c", "q\"\\",
		  "d", "caf\xc3\xa9", "e", "\xc2\x9b" "1m", "f", "\xff\xc0\x80\xed\xa0\x80",
		  "g", "\xe2\x80\xa8", "h", "a=b", "i", "", NULL);
}

static void endless(struct ctx *c)
{
	char *v = arena_alloc(c->mem, 5001);

	memset(v, '\n', 5000);
	log_event(LOG_LVL_WARN, "x", "a", v, "b", v, "c", v, "d", v, NULL);
}

static void quiet(struct ctx *c)
{
	(void)c;
	log_event(LOG_LVL_DEBUG, "x", NULL);
}

static void failure(struct ctx *c)
{
	c->request_id = "r1";
	(void)fail(c, ERR_BUSY, "db.busy", "line\nbreak");
	log_failure(c, LOG_LVL_ERROR, "request");
}

static void lines(void **state)
{
	struct ctx *c = *state;
	const char *s;

	log_open("t", LOG_LVL_INFO);
	s = captured(c, plain);
	assert_string_equal(s, "level=info program=t event=started pool=user\n"
			    "level=info program=t event=started pool=user "
			    "path=/a/b-c_d.e:1@f+g,h\n");
	assert_string_equal(captured(c, nasty),
			    "level=warn program=t event=x a=\"two words\" "
			    "b=\"\\n\\x0d\\x09\\x1b[31m\\x7f\" c=\"q\\\"\\\\\" "
			    "d=\"caf\xc3\xa9\" e=\"\\xc2\\x9b1m\" "
			    "f=\"\\xff\\xc0\\x80\\xed\\xa0\\x80\" g=\"\\xe2\\x80\\xa8\" "
			    "h=\"a=b\" i=\"\"\n");
	s = captured(c, endless);
	assert_true(strlen(s) <= 8192);
	assert_ptr_equal(strchr(s, '\n'), s + strlen(s) - 1);
	assert_string_equal(captured(c, quiet), "");
	assert_string_equal(captured(c, failure), "level=error program=t event=request id=r1 "
			    "err=BUSY code=db.busy detail=\"line\\nbreak\"\n");
}

static void levels(void **state)
{
	(void)state;
	assert_int_equal(log_level_parse("error"), LOG_LVL_ERROR);
	assert_int_equal(log_level_parse("debug"), LOG_LVL_DEBUG);
	assert_int_equal(log_level_parse("loud"), LOG_LVL_INFO);
	assert_int_equal(log_level_parse(NULL), LOG_LVL_INFO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CTX_TEST(lines),
		cmocka_unit_test(levels),
	};

	return RUN_TESTS(tests);
}
