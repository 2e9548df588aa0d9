/* Taxes of documents against a real server: documents.txt line by line through the
 * biller, notes over them, then planted faults. TB_DB_SOCKET names the server. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "account/account.h"
#include "account/tax.h"
#include "account/vatid.h"
#include "base/clock.h"
#include "base/db.h"
#include "base/migrate.h"
#include "biller/run.h"
#include "catalog/price.h"
#include "invoice/note.h"
#include "money/money.h"
#include "promo/discount.h"
#include "settings/settings.h"
#include "stmt.h"
#include "verify/verify.h"
#include "wallet/ledger.h"

#define WORDS_MAX 40
#define MAY_2027 INT64_C(1809129600)	/* 2027-05-01 */

static struct conf conf;
static unsigned done, failed;

static void say(bool good, const char *name, const char *got)
{
	printf("%s %u - %s\n", good ? "ok" : "not ok", ++done, name);
	if (!good) {
		printf("# got: %s\n", got);
		failed++;
	}
}

static void ok(struct ctx *c, enum errk k, const char *what)
{
	if (k == ERR_OK)
		return;
	printf("Bail out! %s: %s %s %s\n", what, errk_name(k), c->err.code,
	       c->err.detail ? c->err.detail : "");
	exit(1);
}

static void sql(struct ctx *c, const char *text)
{
	ok(c, db_run_text(c, text, strlen(text)), text);
}

static void open_ctx(struct ctx *c, struct settings_cache **cache)
{
	ctx_init(c, 16 << 20);
	c->db = db_new(&conf);
	c->wall = clock_wall();
	c->actor = "test";
	*cache = settings_cache_new();
	ok(c, settings_begin(c, *cache), "settings");
	c->now = MAY_2027 + 600;
}

static void close_ctx(struct ctx *c, struct settings_cache **cache)
{
	settings_cache_free(cache);
	ctx_close(c);
}

static void set(const char *key, const char *value)
{
	struct setting_changed out;
	struct settings_cache *cache;
	struct ctx c;

	open_ctx(&c, &cache);
	ok(&c, settings_change(&c, &(struct setting_change){ .key = key, .value = value,
		.version = UINT64_MAX, .reason = "test" }, &out), key);
	close_ctx(&c, &cache);
}

/* ---- documents.txt ---- */

struct line {
	struct ctx *c;
	char *word[WORDS_MAX];
	size_t n;
	uint64_t account;
	char country[3];
	const char *state;
	int64_t end;		/* of the first cycle, an instant */
};

/* "NAME=" of a word; NULL: the word is not that one. */
static char *after(char *word, const char *name)
{
	size_t n = strlen(name);

	return strncmp(word, name, n) == 0 ? word + n : NULL;
}

static const char *value_of(const struct line *l, const char *name)
{
	for (size_t i = 1; i < l->n; i++)
		if (after(l->word[i], name) != NULL)
			return after(l->word[i], name);
	return NULL;
}

static int64_t seconds(const char *text)
{
	int64_t sign = text[0] == '-' ? -1 : 1, v = 0;

	for (text += text[0] == '-' || text[0] == '+'; *text >= '0' && *text <= '9'; text++)
		v = v * 10 + (*text - '0');
	return sign * v;
}

/* O:US/Texas */
static void customer(struct line *l)
{
	struct account_created made;
	struct plan_state_row s;
	const char *who = l->word[0], *tz = value_of(l, "tz="), *id = value_of(l, "id=");
	static unsigned n;

	snprintf(l->country, sizeof l->country, "%.2s", who + 2);
	l->state = who[4] == '/' ? who + 5 : "";
	ok(l->c, account_create(l->c, &(struct account_in){
		.category = who[0] == 'O' ? "ORGANIZATION" : "INDIVIDUAL",
		.email = arena_fmt(l->c->mem, "t%u@example.com", ++n), .first_name = "Ada",
		.last_name = "Byron", .company = "Engines", .country = l->country,
		.state = l->state, .currency = l->word[1], .plan = "POSTPAID", .tax_id = id,
		.timezone = tz, .by_staff = true }, &made), "account");
	l->account = made.account_id;
	ok(l->c, q_plan_state(l->c, l->account, &s), "state");
	l->end = s.cycle_to_hour * HOUR_S;
}

