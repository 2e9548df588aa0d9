-- name: whmcs_intent_add :exec
-- why: journalled before it is sent; 0 changed = there was one already
-- in: job_id u64, action str, token str, at i64
INSERT IGNORE INTO whmcs_intent (job_id, action, token, state, detail, created_at, changed_at)
VALUES (:job_id, :action, :token, 'INTENT', '', :at, :at);

-- name: whmcs_intent_get :one
-- why: what is known of a write
-- in: token str
-- out: state str, remote_id u64?
SELECT state, remote_id
  FROM whmcs_intent
 WHERE token = :token;

-- name: whmcs_intent_set :exec
-- why: the outcome; a confirmed one stays confirmed
-- in: token str, state str, remote_id u64?, detail str, at i64
UPDATE whmcs_intent
   SET state = :state, remote_id = :remote_id, detail = :detail, changed_at = :at
 WHERE token = :token AND state <> 'CONFIRMED';

-- name: whmcs_link_get :one
-- why: what is what in WHMCS
-- in: kind str, local_id u64
-- out: remote_id u64, state str, note str, remote_status str
SELECT remote_id, state, note, remote_status
  FROM whmcs_link
 WHERE kind = :kind AND local_id = :local_id;

-- name: whmcs_link_add :exec
-- why: unique both ways: neither side is linked twice
-- in: kind str, local_id u64, remote_id u64, account_id u64, state str, remote_status str
-- in: uuid str, note str, at i64
INSERT INTO whmcs_link (kind, local_id, remote_id, account_id, state, remote_status, remote_uuid,
                        note, linked_at, checked_at)
VALUES (:kind, :local_id, :remote_id, :account_id, :state, :remote_status, :uuid, :note, :at, :at);

-- name: whmcs_link_set :exec
-- why: what the last look at it said
-- in: kind str, local_id u64, state str, remote_status str, note str, at i64
UPDATE whmcs_link
   SET state = :state, remote_status = :remote_status, note = :note, checked_at = :at
 WHERE kind = :kind AND local_id = :local_id;

-- name: installation_get :one
-- why: the name of this installation in marks it leaves elsewhere
-- out: token str
SELECT token
  FROM installation
 WHERE id = 1;

-- name: whmcs_open_links :many
-- why: invoices whose payment is awaited, the longest unseen first; odd ones are looked at now
-- and then: what was wrong there may have been put right
-- in: odd_before i64, lim u32
-- out: local_id u64, remote_id u64, account_id u64, checked_at i64
SELECT local_id, remote_id, account_id, checked_at
  FROM whmcs_link
 WHERE kind = 'INVOICE'
   AND (state = 'OPEN' OR (state = 'ATTENTION' AND checked_at < :odd_before))
 ORDER BY checked_at, local_id
 LIMIT :lim;

-- name: whmcs_settled_links :many
-- why: what was paid once may be paid back: the longest unseen first
-- in: before i64, lim u32
-- out: local_id u64, remote_id u64, account_id u64
SELECT local_id, remote_id, account_id
  FROM whmcs_link
 WHERE kind = 'INVOICE' AND state = 'SETTLED' AND checked_at < :before
 ORDER BY checked_at, local_id
 LIMIT :lim;

-- name: whmcs_enqueue_missing :exec
-- why: when WHMCS billing is switched on, unpaid invoices that are not there yet go there
-- in: wall i64
INSERT IGNORE INTO job (kind, jkey, okey, ref_id, state, run_at, attempts, holder, lease_until,
                        fence, last_error, created_at)
SELECT 'WHMCS_INVOICE', CONCAT('whmcs.invoice.', i.id), CONCAT('account.', i.account_id), i.id,
       'READY', :wall, 0, '', 0, 0, '', :wall
  FROM invoice i
  LEFT JOIN whmcs_link l ON l.kind = 'INVOICE' AND l.local_id = i.id
 WHERE i.status = 'UNPAID' AND l.local_id IS NULL;

-- name: whmcs_local_payments :many
-- why: what was paid on our side and must stand in WHMCS too
-- in: invoice_id u64
-- out: payment_id u64, amount_minor i64, received_at i64, gateway str
SELECT p.id, l.amount_minor, p.received_at, p.gateway
  FROM payment_allocation l
  JOIN payment p ON p.id = l.payment_id
 WHERE l.invoice_id = :invoice_id AND p.gateway NOT LIKE 'whmcs%'
 ORDER BY p.id;

