/* Boot configuration: defaults, every type, and a file:line for each mistake. */
#include "test.h"

#include "base/conf.h"

static char dir[] = "/tmp/tollbridge-conf-XXXXXX";

static const char *file(struct ctx *c, const char *name, const char *text)
{
	const char *path = arena_fmt(c->mem, "%s/%s", dir, name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	return path;
}

static void values(void **state)
{
	struct ctx *c = *state;
	const char *secret = file(c, "secret", "s3cret word\nsecond line\n");
	struct conf conf;

	assert_int_equal(conf_load(c, file(c, "a.conf", arena_fmt(c->mem,
		"# comment\n[database]\nsocket = /tmp/x y.sock ; why not\nport=-12\n"
		"password = file:%s\n\n[portal]\ncookie_secure = off\n"
		"[whmcs]\nsecret = plain\n", secret)), &conf), ERR_OK);
	assert_string_equal(conf.db_socket, "/tmp/x y.sock");
	assert_true(conf.db_port == -12);
	assert_string_equal(conf.db_name, "tollbridge");
	assert_false(conf.cookie_secure);
	assert_string_equal(conf.db_password.bytes, "s3cret word");
	assert_int_equal(conf.db_password.len, 11);
	assert_string_equal(conf.whmcs_secret.bytes, "plain");
	assert_null(conf.whmcs_identifier.bytes);
	conf_free(&conf);
	assert_null(conf.db_socket);
	assert_int_equal(conf_load(c, file(c, "empty.conf", ""), &conf), ERR_OK);
	assert_true(conf.cookie_secure && conf.requests_per_worker == 100000);
	conf_free(&conf);
}

static void mistakes(void **state)
{
	static const struct { const char *text, *says; } bad[] = {
		{ "[database]\nsokket = x\n", "bad.conf:2: unknown key \"sokket\"" },
		{ "[databass]\nsocket = x\n", "bad.conf:2: unknown key" },
		{ "port = 1\n", "bad.conf:1: unknown key" },
		{ "[database]\n\nport = x\n", "bad.conf:3: [database] port: expected a whole" },
		{ "[database]\nport =\n", "bad.conf:2: [database] port" },
		{ "[database]\nport = 99999999999999999999\n", "bad.conf:2: " },
		{ "[portal]\ncookie_secure = maybe\n", "expected yes or no" },
		{ "[database]\nuser = a\nuser = b\n", "bad.conf:3: given twice" },
		{ "[database]\nuser = a\n  more\n", "bad.conf:3: given twice" },
		{ "[database]\njunk\nport = x\n", "bad.conf:2: expected \"key = value\"" },
		{ "[database\nport = 1\n", "bad.conf:1: " },
		{ "[database]\npassword = file:/nonexistent/x\n", "cannot open /nonexistent/x" },
	};
	struct ctx *c = *state;
	struct conf conf;
	char longest[300];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(conf_load(c, file(c, "bad.conf", bad[i].text), &conf),
				 ERR_INVALID);
		if (!strstr(c->err.detail, bad[i].says))
			fail_msg("\"%s\" does not say \"%s\"", c->err.detail, bad[i].says);
	}
	memset(longest, 'x', 299);
	longest[299] = '\0';
	assert_int_equal(conf_load(c, file(c, "bad.conf", longest), &conf), ERR_INVALID);
	assert_non_null(strstr(c->err.detail, "bad.conf:1: line is longer"));
	assert_int_equal(conf_load(c, "/nonexistent/tollbridge.conf", &conf), ERR_INVALID);
	assert_string_equal(c->err.code, "conf.missing");
}

/* The printed reference is itself a valid configuration. */
static void reference(void **state)
{
	struct ctx *c = *state;
	struct conf conf;
	struct str out;

	str_init(&out, c->mem, 65536);
	conf_reference(&out);
	assert_non_null(strstr(out.s, "[whmcs]\n# "));
	assert_int_equal(conf_load(c, file(c, "ref.conf", out.s), &conf), ERR_OK);
	assert_string_equal(conf.log_level, "info");
	conf_free(&conf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CTX_TEST(values),
		CTX_TEST(mistakes),
		CTX_TEST(reference),
	};
	static const char *const names[] = {
		"secret", "a.conf", "empty.conf", "bad.conf", "ref.conf"
	};
	char path[64];
	int failures;

	if (!mkdtemp(dir))
		return 1;
	failures = RUN_TESTS(tests);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
	rmdir(dir);
	return failures;
}
