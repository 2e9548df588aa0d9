/* The database layer against a real server: migrations, transactions that lose
 * their race, their connection or their answer, leases, and values at the edge
 * of their type. TB_DB_SOCKET names the server, see run.sh. */
#include "test.h"

#include <pthread.h>

#include "base/clock.h"
#include "base/db.h"
#include "base/failpoint.h"
#include "base/lease.h"
#include "base/migrate.h"
#include "stmt.h"

static struct conf conf;	/* one server for all tests */

static int open_ctx(void **state)
{
	ctx_setup(state);
	((struct ctx *)*state)->db = db_new(&conf);
	return 0;
}

#define DB_TEST(f) cmocka_unit_test_setup_teardown(f, open_ctx, ctx_teardown)

static void ok(struct ctx *c, enum errk k)
{
	if (k != ERR_OK)
		fail_msg("%s %s: %s", errk_name(k), c->err.code, c->err.detail);
}

static void sql(struct ctx *c, const char *text)
{
	ok(c, db_run_text(c, text, strlen(text)));
}

static uint64_t connection_id(struct ctx *c)
{
	struct db_connection_row row;

	ok(c, q_db_connection(c, &row));
	assert_string_equal(row.name, "tollbridge_test");
	return row.id;
}

/* Breaks c's connection from another one. */
static void kill_connection(struct ctx *c)
{
	struct ctx other;

	ctx_init(&other, 1 << 20);
	other.db = db_new(&conf);
	sql(&other, arena_fmt(other.mem, "KILL %llu", (unsigned long long)connection_id(c)));
	ctx_close(&other);
}

static void add_lease(struct ctx *c, const char *name)
{
	sql(c, arena_fmt(c->mem, "REPLACE INTO lease (name, holder, fence, until_at, writes) "
			 "VALUES ('%s', 'test', 1, 0, 0)", name));
}

static void bump(struct ctx *c, const char *name)
{
	sql(c, arena_fmt(c->mem, "UPDATE lease SET fence = fence + 1 WHERE name = '%s'", name));
}

static uint64_t fence_of(struct ctx *c, const char *name)
{
	struct lease_get_row row;

	ok(c, q_lease_get(c, name, &row));
	return row.fence;
}

static void migrates(void **state)
{
	struct ctx *c = *state;
	const char *dir = getenv("TB_MIGRATE_DIR");
	struct migration *list;
	size_t n, again;

	assert_non_null(dir);
	ok(c, migrate_run(c, dir, true, &list, &n));
	assert_true(n > 0 && !list[0].applied);
	ok(c, migrate_run(c, dir, false, &list, &n));
	for (size_t i = 0; i < n; i++)
		assert_true(list[i].applied);
	ok(c, migrate_run(c, dir, false, &list, &again));
	assert_int_equal(again, n);
	/* Each file alone is safe to run twice. */
	sql(c, "DELETE FROM schema_migration");
	ok(c, migrate_run(c, dir, false, &list, &again));
	sql(c, "UPDATE schema_migration SET sha256 = REPEAT('0', 64) WHERE version = 1");
	assert_int_equal(migrate_run(c, dir, false, &list, &again), ERR_CONFLICT);
	assert_string_equal(c->err.code, "migrate.edited");
	sql(c, "DELETE FROM schema_migration WHERE version = 1");
	ok(c, migrate_run(c, dir, false, &list, &again));
	sql(c, "INSERT INTO schema_migration VALUES (999, 'x', '', 0)");
	assert_int_equal(migrate_run(c, dir, true, &list, &again), ERR_CONFLICT);
	sql(c, "DELETE FROM schema_migration WHERE version = 999");
	assert_int_equal(migrate_run(c, "/nonexistent", true, &list, &again), ERR_INVALID);
}

static void prepares_all(void **state)
{
	struct ctx *c = *state;

	ok(c, db_prepare_all(c));
}

struct script {
	int runs, fail_until;
	enum errk end;
	void (*each)(struct ctx *c, int run);
};

static enum errk play(struct ctx *c, void *arg)
{
	struct script *s = arg;

