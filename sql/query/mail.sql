-- name: mail_add :insert
-- why: one mail per cause, in its transaction; to whom the account is written to at that time
-- in: dedupe str, account_id u64, kind str, ref_id u64, detail str, attach_id u64?, now_s i64
-- in: wall i64
INSERT IGNORE INTO mail_delivery (dedupe_key, account_id, kind, to_address, ref_id, detail,
                                  subject, body_text, body_html, attach_invoice_id, status,
                                  attempts, resends, released, next_at, holder, lease_until,
                                  fence, last_error, billing_at, created_at)
SELECT :dedupe, a.id, :kind, a.email, :ref_id, :detail, '', '', '', :attach_id, 'QUEUED', 0, 0, 0,
       :wall, '', 0, 0, '', :now_s, :wall
  FROM account a
 WHERE a.id = :account_id AND a.status <> 'CLOSED';

-- name: mail_add_to :insert
-- why: a mail to an address of its own: a test, an address that changes; account 0: nobody's
-- in: dedupe str, account_id u64, kind str, address str, ref_id u64, detail str, now_s i64
-- in: wall i64
INSERT IGNORE INTO mail_delivery (dedupe_key, account_id, kind, to_address, ref_id, detail,
                                  subject, body_text, body_html, status, attempts, resends,
                                  released, next_at, holder, lease_until, fence, last_error,
                                  billing_at, created_at)
VALUES (:dedupe, NULLIF(:account_id, 0), :kind, :address, :ref_id, :detail, '', '', '', 'QUEUED',
        0, 0, 0, :wall, '', 0, 0, '', :now_s, :wall);

-- name: close_mail :exec
-- why: an issued invoice goes to its customer, asked for with the invoice; nothing over nothing
-- in: lo u64, hi u64, now_s i64, wall i64
INSERT IGNORE INTO mail_delivery (dedupe_key, account_id, kind, to_address, ref_id, detail,
                                  subject, body_text, body_html, attach_invoice_id, status,
                                  attempts, resends, released, next_at, holder, lease_until,
                                  fence, last_error, billing_at, created_at)
SELECT CONCAT('invoice:', i.id), a.id, 'INVOICE', a.email, i.id, '', '', '', '', i.id, 'QUEUED',
       0, 0, 0, :wall, '', 0, 0, '', :now_s, :wall
  FROM wallet w
  JOIN invoice i ON i.id = w.invoice_id
  JOIN account a ON a.id = w.account_id
 WHERE w.account_id BETWEEN :lo AND :hi AND w.closing = 1 AND i.total_minor > 0
   AND a.status <> 'CLOSED';

-- name: mail_due :many
-- why: candidates, oldest first
-- in: wall i64
-- out: id u64, account_id u64?, kind str, to_address str, ref_id u64, detail str, subject str
-- out: body_text str, body_html str, attach_invoice_id u64?, attempts u32, resends u32
-- out: released bool, fence u64, dedupe_key str, billing_at i64, created_at i64, composed_at i64?
SELECT id, account_id, kind, to_address, ref_id, detail, subject, body_text, body_html,
       attach_invoice_id, attempts, resends, released, fence, dedupe_key, billing_at, created_at,
       composed_at
  FROM mail_delivery
 WHERE status = 'QUEUED' AND next_at <= :wall
 ORDER BY next_at, id
 LIMIT 1;

-- name: mail_stale :exec
-- why: whose holder died: before the body it can be taken again, after that nobody knows
-- in: wall i64, error str
UPDATE mail_delivery
   SET last_error = CASE WHEN status = 'DATA' THEN :error ELSE last_error END,
       status = CASE WHEN status = 'DATA' THEN 'FAILED' ELSE 'QUEUED' END,
       fence = fence + 1
 WHERE status IN ('SENDING', 'DATA') AND lease_until < :wall;

-- name: mail_composed :exec
-- why: the words are kept as they are sent
-- in: id u64, fence u64, subject str, body_text str, body_html str, wall i64
UPDATE mail_delivery
   SET subject = :subject, body_text = :body_text, body_html = :body_html, composed_at = :wall
 WHERE id = :id AND fence = :fence AND status = 'QUEUED';

-- name: mail_claim :exec
-- why: the committed conditional write is the claim; the fence tells late holders apart
-- in: id u64, fence u64, holder str, lease_until i64
UPDATE mail_delivery
   SET status = 'SENDING', holder = :holder, lease_until = :lease_until, fence = fence + 1,
       attempts = attempts + 1
 WHERE id = :id AND fence = :fence AND status = 'QUEUED';

