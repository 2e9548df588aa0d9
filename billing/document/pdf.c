/* A4 pages by Pango and Cairo. All geometry is in Pango units (1/1024 point),
 * whole numbers; pango_units_to_double() is the door to Cairo. The document is
 * drawn twice, first to nowhere: only then is it known how many pages it has. */
#include "document/private.h"

#include <string.h>

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#define PT PANGO_SCALE
#define PAGE_W 609562		/* 210 mm */
#define PAGE_H 862095		/* 297 mm */
#define LEFT (48 * PT)
#define RIGHT (PAGE_W - 48 * PT)
#define WIDTH (RIGHT - LEFT)
#define TOP (44 * PT)
#define FOOT (34 * PT)		/* below the footer */
#define GAP (6 * PT)
#define NOTE_H (72 * PT)	/* most of the page that head and foot may take each */
#define LOGO_W (170 * PT)
#define LOGO_H (52 * PT)

/* Latin, Greek, Cyrillic; then Arabic, Hebrew; then Indic, Thai; then Chinese,
 * Japanese, Korean. Pango takes the first that has a character. */
#define FAMILIES "Liberation Sans,DejaVu Sans,FreeSans,WenQuanYi Micro Hei,sans-serif"

enum font { BODY, SMALL, LABEL, STRONG, ADDRESS, TITLE, NAME, FONTS };
static const char *const fonts[FONTS] = {
	[BODY] = FAMILIES " 9", [SMALL] = FAMILIES " 7.5", [LABEL] = FAMILIES " Bold 7.5",
	[STRONG] = FAMILIES " Bold 9.5", [ADDRESS] = FAMILIES " 9", [TITLE] = FAMILIES " Bold 20",
	[NAME] = FAMILIES " Bold 13",
};

/* Anybody's text must leave room for the rest: in all (units), or lines (below
 * zero); what is over ends in dots. 0: whole, whatever its length. */
static const int most[FONTS] = { [SMALL] = NOTE_H, [STRONG] = -3, [ADDRESS] = -3, [NAME] = -3 };

enum ink { INK, MUTED, ACCENT, RULE, SHADE };
static const struct { int r, g, b; } inks[] = {		/* of 255 */
	[INK] = { 24, 32, 38 }, [MUTED] = { 95, 105, 112 }, [ACCENT] = { 11, 107, 117 },
	[RULE] = { 205, 211, 214 }, [SHADE] = { 240, 245, 246 },
};

struct pen {
	const struct doc *d;
	cairo_t *cr;
	PangoLayout *layout;
	PangoFontDescription *font[FONTS];
	int y, bottom;		/* next line; where the page's content ends */
	int foot_h;
	uint32_t page, pages, unknown;
};

static uint32_t last_unknown;

uint32_t doc_pdf_unknown(void)
{
	return last_unknown;
}

/* ---- marks on paper ---- */

static void ink(struct pen *p, enum ink i)
{
	cairo_set_source_rgb(p->cr, pango_units_to_double(inks[i].r * PT / 255),
			     pango_units_to_double(inks[i].g * PT / 255),
			     pango_units_to_double(inks[i].b * PT / 255));
}

static void box(struct pen *p, enum ink i, int x, int y, int w, int h)
{
	ink(p, i);
	cairo_rectangle(p->cr, pango_units_to_double(x), pango_units_to_double(y),
			pango_units_to_double(w), pango_units_to_double(h));
	cairo_fill(p->cr);
}

/* For Pango LEFT is where a paragraph begins; here it is the left. */
static PangoAlignment side(PangoLayout *layout, PangoAlignment align)
{
	if (pango_layout_get_direction(layout, 0) != PANGO_DIRECTION_RTL)
		return align;
	return align == PANGO_ALIGN_LEFT ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT;
}

static int set_text(struct pen *p, enum font f, int w, PangoAlignment align, const char *text)
{
	int h;

	pango_layout_set_font_description(p->layout, p->font[f]);
	pango_layout_set_width(p->layout, w);
	pango_layout_set_height(p->layout, most[f] != 0 ? most[f] : -1);
	pango_layout_set_ellipsize(p->layout, most[f] != 0 && w > 0 ? PANGO_ELLIPSIZE_END :
				   PANGO_ELLIPSIZE_NONE);
	pango_layout_set_text(p->layout, text, -1);
	pango_layout_set_alignment(p->layout, side(p->layout, align));
	pango_layout_get_size(p->layout, NULL, &h);
	return h;
}

