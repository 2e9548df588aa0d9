/* The only file that knows the client library. */
#include "base/db.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <mysql.h>
#include <errmsg.h>
#include <mysqld_error.h>

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/random.h"
#include "base/sqlsplit.h"
#include "stmt.h"

#define PARAMS_MAX 64
#define ROWS_MAX 1000
#define TX_RUNS 10
#define RESOLVE_RUNS 8
#define IDLE_PING_US 5000000

struct db {
	const struct conf *conf;
	MYSQL *my;
	MYSQL_STMT *stmt[STMT_COUNT];
	bool in_tx;
	bool doomed;		/* the server has rolled back: nothing more may run in this tx */
	bool rerun;		/* the last failure is cured by running the transaction again */
	bool lost;		/* the last failure was the connection's */
	bool sent;		/* ... after the statement had been sent */
	bool patient;		/* schema changes take longer than any request may */
	int64_t used_us;	/* when the connection last answered */
	uint32_t queries;
	int64_t us;
};

enum { GONE = 1, RERUN = 2 };

/* What a server or client error means; the rest goes by SQLSTATE class. */
static const struct meaning {
	unsigned int code;
	enum errk kind;
	const char *name;
	unsigned int flags;
} meanings[] = {
	{ ER_LOCK_DEADLOCK,		ERR_BUSY, "db.busy", RERUN },
	{ ER_LOCK_WAIT_TIMEOUT,		ERR_BUSY, "db.busy", RERUN },
	{ ER_CHECKREAD,			ERR_BUSY, "db.busy", RERUN },
	{ ER_QUERY_INTERRUPTED,		ERR_BUSY, "db.busy", 0 },
	{ 1969 /* max_statement_time */, ERR_BUSY, "db.busy", 0 },
	{ ER_DUP_ENTRY,			ERR_CONFLICT, "db.duplicate", 0 },
	{ ER_DUP_ENTRY_WITH_KEY_NAME,	ERR_CONFLICT, "db.duplicate", 0 },
	{ 3819 /* MySQL: CHECK */,	ERR_CONFLICT, "db.constraint", 0 },
	{ 4025 /* MariaDB: CHECK */,	ERR_CONFLICT, "db.constraint", 0 },
	{ ER_RECORD_FILE_FULL,		ERR_BUSY, "db.full", 0 },
	{ ER_DISK_FULL,			ERR_BUSY, "db.full", 0 },
	{ ER_TABLEACCESS_DENIED_ERROR,	ERR_INTERNAL, "db.denied", 0 },
	{ ER_COLUMNACCESS_DENIED_ERROR,	ERR_INTERNAL, "db.denied", 0 },
	{ ER_DBACCESS_DENIED_ERROR,	ERR_INTERNAL, "db.denied", 0 },
	{ ER_ACCESS_DENIED_ERROR,	ERR_INTERNAL, "db.denied", 0 },
	{ ER_SPECIFIC_ACCESS_DENIED_ERROR, ERR_INTERNAL, "db.denied", 0 },
	{ ER_CON_COUNT_ERROR,		ERR_BUSY, "db.unavailable", 0 },
	{ ER_UNKNOWN_COM_ERROR,		ERR_BUSY, "db.unavailable", GONE }, /* Galera: not ready */
	{ ER_SERVER_SHUTDOWN,		ERR_BUSY, "db.unavailable", GONE },
	{ 1927 /* connection killed */,	ERR_BUSY, "db.unavailable", GONE },
	{ CR_CONNECTION_ERROR,		ERR_BUSY, "db.unavailable", GONE },
	{ CR_CONN_HOST_ERROR,		ERR_BUSY, "db.unavailable", GONE },
	{ CR_UNKNOWN_HOST,		ERR_BUSY, "db.unavailable", GONE },
	{ CR_SERVER_GONE_ERROR,		ERR_BUSY, "db.unavailable", GONE },
	{ CR_SERVER_LOST,		ERR_BUSY, "db.unavailable", GONE },
	{ CR_SERVER_LOST_EXTENDED,	ERR_BUSY, "db.unavailable", GONE },
	{ CR_COMMANDS_OUT_OF_SYNC,	ERR_BUSY, "db.unavailable", GONE },
	{ CR_MALFORMED_PACKET,		ERR_BUSY, "db.unavailable", GONE },
};