	s->runs++;
	assert_true(db_in_tx(c->db));
	bump(c, "tx");
	if (s->each)
		s->each(c, s->runs);
	return s->end == ERR_OK ? ERR_OK : fail(c, s->end, "test", "as told");
}

static enum errk nest(struct ctx *c, void *arg)
{
	TRY(db_tx(c, play, arg));
	assert_true(db_in_tx(c->db));
	return db_tx(c, play, arg);
}

static void transactions(void **state)
{
	struct ctx *c = *state;
	struct script s = { 0 };

	add_lease(c, "tx");
	ok(c, db_tx(c, play, &s));
	assert_int_equal(fence_of(c, "tx"), 2);
	assert_false(db_in_tx(c->db));
	ok(c, db_tx(c, nest, &s));
	assert_int_equal(fence_of(c, "tx"), 4);
	s.runs = 0;
	s.end = ERR_BUSY;	/* the body's own BUSY is not run again */
	assert_int_equal(db_tx(c, play, &s), ERR_BUSY);
	assert_int_equal(db_tx(c, nest, &s), ERR_BUSY);
	assert_string_equal(c->err.code, "test");
	assert_int_equal(s.runs, 2);
	assert_int_equal(fence_of(c, "tx"), 4);
}

static void maps_errors(void **state)
{
	struct ctx *c = *state;
	uint64_t unused;
	uint8_t id[16] = "fifteen bytes..";

	add_lease(c, "dup");
	assert_int_equal(q_lease_add(c, "dup", "x", 1, &unused), ERR_CONFLICT);
	assert_string_equal(c->err.code, "db.duplicate");
	assert_int_equal(q_lease_add(c, arena_fmt(c->mem, "%065d", 1), "x", 1, &unused),
			 ERR_INTERNAL);		/* strict: not cut silently */
	assert_string_equal(c->err.code, "db.statement");
	assert_int_equal(db_run_text(c, "NONSENSE", 8), ERR_INTERNAL);
	assert_int_equal(db_run_text(c, "INSERT INTO system_state VALUES (2,1,0,0)", 41),
			 ERR_CONFLICT);		/* CHECK */
	assert_string_equal(c->err.code, "db.constraint");
	ok(c, q_commit_mark_add(c, id, 1, &unused));
	assert_int_equal(q_commit_mark_add(c, id, 1, &unused), ERR_CONFLICT);
	ok(c, q_commit_mark_purge(c, 2, 100, &unused));
	assert_int_equal(unused, 1);
	assert_int_equal(q_commit_mark_get(c, id, &(struct commit_mark_get_row){ 0 }),
			 ERR_NOT_FOUND);
}

