-- name: metrics_rated :one
-- why: how far behind rating is: accounts that are rated every hour, and those by the day
-- scan: ok one row per account
-- out: hourly_until i64?, daily_until i64?
SELECT MIN(CASE WHEN a.plan <> 'POSTPAID' THEN w.rated_until_hour END),
       MIN(CASE WHEN a.plan = 'POSTPAID' THEN w.rated_until_hour END)
  FROM wallet w
  JOIN account a ON a.id = w.account_id;

-- name: metrics_leases :many
-- why: who works alone, and for how long that is still said
-- scan: ok one row per kind of work
-- out: name str, until_at i64
SELECT name, until_at
  FROM lease
 ORDER BY name
 LIMIT 100;

-- name: metrics_jobs :many
-- why: what waits to leave the house, by kind; what is done is not counted
-- scan: ok grouped by an indexed column
-- out: kind str, ready u64, running u64, parked u64
SELECT kind, COALESCE(SUM(state = 'READY'), 0), COALESCE(SUM(state = 'RUNNING'), 0),
       COALESCE(SUM(state = 'PARKED'), 0)
  FROM job
 WHERE state IN ('READY', 'RUNNING', 'PARKED')
 GROUP BY kind
 ORDER BY kind
 LIMIT 200;

-- name: metrics_outbox :one
-- why: since when the job waits that should have begun first
-- in: wall i64
-- out: run_at i64?
SELECT MIN(run_at)
  FROM job
 WHERE state = 'READY' AND run_at <= :wall;

-- name: metrics_mails :one
-- why: mails on their way, held, given up; what was sent is not counted
-- out: queued u64, sending u64, unanswered u64, held u64, failed u64
SELECT COALESCE(SUM(status = 'QUEUED'), 0), COALESCE(SUM(status = 'SENDING'), 0),
       COALESCE(SUM(status = 'DATA'), 0), COALESCE(SUM(status = 'HELD'), 0),
       COALESCE(SUM(status = 'FAILED'), 0)
  FROM mail_delivery
 WHERE status IN ('QUEUED', 'SENDING', 'DATA', 'HELD', 'FAILED');