-- name: mail_data :exec
-- why: the body begins: from here on a death leaves it unknown whether it arrived
-- in: id u64, fence u64
UPDATE mail_delivery
   SET status = 'DATA'
 WHERE id = :id AND fence = :fence AND status = 'SENDING';

-- name: mail_sent :exec
-- why: the other side took it
-- in: id u64, fence u64, wall i64
UPDATE mail_delivery
   SET status = 'SENT', sent_at = :wall, last_error = ''
 WHERE id = :id AND fence = :fence AND status IN ('SENDING', 'DATA');

-- name: mail_later :exec
-- why: the other side asks for patience, or is not there
-- in: id u64, fence u64, next_at i64, error str
UPDATE mail_delivery
   SET status = 'QUEUED', next_at = :next_at, last_error = :error
 WHERE id = :id AND fence = :fence AND status IN ('SENDING', 'DATA');

-- name: mail_end :exec
-- why: it will not be sent: refused, unknown, held or without object by now
-- in: id u64, fence u64, status str, error str
UPDATE mail_delivery
   SET status = :status, last_error = :error, fence = fence + 1
 WHERE id = :id AND fence = :fence AND status IN ('QUEUED', 'SENDING', 'DATA');

-- name: mail_hold_all :exec
-- why: the breaker: what waits is kept for staff, none of it is lost; links that open an account
-- are braked where they are asked for and would be too late
-- in: error str
UPDATE mail_delivery
   SET status = 'HELD', last_error = :error, fence = fence + 1
 WHERE status = 'QUEUED' AND released = 0
   AND kind NOT IN ('PASSWORD_RESET', 'EMAIL_CONFIRM', 'TEST');

-- name: mail_rates :one
-- why: what the breaker counts: all mails of an hour, those of one account in a day; one that may
-- have arrived counts
-- in: account_id u64, hour_ago i64, day_ago i64
-- out: hour_n u64, account_n u64
SELECT (SELECT COUNT(*) FROM mail_delivery WHERE sent_at > :hour_ago),
       (SELECT COUNT(*) FROM mail_delivery WHERE account_id = :account_id AND sent_at > :day_ago);

-- name: mail_release :exec
-- why: staff lets one go, past the breaker
-- in: id u64, wall i64
UPDATE mail_delivery
   SET status = 'QUEUED', released = 1, next_at = :wall, last_error = '', fence = fence + 1
 WHERE id = :id AND status = 'HELD';

-- name: mail_release_all :exec
-- why: staff lets everything go that is held
-- in: wall i64
UPDATE mail_delivery
   SET status = 'QUEUED', released = 1, next_at = :wall, last_error = '', fence = fence + 1
 WHERE status = 'HELD';

-- name: mail_resend :exec
-- why: staff sends again what failed, was given up or has left; the words stay
-- in: id u64, wall i64
UPDATE mail_delivery
   SET status = 'QUEUED', released = 1, attempts = 0, resends = resends + 1, next_at = :wall,
       last_error = '', fence = fence + 1
 WHERE id = :id AND status IN ('FAILED', 'SENT', 'CANCELLED')
   AND kind NOT IN ('PASSWORD_RESET', 'EMAIL_CONFIRM');

-- name: mail_get :one
-- why: one mail, whole
-- in: id u64
-- out: id u64, account_id u64?, kind str, to_address str, subject str, body_text str
-- out: body_html str, attach_invoice_id u64?, attachment str?, status str, attempts u32
-- out: last_error str, created_at i64, next_at i64, sent_at i64?
SELECT m.id, m.account_id, m.kind, m.to_address, m.subject, m.body_text, m.body_html,
       m.attach_invoice_id, i.number, m.status, m.attempts, m.last_error, m.created_at, m.next_at,
       m.sent_at
  FROM mail_delivery m
  LEFT JOIN invoice i ON i.id = m.attach_invoice_id
 WHERE m.id = :id;

-- name: mail_page :many
-- why: the mail log of one client (account_id) or of all (0), newest first
-- scan: ok filtered by any text; 100 rows at most
-- in: account_id u64, q str, status str, lim u32, off u32
-- out: id u64, account_id u64?, client str?, kind str, to_address str, subject str, status str
-- out: attempts u32, last_error str, created_at i64, sent_at i64?
SELECT m.id, m.account_id,
       CASE WHEN a.company <> '' THEN a.company ELSE CONCAT(a.first_name, ' ', a.last_name) END,
       m.kind, m.to_address, m.subject, m.status, m.attempts, m.last_error, m.created_at, m.sent_at
  FROM mail_delivery m
  LEFT JOIN account a ON a.id = m.account_id
 WHERE (:account_id = 0 OR m.account_id = :account_id)
   AND (:q = '' OR m.to_address LIKE CONCAT('%', :q, '%') OR m.subject LIKE CONCAT('%', :q, '%'))
   AND (:status = '' OR m.status = :status
        OR (:status = 'QUEUED' AND m.status IN ('SENDING', 'DATA')))
 ORDER BY m.id DESC
 LIMIT :lim OFFSET :off;

