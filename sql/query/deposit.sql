-- name: promise_add :exec
-- why: what a customer was promised, once; in the transaction of his sign-up
-- in: account_id u64, currency str, required_minor i64, refund bool, kind str, ppm i64
-- in: fee_minor i64, remainder str, at i64
INSERT INTO signup_promise (account_id, currency, required_minor, refund, kind, ppm, fee_minor,
                            remainder, promised_at)
VALUES (:account_id, :currency, :required_minor, :refund, :kind, :ppm, :fee_minor, :remainder,
        :at);

-- name: promise_get :one
-- why: the promise as rules and in the words the customer saw
-- in: account_id u64
-- out: currency str, required_minor i64, refund bool, kind str, ppm i64, fee_minor i64
-- out: remainder str, promised_at i64, words str
SELECT p.currency, p.required_minor, p.refund, p.kind, p.ppm, p.fee_minor, p.remainder,
       p.promised_at, a.refund_promise
  FROM signup_promise p
  JOIN account a ON a.id = p.account_id
 WHERE p.account_id = :account_id;

-- name: promise_words :exec
-- why: a deposit of somebody who was promised nothing has its words too; never others
-- in: account_id u64, words str
UPDATE account
   SET refund_promise = :words
 WHERE id = :account_id AND refund_promise = '';

-- name: verification_now :one
-- why: is the account verified; no row: never was
-- in: account_id u64
-- out: verified bool, at i64, actor str, note str
SELECT verified, at, actor, note
  FROM account_verification
 WHERE account_id = :account_id
 ORDER BY id DESC
 LIMIT 1;

-- name: verification_list :many
-- why: who said what about an account, newest first
-- in: account_id u64
-- out: verified bool, at i64, actor str, note str
SELECT verified, at, actor, note
  FROM account_verification
 WHERE account_id = :account_id
 ORDER BY id DESC
 LIMIT 20;

-- name: verification_add :exec
-- why: staff's word; the rows before it stay
-- in: account_id u64, verified bool, note str, at i64, actor str
INSERT INTO account_verification (account_id, verified, note, at, actor)
VALUES (:account_id, :verified, :note, :at, :actor);

-- name: deposit_add :insert
-- why: the unique key makes one payment one deposit, however often it is told
-- in: account_id u64, currency str, amount_minor i64, gateway str, gateway_txn str, at i64
-- in: actor str
INSERT INTO signup_deposit (account_id, currency, amount_minor, gateway, gateway_txn, received_at,
                            received_by, status, kept_minor, refund_minor, wallet_minor,
                            fee_minor, back_minor, payout_reference, done_by, note)
VALUES (:account_id, :currency, :amount_minor, :gateway, :gateway_txn, :at, :actor, 'HELD', 0, 0, 0,
        0, 0, '', '', '');

-- name: deposit_known :one
-- why: same transaction again: same answer, other content: refused
-- in: gateway str, gateway_txn str
-- out: id u64, account_id u64, amount_minor i64, currency str
SELECT id, account_id, amount_minor, currency
  FROM signup_deposit
 WHERE gateway = :gateway AND gateway_txn = :gateway_txn;

-- name: deposit_owner :one
-- why: the operator names the deposit, not the customer
-- in: id u64
-- out: account_id u64
SELECT account_id
  FROM signup_deposit
 WHERE id = :id;

-- name: deposit_get :one
-- why: one deposit of one customer; account_id keeps tenants apart
-- in: account_id u64, id u64
-- out: id u64, currency str, amount_minor i64, status str, refund_minor i64, wallet_minor i64
-- out: fee_minor i64
SELECT id, currency, amount_minor, status, refund_minor, wallet_minor, fee_minor
  FROM signup_deposit
 WHERE account_id = :account_id AND id = :id;

