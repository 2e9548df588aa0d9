/* A workbook of one sheet: six small XML files in a ZIP archive, stored as
 * they are. A number is written as the decimal text that the API gives, so no
 * floating point has a part in it (a library would ask for doubles, and for a
 * temporary file besides); the number format shows it with its decimals. Text
 * is text by its type: a formula cannot come out of it. */
#include "document/private.h"

#include <string.h>

/* ---- ZIP ---- */

#define FILES 6
#define DOS_DATE 0x0021		/* 1 January 1980: the archive says nothing of when */

struct zip_file { const char *name; struct str data; uint32_t crc, at; };

static uint32_t crc32_of(const char *s, size_t len)
{
	static const uint32_t nibble[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
		0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < len; i++) {
		crc ^= (unsigned char)s[i];
		crc = crc >> 4 ^ nibble[crc & 15];
		crc = crc >> 4 ^ nibble[crc & 15];
	}
	return ~crc;
}

static void le(struct str *out, uint32_t v, int bytes)
{
	for (int i = 0; i < bytes; i++)
		str_addn(out, &(unsigned char){ (unsigned char)(v >> 8 * i) }, 1);
}

/* What both headers of a file have in common. */
static void zip_facts(struct str *out, const struct zip_file *f)
{
	le(out, 20, 2);			/* version that can read it */
	le(out, 0x0800, 2);		/* names are UTF-8 */
	le(out, 0, 2);			/* stored */
	le(out, 0, 2);			/* time */
	le(out, DOS_DATE, 2);
	le(out, f->crc, 4);
	le(out, (uint32_t)f->data.len, 4);
	le(out, (uint32_t)f->data.len, 4);
	le(out, (uint32_t)strlen(f->name), 2);
	le(out, 0, 2);			/* no extra field */
}

static void zip_write(struct str *out, struct zip_file *files, size_t n)
{
	uint32_t start;

	for (size_t i = 0; i < n; i++) {
		struct zip_file *f = &files[i];

		f->at = (uint32_t)out->len;
		f->crc = crc32_of(f->data.s, f->data.len);
		le(out, 0x04034b50, 4);
		zip_facts(out, f);
		str_add(out, f->name);
		str_addn(out, f->data.s, f->data.len);
	}
	start = (uint32_t)out->len;
	for (size_t i = 0; i < n; i++) {
		le(out, 0x02014b50, 4);
		le(out, 20, 2);		/* version that made it */
		zip_facts(out, &files[i]);
		le(out, 0, 2);		/* no comment */
		le(out, 0, 4);		/* disk, internal attributes */
		le(out, 0, 4);
		le(out, files[i].at, 4);
		str_add(out, files[i].name);
	}
	le(out, 0x06054b50, 4);
	le(out, 0, 4);
	le(out, (uint32_t)n, 2);
	le(out, (uint32_t)n, 2);
	le(out, (uint32_t)out->len - 12 - start, 4);
	le(out, start, 4);
	le(out, 0, 2);
}

/* ---- XML ---- */

/* "_x0041_" in a cell would be read as "A". */
static bool looks_escaped(const char *s)
{
	return s[0] == '_' && s[1] == 'x' && strspn(s + 2, "0123456789abcdefABCDEF") >= 4 &&
	       s[6] == '_';
}

static void xml_text(struct str *out, const char *text)
{
	for (const char *s = text; *s != '\0'; s++) {
		unsigned char ch = (unsigned char)*s;

		/* XML 1.0 has neither U+FFFE and U+FFFF nor most control characters */
		if (strncmp(s, "\xef\xbf\xbe", 3) == 0 || strncmp(s, "\xef\xbf\xbf", 3) == 0) {
			s += 2;
			continue;
		}
		if (ch == '&')
			str_add(out, "&amp;");
		else if (ch == '<')
			str_add(out, "&lt;");
		else if (ch == '>')
			str_add(out, "&gt;");
		else if (ch == '"')
			str_add(out, "&quot;");
		else if (looks_escaped(s))
			str_add(out, "_x005F_");
		else if (ch >= 0x20 || ch == '\n' || ch == '\t')
			str_addn(out, s, 1);
	}
}

enum style { PLAIN, BOLD, HEAD, HEAD_RIGHT, MONEY, MONEY_BOLD, PRICE, WHOLE, WRAP };

struct sheet { struct str *out; uint32_t row; };

static void row_begin(struct sheet *s)
{
	str_addf(s->out, "<row r=\"%u\">", ++s->row);
}

static void row_end(struct sheet *s)
{
	str_add(s->out, "</row>");
}

static void text_cell(struct sheet *s, char column, enum style style, const char *text)
{
	if (text == NULL || text[0] == '\0')
		return;
	str_addf(s->out, "<c r=\"%c%u\" s=\"%d\" t=\"inlineStr\"><is><t xml:space=\"preserve\">",
		 column, s->row, (int)style);
	xml_text(s->out, text);
	str_add(s->out, "</t></is></c>");
}

