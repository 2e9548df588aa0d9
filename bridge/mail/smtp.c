#include "mail/smtp.h"

#include <assert.h>
#include <string.h>

#include <curl/curl.h>

#include "base/clock.h"

#define WORD_BYTES 42	/* of an encoded word: at most 75 characters when written */

struct sending {
	struct ctx *c;
	CURL *curl;
	curl_mime *mime;
	struct curl_slist *to, *headers;
	const struct smtp_mail *m;
	size_t at;		/* of the text, read by libcurl */
	bool body;		/* it has begun */
	char said[200];		/* the server's last line */
	char error[CURL_ERROR_SIZE];
};

/* ---- what stands in the head ---- */

static bool has_control(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return true;
	return false;
}

static void add_base64(struct str *b, const unsigned char *s, size_t len)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < len; i += 3) {
		uint32_t v = (uint32_t)s[i] << 16;

		v |= i + 1 < len ? (uint32_t)s[i + 1] << 8 : 0;
		v |= i + 2 < len ? s[i + 2] : 0;
		str_addn(b, &digits[v >> 18 & 63], 1);
		str_addn(b, &digits[v >> 12 & 63], 1);
		str_addn(b, i + 1 < len ? &digits[v >> 6 & 63] : "=", 1);
		str_addn(b, i + 2 < len ? &digits[v & 63] : "=", 1);
	}
}

enum errk smtp_header_text(struct ctx *c, const char *text, const char **out_r)
{
	size_t len = strlen(text);
	bool plain = true;
	struct str b;

	if (has_control(text))
		return fail(c, ERR_INVALID, "mail.header", "a control character");
	for (size_t i = 0; i < len; i++)
		plain &= (unsigned char)text[i] < 0x80;
	*out_r = text;
	if (plain && len <= 200 && strstr(text, "=?") == NULL)
		return ERR_OK;
	str_init(&b, c->mem, 8192);
	for (size_t at = 0, n; at < len; at += n) {
		n = len - at < WORD_BYTES ? len - at : WORD_BYTES;
		while (at + n < len && ((unsigned char)text[at + n] & 0xc0) == 0x80)
			n--;		/* a character stays whole */
		str_add(&b, at > 0 ? " =?UTF-8?B?" : "=?UTF-8?B?");
		add_base64(&b, (const unsigned char *)text + at, n);
		str_add(&b, "?=");
	}
	*out_r = b.s;
	return ERR_OK;
}

const char *smtp_date(struct arena *mem, int64_t wall)
{
	static const char *const days[] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
					      "Aug", "Sep", "Oct", "Nov", "Dec" };
	struct civil t = civil_from_utc(wall);

	return arena_fmt(mem, "%s, %02d %s %d %02d:%02d:%02d +0000", days[wall / 86400 % 7], t.day,
			 months[t.month - 1], t.year, t.hour, t.minute, t.second);
}

static enum errk add_header(struct sending *s, const char *name, const char *value)
{
	struct curl_slist *more;

	if (has_control(value))
		return fail(s->c, ERR_INVALID, "mail.header", "%s has a control character", name);
	more = curl_slist_append(s->headers, arena_fmt(s->c->mem, "%s: %s", name, value));
	assert(more != NULL);
	s->headers = more;
	return ERR_OK;
}

/* A name that is no atom is quoted: what would end the quotes is left out. */
static const char *quoted(struct ctx *c, const char *name)
{
	struct str b;

	str_init(&b, c->mem, 1000);
	str_add(&b, "\"");
	for (; *name != '\0'; name++)
		if (*name != '"' && *name != '\\')
			str_addn(&b, name, 1);
	str_add(&b, "\"");
	return b.s;
}

static enum errk headers(struct sending *s, const char *from)
{
	const struct smtp_mail *m = s->m;
	const char *name, *subject;

	TRY(smtp_header_text(s->c, m->from_name, &name));
	TRY(smtp_header_text(s->c, m->subject, &subject));
	if (strcmp(name, m->from_name) == 0)
		name = quoted(s->c, name);
	TRY(add_header(s, "From", arena_fmt(s->c->mem, "%s <%s>", name, from)));
	TRY(add_header(s, "To", arena_fmt(s->c->mem, "<%s>", m->to)));
	TRY(add_header(s, "Subject", subject));
	TRY(add_header(s, "Date", smtp_date(s->c->mem, m->wall)));
	TRY(add_header(s, "Message-ID", arena_fmt(s->c->mem, "<%s>", m->message_id)));
	return add_header(s, "Auto-Submitted", "auto-generated");
}