-- name: deposit_list :many
-- why: a customer's deposits, newest first
-- in: account_id u64
-- out: id u64, currency str, amount_minor i64, gateway str, gateway_txn str, received_at i64
-- out: status str, refund_minor i64, wallet_minor i64, fee_minor i64, back_minor i64
-- out: fee_invoice_id u64?, fee_number str?, decided_at i64?, payout_reference str, done_at i64?
-- out: done_by str, note str
SELECT d.id, d.currency, d.amount_minor, d.gateway, d.gateway_txn, d.received_at, d.status,
       d.refund_minor, d.wallet_minor, d.fee_minor, d.back_minor, d.fee_invoice_id, i.number,
       d.decided_at, d.payout_reference, d.done_at, d.done_by, d.note
  FROM signup_deposit d
  LEFT JOIN invoice i ON i.id = d.fee_invoice_id
 WHERE d.account_id = :account_id
 ORDER BY d.id DESC
 LIMIT 50;

-- name: deposit_owed :one
-- why: what is owed to a customer as deposits, by the ledger
-- in: account_id u64, currency str
-- out: owed_e8 i64
SELECT CAST(COALESCE(-SUM(balance_e8), 0) AS SIGNED)
  FROM ledger_account
 WHERE account_id = :account_id AND code = 'DEPOSIT' AND currency = :currency;

-- name: deposit_held :many
-- why: what a verification decides, oldest first
-- in: account_id u64
-- out: id u64, amount_minor i64, currency str
SELECT id, amount_minor, currency
  FROM signup_deposit
 WHERE account_id = :account_id AND status = 'HELD'
 ORDER BY id
 LIMIT 1000;

-- name: deposit_sums :one
-- why: is enough there to activate the account, and what of a fixed fee is kept already
-- in: account_id u64
-- out: received_minor i64, kept_minor i64
SELECT CAST(COALESCE(SUM(amount_minor), 0) AS SIGNED),
       CAST(COALESCE(SUM(kept_minor), 0) AS SIGNED)
  FROM signup_deposit
 WHERE account_id = :account_id AND status <> 'CHARGED_BACK';

-- name: deposit_decide :exec
-- why: conditional: what is held is decided once
-- in: account_id u64, id u64, status str, kept_minor i64, refund_minor i64, wallet_minor i64
-- in: fee_minor i64, fee_invoice_id u64?, at i64, done_at i64?, actor str, note str
UPDATE signup_deposit
   SET status = :status, kept_minor = :kept_minor, refund_minor = :refund_minor,
       wallet_minor = :wallet_minor, fee_minor = :fee_minor, fee_invoice_id = :fee_invoice_id,
       decided_at = :at, done_at = :done_at, done_by = :actor, note = :note
 WHERE account_id = :account_id AND id = :id AND status = 'HELD';

-- name: deposit_paid_out :exec
-- why: conditional: paid back once, and the reference says how
-- in: account_id u64, id u64, reference str, at i64, actor str
UPDATE signup_deposit
   SET status = 'REFUNDED', payout_reference = :reference, done_at = :at, done_by = :actor
 WHERE account_id = :account_id AND id = :id AND status = 'REFUNDING';

-- name: deposit_to_wallet :exec
-- why: conditional: a refund that cannot be paid becomes balance instead
-- in: account_id u64, id u64, at i64, actor str, note str
UPDATE signup_deposit
   SET status = 'APPLIED', wallet_minor = wallet_minor + refund_minor, refund_minor = 0,
       done_at = :at, done_by = :actor, note = :note
 WHERE account_id = :account_id AND id = :id AND status = 'REFUNDING';

-- name: deposit_charge_back :exec
-- why: conditional on the state the amounts were read in: closes the case for good
-- in: account_id u64, id u64, status str, refund_minor i64, back_minor i64, at i64, actor str
-- in: note str
UPDATE signup_deposit
   SET status = 'CHARGED_BACK', refund_minor = :refund_minor, back_minor = :back_minor,
       done_at = :at, done_by = :actor, note = :note
 WHERE account_id = :account_id AND id = :id AND status = :status;

