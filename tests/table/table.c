/* Runs text tables an accountant can read: each line that holds "->" is a case
 * of its own in TAP. Pure functions only: money, the life of a resource,
 * and when an account is suspended.
 *
 *	parse USD 12.34            -> 1234
 *	display 2 0.004            -> <0.01
 *	minor USD 7.105            -> 7.11
 *	tax 12.34 23               -> 2.84
 *	convert 10 0.92            -> 9.20000000
 *	allocate USD 0.333 0.333   -> 0.33 0.34
 *	life INSTANCE created 0:10 stopped 1:20 -> RUNNING 0-2 STOPPED 2-
 *	life VOLUME created:10 0:10 resized:20 1:20 -> VOLUME*10 0-2 VOLUME*20 2-
 *	unit MB 0.01               -> 0.00001000
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/ctx.h"
#include "catalog/catalog.h"
#include "catalog/price.h"
#include "invoice/invoice.h"
#include "money/money.h"
#include "notify/notify.h"
#include "settings/settings.h"
#include "suspension/suspension.h"
#include "usage/timeline.h"

#define WORDS_MAX 40

struct line {
	struct ctx c;
	char *word[WORDS_MAX];
	size_t n;
};

static const char *refused(struct line *l)
{
	return arena_fmt(l->c.mem, "refused");
}

static const char *do_parse(struct line *l)
{
	int64_t v;

	if (money_parse(&l->c, l->word[2], currency_find(l->word[1]), &v) != ERR_OK)
		return refused(l);
	return arena_fmt(l->c.mem, "%lld", (long long)v);
}

static const char *do_display(struct line *l)
{
	int64_t e8;

	if (amount_parse(&l->c, l->word[2], 8, &e8) != ERR_OK)
		return refused(l);
	return amount_display(l->c.mem, e8, (uint32_t)(l->word[1][0] - '0'));
}

static const char *do_minor(struct line *l)
{
	const struct currency *cur = currency_find(l->word[1]);
	int64_t e8;

	if (amount_parse(&l->c, l->word[2], 8, &e8) != ERR_OK)
		return refused(l);
	return money_text(l->c.mem, amount_to_minor(e8, cur), cur);
}

static const char *do_due(struct line *l)
{
	const struct currency *cur = currency_find(l->word[1]);
	int64_t e8;

	if (amount_parse(&l->c, l->word[2], 8, &e8) != ERR_OK)
		return refused(l);
	return money_text(l->c.mem, amount_to_pay(e8, cur), cur);
}

static const char *do_tax(struct line *l)
{
	const struct currency *cur = currency_find("USD");
	int64_t base, rate;

	if (money_parse(&l->c, l->word[1], cur, &base) != ERR_OK ||
	    amount_parse(&l->c, l->word[2], 4, &rate) != ERR_OK)
		return refused(l);
	return money_text(l->c.mem, tax_of(base, rate / (E8 / 10000)), cur);
}

static const char *do_convert(struct line *l)
{
	int64_t e8, rate, out;

	if (amount_parse(&l->c, l->word[1], 8, &e8) != ERR_OK ||
	    amount_parse(&l->c, l->word[2], 8, &rate) != ERR_OK ||
	    amount_convert(&l->c, e8, rate * 10000, &out) != ERR_OK)
		return refused(l);
	return amount_text(l->c.mem, out);
}

static const char *do_allocate(struct line *l)
{
	const struct currency *cur = currency_find(l->word[1]);
	int64_t exact[WORDS_MAX], minor[WORDS_MAX];
	size_t n = l->n - 2;
	struct str s;

	for (size_t i = 0; i < n; i++)
		if (amount_parse(&l->c, l->word[i + 2], 8, &exact[i]) != ERR_OK)
			return refused(l);
	money_allocate(exact, n, cur, minor);
	str_init(&s, l->c.mem, 1000);
	for (size_t i = 0; i < n; i++)
		str_addf(&s, "%s%s", i > 0 ? " " : "", money_text(l->c.mem, minor[i], cur));
	return s.s;
}

/* unit HOUR|GB_HOUR|MB PRICE: the exact price of what is counted */
static const char *do_unit(struct line *l)
{
	int64_t e8, unit;

	if (amount_parse(&l->c, l->word[2], 8, &e8) != ERR_OK ||
	    price_unit(&l->c, l->word[1], e8, &unit) != ERR_OK)
		return refused(l);
	return amount_text(l->c.mem, unit);
}