-- name: whmcs_credit_applied :one
-- why: how much of WHMCS's own credit is already a payment of ours
-- in: invoice_id u64
-- out: amount_minor i64
SELECT CAST(COALESCE(SUM(l.amount_minor), 0) AS SIGNED)
  FROM payment_allocation l
  JOIN payment p ON p.id = l.payment_id
 WHERE l.invoice_id = :invoice_id AND p.gateway = 'whmcs-credit';

-- name: difference_open :exec
-- why: one open row per thing that differs; other values than those decided on are asked anew
-- in: account_id u64, kind str, local_id u64, what str, cause str, ours str, theirs str, note str
-- in: at i64
INSERT INTO whmcs_difference (account_id, kind, local_id, what, cause, ours, theirs, note,
                              decision, found_at, seen_at, closed_at, closed_by, open_key)
VALUES (:account_id, :kind, :local_id, :what, :cause, :ours, :theirs, :note, '', :at, :at, NULL,
        '', :local_id)
    ON DUPLICATE KEY UPDATE
       decision = CASE WHEN ours = :ours AND theirs = :theirs THEN decision ELSE '' END,
       cause = :cause, note = :note, seen_at = :at, ours = :ours, theirs = :theirs;

-- name: difference_close :exec
-- why: equal again, or decided and carried out
-- in: kind str, local_id u64, what str, at i64, by str
UPDATE whmcs_difference
   SET closed_at = :at, closed_by = :by, open_key = NULL
 WHERE kind = :kind AND open_key = :local_id AND what = :what;

-- name: difference_decide :exec
-- why: only what is open and has two values is decided
-- in: id u64, side str
UPDATE whmcs_difference
   SET decision = :side
 WHERE id = :id AND open_key IS NOT NULL AND decision <> :side
   AND cause IN ('BOTH_CHANGED', 'FIRST_SEEN', 'REFUSED_HERE', 'NOT_KEPT');

-- name: difference_get :one
-- why: what was decided, and whose it is
-- in: id u64
-- out: account_id u64, kind str, decision str
SELECT account_id, kind, decision
  FROM whmcs_difference
 WHERE id = :id;

-- name: difference_of :many
-- why: what is open of one object, for who looks at it again
-- in: kind str, local_id u64
-- out: what str, cause str, ours str, theirs str, decision str
SELECT what, cause, ours, theirs, decision
  FROM whmcs_difference
 WHERE kind = :kind AND open_key = :local_id;

-- name: whmcs_change_add :exec
-- why: both values of what was carried over
-- in: account_id u64, kind str, local_id u64, way str, what str, before str, after str, at i64
INSERT INTO whmcs_change (account_id, kind, local_id, way, what, before_value, after_value, at)
VALUES (:account_id, :kind, :local_id, :way, :what, :before, :after, :at);

-- name: whmcs_client_base :one
-- why: what both sides last agreed on
-- in: account_id u64
-- out: remote_id u64, remote_uuid str, state str, base str
SELECT remote_id, remote_uuid, state, base
  FROM whmcs_link
 WHERE kind = 'CLIENT' AND local_id = :account_id;

-- name: whmcs_client_agree :exec
-- why: the base of the next look, and how the client stands there
-- in: account_id u64, state str, remote_status str, uuid str, note str, base str, at i64
UPDATE whmcs_link
   SET state = :state, remote_status = :remote_status, remote_uuid = :uuid, note = :note,
       base = :base, checked_at = :at
 WHERE kind = 'CLIENT' AND local_id = :account_id;

-- name: whmcs_client_stale :many
-- why: clients nobody looked at for longest; there is no list of what changed there
-- in: before i64, lim u32
-- out: account_id u64
SELECT local_id
  FROM whmcs_link
 WHERE kind = 'CLIENT' AND state IN ('SETTLED', 'ATTENTION') AND checked_at < :before
 ORDER BY checked_at, local_id
 LIMIT :lim;

-- name: whmcs_hint_add :exec
-- why: stored before anything else; 0 changed = told before
-- in: sender_id str, event str, client_id u64, invoice_id u64, made_at i64, at i64
INSERT IGNORE INTO whmcs_hint (sender_id, event, client_id, invoice_id, made_at, received_at,
                               applied_at)
VALUES (:sender_id, :event, :client_id, :invoice_id, :made_at, :at, NULL);

