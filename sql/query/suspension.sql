-- name: suspension_state_get :one
-- why: what the last look found
-- out: looked_at i64, looked_hour i64, took_ms i64, generation u64, pause str, outage_at i64
-- out: held_n u64, active_n u64, held_at i64, allow_n u64
SELECT looked_at, looked_hour, took_ms, generation, pause, outage_at, held_n, active_n, held_at,
       allow_n
  FROM suspension_state
 WHERE id = 1;

-- name: suspension_state_looked :exec
-- why: looks are seconds apart; a pause is said on the overview
-- in: looked_at i64, looked_hour i64, took_ms i64, generation u64, pause str, outage_at i64
UPDATE suspension_state
   SET looked_at = :looked_at, looked_hour = :looked_hour, took_ms = :took_ms,
       generation = :generation, pause = :pause, outage_at = :outage_at
 WHERE id = 1;

-- name: suspension_state_held :exec
-- why: how many accounts the breaker keeps; the permission of staff is used up when it let go
-- in: held_n u64, active_n u64, at i64, allow_n u64
UPDATE suspension_state
   SET held_n = :held_n, active_n = :active_n, held_at = :at, allow_n = :allow_n
 WHERE id = 1;

-- name: suspension_allow :exec
-- why: staff lets as many go as they saw, once; the next look comes at once
-- in: allow_n u64, actor str
UPDATE suspension_state
   SET allow_n = :allow_n, allow_by = :actor, looked_at = 0
 WHERE id = 1 AND held_n > 0;

-- name: suspension_signs :one
-- why: when the bridge last lived and last knew every payment, both wall
-- out: bridge_at i64, polled_at i64
SELECT COALESCE((SELECT at FROM heartbeat WHERE name = 'bridge'), 0),
       COALESCE((SELECT at FROM heartbeat WHERE name = 'bridge.payments'), 0);

-- name: overdue_new :many
-- why: unpaid invoices past their due time whose due day has not been fixed yet
-- in: now_s i64
-- out: invoice_id u64, account_id u64, timezone str, due_at i64
SELECT i.id, i.account_id, a.timezone, i.due_at
  FROM invoice i
  JOIN account a ON a.id = i.account_id
  LEFT JOIN invoice_overdue o ON o.invoice_id = i.id
 WHERE i.status = 'UNPAID' AND i.due_at <= :now_s AND i.kind <> 'RECHARGE'
   AND o.invoice_id IS NULL
 ORDER BY a.timezone, i.id
 LIMIT 100;

-- name: overdue_put :exec
-- why: fixed once, whatever becomes of the account's time zone
-- in: invoice_id u64, account_id u64, timezone str, ended_at i64, days u32, suspend_at i64
INSERT IGNORE INTO invoice_overdue (invoice_id, account_id, timezone, ended_at, days, suspend_at)
VALUES (:invoice_id, :account_id, :timezone, :ended_at, :days, :suspend_at);

-- name: overdue_stale :many
-- why: the days of grace were changed since
-- in: days u32
-- out: invoice_id u64, timezone str, ended_at i64
SELECT o.invoice_id, o.timezone, o.ended_at
  FROM invoice_overdue o
  JOIN invoice i ON i.id = o.invoice_id AND i.status = 'UNPAID'
 WHERE o.days < :days OR o.days > :days
 ORDER BY o.timezone, o.invoice_id
 LIMIT 100;

-- name: overdue_renew :exec
-- why: the new days count from the same end of the due day
-- in: invoice_id u64, days u32, suspend_at i64
UPDATE invoice_overdue
   SET days = :days, suspend_at = :suspend_at
 WHERE invoice_id = :invoice_id;

