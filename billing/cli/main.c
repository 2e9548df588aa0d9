#include "base/db.h"
#include "cli/cli.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "config.h"

static const struct command {
	const char *words, *args, *help;
	enum errk (*run)(struct cli *k);
	bool needs_settings;
} commands[] = {
#define COMMAND(words, args, fn, needs, help) { words, args, help, fn, needs },
#include "cli/commands.def"
#undef COMMAND
};
#define NCOMMANDS (sizeof commands / sizeof commands[0])

void cli_say(const struct cli *k, const char *fmt, ...)
{
	va_list ap;

	if (k->json)
		return;
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

enum errk cli_id(struct cli *k, const char *field, const char *text, uint64_t *id_r)
{
	*id_r = 0;
	for (const char *s = text; *s != '\0'; s++) {
		if (*s < '0' || *s > '9' || *id_r > UINT32_MAX)
			return fail_field(k->c, field, "Not a number.");
		*id_r = *id_r * 10 + (uint64_t)(*s - '0');
	}
	return *id_r > 0 ? ERR_OK : fail_field(k->c, field, "Not a number.");
}

static void usage(FILE *f)
{
	fputs("usage: tollbridge [--config FILE] [--json] COMMAND [ARGUMENTS] [OPTIONS]\n\n", f);
	for (size_t i = 0; i < NCOMMANDS; i++)
		fprintf(f, "  %-16s %-14s %s\n", commands[i].words, commands[i].args,
			commands[i].help);
	fputs("\nOptions:\n"
	      "  --config FILE         boot configuration (default " TB_CONF_PATH ")\n"
	      "  --json                answer as one JSON object\n"
	      "  --dry-run             show what would happen\n"
	      "  --reason TEXT         kept in the history\n"
	      "  --notes REASON        differences of issued invoices become notes on them\n"
	      "  --dir DIR             migrations (default " TB_DATADIR "/sql/migrate)\n"
	      "  --role ROLE           OWNER (default), BILLING, SUPPORT or ACCOUNTANT\n"
	      "  --name \"FIRST LAST\"   of a staff login\n"
	      "  --password-file FILE  first line is the password; - reads standard input\n"
	      "  --help, --version\n\n"
	      "Exit: 0 done, 1 failed or a check found something, 2 wrong usage.\n", f);
}

/* How many words of argv a command's name takes; 0: it does not match. */
static int match(const char *words, int argc, char **argv)
{
	int n = 0;

	while (*words != '\0') {
		size_t len = strcspn(words, " ");

		if (n == argc || strlen(argv[n]) != len || strncmp(argv[n], words, len) != 0)
			return 0;
		n++;
		words += len + (words[len] == ' ');
	}
	return n;
}

static const struct command *find(struct cli *k, int argc, char **argv)
{
	const struct command *best = NULL;
	int best_n = 0;

	for (size_t i = 0; i < NCOMMANDS; i++) {
		int n = match(commands[i].words, argc, argv);

		if (n > best_n) {
			best = &commands[i];
			best_n = n;
		}
	}
	k->argv = argv + best_n;
	k->argc = argc - best_n;
	return best;
}

/* Arguments in [] may be left out. */
static bool arguments_fit(const struct command *cmd, int argc)
{
	int least = 0, most = 0;

	for (const char *s = cmd->args; *s != '\0'; s += strcspn(s, " "), s += *s == ' ') {
		least += *s != '[';
		most++;
	}
	return argc >= least && argc <= most;
}

static void json_failure(const struct cli *k)
{
	const struct err_record *e = &k->c->err;
	struct jout *out = jo_new(k->c);

	jo_obj(out, "error");
	jo_str(out, "code", e->code);
	jo_str(out, "message", e->message ? e->message : err_text(e->code));
	jo_str(out, "detail", e->detail);
	jo_arr(out, "fields");
	for (size_t i = 0; i < e->nfields; i++) {
		jo_obj(out, NULL);
		jo_str(out, "name", e->fields[i].name);
		jo_str(out, "message", e->fields[i].message);
		jo_end(out);
	}
	jo_end(out);
	jo_end(out);
	puts(jo_text(out, NULL));
	jo_free(&out);
}

static void print_failure(const struct cli *k)
{
	const struct err_record *e = &k->c->err;

	if (k->json) {
		json_failure(k);
		return;
	}
	fprintf(stderr, "tollbridge: %s (%s)\n", e->message ? e->message : err_text(e->code),
		e->code);
	if (e->detail != NULL && e->nfields == 0)
		fprintf(stderr, "  %s\n", e->detail);
	for (size_t i = 0; i < e->nfields; i++)
		fprintf(stderr, "  %s: %s\n", e->fields[i].name, e->fields[i].message);
}

static int run(struct cli *k, const struct command *cmd)
{
	enum errk e = ERR_OK;

	k->c = &k->boot.ctx;
	k->cache = settings_cache_new();
	k->out = jo_new(k->c);
	if (cmd->needs_settings)
		e = settings_begin(k->c, k->cache);
	if (e == ERR_OK)
		e = cmd->run(k);
	if (e == ERR_OK && k->json)
		puts(jo_text(k->out, NULL));
	if (e != ERR_OK) {
		print_failure(k);
		k->exit_code = e == ERR_INVALID ? 2 : EXIT_FAILURE;
	}
	jo_free(&k->out);
	settings_cache_free(&k->cache);
	return k->exit_code;
}

static int options(struct cli *k, int argc, char **argv)
{
	enum {
		O_CONFIG = 1, O_JSON, O_DRY, O_REASON, O_DIR, O_ROLE, O_NAME, O_PASS, O_NOTES,
		O_HELP, O_VER
	};
	static const struct option table[] = {
		{ "config", required_argument, NULL, O_CONFIG },
		{ "json", no_argument, NULL, O_JSON }, { "dry-run", no_argument, NULL, O_DRY },
		{ "reason", required_argument, NULL, O_REASON },
		{ "dir", required_argument, NULL, O_DIR },
		{ "role", required_argument, NULL, O_ROLE },
		{ "name", required_argument, NULL, O_NAME },
		{ "password-file", required_argument, NULL, O_PASS },
		{ "notes", required_argument, NULL, O_NOTES },
		{ "help", no_argument, NULL, O_HELP }, { "version", no_argument, NULL, O_VER },
		{ 0 }
	};
	int opt;

	while ((opt = getopt_long(argc, argv, "", table, NULL)) != -1)
		switch (opt) {
		case O_CONFIG: k->conf = optarg; break;
		case O_JSON: k->json = true; break;
		case O_DRY: k->dry_run = true; break;
		case O_REASON: k->reason = optarg; break;
		case O_DIR: k->dir = optarg; break;
		case O_ROLE: k->role = optarg; break;
		case O_NAME: k->name = optarg; break;
		case O_PASS: k->password_file = optarg; break;
		case O_NOTES: k->notes = optarg; break;
		case O_HELP: usage(stdout); return 0;
		case O_VER: puts("tollbridge " PACKAGE_VERSION); return 0;
		default: usage(stderr); return 2;
		}
	return -1;
}

int main(int argc, char **argv)
{
	static struct cli k;
	const struct command *cmd;
	const char *login = getenv("SUDO_USER");
	char actor[100];
	int rc = options(&k, argc, argv);

	if (rc >= 0)
		return rc;
	cmd = find(&k, argc - optind, argv + optind);
	if (cmd == NULL || !arguments_fit(cmd, k.argc)) {
		usage(stderr);
		return 2;
	}
	snprintf(actor, sizeof actor, "cli:%s",
		 login ? login : getuid() == 0 ? "root" : "operator");
	if (!boot_start(&k.boot, "tollbridge", k.conf, actor, 96 << 20))
		return EXIT_FAILURE;
	db_set_patient(k.boot.ctx.db);
	rc = run(&k, cmd);
	boot_end(&k.boot);
	return rc;
}
