/* One write(2) per line, so that lines of several workers do not mix. */
#include "base/log.h"

#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 8192
#define VALUE_MAX_BYTES 2000

/* The one piece of process-wide state: what log_open said. */
static struct {
	const char *program;
	enum log_level level;
} log_state = { "tollbridge", LOG_LVL_INFO };

static const char *const level_names[] = {
	[LOG_LVL_ERROR] = "error",
	[LOG_LVL_WARN] = "warn",
	[LOG_LVL_INFO] = "info",
	[LOG_LVL_DEBUG] = "debug",
};

struct line {
	char s[LINE_MAX_BYTES];
	size_t len;
};

/* A line that is full loses its end, never its newline. */
static void put(struct line *l, const char *s, size_t len)
{
	size_t room = sizeof(l->s) - 1 - l->len;

	if (len > room)
		len = room;
	memcpy(l->s + l->len, s, len);
	l->len += len;
}

static void put_hex(struct line *l, unsigned char ch)
{
	static const char digits[] = "0123456789abcdef";
	const char x[4] = { '\\', 'x', digits[ch >> 4], digits[ch & 15] };

	put(l, x, sizeof(x));
}

/* Bytes of one well-formed UTF-8 character that is safe to show; 0: escape.
 * C1 controls and the line and paragraph separators are not safe. */
static size_t utf8_len(const unsigned char *s, size_t left)
{
	size_t n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;

	if (s[0] < 0xc2 || s[0] > 0xf4 || n > left)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if (s[0] == 0xc2 && s[1] < 0xa0)
		return 0;
	if (s[0] == 0xe2 && s[1] == 0x80 && (s[2] & 0xfe) == 0xa8)
		return 0;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return n;
}

static bool is_plain(const char *v)
{
	if (!*v)
		return false;
	for (; *v; v++)
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			    "0123456789.:/_@+,-", *v))
			return false;
	return true;
}

static void put_value(struct line *l, const char *value)
{
	const unsigned char *v = (const unsigned char *)value;
	size_t len = strlen(value), n;

	if (len > VALUE_MAX_BYTES)
		len = VALUE_MAX_BYTES;
	else if (is_plain(value)) {
		put(l, value, len);
		return;
	}
	put(l, "\"", 1);
	for (size_t i = 0; i < len; i += n) {
		n = 1;
		if (v[i] == '"' || v[i] == '\\') {
			put(l, "\\", 1);
			put(l, value + i, 1);
		} else if (v[i] == '\n') {
			put(l, "\\n", 2);
		} else if (v[i] < 0x20 || v[i] == 0x7f) {
			put_hex(l, v[i]);
		} else if (v[i] < 0x80) {
			put(l, value + i, 1);
		} else if ((n = utf8_len(v + i, len - i)) > 0) {
			put(l, value + i, n);
		} else {
			put_hex(l, v[i]);
			n = 1;
		}
	}
	put(l, "\"", 1);
}

static void put_pair(struct line *l, const char *key, const char *value)
{
	if (!value)
		return;
	put(l, " ", 1);
	put(l, key, strlen(key));
	put(l, "=", 1);
	put_value(l, value);
}

static void start_line(struct line *l, enum log_level level, const char *event)
{
	l->len = 0;
	put(l, "level=", 6);
	put(l, level_names[level], strlen(level_names[level]));
	put_pair(l, "program", log_state.program);
	put_pair(l, "event", event);
}

static void end_line(struct line *l)
{
	l->s[l->len++] = '\n';
	/* Nowhere to report that the log cannot be written. */
	if (write(STDERR_FILENO, l->s, l->len) < 0)
		return;
}

void log_open(const char *program, enum log_level level)
{
	log_state.program = program;
	log_state.level = level;
}

enum log_level log_level_parse(const char *text)
{
	for (size_t i = 0; text && i < sizeof(level_names) / sizeof(level_names[0]); i++)
		if (strcmp(level_names[i], text) == 0)
			return (enum log_level)i;
	return LOG_LVL_INFO;
}

void log_event(enum log_level level, const char *event, ...)
{
	struct line l;
	const char *key;
	va_list ap;

	if (level > log_state.level)
		return;
	start_line(&l, level, event);
	va_start(ap, event);
	while ((key = va_arg(ap, const char *)))
		put_pair(&l, key, va_arg(ap, const char *));
	va_end(ap);
	end_line(&l);
}

void log_failure(struct ctx *c, enum log_level level, const char *event)
{
	struct line l;

	if (level > log_state.level)
		return;
	start_line(&l, level, event);
	put_pair(&l, "id", c->request_id);
	put_pair(&l, "actor", c->actor);
	put_pair(&l, "err", errk_name(c->err.kind));
	put_pair(&l, "code", c->err.code);
	put_pair(&l, "detail", c->err.detail);
	for (size_t i = 0; i < c->err.nfields; i++)
		put_pair(&l, "field", c->err.fields[i].name);
	end_line(&l);
}