static struct meaning find_meaning(unsigned int code, const char *sqlstate)
{
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (meanings[i].code == code)
			return meanings[i];
	if (strncmp(sqlstate, "23", 2) == 0)
		return (struct meaning){ code, ERR_CONFLICT, "db.constraint", 0 };
	if (strncmp(sqlstate, "40", 2) == 0)
		return (struct meaning){ code, ERR_BUSY, "db.busy", RERUN };
	return (struct meaning){ code, ERR_INTERNAL, "db.statement", 0 };
}

/* ---- connection ---- */

struct db *db_new(const struct conf *conf)
{
	struct db *db = calloc(1, sizeof(*db));

	if (!db)
		abort();
	db->conf = conf;
	return db;
}

void db_disconnect(struct db *db)
{
	for (size_t i = 0; i < STMT_COUNT; i++) {
		if (db->stmt[i])
			mysql_stmt_close(db->stmt[i]);
		db->stmt[i] = NULL;
	}
	if (db->my)
		mysql_close(db->my);
	db->my = NULL;
	if (db->in_tx)
		db->doomed = true;
}

void db_free(struct db **db)
{
	if (!*db)
		return;
	db_disconnect(*db);
	free(*db);
	*db = NULL;
}

/* Turns an error of the library into ours; drops a dead connection. */
static enum errk failed(struct ctx *c, const char *what, unsigned int code, const char *sqlstate,
			const char *text)
{
	struct db *db = c->db;
	struct meaning m = find_meaning(code, sqlstate);
	enum errk k = fail(c, m.kind, m.name, "%s: %u (%s) %s", what, code, sqlstate, text);

	db->lost = m.flags & GONE;
	db->rerun = m.flags & (RERUN | GONE);
	if (db->in_tx && db->rerun)
		db->doomed = true;
	if (db->lost)
		db_disconnect(db);
	return k;
}

static enum errk failed_my(struct ctx *c, const char *what)
{
	MYSQL *my = c->db->my;

	return failed(c, what, mysql_errno(my), mysql_sqlstate(my),
		      arena_dup(c->mem, mysql_error(my)));
}

static enum errk failed_stmt(struct ctx *c, uint32_t id)
{
	MYSQL_STMT *s = c->db->stmt[id];

	return failed(c, stmt_name[id], mysql_stmt_errno(s), mysql_stmt_sqlstate(s),
		      arena_dup(c->mem, mysql_stmt_error(s)));
}

/* As if the connection had broken; for failpoints. */
static enum errk failed_broken(struct ctx *c, const char *what)
{
	return failed(c, what, CR_SERVER_LOST, "HY000", "failpoint");
}

/* Runs text as it stands and reads away whatever comes back. */
static enum errk send_text(struct ctx *c, const char *what, const char *sql, size_t len)
{
	struct db *db = c->db;
	int64_t start = clock_mono_us();
	int more = mysql_real_query(db->my, sql, len);

	while (more == 0) {
		MYSQL_RES *res = mysql_store_result(db->my);

		if (res)
			mysql_free_result(res);
		else if (mysql_errno(db->my))
			break;
		more = mysql_next_result(db->my);	/* -1: no more */
	}
	db->queries++;
	db->used_us = clock_mono_us();
	db->us += db->used_us - start;
	if (more > 0 || mysql_errno(db->my))
		return failed_my(c, what);
	return ERR_OK;
}

static enum errk send_named(struct ctx *c, uint32_t id)
{
	return send_text(c, stmt_name[id], stmt_text[id], strlen(stmt_text[id]));
}

