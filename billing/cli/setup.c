/* tollbridge migrate, admin create, source key, conf, demo, whmcs check. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "account/account.h"
#include "base/db.h"
#include "base/migrate.h"
#include "base/random.h"
#include "cli/cli.h"
#include "config.h"
#include "document/document.h"
#include "money/money.h"
#include "stmt.h"
#include "usage/usage.h"
#include "wallet/ledger.h"

/* What every release needs to find: currencies with their house accounts, and
 * a span for each setting that moves money; and a key for links of documents.
 * Safe to repeat. */
static enum errk seed(struct ctx *c)
{
	uint64_t n;

	for (size_t i = 0; i < currencies_count; i++) {
		const struct currency *cur = &currencies[i];

		TRY(q_currency_seed(c, cur->code, cur->digits, cur->minor_e8, cur->symbol,
				    cur->name, strcmp(cur->code, "USD") == 0, &n));
		TRY(ledger_open_house(c, cur->code));
	}
	TRY(document_seed(c));
	return settings_seed(c);
}

enum errk cmd_migrate(struct cli *k)
{
	struct migration *list;
	size_t n;

	TRY(migrate_run(k->c, k->dir ? k->dir : TB_DATADIR "/sql/migrate", k->dry_run, &list, &n));
	jo_arr(k->out, "migrations");
	for (size_t i = 0; i < n; i++) {
		cli_say(k, "%-8s %s", list[i].applied ? "applied" : "missing", list[i].name);
		jo_obj(k->out, NULL);
		jo_u64(k->out, "version", list[i].version);
		jo_str(k->out, "name", list[i].name);
		jo_bool(k->out, "applied", list[i].applied);
		jo_end(k->out);
	}
	jo_end(k->out);
	return k->dry_run ? ERR_OK : seed(k->c);
}

/* First line of a file or of standard input. */
static enum errk read_password(struct cli *k, const char **pw_r)
{
	char line[300] = "";
	FILE *f;

	if (k->password_file == NULL) {
		*pw_r = NULL;
		return ERR_OK;
	}
	f = strcmp(k->password_file, "-") == 0 ? stdin : fopen(k->password_file, "re");
	if (f == NULL)
		return fail(k->c, ERR_INVALID, "conf", "%s: %s", k->password_file, strerror(errno));
	if (fgets(line, sizeof line, f) == NULL)
		line[0] = '\0';
	if (f != stdin)
		fclose(f);
	line[strcspn(line, "\r\n")] = '\0';
	if (strlen(line) < 10 || strlen(line) > 200)
		return fail_field(k->c, "password", "Between 10 and 200 characters.");
	*pw_r = arena_dup(k->c->mem, line);
	return ERR_OK;
}

enum errk cmd_admin_create(struct cli *k)
{
	const char *password, *first = "Portal", *last = "Admin", *space;
	bool made_up;
	uint64_t id;

	TRY(read_password(k, &password));
	made_up = password == NULL;
	if (made_up)
		password = random_token(k->c->mem, 12);
	if (k->name != NULL) {
		space = strchr(k->name, ' ');
		first = space ? arena_dupn(k->c->mem, k->name, (size_t)(space - k->name)) : k->name;
		last = space ? space + 1 : "";
	}
	TRY(staff_create(k->c, k->argv[0], password, first, last,
			 k->role ? k->role : "OWNER", &id));
	cli_say(k, "created staff login %s", k->argv[0]);
	jo_u64(k->out, "id", id);
	jo_str(k->out, "email", k->argv[0]);
	if (made_up) {
		cli_say(k, "password: %s", password);
		jo_str(k->out, "password", password);
	}
	return ERR_OK;
}

static enum errk new_key(struct cli *k, const char *scope)
{
	const char *key;

	TRY(usage_source_key(k->c, k->argv[0], scope, &key));
	cli_say(k, "%s", key);
	jo_str(k->out, "source", k->argv[0]);
	jo_str(k->out, "key", key);
	return ERR_OK;
}

enum errk cmd_source_key(struct cli *k)
{
	return new_key(k, "EVENTS");
}

enum errk cmd_metrics_key(struct cli *k)
{
	return new_key(k, "METRICS");
}

enum errk cmd_conf(struct cli *k)
{
	struct str s;

	str_init(&s, k->c->mem, 1 << 16);
	conf_reference(&s);
	cli_say(k, "%s", s.s);
	jo_str(k->out, "reference", s.s);
	return ERR_OK;
}

/* The bridge holds the WHMCS client and its credentials: it does the probing. */
enum errk cmd_whmcs_check(struct cli *k)
{
	char self[4000];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	const char *conf = k->conf ? k->conf : TB_CONF_PATH;
	char *slash;

	self[n > 0 ? n : 0] = '\0';
	slash = strrchr(self, '/');
	if (slash != NULL) {
		const char *beside = arena_fmt(k->c->mem, "%.*s/tollbridge-bridge",
					       (int)(slash - self), self);

		fflush(stdout);
		execl(beside, beside, "--config", conf, "--check", k->json ? "--json" : NULL, NULL);
		execl(TB_SBINDIR "/tollbridge-bridge", "tollbridge-bridge", "--config", conf,
		      "--check", k->json ? "--json" : NULL, NULL);
	}
	return fail(k->c, ERR_INTERNAL, "internal", "tollbridge-bridge not found: %s",
		    strerror(errno));
}
