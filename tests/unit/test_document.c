/* The renderers of invoice documents on documents made by hand: pages, scripts,
 * escaping, same bytes. pdftotext and pdffonts (poppler) look from outside;
 * TB_SAMPLES=folder keeps the files. */
#include "test.h"

#include <fcntl.h>

#include "document/private.h"

static struct doc_line one_line[] = {
	{ 1, "Instance web (small)", "720", "hours", "0.0272", "0.02720000", "19.58400000",
	  "19.58" },
};
static const char *const remarks[] = {
	"VAT: Reverse charge, Article 196 Directive 2006/112/EC.",
	"Taxes in USD: 4.86 (1 EUR = 1.08 USD, ECB, 2025-11-28).",
};
static struct doc_tax vat[] = { { "VAT", "23", "19.58", "4.50" } };

static struct doc sample(void)
{
	return (struct doc){
		.kind = doc_kind_find("INVOICE"), .number = "INV-000042", .currency = "EUR",
		.digits = 2, .issued_at = 1764547200, .issued = "1 December 2025",
		.due = "6 December 2025", .period = "1 November 2025 \xe2\x80\x93 30 November 2025",
		.zone = "Europe/Dublin", .seller = "Nimbus Cloud\n1 Sky Road\nDublin",
		.buyer = "Engines Ltd\nAda Byron\n12 St James's Square\nD02 Dublin\nTax ID IE1",
		.lines = one_line, .nlines = 1, .taxes = vat, .ntaxes = 1,
		.subtotal_label = "Subtotal", .subtotal = "19.58",
		.remarks = remarks, .nremarks = 2, .total = "24.08",
		.settled_label = "Paid from the balance on issue", .settled = "4.08",
		.open = "20.00", .anything_open = true,
		.header = "Thank you for flying with us.", .footer = "Nimbus Cloud, register 1234",
		.instructions = "Please pay by bank transfer.",
	};
}

static struct str made(struct ctx *c, enum errk (*render)(struct ctx *, const struct doc *,
							  struct str *), const struct doc *d)
{
	struct str out;

	str_init(&out, c->mem, DOC_BYTES_MAX);
	assert_int_equal(render(c, d, &out), ERR_OK);
	return out;
}

static void keep(const char *path, const struct str *s)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, s->s, s->len), (ssize_t)s->len);
	close(fd);
}

/* What a program of poppler says about a PDF. */
static const char *said(struct ctx *c, const char *name, const char *before, const char *after,
			const struct str *pdf)
{
	const char *dir = getenv("TB_SAMPLES");
	char tmp[] = "/tmp/tollbridge-pdf-XXXXXX";
	const char *path = tmp;
	char *text = arena_alloc(c->mem, 1 << 20);
	FILE *f;
	size_t n;

	if (dir != NULL)
		path = arena_fmt(c->mem, "%s/%s.pdf", dir, name);
	else
		close(mkstemp(tmp));
	keep(path, pdf);
	f = popen(arena_fmt(c->mem, "%s %s %s", before, path, after), "r");
	assert_non_null(f);
	n = fread(text, 1, (1 << 20) - 1, f);
	text[n] = '\0';
	assert_int_equal(pclose(f), 0);
	if (dir == NULL)
		unlink(tmp);
	return text;
}

static const char *words(struct ctx *c, const char *name, const struct str *pdf)
{
	return said(c, name, "pdftotext -layout -enc UTF-8", "-", pdf);
}

static size_t count(const char *text, const char *what)
{
	size_t n = 0;

	for (const char *s = strstr(text, what); s != NULL; s = strstr(s + 1, what))
		n++;
	return n;
}

static void has(const char *text, const char *what)
{
	if (strstr(text, what) == NULL)
		fail_msg("\"%s\" is not in: %s", what, text);
}

static void everything_is_printed(void **state)
{
	struct ctx *c = *state;
	struct doc d = sample();
	struct str pdf = made(c, doc_pdf, &d);
	const char *text = words(c, "plain", &pdf);
	static const char *const want[] = {
		"Invoice", "INV-000042", "1 December 2025", "6 December 2025",
		"1 November 2025", "30 November 2025", "Europe/Dublin", "Nimbus Cloud",
		"1 Sky Road", "Engines Ltd", "12 St James", "Tax ID IE1",
		"Instance web (small)", "720", "0.0272", "19.58", "VAT 23% on 19.58", "4.50",
		"Total (EUR)", "24.08", "Paid from the balance on issue", "4.08",
		"Amount due as at issue (EUR)", "20.00", "Please pay by bank transfer.",
		"Thank you for flying with us.", "Nimbus Cloud, register 1234", "Page 1 of 1",
	};

	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		has(text, want[i]);
	assert_int_equal(doc_pdf_unknown(), 0);
}