-- name: whmcs_linked :many
-- why: what of ours a hint is about
-- in: client_id u64, invoice_id u64
-- out: invoice bool, local_id u64, account_id u64
SELECT 0, local_id, account_id
  FROM whmcs_link
 WHERE kind = 'CLIENT' AND remote_id = :client_id
 UNION ALL
SELECT 1, local_id, account_id
  FROM whmcs_link
 WHERE kind = 'INVOICE' AND remote_id = :invoice_id;

-- name: whmcs_hint_done_client :exec
-- why: what was told before the look began is seen
-- in: client_id u64, since i64, at i64
UPDATE whmcs_hint
   SET applied_at = :at
 WHERE client_id = :client_id AND invoice_id = 0 AND applied_at IS NULL
   AND received_at <= :since;

-- name: whmcs_hint_done_invoice :exec
-- why: what was told before the look began is seen
-- in: invoice_id u64, since i64, at i64
UPDATE whmcs_hint
   SET applied_at = :at
 WHERE invoice_id = :invoice_id AND applied_at IS NULL AND received_at <= :since;

-- name: difference_page :many
-- why: what is open, newest first; of one client (id not 0) what is closed too
-- scan: ok at most 200 rows by an index
-- in: account_id u64
-- out: id u64, account_id u64, name str, kind str, local_id u64, what str, cause str, ours str
-- out: theirs str, note str, decision str, found_at i64, seen_at i64, closed_at i64?
SELECT d.id, d.account_id, CONCAT(a.first_name, ' ', a.last_name), d.kind, d.local_id, d.what,
       d.cause, d.ours, d.theirs, d.note, d.decision, d.found_at, d.seen_at, d.closed_at
  FROM whmcs_difference d
  JOIN account a ON a.id = d.account_id
 WHERE (:account_id = 0 AND d.closed_at IS NULL) OR d.account_id = :account_id
 ORDER BY d.id DESC
 LIMIT 200;

-- name: whmcs_change_page :many
-- why: what went over, newest first
-- in: account_id u64
-- out: at i64, way str, what str, before_value str, after_value str
SELECT at, way, what, before_value, after_value
  FROM whmcs_change
 WHERE account_id = :account_id
 ORDER BY id DESC
 LIMIT 50;

-- name: client_sync_state :one
-- why: how a client stands in WHMCS, and whether a look is under way
-- in: account_id u64
-- out: remote_id u64?, state str?, remote_status str?, note str?, checked_at i64?, agreed bool
-- out: waiting bool
SELECT l.remote_id, l.state, l.remote_status, l.note, l.checked_at,
       CASE WHEN l.base <> '' THEN 1 ELSE 0 END,
       CASE WHEN EXISTS (SELECT 1 FROM job j
                          WHERE j.jkey = CONCAT('whmcs.client.', a.id)
                            AND j.state IN ('READY', 'RUNNING')) THEN 1 ELSE 0 END
  FROM account a
  LEFT JOIN whmcs_link l ON l.kind = 'CLIENT' AND l.local_id = a.id
 WHERE a.id = :account_id;

-- name: whmcs_state_clients :many
-- why: for the page inside WHMCS: which clients are in step, those with differences first
-- scan: ok a page, asked for by a person
-- in: lim u32, off u32
-- out: remote_id u64, account_id u64, name str, state str, note str, checked_at i64
-- out: differences u64
SELECT l.remote_id, l.local_id, CONCAT(a.first_name, ' ', a.last_name), l.state, l.note,
       l.checked_at,
       (SELECT COUNT(*) FROM whmcs_difference d
         WHERE d.account_id = a.id AND d.closed_at IS NULL) AS differences
  FROM whmcs_link l
  JOIN account a ON a.id = l.local_id
 WHERE l.kind = 'CLIENT'
 ORDER BY l.state, l.local_id DESC
 LIMIT :lim OFFSET :off;

-- name: whmcs_state_invoices :many
-- why: for the page inside WHMCS: which invoices are in step, those that need attention first
-- scan: ok a page, asked for by a person
-- in: lim u32, off u32
-- out: remote_id u64, invoice_id u64, number str, state str, note str, checked_at i64
SELECT l.remote_id, l.local_id, i.number, l.state, l.note, l.checked_at
  FROM whmcs_link l
  JOIN invoice i ON i.id = l.local_id
 WHERE l.kind = 'INVOICE'
 ORDER BY l.state, l.local_id DESC
 LIMIT :lim OFFSET :off;