-- part: cause_of_suspension
-- why: who has a cause, and which: invoices overdue, an hour that began with less left than it
-- costs, or no funds while something costs. The few without funds and not yet suspended for it are
-- settled first (DISTINCT keeps their query apart): what they use is asked for them alone, not for
-- every account there is
(SELECT DISTINCT i.account_id, 'OVERDUE' AS reason
   FROM invoice i
   JOIN invoice_overdue o ON o.invoice_id = i.id AND o.suspend_at <= :now_s
  WHERE i.status = 'UNPAID' AND i.due_at <= :now_s AND i.kind <> 'RECHARGE'
  UNION ALL
 SELECT e.account_id, 'EXHAUSTED'
   FROM hour_uncovered d
   JOIN exhaustible e ON e.account_id = d.account_id AND e.left_e8 < d.cost_e8
    AND e.status <> 'CLOSED'
   LEFT JOIN account_reason k ON k.active_key = e.account_id AND k.reason = 'EXHAUSTED'
  WHERE d.hour = :hour AND k.active_key IS NULL
  UNION
 SELECT e.account_id, 'EXHAUSTED'
   FROM (SELECT DISTINCT b.account_id
           FROM exhaustible b
           LEFT JOIN account_reason k ON k.active_key = b.account_id AND k.reason = 'EXHAUSTED'
          WHERE b.status <> 'CLOSED' AND b.wallet_e8 <= 0 AND b.left_e8 <= 0
            AND b.rated_until_hour >= :hour AND k.active_key IS NULL) e
  WHERE (SELECT 1 FROM rateable_usage u
          WHERE u.account_id = e.account_id AND u.from_hour <= :hour
            AND u.to_hour > :hour AND u.unit_e8 > 0
          LIMIT 1) = 1)

-- name: suspension_due_count :one
-- why: the breaker's figures: who is active, and who would be suspended at once
-- scan: ok counts over accounts; the look is seconds apart
-- in: now_s i64, hour i64
-- out: n u64, active u64, all_n u64
SELECT COUNT(DISTINCT CASE WHEN a.status = 'ACTIVE' THEN x.account_id END),
       (SELECT COUNT(*) FROM account WHERE status = 'ACTIVE'),
       COUNT(x.account_id)
  FROM {cause_of_suspension} x
  JOIN account a ON a.id = x.account_id AND a.status <> 'CLOSED'
  LEFT JOIN account_hold h ON h.account_id = x.account_id AND h.until_at > :now_s
 WHERE h.account_id IS NULL
   AND NOT EXISTS (SELECT 1 FROM account_reason r
                    WHERE r.active_key = x.account_id AND r.reason = x.reason);

-- name: suspension_due :many
-- why: who is to be suspended, why, and over how much: the blast radius
-- scan: ok as suspension_due_count
-- in: now_s i64, hour i64, after u64, lim u32
-- out: account_id u64, reason str, name str, email str, plan str, currency str, status str
-- out: balance_e8 i64, open_minor i64
SELECT x.account_id, x.reason,
       CASE WHEN a.company <> '' THEN a.company ELSE CONCAT(a.first_name, ' ', a.last_name) END,
       a.email, a.plan, a.currency, a.status, w.balance_e8 - w.unposted_e8,
       CAST(COALESCE((SELECT SUM(v.total_minor - v.paid_minor) FROM invoice v
                       WHERE v.account_id = a.id AND v.status = 'UNPAID'
                         AND v.kind <> 'RECHARGE'), 0) AS SIGNED)
  FROM {cause_of_suspension} x
  JOIN account a ON a.id = x.account_id AND a.status <> 'CLOSED'
  JOIN wallet w ON w.account_id = a.id
  LEFT JOIN account_hold h ON h.account_id = x.account_id AND h.until_at > :now_s
 WHERE h.account_id IS NULL AND x.account_id > :after
   AND NOT EXISTS (SELECT 1 FROM account_reason r
                    WHERE r.active_key = x.account_id AND r.reason = x.reason)
 ORDER BY x.account_id, x.reason
 LIMIT :lim;