/* An address that is held for one hour, at a price of its own. */
static void use(struct line *l, const char *amount)
{
	struct arena *mem = l->c->mem;
	unsigned long long zone = 1000 + l->account;
	long long h = hour_floor(l->end) - 2;
	int64_t e8;

	ok(l->c, amount_parse(l->c, amount, 8, &e8), amount);
	sql(l->c, arena_fmt(mem, "INSERT INTO price (item, zone_id, offering_id, currency, "
			    "unit_e8, from_hour, to_hour) VALUES ('PUBLIC_IP', %llu, 0, '%s', "
			    "%lld, 0, 4000000000)", zone, l->word[1], (long long)e8));
	sql(l->c, arena_fmt(mem, "INSERT INTO resource (account_id, type, source, source_ref, "
			    "name, zone_id, state, offering_id) VALUES (%llu, 'PUBLIC_IP', "
			    "'test', '%llu', 'ip', %llu, 'DELETED', 0)",
			    (unsigned long long)l->account, zone, zone));
	sql(l->c, arena_fmt(mem, "INSERT INTO resource_state (resource_id, from_hour, to_hour, "
			    "account_id, item, zone_id, offering_id, quantity, acquired_at) "
			    "SELECT id, %lld, %lld, account_id, 'PUBLIC_IP', zone_id, 0, 1, 0 "
			    "FROM resource WHERE source_ref = '%llu'", h, h + 1, zone));
}

/* rule=NAME:PERCENT[:i|:o][:/REGION][:from=S][:to=S], S seconds from the cycle's end */
static void rule(struct line *l, char *text)
{
	char *save = NULL, *name = strtok_r(text, ":", &save);
	char *percent = strtok_r(NULL, ":", &save), *w;
	const char *region = "", *whose = "";
	int64_t from = 0, to = TIME_END, e8;

	while ((w = strtok_r(NULL, ":", &save)) != NULL) {
		if (w[0] == '/')
			region = w + 1;
		else if (after(w, "from=") != NULL)
			from = l->end + seconds(after(w, "from="));
		else if (after(w, "to=") != NULL)
			to = l->end + seconds(after(w, "to="));
		else
			whose = w[0] == 'o' ? "ORGANIZATION" : "INDIVIDUAL";
	}
	ok(l->c, amount_parse(l->c, percent, 4, &e8), percent);
	sql(l->c, arena_fmt(l->c->mem, "INSERT INTO tax_rule (country, region, name, customer, "
			    "rate_ppm, valid_from, valid_to) VALUES ('%s', '%s', '%s', '%s', "
			    "%lld, %lld, %lld)", l->country, region, name, whose,
			    (long long)(e8 / 10000), (long long)from, (long long)to));
}

/* found=RESULT@S: staff writes down a check at that instant */
static void found(struct line *l, char *text)
{
	char *at = strchr(text, '@');

	*at++ = '\0';
	l->c->now = l->end + seconds(at);
	ok(l->c, evidence_add(l->c, &(struct evidence_in){ .account_id = l->account,
		.result = text, .source = "VIES", .reference = "WAPIAAAA" }), "evidence");
}

/* move=CC@S, renumber=ID@S: the account changes at that instant */
static void change(struct line *l, char *text, bool country)
{
	char *at = strchr(text, '@');

	*at++ = '\0';
	l->c->now = l->end + seconds(at);
	ok(l->c, account_update(l->c, l->account, &(struct account_in){
		.country = country ? text : NULL, .tax_id = country ? NULL : text }), "update");
}