static void set_options(struct db *db)
{
	unsigned int connect_s = 5, wait_s = db->patient ? 6 * 3600 : 60, off = 0;
	my_bool yes = 1, no = 0;

	mysql_options(db->my, MYSQL_OPT_CONNECT_TIMEOUT, &connect_s);
	mysql_options(db->my, MYSQL_OPT_READ_TIMEOUT, &wait_s);
	mysql_options(db->my, MYSQL_OPT_WRITE_TIMEOUT, &wait_s);
	mysql_options(db->my, MYSQL_OPT_LOCAL_INFILE, &off);
	mysql_options(db->my, MYSQL_OPT_RECONNECT, &no);
	mysql_options(db->my, MYSQL_REPORT_DATA_TRUNCATION, &yes);
	mysql_options(db->my, MYSQL_SET_CHARSET_NAME, "utf8mb4");
}

static enum errk set_session(struct ctx *c)
{
	TRY(send_named(c, STMT_SESSION_MODE));
	TRY(send_named(c, STMT_SESSION_ISOLATION));
	TRY(send_named(c, STMT_SESSION_CONCAT));
	/* These two exist on some servers only. */
	if (send_named(c, STMT_SESSION_SNAPSHOT) != ERR_OK && c->db->lost)
		return c->err.kind;
	if (send_named(c, STMT_SESSION_SYNC_WAIT) != ERR_OK && c->db->lost)
		return c->err.kind;
	err_clear(c);
	return ERR_OK;
}

static enum errk connect_now(struct ctx *c)
{
	struct db *db = c->db;
	const struct conf *conf = db->conf;
	bool local = conf->db_socket && conf->db_socket[0];
	enum errk k;

	db->my = mysql_init(NULL);
	if (!db->my)
		abort();
	set_options(db);
	if (!mysql_real_connect(db->my, local ? NULL : conf->db_host, conf->db_user,
				conf->db_password.bytes, conf->db_name,
				local ? 0 : (unsigned int)conf->db_port,
				local ? conf->db_socket : NULL, 0)) {
		k = failed_my(c, "connect");
		db_disconnect(db);
		db->rerun = false;	/* waiting for a server is the caller's business */
		db->lost = true;
		return k;
	}
	k = set_session(c);
	if (k != ERR_OK)
		db_disconnect(db);
	return k;
}

/* A live connection. One that was idle may have been closed by the server: a
 * ping is cheaper than a write whose fate nobody knows. */
static enum errk need_connection(struct ctx *c)
{
	struct db *db = c->db;

	assert(db);
	if (db->in_tx) {
		if (!db->doomed)
			return ERR_OK;
		db->rerun = true;
		db->lost = false;
		return fail(c, ERR_BUSY, "db.busy", "the transaction is already rolled back");
	}
	if (db->my && clock_mono_us() - db->used_us > IDLE_PING_US && mysql_ping(db->my) != 0)
		db_disconnect(db);
	return db->my ? ERR_OK : connect_now(c);
}

/* ---- statements ---- */

static enum errk prepare(struct ctx *c, uint32_t id)
{
	struct db *db = c->db;
	enum errk k;

	assert(id < STMT_COUNT && !(stmt_flags[id] & STMT_TEXT));
	if (db->stmt[id])
		return ERR_OK;
	db->stmt[id] = mysql_stmt_init(db->my);
	if (!db->stmt[id])
		abort();
	if (mysql_stmt_prepare(db->stmt[id], stmt_text[id], strlen(stmt_text[id])) == 0) {
		assert(mysql_stmt_param_count(db->stmt[id]) == stmt_params[id]);
		return ERR_OK;
	}
	k = failed_stmt(c, id);
	if (db->stmt[id])
		mysql_stmt_close(db->stmt[id]);
	db->stmt[id] = NULL;
	return k;
}

/* The library does not write through bound parameters. */
static void *unconst(const void *p)
{
	union { const void *c; void *p; } u = { .c = p };

	return u.p;
}