-- name: suspension_reason_overdue :exec
-- why: only if it is still true in this transaction, which has the wallet row; one active row
-- in: account_id u64, at i64, actor str, note str
INSERT IGNORE INTO account_reason (account_id, reason, note, since_at, since_by, active_key)
SELECT a.id, 'OVERDUE', :note, :at, :actor, a.id
  FROM account a
 WHERE a.id = :account_id AND a.status <> 'CLOSED'
   AND NOT EXISTS (SELECT 1 FROM account_hold h
                    WHERE h.account_id = a.id AND h.until_at > :at)
   AND EXISTS (SELECT 1 FROM invoice i
                 JOIN invoice_overdue o ON o.invoice_id = i.id AND o.suspend_at <= :at
                WHERE i.account_id = a.id AND i.status = 'UNPAID' AND i.kind <> 'RECHARGE');

-- name: suspension_reason_exhausted :exec
-- why: only if it is still true in this transaction, which has the wallet row; one active row
-- in: account_id u64, hour i64, at i64, actor str, note str
INSERT IGNORE INTO account_reason (account_id, reason, note, since_at, since_by, active_key)
SELECT e.account_id, 'EXHAUSTED', :note, :at, :actor, e.account_id
  FROM exhaustible e
 WHERE e.account_id = :account_id AND e.status <> 'CLOSED' AND e.rated_until_hour >= :hour
   AND ((e.wallet_e8 <= 0 AND e.left_e8 <= 0)
        OR EXISTS (SELECT 1 FROM hour_uncovered d
                    WHERE d.account_id = :account_id AND d.hour = :hour
                      AND d.cost_e8 > e.left_e8))
   AND NOT EXISTS (SELECT 1 FROM account_hold h
                    WHERE h.account_id = e.account_id AND h.until_at > :at)
   AND EXISTS (SELECT 1 FROM rateable_usage u
                WHERE u.account_id = e.account_id AND u.from_hour <= :hour
                  AND u.to_hour > :hour AND u.unit_e8 > 0);

-- name: suspension_lift_due :many
-- why: reasons money may have cleared: no overdue invoice is left, or the wallet moved since
-- the last look
-- in: now_s i64
-- out: account_id u64, reason str
SELECT r.account_id, r.reason
  FROM account_reason r
 WHERE r.active_key > 0
   AND ((r.reason = 'OVERDUE'
         AND NOT EXISTS (SELECT 1 FROM invoice i
                           JOIN invoice_overdue o ON o.invoice_id = i.id
                            AND o.ended_at <= :now_s
                          WHERE i.account_id = r.account_id AND i.status = 'UNPAID'
                            AND i.kind <> 'RECHARGE'))
        OR (r.reason = 'EXHAUSTED'
            AND NOT EXISTS (SELECT 1 FROM exhausted_seen s
                              JOIN wallet w ON w.account_id = s.account_id
                               AND w.version = s.wallet_version
                             WHERE s.account_id = r.account_id)))
 ORDER BY r.account_id
 LIMIT 200;

-- name: suspension_lift_overdue :exec
-- why: all invoices whose due day has ended are settled, a part payment is not enough
-- in: account_id u64, at i64, actor str
UPDATE account_reason
   SET until_at = :at, until_by = :actor, active_key = NULL
 WHERE active_key = :account_id AND reason = 'OVERDUE'
   AND NOT EXISTS (SELECT 1 FROM invoice i
                     JOIN invoice_overdue o ON o.invoice_id = i.id AND o.ended_at <= :at
                    WHERE i.account_id = :account_id AND i.status = 'UNPAID'
                      AND i.kind <> 'RECHARGE');

-- name: exhausted_seen_put :exec
-- why: looked at; again when the wallet row moves
-- in: account_id u64
INSERT INTO exhausted_seen (account_id, wallet_version)
SELECT w.account_id, w.version
  FROM wallet w
 WHERE w.account_id = :account_id
    ON DUPLICATE KEY UPDATE wallet_version = w.version;

-- name: exhaustible_get :one
-- why: what an account that can run out may still use
-- in: account_id u64
-- out: left_e8 i64, rated_until_hour i64, tax_e8 i64, tax_ppm i64
SELECT CAST(left_e8 AS SIGNED), rated_until_hour, CAST(tax_e8 AS SIGNED), tax_ppm
  FROM exhaustible
 WHERE account_id = :account_id;