/* exempt=CERTIFICATE@FROM..TO */
static void exempt(struct line *l, char *text)
{
	char *from = strchr(text, '@'), *to = strstr(text, "..");

	*from++ = '\0';
	l->c->now = MAY_2027 + 700;
	ok(l->c, exemption_add(l->c, &(struct exemption_in){ .account_id = l->account,
		.certificate = text, .from = l->end + seconds(from),
		.to = l->end + seconds(to + 2) }), "exemption");
}

static void fx(struct line *l, const char *rate)
{
	l->c->now = MAY_2027 + 1000 + (int64_t)l->account;
	ok(l->c, fx_set(l->c, &(struct fx_in){ l->word[1], "USD", rate, "ECB", 0 }), "rate");
}

static void prepare(struct line *l)
{
	char *w;

	sql(l->c, "DELETE FROM tax_rule");
	customer(l);
	for (size_t i = 2; i < l->n; i++) {
		if ((w = after(l->word[i], "rule=")) != NULL)
			rule(l, w);
		else if ((w = after(l->word[i], "found=")) != NULL)
			found(l, w);
		else if ((w = after(l->word[i], "move=")) != NULL)
			change(l, w, true);
		else if ((w = after(l->word[i], "renumber=")) != NULL)
			change(l, w, false);
		else if ((w = after(l->word[i], "exempt=")) != NULL)
			exempt(l, w);
		else if ((w = after(l->word[i], "fx=")) != NULL)
			fx(l, w);
	}
	use(l, value_of(l, "use="));
}

static void document(struct line *l, struct str *s, uint64_t id)
{
	struct arena *mem = l->c->mem;
	struct invoice_taxes_row *taxes;
	struct invoice_fx_get_row in;
	struct invoice_get_row inv;
	const struct currency *cur;
	enum errk k;
	size_t n;

	ok(l->c, q_invoice_get(l->c, l->account, id, &inv), "document");
	cur = currency_find(inv.currency);
	ok(l->c, q_invoice_taxes(l->c, id, &taxes, &n), "taxes");
	str_add(s, money_text(mem, inv.subtotal_minor, cur));
	for (size_t i = 0; i < n; i++) {
		bool charged = strcmp(taxes[i].category, "S") == 0;

		str_addf(s, " +%s %s%% %s", taxes[i].name, percent_text(mem, taxes[i].rate_ppm),
			 money_text(mem, taxes[i].tax_minor, cur));
		if (!charged)
			str_addf(s, " %s", taxes[i].category);
		if (taxes[i].base_minor != inv.subtotal_minor ||
		    (taxes[i].reason[0] == '\0') != charged)
			str_add(s, " (wrong base or reason)");
	}
	str_addf(s, " =%s", money_text(mem, inv.total_minor, cur));
	k = q_invoice_fx_get(l->c, id, &in);
	err_clear(l->c);
	if (k == ERR_OK)
		str_addf(s, " in %s %s at %s", in.currency,
			 money_text(mem, in.tax_minor, currency_find(in.currency)),
			 fx_text(mem, in.rate_e12));
}

/* What is asked beforehand is what the invoice then says: one function. */
static void estimated(struct line *l, struct str *s, uint64_t id)
{
	struct invoice_get_row inv;
	struct tax_sum sum;

	ok(l->c, q_invoice_get(l->c, l->account, id, &inv), "document");
	ok(l->c, tax_estimate(l->c, l->account, l->end - 1, inv.subtotal_minor +
			      (inv.tax_inclusive ? inv.tax_minor : 0), &sum), "estimate");
	if (sum.base_minor != inv.subtotal_minor || sum.tax_minor != inv.tax_minor ||
	    sum.total_minor != inv.total_minor || sum.inclusive != inv.tax_inclusive)
		str_add(s, " (estimated otherwise)");
}

