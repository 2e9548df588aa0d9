/* inih reads the lines, conf.def says what may stand in them. */
#include "base/conf.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX_BYTES 65536
#define LINE_MAX_BYTES 198	/* inih cuts longer lines in two */

enum conf_type { CONF_STR, CONF_INT, CONF_BOOL, CONF_SECRET };

static const struct conf_row {
	const char *section, *key;
	enum conf_type type;
	size_t offset;
	const char *deflt, *help;
} rows[] = {
#define CONF(section, key, type, field, deflt, help) \
	{ section, key, CONF_##type, offsetof(struct conf, field), deflt, help },
#include "base/conf.def"
#undef CONF
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

struct reading {
	struct ctx *c;
	struct conf *conf;
	const char *path;
	const char *problem;	/* of the line inih stopped at */
	bool seen[ROWS];
};

static void *field_of(struct conf *conf, const struct conf_row *row)
{
	return (char *)conf + row->offset;
}

static char *heap_dup(const char *s)
{
	char *copy = strdup(s);

	if (!copy)
		abort();
	return copy;
}

static bool parse_int(const char *text, int64_t *v_r)
{
	const char *p = text + (*text == '-');
	int64_t v = 0;

	if (!*p)
		return false;
	for (; *p; p++) {
		if (*p < '0' || *p > '9' || __builtin_mul_overflow(v, 10, &v) ||
		    __builtin_sub_overflow(v, *p - '0', &v))
			return false;
	}
	if (*text != '-' && __builtin_sub_overflow(0, v, &v))
		return false;
	*v_r = v;
	return true;
}

static bool parse_bool(const char *text, bool *v_r)
{
	static const char *const words[] = { "no", "yes", "off", "on", "false", "true", "0", "1" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i], text) == 0) {
			*v_r = i & 1;
			return true;
		}
	}
	return false;
}

/* A file's first line; NULL and a reason when it cannot be read. */
static char *first_line(struct ctx *c, const char *path, const char **problem_r)
{
	char buf[4096];
	FILE *f = fopen(path, "re");

	if (!f) {
		*problem_r = arena_fmt(c->mem, "cannot open %s: %s", path, strerror(errno));
		return NULL;
	}
	setvbuf(f, NULL, _IONBF, 0);	/* no copy of a secret in a buffer that is not wiped */
	if (!fgets(buf, sizeof(buf), f))
		buf[0] = '\0';
	fclose(f);
	buf[strcspn(buf, "\r\n")] = '\0';
	if (!buf[0])
		*problem_r = arena_fmt(c->mem, "%s has no first line", path);
	char *line = buf[0] ? heap_dup(buf) : NULL;

	explicit_bzero(buf, sizeof(buf));
	return line;
}

static const char *set_secret(struct ctx *c, struct secret *s, const char *text)
{
	const char *problem = NULL;
	char *bytes;

	if (strncmp(text, "file:", 5) == 0)
		bytes = first_line(c, text + 5, &problem);
	else
		bytes = heap_dup(text);
	if (!bytes)
		return problem;
	secret_wipe(s);
	s->bytes = bytes;
	s->len = strlen(bytes);
	return NULL;
}

/* NULL, or what is wrong with the value. */
static const char *set_value(struct ctx *c, struct conf *conf, const struct conf_row *row,
			     const char *text)
{
	void *field = field_of(conf, row);

	switch (row->type) {
	case CONF_STR: {
		char **s = field;

		free(*s);
		*s = heap_dup(text);
		return NULL;
	}
	case CONF_INT:
		return parse_int(text, field) ? NULL : "expected a whole number";
	case CONF_BOOL:
		return parse_bool(text, field) ? NULL : "expected yes or no";
	case CONF_SECRET:
		return set_secret(c, field, text);
	}
	return "unknown type";
}

static int on_pair(void *user, const char *section, const char *key, const char *value)
{
	struct reading *r = user;

	if (r->problem)
		return 0;
	for (size_t i = 0; i < ROWS; i++) {
		if (strcmp(rows[i].section, section) != 0 || strcmp(rows[i].key, key) != 0)
			continue;
		if (r->seen[i]) {
			r->problem = "given twice (or continued by an indented line)";
			return 0;
		}
		r->seen[i] = true;
		r->problem = set_value(r->c, r->conf, &rows[i], value);
		if (r->problem)
			r->problem = arena_fmt(r->c->mem, "[%s] %s: %s", section, key, r->problem);
		return !r->problem;
	}
	r->problem = arena_fmt(r->c->mem, "unknown key \"%.60s\" in section [%.60s]", key, section);
	return 0;
}

