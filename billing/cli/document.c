/* tollbridge invoice export, invoice link */
#include "document/document.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "cli/cli.h"

static enum errk write_out(struct cli *k, const char *path, const struct document *doc)
{
	bool standard = strcmp(path, "-") == 0;
	FILE *f = standard ? stdout : fopen(path, "we");
	bool good;

	if (f == NULL)
		return fail_say(k->c, ERR_INVALID, "invalid", "%s: %s", path, strerror(errno));
	good = fwrite(doc->bytes, 1, doc->len, f) == doc->len;
	good = (standard ? fflush(f) : fclose(f)) == 0 && good;
	return good ? ERR_OK :
	       fail_say(k->c, ERR_INTERNAL, "internal", "%s: %s", path, strerror(errno));
}

enum errk cmd_invoice_export(struct cli *k)
{
	const char *path = k->argv[2];
	struct document doc;
	uint64_t id;

	TRY(cli_id(k, "ID", k->argv[0], &id));
	TRY(document_get_any(k->c, id, k->argv[1], &doc));
	if (k->json && strcmp(path, "-") == 0)
		return fail_field(k->c, "FILE", "With --json it has to be a file.");
	TRY(write_out(k, path, &doc));
	if (strcmp(path, "-") != 0)
		cli_say(k, "%s: %zu bytes", path, doc.len);
	jo_str(k->out, "file", path);
	jo_u64(k->out, "bytes", doc.len);
	jo_str(k->out, "sha256", sha256_hex(k->c->mem, doc.bytes, doc.len));
	return ERR_OK;
}

enum errk cmd_invoice_link(struct cli *k)
{
	struct document doc;
	const char *path;
	uint64_t id;

	TRY(cli_id(k, "ID", k->argv[0], &id));
	/* a link that opens, or none */
	TRY(document_get_any(k->c, id, k->argv[1], &doc));
	TRY(document_link(k->c, id, k->argv[1], &path));
	cli_say(k, "%s", path);
	jo_str(k->out, "path", path);
	return ERR_OK;
}
