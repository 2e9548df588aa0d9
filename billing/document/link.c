/* Links of documents: "<invoice>.<format>.<end>.<mac>" under a key that only
 * our own database users can read. */
#include "document/document.h"

#include <string.h>

#include "base/random.h"
#include "document/private.h"
#include "settings/settings.h"
#include "stmt.h"

#define LINK_PATH "/api/user/documents/"
#define TOKEN_MAX 120

static enum errk sign(struct ctx *c, uint64_t invoice_id, const char *format, int64_t until,
		      const char **token_r)
{
	struct document_key_get_row key;
	const char *what = arena_fmt(c->mem, "%llu.%s.%lld", (unsigned long long)invoice_id,
				     format, (long long)until);
	const char *said = arena_fmt(c->mem, "document:%s", what);
	uint8_t mac[32];
	enum errk k = q_document_key_get(c, &key);

	if (k == ERR_NOT_FOUND)
		return fail(c, ERR_INTERNAL, "internal", "no key of links: run migrate");
	TRY(k);
	hmac_sha256(key.secret, sizeof key.secret, said, strlen(said), mac);
	*token_r = arena_fmt(c->mem, "%s.%s", what, hex_encode(c->mem, mac, sizeof mac));
	return ERR_OK;
}

enum errk document_link(struct ctx *c, uint64_t invoice_id, const char *format,
			const char **path_r)
{
	struct invoice_owner_row owner;
	const char *token;

	TRY(q_invoice_owner(c, invoice_id, &owner));
	TRY(sign(c, invoice_id, format, c->now + c->set->document_link_days * 86400, &token));
	*path_r = arena_fmt(c->mem, LINK_PATH "%s", token);
	return ERR_OK;
}

static bool number(const char **s, uint64_t *v_r)
{
	const char *at = *s;

	*v_r = 0;
	while (**s >= '0' && **s <= '9' && *s - at < 18)
		*v_r = *v_r * 10 + (uint64_t)(*(*s)++ - '0');
	return *s > at && *(*s)++ == '.';
}

static enum errk bad_link(struct ctx *c, const char *why)
{
	return fail(c, ERR_NOT_FOUND, "document.link", "%s", why);
}

/* What it says is signed again and compared whole: another spelling of the
 * same numbers is another token. */
enum errk document_open_link(struct ctx *c, const char *token, struct document *out)
{
	uint64_t id, until;
	const char *s = token, *format, *good;
	size_t len = strlen(token);

	if (len > TOKEN_MAX || !number(&s, &id))
		return bad_link(c, "malformed");
	format = arena_dupn(c->mem, s, strcspn(s, "."));
	s += strlen(format);
	if (*s != '.' || strlen(format) > 8)
		return bad_link(c, "malformed");
	s++;
	if (!number(&s, &until))
		return bad_link(c, "malformed");
	TRY(sign(c, id, format, (int64_t)until, &good));
	if (strlen(good) != len || !equal_const_time(good, token, len))
		return bad_link(c, "wrong signature");
	if ((int64_t)until <= c->now)
		return bad_link(c, "past its end");
	return document_get_any(c, id, format, out);
}

enum errk document_seed(struct ctx *c)
{
	uint8_t secret[32];
	uint64_t n;

	random_bytes(secret, sizeof secret);
	return q_document_key_add(c, secret, c->wall, &n);
}