static int height(struct pen *p, enum font f, int w, const char *text)
{
	return text[0] == '\0' ? 0 : set_text(p, f, w, PANGO_ALIGN_LEFT, text);
}

/* Returns how high it became. */
static int text(struct pen *p, enum font f, enum ink i, int x, int y, int w,
		PangoAlignment align, const char *s)
{
	int h;

	if (s[0] == '\0')
		return 0;
	h = set_text(p, f, w, align, s);
	p->unknown += (uint32_t)pango_layout_get_unknown_glyphs_count(p->layout);
	if (p->pages == 0)
		return h;	/* only counting pages */
	ink(p, i);
	cairo_move_to(p->cr, pango_units_to_double(x), pango_units_to_double(y));
	pango_cairo_show_layout(p->cr, p->layout);
	return h;
}

static int larger(int a, int b)
{
	return a > b ? a : b;
}

/* ---- logo ---- */

struct bytes { const uint8_t *at; size_t left; };

static cairo_status_t png_read(void *closure, unsigned char *to, unsigned int n)
{
	struct bytes *b = closure;

	if (n > b->left)
		return CAIRO_STATUS_READ_ERROR;
	memcpy(to, b->at, n);
	b->at += n;
	b->left -= n;
	return CAIRO_STATUS_SUCCESS;
}

static cairo_surface_t *png_surface(const uint8_t *png, size_t len)
{
	struct bytes b = { png, len };

	return cairo_image_surface_create_from_png_stream(png_read, &b);
}

bool doc_png_reads(const uint8_t *png, size_t len)
{
	cairo_surface_t *s = png_surface(png, len);
	bool good = cairo_surface_status(s) == CAIRO_STATUS_SUCCESS;

	cairo_surface_destroy(s);
	return good;
}

/* Fitted into its field; never larger than 72 dots per inch. */
static int logo(struct pen *p, int x, int y)
{
	cairo_surface_t *s = png_surface(p->d->logo, p->d->logo_len);
	int w = cairo_image_surface_get_width(s), h = cairo_image_surface_get_height(s), scale;

	if (cairo_surface_status(s) != CAIRO_STATUS_SUCCESS || w <= 0 || h <= 0) {
		cairo_surface_destroy(s);
		return 0;
	}
	scale = LOGO_W / w < LOGO_H / h ? LOGO_W / w : LOGO_H / h;
	scale = scale > PT ? PT : scale;
	cairo_save(p->cr);
	cairo_translate(p->cr, pango_units_to_double(x), pango_units_to_double(y));
	cairo_scale(p->cr, pango_units_to_double(scale), pango_units_to_double(scale));
	cairo_set_source_surface(p->cr, s, 0, 0);
	cairo_paint(p->cr);
	cairo_restore(p->cr);
	cairo_surface_destroy(s);
	return h * scale;
}

/* ---- parts of a page ---- */

static const char *first_line(struct ctx *c, const char *lines)
{
	return arena_dupn(c->mem, lines, strcspn(lines, "\n"));
}

static void title(struct ctx *c, struct pen *p)
{
	const struct doc *d = p->d;
	int left = 0, right;

	box(p, ACCENT, 0, 0, PAGE_W, 5 * PT);
	if (d->logo != NULL)
		left = logo(p, LEFT, TOP);
	if (left == 0)
		left = text(p, NAME, INK, LEFT, TOP, WIDTH / 2, PANGO_ALIGN_LEFT,
			    first_line(c, d->seller));
	right = text(p, TITLE, ACCENT, LEFT + WIDTH / 2, TOP - 4 * PT, WIDTH / 2,
		     PANGO_ALIGN_RIGHT, d->kind->title);
	right += text(p, STRONG, INK, LEFT + WIDTH / 2, TOP - 2 * PT + right, WIDTH / 2,
		      PANGO_ALIGN_RIGHT, d->number);
	p->y = TOP + larger(left, right) + 2 * GAP;
	p->y += text(p, SMALL, MUTED, LEFT, p->y, WIDTH, PANGO_ALIGN_LEFT, d->header);
	p->y += 2 * GAP;
}