static void bind_in(MYSQL_BIND *b, unsigned long *len, const struct db_in *in, size_t nin)
{
	static const struct {
		enum enum_field_types type;
		bool is_unsigned;
	} types[] = {
		[DB_U64] = { MYSQL_TYPE_LONGLONG, true },
		[DB_I64] = { MYSQL_TYPE_LONGLONG, false },
		[DB_U32] = { MYSQL_TYPE_LONG, true },
		[DB_I32] = { MYSQL_TYPE_LONG, false },
		[DB_BOOL] = { MYSQL_TYPE_TINY, true },
		[DB_STR] = { MYSQL_TYPE_STRING, false },
		[DB_BIN] = { MYSQL_TYPE_BLOB, false },
	};

	for (size_t i = 0; i < nin; i++) {
		memset(&b[i], 0, sizeof(b[i]));
		b[i].buffer_type = in[i].p ? types[in[i].type].type : MYSQL_TYPE_NULL;
		b[i].is_unsigned = types[in[i].type].is_unsigned;
		b[i].buffer = unconst(in[i].p);
		if (!in[i].p || (in[i].type != DB_STR && in[i].type != DB_BIN))
			continue;
		len[i] = in[i].type == DB_STR ? strlen(in[i].p) : in[i].len;
		b[i].buffer_length = len[i];
		b[i].length = &len[i];
	}
}

/* Sends one statement; a result stays stored on the statement. */
static enum errk execute(struct ctx *c, uint32_t id, const struct db_in *in, size_t nin)
{
	struct db *db = c->db;
	MYSQL_BIND b[PARAMS_MAX];
	unsigned long len[PARAMS_MAX];

	assert(nin <= PARAMS_MAX && nin == stmt_params[id]);
	db->lost = db->sent = false;
	TRY(need_connection(c));
	if (FAILPOINT("db.query"))
		return failed_broken(c, stmt_name[id]);
	TRY(prepare(c, id));
	bind_in(b, len, in, nin);
	if (nin && mysql_stmt_bind_param(db->stmt[id], b) != 0)
		return failed_stmt(c, id);
	db->sent = true;
	if (mysql_stmt_execute(db->stmt[id]) != 0 || mysql_stmt_store_result(db->stmt[id]) != 0)
		return failed_stmt(c, id);
	db->used_us = clock_mono_us();
	return ERR_OK;
}

/* Executes and decides what a lost connection means. */
static enum errk run(struct ctx *c, uint32_t id, const struct db_in *in, size_t nin)
{
	struct db *db = c->db;
	bool in_tx = db->in_tx;
	int64_t start = clock_mono_us();
	enum errk k = execute(c, id, in, nin);
	bool repeat = !db->sent || (stmt_flags[id] & STMT_READ);

	if (k != ERR_OK && db->lost && !in_tx && repeat)
		k = execute(c, id, in, nin);
	db->queries++;
	db->us += clock_mono_us() - start;
	if (k != ERR_OK && db->lost && !in_tx && db->sent && !(stmt_flags[id] & STMT_READ))
		return fail(c, ERR_UNCERTAIN, "db.uncertain",
			    "%s: connection lost after it was sent", stmt_name[id]);
	return k;
}

/* ---- results ---- */

struct cell {
	union { int64_t i; uint64_t u; } n;
	unsigned long len;
	my_bool null, error;
	char none;		/* strings are fetched when their length is known */
};

static void bind_out(MYSQL_BIND *b, struct cell *cell, const struct db_out *out, size_t nout)
{
	for (size_t i = 0; i < nout; i++) {
		memset(&b[i], 0, sizeof(b[i]));
		memset(&cell[i], 0, sizeof(cell[i]));
		b[i].is_null = &cell[i].null;
		b[i].error = &cell[i].error;
		b[i].length = &cell[i].len;
		if (out[i].type == DB_STR || out[i].type == DB_BIN) {
			b[i].buffer_type = MYSQL_TYPE_STRING;
			b[i].buffer = &cell[i].none;
		} else {
			b[i].buffer_type = MYSQL_TYPE_LONGLONG;
			b[i].buffer = &cell[i].n;
			b[i].buffer_length = sizeof(cell[i].n);
			b[i].is_unsigned = out[i].type == DB_U64;
		}
	}
}

static enum errk bad_column(struct ctx *c, uint32_t id, size_t i, const char *what)
{
	return fail(c, ERR_INTERNAL, "db.type", "%s: column %zu %s", stmt_name[id], i + 1, what);
}