-- name: mail_page_counts :many
-- why: totals per state for the same search
-- scan: ok as mail_page
-- in: account_id u64, q str
-- out: status str, n u64
SELECT CASE WHEN m.status IN ('SENDING', 'DATA') THEN 'QUEUED' ELSE m.status END AS state, COUNT(*)
  FROM mail_delivery m
 WHERE (:account_id = 0 OR m.account_id = :account_id)
   AND (:q = '' OR m.to_address LIKE CONCAT('%', :q, '%') OR m.subject LIKE CONCAT('%', :q, '%'))
 GROUP BY state;

-- name: mail_trouble :one
-- why: what staff has to look at
-- in: since i64
-- out: held u64, failed u64
SELECT (SELECT COUNT(*) FROM mail_delivery WHERE status = 'HELD'),
       (SELECT COUNT(*) FROM mail_delivery WHERE status = 'FAILED' AND next_at > :since);

-- name: mail_person :one
-- why: whom a mail speaks to, and in which time
-- in: account_id u64
-- out: first_name str, last_name str, company str, email str, timezone str, currency str
-- out: status str
SELECT first_name, last_name, company, email, timezone, currency, status
  FROM account
 WHERE id = :account_id;

-- name: mail_invoice :one
-- why: what a mail says of a document, as it stands now; what credit notes took of it
-- in: id u64
-- out: account_id u64, kind str, number str, status str, due_at i64, currency str
-- out: total_minor i64, paid_minor i64, credited_minor i64
SELECT i.account_id, i.kind, i.number, i.status, i.due_at, i.currency, i.total_minor,
       i.paid_minor,
       CAST(COALESCE((SELECT SUM(n.total_minor) FROM invoice n
                       WHERE n.ref_invoice_id = i.id AND n.kind = 'CREDIT_NOTE'), 0) AS SIGNED)
  FROM invoice i
 WHERE i.id = :id;

-- name: mail_payment :one
-- why: what a mail says of a payment
-- in: id u64
-- out: amount_minor i64, currency str, received_at i64, number str?, invoice_minor i64
-- out: recharge bool
SELECT p.amount_minor, p.currency, p.received_at, i.number, COALESCE(l.amount_minor, 0),
       COALESCE(i.kind = 'RECHARGE', 0)
  FROM payment p
  LEFT JOIN payment_allocation l ON l.payment_id = p.id AND l.invoice_id > 0
  LEFT JOIN invoice i ON i.id = l.invoice_id
 WHERE p.id = :id
 LIMIT 1;

-- name: mail_payment_settled :many
-- why: overdue invoices that a recharge paid before it filled the balance, in that order
-- in: account_id u64, id u64
-- out: number str, amount_minor i64
SELECT i.number, l.amount_minor
  FROM payment p
  JOIN payment_allocation l ON l.payment_id = p.id
  JOIN invoice i ON i.id = l.invoice_id
 WHERE p.account_id = :account_id AND p.id > :id AND p.gateway = 'balance'
   AND p.gateway_txn = CONCAT('invoice:', l.invoice_id, ':payment:', :id)
 ORDER BY p.id
 LIMIT 1000;

-- name: mail_deletion :one
-- why: a deletion that was warned of, as it stands now
-- in: id u64
-- out: state str, due_at i64
SELECT state, due_at
  FROM deletion_queue
 WHERE id = :id;

-- name: mail_state_get :one
-- why: what the last look found
-- out: looked_at i64, looked_quarter i64, looked_hour i64, generation u64
SELECT looked_at, looked_quarter, looked_hour, generation
  FROM mail_state
 WHERE id = 1;

-- name: mail_state_looked :exec
-- why: looks keep a distance
-- in: looked_at i64, quarter i64, hour i64, generation u64
UPDATE mail_state
   SET looked_at = :looked_at, looked_quarter = :quarter, looked_hour = :hour,
       generation = :generation
 WHERE id = 1;

