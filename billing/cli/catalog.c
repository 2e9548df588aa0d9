/* tollbridge catalog load FILE: what is sold, from a file of one JSON object per
 * line (conf/catalog.example.jsonl shows each kind). All of it or nothing; the
 * same file again changes nothing. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/db.h"
#include "catalog/price.h"
#include "cli/cli.h"
#include "money/money.h"
#include "stmt.h"

#define LINE_BYTES 4096

struct load {
	struct cli *k;
	FILE *f;
	const struct json *line;
	uint64_t no, done;
	uint32_t position;
};

static const char *word(const struct load *l, const char *name)
{
	const char *s = json_text(json_get(l->line, name));

	return s != NULL ? s : "";
}

static enum errk code_of(struct load *l, const char *name, const char **code_r)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-_";
	const char *s = word(l, name);

	if (s[0] == '\0' || strlen(s) > 32 || s[strspn(s, letters)] != '\0')
		return fail_field(l->k->c, name, "A code of letters, digits, - and _.");
	*code_r = s;
	return ERR_OK;
}

static enum errk name_of(struct load *l, const char **name_r)
{
	*name_r = word(l, "name");
	if ((*name_r)[0] == '\0' || strlen(*name_r) > 100)
		return fail_field(l->k->c, "name", "A name of 1 to 100 bytes.");
	return ERR_OK;
}

static enum errk number_of(struct load *l, const char *name, int64_t most, uint32_t *v_r)
{
	int64_t v = 0;

	if (!json_i64(json_get(l->line, name), &v) || v < 1 || v > most)
		return fail_field(l->k->c, name, "A number from 1 to %lld.", (long long)most);
	*v_r = (uint32_t)v;
	return ERR_OK;
}

static enum errk currency_of(struct load *l, const char *name, const char *text,
			     const struct currency **cur_r)
{
	*cur_r = currency_find(text);
	if (*cur_r == NULL)
		return fail_field(l->k->c, name, "No currency that is known here.");
	return ERR_OK;
}

/* 0 when there is none. */
static enum errk from_of(struct load *l, int64_t *t_r)
{
	*t_r = 0;
	if (json_get(l->line, "from") == NULL)
		return ERR_OK;
	if (clock_parse(l->k->c, word(l, "from"), t_r) != ERR_OK || *t_r % HOUR_S != 0) {
		err_clear(l->k->c);
		return fail_field(l->k->c, "from", "A full hour like 2026-12-01T00:00:00Z.");
	}
	return ERR_OK;
}

static enum errk load_currency(struct load *l)
{
	const struct currency *cur;
	uint64_t n;

	TRY(currency_of(l, "currency", word(l, "currency"), &cur));
	return q_currency_enable(l->k->c, cur->code, &n);
}

static enum errk load_zone(struct load *l)
{
	const char *code, *name;
	uint64_t n;

	TRY(code_of(l, "zone", &code));
	TRY(name_of(l, &name));
	return q_zone_put(l->k->c, code, name, &n);
}

/* Sizes of instances and storage classes share their codes. */
static enum errk kind_check(struct load *l, const char *name, const char *code, const char *kind)
{
	struct offering_kind_row row;
	enum errk e = q_offering_kind(l->k->c, code, &row);

	if (e == ERR_NOT_FOUND) {
		err_clear(l->k->c);
		return ERR_OK;
	}
	TRY(e);
	return strcmp(row.kind, kind) == 0 ? ERR_OK
		: fail_field(l->k->c, name, "This code belongs to something else.");
}

static enum errk load_offering(struct load *l)
{
	uint32_t vcpu, memory, disk;
	const char *code, *name;
	uint64_t n;

	TRY(code_of(l, "offering", &code));
	TRY(name_of(l, &name));
	TRY(number_of(l, "vcpu", 4096, &vcpu));
	TRY(number_of(l, "memory_mb", 1 << 28, &memory));
	TRY(number_of(l, "disk_gb", 1 << 28, &disk));
	TRY(kind_check(l, "offering", code, "INSTANCE"));
	return q_offering_put(l->k->c, code, name, "INSTANCE", vcpu, memory, disk, ++l->position,
			      &n);
}