static void set_defaults(struct ctx *c, struct conf *conf)
{
	memset(conf, 0, sizeof(*conf));
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].type != CONF_SECRET || rows[i].deflt[0])
			(void)set_value(c, conf, &rows[i], rows[i].deflt);
}

/* Whole file on the arena, NUL-terminated. */
static enum errk read_file(struct ctx *c, const char *path, char **text_r)
{
	char *text = arena_alloc(c->mem, FILE_MAX_BYTES + 1);
	FILE *f = fopen(path, "re");
	size_t n;

	if (!f)
		return fail(c, ERR_INVALID, "conf.missing", "%s: %s", path, strerror(errno));
	n = fread(text, 1, FILE_MAX_BYTES + 1, f);
	fclose(f);
	if (n > FILE_MAX_BYTES)
		return fail(c, ERR_INVALID, "conf.syntax", "%s: larger than %d bytes", path,
			    FILE_MAX_BYTES);
	if (memchr(text, '\0', n))
		return fail(c, ERR_INVALID, "conf.syntax", "%s: not a text file", path);
	*text_r = text;
	return ERR_OK;
}

static enum errk check_lines(struct ctx *c, const char *path, const char *text)
{
	size_t line = 1, len;

	for (; *text; text += len + (text[len] == '\n'), line++) {
		len = strcspn(text, "\n");
		if (len > LINE_MAX_BYTES)
			return fail(c, ERR_INVALID, "conf.syntax",
				    "%s:%zu: line is longer than %d bytes", path, line,
				    LINE_MAX_BYTES);
	}
	return ERR_OK;
}

/* inih tells the first bad line. It may be one it could not split, while the
 * handler complained about a later one: parse again up to that line. */
static enum errk parse(struct ctx *c, const char *path, char *text, struct conf *conf)
{
	struct reading r = { .c = c, .conf = conf, .path = path };
	int bad = ini_parse_string(text, on_pair, &r);
	char *end = text;

	if (!bad && !r.problem)
		return ERR_OK;
	for (int i = 0; i < bad && *end; i++)
		end += strcspn(end, "\n") + (end[strcspn(end, "\n")] == '\n');
	*end = '\0';
	conf_free(conf);
	set_defaults(c, conf);
	r = (struct reading){ .c = c, .conf = conf, .path = path };
	(void)ini_parse_string(text, on_pair, &r);
	return fail(c, ERR_INVALID, r.problem ? "conf.value" : "conf.syntax", "%s:%d: %s", path,
		    bad, r.problem ? r.problem : "expected \"key = value\" or \"[section]\"");
}

enum errk conf_load(struct ctx *c, const char *path, struct conf *conf_r)
{
	char *text = NULL;
	enum errk k;

	if (!path)
		path = TB_CONF_PATH;
	set_defaults(c, conf_r);
	k = read_file(c, path, &text);
	if (k == ERR_OK)
		k = check_lines(c, path, text);
	if (k == ERR_OK)
		k = parse(c, path, text, conf_r);
	if (k != ERR_OK)
		conf_free(conf_r);
	return k;
}

void conf_free(struct conf *conf)
{
	for (size_t i = 0; i < ROWS; i++) {
		void *field = field_of(conf, &rows[i]);

		if (rows[i].type == CONF_STR)
			free(*(char **)field);
		else if (rows[i].type == CONF_SECRET)
			secret_wipe(field);
	}
	memset(conf, 0, sizeof(*conf));
}

void conf_reference(struct str *out)
{
	const char *section = "";

	for (size_t i = 0; i < ROWS; i++) {
		if (strcmp(rows[i].section, section) != 0) {
			section = rows[i].section;
			str_addf(out, "%s[%s]\n", i ? "\n" : "", section);
		}
		str_addf(out, "# %s\n", rows[i].help);
		str_addf(out, "%s = %s\n", rows[i].key, rows[i].deflt);
	}
}