/* credit=1.00,2.00,rest and debit=1.00 */
static void notes(struct line *l, struct str *s, uint64_t invoice)
{
	struct invoice_lines_row *rows;
	uint64_t id = 0;
	size_t n;

	ok(l->c, q_invoice_lines(l->c, invoice, 0, 1, &rows, &n), "lines");
	l->c->now = l->end + 700;
	for (size_t i = 2; i < l->n; i++) {
		char *credits = after(l->word[i], "credit="), *save = NULL;
		char *debit = after(l->word[i], "debit=");

		for (char *a = credits ? strtok_r(credits, ",", &save) : NULL; a != NULL;
		     a = strtok_r(NULL, ",", &save)) {
			struct note_part part = { rows[0].id, a };
			bool rest = strcmp(a, "rest") == 0;

			ok(l->c, credit_note(l->c, &(struct credit_note_in){
				.account_id = l->account, .invoice_id = invoice, .reason = "test",
				.parts = rest ? NULL : &part, .nparts = rest ? 0 : 1,
				.key = arena_fmt(l->c->mem, "%llu.%p", (unsigned long long)invoice,
						 (void *)a) }, &id), "credit note");
			str_add(s, " | ");
			document(l, s, id);
		}
		if (debit == NULL)
			continue;
		ok(l->c, debit_note(l->c, &(struct debit_note_in){ .account_id = l->account,
			.invoice_id = invoice, .reason = "test", .description = "more",
			.amount = debit, .key = arena_fmt(l->c->mem, "d%llu",
							  (unsigned long long)invoice) },
			&id), "debit note");
		str_add(s, " | ");
		document(l, s, id);
	}
}

static const char *run_line(struct line *l)
{
	struct bill_stats st = { 0 };
	struct invoice_newest_row *inv;
	struct str s;
	size_t n;

	prepare(l);
	l->c->now = l->end + 600;
	ok(l->c, bill_run(l->c, NULL, &st), "bill run");
	str_init(&s, l->c->mem, 4000);
	ok(l->c, q_invoice_newest(l->c, l->account, UINT64_MAX, 1, &inv, &n), "invoice");
	if (n == 0)
		return "none";
	document(l, &s, inv->id);
	estimated(l, &s, inv->id);
	notes(l, &s, inv->id);
	return s.s;
}

static void settings_of(struct line *l)
{
	static char seller[3] = "";
	static bool inclusive;
	const char *there = value_of(l, "seller=");
	bool in = false;

	for (size_t i = 2; i < l->n; i++)
		in = in || strcmp(l->word[i], "inclusive") == 0;
	if (in != inclusive)
		set("tax.inclusive", in ? "1" : "0");
	inclusive = in;
	if (strcmp(there != NULL ? there : "", seller) != 0)
		set("seller.country", there != NULL ? there : "");
	snprintf(seller, sizeof seller, "%s", there != NULL ? there : "");
}

static void run_file(const char *path)
{
	struct settings_cache *cache;
	char text[1000], name[1000];
	FILE *f = fopen(path, "re");
	struct ctx c;

	if (f == NULL) {
		printf("Bail out! cannot read %s\n", path);
		exit(1);
	}
	while (fgets(text, sizeof text, f) != NULL) {
		struct line l = { .c = &c };
		char *arrow = strstr(text, "->"), *want, *save = NULL;
		const char *got;

		if (text[0] == '#' || arrow == NULL)
			continue;
		text[strcspn(text, "\n")] = '\0';
		memcpy(name, text, sizeof name);
		*arrow = '\0';
		want = arrow + 2 + strspn(arrow + 2, " ");
		for (char *w = strtok_r(text, " ", &save); w != NULL && l.n < WORDS_MAX;
		     w = strtok_r(NULL, " ", &save))
			l.word[l.n++] = w;
		settings_of(&l);
		open_ctx(&c, &cache);
		got = run_line(&l);
		say(strcmp(got, want) == 0, name, got);
		close_ctx(&c, &cache);
	}
	fclose(f);
}

/* ---- VAT ids ---- */