static int party(struct ctx *c, struct pen *p, const char *label, int x, int w, const char *who)
{
	int y = p->y;

	y += text(p, LABEL, MUTED, x, y, w, PANGO_ALIGN_LEFT, label) + 2 * PT;
	/* each line has a direction of its own */
	for (const char *s = who; *s != '\0'; s += strcspn(s, "\n"), s += *s == '\n')
		y += text(p, s == who ? STRONG : ADDRESS, INK, x, y, w, PANGO_ALIGN_LEFT,
			  first_line(c, s)) + PT;
	return y;
}

static int fact(struct pen *p, int x, int w, int y, const char *label, const char *value)
{
	int h;

	if (value == NULL)
		return y;
	h = text(p, LABEL, MUTED, x, y + PT, w / 3, PANGO_ALIGN_LEFT, label);
	h = larger(h, text(p, BODY, INK, x + w / 3, y, w - w / 3, PANGO_ALIGN_LEFT, value));
	return y + h + 2 * PT;
}

/* A period is broken behind its dash, nowhere else. */
static const char *broken(struct ctx *c, const char *period)
{
	char *s = arena_dup(c->mem, period), *dash = strstr(s, "\xe2\x80\x93 ");

	if (dash != NULL)
		dash[3] = '\n';
	return s;
}

static void parties(struct ctx *c, struct pen *p)
{
	const struct doc *d = p->d;
	int w = (WIDTH - 4 * GAP) / 3, x = LEFT + 2 * (w + 2 * GAP), y = p->y, low;

	low = party(c, p, "From", LEFT, w, d->seller);
	low = larger(low, party(c, p, "To", LEFT + w + 2 * GAP, w, d->buyer));
	y = fact(p, x, w, y, "Number", d->number);
	y = fact(p, x, w, y, "Invoice", d->ref);
	y = fact(p, x, w, y, "Date", d->issued);
	y = fact(p, x, w, y, "Due", d->due);
	y = fact(p, x, w, y, "Period", d->period == NULL ? NULL : broken(c, d->period));
	y = fact(p, x, w, y, "Currency", d->currency);
	if (strcmp(d->zone, "UTC") != 0 || d->period != NULL)
		y = fact(p, x, w, y, "Time zone", d->zone);
	p->y = larger(low, y) + 4 * GAP;
	if (d->reason != NULL && d->reason[0] != '\0')
		p->y += text(p, BODY, INK, LEFT, p->y, WIDTH, PANGO_ALIGN_LEFT,
			     arena_fmt(c->mem, "Reason: %s", d->reason)) + 2 * GAP;
}

static void running_head(struct ctx *c, struct pen *p)
{
	int h = text(p, SMALL, MUTED, LEFT, TOP - 14 * PT, WIDTH / 2, PANGO_ALIGN_LEFT,
		     first_line(c, p->d->seller));

	h = larger(h, text(p, SMALL, MUTED, LEFT + WIDTH / 2, TOP - 14 * PT, WIDTH / 2,
			   PANGO_ALIGN_RIGHT,
			   arena_fmt(c->mem, "%s %s", p->d->kind->title, p->d->number)));
	p->y = TOP - 14 * PT + h + 2 * GAP;
}

static void page_begin(struct ctx *c, struct pen *p)
{
	p->page++;
	p->bottom = PAGE_H - FOOT - p->foot_h - 3 * GAP;
	if (p->page > 1) {
		running_head(c, p);
		return;
	}
	title(c, p);
	parties(c, p);
}

static void page_end(struct ctx *c, struct pen *p)
{
	int y = PAGE_H - FOOT - p->foot_h, w = 90 * PT;

	box(p, RULE, LEFT, y - GAP, WIDTH, PT / 2);
	text(p, SMALL, MUTED, LEFT, y, WIDTH - w, PANGO_ALIGN_LEFT, p->d->footer);
	text(p, SMALL, MUTED, RIGHT - w, y, w, PANGO_ALIGN_RIGHT,
	     arena_fmt(c->mem, "Page %u of %u", p->page, p->pages));
	cairo_show_page(p->cr);
}

/* A new page unless that much fits on this one. */
static void room_for(struct ctx *c, struct pen *p, int h)
{
	if (p->y + h <= p->bottom)
		return;
	page_end(c, p);
	page_begin(c, p);
}

/* ---- the table ---- */

#define W_COUNT (96 * PT)
#define W_UNIT (92 * PT)
#define W_AMOUNT (92 * PT)

static int w_description(const struct pen *p)
{
	return WIDTH - W_AMOUNT - (p->d->kind->usage ? W_COUNT + W_UNIT : 0) - 2 * GAP;
}

