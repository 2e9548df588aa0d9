/* The provider's logo: kept in a row, never a file. */
#include "document/document.h"

#include <string.h>

#include "document/private.h"
#include "stmt.h"

#define LOGO_W_MAX 2000
#define LOGO_H_MAX 1000

static int sextet(char ch)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *p = ch == '\0' ? NULL : strchr(digits, ch);

	return p == NULL ? -1 : (int)(p - digits);
}

/* Strict: whole groups of four, padding only at the end. false: not base64. */
static bool base64(const char *text, uint8_t *to, size_t *len_r)
{
	size_t len = strlen(text), pad = 0, n = 0;

	while (pad < 2 && pad < len && text[len - 1 - pad] == '=')
		pad++;
	if (len == 0 || len % 4 != 0)
		return false;
	for (size_t i = 0; i < len; i += 4) {
		uint32_t v = 0;

		for (size_t j = 0; j < 4; j++) {
			int s = i + j >= len - pad ? 0 : sextet(text[i + j]);

			if (s < 0)
				return false;
			v = v << 6 | (uint32_t)s;
		}
		to[n++] = (uint8_t)(v >> 16);
		to[n++] = (uint8_t)(v >> 8);
		to[n++] = (uint8_t)v;
	}
	*len_r = n - pad;
	return true;
}

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Size as its header says, before anything is decoded: a few bytes can claim
 * gigabytes of picture. */
static bool png_size(const uint8_t *png, size_t len, uint32_t *w_r, uint32_t *h_r)
{
	static const uint8_t signature[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n',
					     0, 0, 0, 13, 'I', 'H', 'D', 'R' };

	if (len < 33 || memcmp(png, signature, sizeof signature) != 0)
		return false;
	*w_r = be32(png + 16);
	*h_r = be32(png + 20);
	return true;
}

enum errk logo_set(struct ctx *c, const char *text)
{
	uint32_t w, h;
	uint8_t *png;
	uint64_t n;
	size_t len;

	if (strlen(text) > (LOGO_BYTES_MAX + 2) / 3 * 4)
		return fail_field(c, "png", "At most %d kB.", LOGO_BYTES_MAX / 1000);
	png = arena_alloc(c->mem, strlen(text) / 4 * 3 + 3);
	if (!base64(text, png, &len) || len > LOGO_BYTES_MAX)
		return fail_field(c, "png", "A PNG picture as base64, at most %d kB.",
				  LOGO_BYTES_MAX / 1000);
	if (!png_size(png, len, &w, &h))
		return fail_field(c, "png", "This is not a PNG picture.");
	if (w == 0 || h == 0 || w > LOGO_W_MAX || h > LOGO_H_MAX)
		return fail_field(c, "png", "At most %d x %d pixels.", LOGO_W_MAX, LOGO_H_MAX);
	if (!doc_png_reads(png, len))
		return fail_field(c, "png", "This PNG picture cannot be read.");
	return q_logo_put(c, w, h, png, len, c->wall, c->actor, &n);
}

enum errk logo_remove(struct ctx *c)
{
	uint64_t n;

	TRY(q_logo_delete(c, &n));
	return n > 0 ? ERR_OK : fail(c, ERR_NOT_FOUND, "not_found", "no logo");
}