static void vat_ids(void)
{
	static const struct { const char *country, *good, *bad; } ids[] = {
		{ "AT", "ATU13585627", "ATU13585626" },
		{ "BE", "BE 0428.759.497", "BE0428759498" },
		{ "BG", "BG175074752", "BG175074751" },
		{ "BG", "BG7523169263", "BG7552A10004" },
		{ "CY", "CY10259033P", "CY10259033Z" },
		{ "CZ", "CZ25123891", "CZ25123890" },
		{ "DE", "de136695976", "DE136695978" },
		{ "DK", "DK13585628", "DK13585627" },
		{ "EE", "EE100931558", "EE100594103" },
		{ "ES", "ESX2482300W", "ESX2482300A" },
		{ "ES", "ES54362315K", "ES54362315Z" },
		{ "ES", "ESJ99216582", "ESJ99216583" },
		{ "FI", "FI20774740", "FI20774741" },
		{ "FR", "FR40303265045", "FR84323140391" },
		{ "FR", "FRK7399859412", "FRI7399859412" },
		{ "GR", "EL094259216", "GR094259216" },
		{ "GR", "EL023456780", "EL123456781" },
		{ "HR", "HR33392005961", "HR33392005962" },
		{ "HU", "HU12892312", "HU12892313" },
		{ "IE", "IE6433435F", "IE6433435E" },
		{ "IE", "IE8D79739I", "IE8D79738J" },
		{ "IT", "IT00743110157", "IT00743110158" },
		{ "LT", "LT119511515", "LT100001919018" },
		{ "LT", "LT100001919017", "LT119511525" },
		{ "LU", "LU15027442", "LU15027443" },
		{ "LV", "LV40003521600", "LV40003521601" },
		{ "MT", "MT11679112", "MT11679113" },
		{ "NL", "NL004495445B01", "NL123456789B90" },
		{ "PL", "PL8567346215", "PL8567346216" },
		{ "PT", "PT501964843", "PT501964842" },
		{ "RO", "RO18547290", "RO18547291" },
		{ "SE", "SE556188840401", "SE556188840301" },
		{ "SI", "SI50223054", "SI50223055" },
		{ "SK", "SK2022749619", "SK2022749618" },
	};
	static const char *const never[] = { "", "DE", "136695976", "FR136695976", "DE13669597",
					     "DE1366959766", "DE13669597A", "DE 13669\xc3\xa4",
					     "DE1366959761366959766666" };

	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
		say(vat_id_ok(ids[i].country, ids[i].good), ids[i].good, "refused");
		say(!vat_id_ok(ids[i].country, ids[i].bad), ids[i].bad, "accepted");
	}
	for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
		say(!vat_id_ok("DE", never[i]), never[i], "accepted");
	say(!vat_member("GB") && !vat_member("CH") && !vat_member("") && vat_member("GR"),
	    "members", "");
}

/* ---- what is refused ---- */

static bool refused(struct ctx *c, enum errk k, const char *field)
{
	bool good = k == ERR_INVALID && c->err.nfields == 1 &&
		    strcmp(c->err.fields[0].name, field) == 0;

	err_clear(c);
	return good;
}

static void refusals(struct ctx *c)
{
	char who[] = "O:FR", currency[] = "EUR", id[] = "id=FR40303265046";
	struct line l = { .c = c, .word = { who, currency, id }, .n = 3 };
	struct evidence_in e = { .result = "VALID", .source = "VIES", .reference = "1" };
	struct exemption_in x = { .certificate = "A", .from = MAY_2027, .to = MAY_2027 + 100 };
	struct tax_text t = { "FR", "", "VAT", "", "20", 0 };

	customer(&l);
	e.account_id = x.account_id = l.account;
	say(refused(c, evidence_add(c, &e), "vat_id"), "no evidence that it is valid: it cannot be",
	    "");
	e.result = "INVALID";
	say(evidence_add(c, &e) == ERR_OK, "that it is not can be written down", "");
	e.checked_at = c->now + 1;
	say(refused(c, evidence_add(c, &e), "checked_at"), "a check that is still to be made", "");
	ok(c, exemption_add(c, &x), "exemption");
	x.from += 99;
	x.to += 99;
	say(refused(c, exemption_add(c, &x), "from"), "two certificates at a time", "");
	x.from++;
	say(exemption_add(c, &x) == ERR_OK, "one after the other", "");
	x.to = x.from;
	say(refused(c, exemption_add(c, &x), "to"), "a certificate for no time", "");
	ok(c, tax_set(c, &t), "tax");
	t.percent = "21";
	t.from = c->now - 1;
	say(refused(c, tax_set(c, &t), "from"), "the past keeps its rate", "");
	t.percent = "100.0001";
	say(refused(c, tax_set(c, &t), "percent"), "more than 100 %", "");
	t.percent = "20";
	t.customer = "BOTH";
	say(refused(c, tax_set(c, &t), "customer"), "no such customers", "");
	say(refused(c, fx_set(c, &(struct fx_in){ "EUR", "EUR", "1", "x", 0 }), "to_currency"),
	    "a rate of a currency to itself", "");
	say(refused(c, fx_set(c, &(struct fx_in){ "EUR", "USD", "1.1", "x", c->now - 1 }), "from"),
	    "a rate of the past", "");
}