-- name: restored_burn :one
-- why: what an hour would cost once everything that was halted runs again
-- in: account_id u64, hour i64
-- out: burn_e8 i64
SELECT CAST(COALESCE(SUM(p.unit_e8 * r.quantity), 0) AS SIGNED)
  FROM resource r
  JOIN account a ON a.id = r.account_id
  LEFT JOIN suspension_step t ON t.resource_id = r.id AND t.was_running = 1
   AND t.job_id = (SELECT MAX(j.id) FROM suspension_job j
                    WHERE j.account_id = :account_id AND j.direction = 'HALT')
  JOIN item i ON i.code = CASE WHEN r.type <> 'INSTANCE' THEN r.type
                               WHEN r.state = 'RUNNING' OR t.id IS NOT NULL
                               THEN 'INSTANCE_RUNNING' ELSE 'INSTANCE_STOPPED' END
  JOIN price p ON p.item = i.code AND p.zone_id = r.zone_id AND p.currency = a.currency
   AND p.offering_id = CASE WHEN r.type IN ('INSTANCE', 'VOLUME') THEN r.offering_id
                            ELSE 0 END
   AND p.from_hour <= :hour AND p.to_hour > :hour
  JOIN setting_span s ON s.skey = i.skey AND s.value = '1' AND s.from_hour <= :hour
   AND s.to_hour > :hour
  LEFT JOIN contract_cover k ON k.resource_id = r.id AND k.from_hour <= :hour
   AND k.to_hour > :hour
 WHERE r.account_id = :account_id AND r.state IN ('RUNNING', 'STOPPED', 'HELD')
   AND COALESCE(k.state, 0) = 0;

-- name: account_halted :one
-- why: do the hours from now on count as halted
-- in: account_id u64
-- out: n u64
SELECT COUNT(*)
  FROM account_halt
 WHERE account_id = :account_id AND to_hour = 4000000000 AND halted = 1;

-- name: hour_uncovered_now :one
-- why: did this hour begin with too little, and is the account suspended for it?
-- in: account_id u64, hour i64
-- out: n u64
SELECT COUNT(*)
  FROM hour_uncovered d
  JOIN account_reason k ON k.active_key = d.account_id AND k.reason = 'EXHAUSTED'
  JOIN wallet w ON w.account_id = d.account_id AND w.rated_until_hour <= :hour
 WHERE d.account_id = :account_id AND d.hour = :hour;

-- name: account_halt_drop :exec
-- why: a span that would begin at or after the new one was opened within this hour
-- in: account_id u64, hour i64
DELETE FROM account_halt
 WHERE account_id = :account_id AND from_hour >= :hour;

-- name: account_halt_close :exec
-- why: what is before the hour stays as it was
-- in: account_id u64, hour i64
UPDATE account_halt
   SET to_hour = :hour
 WHERE account_id = :account_id AND to_hour > :hour;

-- name: account_halt_extend :exec
-- why: halted, released and halted again within an hour is one span
-- in: account_id u64, hour i64, halted bool
UPDATE account_halt
   SET to_hour = 4000000000
 WHERE account_id = :account_id AND to_hour = :hour AND halted = :halted;

-- name: account_halt_open :exec
-- why: from this hour on; the first halt of an account brings the hours before it along
-- in: account_id u64, hour i64, halted bool
INSERT INTO account_halt (account_id, from_hour, to_hour, halted)
SELECT a.id, x.from_hour, x.to_hour, x.halted
  FROM account a
  JOIN (SELECT 0 AS from_hour, :hour AS to_hour, 0 AS halted
         UNION ALL
        SELECT :hour, 4000000000, :halted) x
    ON x.from_hour > 0
    OR NOT EXISTS (SELECT 1 FROM account_halt h WHERE h.account_id = :account_id)
 WHERE a.id = :account_id;

