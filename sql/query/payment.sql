-- name: payment_insert :insert
-- why: the unique key makes one payment one row, however often it is told
-- in: account_id u64, gateway str, gateway_txn str, amount_minor i64, currency str
-- in: received_at i64, note str
INSERT INTO payment (account_id, gateway, gateway_txn, amount_minor, currency, received_at, note)
VALUES (:account_id, :gateway, :gateway_txn, :amount_minor, :currency, :received_at, :note);

-- name: payment_known :one
-- why: same transaction again: same answer, other content: refused
-- in: gateway str, gateway_txn str
-- out: id u64, account_id u64, amount_minor i64, currency str
SELECT id, account_id, amount_minor, currency
  FROM payment
 WHERE gateway = :gateway AND gateway_txn = :gateway_txn;

-- name: payment_allocate :exec
-- why: where the money went; invoice NULL is the wallet
-- in: payment_id u64, invoice_id u64?, amount_minor i64
INSERT INTO payment_allocation (payment_id, invoice_id, amount_minor)
VALUES (:payment_id, :invoice_id, :amount_minor);

-- name: invoice_pay :exec
-- why: conditional: never above the total, never on a cancelled document
-- in: invoice_id u64, account_id u64, amount_minor i64
UPDATE invoice
   SET status = CASE WHEN paid_minor + :amount_minor = total_minor THEN 'PAID'
                     ELSE 'UNPAID' END,
       paid_minor = paid_minor + :amount_minor
 WHERE id = :invoice_id AND account_id = :account_id AND status = 'UNPAID'
   AND paid_minor + :amount_minor <= total_minor;

-- name: invoices_overdue :many
-- why: what a recharge pays before it fills the balance, the oldest first
-- in: account_id u64, now_s i64
-- out: id u64, number str, open_minor i64
SELECT id, number, total_minor - paid_minor
  FROM invoice
 WHERE account_id = :account_id AND status = 'UNPAID' AND kind <> 'RECHARGE' AND due_at < :now_s
 ORDER BY due_at, id
 LIMIT 1000;

-- name: invoices_to_pay :many
-- why: what a payment without an invoice is for, the oldest due first
-- in: account_id u64
-- out: id u64, number str, open_minor i64
SELECT id, number, total_minor - paid_minor
  FROM invoice
 WHERE account_id = :account_id AND status = 'UNPAID' AND kind <> 'RECHARGE'
   AND total_minor > paid_minor
 ORDER BY due_at, id
 LIMIT 1000;

-- name: ledger_account_open :exec
-- why: the accounts a customer or a currency needs
-- in: account_id u64, code str, currency str
INSERT IGNORE INTO ledger_account (account_id, code, currency, balance_e8)
VALUES (:account_id, :code, :currency, 0);

-- name: wallet_insert :exec
-- why: the one wallet row of a new account; its first cycle ends with the month
-- in: account_id u64, currency str, hour i64, cycle_to i64
INSERT INTO wallet (account_id, currency, balance_e8, unposted_e8, drawn_e8, rated_until_hour,
                    posted_until_hour, cycle_from_hour, cycle_to_hour, last_posted_e8, version,
                    target_hour, hourly, post_draw_e8, closing)
VALUES (:account_id, :currency, 0, 0, 0, :hour, :hour, :hour, :cycle_to, 0, 1, 0, 0, 0, 0);

-- name: ledger_txn_add :exec
-- why: the id comes from the business key: the same effect is refused by the primary key
-- in: id bin16, account_id u64, reason str, ref_id u64, currency str, at i64, actor str, note str
INSERT INTO ledger_txn (id, account_id, reason, ref_id, currency, at, actor, note)
VALUES (:id, :account_id, :reason, :ref_id, :currency, :at, :actor, :note);

-- name: ledger_entry_add :exec
-- why: one leg; the account is found by its owner, code and currency
-- in: txn_id bin16, amount_e8 i64, at i64, owner u64, code str, currency str
INSERT INTO ledger_entry (txn_id, ledger_account_id, amount_e8, currency, at)
SELECT :txn_id, la.id, :amount_e8, la.currency, :at
  FROM ledger_account la
 WHERE la.account_id = :owner AND la.code = :code AND la.currency = :currency;

-- name: ledger_account_move :exec
-- why: the running balance moves with its entry
-- in: owner u64, code str, currency str, amount_e8 i64
UPDATE ledger_account
   SET balance_e8 = balance_e8 + :amount_e8
 WHERE account_id = :owner AND code = :code AND currency = :currency;

-- name: wallet_move :exec
-- why: what the customer has moves with the WALLET ledger account, within what a row can hold
-- in: account_id u64, amount_e8 i64, currency str
UPDATE wallet
   SET balance_e8 = balance_e8 + :amount_e8, version = version + 1
 WHERE account_id = :account_id AND currency = :currency
   AND balance_e8 BETWEEN -4000000000000000000 - LEAST(:amount_e8, 0)
                      AND 4000000000000000000 - GREATEST(:amount_e8, 0);

-- name: wallet_statement :many
-- why: the customer's own book: every movement of the balance, newest first, and what of it was
-- credit; for usage also what it came to, of which a credit line carries the rest
-- in: account_id u64, lim u32
-- out: at i64, reason str, note str, amount_e8 i64, after_e8 i64, promo_e8 i64, usage_e8 i64?
SELECT x.at, x.reason, x.note, x.amount_e8, x.after_e8,
       CAST(COALESCE((SELECT SUM(d.amount_e8) FROM credit_draw d WHERE d.txn_id = x.id), 0)
            AS SIGNED),
       x.usage_e8
  FROM (SELECT t.id, t.seq, t.at, t.reason, t.note, COALESCE(-e.amount_e8, 0) AS amount_e8,
               CAST(COALESCE(-SUM(e.amount_e8) OVER (ORDER BY t.seq), 0) AS SIGNED) AS after_e8,
               u.amount_e8 AS usage_e8
          FROM account a
          JOIN ledger_txn t ON t.account_id = a.id
          JOIN ledger_account la ON la.account_id = a.id AND la.code = 'WALLET'
           AND la.currency = t.currency
          LEFT JOIN ledger_entry e ON e.txn_id = t.id AND e.ledger_account_id = la.id
          JOIN ledger_account ua ON ua.account_id = a.id AND ua.code = 'UNBILLED'
           AND ua.currency = t.currency
          LEFT JOIN ledger_entry u ON u.txn_id = t.id AND u.ledger_account_id = ua.id
           AND t.reason = 'USAGE'
         WHERE a.id = :account_id
           AND (e.id IS NOT NULL OR (u.id IS NOT NULL AND a.plan = 'FLEXIBLE'))) x
 ORDER BY x.seq DESC
 LIMIT :lim;

-- name: payment_list :many
-- why: a customer's payments, newest first
-- in: account_id u64
-- out: id u64, gateway str, gateway_txn str, amount_minor i64, currency str, received_at i64
SELECT id, gateway, gateway_txn, amount_minor, currency, received_at
  FROM payment
 WHERE account_id = :account_id
 ORDER BY id DESC
 LIMIT 20;

-- name: payment_invoices :many
-- why: what a payment was for
-- in: payment_id u64
-- out: invoice_id u64
SELECT invoice_id
  FROM payment_allocation
 WHERE payment_id = :payment_id AND invoice_id IS NOT NULL
 ORDER BY invoice_id;