/* month PRICE CAP_HOURS */
static const char *do_month(struct line *l)
{
	int64_t e8;

	if (amount_parse(&l->c, l->word[1], 8, &e8) != ERR_OK)
		return refused(l);
	return amount_text(l->c.mem, price_month(e8, (uint32_t)strtoul(l->word[2], NULL, 10)));
}

/* "1:20" or "1:20:30" since the epoch */
static int64_t time_of(const char *text)
{
	long h = 0, m = 0, s = 0;

	if (sscanf(text, "%ld:%ld:%ld", &h, &m, &s) < 2)
		abort();
	return h * 3600 + m * 60 + s;
}

static enum usage_verb verb_of(const char *text)
{
	static const char *const names[] = {
		"created", "started", "stopped", "resized", "deleted",
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(names[i], text) == 0)
			return (enum usage_verb)i;
	abort();
}

static enum resource_type type_of(const char *text)
{
	static const char *const names[] = {
		[RESOURCE_INSTANCE] = "INSTANCE", [RESOURCE_PUBLIC_IP] = "PUBLIC_IP",
		[RESOURCE_SECONDARY_IP] = "SECONDARY_IP", [RESOURCE_VOLUME] = "VOLUME",
		[RESOURCE_SNAPSHOT] = "SNAPSHOT",
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(names[i], text) == 0)
			return (enum resource_type)i;
	abort();
}

/* "created:10": with a size in GB; "resized:20/3": and another storage class */
static struct timeline_event event_of(char *verb, const char *time)
{
	char *size = strchr(verb, ':'), *class = strchr(verb, '/');
	struct timeline_event e = { .at = time_of(time) };

	if (class != NULL)
		*class = '\0';
	if (size != NULL)
		*size = '\0';
	e.verb = verb_of(verb);
	e.quantity = size != NULL ? strtoll(size + 1, NULL, 10) : 0;
	e.offering_id = class != NULL ? strtoull(class + 1, NULL, 10)
			: e.verb == USAGE_CREATED ? 1 : 0;
	return e;
}

static const char *do_life(struct line *l)
{
	enum resource_type type = type_of(l->word[1]);
	struct timeline_event ev[WORDS_MAX];
	struct timeline_span spans[WORDS_MAX + 1];
	struct timeline t = { .spans = spans };
	size_t n = 0;
	struct str s;

	for (size_t i = 2; i + 1 < l->n; i += 2, n++) {
		ev[n] = event_of(l->word[i], l->word[i + 1]);
		if (ev[n].verb == USAGE_RESIZED && type == RESOURCE_INSTANCE)
			ev[n].offering_id = n + 1;
	}
	timeline_build(type, ev, n, &t);
	str_init(&s, l->c.mem, 1000);
	for (size_t i = 0; i < t.n; i++) {
		const char *item = strncmp(spans[i].item, "INSTANCE_", 9) == 0 ? spans[i].item + 9
									       : spans[i].item;

		str_addf(&s, "%s%s%s%s %lld-", i > 0 ? " " : "", item,
			 spans[i].offering_id > 1
				 ? arena_fmt(l->c.mem, "#%llu",
					     (unsigned long long)spans[i].offering_id) : "",
			 spans[i].quantity > 1
				 ? arena_fmt(l->c.mem, "*%lld", (long long)spans[i].quantity) : "",
			 (long long)spans[i].from_hour);
		if (spans[i].to_hour != HOUR_OPEN)
			str_addf(&s, "%lld", (long long)spans[i].to_hour);
	}
	return t.n > 0 ? s.s : "nothing";
}