-- name: dunning_page :many
-- why: open claims whose ladder may have a step now; not those staff holds, nor what credit notes
-- have taken whole; the last step that was claimed
-- in: due_before i64, now_s i64, after u64, lim u32
-- out: id u64, account_id u64, issued_at i64, due_at i64, timezone str, last_step i32?
SELECT i.id, i.account_id, i.issued_at, i.due_at, a.timezone,
       (SELECT MAX(d.step) FROM dunning_step d WHERE d.invoice_id = i.id)
  FROM invoice i
  JOIN account a ON a.id = i.account_id AND a.status <> 'CLOSED'
  LEFT JOIN account_hold h ON h.account_id = a.id AND h.until_at > :now_s
 WHERE i.status = 'UNPAID' AND i.due_at <= :due_before AND i.id > :after
   AND i.kind IN ('INVOICE', 'DEBIT_NOTE') AND i.total_minor > i.paid_minor
   AND h.account_id IS NULL
   AND i.total_minor > COALESCE((SELECT SUM(n.total_minor) FROM invoice n
                                  WHERE n.ref_invoice_id = i.id AND n.kind = 'CREDIT_NOTE'), 0)
 ORDER BY i.id
 LIMIT :lim;

-- name: dunning_claim :exec
-- why: each step once, and only while the invoice is open in this transaction
-- in: invoice_id u64, step i32, at i64
INSERT IGNORE INTO dunning_step (invoice_id, step, account_id, claimed_at)
SELECT i.id, :step, i.account_id, :at
  FROM invoice i
 WHERE i.id = :invoice_id AND i.status = 'UNPAID' AND i.total_minor > i.paid_minor;

-- name: dunning_mail :exec
-- why: the step's mail
-- in: invoice_id u64, step i32, mail_id u64
UPDATE dunning_step
   SET mail_id = :mail_id
 WHERE invoice_id = :invoice_id AND step = :step AND mail_id IS NULL;

-- name: mail_choice_get :one
-- why: what a customer wants; no row: everything
-- in: account_id u64
-- out: reminder bool, overdue bool, low_balance bool
SELECT COALESCE(MIN(reminder), 1), COALESCE(MIN(overdue), 1), COALESCE(MIN(low_balance), 1)
  FROM mail_choice
 WHERE account_id = :account_id;

-- name: mail_choice_put :exec
-- why: the customer's own word
-- in: account_id u64, reminder bool, overdue bool, low_balance bool
INSERT INTO mail_choice (account_id, reminder, overdue, low_balance)
VALUES (:account_id, :reminder, :overdue, :low_balance)
    ON DUPLICATE KEY UPDATE
       reminder = :reminder, overdue = :overdue, low_balance = :low_balance;

-- name: low_last :one
-- why: where paging over the accounts ends
-- out: id u64
SELECT COALESCE(MAX(id), 0)
  FROM account;

-- name: low_page :many
-- why: accounts that can run out, in a range of ids, with what is left, what this hour costs by
-- the views that rating uses, and whether they were told
-- scan: ok a range of accounts, once an hour
-- in: hour i64, after u64, upto u64
-- out: account_id u64, left_e8 i64, burn_e8 i64, told_left_e8 i64?
SELECT e.account_id, CAST(e.left_e8 AS SIGNED),
       CAST(COALESCE(b.burn_e8, 0) * (1000000 + e.tax_ppm) DIV 1000000 AS SIGNED), l.left_e8
  FROM exhaustible e
  LEFT JOIN (SELECT x.account_id, SUM(x.cost_e8) AS burn_e8
               FROM (SELECT u.account_id, u.unit_e8 * u.quantity AS cost_e8
                       FROM rateable_usage u
                      WHERE u.account_id > :after AND u.account_id <= :upto
                        AND u.from_hour <= :hour AND u.to_hour > :hour
                      UNION ALL
                     SELECT f.account_id, f.unit_e8 * f.quantity
                       FROM {extras lo=after hi=upto since=hour} f
                      WHERE f.account_id > :after
                        AND f.from_hour <= :hour AND f.to_hour > :hour) x
              GROUP BY x.account_id) b ON b.account_id = e.account_id
  LEFT JOIN low_balance l ON l.account_id = e.account_id
 WHERE e.account_id > :after AND e.account_id <= :upto AND e.status = 'ACTIVE'
 ORDER BY e.account_id;

-- name: low_begin :exec
-- why: one mail for each time a balance runs low
-- in: account_id u64, at i64, left_e8 i64
INSERT IGNORE INTO low_balance (account_id, since_at, left_e8)
VALUES (:account_id, :at, :left_e8);

-- name: low_end :exec
-- why: it was filled: the next time is another one
-- in: account_id u64
DELETE FROM low_balance
 WHERE account_id = :account_id;