static void values(void **state)
{
	struct ctx *c = *state;
	struct lease_get_row row;
	struct migration_all_row *all;
	const char *big;
	size_t n;

	sql(c, "CREATE TABLE lease_kept LIKE lease; ALTER TABLE lease MODIFY fence DECIMAL(40),"
	       " MODIFY holder LONGTEXT NULL, MODIFY until_at BIGINT NULL");
	add_lease(c, "v");
	sql(c, "UPDATE lease SET fence = 18446744073709551615, until_at = -9223372036854775808,"
	       " holder = REPEAT('\xe2\x82\xac', 200000) WHERE name = 'v'");
	ok(c, q_lease_get(c, "v", &row));
	assert_true(row.fence == UINT64_MAX);
	assert_true(row.until_at == INT64_MIN);
	assert_int_equal(strlen(row.holder), 600000);
	assert_memory_equal(row.holder + 599997, "\xe2\x82\xac", 4);
	sql(c, "UPDATE lease SET holder = '', fence = 0 WHERE name = 'v'");
	ok(c, q_lease_get(c, "v", &row));
	assert_string_equal(row.holder, "");
	sql(c, "UPDATE lease SET fence = 18446744073709551616 WHERE name = 'v'");
	assert_int_equal(q_lease_get(c, "v", &row), ERR_INTERNAL);
	assert_string_equal(c->err.code, "db.type");
	sql(c, "UPDATE lease SET fence = -1 WHERE name = 'v'");
	assert_int_equal(q_lease_get(c, "v", &row), ERR_INTERNAL);
	sql(c, "UPDATE lease SET fence = 1, holder = NULL WHERE name = 'v'");
	assert_int_equal(q_lease_get(c, "v", &row), ERR_INTERNAL);
	sql(c, "UPDATE lease SET holder = 'a\\0b' WHERE name = 'v'");
	assert_int_equal(q_lease_get(c, "v", &row), ERR_INTERNAL);
	sql(c, "DROP TABLE lease; RENAME TABLE lease_kept TO lease");

	ok(c, q_migration_all(c, &all, &n));
	big = arena_fmt(c->mem, "INSERT INTO schema_migration (version, name, sha256, applied_at)"
			" SELECT 1000 + seq, '', '', 0 FROM seq_1_to_%zu", 1000 - n);
	if (db_run_text(c, big, strlen(big)) == ERR_OK) {	/* MariaDB's sequence engine */
		ok(c, q_migration_all(c, &all, &n));
		assert_int_equal(n, 1000);
		assert_true(all[999].version > 1000);
		sql(c, "INSERT INTO schema_migration VALUES (9999, '', '', 0)");
		assert_int_equal(q_migration_all(c, &all, &n), ERR_INTERNAL);
		assert_string_equal(c->err.code, "db.many_rows");
	}
	sql(c, "DELETE FROM schema_migration WHERE version > 1000");
}

/* ---- two at once ---- */

struct racer {
	const char *first, *second;
	pthread_barrier_t *both;
	int runs;
	enum errk k;
};

static enum errk cross(struct ctx *c, void *arg)
{
	struct racer *r = arg;
	const char *s;

	s = arena_fmt(c->mem, "UPDATE lease SET fence = fence + 1 WHERE name = '%s'", r->first);
	TRY(db_run_text(c, s, strlen(s)));
	if (r->runs++ == 0)
		pthread_barrier_wait(r->both);
	s = arena_fmt(c->mem, "UPDATE lease SET fence = fence + 1 WHERE name = '%s'", r->second);
	return db_run_text(c, s, strlen(s));
}

static void *race(void *arg)
{
	struct racer *r = arg;
	struct ctx c;

	ctx_init(&c, 1 << 20);
	c.db = db_new(&conf);
	r->k = db_tx(&c, cross, r);
	ctx_close(&c);
	return NULL;
}

static void deadlocks(void **state)
{
	struct ctx *c = *state;
	pthread_barrier_t both;
	struct racer r[2] = {
		{ .first = "one", .second = "two", .both = &both },
		{ .first = "two", .second = "one", .both = &both },
	};
	pthread_t t[2];

	add_lease(c, "one");
	add_lease(c, "two");
	pthread_barrier_init(&both, NULL, 2);
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&t[i], NULL, race, &r[i]), 0);
	for (int i = 0; i < 2; i++)
		pthread_join(t[i], NULL);
	pthread_barrier_destroy(&both);
	assert_int_equal(r[0].k, ERR_OK);
	assert_int_equal(r[1].k, ERR_OK);
	assert_int_equal(r[0].runs + r[1].runs, 3);
	assert_int_equal(fence_of(c, "one"), 3);
	assert_int_equal(fence_of(c, "two"), 3);
}

static void break_first(struct ctx *c, int run)
{
	if (run == 1)
		kill_connection(c);
}

static enum errk swallow(struct ctx *c, void *arg)
{
	int *runs = arg;
	struct lease_get_row row;

	bump(c, "tx");
	if (++*runs == 1) {
		kill_connection(c);
		/* A body that goes on after a lost connection must not write outside. */
		if (q_lease_get(c, "tx", &row) != ERR_OK &&
		    db_run_text(c, "UPDATE lease SET fence = 99 WHERE name = 'tx'", 45) == ERR_OK)
			return fail(c, ERR_INTERNAL, "test", "wrote outside");
		err_clear(c);
	}
	return ERR_OK;
}