static void cells(struct pen *p, enum font f, enum ink i, const char *description,
		  const char *count, const char *unit, const char *amount)
{
	int x = LEFT + GAP + w_description(p);

	text(p, f, i, LEFT + GAP, p->y, w_description(p), PANGO_ALIGN_LEFT, description);
	if (p->d->kind->usage) {
		text(p, f, i, x, p->y, W_COUNT, PANGO_ALIGN_RIGHT, count == NULL ? "" : count);
		text(p, f, i, x + W_COUNT, p->y, W_UNIT, PANGO_ALIGN_RIGHT,
		     unit == NULL ? "" : unit);
		x += W_COUNT + W_UNIT;
	}
	text(p, f, i, x, p->y, W_AMOUNT, PANGO_ALIGN_RIGHT, amount);
}

static void table_head(struct ctx *c, struct pen *p)
{
	int h = height(p, LABEL, -1, "X");

	box(p, SHADE, LEFT, p->y - 4 * PT, WIDTH, h + 8 * PT);
	cells(p, LABEL, INK, "Description", "Quantity",
	      arena_fmt(c->mem, "Unit price (%s)", p->d->currency),
	      arena_fmt(c->mem, "Amount (%s)", p->d->currency));
	p->y += h + 4 * PT + GAP;
}

static void table(struct ctx *c, struct pen *p)
{
	room_for(c, p, 60 * PT);
	table_head(c, p);
	for (size_t i = 0; i < p->d->nlines; i++) {
		const struct doc_line *l = &p->d->lines[i];
		int h = height(p, BODY, w_description(p), l->description);

		h = larger(h, height(p, BODY, -1, "0"));
		if (p->y + h > p->bottom) {
			page_end(c, p);
			page_begin(c, p);
			table_head(c, p);
		}
		cells(p, BODY, INK, l->description,
		      l->quantity == NULL ? NULL
			      : arena_fmt(c->mem, "%s %s", l->quantity, l->counted),
		      l->unit, l->amount);
		p->y += h + 3 * PT;
		box(p, RULE, LEFT, p->y, WIDTH, PT / 4);
		p->y += 3 * PT;
	}
	p->y += GAP;
}

/* ---- below the table ---- */

static void sum(struct pen *p, enum font f, const char *label, const char *value)
{
	int w = WIDTH / 2 - GAP, h;

	h = text(p, f, INK, LEFT + WIDTH / 2, p->y, w - W_AMOUNT, PANGO_ALIGN_LEFT, label);
	h = larger(h, text(p, f, INK, RIGHT - GAP - W_AMOUNT, p->y, W_AMOUNT, PANGO_ALIGN_RIGHT,
			   value));
	p->y += h + 4 * PT;
}

static void sums(struct ctx *c, struct pen *p)
{
	const struct doc *d = p->d;
	int one = height(p, STRONG, -1, "X") + 4 * PT;

	room_for(c, p, one * (int)(6 + 2 * d->ntaxes));
	sum(p, BODY, d->subtotal_label, d->subtotal);
	for (size_t i = 0; i < d->ntaxes; i++)
		sum(p, BODY, arena_fmt(c->mem, "%s %s%% on %s", d->taxes[i].name,
				       d->taxes[i].rate_percent, d->taxes[i].base),
		    d->taxes[i].amount);
	box(p, INK, LEFT + WIDTH / 2, p->y, WIDTH / 2, PT / 2);
	p->y += 4 * PT;
	sum(p, STRONG, arena_fmt(c->mem, "Total (%s)", d->currency), d->total);
	if (d->settled != NULL)
		sum(p, BODY, d->settled_label, d->settled);
	if (d->kind->payable)
		sum(p, STRONG, arena_fmt(c->mem, "%s as at issue (%s)", d->kind->due, d->currency),
		    d->open);
	p->y += GAP;
}

static void remarks(struct ctx *c, struct pen *p)
{
	const struct doc *d = p->d;

	for (size_t i = 0; i < d->nremarks; i++) {
		room_for(c, p, height(p, BODY, WIDTH, d->remarks[i]) + GAP);
		p->y += text(p, BODY, INK, LEFT, p->y, WIDTH, PANGO_ALIGN_LEFT, d->remarks[i]) +
			2 * PT;
	}
}

