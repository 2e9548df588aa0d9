-- name: overview_clients :one
-- why: tiles of the admin home
-- scan: ok counts
-- out: total u64, suspended u64, instances_running u64, ips u64
SELECT (SELECT COUNT(*) FROM account WHERE status <> 'CLOSED'),
       (SELECT COUNT(*) FROM account WHERE status = 'SUSPENDED'),
       (SELECT COUNT(*) FROM resource WHERE type = 'INSTANCE' AND state = 'RUNNING'),
       (SELECT COUNT(*) FROM resource WHERE type <> 'INSTANCE' AND state = 'HELD');

-- name: overview_money :many
-- why: invoiced, open and paid per currency since the start of the month
-- scan: ok sums of one month and of open documents
-- in: since i64
-- out: currency str, invoiced_minor i64, open_minor i64, paid_minor i64
SELECT m.code,
       CAST(COALESCE((SELECT SUM(i.total_minor) FROM invoice i
                       WHERE i.currency = m.code AND i.kind IN ('INVOICE', 'DEBIT_NOTE')
                         AND i.issued_at >= :since), 0) AS SIGNED),
       CAST(COALESCE((SELECT SUM(i.total_minor - i.paid_minor) FROM invoice i
                       WHERE i.currency = m.code AND i.kind IN ('INVOICE', 'DEBIT_NOTE')
                         AND i.status = 'UNPAID'), 0) AS SIGNED),
       CAST(COALESCE((SELECT SUM(p.amount_minor) FROM payment p
                       WHERE p.currency = m.code AND p.gateway NOT IN ('balance', 'credit_note')
                         AND p.received_at >= :since), 0) AS SIGNED)
  FROM currency m
 WHERE m.enabled = 1
 ORDER BY m.code;

-- name: overview_revenue :many
-- why: rated revenue per day in one currency, for the chart
-- scan: ok one month of usage postings of the house account
-- in: currency str, since i64
-- out: day i64, amount_e8 i64
SELECT e.at DIV 86400, CAST(-SUM(e.amount_e8) AS SIGNED)
  FROM ledger_account la
  JOIN ledger_entry e ON e.ledger_account_id = la.id
 WHERE la.account_id = 0 AND la.code = 'REVENUE' AND la.currency = :currency AND e.at >= :since
 GROUP BY e.at DIV 86400
 ORDER BY 1
 LIMIT 62;

-- name: overview_rated :one
-- why: how far everything is rated, and how far the accounts that are rated every hour
-- scan: ok one row per account
-- out: rated_until_hour i64?, hourly_until i64?
SELECT MIN(w.rated_until_hour),
       MIN(CASE WHEN a.plan <> 'POSTPAID' THEN w.rated_until_hour END)
  FROM wallet w
  JOIN account a ON a.id = w.account_id;

-- name: overview_attention :one
-- why: counts for the navigation and for "needs attention"
-- in: now_s i64
-- out: overdue u64, suspended u64, parked u64, links u64
SELECT (SELECT COUNT(*) FROM invoice
         WHERE status = 'UNPAID' AND due_at < :now_s AND kind <> 'RECHARGE'),
       (SELECT COUNT(*) FROM account WHERE status = 'SUSPENDED'),
       (SELECT COUNT(*) FROM job WHERE state = 'PARKED'),
       (SELECT COUNT(*) FROM whmcs_link WHERE state = 'ATTENTION');

-- name: whmcs_counts :one
-- why: the WHMCS page
-- scan: ok counts
-- out: clients u64, invoices u64
SELECT (SELECT COUNT(*) FROM whmcs_link WHERE kind = 'CLIENT'),
       (SELECT COUNT(*) FROM whmcs_link WHERE kind = 'INVOICE');

-- name: whmcs_odd :many
-- why: what the two sides do not agree on, for a human
-- scan: ok the few links in that state
-- out: local_id u64, remote_id u64, number str, remote_status str, note str, checked_at i64
SELECT l.local_id, l.remote_id, i.number, l.remote_status, l.note, l.checked_at
  FROM whmcs_link l
  JOIN invoice i ON i.id = l.local_id
 WHERE l.kind = 'INVOICE' AND (l.state = 'ATTENTION' OR (l.state = 'SETTLED' AND l.note <> ''))
 ORDER BY l.state, l.local_id DESC
 LIMIT 100;

-- name: whmcs_intent_recent :many
-- why: what the bridge last wrote to WHMCS, and with which outcome
-- out: changed_at i64, action str, token str, state str, remote_id u64?, detail str
SELECT changed_at, action, token, state, remote_id, detail
  FROM whmcs_intent
 ORDER BY id DESC
 LIMIT 20;

-- name: client_resources :many
-- why: what a client holds, for staff, with what this hour of it costs
-- in: account_id u64, hour i64
-- out: id u64, type str, name str, state str, quantity i64, created_at i64?, hour_e8 i64
SELECT r.id, r.type, r.name, r.state, r.quantity, r.created_at,
       CAST(COALESCE(SUM(u.unit_e8 * u.quantity), 0) AS SIGNED)
  FROM (SELECT id, type, name, state, quantity, created_at
          FROM resource
         WHERE account_id = :account_id AND state <> 'DELETED'
         ORDER BY id DESC
         LIMIT 100) r
  LEFT JOIN (SELECT resource_id, unit_e8, quantity
               FROM rateable_usage
              WHERE account_id = :account_id AND from_hour <= :hour AND to_hour > :hour
              UNION ALL
             SELECT resource_id, unit_e8, quantity
               FROM {extras lo=account_id hi=account_id since=hour} e
              WHERE from_hour <= :hour AND to_hour > :hour AND component <> 'TRAFFIC') u
         ON u.resource_id = r.id
 GROUP BY r.id, r.type, r.name, r.state, r.quantity, r.created_at
 ORDER BY r.id DESC;

-- name: client_whmcs :one
-- why: the client's number in WHMCS
-- in: account_id u64
-- out: remote_id u64, state str
SELECT remote_id, state
  FROM whmcs_link
 WHERE kind = 'CLIENT' AND local_id = :account_id;
