#include "mail/template.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define FILE_MAX_BYTES 65536
#define FILLED_MAX_BYTES (512 * 1024)
#define SUBJECT_MAX 300

/* Length of the word at s, which is past "{{"; 0: not a placeholder. */
static size_t word_at(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz_");

	return n > 0 && s[n] == '}' && s[n + 1] == '}' ? n : 0;
}

static bool listed(const char *words, const char *s, size_t n)
{
	for (; *words != '\0'; words += strcspn(words, " "), words += *words == ' ')
		if (strcspn(words, " ") == n && strncmp(words, s, n) == 0)
			return true;
	return false;
}

static enum errk check(struct ctx *c, const char *path, const char *text, const char *words)
{
	for (const char *s = strstr(text, "{{"); s != NULL; s = strstr(s + 2, "{{")) {
		size_t n = word_at(s + 2);

		if (n > 0 && !listed("brand name", s + 2, n) && !listed(words, s + 2, n))
			return fail(c, ERR_INVALID, "mail.template", "%s: {{%.*s}} is not known",
				    path, (int)n, s + 2);
	}
	return ERR_OK;
}

static enum errk read_file(struct ctx *c, const char *path, const char **text_r)
{
	char *text = arena_alloc(c->mem, FILE_MAX_BYTES + 1);
	FILE *f = fopen(path, "re");
	size_t n;

	if (f == NULL)
		return fail(c, ERR_INVALID, "mail.template", "%s: %s", path, strerror(errno));
	n = fread(text, 1, FILE_MAX_BYTES + 1, f);
	fclose(f);
	if (n > FILE_MAX_BYTES || memchr(text, '\0', n) != NULL)
		return fail(c, ERR_INVALID, "mail.template", "%s: not a text of %d bytes", path,
			    FILE_MAX_BYTES);
	text[n] = '\0';
	*text_r = text;
	return ERR_OK;
}

enum errk template_load(struct ctx *c, const char *dir, const char *name, const char *words,
			struct template *out)
{
	const char *txt = arena_fmt(c->mem, "%s/%s.txt", dir, name);
	const char *html = arena_fmt(c->mem, "%s/%s.html", dir, name);
	const char *text;
	size_t len;

	TRY(read_file(c, txt, &text));
	TRY(read_file(c, html, &out->html));
	TRY(check(c, txt, text, words));
	TRY(check(c, html, out->html, words));
	len = strcspn(text, "\n");
	if (strncmp(text, "Subject: ", 9) != 0 || strncmp(text + len, "\n\n", 2) != 0)
		return fail(c, ERR_INVALID, "mail.template",
			    "%s: no \"Subject: ...\" with an empty line after it", txt);
	out->subject = arena_dupn(c->mem, text + 9, len - 9);
	out->text = text + len + 2;
	return ERR_OK;
}

static void add_escaped(struct str *b, const char *s)
{
	for (; *s != '\0'; s++) {
		switch (*s) {
		case '&': str_add(b, "&amp;"); break;
		case '<': str_add(b, "&lt;"); break;
		case '>': str_add(b, "&gt;"); break;
		case '"': str_add(b, "&quot;"); break;
		case '\'': str_add(b, "&#39;"); break;
		default: str_addn(b, s, 1);
		}
	}
}

static const char *value_of(const struct template_word *words, size_t n, const char *s, size_t len)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(words[i].name) == len && strncmp(words[i].name, s, len) == 0)
			return words[i].value;
	return "";
}

/* What a value holds is never looked at for placeholders again. */
const char *template_fill(struct ctx *c, const char *text, const struct template_word *words,
			  size_t n, bool html)
{
	const char *s = text, *at;
	struct str b;

	str_init(&b, c->mem, FILLED_MAX_BYTES);
	while ((at = strstr(s, "{{")) != NULL) {
		size_t len = word_at(at + 2);

		str_addn(&b, s, (size_t)(at - s));
		if (len == 0) {
			str_add(&b, "{");
			s = at + 1;
			continue;
		}
		if (html)
			add_escaped(&b, value_of(words, n, at + 2, len));
		else
			str_add(&b, value_of(words, n, at + 2, len));
		s = at + 2 + len + 2;
	}
	str_add(&b, s);
	return b.s;
}

const char *template_subject(struct ctx *c, const char *text, const struct template_word *words,
			     size_t n)
{
	char *s = arena_dup(c->mem, template_fill(c, text, words, n, false));
	size_t len = strlen(s);

	if (len > SUBJECT_MAX) {
		len = SUBJECT_MAX;
		while (len > 0 && ((unsigned char)s[len] & 0xc0) == 0x80)
			len--;		/* not within a character */
		s[len] = '\0';
	}
	for (char *p = s; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = ' ';
	return s;
}
