-- Statements of db.c, lease.c and migrate.c. All other modules have a file of
-- their own beside this one.

-- name: session_mode :text
-- why: refuse what the server would bend silently; all times are UTC; give up on locks early
SET SESSION sql_mode = CONCAT('STRICT_ALL_TABLES,ONLY_FULL_GROUP_BY,NO_ENGINE_SUBSTITUTION,',
                              'ERROR_FOR_DIVISION_BY_ZERO,NO_ZERO_DATE,NO_ZERO_IN_DATE'),
       time_zone = '+00:00',
       innodb_lock_wait_timeout = 10;

-- name: session_concat :text
-- why: a seal adds up 2,000 hashes; some servers cut at 1,024 bytes
SET SESSION group_concat_max_len = 1048576;

-- name: session_isolation :text
-- why: do not depend on the server's default
SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ;

-- name: session_snapshot :text
-- why: MariaDB: error 1020 instead of a lost update; other servers refuse it, which is fine
SET SESSION innodb_snapshot_isolation = ON;

-- name: session_sync_wait :text
-- why: Galera: no stale reads after a commit on another node; other servers refuse it
SET SESSION wsrep_sync_wait = 1;

-- name: tx_begin :text
-- why: COMMIT and ROLLBACK have functions in the client library, this has none
START TRANSACTION;

-- name: db_connection :one
-- why: which connection and which schema are we on (diagnosis and tests)
-- out: id u64, name str?
SELECT CONNECTION_ID(), DATABASE();

-- name: commit_mark_add :insert
-- why: proof that this transaction was committed, see db_tx
-- in: id bin16, at i64
INSERT INTO commit_mark (id, at, voided)
VALUES (:id, :at, 0);

-- name: commit_mark_void :insert
-- why: fails with a duplicate when the transaction was committed, waits while it is still
-- open, and keeps it from being committed later when it was not
-- in: id bin16, at i64
INSERT INTO commit_mark (id, at, voided)
VALUES (:id, :at, 1);

-- name: commit_mark_get :one
-- why: tell our own void mark (its answer got lost) from the mark of a commit
-- in: id bin16
-- out: voided bool
SELECT voided
  FROM commit_mark
 WHERE id = :id
   FOR UPDATE;

-- name: commit_mark_purge :exec
-- why: marks are asked for within seconds; keep days of them for diagnosis
-- in: before i64, most u32
DELETE FROM commit_mark
 WHERE at < :before
 ORDER BY at
 LIMIT :most;

-- name: lease_renew :exec
-- why: take a lease that has ended or is ours; a new term gets a new fence.
-- Assignments run left to right, so fence comes before holder and until_at
-- in: name str, holder str, now i64, until_at i64
UPDATE lease
   SET fence = fence + IF(holder = :holder AND until_at > :now, 0, 1),
       holder = :holder,
       until_at = :until_at,
       writes = writes + 1
 WHERE name = :name
   AND (holder = :holder OR until_at <= :now);

-- name: lease_add :insert
-- why: first taking of a lease; two at once collide on the key
-- in: name str, holder str, until_at i64
INSERT INTO lease (name, holder, fence, until_at, writes)
VALUES (:name, :holder, 1, :until_at, 0);

-- name: lease_get :one
-- why: the fence after a renewal, or who has it
-- in: name str
-- out: holder str, fence u64, until_at i64
SELECT holder, fence, until_at
  FROM lease
 WHERE name = :name
   FOR UPDATE;

-- name: lease_guard_write :exec
-- why: put the lease row into the caller's transaction
-- in: name str, holder str, fence u64, now i64
UPDATE lease
   SET writes = writes + 1
 WHERE name = :name
   AND holder = :holder
   AND fence = :fence
   AND until_at > :now;

-- name: lease_end :exec
-- why: the next one need not wait; the fence stays
-- in: name str, holder str, fence u64
UPDATE lease
   SET until_at = 0, writes = writes + 1
 WHERE name = :name
   AND holder = :holder
   AND fence = :fence;

-- name: migration_tables :one
-- why: is there anything yet? Only our own schema, and only the tables of 0001
-- out: n u64
SELECT COUNT(*)
  FROM information_schema.tables
 WHERE table_schema = DATABASE()
   AND table_name IN ('schema_migration', 'commit_mark', 'lease');

-- name: migration_all :many
-- why: what was applied, with the checksum it had then
-- out: version u32, name str, sha256 str
-- scan: ok one row per migration
SELECT version, name, sha256
  FROM schema_migration
 ORDER BY version;

-- name: migration_add :insert
-- why: written after the file went through; the file itself is safe to run again
-- in: version u32, name str, sha256 str, applied_at i64
INSERT INTO schema_migration (version, name, sha256, applied_at)
VALUES (?, ?, ?, ?);