/* ---- the body ---- */

static size_t read_text(char *to, size_t size, size_t n, void *user)
{
	struct sending *s = user;
	size_t len = strlen(s->m->text), room = size * n;

	if (!s->body && s->m->on_body != NULL && s->m->on_body(s->c, s->m->arg) != ERR_OK)
		return CURL_READFUNC_ABORT;
	s->body = true;
	if (room > len - s->at)
		room = len - s->at;
	memcpy(to, s->m->text + s->at, room);
	s->at += room;
	return room;
}

#define CHECK(call)                                                            \
	do {                                                                   \
		CURLcode done_ = (call);                                       \
		assert(done_ == CURLE_OK);                                     \
		(void)done_;                                                   \
	} while (0)

static curl_mimepart *part_of(curl_mime *mime)
{
	curl_mimepart *part = curl_mime_addpart(mime);

	assert(part != NULL);
	return part;
}

static void body(struct sending *s)
{
	const struct smtp_mail *m = s->m;
	curl_mime *both = curl_mime_init(s->curl);
	curl_mimepart *part;

	s->mime = curl_mime_init(s->curl);
	assert(s->mime != NULL && both != NULL);
	part = part_of(both);
	CHECK(curl_mime_data_cb(part, (curl_off_t)strlen(m->text), read_text, NULL, NULL, s));
	CHECK(curl_mime_type(part, "text/plain; charset=utf-8"));
	CHECK(curl_mime_encoder(part, "base64"));
	part = part_of(both);
	CHECK(curl_mime_data(part, m->html, CURL_ZERO_TERMINATED));
	CHECK(curl_mime_type(part, "text/html; charset=utf-8"));
	CHECK(curl_mime_encoder(part, "base64"));
	part = part_of(s->mime);
	CHECK(curl_mime_subparts(part, both));
	CHECK(curl_mime_type(part, "multipart/alternative"));
	if (m->file_name == NULL)
		return;
	part = part_of(s->mime);
	CHECK(curl_mime_data(part, m->file, m->file_len));
	CHECK(curl_mime_type(part, "application/pdf"));
	CHECK(curl_mime_filename(part, m->file_name));
	CHECK(curl_mime_encoder(part, "base64"));
}

/* ---- the way ---- */

static size_t on_line(char *bytes, size_t size, size_t n, void *user)
{
	struct sending *s = user;
	/* The goodbye that follows a refusal is not its reason. */
	if (size * n > 3 && memcmp(bytes, "221", 3) == 0)
		return size * n;
	size_t len = size * n, keep = len < sizeof s->said - 1 ? len : sizeof s->said - 1;

	memcpy(s->said, bytes, keep);
	s->said[keep] = '\0';
	s->said[strcspn(s->said, "\r\n")] = '\0';
	return len;
}

static bool is_loopback(const char *host)
{
	return strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 ||
	       (strncmp(host, "127.", 4) == 0 && strspn(host, "0123456789.") == strlen(host));
}

/* *plain_r: without TLS, on this machine. NULL, or what is wrong. */
static const char *url_problem(const char *url, bool *plain_r)
{
	char *scheme = NULL, *host = NULL;
	const char *problem = NULL;
	CURLU *u = curl_url();

	assert(u != NULL);
	if (curl_url_set(u, CURLUPART_URL, url, CURLU_DISALLOW_USER) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_HOST, &host, 0) != CURLUE_OK)
		problem = "smtp_url is not a URL, or one with a user in it";
	else if (strcmp(scheme, "smtp") != 0 && strcmp(scheme, "smtps") != 0)
		problem = "smtp_url is neither smtp:// nor smtps://";
	else
		*plain_r = strcmp(scheme, "smtp") == 0 && is_loopback(host);
	curl_free(scheme);
	curl_free(host);
	curl_url_cleanup(u);
	return problem;
}

