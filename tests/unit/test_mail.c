/* Texts of mails: what is filled in, what stays text, what is refused; ladders. */
#include "mail/template.h"

#include <sys/stat.h>

#include "mail/mail.h"
#include "settings/settings.h"
#include "test.h"

static char dir[] = "/tmp/tbmailXXXXXX";

static void put(struct ctx *c, const char *name, const char *text)
{
	FILE *f = fopen(arena_fmt(c->mem, "%s/%s", dir, name), "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	fclose(f);
}

static const struct template_word words[] = {
	{ "brand", "Acme & <Sons>" }, { "name", "{{link}} \"Zo\xc3\xab\" O'Neil" },
	{ "link", "https://x.example/?a=1&b=2" },
};

static const char *filled(struct ctx *c, const char *text, bool html)
{
	return template_fill(c, text, words, 3, html);
}

static void fills(void **state)
{
	struct ctx *c = *state;

	assert_string_equal(filled(c, "", false), "");
	assert_string_equal(filled(c, "no words", false), "no words");
	assert_string_equal(filled(c, "{{brand}}", false), "Acme & <Sons>");
	assert_string_equal(filled(c, "a{{brand}}b{{brand}}c", true),
			    "aAcme &amp; &lt;Sons&gt;bAcme &amp; &lt;Sons&gt;c");
	/* a value is never looked at for words */
	assert_string_equal(filled(c, "{{name}}", false), "{{link}} \"Zo\xc3\xab\" O'Neil");
	assert_string_equal(filled(c, "{{name}}", true),
			    "{{link}} &quot;Zo\xc3\xab&quot; O&#39;Neil");
	/* no expressions, no blanks, nothing half */
	assert_string_equal(filled(c, "{{7*7}}", false), "{{7*7}}");
	assert_string_equal(filled(c, "{{ brand }}", false), "{{ brand }}");
	assert_string_equal(filled(c, "{{BRAND}}", false), "{{BRAND}}");
	assert_string_equal(filled(c, "{{brand}", false), "{{brand}");
	assert_string_equal(filled(c, "{{brand", false), "{{brand");
	assert_string_equal(filled(c, "{{", false), "{{");
	assert_string_equal(filled(c, "{{{brand}}}", false), "{Acme & <Sons>}");
	assert_string_equal(filled(c, "{{}}", false), "{{}}");
}

static void subjects(void **state)
{
	struct ctx *c = *state;
	struct template_word evil[] = { { "brand", "a\r\nBcc: x@example.com\n\tb\x7f\x01" } };
	char lots[700];
	const char *s;

	assert_string_equal(template_subject(c, "Hi {{brand}}", evil, 1),
			    "Hi a  Bcc: x@example.com  b  ");
	for (size_t i = 0; i + 2 < sizeof lots; i += 2)
		memcpy(lots + i, "\xc3\xbc", 2);
	lots[sizeof lots - 2] = '\0';
	s = template_subject(c, "x{{brand}}", (struct template_word[]){ { "brand", lots } }, 1);
	assert_int_equal(strlen(s), 299);	/* 1 + 149 whole characters */
}

static void loads(void **state)
{
	struct ctx *c = *state;
	struct template t;

	assert_non_null(mkdtemp(dir));
	put(c, "good.txt", "Subject: {{brand}} and {{link}}\n\nHello {{name}}, {{7*7}}\n");
	put(c, "good.html", "<p>{{link}}</p>");
	assert_int_equal(template_load(c, dir, "good", "link other", &t), ERR_OK);
	assert_string_equal(t.subject, "{{brand}} and {{link}}");
	assert_string_equal(t.text, "Hello {{name}}, {{7*7}}\n");
	/* a word this kind does not have is named */
	assert_int_equal(template_load(c, dir, "good", "other", &t), ERR_INVALID);
	assert_string_equal(c->err.code, "mail.template");
	assert_non_null(strstr(c->err.detail, "{{link}}"));
	assert_int_equal(template_load(c, dir, "good", "links", &t), ERR_INVALID);
	assert_int_equal(template_load(c, dir, "good", "lin", &t), ERR_INVALID);
	assert_int_equal(template_load(c, dir, "none", "link", &t), ERR_INVALID);
	put(c, "bad.html", "");
	put(c, "bad.txt", "Subject: no empty line\nHello\n");
	assert_int_equal(template_load(c, dir, "bad", "", &t), ERR_INVALID);
	put(c, "bad.txt", "Hello\n\nthere\n");
	assert_int_equal(template_load(c, dir, "bad", "", &t), ERR_INVALID);
	put(c, "bad.txt", "Subject: x\n\n{{pasword}}\n");
	assert_int_equal(template_load(c, dir, "bad", "", &t), ERR_INVALID);
	assert_non_null(strstr(c->err.detail, "{{pasword}}"));
	for (size_t i = 0; i < 4; i++)
		unlink(arena_fmt(c->mem, "%s/%s", dir, (const char *const[]){
			"good.txt", "good.html", "bad.txt", "bad.html" }[i]));
	assert_int_equal(rmdir(dir), 0);
}

static void ladders(void **state)
{
	static const char *const bad[] = {
		"3,0", "0,0", "a", "1,", ",1", "-61", "366", "1;2", "--1", "1 2",
		"1,2,3,4,5,6,7,8,9,10,11",
	};
	struct ctx *c = *state;
	int32_t steps[LADDER_MAX];
	size_t n;

	assert_int_equal(settings_ladder(c, "-3, 0,3 ,7", steps, &n), ERR_OK);
	assert_int_equal(n, 4);
	assert_int_equal(steps[0], -3);
	assert_int_equal(steps[3], 7);
	assert_int_equal(settings_ladder(c, "", steps, &n), ERR_OK);
	assert_int_equal(n, 0);
	assert_int_equal(settings_ladder(c, "-60,1,2,3,4,5,6,7,8,365", steps, &n), ERR_OK);
	assert_int_equal(n, 10);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		err_clear(c);
		if (settings_ladder(c, bad[i], steps, &n) != ERR_INVALID)
			fail_msg("\"%s\" is no ladder", bad[i]);
	}
}

/* Each kind's row is its own, and the switches decide. */
static void kinds(void **state)
{
	struct settings set = { .mail_enabled = true, .mail_invoice_issued = true };
	struct ctx *c = *state;

	c->set = &set;
	for (size_t i = 0; i < mail_kinds_count; i++) {
		assert_int_equal(mail_kinds[i].type, i);
		assert_ptr_equal(mail_kind_find(mail_kinds[i].name), &mail_kinds[i]);
	}
	assert_null(mail_kind_find("invoice"));
	assert_true(mail_wanted(c, MAIL_INVOICE) && mail_wanted(c, MAIL_REMINDER));
	assert_false(mail_wanted(c, MAIL_PAYMENT));
	set.whmcs_enabled = true;
	assert_false(mail_wanted(c, MAIL_INVOICE) || mail_wanted(c, MAIL_OVERDUE));
	assert_true(mail_wanted(c, MAIL_PASSWORD_RESET));
	set.mail_whmcs_invoices = true;
	assert_true(mail_wanted(c, MAIL_INVOICE));
	set.mail_enabled = false;
	for (size_t i = 0; i < mail_kinds_count; i++)
		assert_false(mail_wanted(c, (enum mail_type)i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CTX_TEST(fills), CTX_TEST(subjects), CTX_TEST(loads), CTX_TEST(ladders),
		CTX_TEST(kinds),
	};

	return RUN_TESTS(tests);
}