static enum errk store_bytes(struct ctx *c, uint32_t id, size_t i, const struct cell *cell,
			     const struct db_out *out, char *member)
{
	unsigned long got = 0;
	char *s = out->type == DB_BIN ? member : arena_alloc(c->mem, cell->len + 1);
	MYSQL_BIND b = { .buffer_type = MYSQL_TYPE_STRING, .buffer = s,
		.buffer_length = cell->len, .length = &got };

	if (out->type == DB_BIN && cell->len != out->len)
		return bad_column(c, id, i, "has another length");
	if (cell->len && mysql_stmt_fetch_column(c->db->stmt[id], &b, (unsigned int)i, 0) != 0)
		return failed_stmt(c, id);
	if (out->type == DB_BIN)
		return ERR_OK;
	if (memchr(s, '\0', cell->len))
		return bad_column(c, id, i, "holds a NUL character");
	s[cell->len] = '\0';
	memcpy(member, &s, sizeof(s));
	return ERR_OK;
}

static enum errk store_number(struct ctx *c, uint32_t id, size_t i, const struct cell *cell,
			      enum db_type type, char *member)
{
	int64_t v = cell->n.i;

	if (cell->error)
		return bad_column(c, id, i, "does not fit its type");
	switch (type) {
	case DB_U64:
	case DB_I64:
		memcpy(member, &cell->n, sizeof(cell->n));
		return ERR_OK;
	case DB_U32:
		if (v < 0 || v > UINT32_MAX)
			return bad_column(c, id, i, "is out of range");
		memcpy(member, &(uint32_t){ (uint32_t)v }, sizeof(uint32_t));
		return ERR_OK;
	case DB_I32:
		if (v < INT32_MIN || v > INT32_MAX)
			return bad_column(c, id, i, "is out of range");
		memcpy(member, &(int32_t){ (int32_t)v }, sizeof(int32_t));
		return ERR_OK;
	case DB_BOOL:
		*(bool *)member = v != 0;
		return ERR_OK;
	case DB_STR:
	case DB_BIN:
		break;
	}
	return bad_column(c, id, i, "is no number");
}

static void store_null(const struct db_out *out, char *member)
{
	static const size_t width[] = {
		[DB_U64] = 8, [DB_I64] = 8, [DB_U32] = 4, [DB_I32] = 4,
		[DB_BOOL] = sizeof(bool), [DB_STR] = sizeof(char *),
	};

	memset(member, 0, out->type == DB_BIN ? out->len : width[out->type]);
}

static enum errk store_row(struct ctx *c, uint32_t id, const struct cell *cell,
			   const struct db_out *out, size_t nout, void *row)
{
	for (size_t i = 0; i < nout; i++) {
		char *member = (char *)row + out[i].offset;

		/* The row may be the caller's stack: every member is written. */
		if (out[i].null_offset != SIZE_MAX && out[i].type != DB_STR)
			memcpy((char *)row + out[i].null_offset, &(bool){ cell[i].null },
			       sizeof(bool));
		if (cell[i].null) {
			if (out[i].null_offset == SIZE_MAX)
				return bad_column(c, id, i, "is NULL");
			store_null(&out[i], member);
		} else if (out[i].type == DB_STR || out[i].type == DB_BIN) {
			TRY(store_bytes(c, id, i, &cell[i], &out[i], member));
		} else {
			TRY(store_number(c, id, i, &cell[i], out[i].type, member));
		}
	}
	return ERR_OK;
}

/* Copies the stored result into n zeroed rows. */
static enum errk read_rows(struct ctx *c, uint32_t id, const struct db_out *out, size_t nout,
			   char *rows, size_t row_size, size_t n)
{
	MYSQL_STMT *s = c->db->stmt[id];
	MYSQL_BIND b[PARAMS_MAX];
	struct cell cell[PARAMS_MAX];

	if (mysql_stmt_field_count(s) != nout)
		return fail(c, ERR_INTERNAL, "db.type", "%s: %u columns instead of %zu",
			    stmt_name[id], mysql_stmt_field_count(s), nout);
	bind_out(b, cell, out, nout);
	if (mysql_stmt_bind_result(s, b) != 0)
		return failed_stmt(c, id);
	for (size_t i = 0; i < n; i++) {
		int rc = mysql_stmt_fetch(s);

		if (rc != 0 && rc != MYSQL_DATA_TRUNCATED)
			return failed_stmt(c, id);
		TRY(store_row(c, id, cell, out, nout, rows + i * row_size));
	}
	return ERR_OK;
}

