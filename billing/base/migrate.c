/* Reads the directory, compares with schema_migration, runs what is missing. */
#include "base/migrate.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/db.h"
#include "base/lease.h"
#include "base/random.h"
#include "stmt.h"

#define FILE_MAX_BYTES ((size_t)256 * 1024)
#define FILES_MAX 1000
#define BASE_TABLES 3		/* made by 0001, needed before anything can be recorded */
/* Renewed per file; a killed migration blocks the next one so long. */
#define LEASE_S 600
#define WAIT_S 60

/* NNNN_name.sql */
static bool is_migration(const char *name)
{
	size_t len = strlen(name);

	for (int i = 0; i < 4; i++)
		if (name[i] < '0' || name[i] > '9')
			return false;
	return name[4] == '_' && len > 9 && strcmp(name + len - 4, ".sql") == 0;
}

static int by_version(const void *a, const void *b)
{
	const struct migration *x = a, *y = b;

	return (x->version > y->version) - (x->version < y->version);
}

static enum errk read_sql(struct ctx *c, const char *dir, const char *name, const char **text_r,
			  size_t *len_r)
{
	const char *path = arena_fmt(c->mem, "%s/%s", dir, name);
	FILE *f = fopen(path, "re");
	char *text;
	size_t n;

	if (!f)
		return fail(c, ERR_INVALID, "migrate.dir", "%s: %s", path, strerror(errno));
	text = malloc(FILE_MAX_BYTES + 1);
	if (!text)
		abort();
	n = fread(text, 1, FILE_MAX_BYTES + 1, f);
	fclose(f);
	*text_r = arena_dupn(c->mem, text, n <= FILE_MAX_BYTES ? n : 0);
	*len_r = n;
	free(text);
	if (n > FILE_MAX_BYTES)
		return fail(c, ERR_INVALID, "migrate.dir", "%s is too large", path);
	if (strncmp(*text_r, "-- why: ", 8) != 0)
		return fail(c, ERR_INVALID, "migrate.dir", "%s does not begin with -- why:", path);
	return ERR_OK;
}

static enum errk check_order(struct ctx *c, const struct migration *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].version != i + 1)
			return fail(c, ERR_INVALID, "migrate.dir",
				    "number %zu is missing or there twice", i + 1);
	if (!n)
		return fail(c, ERR_INVALID, "migrate.dir", "no migrations");
	return ERR_OK;
}

static enum errk list_files(struct ctx *c, const char *dir, struct migration **list_r, size_t *n_r)
{
	struct migration *list = ARENA_ARRAY(c->mem, FILES_MAX, struct migration);
	DIR *d = opendir(dir);
	struct dirent *e;
	size_t n = 0;

	if (!d)
		return fail(c, ERR_INVALID, "migrate.dir", "%s: %s", dir, strerror(errno));
	while ((e = readdir(d)) && n < FILES_MAX) {
		const char *s = e->d_name;

		if (!is_migration(s))
			continue;
		list[n++] = (struct migration){
			.version = (uint32_t)((s[0] - '0') * 1000 + (s[1] - '0') * 100 +
					      (s[2] - '0') * 10 + (s[3] - '0')),
			.name = arena_dup(c->mem, s) };
	}
	closedir(d);
	qsort(list, n, sizeof(*list), by_version);
	TRY(check_order(c, list, n));
	for (size_t i = 0; i < n; i++) {
		const char *text;
		size_t len;

		TRY(read_sql(c, dir, list[i].name, &text, &len));
		list[i].sha256 = sha256_hex(c->mem, text, len);
	}
	*list_r = list;
	*n_r = n;
	return ERR_OK;
}

/* Marks what is applied; an edited or unknown one is refused. */
static enum errk compare(struct ctx *c, struct migration *list, size_t n)
{
	struct migration_all_row *row;
	size_t nrow;

	TRY(q_migration_all(c, &row, &nrow));
	for (size_t i = 0; i < nrow; i++) {
		struct migration *m = row[i].version >= 1 && row[i].version <= n ?
			&list[row[i].version - 1] : NULL;

		if (!m)
			return fail(c, ERR_CONFLICT, "migrate.edited",
				    "%s is applied, but unknown here (older program?)",
				    row[i].name);
		if (strcmp(m->sha256, row[i].sha256) != 0)
			return fail(c, ERR_CONFLICT, "migrate.edited",
				    "%s was edited after it was applied", m->name);
		m->applied = true;
	}
	return ERR_OK;
}

struct recording {
	const struct migration *m;
	const struct lease *lease;
};

static enum errk record(struct ctx *c, void *arg)
{
	const struct recording *r = arg;
	uint64_t unused;

	TRY(lease_guard(c, r->lease));
	return q_migration_add(c, r->m->version, r->m->name, r->m->sha256, c->wall, &unused);
}

static enum errk run_file(struct ctx *c, const char *dir, const struct migration *m)
{
	const char *text;
	size_t len;
	enum errk k;

	TRY(read_sql(c, dir, m->name, &text, &len));
	k = db_run_text(c, text, len);
	if (k != ERR_OK)
		return fail(c, k, "migrate.statement", "%s: %s", m->name, c->err.detail);
	return ERR_OK;
}

static enum errk run_missing(struct ctx *c, const char *dir, struct migration *list, size_t n,
			     struct lease *lease)
{
	for (size_t i = 0; i < n; i++) {
		struct recording r = { &list[i], lease };

		if (list[i].applied)
			continue;
		c->wall = clock_wall();
		TRY(lease_take(c, lease->name, lease->holder, LEASE_S, lease));
		TRY(run_file(c, dir, &list[i]));
		c->wall = clock_wall();
		TRY(db_tx(c, record, &r));
		list[i].applied = true;
	}
	return ERR_OK;
}

/* Another one may be at it: wait for a minute, then say so. */
static enum errk wait_for_lease(struct ctx *c, const char *holder, struct lease *lease)
{
	enum errk k;

	for (int i = 0; ; i++) {
		c->wall = clock_wall();
		k = lease_take(c, "migrate", holder, LEASE_S, lease);
		if (k != ERR_BUSY || i >= WAIT_S)
			return k;
		nanosleep(&(struct timespec){ .tv_sec = 1 }, NULL);
	}
}

static const char *own_name(struct arena *mem)
{
	char host[65] = "";

	gethostname(host, sizeof(host) - 1);
	return arena_fmt(mem, "%s:%ld", host, (long)getpid());
}

enum errk migrate_run(struct ctx *c, const char *dir, bool dry, struct migration **list_r,
		      size_t *n_r)
{
	struct migration_tables_row tables;
	struct lease lease;
	enum errk k;

	TRY(list_files(c, dir, list_r, n_r));
	TRY(q_migration_tables(c, &tables));
	if (dry)
		return tables.n < BASE_TABLES ? ERR_OK : compare(c, *list_r, *n_r);
	/* The first file is safe to run twice, so two programs may both do it. */
	if (tables.n < BASE_TABLES)
		TRY(run_file(c, dir, &(*list_r)[0]));
	TRY(wait_for_lease(c, own_name(c->mem), &lease));
	k = compare(c, *list_r, *n_r);
	if (k == ERR_OK)
		k = run_missing(c, dir, *list_r, *n_r, &lease);
	if (k == ERR_OK)
		return lease_drop(c, &lease);
	/* Keep the failure; the lease would end by itself, but not soon. */
	struct err_record first = c->err;

	if (lease_drop(c, &lease) != ERR_OK || first.kind != ERR_OK)
		c->err = first;
	return k;
}
