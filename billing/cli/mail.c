/* tollbridge mail list, mail release, mail test */
#include "mail/mail.h"

#include <string.h>

#include "cli/cli.h"
#include "stmt.h"

#define SHOWN 100

enum errk cmd_mail_list(struct cli *k)
{
	const char *status = k->argc > 0 ? k->argv[0] : "";
	struct mail_page_row *rows;
	size_t n;

	TRY(q_mail_page(k->c, 0, "", status, SHOWN, 0, &rows, &n));
	jo_arr(k->out, "rows");
	for (size_t i = 0; i < n; i++) {
		cli_say(k, "%8llu  %-9s %-14s %s  %s%s%s", (unsigned long long)rows[i].id,
			rows[i].status, rows[i].kind, rows[i].to_address, rows[i].subject,
			rows[i].last_error[0] != '\0' ? "  ! " : "", rows[i].last_error);
		jo_obj(k->out, NULL);
		jo_u64(k->out, "id", rows[i].id);
		jo_str(k->out, "kind", rows[i].kind);
		jo_str(k->out, "to", rows[i].to_address);
		jo_str(k->out, "subject", rows[i].subject);
		jo_str(k->out, "status", rows[i].status);
		jo_str(k->out, "last_error", rows[i].last_error);
		jo_end(k->out);
	}
	jo_end(k->out);
	cli_say(k, "the newest %zu", n);
	return ERR_OK;
}

enum errk cmd_mail_release(struct cli *k)
{
	uint64_t id, n = 1;

	if (k->argc == 0) {
		TRY(mail_release_all(k->c, &n));
	} else {
		TRY(cli_id(k, "ID", k->argv[0], &id));
		TRY(mail_release(k->c, id));
	}
	cli_say(k, "%llu released", (unsigned long long)n);
	jo_u64(k->out, "released", n);
	return ERR_OK;
}

enum errk cmd_mail_test(struct cli *k)
{
	uint64_t id;

	TRY(mail_test(k->c, k->argv[0], &id));
	cli_say(k, "asked for: mail %llu; the bridge sends it", (unsigned long long)id);
	jo_u64(k->out, "id", id);
	return ERR_OK;
}