-- name: suspension_job_last :one
-- why: what was last done about an account's resources, and how far it got
-- in: account_id u64
-- out: id u64, direction str, state str, created_at i64, all_n u64, done u64, failed u64
-- out: last_error str?
SELECT j.id, j.direction, j.state, j.created_at,
       (SELECT COUNT(*) FROM suspension_step t
         WHERE t.job_id = j.id AND (t.was_running = 1 OR j.direction = 'DELETE')),
       (SELECT COUNT(*) FROM suspension_step t
         WHERE t.job_id = j.id AND t.state = 'DONE'
           AND (t.was_running = 1 OR j.direction = 'DELETE')),
       (SELECT COUNT(*) FROM suspension_step t WHERE t.job_id = j.id AND t.state = 'FAILED'),
       (SELECT MAX(t.last_error) FROM suspension_step t
         WHERE t.job_id = j.id AND t.state <> 'DONE')
  FROM suspension_job j
 WHERE j.account_id = :account_id
 ORDER BY j.id DESC
 LIMIT 1;

-- name: suspension_job_halted :one
-- why: the halt whose resources are to run again
-- in: account_id u64
-- out: id u64?
SELECT MAX(id)
  FROM suspension_job
 WHERE account_id = :account_id AND direction = 'HALT';

-- name: suspension_job_add :insert
-- why: the unique open_key keeps one at a time
-- in: account_id u64, direction str, at i64
INSERT INTO suspension_job (account_id, direction, state, open_key, created_at)
VALUES (:account_id, :direction, 'OPEN', :account_id, :at);

-- name: suspension_job_cancel :exec
-- why: the account turned round before its job was through
-- in: account_id u64, at i64
UPDATE suspension_job
   SET state = 'CANCELLED', open_key = NULL, done_at = :at
 WHERE open_key = :account_id;

-- name: suspension_job_reopen :exec
-- why: staff tries what failed again; not while another job is open
-- in: job_id u64, account_id u64
UPDATE suspension_job
   SET state = 'OPEN', open_key = account_id, done_at = NULL
 WHERE id = :job_id AND account_id = :account_id AND state = 'FAILED';

-- name: suspension_steps_retry :exec
-- why: every failed step, and those that wait for their next attempt, run now
-- in: job_id u64, wall i64
UPDATE suspension_step
   SET state = 'PENDING', attempts = 0, run_at = :wall, changed_at = :wall
 WHERE job_id = :job_id AND state IN ('FAILED', 'PENDING');

-- name: suspension_steps_halt :exec
-- why: remembers what runs, and what an unfinished restore (before) had still to start
-- in: job_id u64, account_id u64, before_id u64, wall i64
INSERT INTO suspension_step (job_id, resource_id, was_running, state, attempts, run_at,
                             last_error, changed_at)
SELECT :job_id, r.id, CASE WHEN r.state = 'RUNNING' OR t.id IS NOT NULL THEN 1 ELSE 0 END,
       CASE WHEN r.state = 'RUNNING' OR (t.id IS NOT NULL AND r.source <> 'portal')
            THEN 'PENDING' ELSE 'DONE' END, 0, :wall, '', :wall
  FROM resource r
  LEFT JOIN suspension_step t ON t.resource_id = r.id AND t.job_id = :before_id
   AND t.was_running = 1 AND t.state <> 'DONE'
 WHERE r.account_id = :account_id AND r.type = 'INSTANCE' AND r.state IN ('RUNNING', 'STOPPED');

-- name: suspension_steps_restore :exec
-- why: exactly those that ran; what another system manages is told even if it never stopped
-- in: job_id u64, account_id u64, before_id u64, wall i64
INSERT INTO suspension_step (job_id, resource_id, was_running, state, attempts, run_at,
                             last_error, changed_at)
SELECT :job_id, r.id, 1,
       CASE WHEN r.state = 'STOPPED' OR r.source <> 'portal' THEN 'PENDING' ELSE 'DONE' END,
       0, :wall, '', :wall
  FROM suspension_step t
  JOIN resource r ON r.id = t.resource_id AND r.account_id = :account_id
   AND r.state IN ('RUNNING', 'STOPPED')
 WHERE t.job_id = :before_id AND t.was_running = 1;

