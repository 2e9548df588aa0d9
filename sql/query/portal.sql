-- name: idempotency_claim :exec
-- why: the key row goes in first, in the transaction of its effect; a duplicate is a repeat
-- in: user_id u64, ikey str, route str, request_hash bin32, created_at i64
INSERT INTO idempotency_key (user_id, ikey, route, request_hash, status, response, created_at)
VALUES (?, ?, ?, ?, 0, '', ?);

-- name: idempotency_store :exec
-- why: the answer beside the effect, for whoever asks again
-- in: status u32, response str, user_id u64, ikey str
UPDATE idempotency_key
   SET status = ?, response = ?
 WHERE user_id = ? AND ikey = ?;

-- name: idempotency_find :one
-- why: what was answered the first time
-- in: user_id u64, ikey str
-- out: route str, request_hash bin32, status u32, response str
SELECT route, request_hash, status, response
  FROM idempotency_key
 WHERE user_id = ? AND ikey = ?;

-- name: idempotency_purge :exec
-- why: keys older than anybody repeats a request; in bites, so that no lock lasts
-- in: before i64
DELETE FROM idempotency_key
 WHERE created_at < ?
 LIMIT 1000;

-- name: audit_add :exec
-- why: who did what, in the transaction in which it was done
-- in: at i64, actor str, action str, object str, detail str, ip str, request_id str
INSERT INTO audit_log (at, actor, action, object, detail, ip, request_id)
VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: heartbeat_put :exec
-- why: what a worker last said of itself, for the overview of staff
-- in: name str, pid u32, at i64, started_at i64, generation u64, counter u64, detail str
INSERT INTO heartbeat (name, pid, at, started_at, generation, counter, detail)
VALUES (?, ?, ?, ?, ?, ?, ?)
    ON DUPLICATE KEY UPDATE
       pid = VALUES(pid), at = VALUES(at), started_at = VALUES(started_at),
       generation = VALUES(generation), counter = VALUES(counter), detail = VALUES(detail);

-- name: portal_source_find :one
-- why: which program a bearer key belongs to, with all a request needs to know, in one select
-- in: key_hash bin32
-- out: source str, scope str, generation u64, clock_offset_s i64, testing bool
SELECT e.source, e.scope, t.generation, t.clock_offset_s, t.testing
  FROM event_source AS e
  CROSS JOIN system_state AS t
 WHERE e.key_hash = ? AND e.active = 1 AND t.id = 1;