/* ---- verify ---- */

static uint64_t violations(struct ctx *c, const char *id)
{
	struct invariant *list;

	ok(c, verify_all(c, &list), "verify");
	for (size_t i = 0; i < invariants_count; i++)
		if (strcmp(list[i].id, id) == 0)
			return list[i].value;
	return 1;
}

static void clean(struct ctx *c)
{
	struct invariant *list;

	ok(c, verify_all(c, &list), "verify");
	for (size_t i = 0; i < invariants_count; i++)
		say(list[i].value == 0, arena_fmt(c->mem, "afterwards: %s", list[i].title),
		    arena_fmt(c->mem, "%llu", (unsigned long long)list[i].value));
}

static void planted(struct ctx *c)
{
	static const struct { const char *id, *fault, *mend; } faults[] = {
		{ "invoice.taxes", "UPDATE invoice_tax SET reason = 'none' WHERE category = 'S' "
		  "ORDER BY invoice_id LIMIT 1",
		  "UPDATE invoice_tax SET reason = '' WHERE category = 'S'" },
		{ "invoice.taxes", "UPDATE invoice_tax SET category = 'S' WHERE category = 'AE' "
		  "ORDER BY invoice_id LIMIT 1", "UPDATE invoice_tax SET category = 'AE' "
		  "WHERE category = 'S' AND reason LIKE 'Reverse%'" },
		{ "invoice.lines", "UPDATE invoice SET tax_inclusive = 1 - tax_inclusive "
		  "WHERE tax_minor > 0 ORDER BY id LIMIT 1",
		  "UPDATE invoice SET tax_inclusive = 1 - tax_inclusive "
		  "WHERE tax_minor > 0 ORDER BY id LIMIT 1" },
		{ "invoice.untaxed", "UPDATE tax_evidence SET vat_id = CONCAT('x', vat_id)",
		  "UPDATE tax_evidence SET vat_id = SUBSTR(vat_id, 2)" },
		{ "invoice.untaxed", "UPDATE tax_evidence SET result = 'UNKNOWN', "
		  "reference = 'was' WHERE result = 'VALID'", "UPDATE tax_evidence "
		  "SET result = 'VALID' WHERE reference = 'was'" },
		{ "invoice.untaxed", "UPDATE tax_evidence SET voided_at = recorded_at, "
		  "open_key = NULL WHERE open_key IS NOT NULL", "UPDATE tax_evidence SET "
		  "voided_at = NULL, open_key = account_id WHERE voided_by IS NULL" },
		{ "invoice.untaxed", "UPDATE tax_evidence SET recorded_at = recorded_at - 1, "
		  "checked_at = checked_at - 1 WHERE voided_at IS NULL", "UPDATE tax_evidence SET "
		  "recorded_at = recorded_at + 1, checked_at = checked_at + 1 "
		  "WHERE voided_at IS NULL" },
		{ "invoice.untaxed", "UPDATE tax_exemption SET certificate = '?'",
		  "UPDATE tax_exemption SET certificate = 'A'" },
		{ "invoice.untaxed", "INSERT INTO tax_exemption (account_id, certificate, "
		  "valid_from, valid_to, recorded_at, recorded_by) SELECT account_id, 'two', "
		  "valid_from, valid_to, recorded_at, 'test' FROM tax_exemption LIMIT 1",
		  "DELETE FROM tax_exemption WHERE certificate = 'two'" },
		{ "invoice.fx", "UPDATE invoice_fx SET tax_minor = tax_minor + 1 "
		  "ORDER BY invoice_id LIMIT 1", "UPDATE invoice_fx SET tax_minor = tax_minor - 1 "
		  "ORDER BY invoice_id LIMIT 1" },
		{ "invoice.fx", "UPDATE invoice_fx SET source = 'ECB2' "
		  "ORDER BY invoice_id LIMIT 1", "UPDATE invoice_fx SET source = 'ECB'" },
		{ "invoice.taxes", "INSERT INTO tax_rule (country, name, customer, rate_ppm, "
		  "valid_from, valid_to) VALUES ('ZZ', 'A', 'INDIVIDUAL', 1, 0, 2), "
		  "('ZZ', 'A', 'INDIVIDUAL', 2, 1, 3)", "DELETE FROM tax_rule WHERE "
		  "country = 'ZZ'" },
	};

	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
		uint64_t before = violations(c, faults[i].id), with;

		sql(c, faults[i].fault);
		with = violations(c, faults[i].id);
		sql(c, faults[i].mend);
		say(before == 0 && with > 0 && violations(c, faults[i].id) == 0,
		    arena_fmt(c->mem, "%s sees: %s", faults[i].id, faults[i].fault),
		    arena_fmt(c->mem, "%llu, %llu", (unsigned long long)before,
			      (unsigned long long)with));
	}
}