static void free_result(struct db *db, uint32_t id)
{
	if (db->stmt[id])
		mysql_stmt_free_result(db->stmt[id]);
}

enum errk db_one(struct ctx *c, uint32_t stmt, const struct db_in *in, size_t nin,
		 const struct db_out *out, size_t nout, void *row)
{
	uint64_t n;
	enum errk k;

	assert(nout <= PARAMS_MAX);
	TRY(run(c, stmt, in, nin));
	n = mysql_stmt_num_rows(c->db->stmt[stmt]);
	if (n == 0)
		k = fail(c, ERR_NOT_FOUND, "db.no_row", "%s: no row", stmt_name[stmt]);
	else if (n > 1)
		k = fail(c, ERR_INTERNAL, "db.many_rows", "%s: more than one row",
			 stmt_name[stmt]);
	else
		k = read_rows(c, stmt, out, nout, row, 0, 1);
	free_result(c->db, stmt);
	return k;
}

enum errk db_many(struct ctx *c, uint32_t stmt, const struct db_in *in, size_t nin,
		  const struct db_out *out, size_t nout, size_t row_size,
		  void **rows_r, size_t *n_r)
{
	uint64_t n;
	enum errk k;

	assert(nout <= PARAMS_MAX);
	TRY(run(c, stmt, in, nin));
	n = mysql_stmt_num_rows(c->db->stmt[stmt]);
	if (n > ROWS_MAX) {
		k = fail(c, ERR_INTERNAL, "db.many_rows", "%s: more than %d rows, page by key",
			 stmt_name[stmt], ROWS_MAX);
	} else {
		*rows_r = arena_array(c->mem, n, row_size);
		*n_r = n;
		k = read_rows(c, stmt, out, nout, *rows_r, row_size, n);
	}
	free_result(c->db, stmt);
	return k;
}

enum errk db_exec(struct ctx *c, uint32_t stmt, const struct db_in *in, size_t nin,
		  uint64_t *changed_r, uint64_t *insert_id_r)
{
	TRY(run(c, stmt, in, nin));
	if (changed_r)
		*changed_r = mysql_stmt_affected_rows(c->db->stmt[stmt]);
	if (insert_id_r)
		*insert_id_r = mysql_stmt_insert_id(c->db->stmt[stmt]);
	free_result(c->db, stmt);
	return ERR_OK;
}

/* ---- transactions ---- */

static void sleep_ms(uint64_t ms)
{
	struct timespec t = { .tv_sec = (time_t)(ms / 1000),
		.tv_nsec = (long)(ms % 1000) * 1000000 };

	nanosleep(&t, NULL);
}

static enum errk tx_begin(struct ctx *c)
{
	enum errk k;

	TRY(need_connection(c));
	k = send_named(c, STMT_TX_BEGIN);
	if (k != ERR_OK && c->db->lost) {
		TRY(need_connection(c));
		k = send_named(c, STMT_TX_BEGIN);
	}
	if (k != ERR_OK)
		return k;
	c->db->in_tx = true;
	c->db->doomed = false;
	return ERR_OK;
}

static void tx_rollback(struct db *db)
{
	if (db->my && mysql_rollback(db->my) != 0)
		db_disconnect(db);	/* the server rolls back then */
	db->in_tx = false;
}

/* After a COMMIT without an answer: did it happen? Our own mark row with the
 * same id either collides (it did), or takes its place (it did not and, the id
 * being taken, never will). It waits while the old transaction is still open. */
static enum errk tx_resolve(struct ctx *c, const uint8_t id[16])
{
	struct db *db = c->db;

