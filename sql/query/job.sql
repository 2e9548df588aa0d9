-- name: job_add :exec
-- why: the unique key makes work asked for twice one row
-- in: kind str, jkey str, okey str, ref_id u64, at i64
INSERT IGNORE INTO job (kind, jkey, okey, ref_id, state, run_at, attempts, holder, lease_until,
                        fence, last_error, created_at)
VALUES (:kind, :jkey, :okey, :ref_id, 'READY', :at, 0, '', 0, 0, '', :at);

-- name: job_again :exec
-- why: recurring work: a finished row is opened again; one under way loses its fence and runs again
-- in: kind str, jkey str, okey str, ref_id u64, at i64
INSERT INTO job (kind, jkey, okey, ref_id, state, run_at, attempts, holder, lease_until,
                 fence, last_error, created_at)
VALUES (:kind, :jkey, :okey, :ref_id, 'READY', :at, 0, '', 0, 0, '', :at)
    ON DUPLICATE KEY UPDATE
       attempts = CASE WHEN state = 'DONE' THEN 0 ELSE attempts END,
       run_at = CASE WHEN state = 'DONE' THEN :at ELSE run_at END,
       fence = CASE WHEN state = 'RUNNING' THEN fence + 1 ELSE fence END,
       state = CASE WHEN state IN ('DONE', 'RUNNING') THEN 'READY' ELSE state END;

-- name: job_due :many
-- why: candidates, oldest first, none whose elder sibling of the same order key still waits
-- in: wall i64
-- out: id u64, kind str, jkey str, okey str, ref_id u64, attempts u32, fence u64
SELECT j.id, j.kind, j.jkey, j.okey, j.ref_id, j.attempts, j.fence
  FROM job j
 WHERE ((j.state = 'READY' AND j.run_at <= :wall)
        OR (j.state = 'RUNNING' AND j.lease_until < :wall))
   AND NOT EXISTS (SELECT 1 FROM job e
                    WHERE e.okey = j.okey AND e.id < j.id AND e.state IN ('READY', 'RUNNING'))
 ORDER BY j.run_at, j.id
 LIMIT 20;

-- name: job_claim :exec
-- why: the committed conditional write is the claim; the fence tells late holders apart
-- in: id u64, fence u64, holder str, wall i64, lease_until i64
UPDATE job
   SET state = 'RUNNING', holder = :holder, lease_until = :lease_until, fence = fence + 1,
       attempts = attempts + 1
 WHERE id = :id AND fence = :fence
   AND (state = 'READY' OR (state = 'RUNNING' AND lease_until < :wall));

-- name: job_renew :exec
-- why: long jobs hold their lease while they make progress; the value always moves, because
-- an unchanged row would count as not ours
-- in: id u64, fence u64, lease_until i64
UPDATE job
   SET lease_until = GREATEST(lease_until + 1, :lease_until)
 WHERE id = :id AND fence = :fence AND state = 'RUNNING';

-- name: job_done :exec
-- why: only the holder finishes
-- in: id u64, fence u64, wall i64
UPDATE job
   SET state = 'DONE', done_at = :wall, last_error = ''
 WHERE id = :id AND fence = :fence AND state = 'RUNNING';

-- name: job_later :exec
-- why: back off and try again
-- in: id u64, fence u64, run_at i64, error str
UPDATE job
   SET state = 'READY', run_at = :run_at, last_error = :error
 WHERE id = :id AND fence = :fence AND state = 'RUNNING';

-- name: job_park :exec
-- why: a poison job waits for staff and blocks nobody else
-- in: id u64, fence u64, error str
UPDATE job
   SET state = 'PARKED', last_error = :error
 WHERE id = :id AND fence = :fence AND state = 'RUNNING';

-- name: job_retry :exec
-- why: staff asks for another try now
-- in: id u64, wall i64
UPDATE job
   SET state = 'READY', run_at = :wall, attempts = 0
 WHERE id = :id AND state IN ('PARKED', 'READY');

-- name: job_counts :many
-- why: queue depth for the overview and the CLI
-- scan: ok grouped by an indexed column
-- out: state str, n u64, oldest_at i64
SELECT state, COUNT(*), MIN(run_at)
  FROM job
 WHERE state <> 'DONE'
 GROUP BY state;

-- name: job_open_list :many
-- why: what waits, runs or is parked, for the admin home
-- out: id u64, kind str, jkey str, state str, attempts u32, run_at i64, last_error str
SELECT id, kind, jkey, state, attempts, run_at, last_error
  FROM job
 WHERE state IN ('READY', 'RUNNING', 'PARKED')
 ORDER BY id DESC
 LIMIT 50;