static void reconnects(void **state)
{
	struct ctx *c = *state;
	struct script s = { .each = break_first };
	uint64_t before, changed;
	int runs = 0;

	add_lease(c, "tx");
	before = connection_id(c);
	kill_connection(c);
	assert_true(connection_id(c) != before);	/* a read is simply repeated */
	kill_connection(c);
	ok(c, q_commit_mark_purge(c, 0, 1, &changed));	/* found out while preparing: not sent */
	kill_connection(c);
	assert_int_equal(q_commit_mark_purge(c, 0, 1, &changed), ERR_UNCERTAIN);
	ok(c, q_commit_mark_purge(c, 0, 1, &changed));
	kill_connection(c);
	ok(c, db_tx(c, play, &(struct script){ 0 }));	/* BEGIN is repeated */
	assert_int_equal(fence_of(c, "tx"), 2);
	ok(c, db_tx(c, play, &s));
	assert_int_equal(s.runs, 2);
	assert_int_equal(fence_of(c, "tx"), 3);
	s.runs = 0;
	assert_int_equal(db_tx_once(c, play, &s), ERR_BUSY);
	assert_int_equal(s.runs, 1);
	assert_int_equal(fence_of(c, "tx"), 3);
	ok(c, db_tx(c, swallow, &runs));
	assert_int_equal(runs, 2);
	assert_int_equal(fence_of(c, "tx"), 4);
	db_disconnect(c->db);
	ok(c, db_tx(c, play, &(struct script){ 0 }));
}

#ifdef TB_FAILPOINTS
static int play_with(struct ctx *c, const char *failpoint, enum errk want)
{
	struct script s = { 0 };
	enum errk k;

	failpoint_reset();
	setenv("FAILPOINT", failpoint, 1);
	k = db_tx(c, play, &s);
	unsetenv("FAILPOINT");
	if (k != want)
		fail_msg("%s: %s %s", failpoint, errk_name(k), c->err.detail);
	return s.runs;
}

static void lost_commits(void **state)
{
	struct ctx *c = *state;

	add_lease(c, "tx");
	/* Applied, answer lost: not run again, and known to have worked. */
	assert_int_equal(play_with(c, "db.after_commit:error@1", ERR_OK), 1);
	assert_int_equal(fence_of(c, "tx"), 2);
	assert_int_equal(c->err.kind, ERR_OK);
	/* Not sent: run again. */
	assert_int_equal(play_with(c, "db.before_commit:error@1", ERR_OK), 2);
	assert_int_equal(fence_of(c, "tx"), 3);
	assert_int_equal(play_with(c, "db.before_commit:error", ERR_BUSY), 10);
	assert_int_equal(fence_of(c, "tx"), 3);
	/* The statement of the mark fails: run again. */
	assert_int_equal(play_with(c, "db.query:error@1", ERR_OK), 2);
	assert_int_equal(fence_of(c, "tx"), 4);
	/* Nobody can be asked: the mark is passage 1, every question fails. */
	assert_int_equal(play_with(c, "db.after_commit:error,db.query:error@2,db.query:error@3,"
				   "db.query:error@4,db.query:error@5", ERR_OK), 1);
	assert_int_equal(fence_of(c, "tx"), 5);
}

static void unknown_commit(void **state)
{
	struct ctx *c = *state;
	char points[600] = "db.after_commit:error";
	size_t len = strlen(points);

	add_lease(c, "tx");
	for (int i = 2; i < 30; i++)
		len += (size_t)snprintf(points + len, sizeof(points) - len,
					",db.query:error@%d", i);
	assert_int_equal(play_with(c, points, ERR_UNCERTAIN), 1);
	assert_string_equal(c->err.code, "db.uncertain");
	assert_false(db_in_tx(c->db));
	assert_int_equal(fence_of(c, "tx"), 2);
}
#endif

/* ---- leases ---- */

static enum errk guarded(struct ctx *c, void *arg)
{
	return lease_guard(c, arg);
}