	for (unsigned int i = 0; i < RESOLVE_RUNS; i++) {
		struct commit_mark_get_row mark = { .voided = true };
		uint64_t unused;
		enum errk k;

		if (i)
			sleep_ms(UINT64_C(25) << i);
		k = q_commit_mark_void(c, id, clock_wall(), &unused);
		if (k == ERR_CONFLICT)
			k = q_commit_mark_get(c, id, &mark);
		if (k != ERR_OK)
			continue;
		err_clear(c);
		if (!mark.voided)
			return ERR_OK;
		db->rerun = true;
		return fail(c, ERR_BUSY, "db.busy", "COMMIT was lost and did not happen");
	}
	db->rerun = false;
	return fail(c, ERR_UNCERTAIN, "db.uncertain", "COMMIT was lost: %s", c->err.detail);
}

static enum errk tx_commit(struct ctx *c, const uint8_t id[16])
{
	struct db *db = c->db;
	int64_t start = clock_mono_us();
	bool bad;

	if (FAILPOINT("db.before_commit")) {
		enum errk k = failed_broken(c, "commit");

		db->in_tx = false;
		return k;
	}
	bad = mysql_commit(db->my) != 0;
	db->queries++;
	db->used_us = clock_mono_us();
	db->us += db->used_us - start;
	db->in_tx = false;
	if (!bad && !FAILPOINT("db.after_commit"))
		return ERR_OK;
	/* A deadlock at COMMIT is a certain "no" (Galera); nothing else is. */
	if (bad && mysql_errno(db->my) == ER_LOCK_DEADLOCK)
		return failed_my(c, "commit");
	db_disconnect(db);
	return tx_resolve(c, id);
}

static enum errk tx_run(struct ctx *c, db_body *body, void *arg)
{
	struct db *db = c->db;
	uint8_t id[16];
	uint64_t unused;
	enum errk k;

	db->rerun = false;
	TRY(tx_begin(c));
	random_bytes(id, sizeof(id));
	k = body(c, arg);
	if (k == ERR_OK)
		k = q_commit_mark_add(c, id, clock_wall(), &unused);
	if (k != ERR_OK) {
		/* Whatever the body made of it, the server's word counts. */
		bool doomed = db->doomed;

		tx_rollback(db);
		db->rerun = doomed;
		return k;
	}
	return tx_commit(c, id);
}

enum errk db_tx(struct ctx *c, db_body *body, void *arg)
{
	struct db *db = c->db;
	enum errk k = ERR_OK;

	if (db->in_tx)
		return body(c, arg);
	for (unsigned int i = 0; i < TX_RUNS; i++) {
		if (i)
			sleep_ms(1 + random_below(50));
		k = tx_run(c, body, arg);
		if (k != ERR_BUSY || !db->rerun)
			return k;
	}
	return k;
}

enum errk db_tx_once(struct ctx *c, db_body *body, void *arg)
{
	return c->db->in_tx ? body(c, arg) : tx_run(c, body, arg);
}

bool db_in_tx(const struct db *db)
{
	return db->in_tx;
}

/* ---- text and housekeeping ---- */

enum errk db_run_text(struct ctx *c, const char *sql, size_t len)
{
	struct db *db = c->db;
	struct sql_split split;
	const char *s;
	size_t n;

	if (!db->patient && !db->in_tx) {
		db_disconnect(db);	/* timeouts are set when connecting */
		db->patient = true;
	}
	TRY(need_connection(c));
	sql_split_init(&split, sql, len);
	while (sql_split_next(&split, &s, &n)) {
		int show = n < 60 ? (int)n : 60;

		TRY(send_text(c, arena_fmt(c->mem, "\"%.*s\"", show, s), s, n));
	}
	return ERR_OK;
}

enum errk db_prepare_all(struct ctx *c)
{
	TRY(need_connection(c));
	for (uint32_t i = 0; i < STMT_COUNT; i++)
		if (!(stmt_flags[i] & STMT_TEXT))
			TRY(prepare(c, i));
	return ERR_OK;
}

void db_take_stats(struct db *db, uint32_t *queries_r, int64_t *us_r)
{
	*queries_r = db->queries;
	*us_r = db->us;
	db->queries = 0;
	db->us = 0;
}
