/* Reading WHMCS's answers, and the one PHP format it wants. */
#include <stdlib.h>
#include <string.h>

#include "whmcs/client.h"

static const struct { const char *name, *text; } entities[] = {
	{ "amp;", "&" }, { "lt;", "<" }, { "gt;", ">" }, { "quot;", "\"" }, { "apos;", "'" },
	{ "nbsp;", "\xc2\xa0" },
};

static void put_utf8(struct str *b, uint32_t cp)
{
	char s[4];

	if (cp < 0x80) {
		s[0] = (char)cp;
		str_addn(b, s, 1);
	} else if (cp < 0x800) {
		s[0] = (char)(0xc0 | cp >> 6);
		s[1] = (char)(0x80 | (cp & 63));
		str_addn(b, s, 2);
	} else if (cp < 0x10000) {
		s[0] = (char)(0xe0 | cp >> 12);
		s[1] = (char)(0x80 | (cp >> 6 & 63));
		s[2] = (char)(0x80 | (cp & 63));
		str_addn(b, s, 3);
	} else {
		s[0] = (char)(0xf0 | cp >> 18);
		s[1] = (char)(0x80 | (cp >> 12 & 63));
		s[2] = (char)(0x80 | (cp >> 6 & 63));
		s[3] = (char)(0x80 | (cp & 63));
		str_addn(b, s, 4);
	}
}

/* "#039;" or "#x27;" after the ampersand; bytes consumed, 0: not one. */
static size_t numeric(const char *s, uint32_t *cp_r)
{
	bool hex = s[0] == '#' && (s[1] == 'x' || s[1] == 'X');
	size_t i = hex ? 2 : 1;
	uint32_t v = 0;

	if (s[0] != '#')
		return 0;
	for (; i < 10 && s[i] != ';'; i++) {
		const char *digits = "0123456789abcdef", *d;
		char ch = s[i] >= 'A' && s[i] <= 'F' ? (char)(s[i] + 32) : s[i];

		d = ch != '\0' ? strchr(digits, ch) : NULL;
		if (d == NULL || (!hex && d - digits > 9))
			return 0;
		v = v * (hex ? 16 : 10) + (uint32_t)(d - digits);
	}
	if (s[i] != ';' || v == 0 || v > 0x10ffff)
		return 0;
	*cp_r = v;
	return i + 1;
}

const char *html_decode(struct arena *mem, const char *s)
{
	struct str b;

	str_init(&b, mem, strlen(s) + 1);
	while (*s != '\0') {
		size_t plain = strcspn(s, "&"), used = 0;
		uint32_t cp;

		str_addn(&b, s, plain);
		s += plain;
		if (*s == '\0')
			break;
		used = numeric(s + 1, &cp);
		if (used > 0)
			put_utf8(&b, cp);
		for (size_t i = 0; used == 0 && i < sizeof entities / sizeof entities[0]; i++) {
			size_t len = strlen(entities[i].name);

			if (strncmp(s + 1, entities[i].name, len) == 0) {
				str_add(&b, entities[i].text);
				used = len;
			}
		}
		if (used == 0)
			str_addn(&b, s, 1);
		s += 1 + used;
	}
	return b.s;
}

const char *wj_text(const struct whmcs *w, const struct json *j, const char *name)
{
	const char *s = j != NULL ? json_text(json_get(j, name)) : NULL;

	return s != NULL ? html_decode(w->c->mem, s) : "";
}

uint64_t wj_id(const struct json *j, const char *name)
{
	int64_t v = 0;

	if (j == NULL || json_get(j, name) == NULL || !json_i64(json_get(j, name), &v) || v < 0)
		return 0;
	return (uint64_t)v;
}

enum errk wj_minor(struct whmcs *w, const struct json *j, const char *name,
		   const struct currency *cur, int64_t *minor_r)
{
	const char *s = j != NULL ? json_text(json_get(j, name)) : NULL;
	int64_t e8;

	if (s == NULL || amount_parse(w->c, s, 8, &e8) != ERR_OK || e8 % cur->minor_e8 != 0) {
		err_clear(w->c);
		return fail(w->c, ERR_CONFLICT, "whmcs.breach", "%s is no %s amount: %.40s", name,
			    cur->code, s ? s : "(absent)");
	}
	*minor_r = e8 / cur->minor_e8;
	return ERR_OK;
}

const struct json *wj_item(const struct json *answer, const char *outer, const char *inner,
			   size_t i)
{
	const struct json *list = json_get(answer, outer);
	const char *name;

	if (list != NULL && json_type(list) == JSON_OBJECT && json_get(list, inner) != NULL)
		list = json_get(list, inner);
	if (list == NULL)
		return NULL;
	if (json_type(list) == JSON_ARRAY)
		return json_at(list, i);
	if (json_type(list) != JSON_OBJECT || json_len(list) == 0)
		return NULL;
	/* A lone object has an id of its own; else its members are the rows. */
	if (json_get(list, "id") != NULL)
		return i == 0 ? list : NULL;
	list = json_member(list, i, &name);
	return list != NULL && json_type(list) == JSON_OBJECT ? list : NULL;
}

const char *php_custom_field(struct arena *mem, int64_t id, const char *value)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *s = arena_fmt(mem, "a:1:{i:%lld;s:%zu:\"%s\";}", (long long)id, strlen(value),
				  value);
	size_t len = strlen(s);
	char *out = arena_alloc(mem, (len + 2) / 3 * 4 + 1), *o = out;

	for (size_t i = 0; i < len; i += 3) {
		uint32_t v = (uint32_t)(unsigned char)s[i] << 16;

		if (i + 1 < len)
			v |= (uint32_t)(unsigned char)s[i + 1] << 8;
		if (i + 2 < len)
			v |= (uint32_t)(unsigned char)s[i + 2];
		*o++ = digits[v >> 18];
		*o++ = digits[v >> 12 & 63];
		*o++ = i + 1 < len ? digits[v >> 6 & 63] : '=';
		*o++ = i + 2 < len ? digits[v & 63] : '=';
	}
	return out;
}