static enum errk load_storage(struct load *l)
{
	const char *code, *name;
	uint64_t n;

	TRY(code_of(l, "storage", &code));
	TRY(name_of(l, &name));
	TRY(kind_check(l, "storage", code, "VOLUME"));
	return q_offering_put(l->k->c, code, name, "VOLUME", 0, 0, 0, ++l->position, &n);
}

static enum errk zone_of(struct load *l, uint64_t *id_r)
{
	struct zone_by_code_row zone;
	const char *code;
	enum errk e;

	TRY(code_of(l, "zone", &code));
	e = q_zone_by_code(l->k->c, code, &zone);
	if (e == ERR_NOT_FOUND) {
		err_clear(l->k->c);
		return fail_field(l->k->c, "zone", "No such zone.");
	}
	TRY(e);
	*id_r = zone.id;
	return ERR_OK;
}

/* Instances have prices by offering, volumes by storage class. */
static enum errk offering_of(struct load *l, const char *component, uint64_t *id_r)
{
	bool instance = strcmp(component, "INSTANCE") == 0;
	bool volume = strcmp(component, "VOLUME") == 0;
	const char *name = volume ? "storage" : "offering", *code;
	struct offering_by_code_row row;
	enum errk e;

	*id_r = 0;
	if (!instance && json_get(l->line, "offering") != NULL)
		return fail_field(l->k->c, "offering", "Only instances have prices by offering.");
	if (!volume && json_get(l->line, "storage") != NULL)
		return fail_field(l->k->c, "storage", "Only volumes have prices by storage class.");
	if (!instance && !volume)
		return ERR_OK;
	TRY(code_of(l, name, &code));
	e = q_offering_by_code(l->k->c, code, component, &row);
	if (e == ERR_NOT_FOUND) {
		err_clear(l->k->c);
		return fail_field(l->k->c, name, "No such %s.",
				  volume ? "storage class" : "offering");
	}
	TRY(e);
	*id_r = row.id;
	return ERR_OK;
}

/* Named after what the item is counted in; another name is a mistake, not a default. */
static enum errk unit_of(struct load *l, const char *unit, int64_t *unit_e8_r)
{
	static const char *const names[] = { "per_hour", "per_gb_hour", "per_gb" };
	const char *name = price_field(unit);
	struct ctx *c = l->k->c;
	int64_t e8;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(names[i], name) != 0 && json_get(l->line, names[i]) != NULL)
			return fail_field(c, names[i], "This has a price %s.", name);
	if (amount_parse(c, word(l, name), 8, &e8) != ERR_OK) {
		err_clear(c);
		return fail_field(c, name, "A price like \"0.0068\", at most 8 decimals.");
	}
	return price_unit(c, unit, e8, unit_e8_r);
}

static enum errk cap_of(struct load *l, uint32_t *cap_r)
{
	int64_t v = 0;

	*cap_r = 0;
	if (json_get(l->line, "cap_hours") == NULL)
		return ERR_OK;
	if (!json_i64(json_get(l->line, "cap_hours"), &v) || v < 0 || v > CAP_HOURS_MAX)
		return fail_field(l->k->c, "cap_hours", "%d to %d, or 0 for none.", CAP_HOURS_MIN,
				  CAP_HOURS_MAX);
	*cap_r = (uint32_t)v;
	return ERR_OK;
}

static enum errk load_price(struct load *l)
{
	struct ctx *c = l->k->c;
	struct price_in in = { 0 };
	const struct currency *cur;
	struct item_known_row item;
	int64_t from;
	enum errk e;

	TRY(code_of(l, "price", &in.item));
	e = q_item_known(c, in.item, &item);
	if (e == ERR_NOT_FOUND) {
		err_clear(c);
		return fail_field(c, "price", "INSTANCE_RUNNING, INSTANCE_STOPPED, PUBLIC_IP, "
				  "SECONDARY_IP, VOLUME, SNAPSHOT or TRAFFIC.");
	}
	TRY(e);
	TRY(zone_of(l, &in.zone_id));
	TRY(offering_of(l, item.component, &in.offering_id));
	TRY(currency_of(l, "currency", word(l, "currency"), &cur));
	in.currency = cur->code;
	TRY(unit_of(l, item.unit, &in.unit_e8));
	TRY(cap_of(l, &in.cap_hours));
	TRY(from_of(l, &from));
	in.from_hour = from == 0 ? HOUR_NONE : from / HOUR_S;
	return price_set(c, &in);
}