-- name: token_add :insert
-- why: only for somebody who may sign in; the same for an address nobody has
-- in: realm str, email str, purpose str, new_email str, wall i64, expires_at i64
INSERT INTO account_token (user_id, purpose, new_email, created_at, expires_at)
SELECT u.id, :purpose, :new_email, :wall, :expires_at
  FROM user u
 WHERE u.realm = :realm AND u.email = :email AND u.status = 'ACTIVE'
   AND CAST(LOWER(u.email) AS BINARY) = CAST(LOWER(:email) AS BINARY);

-- name: token_mail :exec
-- why: the mail of a token: a password's to the user's address, an address's to the new one
-- in: id u64, kind str, dedupe str, now_s i64, wall i64
INSERT INTO mail_delivery (dedupe_key, account_id, kind, to_address, ref_id, detail, subject,
                           body_text, body_html, status, attempts, resends, released, next_at,
                           holder, lease_until, fence, last_error, billing_at, created_at)
SELECT :dedupe, u.account_id, :kind,
       CASE WHEN t.purpose = 'EMAIL' THEN t.new_email ELSE u.email END, t.id, '', '', '', '',
       'QUEUED', 0, 0, 0, :wall, '', 0, 0, '', :now_s, :wall
  FROM account_token t
  JOIN user u ON u.id = t.user_id
 WHERE t.id = :id;

-- name: token_get :one
-- why: what a link of a mail that is about to leave is for
-- in: id u64
-- out: realm str, first_name str, purpose str, expires_at i64, used bool
SELECT u.realm, u.first_name, t.purpose, t.expires_at, t.used_at IS NOT NULL
  FROM account_token t
  JOIN user u ON u.id = t.user_id
 WHERE t.id = :id;

-- name: token_set :exec
-- why: made as the mail leaves; one that was tried before is void
-- in: id u64, token_hash bin32
UPDATE account_token
   SET token_hash = :token_hash
 WHERE id = :id AND used_at IS NULL;

-- name: token_take :exec
-- why: one use, in time
-- in: token_hash bin32, purpose str, wall i64
UPDATE account_token
   SET used_at = :wall
 WHERE token_hash = :token_hash AND purpose = :purpose AND used_at IS NULL AND expires_at > :wall;

-- name: token_user :one
-- why: whose link was just taken; the realm keeps portals apart
-- in: token_hash bin32, realm str
-- out: user_id u64, account_id u64?, email str, new_email str
SELECT u.id, u.account_id, u.email, t.new_email
  FROM account_token t
  JOIN user u ON u.id = t.user_id
 WHERE t.token_hash = :token_hash AND u.realm = :realm AND u.status = 'ACTIVE';

-- name: token_void :exec
-- why: other links of this person end with the one that was used
-- in: user_id u64, wall i64
UPDATE account_token
   SET used_at = :wall
 WHERE user_id = :user_id AND used_at IS NULL;

-- name: token_password :exec
-- why: the new password; every session ends
-- in: user_id u64, password_hash str
UPDATE user
   SET password_hash = :password_hash, session_epoch = session_epoch + 1
 WHERE id = :user_id;

-- name: token_email :exec
-- why: the confirmed address is the login; every session ends
-- in: user_id u64, email str
UPDATE user
   SET email = :email, session_epoch = session_epoch + 1
 WHERE id = :user_id;

-- name: account_email_set :exec
-- why: what the account is written to follows its owner's login
-- in: account_id u64, email str
UPDATE account
   SET email = :email, version = version + 1
 WHERE id = :account_id;

-- name: verify_mails :one
-- why: each reminder step has its mail or none by intent, a mail's document belongs to whom it
-- goes to, and what left has words and a time
-- scan: ok reads all mails
-- out: n u64
SELECT (SELECT COUNT(*) FROM dunning_step d
          JOIN mail_delivery m ON m.id = d.mail_id
         WHERE m.ref_id <> d.invoice_id OR m.account_id <> d.account_id
            OR m.kind NOT IN ('REMINDER', 'OVERDUE'))
     + (SELECT COUNT(*) FROM mail_delivery m
         WHERE m.kind IN ('REMINDER', 'OVERDUE')
           AND NOT EXISTS (SELECT 1 FROM dunning_step d WHERE d.mail_id = m.id))
     + (SELECT COUNT(*) FROM mail_delivery m
          JOIN invoice i ON i.id = m.attach_invoice_id
         WHERE m.account_id IS NULL OR i.account_id <> m.account_id)
     + (SELECT COUNT(*) FROM mail_delivery m
         WHERE m.status = 'SENT'
           AND (m.sent_at IS NULL OR m.subject = '' OR m.composed_at IS NULL));

-- name: token_who :one
-- why: a customer who is signed in, by what he signs in with
-- in: user_id u64
-- out: email str
SELECT email
  FROM user
 WHERE id = :user_id;