-- name: deposit_waiting :one
-- why: refunds that staff should have paid by now, and whose the oldest is
-- in: before i64
-- out: n u64, account_id u64?
SELECT COUNT(*),
       (SELECT d.account_id FROM signup_deposit d
         WHERE d.status = 'REFUNDING' AND d.decided_at < :before
         ORDER BY d.decided_at, d.id
         LIMIT 1)
  FROM signup_deposit
 WHERE status = 'REFUNDING' AND decided_at < :before;

-- name: once_insert :insert
-- why: a document over one amount that contains its taxes and is paid as it is issued; it has no
-- period
-- in: account_id u64, dedupe str, number_n u64, number str, hour i64, at i64, currency str
-- in: exact_e8 i64, inclusive bool, tax_ppm i64, subtotal_minor i64, tax_minor i64
-- in: total_minor i64, buyer str, seller str
INSERT INTO invoice (account_id, kind, dedupe, number_n, number, status, period_from_hour,
                     period_to_hour, issued_at, due_at, currency, exact_e8, fee_e8, tax_ppm,
                     tax_inclusive, subtotal_minor, tax_minor, total_minor, paid_minor, buyer,
                     seller)
VALUES (:account_id, 'INVOICE', :dedupe, :number_n, :number, 'PAID', :hour, :hour, :at, :at,
        :currency, :exact_e8, :exact_e8, :tax_ppm, :inclusive, :subtotal_minor, :tax_minor,
        :total_minor, :total_minor, :buyer, :seller);

-- name: once_fx :exec
-- why: its tax in the seller's currency, as close_fx does for a cycle's invoices
-- in: id u64, at i64, base str
INSERT INTO invoice_fx (invoice_id, currency, rate_e12, source, rate_at, tax_minor)
SELECT i.id, :base, f.rate_e12, f.source, f.valid_from,
       (2 * CAST(i.tax_minor AS DECIMAL(38, 0)) * m.minor_e8 * f.rate_e12
        + 1000000000000 * b.minor_e8) DIV (2000000000000 * b.minor_e8)
  FROM invoice i
  JOIN currency m ON m.code = i.currency
  JOIN currency b ON b.code = :base
  JOIN fx_rate f ON f.from_currency = i.currency AND f.to_currency = b.code
   AND f.valid_from = (SELECT MAX(g.valid_from) FROM fx_rate g
                        WHERE g.from_currency = i.currency AND g.to_currency = b.code
                          AND g.valid_from <= :at)
 WHERE i.id = :id AND i.tax_minor > 0 AND i.currency <> :base;

-- name: verify_deposit_held :one
-- why: what is owed to customers as deposits is what is held for a decision or waits to be
-- paid back
-- scan: ok reads all deposits
-- out: n u64
SELECT COUNT(*)
  FROM ledger_account la
  JOIN currency m ON m.code = la.currency
  LEFT JOIN (SELECT account_id, currency,
                    SUM(CASE status WHEN 'HELD' THEN amount_minor
                             WHEN 'REFUNDING' THEN refund_minor ELSE 0 END) AS held_minor
               FROM signup_deposit
              GROUP BY account_id, currency) d
    ON d.account_id = la.account_id AND d.currency = la.currency
 WHERE la.code = 'DEPOSIT' AND -la.balance_e8 <> COALESCE(d.held_minor, 0) * m.minor_e8;