-- name: suspension_steps_delete :exec
-- why: everything the account still has; addresses go with their instance, the rest after it
-- in: job_id u64, account_id u64, wall i64
INSERT INTO suspension_step (job_id, resource_id, was_running, state, attempts, run_at,
                             last_error, changed_at)
SELECT :job_id, r.id, CASE WHEN r.state = 'RUNNING' THEN 1 ELSE 0 END, 'PENDING', 0, :wall, '',
       :wall
  FROM resource r
 WHERE r.account_id = :account_id AND r.state IN ('RUNNING', 'STOPPED', 'HELD')
 ORDER BY r.type, r.id;

-- name: suspension_steps_due :many
-- why: steps we can do ourselves; those of other sources wait for their acknowledgement
-- in: wall i64
-- out: id u64, job_id u64, account_id u64, resource_id u64, type str, direction str
-- out: attempts u32
SELECT t.id, t.job_id, j.account_id, t.resource_id, r.type, j.direction, t.attempts
  FROM suspension_step t
  JOIN suspension_job j ON j.id = t.job_id AND j.state = 'OPEN'
  JOIN resource r ON r.id = t.resource_id
 WHERE t.state = 'PENDING' AND t.run_at <= :wall AND (r.source = 'portal' OR r.state = 'DELETED')
 ORDER BY t.id
 LIMIT 200;

-- name: suspension_step_done :exec
-- why: conditional: a step is done once, and only while its job is open
-- in: id u64, wall i64
UPDATE suspension_step t
  JOIN suspension_job j ON j.id = t.job_id AND j.state = 'OPEN'
   SET t.state = 'DONE', t.attempts = t.attempts + 1, t.last_error = '', t.changed_at = :wall
 WHERE t.id = :id AND t.state = 'PENDING';

-- name: suspension_step_failed :exec
-- why: again later, or given up for a person to look at; assignments run left to right
-- in: id u64, wall i64, later_s i64, most u32, error str
UPDATE suspension_step
   SET attempts = attempts + 1,
       state = CASE WHEN attempts >= :most THEN 'FAILED' ELSE 'PENDING' END,
       run_at = :wall + :later_s, last_error = :error, changed_at = :wall
 WHERE id = :id AND state = 'PENDING';

-- name: suspension_jobs_finish :exec
-- why: a job is over when no step is pending
-- in: at i64
UPDATE suspension_job
   SET state = CASE WHEN EXISTS (SELECT 1 FROM suspension_step t
                                  WHERE t.job_id = suspension_job.id AND t.state = 'FAILED')
                    THEN 'FAILED' ELSE 'DONE' END,
       open_key = NULL, done_at = :at
 WHERE state = 'OPEN'
   AND NOT EXISTS (SELECT 1 FROM suspension_step t
                    WHERE t.job_id = suspension_job.id AND t.state = 'PENDING');

-- name: suspension_commands :many
-- why: what a source is asked to do with its resources
-- in: source str, wall i64
-- out: id u64, direction str, source_ref str, type str, account_id u64, created_at i64
-- out: attempts u32
SELECT t.id, j.direction, r.source_ref, r.type, j.account_id, j.created_at, t.attempts
  FROM suspension_job j
  JOIN suspension_step t ON t.job_id = j.id AND t.state = 'PENDING' AND t.run_at <= :wall
  JOIN resource r ON r.id = t.resource_id AND r.source = :source AND r.state <> 'DELETED'
 WHERE j.state = 'OPEN'
 ORDER BY t.id
 LIMIT 500;

-- name: suspension_command_get :one
-- why: a source speaks of its own resources only
-- in: source str, id u64
-- out: state str, job_state str
SELECT t.state, j.state
  FROM suspension_step t
  JOIN suspension_job j ON j.id = t.job_id
  JOIN resource r ON r.id = t.resource_id
 WHERE t.id = :id AND r.source = :source;