static void rules(struct sending *s, const struct conf *conf, bool plain)
{
	CURL *h = s->curl;

	CHECK(curl_easy_setopt(h, CURLOPT_URL, conf->mail_smtp_url));
	CHECK(curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "smtp,smtps"));
	CHECK(curl_easy_setopt(h, CURLOPT_USE_SSL,
			       (long)(plain ? CURLUSESSL_NONE : CURLUSESSL_ALL)));
	CHECK(curl_easy_setopt(h, CURLOPT_SSL_VERIFYPEER, 1L));
	CHECK(curl_easy_setopt(h, CURLOPT_SSL_VERIFYHOST, 2L));
	CHECK(curl_easy_setopt(h, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2));
	CHECK(curl_easy_setopt(h, CURLOPT_PROXY, ""));
	CHECK(curl_easy_setopt(h, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED));
	CHECK(curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L));
	CHECK(curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS, 5000L));
	CHECK(curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, (long)(conf->mail_timeout_s * 1000)));
	CHECK(curl_easy_setopt(h, CURLOPT_MAIL_FROM,
			       arena_fmt(s->c->mem, "<%s>", conf->mail_from)));
	CHECK(curl_easy_setopt(h, CURLOPT_MAIL_RCPT, s->to));
	CHECK(curl_easy_setopt(h, CURLOPT_HTTPHEADER, s->headers));
	CHECK(curl_easy_setopt(h, CURLOPT_MIMEPOST, s->mime));
	CHECK(curl_easy_setopt(h, CURLOPT_HEADERFUNCTION, on_line));
	CHECK(curl_easy_setopt(h, CURLOPT_HEADERDATA, s));
	CHECK(curl_easy_setopt(h, CURLOPT_ERRORBUFFER, s->error));
	if (conf->mail_user[0] == '\0')
		return;
	CHECK(curl_easy_setopt(h, CURLOPT_USERNAME, conf->mail_user));
	CHECK(curl_easy_setopt(h, CURLOPT_PASSWORD,
			       conf->mail_password.bytes ? conf->mail_password.bytes : ""));
}

/* The server's last code says how far it came: 354 asked for the body. */
static enum errk verdict(struct sending *s, CURLcode e)
{
	bool about_it;
	long code = 0;

	curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &code);
	if (e == CURLE_OK)
		return ERR_OK;
	if (e == CURLE_LOGIN_DENIED)
		return fail(s->c, ERR_UPSTREAM, "mail.later", "our user or password: %s", s->said);
	/* Before the recipient is named a refusal is about us, and no mail's fault. */
	about_it = s->body || strncmp(s->error, "RCPT failed", 11) == 0;
	if (code >= 500 && code < 600)
		return about_it ? fail(s->c, ERR_CONFLICT, "mail.refused", "%s", s->said)
				: fail(s->c, ERR_UPSTREAM, "mail.later", "%s", s->said);
	if (code >= 400 && code < 500)
		return fail(s->c, about_it && code != 421 ? ERR_CONFLICT : ERR_UPSTREAM,
			    "mail.later", "%s", s->said);
	if (s->body && e != CURLE_ABORTED_BY_CALLBACK)
		return fail(s->c, ERR_UNCERTAIN, "mail.uncertain", "after the body: %s",
			    curl_easy_strerror(e));
	return fail(s->c, ERR_UPSTREAM, "mail.later", "%s", curl_easy_strerror(e));
}

static enum errk send_it(struct sending *s, const struct conf *conf)
{
	bool plain = false;
	const char *problem = url_problem(conf->mail_smtp_url, &plain);

	if (problem == NULL && strchr(conf->mail_from, '@') == NULL)
		problem = "[mail] from is not an address";
	if (problem != NULL)
		return fail(s->c, ERR_INVALID, "mail.setup", "%s", problem);
	if (has_control(s->m->to) || strpbrk(s->m->to, " <>\",") != NULL)
		return fail(s->c, ERR_INVALID, "mail.header", "the recipient's address");
	TRY(headers(s, conf->mail_from));
	s->to = curl_slist_append(NULL, arena_fmt(s->c->mem, "<%s>", s->m->to));
	assert(s->to != NULL);
	body(s);
	rules(s, conf, plain);
	return verdict(s, curl_easy_perform(s->curl));
}

enum errk smtp_send(struct ctx *c, const struct conf *conf, const struct smtp_mail *m)
{
	struct sending s = { .c = c, .m = m };
	enum errk k;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return fail(c, ERR_INTERNAL, "internal", "libcurl");
	s.curl = curl_easy_init();
	assert(s.curl != NULL);
	k = send_it(&s, conf);
	curl_easy_cleanup(s.curl);
	curl_mime_free(s.mime);
	curl_slist_free_all(s.to);
	curl_slist_free_all(s.headers);
	return k;
}