/* midnight ZONE INSTANT DAYS: when the local day that many days later begins */
static const char *do_midnight(struct line *l)
{
	const struct zone_info *z = zone_load(l->c.mem, l->word[1]);
	int64_t t;

	if (clock_parse(&l->c, l->word[2], &t) != ERR_OK)
		return refused(l);
	return clock_iso(l->c.mem, zone_midnight(z, t, (int32_t)(l->word[3][0] - '0')));
}

static int64_t int_of(const char *text)
{
	int64_t sign = *text == '-' ? -1 : 1, v = 0;

	for (text += *text == '-'; *text >= '0' && *text <= '9'; text++)
		v = v * 10 + (*text - '0');
	return sign * v;
}

/* overdue ZONE DUE_AT DAYS: end of the due day, and the instant of suspension */
static const char *do_overdue(struct line *l)
{
	int64_t t, ended, suspend;

	if (clock_parse(&l->c, l->word[2], &t) != ERR_OK)
		return refused(l);
	suspension_due_day(zone_load(l->c.mem, l->word[1]), t, int_of(l->word[3]), &ended,
			   &suspend);
	return arena_fmt(l->c.mem, "%s %s", clock_iso(l->c.mem, ended),
			 clock_iso(l->c.mem, suspend));
}

/* late AT NOW WALL DAYS: when a document of AT is due that is made then */
static const char *do_late(struct line *l)
{
	struct settings set = { .invoice_due_days = int_of(l->word[4]) };
	int64_t at, now, wall;

	if (clock_parse(&l->c, l->word[1], &at) != ERR_OK ||
	    clock_parse(&l->c, l->word[2], &now) != ERR_OK ||
	    clock_parse(&l->c, l->word[3], &wall) != ERR_OK)
		return refused(l);
	l->c.set = &set;
	l->c.now = now;
	l->c.wall = wall;
	at = invoice_due_at(&l->c, at);
	l->c.set = NULL;
	return clock_iso(l->c.mem, at);
}

/* pause on|off WALL BRIDGE POLLED OUTAGE: why nobody is suspended, and the outage kept */
static const char *do_pause(struct line *l)
{
	struct pause_in in = { strcmp(l->word[1], "on") == 0, int_of(l->word[2]),
			       int_of(l->word[3]), int_of(l->word[4]), int_of(l->word[5]) };
	int64_t outage;
	const char *why = suspension_pause(&in, &outage);

	return arena_fmt(l->c.mem, "%s %lld", why[0] != '\0' ? why : "go", (long long)outage);
}

/* breaker N ACTIVE ALLOWED MAX PERCENT */
static const char *do_breaker(struct line *l)
{
	return suspension_breaker((uint64_t)int_of(l->word[1]), (uint64_t)int_of(l->word[2]),
				  (uint64_t)int_of(l->word[3]), int_of(l->word[4]),
				  int_of(l->word[5])) ? "held" : "go";
}

/* funded LEFT BURN HOURS */
static const char *do_funded(struct line *l)
{
	return suspension_funded(int_of(l->word[1]), int_of(l->word[2]), int_of(l->word[3]))
		       ? "resumes" : "stays";
}

/* "-3,0,3": rising days */
static size_t steps_of(const char *text, int32_t *steps)
{
	size_t n = 0;

	while (*text != '\0') {
		steps[n++] = (int32_t)int_of(text);
		text += strcspn(text, ",");
		text += *text == ',';
	}
	return n;
}

/* limits TEXT: words joined again by a space */
static const char *do_limits(struct line *l)
{
	struct setting_limit limits[LIMITS_MAX];
	const char *text = "";
	struct str s;
	size_t n;

	for (size_t i = 1; i < l->n; i++)
		text = arena_fmt(l->c.mem, "%s%s%s", text, i > 1 ? " " : "", l->word[i]);
	if (settings_limits(&l->c, text, limits, &n) != ERR_OK)
		return refused(l);
	str_init(&s, l->c.mem, 200);
	for (size_t i = 0; i < n; i++)
		str_addf(&s, "%s%s %lld..%lld", i > 0 ? ", " : "", limits[i].cur->code,
			 (long long)limits[i].min_minor, (long long)limits[i].max_minor);
	return n > 0 ? s.s : "none";
}

