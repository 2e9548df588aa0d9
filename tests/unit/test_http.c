/* URLs and headers that are refused, and what a server on loopback makes of us. */
#include "test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/http.h"

static void urls(void **state)
{
	static const char *const bad[] = {
		"", "x", "ftp://h/", "file:///etc/passwd", "http://example.org/", "gopher://h/",
		"https://user:pw@h/", "http://127.0.0.1.example.org/", "http://10.0.0.1/",
		"http://localhost.example.org/", "https://", "http://127.0.0.1@example.org/",
		"https://h/ x",
	};
	struct ctx *c = *state;
	struct http *h = http_new();
	struct http_res res;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct http_req req = { .url = bad[i], .allow_http = true };

		if (http_call(c, h, &req, &res) != ERR_INVALID)
			fail_msg("accepted: %s", bad[i]);
		assert_string_equal(c->err.code, "http.url");
	}
	assert_int_equal(http_call(c, h, &(struct http_req){ .url = "http://127.0.0.1:9/" }, &res),
			 ERR_INVALID);
	assert_int_equal(http_call(c, h, &(struct http_req){ .url = NULL }, &res), ERR_INVALID);
	http_free(&h);
	assert_null(h);
}

static void headers(void **state)
{
	static const struct http_field bad[] = {
		{ "X-A", "a\r\nX-B: b" }, { "X-A\n", "a" }, { "", "a" }, { "X A", "a" },
		{ "X:A", "a" },
	};
	struct ctx *c = *state;
	struct http *h = http_new();
	struct http_res res;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct http_req req = { .url = "http://127.0.0.1:9/", .allow_http = true,
			.headers = &bad[i], .nheaders = 1 };

		assert_int_equal(http_call(c, h, &req, &res), ERR_INVALID);
		assert_string_equal(c->err.code, "http.header");
	}
	http_free(&h);
}

/* Answers one connection with these bytes; what came in goes to `seen`. */
static pid_t serve(const char *answer, int seen, uint16_t *port_r)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t alen = sizeof(a);
	int s = socket(AF_INET, SOCK_STREAM, 0), conn;
	char buf[4096];
	ssize_t n;
	pid_t pid;

	assert_true(s >= 0 && bind(s, (struct sockaddr *)&a, sizeof(a)) == 0 && listen(s, 1) == 0);
	assert_int_equal(getsockname(s, (struct sockaddr *)&a, &alen), 0);
	*port_r = ntohs(a.sin_port);
	pid = fork();
	if (pid == 0) {
		conn = accept(s, NULL, NULL);
		n = read(conn, buf, sizeof(buf));
		if (n > 0 && write(seen, buf, (size_t)n) == n && answer[0])
			n = write(conn, answer, strlen(answer));
		close(conn);
		_exit(n < 0);
	}
	close(s);
	return pid;
}

static enum errk talk(struct ctx *c, const char *answer, struct http_req *req,
		      struct http_res *res, const char **seen_r)
{
	struct http *h = http_new();
	int fd[2];
	char buf[4096];
	uint16_t port;
	pid_t pid;
	ssize_t n;
	enum errk k;

	assert_int_equal(pipe(fd), 0);
	pid = serve(answer, fd[1], &port);
	close(fd[1]);
	req->url = arena_fmt(c->mem, "http://127.0.0.1:%u/x", port);
	req->allow_http = true;
	k = http_call(c, h, req, res);
	waitpid(pid, NULL, 0);
	n = read(fd[0], buf, sizeof(buf));
	close(fd[0]);
	*seen_r = arena_dupn(c->mem, buf, n > 0 ? (size_t)n : 0);
	http_free(&h);
	return k;
}

static void answers(void **state)
{
	static const struct http_field form[] = { { "a b", "c&d=\xc3\xa9" }, { "e", "" } };
	struct ctx *c = *state;
	struct http_req req = { .form = form, .nform = 2 };
	struct http_res res;
	const char *seen;

	c->request_id = "req-1";
	setenv("http_proxy", "http://127.0.0.1:1/", 1);	/* must not be used */
	assert_int_equal(talk(c, "HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Type: a/b\r\n"
			      "Content-Length: 2\r\n\r\nhi", &req, &res, &seen), ERR_OK);
	assert_int_equal(res.status, 503);
	assert_string_equal(res.body, "hi");
	assert_string_equal(res.content_type, "a/b");
	assert_int_equal(res.retry_after_s, 7);
	assert_true(res.left);
	assert_non_null(strstr(seen, "POST /x HTTP/1.1\r\n"));
	assert_non_null(strstr(seen, "X-Request-Id: req-1\r\n"));
	assert_non_null(strstr(seen, "\r\n\r\na%20b=c%26d%3D%C3%A9&e="));
	assert_null(strstr(seen, "Expect"));

	req = (struct http_req){ 0 };
	assert_int_equal(talk(c, "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\n"
			      "Content-Length: 0\r\n\r\n", &req, &res, &seen), ERR_OK);
	assert_int_equal(res.status, 302);
	assert_non_null(strstr(seen, "GET /x"));
	unsetenv("http_proxy");
}

static void failures(void **state)
{
	struct ctx *c = *state;
	struct http_req req = { .body = "{}", .content_type = "application/json" };
	struct http *h = http_new();
	struct http_res res;
	const char *seen;

	assert_int_equal(talk(c, "", &req, &res, &seen), ERR_UNCERTAIN);
	assert_true(res.left);
	assert_string_equal(c->err.code, "http.unanswered");
	assert_int_equal(talk(c, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf", &req, &res,
			      &seen), ERR_UNCERTAIN);
	req.max_body = 3;
	assert_int_equal(talk(c, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlong", &req, &res,
			      &seen), ERR_UNCERTAIN);
	assert_non_null(strstr(c->err.detail, "too large"));
	req.url = "http://127.0.0.1:9/";	/* nobody listens there */
	assert_int_equal(http_call(c, h, &req, &res), ERR_UPSTREAM);
	assert_false(res.left);
	assert_string_equal(c->err.code, "http.unsent");
	http_free(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CTX_TEST(urls),
		CTX_TEST(headers),
		CTX_TEST(answers),
		CTX_TEST(failures),
	};

	return RUN_TESTS(tests);
}