/* ---- the server ---- */

static void install(void)
{
	struct settings_cache *cache = settings_cache_new();
	struct migration *list;
	struct ctx c;
	uint64_t n;
	size_t count;

	ctx_init(&c, 16 << 20);
	c.db = db_new(&conf);
	c.wall = clock_wall();
	c.actor = "test";
	ok(&c, migrate_run(&c, getenv("TB_MIGRATE_DIR"), false, &list, &count), "migrations");
	for (size_t i = 0; i < currencies_count; i++) {
		const struct currency *cur = &currencies[i];

		ok(&c, q_currency_seed(&c, cur->code, cur->digits, cur->minor_e8, cur->symbol,
				       cur->name, true, &n), "currency");
		ok(&c, ledger_open_house(&c, cur->code), "house");
	}
	ok(&c, settings_seed(&c), "settings");
	sql(&c, "INSERT INTO price (item, zone_id, offering_id, currency, unit_e8, from_hour, "
		"to_hour) SELECT 'PUBLIC_IP', 1, 0, code, 1, 0, 4000000000 FROM currency");
	settings_cache_free(&cache);
	ctx_close(&c);
	set("currency.multi", "1");
	set("prepaid.hourly", "0");
}

static void load_conf(void)
{
	char path[] = "/tmp/tollbridge-tax-XXXXXX";
	const char *socket = getenv("TB_DB_SOCKET");
	int fd = mkstemp(path);
	struct ctx c;

	if (fd < 0 || socket == NULL) {
		printf("Bail out! no server\n");
		exit(1);
	}
	dprintf(fd, "[database]\nsocket = %s\nname = tollbridge_test\nuser = root\n", socket);
	close(fd);
	ctx_init(&c, 1 << 20);
	ok(&c, conf_load(&c, path, &conf), "configuration");
	unlink(path);
	ctx_close(&c);
}

int main(int argc, char **argv)
{
	struct settings_cache *cache;
	struct ctx c;

	setvbuf(stdout, NULL, _IOLBF, 0);
	vat_ids();
	load_conf();
	install();
	for (int i = 1; i < argc; i++)
		run_file(argv[i]);
	open_ctx(&c, &cache);
	clean(&c);
	planted(&c);
	refusals(&c);
	close_ctx(&c, &cache);
	printf("1..%u\n", done);
	return failed > 0;
}