/* Spreadsheets keep 15 digits; what has more stays text, so that nothing that is
 * shown was rounded. */
static void number_cell(struct sheet *s, char column, enum style style, const char *decimal)
{
	size_t digits = 0;

	if (decimal == NULL)
		return;
	for (const char *p = decimal; *p != '\0'; p++)
		digits += *p >= '0' && *p <= '9' && (digits > 0 || *p != '0');
	if (digits > 15 || strspn(decimal, "-0123456789.") != strlen(decimal)) {
		text_cell(s, column, style, decimal);
		return;
	}
	str_addf(s->out, "<c r=\"%c%u\" s=\"%d\"><v>%s</v></c>", column, s->row, (int)style,
		 decimal);
}

/* ---- the sheet ---- */

/* Not every program makes room for the lines of a text by itself. */
static void pair(struct sheet *s, const char *name, const char *value)
{
	uint32_t lines = 1;

	if (value == NULL || value[0] == '\0')
		return;
	for (const char *p = value; *p != '\0'; p++)
		lines += *p == '\n';
	str_addf(s->out, "<row r=\"%u\" ht=\"%u\" customHeight=\"1\">", ++s->row, 15 * lines);
	text_cell(s, 'A', BOLD, name);
	text_cell(s, 'B', WRAP, value);
	row_end(s);
}

static void sum(struct sheet *s, enum style style, const char *name, const char *amount)
{
	row_begin(s);
	text_cell(s, 'B', style == MONEY_BOLD ? BOLD : PLAIN, name);
	number_cell(s, 'F', style, amount);
	row_end(s);
}

static void table(struct ctx *c, struct sheet *s, const struct doc *d)
{
	row_begin(s);
	text_cell(s, 'A', HEAD, "Position");
	text_cell(s, 'B', HEAD, "Description");
	text_cell(s, 'C', HEAD_RIGHT, "Quantity");
	text_cell(s, 'D', HEAD_RIGHT, arena_fmt(c->mem, "Unit price (%s)", d->currency));
	text_cell(s, 'E', HEAD_RIGHT, arena_fmt(c->mem, "Exact (%s)", d->currency));
	text_cell(s, 'F', HEAD_RIGHT, arena_fmt(c->mem, "Amount (%s)", d->currency));
	text_cell(s, 'G', HEAD, "Unit");
	row_end(s);
	for (size_t i = 0; i < d->nlines; i++) {
		const struct doc_line *l = &d->lines[i];

		row_begin(s);
		number_cell(s, 'A', WHOLE, arena_fmt(c->mem, "%u", l->position));
		text_cell(s, 'B', WRAP, l->description);
		number_cell(s, 'C', l->quantity != NULL && strchr(l->quantity, '.') != NULL
					     ? PRICE : WHOLE, l->quantity);
		number_cell(s, 'D', PRICE, l->unit_exact);
		number_cell(s, 'E', PRICE, l->exact);
		number_cell(s, 'F', MONEY, l->amount);
		text_cell(s, 'G', PLAIN, l->counted == NULL ? "" : l->counted);
		row_end(s);
	}
	sum(s, MONEY, d->subtotal_label, d->subtotal);
	for (size_t i = 0; i < d->ntaxes; i++)
		sum(s, MONEY, arena_fmt(c->mem, "%s %s%% on %s", d->taxes[i].name,
					d->taxes[i].rate_percent, d->taxes[i].base),
		    d->taxes[i].amount);
	sum(s, MONEY_BOLD, "Total", d->total);
	if (d->settled != NULL)
		sum(s, MONEY, d->settled_label, d->settled);
	if (d->kind->payable)
		sum(s, MONEY_BOLD, arena_fmt(c->mem, "%s as at issue", d->kind->due), d->open);
	for (size_t i = 0; i < d->nremarks; i++) {
		row_begin(s);
		text_cell(s, 'B', WRAP, d->remarks[i]);
		row_end(s);
	}
}

#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define MAIN "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define PACKAGE "http://schemas.openxmlformats.org/package/2006/"
#define TYPE "application/vnd.openxmlformats-officedocument.spreadsheetml."