static void leases(void **state)
{
	struct ctx *a = *state, b;
	struct lease la, lb, old;

	ctx_init(&b, 1 << 20);
	b.db = db_new(&conf);
	a->wall = b.wall = 1000;
	ok(a, lease_take(a, "job", "a", 60, &la));
	assert_int_equal(la.fence, 1);
	assert_true(la.until == 1060);
	assert_int_equal(lease_take(&b, "job", "b", 60, &lb), ERR_BUSY);
	assert_string_equal(b.err.code, "lease.held");
	ok(a, lease_take(a, "job", "a", 60, &la));	/* the same second: nothing to change */
	assert_int_equal(la.fence, 1);
	ok(a, db_tx(a, guarded, &la));
	a->wall = b.wall = 1059;
	assert_int_equal(lease_take(&b, "job", "b", 60, &lb), ERR_BUSY);
	a->wall = b.wall = 1060;
	old = la;
	ok(&b, lease_take(&b, "job", "b", 60, &lb));
	assert_int_equal(lb.fence, 2);
	assert_int_equal(db_tx(a, guarded, &old), ERR_CONFLICT);
	assert_string_equal(a->err.code, "lease.lost");
	ok(a, lease_drop(a, &old));	/* not ours any more: no effect */
	ok(&b, db_tx(&b, guarded, &lb));
	ok(&b, lease_drop(&b, &lb));
	assert_int_equal(db_tx(&b, guarded, &lb), ERR_CONFLICT);
	ok(a, lease_take(a, "job", "a", 60, &la));
	assert_int_equal(la.fence, 3);
	a->wall = 2000;			/* over and nobody came: a new term all the same */
	ok(a, lease_take(a, "job", "a", 60, &la));
	assert_int_equal(la.fence, 4);
	ctx_close(&b);
}

static void unreachable(void **state)
{
	struct ctx *c = *state;
	struct conf nowhere = conf;
	struct db_connection_row row;
	uint32_t queries;
	int64_t us;

	ok(c, q_db_connection(c, &row));
	db_take_stats(c->db, &queries, &us);
	assert_true(queries >= 5 && us > 0);
	db_take_stats(c->db, &queries, &us);
	assert_int_equal(queries, 0);
	db_free(&c->db);
	nowhere.db_socket = "/nonexistent/s.sock";
	c->db = db_new(&nowhere);
	assert_int_equal(q_db_connection(c, &row), ERR_BUSY);
	assert_string_equal(c->err.code, "db.unavailable");
	assert_int_equal(db_tx(c, play, &(struct script){ 0 }), ERR_BUSY);
	db_free(&c->db);
	nowhere.db_socket = conf.db_socket;
	nowhere.db_name = "no_such_schema";
	c->db = db_new(&nowhere);
	assert_int_equal(q_db_connection(c, &row), ERR_INTERNAL);
	db_free(&c->db);
}

static int load_conf(void)
{
	char path[] = "/tmp/tollbridge-db-XXXXXX";
	const char *socket = getenv("TB_DB_SOCKET");
	int fd = mkstemp(path);
	struct ctx c;
	enum errk k;

	if (fd < 0 || !socket)
		return -1;
	dprintf(fd, "[database]\nsocket = %s\nname = tollbridge_test\nuser = root\n", socket);
	close(fd);
	ctx_init(&c, 1 << 20);
	k = conf_load(&c, path, &conf);
	unlink(path);
	ctx_close(&c);
	return k == ERR_OK ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DB_TEST(migrates),
		DB_TEST(prepares_all),
		DB_TEST(transactions),
		DB_TEST(maps_errors),
		DB_TEST(values),
		DB_TEST(deadlocks),
		DB_TEST(reconnects),
#ifdef TB_FAILPOINTS
		DB_TEST(lost_commits),
		DB_TEST(unknown_commit),
#endif
		DB_TEST(leases),
		DB_TEST(unreachable),
	};
	int failures;

	if (load_conf() != 0)
		return 1;
	failures = RUN_TESTS(tests);
	conf_free(&conf);
	return failures;
}
