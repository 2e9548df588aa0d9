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