-- name: account_hold_put :exec
-- why: staff's date, replaced by a later word
-- in: account_id u64, until_at i64, note str, at i64, actor str
INSERT INTO account_hold (account_id, until_at, note, set_at, set_by)
VALUES (:account_id, :until_at, :note, :at, :actor)
    ON DUPLICATE KEY UPDATE until_at = :until_at, note = :note, set_at = :at, set_by = :actor;

-- name: account_hold_drop :exec
-- why: no hold any more
-- in: account_id u64
DELETE FROM account_hold
 WHERE account_id = :account_id;

-- name: account_hold_get :one
-- why: is the account held, by whom and why
-- in: account_id u64
-- out: until_at i64, note str, set_by str
SELECT until_at, note, set_by
  FROM account_hold
 WHERE account_id = :account_id;

-- name: reasons_now :many
-- why: why this customer is suspended, and since when
-- in: account_id u64
-- out: reason str, since_at i64
SELECT reason, since_at
  FROM account_reason
 WHERE active_key = :account_id
 ORDER BY reason;

-- name: reasons_money :many
-- why: all accounts suspended for non-payment: staff may release them together
-- in: after u64
-- out: account_id u64
SELECT DISTINCT r.account_id
  FROM account_reason r
 WHERE r.active_key > :after AND r.reason IN ('OVERDUE', 'EXHAUSTED')
 ORDER BY r.account_id
 LIMIT 200;

-- name: suspension_list :many
-- why: who is suspended, why and since when, for the operator's command
-- in: after u64
-- out: account_id u64, name str, reason str, since_at i64, since_by str
SELECT a.id,
       CASE WHEN a.company <> '' THEN a.company ELSE CONCAT(a.first_name, ' ', a.last_name) END,
       r.reason, r.since_at, r.since_by
  FROM account_reason r
  JOIN account a ON a.id = r.account_id
 WHERE r.active_key > :after
 ORDER BY r.account_id, r.reason
 LIMIT 1000;

-- name: suspension_failed :one
-- why: halts and restores that a person has to look at
-- scan: ok failed jobs are few
-- out: n u64
SELECT COUNT(*)
  FROM suspension_job j
 WHERE j.state = 'FAILED'
   AND j.id = (SELECT MAX(k.id) FROM suspension_job k WHERE k.account_id = j.account_id);

-- name: deletion_new :many
-- why: suspended for non-payment, with something left to delete, not in the queue yet nor taken
-- out of it by staff; a part payment begins the window anew
-- out: account_id u64, since_at i64
SELECT r.account_id,
       CAST(GREATEST(MIN(r.since_at),
                     COALESCE((SELECT MAX(t.at) FROM ledger_txn t
                                WHERE t.account_id = r.account_id
                                  AND t.reason IN ('PAYMENT', 'CREDIT', 'DEPOSIT_APPLIED')), 0))
            AS SIGNED)
  FROM account_reason r
 WHERE r.active_key > 0 AND r.reason IN ('OVERDUE', 'EXHAUSTED')
   AND NOT EXISTS (SELECT 1 FROM deletion_queue q WHERE q.open_key = r.account_id)
   AND NOT EXISTS (SELECT 1 FROM deletion_queue q
                    WHERE q.account_id = r.account_id AND q.changed_at >= r.since_at
                      AND (q.state = 'DONE'
                           OR (q.state = 'CANCELLED' AND q.changed_by LIKE 'staff:%')))
   AND EXISTS (SELECT 1 FROM resource s
                WHERE s.account_id = r.account_id
                  AND s.state IN ('RUNNING', 'STOPPED', 'HELD'))
 GROUP BY r.account_id
 ORDER BY r.account_id
 LIMIT 200;

-- name: deletion_add :exec
-- why: one open row per account
-- in: account_id u64, since_at i64, due_at i64, at i64, actor str
INSERT IGNORE INTO deletion_queue (account_id, open_key, state, since_at, due_at, note,
                                   changed_at, changed_by)
VALUES (:account_id, :account_id, 'WAITING', :since_at, :due_at, '', :at, :actor);