/* ladder ZONE ISSUED DUE NOW STEPS HOUR LAST */
static const char *do_ladder(struct line *l)
{
	int32_t steps[WORDS_MAX];
	struct ladder_in in = { .zone = zone_load(l->c.mem, l->word[1]), .steps = steps };
	struct ladder_out out;
	struct str s;

	if (clock_parse(&l->c, l->word[2], &in.issued_at) != ERR_OK ||
	    clock_parse(&l->c, l->word[3], &in.due_at) != ERR_OK ||
	    clock_parse(&l->c, l->word[4], &in.now) != ERR_OK)
		return refused(l);
	in.n = steps_of(l->word[5], steps);
	in.hour = int_of(l->word[6]);
	in.any_done = strcmp(l->word[7], "none") != 0;
	in.last_done = in.any_done ? (int32_t)int_of(l->word[7]) : 0;
	ladder_due(&in, &out);
	if (out.from == out.to)
		return "nothing";
	str_init(&s, l->c.mem, 200);
	for (size_t i = out.from; i < out.to; i++)
		str_addf(&s, "%d ", steps[i]);
	str_add(&s, !out.mail ? "silent" : out.overdue ? "overdue" : "reminder");
	return s.s;
}

/* low LEFT BURN HOURS */
static const char *do_low(struct line *l)
{
	return balance_low(int_of(l->word[1]), int_of(l->word[2]), int_of(l->word[3])) ? "low"
										      : "enough";
}

static const struct { const char *name; const char *(*run)(struct line *l); } verbs[] = {
	{ "parse", do_parse },	     { "display", do_display }, { "minor", do_minor },
	{ "due", do_due },	     { "unit", do_unit },	{ "month", do_month },
	{ "tax", do_tax },	     { "convert", do_convert }, { "allocate", do_allocate },
	{ "life", do_life },	     { "midnight", do_midnight },
	{ "limits", do_limits },
	{ "overdue", do_overdue },   { "late", do_late },	{ "ladder", do_ladder },
	{ "low", do_low },
	{ "pause", do_pause },	     { "breaker", do_breaker },	{ "funded", do_funded },
};

static const char *run_line(struct line *l)
{
	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
		if (l->n > 0 && strcmp(verbs[i].name, l->word[0]) == 0)
			return verbs[i].run(l);
	return "unknown verb";
}

static size_t split(char *text, char **word)
{
	size_t n = 0;

	for (char *save = NULL, *w = strtok_r(text, " \t\n", &save); w != NULL && n < WORDS_MAX;
	     w = strtok_r(NULL, " \t\n", &save))
		word[n++] = w;
	return n;
}

static unsigned run_file(const char *path, unsigned *done)
{
	static struct line l;
	char text[1000], shown[2100];
	unsigned failed = 0;
	FILE *f = fopen(path, "re");

	if (f == NULL) {
		printf("Bail out! cannot read %s\n", path);
		exit(1);
	}
	ctx_init(&l.c, 1 << 20);
	while (fgets(text, sizeof text, f) != NULL) {
		char *arrow = strstr(text, "->"), *want;
		const char *got;

		if (text[0] == '#' || arrow == NULL)
			continue;
		*arrow = '\0';
		want = arrow + 2 + strspn(arrow + 2, " \t");
		want[strcspn(want, "\n")] = '\0';
		snprintf(shown, sizeof shown, "%s-> %s", text, want);
		ctx_reset(&l.c);
		l.n = split(text, l.word);
		got = run_line(&l);
		printf("%s %u - %s\n", strcmp(got, want) == 0 ? "ok" : "not ok", ++*done, shown);
		if (strcmp(got, want) != 0) {
			printf("# got: %s\n", got);
			failed++;
		}
	}
	ctx_close(&l.c);
	fclose(f);
	return failed;
}

int main(int argc, char **argv)
{
	unsigned failed = 0, done = 0;

	for (int i = 1; i < argc; i++)
		failed += run_file(argv[i], &done);
	printf("1..%u\n", done);
	return failed > 0;
}