/* A recharge has no usage columns, a credit note asks for nothing. */
static void kinds_differ(void **state)
{
	struct ctx *c = *state;
	struct doc d = sample();
	const char *text;
	struct str pdf;

	d.kind = doc_kind_find("RECHARGE");
	pdf = made(c, doc_pdf, &d);
	text = words(c, "recharge", &pdf);
	has(text, "Request for funds");
	assert_null(strstr(text, "Unit price"));
	d.kind = doc_kind_find("CREDIT_NOTE");
	d.instructions = "";
	d.due = NULL;
	d.ref = "INV-000041";
	d.reason = "The machine was down for a day.";
	pdf = made(c, doc_pdf, &d);
	text = words(c, "credit", &pdf);
	has(text, "Credit note");
	has(text, "INV-000041");
	has(text, "Reason: The machine was down for a day.");
	assert_null(strstr(text, "as at issue"));
	assert_null(strstr(text, "How to pay"));
	assert_string_equal(doc_kind_find("WHATEVER")->title, "Document");
}

static struct doc_line *many_lines(struct ctx *c, struct doc *d, size_t n)
{
	struct doc_line *lines = ARENA_ARRAY(c->mem, n, struct doc_line);

	for (size_t i = 0; i < n; i++) {
		lines[i] = one_line[0];
		lines[i].position = (uint32_t)i + 1;
		lines[i].description = arena_fmt(c->mem, "Line number %zu of many%s", i + 1,
			i % 7 == 0 ? ", with words enough to need a second row in its column, "
				     "which must not be cut by the end of the page" : "");
	}
	d->lines = lines;
	d->nlines = n;
	return lines;
}

static void lines_flow_over_pages(void **state)
{
	struct ctx *c = *state;
	struct doc d = sample();
	const char *text;
	size_t pages = 0;
	struct str pdf;

	d.footer = "One\nTwo\nThree";
	many_lines(c, &d, 500);
	pdf = made(c, doc_pdf, &d);
	text = words(c, "long", &pdf);
	pages = count(text, "\f");
	assert_in_range(pages, 12, 30);
	for (size_t i = 1; i <= 500; i++)
		if (count(text, arena_fmt(c->mem, "Line number %zu of", i)) != 1)
			fail_msg("line %zu is not there once", i);
	/* a page with lines has the head of the table, the others have not */
	for (const char *page = text; *page != '\0'; page = strchr(page, '\f') + 1) {
		const char *one = arena_dupn(c->mem, page, strcspn(page, "\f"));

		assert_int_equal(count(one, "Unit price (EUR)"),
				 strstr(one, "Line number") != NULL);
	}
	assert_int_equal(count(text, "INV-000042"), pages + 1);
	assert_int_equal(count(text, "Three"), pages);
	has(text, arena_fmt(c->mem, "Page %zu of %zu", pages, pages));
	assert_int_equal(count(text, arena_fmt(c->mem, "of %zu\n", pages)), pages);
	has(text, "Please pay by bank transfer.");
}

/* Somebody's whole terms in the foot, a name of two hundred characters in the
 * address: lines are still printed, each once. */
static void odd_texts_leave_room(void **state)
{
	struct ctx *c = *state;
	struct doc d = sample();
	char *lines = arena_alloc(c->mem, 500), *name = arena_alloc(c->mem, 2000);
	const char *text;
	struct str pdf;

	memset(lines, '\n', 498);
	lines[0] = 'A';
	memset(name, 'W', 1900);
	d.header = d.footer = lines;
	d.buyer = name;
	many_lines(c, &d, 100);
	pdf = made(c, doc_pdf, &d);
	text = words(c, "odd", &pdf);
	assert_in_range(count(text, "\f"), 3, 5);
	assert_null(strstr(text, "WW-"));	/* no hyphen that was not there */
	for (size_t i = 1; i <= 100; i++)
		assert_int_equal(count(text, arena_fmt(c->mem, "Line number %zu of", i)), 1);
}

/* What a worker may hold is bounded: the longest document that is accepted, with
 * nothing but characters that grow, stays below it. */
static void the_longest_fits(void **state)
{
	enum errk (*const render[])(struct ctx *, const struct doc *, struct str *) = {
		doc_pdf, doc_csv, doc_xlsx,
	};
	struct ctx *c = *state;

	for (size_t i = 0; i < 3; i++) {
		struct doc d = sample();
		struct doc_line *lines;
		char *quotes;

		arena_reset(c->mem);
		quotes = arena_alloc(c->mem, 301);
		memset(quotes, '"', 300);
		lines = many_lines(c, &d, DOC_LINES_MAX);
		for (size_t j = 0; j < d.nlines; j++)
			lines[j].description = i > 0 ? arena_dup(c->mem, quotes) : "words words";
		assert_true(made(c, render[i], &d).len < DOC_BYTES_MAX);
		assert_true(arena_used(c->mem) < (size_t)80 << 20);
	}
}