-- name: deletion_cancel_paid :exec
-- why: never if the account is no longer suspended for non-payment, or anything was paid since
-- in: at i64, actor str
UPDATE deletion_queue
   SET state = 'CANCELLED', open_key = NULL, changed_at = :at, changed_by = :actor,
       note = 'settled or paid in part since'
 WHERE open_key > 0
   AND (NOT EXISTS (SELECT 1 FROM account_reason r
                     WHERE r.active_key = deletion_queue.account_id
                       AND r.reason IN ('OVERDUE', 'EXHAUSTED'))
        OR EXISTS (SELECT 1 FROM ledger_txn t
                    WHERE t.account_id = deletion_queue.account_id
                      AND t.reason IN ('PAYMENT', 'CREDIT', 'DEPOSIT_APPLIED')
                      AND t.at > deletion_queue.since_at));

-- name: deletion_waiting :many
-- why: warnings to record and deletions that have come due, soonest first
-- in: until_at i64
-- out: id u64, account_id u64, due_at i64, warned u32?, warned_at i64?
SELECT q.id, q.account_id, q.due_at,
       (SELECT MIN(w.days_before) FROM deletion_warning w WHERE w.queue_id = q.id),
       (SELECT MAX(w.at) FROM deletion_warning w WHERE w.queue_id = q.id)
  FROM deletion_queue q
 WHERE q.state = 'WAITING' AND q.due_at <= :until_at
 ORDER BY q.due_at, q.id
 LIMIT 200;

-- name: deletion_warn :exec
-- why: each point once
-- in: queue_id u64, days_before u32, at i64
INSERT IGNORE INTO deletion_warning (queue_id, days_before, at)
VALUES (:queue_id, :days_before, :at);

-- name: deletion_postpone :exec
-- why: nothing is deleted sooner than a day after its last warning
-- in: id u64, due_at i64, at i64
UPDATE deletion_queue
   SET due_at = :due_at, changed_at = :at
 WHERE id = :id AND state = 'WAITING' AND due_at < :due_at;

-- name: deletion_take :exec
-- why: conditional: not if it was stopped, cancelled or paid a moment ago
-- in: id u64, at i64, actor str
UPDATE deletion_queue
   SET state = 'DONE', open_key = NULL, changed_at = :at, changed_by = :actor
 WHERE id = :id AND state = 'WAITING' AND due_at <= :at
   AND EXISTS (SELECT 1 FROM account_reason r
                WHERE r.active_key = deletion_queue.account_id
                  AND r.reason IN ('OVERDUE', 'EXHAUSTED'))
   AND NOT EXISTS (SELECT 1 FROM ledger_txn t
                    WHERE t.account_id = deletion_queue.account_id
                      AND t.reason IN ('PAYMENT', 'CREDIT', 'DEPOSIT_APPLIED')
                      AND t.at > deletion_queue.since_at);

-- name: deletion_open :one
-- why: when the resources of this account will be deleted
-- in: account_id u64
-- out: id u64, state str, due_at i64, since_at i64, note str
SELECT id, state, due_at, since_at, note
  FROM deletion_queue
 WHERE open_key = :account_id;

-- name: deletion_warnings :many
-- why: which warnings were given
-- in: queue_id u64
-- out: days_before u32, at i64
SELECT days_before, at
  FROM deletion_warning
 WHERE queue_id = :queue_id
 ORDER BY at, days_before DESC;

-- name: deletion_set :exec
-- why: staff stops it, lets it go on, or cancels it
-- in: account_id u64, state str, note str, at i64, actor str
UPDATE deletion_queue
   SET open_key = CASE WHEN :state = 'CANCELLED' THEN NULL ELSE open_key END,
       state = :state, note = :note, changed_at = :at, changed_by = :actor
 WHERE open_key = :account_id AND state <> :state;

-- name: deletion_cancel_all :exec
-- why: with the deletion days at 0 nothing is deleted, whatever was queued
-- in: at i64, actor str
UPDATE deletion_queue
   SET state = 'CANCELLED', open_key = NULL, changed_at = :at, changed_by = :actor,
       note = 'resource deletion was switched off'
 WHERE open_key > 0;