static void sheet_xml(struct ctx *c, const struct doc *d, struct str *out)
{
	struct sheet s = { .out = out };

	str_add(out, XML "<worksheet xmlns=\"" MAIN "\"><sheetPr><pageSetUpPr fitToPage=\"1\"/>"
		"</sheetPr><cols>"
		"<col min=\"1\" max=\"1\" width=\"12\" customWidth=\"1\"/>"
		"<col min=\"2\" max=\"2\" width=\"60\" customWidth=\"1\"/>"
		"<col min=\"3\" max=\"7\" width=\"18\" customWidth=\"1\"/></cols><sheetData>");
	pair(&s, d->kind->title, d->number);
	pair(&s, "Invoice", d->ref);
	pair(&s, "Reason", d->reason);
	pair(&s, "From", d->seller);
	pair(&s, "To", d->buyer);
	pair(&s, "Date", d->issued);
	pair(&s, "Due", d->due);
	pair(&s, "Period", d->period);
	pair(&s, "Time zone", d->zone);
	pair(&s, "Currency", d->currency);
	s.row++;
	table(c, &s, d);
	str_add(out, "</sheetData><pageSetup paperSize=\"9\" orientation=\"landscape\" "
		"fitToHeight=\"0\"/>"
		"</worksheet>");
}

#define XF(format, font, fill, inside) \
	"<xf numFmtId=\"" format "\" fontId=\"" font "\" fillId=\"" fill "\" borderId=\"0\" " \
	"xfId=\"0\" applyNumberFormat=\"1\" applyFont=\"1\" applyFill=\"1\" " \
	"applyAlignment=\"1\">" inside "</xf>"

/* Cell formats in the order of enum style. */
static void styles_xml(struct ctx *c, const struct doc *d, struct str *out)
{
	const char *places = arena_dupn(c->mem, ".00000000", d->digits > 0 ? d->digits + 1 : 0);

	str_addf(out, XML "<styleSheet xmlns=\"" MAIN "\"><numFmts count=\"2\">"
		 "<numFmt numFmtId=\"164\" formatCode=\"#,##0%s\"/>"
		 "<numFmt numFmtId=\"165\" formatCode=\"#,##0.00######\"/></numFmts>", places);
	str_add(out, "<fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font>"
		"<font><b/><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts>"
		"<fills count=\"3\"><fill><patternFill patternType=\"none\"/></fill>"
		"<fill><patternFill patternType=\"gray125\"/></fill>"
		"<fill><patternFill patternType=\"solid\"><fgColor rgb=\"FFF0F5F6\"/>"
		"</patternFill></fill></fills>"
		"<borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border>"
		"</borders><cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" "
		"fillId=\"0\" borderId=\"0\"/></cellStyleXfs><cellXfs count=\"9\">"
		XF("0", "0", "0", "") XF("0", "1", "0", "") XF("0", "1", "2", "")
		XF("0", "1", "2", "<alignment horizontal=\"right\"/>")
		XF("164", "0", "0", "") XF("164", "1", "0", "") XF("165", "0", "0", "")
		XF("3", "0", "0", "")
		XF("0", "0", "0", "<alignment vertical=\"top\" wrapText=\"1\"/>")
		"</cellXfs><cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" "
		"builtinId=\"0\"/></cellStyles></styleSheet>");
}

enum errk doc_xlsx(struct ctx *c, const struct doc *d, struct str *out)
{
	struct zip_file f[FILES] = {
		{ .name = "[Content_Types].xml" }, { .name = "_rels/.rels" },
		{ .name = "xl/workbook.xml" }, { .name = "xl/_rels/workbook.xml.rels" },
		{ .name = "xl/styles.xml" }, { .name = "xl/worksheets/sheet1.xml" },
	};

	for (size_t i = 0; i < FILES; i++)
		str_init(&f[i].data, c->mem, DOC_BYTES_MAX);
	str_add(&f[0].data, XML "<Types xmlns=\"" PACKAGE "content-types\">"
		"<Default Extension=\"rels\" ContentType=\"application/"
		"vnd.openxmlformats-package.relationships+xml\"/>"
		"<Override PartName=\"/xl/workbook.xml\" ContentType=\"" TYPE "sheet.main+xml\"/>"
		"<Override PartName=\"/xl/styles.xml\" ContentType=\"" TYPE "styles+xml\"/>"
		"<Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"" TYPE
		"worksheet+xml\"/></Types>");
	str_add(&f[1].data, XML "<Relationships xmlns=\"" PACKAGE "relationships\">"
		"<Relationship Id=\"rId1\" Type=\"" OFFICE "/officeDocument\" "
		"Target=\"xl/workbook.xml\"/></Relationships>");
	str_add(&f[2].data, XML "<workbook xmlns=\"" MAIN "\" xmlns:r=\"" OFFICE "\"><sheets>"
		"<sheet name=\"Document\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>");
	str_add(&f[3].data, XML "<Relationships xmlns=\"" PACKAGE "relationships\">"
		"<Relationship Id=\"rId1\" Type=\"" OFFICE "/worksheet\" "
		"Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" Type=\"" OFFICE
		"/styles\" Target=\"styles.xml\"/></Relationships>");
	styles_xml(c, d, &f[4].data);
	sheet_xml(c, d, &f[5].data);
	zip_write(out, f, FILES);
	return ERR_OK;
}
