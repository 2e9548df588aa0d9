/* Database layer: one connection per worker, statements by number, results on
 * the arena, transactions that are re-run when the server rolled them back and
 * asked about when a COMMIT ended in an error. Only db.c includes mysql.h; SQL
 * text lives in sql/query/ *.sql and reaches us as the generated stmt_text[]. */
#ifndef TB_BASE_DB_H
#define TB_BASE_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/conf.h"
#include "base/ctx.h"

struct db;

/* Does not connect yet: the first statement does. */
struct db *db_new(const struct conf *conf);
void db_free(struct db **db);
/* Drop the connection; the next statement makes a new one. */
void db_disconnect(struct db *db);

/* ---- for generated code (gen-stmt.awk) ---- */
enum db_type { DB_U64, DB_I64, DB_U32, DB_I32, DB_BOOL, DB_STR, DB_BIN, DB_BLOB };
struct db_in {			/* one bound parameter */
	enum db_type type;
	const void *p;		/* NULL: SQL NULL; DB_STR: char *; DB_BIN, DB_BLOB: bytes */
	size_t len;		/* DB_BIN, DB_BLOB */
};
struct db_out {			/* one result column */
	enum db_type type;
	size_t offset;		/* of the member in the row struct */
	size_t null_offset;	/* of its bool <name>_null, or SIZE_MAX: NULL is an error */
	size_t len;		/* DB_BIN: exact bytes; DB_BLOB: offset of its size_t */
};
/* :one  NOT_FOUND ("db.no_row") when empty, INTERNAL when more than one row. */
enum errk db_one(struct ctx *c, uint32_t stmt, const struct db_in *in, size_t nin,
		 const struct db_out *out, size_t nout, void *row) WARN_UNUSED;
/* :many array on the arena; more than 1000 rows is INTERNAL ("page by key"). */
enum errk db_many(struct ctx *c, uint32_t stmt, const struct db_in *in, size_t nin,
		  const struct db_out *out, size_t nout, size_t row_size,
		  void **rows_r, size_t *n_r) WARN_UNUSED;
/* :exec changed rows (matched and changed, as MySQL counts); :insert also the new id. */
enum errk db_exec(struct ctx *c, uint32_t stmt, const struct db_in *in, size_t nin,
		  uint64_t *changed_r, uint64_t *insert_id_r) WARN_UNUSED;

/* ---- transactions ---- */
typedef enum errk db_body(struct ctx *c, void *arg);
/* Runs body in one transaction. The body must have no effect outside the
 * database and may run again: BUSY (1213, 1205, 1020) re-runs it whole, up to
 * 10 times with 1-50 ms jitter. Each transaction writes a commit_mark row of
 * its own; when COMMIT ends in an error the outcome is unknown, so we reconnect
 * and look for the mark: there = it worked, not there = run again; cannot be
 * found out = UNCERTAIN. Inside a transaction a nested db_tx joins the outer
 * one. Any kind but OK rolls back. */
enum errk db_tx(struct ctx *c, db_body *body, void *arg) WARN_UNUSED;
/* As db_tx, but BUSY from the body is the answer and is not repeated. */
enum errk db_tx_once(struct ctx *c, db_body *body, void *arg) WARN_UNUSED;
bool db_in_tx(const struct db *db);
/* An operator waits longer for an answer than any request may; before connecting. */
void db_set_patient(struct db *db);

/* ---- for migrate and tests: text from a file, one statement at a time ---- */
enum errk db_run_text(struct ctx *c, const char *sql, size_t len) WARN_UNUSED;
/* Prepare every statement; names the first that fails. */
enum errk db_prepare_all(struct ctx *c) WARN_UNUSED;
/* Statements run on this connection since the last call, and their microseconds. */
void db_take_stats(struct db *db, uint32_t *queries_r, int64_t *us_r);

#endif
