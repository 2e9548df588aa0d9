/* tollbridge: the operator's command. Each subcommand is a row of commands.def
 * and a function that prints text, or JSON with --json. */
#ifndef TB_CLI_CLI_H
#define TB_CLI_CLI_H

#include "base/boot.h"
#include "base/json.h"
#include "settings/settings.h"

struct cli {
	struct boot boot;
	struct ctx *c;
	struct settings_cache *cache;
	bool json, dry_run;
	const char *reason, *dir, *password_file, *role, *name, *conf, *notes;
	char **argv;		/* the subcommand's own words */
	int argc;
	struct jout *out;	/* filled for --json */
	int exit_code;		/* of a command that ran and found something wrong */
};

#define COMMAND(words, args, fn, needs, help) enum errk fn(struct cli *k);
#include "cli/commands.def"
#undef COMMAND

/* A number of a client, an invoice: INVALID names the field. */
enum errk cli_id(struct cli *k, const char *field, const char *text, uint64_t *id_r) WARN_UNUSED;

/* A line of text output; nothing with --json. */
void cli_say(const struct cli *k, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