-- name: verify_deposit_refunds :one
-- why: each deposit is in the ledger once, as received and as refunded; a refund is what the row
-- says and never above what was received; nothing is refunded that was not received
-- scan: ok reads all deposits
-- out: n u64
SELECT (SELECT COUNT(*)
          FROM signup_deposit d
          JOIN currency m ON m.code = d.currency
          LEFT JOIN (SELECT t.ref_id, t.account_id,
                            SUM(CASE WHEN t.reason = 'DEPOSIT' THEN -e.amount_e8 END) AS in_e8,
                            SUM(CASE WHEN t.reason = 'DEPOSIT_REFUND' THEN e.amount_e8 END)
                              AS out_e8,
                            SUM(CASE WHEN t.reason = 'DEPOSIT_REFUND' THEN 1 ELSE 0 END) AS outs
                       FROM ledger_account la
                       JOIN ledger_entry e ON e.ledger_account_id = la.id
                       JOIN ledger_txn t ON t.id = e.txn_id
                      WHERE la.code = 'DEPOSIT'
                      GROUP BY t.ref_id, t.account_id) x
            ON x.ref_id = d.id AND x.account_id = d.account_id
         WHERE COALESCE(x.in_e8, 0) <> d.amount_minor * m.minor_e8
            OR COALESCE(x.outs, 0) <> (d.payout_reference <> '')
            OR COALESCE(x.out_e8, 0)
                 <> CASE WHEN d.payout_reference <> '' THEN d.refund_minor * m.minor_e8 ELSE 0 END
            OR d.refund_minor > d.amount_minor)
     + (SELECT COUNT(*)
          FROM ledger_txn t
          LEFT JOIN signup_deposit d ON d.id = t.ref_id AND d.account_id = t.account_id
         WHERE t.reason IN ('DEPOSIT', 'DEPOSIT_REFUND', 'DEPOSIT_APPLIED', 'DEPOSIT_FEE',
                            'DEPOSIT_BACK')
           AND d.id IS NULL);

-- name: verify_deposit_settled :one
-- why: what was decided comes to what was received, part by part as in the ledger; a fee has its
-- document over as much; a chargeback leaves nothing held; nothing is held for a verified account
-- scan: ok reads all deposits
-- out: n u64
SELECT (SELECT COUNT(*)
          FROM signup_deposit d
          JOIN currency m ON m.code = d.currency
          LEFT JOIN (SELECT t.ref_id, t.account_id,
                            SUM(CASE WHEN t.reason = 'DEPOSIT_APPLIED' THEN e.amount_e8
                                     ELSE 0 END) AS wallet_e8,
                            SUM(CASE WHEN t.reason = 'DEPOSIT_FEE' THEN e.amount_e8
                                     ELSE 0 END) AS fee_e8,
                            SUM(e.amount_e8) AS left_e8
                       FROM ledger_account la
                       JOIN ledger_entry e ON e.ledger_account_id = la.id
                       JOIN ledger_txn t ON t.id = e.txn_id
                      WHERE la.code = 'DEPOSIT'
                      GROUP BY t.ref_id, t.account_id) x
            ON x.ref_id = d.id AND x.account_id = d.account_id
          LEFT JOIN invoice i ON i.id = d.fee_invoice_id
         WHERE (d.status IN ('REFUNDING', 'REFUNDED', 'APPLIED')
                AND d.refund_minor + d.wallet_minor + d.fee_minor <> d.amount_minor)
            OR (d.status = 'HELD' AND d.refund_minor + d.wallet_minor + d.fee_minor <> 0)
            OR COALESCE(x.wallet_e8, 0) <> d.wallet_minor * m.minor_e8
            OR COALESCE(x.fee_e8, 0) <> d.fee_minor * m.minor_e8
            OR COALESCE(i.total_minor, 0) <> d.fee_minor
            OR (d.status = 'CHARGED_BACK'
                AND (x.left_e8 <> 0
                     OR d.back_minor <> d.refund_minor + d.wallet_minor + d.fee_minor))
            OR (d.status <> 'CHARGED_BACK' AND d.back_minor <> 0))
     + (SELECT COUNT(*)
          FROM signup_deposit d
          JOIN account_verification v ON v.account_id = d.account_id
           AND v.id = (SELECT MAX(w.id) FROM account_verification w
                        WHERE w.account_id = d.account_id)
         WHERE d.status = 'HELD' AND v.verified = 1);