static void instructions(struct ctx *c, struct pen *p)
{
	const char *say = p->d->instructions;
	int label, h;

	if (say[0] == '\0')
		return;
	label = height(p, LABEL, WIDTH, "X");
	h = height(p, BODY, WIDTH, say);
	room_for(c, p, label + h + 4 * GAP);
	p->y += 2 * GAP;
	p->y += text(p, LABEL, MUTED, LEFT, p->y, WIDTH, PANGO_ALIGN_LEFT, "How to pay") + 2 * PT;
	p->y += text(p, BODY, INK, LEFT, p->y, WIDTH, PANGO_ALIGN_LEFT, say);
}

/* ---- the whole ---- */

static cairo_status_t collect(void *closure, const unsigned char *data, unsigned int n)
{
	struct str *out = closure;

	if (n > out->max - out->len)
		return CAIRO_STATUS_WRITE_ERROR;
	str_addn(out, data, n);
	return CAIRO_STATUS_SUCCESS;
}

/* Nothing of the moment, nothing of the machine. */
static void metadata(struct ctx *c, cairo_surface_t *s, const struct doc *d)
{
	cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_TITLE,
				       arena_fmt(c->mem, "%s %s", d->kind->title, d->number));
	cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_AUTHOR, first_line(c, d->seller));
	cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_CREATOR, "Tollbridge");
	cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_CREATE_DATE,
				       clock_iso(c->mem, d->issued_at));
}

static void pen_open(struct pen *p, cairo_surface_t *s, PangoFontMap *map)
{
	PangoAttrList *attributes = pango_attr_list_new();
	PangoContext *context = pango_font_map_create_context(map);

	p->cr = cairo_create(s);
	p->layout = pango_layout_new(context);
	pango_cairo_update_context(p->cr, context);
	/* Points are points, and text is set the same at every place. */
	pango_cairo_context_set_resolution(context, 72);
	pango_context_set_round_glyph_positions(context, FALSE);
	pango_context_set_language(context, pango_language_from_string("en"));
	pango_layout_context_changed(p->layout);
	g_object_unref(context);
	pango_layout_set_wrap(p->layout, PANGO_WRAP_WORD_CHAR);
	/* a name of a machine has no hyphen where the line happens to end */
	pango_attr_list_insert(attributes, pango_attr_insert_hyphens_new(FALSE));
	pango_layout_set_attributes(p->layout, attributes);
	pango_attr_list_unref(attributes);
	for (int i = 0; i < FONTS; i++)
		p->font[i] = pango_font_description_from_string(fonts[i]);
	p->foot_h = larger(height(p, SMALL, WIDTH - 90 * PT, p->d->footer),
			   height(p, SMALL, -1, "X"));
}

static void pen_close(struct pen *p)
{
	for (int i = 0; i < FONTS; i++)
		pango_font_description_free(p->font[i]);
	g_object_unref(p->layout);
	cairo_destroy(p->cr);
}

static void draw(struct ctx *c, const struct doc *d, cairo_surface_t *s, PangoFontMap *map,
		 struct pen *p)
{
	*p = (struct pen){ .d = d, .pages = p->page };
	pen_open(p, s, map);
	page_begin(c, p);
	table(c, p);
	sums(c, p);
	remarks(c, p);
	instructions(c, p);
	page_end(c, p);
	pen_close(p);
	cairo_surface_finish(s);
}

enum errk doc_pdf(struct ctx *c, const struct doc *d, struct str *out)
{
	cairo_surface_t *s = cairo_pdf_surface_create(NULL, pango_units_to_double(PAGE_W),
						      pango_units_to_double(PAGE_H));
	/* A map of its own: no document depends on what was set before it, and
	 * nothing of the fonts stays behind in a worker. */
	PangoFontMap *map = pango_cairo_font_map_new();
	struct pen p = { 0 };
	cairo_status_t st;

	draw(c, d, s, map, &p);
	cairo_surface_destroy(s);
	s = cairo_pdf_surface_create_for_stream(collect, out, pango_units_to_double(PAGE_W),
						pango_units_to_double(PAGE_H));
	metadata(c, s, d);
	draw(c, d, s, map, &p);
	g_object_unref(map);
	st = cairo_surface_status(s);
	cairo_surface_destroy(s);
	last_unknown = p.unknown;
	if (st != CAIRO_STATUS_SUCCESS)
		return fail(c, ERR_INTERNAL, "document.render", "%s: %s", d->number,
			    cairo_status_to_string(st));
	return ERR_OK;
}