/* The sums keep together wherever the table ends. */
static void ends_anywhere(void **state)
{
	struct ctx *c = *state;

	for (size_t n = 0; n < 60; n += 3) {
		struct doc d = sample();
		struct str pdf;
		const char *text, *from, *to, *page;

		many_lines(c, &d, n);
		pdf = made(c, doc_pdf, &d);
		text = words(c, "ends", &pdf);
		from = strstr(text, "Subtotal");
		to = strstr(text, "Amount due as at issue");
		assert_true(from != NULL && to != NULL && from < to);
		page = strchr(from, '\f');
		assert_true(page == NULL || page > to);
		arena_reset(c->mem);
	}
}

/* Without blanks and without the marks that say which way it goes. */
static const char *letters(struct ctx *c, const char *text)
{
	char *out = arena_alloc(c->mem, strlen(text) + 1), *to = out;

	for (const char *s = text; *s != '\0';) {
		if (strncmp(s, "\xe2\x80", 2) == 0 && ((unsigned char)s[2] & 0xfc) >= 0x8c)
			s += 3;
		else if (*s == ' ' || *s == '\n')
			s++;
		else
			*to++ = *s++;
	}
	return out;
}

static void every_script_has_its_letters(void **state)
{
	static const struct { const char *name, *text; } scripts[] = {
		{ "latin", "Za\xc5\xbc\xc3\xb3\xc5\x82\xc4\x87 g\xc4\x99\xc5\x9bl\xc4\x85" },
		{ "greek", "\xce\x95\xce\xbb\xce\xbb\xce\xb7\xce\xbd\xce\xb9\xce\xba\xce\xac" },
		{ "cyrillic", "\xd0\xa0\xd1\x83\xd1\x81\xd1\x81\xd0\xba\xd0\xb8\xd0\xb9" },
		{ "hebrew", "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d" },
		{ "arabic", "\xd9\x81\xd8\xa7\xd8\xaa\xd9\x88\xd8\xb1\xd8\xa9" },
		{ "hindi", "\xe0\xa4\xac\xe0\xa4\xbf\xe0\xa4\xb2" },
		{ "thai", "\xe0\xb9\x84\xe0\xb8\x97\xe0\xb8\xa2" },
		{ "chinese", "\xe7\xbe\xa4\xe7\x8b\xbc\xe8\xae\xa1\xe7\xae\x97" },
		{ "japanese", "\xe6\xa0\xaa\xe5\xbc\x8f\xe3\x82\x86\xe3\x82\x8a" },
		{ "korean", "\xed\x95\x9c\xea\xb5\xad\xec\x96\xb4" },
	};
	struct ctx *c = *state;

	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		struct doc_line line = one_line[0];
		struct doc d = sample();
		const char *text;
		struct str pdf;

		line.description = arena_fmt(c->mem, "%s 42", scripts[i].text);
		d.buyer = arena_fmt(c->mem, "%s\n1 Road", scripts[i].text);
		d.lines = &line;
		pdf = made(c, doc_pdf, &d);
		if (doc_pdf_unknown() != 0)
			fail_msg("%s: %u characters without a glyph", scripts[i].name,
				 doc_pdf_unknown());
		text = letters(c, words(c, scripts[i].name, &pdf));
		if (count(text, letters(c, scripts[i].text)) != 2)
			fail_msg("%s is not there twice: %s", scripts[i].name, text);
		/* every font is inside the file */
		assert_null(strstr(said(c, scripts[i].name, "pdffonts", "| grep ' no '; true",
					&pdf), "no"));
	}
}

/* The count does see a character that no font has. */
static void missing_letters_are_counted(void **state)
{
	struct ctx *c = *state;
	struct doc d = sample();

	d.header = "\xf3\xb0\x80\x80\xf3\xb0\x80\x81";	/* private use, plane 15 */
	(void)made(c, doc_pdf, &d);
	assert_int_equal(doc_pdf_unknown(), 2);
}

static void same_document_same_bytes(void **state)
{
	enum errk (*const render[])(struct ctx *, const struct doc *, struct str *) = {
		doc_pdf, doc_csv, doc_xlsx,
	};
	struct ctx *c = *state;
	struct doc d = sample();

	many_lines(c, &d, 50);
	d.header = "\xe7\xbe\xa4\xe7\x8b\xbc \xd9\x81\xd8\xa7\xd8\xaa\xd9\x88\xd8\xb1\xd8\xa9";
	for (size_t i = 0; i < 3; i++) {
		struct str a = made(c, render[i], &d), b;

		/* the second of the clock differs */
		usleep(i == 0 ? 1100000 : 0);
		b = made(c, render[i], &d);
		assert_int_equal(a.len, b.len);
		assert_memory_equal(a.s, b.s, a.len);
	}
}