static enum errk load_tax(struct load *l)
{
	struct tax_text in = { word(l, "country"), word(l, "region"), word(l, "tax"),
			       word(l, "customer"), word(l, "percent"), 0 };

	TRY(from_of(l, &in.from));
	return tax_set(l->k->c, &in);
}

static enum errk load_fx(struct load *l)
{
	const char *pair = word(l, "fx"), *source = word(l, "source");
	struct arena *mem = l->k->c->mem;

	if (strlen(pair) != 7 || pair[3] != '/')
		return fail_field(l->k->c, "fx", "A pair like EUR/USD.");
	return fx_set(l->k->c, &(struct fx_in){ arena_dupn(mem, pair, 3), pair + 4,
						word(l, "rate"),
						source[0] != '\0' ? source : "catalogue", 0 });
}

static enum errk load_address(struct load *l)
{
	const char *s = word(l, "address");
	uint64_t zone, n;

	if (s[0] == '\0' || strlen(s) > 45 || s[strspn(s, "0123456789abcdefABCDEF.:")] != '\0')
		return fail_field(l->k->c, "address", "An IP address.");
	TRY(zone_of(l, &zone));
	return q_address_put(l->k->c, s, zone, &n);
}

/* By the member that names the kind; a price names a zone, an offering or storage
 * class and a currency too, so it comes first. */
static const struct { const char *name; enum errk (*run)(struct load *l); } kinds[] = {
	{ "price", load_price }, { "tax", load_tax }, { "fx", load_fx },
	{ "address", load_address }, { "offering", load_offering },
	{ "storage", load_storage }, { "zone", load_zone }, { "currency", load_currency },
};

static enum errk one_line(struct load *l, const char *text)
{
	struct json *j = NULL;
	enum errk e = ERR_OK;
	size_t i = 0;

	TRY(json_parse(l->k->c, text, strlen(text), &j));
	l->line = j;
	while (i < sizeof kinds / sizeof kinds[0] && json_get(j, kinds[i].name) == NULL)
		i++;
	if (i == sizeof kinds / sizeof kinds[0])
		e = fail_field(l->k->c, "line", "None of price, tax, fx, address, offering, "
			       "storage, zone, currency.");
	else
		e = kinds[i].run(l);
	json_close(&j);
	return e;
}

static enum errk load_body(struct ctx *c, void *arg)
{
	static char text[LINE_BYTES];
	struct load *l = arg;

	rewind(l->f);
	l->no = l->done = 0;
	l->position = 0;
	while (fgets(text, sizeof text, l->f) != NULL) {
		l->no++;
		if (text[strspn(text, " \t\r\n")] == '\0' || text[0] == '#')
			continue;
		TRY(one_line(l, text));
		l->done++;
	}
	if (l->k->dry_run)
		return fail(c, ERR_CONFLICT, "dry.run", "rolled back as asked");
	return ERR_OK;
}

enum errk cmd_catalog_load(struct cli *k)
{
	struct load l = { .k = k, .f = fopen(k->argv[0], "re") };
	enum errk e;

	if (l.f == NULL)
		return fail(k->c, ERR_INVALID, "conf", "cannot read %s: %s", k->argv[0],
			    strerror(errno));
	e = db_tx(k->c, load_body, &l);
	fclose(l.f);
	if (e == ERR_CONFLICT && strcmp(k->c->err.code, "dry.run") == 0) {
		err_clear(k->c);
		e = ERR_OK;
	}
	if (e != ERR_OK) {
		if (!k->json)
			fprintf(stderr, "tollbridge: line %llu, nothing was changed\n",
				(unsigned long long)l.no);
		return e;
	}
	cli_say(k, "%llu lines%s", (unsigned long long)l.done, k->dry_run ? " (rolled back)" : "");
	jo_u64(k->out, "lines", l.done);
	jo_bool(k->out, "dry_run", k->dry_run);
	return ERR_OK;
}