static void csv_escapes(void **state)
{
	static const struct { const char *in, *out; } cells[] = {
		{ "plain", "plain" }, { "a,b", "\"a,b\"" }, { "say \"no\"", "\"say \"\"no\"\"\"" },
		{ "two\nlines", "\"two\nlines\"" }, { "cr\rhere", "\"cr\rhere\"" },
		{ "=1+1", "'=1+1" }, { "+1", "'+1" }, { "-1", "'-1" }, { "@SUM(A1)", "'@SUM(A1)" },
		{ "\tx", "'\tx" }, { "\r=1", "\"'\r=1\"" }, { "  =1", "'  =1" }, { "", "" },
		{ "=HYPERLINK(\"a\",\"b\")", "\"'=HYPERLINK(\"\"a\"\",\"\"b\"\")\"" },
		{ "a=b", "a=b" }, { " lead", "\" lead\"" },
	};
	struct ctx *c = *state;

	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
		struct doc_line line = one_line[0];
		struct doc d = sample();
		struct str csv;

		line.description = cells[i].in;
		line.amount = "-3.00";		/* a number is a number */
		d.lines = &line;
		csv = made(c, doc_csv, &d);
		has(csv.s, arena_fmt(c->mem, "\nINV-000042,LINE,1,%s,720,0.02720000,19.58400000,"
				     "-3.00,EUR,hours\r\n", cells[i].out));
		has(csv.s, "\r\nINV-000042,TAX,,VAT 23%,,,,4.50,EUR,\r\n");
		has(csv.s, "\r\nINV-000042,TOTAL,,,,,,24.08,EUR,\r\n");
		has(csv.s, "\r\nINV-000042,REMARK,,\"VAT: Reverse charge, Article 196 Directive "
			   "2006/112/EC.\",,,,,EUR,\r\n");
		assert_memory_equal(csv.s, "\xef\xbb\xbfnumber,", 10);
	}
}

static const char *xlsx_text(struct ctx *c, const struct doc *d)
{
	struct str x = made(c, doc_xlsx, d);

	/* stored, not packed: what is in it can be read as it is */
	for (size_t i = 0; i < x.len; i++)
		if (x.s[i] == '\0')
			x.s[i] = ' ';
	return x.s;
}

static void xlsx_escapes(void **state)
{
	static const struct { const char *in, *out; } cells[] = {
		{ "a < b & \"c\" > d", "a &lt; b &amp; &quot;c&quot; &gt; d" },
		{ "=1+1", "=1+1" },			/* text by its type */
		{ "bell\x07 here", "bell here" }, { "x\xef\xbf\xbfy", "xy" },
		{ "_x0041_", "_x005F_x0041_" }, { "_x004", "_x004" }, { "a_b", "a_b" },
		{ "]]>", "]]&gt;" }, { "\xe7\xbe\xa4", "\xe7\xbe\xa4" },
	};
	struct ctx *c = *state;

	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
		struct doc_line line = one_line[0];
		struct doc d = sample();

		line.description = cells[i].in;
		d.lines = &line;
		has(xlsx_text(c, &d), arena_fmt(c->mem, "t=\"inlineStr\"><is>"
						"<t xml:space=\"preserve\">%s</t>",
						cells[i].out));
	}
}

static void xlsx_numbers_are_exact(void **state)
{
	struct ctx *c = *state;
	struct doc_line line = one_line[0];
	struct doc d = sample();
	const char *x;

	d.lines = &line;
	x = xlsx_text(c, &d);
	has(x, "<v>19.58</v>");
	has(x, "<v>19.58400000</v>");
	has(x, "formatCode=\"#,##0.00\"");
	d.digits = 0;
	line.amount = "-1234567890123";
	line.exact = "92233720368.54775807";	/* 19 digits: no spreadsheet holds it */
	x = xlsx_text(c, &d);
	has(x, "<v>-1234567890123</v>");
	has(x, ">92233720368.54775807</t>");
	has(x, "formatCode=\"#,##0\"");
	d.digits = 3;
	has(xlsx_text(c, &d), "formatCode=\"#,##0.000\"");
}

/* Fontconfig keeps one pattern, whatever the number of documents. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libfontconfig\n";
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CTX_TEST(everything_is_printed), CTX_TEST(kinds_differ),
		CTX_TEST(lines_flow_over_pages), CTX_TEST(the_longest_fits),
		CTX_TEST(odd_texts_leave_room),
		CTX_TEST(ends_anywhere),
		CTX_TEST(every_script_has_its_letters), CTX_TEST(missing_letters_are_counted),
		CTX_TEST(same_document_same_bytes), CTX_TEST(csv_escapes), CTX_TEST(xlsx_escapes),
		CTX_TEST(xlsx_numbers_are_exact),
	};

	return RUN_TESTS(tests);
}
