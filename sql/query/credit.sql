-- part: credit_order
-- why: the live grants of accounts in the order they are spent, the one that expires first first,
-- and how much is before each; needs :lo, :hi
(SELECT g.id, g.account_id, g.remaining_e8,
        CAST(SUM(g.remaining_e8) OVER (PARTITION BY g.account_id
                                       ORDER BY g.expires_hour, g.id) AS SIGNED)
          - g.remaining_e8 AS before_e8
   FROM credit_grant g
  WHERE g.live_key BETWEEN :lo AND :hi)

-- name: wallet_credit_until :one
-- why: up to which hour an account is rated before given money ends
-- in: account_id u64
-- out: hour i64?
SELECT credit_until_hour
  FROM wallet
 WHERE account_id = :account_id;

-- name: credit_any :one
-- why: most accounts have no grant: nothing more is asked then
-- in: lo u64, hi u64
-- out: n u64
SELECT COUNT(*)
  FROM (SELECT 1 FROM credit_grant WHERE live_key BETWEEN :lo AND :hi LIMIT 1) x;

-- name: credit_post :exec
-- why: what a posting draws, from the grants as far as they go; the rest was paid
-- in: lo u64, hi u64
INSERT INTO credit_draw (grant_id, txn_id, account_id, cycle_hour, amount_e8)
SELECT o.id, w.post_id, w.account_id, w.cycle_from_hour,
       LEAST(o.remaining_e8, w.post_draw_e8 - o.before_e8)
  FROM {credit_order} o
  JOIN wallet w ON w.account_id = o.account_id
 WHERE w.post_id IS NOT NULL AND w.post_draw_e8 > o.before_e8;

-- name: credit_post_left :exec
-- why: and the grants have that much less
-- in: lo u64, hi u64
UPDATE credit_grant g
  JOIN wallet w ON w.account_id = g.live_key AND w.post_id IS NOT NULL
  JOIN credit_draw d ON d.grant_id = g.id AND d.txn_id = w.post_id
   SET g.remaining_e8 = g.remaining_e8 - d.amount_e8
 WHERE g.live_key BETWEEN :lo AND :hi;

-- name: credit_close_any :one
-- why: has a grant anything to do with what this chunk settles
-- in: lo u64, hi u64
-- out: n u64
SELECT (SELECT COUNT(*) FROM credit_grant g WHERE g.live_key BETWEEN :lo AND :hi)
       + (SELECT COUNT(*)
            FROM wallet w
            JOIN credit_draw d ON d.account_id = w.account_id
             AND d.cycle_hour = w.cycle_from_hour
           WHERE w.account_id BETWEEN :lo AND :hi AND w.closing = 1);

-- name: credit_close :exec
-- why: an invoice takes more of the balance than its usage drew: from the grants first
-- in: lo u64, hi u64
INSERT INTO credit_draw (grant_id, txn_id, account_id, cycle_hour, amount_e8)
SELECT o.id, UNHEX(LEFT(SHA2(CONCAT('SETTLEMENT:', w.invoice_id), 256), 32)), w.account_id,
       NULL, LEAST(o.remaining_e8, w.post_draw_e8 - w.drawn_e8 - o.before_e8)
  FROM {credit_order} o
  JOIN wallet w ON w.account_id = o.account_id
 WHERE w.closing = 1 AND w.invoice_id IS NOT NULL
   AND w.post_draw_e8 - w.drawn_e8 > o.before_e8;

-- name: credit_close_back :exec
-- why: an invoice takes less than was drawn: it keeps what the grants gave as far as it goes, and
-- paid money after that; what it does not keep of the grants goes back to them, the one that
-- expires last first
-- in: lo u64, hi u64
INSERT INTO credit_draw (grant_id, txn_id, account_id, cycle_hour, amount_e8)
SELECT y.grant_id, UNHEX(LEFT(SHA2(CONCAT('SETTLEMENT:', y.invoice_id), 256), 32)),
       y.account_id, y.cycle_hour, -LEAST(y.amount_e8, y.back_e8 - y.before_e8)
  FROM (SELECT x.grant_id, x.account_id, x.cycle_hour, x.invoice_id, x.amount_e8,
               CAST(SUM(x.amount_e8) OVER (PARTITION BY x.account_id) AS SIGNED)
                 - x.settled_e8 AS back_e8,
               CAST(SUM(x.amount_e8) OVER (PARTITION BY x.account_id
                                           ORDER BY x.expires_hour DESC, x.grant_id DESC)
                    AS SIGNED) - x.amount_e8 AS before_e8
          FROM (SELECT d.grant_id, d.account_id, d.cycle_hour, w.invoice_id,
                       w.post_draw_e8 AS settled_e8, g.expires_hour,
                       CAST(SUM(d.amount_e8) AS SIGNED) AS amount_e8
                  FROM wallet w
                  JOIN credit_draw d ON d.account_id = w.account_id
                   AND d.cycle_hour = w.cycle_from_hour
                  JOIN credit_grant g ON g.id = d.grant_id
                 WHERE w.account_id BETWEEN :lo AND :hi AND w.closing = 1
                   AND w.invoice_id IS NOT NULL AND w.drawn_e8 > w.post_draw_e8
                 GROUP BY d.grant_id, d.account_id, d.cycle_hour, w.invoice_id, w.post_draw_e8,
                          g.expires_hour) x
         WHERE x.amount_e8 > 0) y
 WHERE y.back_e8 > y.before_e8;

-- name: credit_close_left :exec
-- why: and the grants have that much less, or more
-- in: lo u64, hi u64
UPDATE credit_grant g
  JOIN wallet w ON w.account_id = g.account_id AND w.closing = 1 AND w.invoice_id IS NOT NULL
  JOIN credit_draw d ON d.grant_id = g.id
   AND d.txn_id = UNHEX(LEFT(SHA2(CONCAT('SETTLEMENT:', w.invoice_id), 256), 32))
   SET g.remaining_e8 = g.remaining_e8 - d.amount_e8
 WHERE g.account_id BETWEEN :lo AND :hi;

-- name: credit_close_until :exec
-- why: a grant that got something back may have expired long ago
-- in: lo u64, hi u64
UPDATE wallet
   SET credit_until_hour = (SELECT MIN(g.expires_hour) FROM credit_grant g
                             WHERE g.live_key = wallet.account_id
                               AND g.expires_hour < 4000000000)
 WHERE account_id BETWEEN :lo AND :hi AND closing = 1;

-- name: credit_take :exec
-- why: one transaction of one account took so much of its balance
-- in: lo u64, hi u64, txn_id bin16, amount_e8 i64, of_cycle bool
INSERT INTO credit_draw (grant_id, txn_id, account_id, cycle_hour, amount_e8)
SELECT o.id, :txn_id, w.account_id, CASE WHEN :of_cycle THEN w.cycle_from_hour END,
       LEAST(o.remaining_e8, :amount_e8 - o.before_e8)
  FROM {credit_order} o
  JOIN wallet w ON w.account_id = o.account_id
 WHERE :amount_e8 > o.before_e8;

-- name: credit_take_left :exec
-- why: and the grants have that much less
-- in: account_id u64, txn_id bin16
UPDATE credit_grant g
  JOIN credit_draw d ON d.grant_id = g.id AND d.txn_id = :txn_id
   SET g.remaining_e8 = g.remaining_e8 - d.amount_e8
 WHERE g.account_id = :account_id;

-- name: credit_grant_add :exec
-- why: a redemption is one grant; what was owed is paid from it at once
-- in: account_id u64, redemption_id u64, granted_e8 i64, remaining_e8 i64, expires_hour i64
INSERT INTO credit_grant (account_id, redemption_id, granted_e8, remaining_e8, expires_hour)
VALUES (:account_id, :redemption_id, :granted_e8, :remaining_e8, :expires_hour);

-- name: credit_owed :one
-- why: what a balance is below zero: credit covers that first
-- in: account_id u64
-- out: owed_e8 i64
SELECT GREATEST(-balance_e8, 0)
  FROM wallet
 WHERE account_id = :account_id;

-- name: credit_until :exec
-- why: how far the account is rated before the next grant is written off
-- in: account_id u64
UPDATE wallet
   SET credit_until_hour = (SELECT MIN(g.expires_hour) FROM credit_grant g
                             WHERE g.live_key = :account_id AND g.expires_hour < 4000000000)
 WHERE account_id = :account_id;

-- name: credit_due :many
-- why: everything that could be drawn before the hour is posted (POSTPAID draws when its cycle
-- ends): what is left of the grant is gone
-- in: hour i64, account_id u64
-- out: account_id u64
SELECT w.account_id
  FROM wallet w
  JOIN account a ON a.id = w.account_id
 WHERE w.credit_until_hour <= :hour AND (:account_id = 0 OR w.account_id = :account_id)
   AND (w.posted_until_hour >= w.credit_until_hour
        OR (a.plan = 'POSTPAID' AND w.cycle_to_hour >= w.credit_until_hour))
 ORDER BY w.account_id
 LIMIT 500;

-- name: credit_expired :many
-- why: the grants to write off; times counts, so that what was given back later goes once more
-- in: account_id u64
-- out: id u64, remaining_e8 i64, expires_hour i64, currency str, label str, draws u64
SELECT g.id, g.remaining_e8, g.expires_hour, w.currency, p.label,
       (SELECT COUNT(*) FROM credit_draw d WHERE d.grant_id = g.id)
  FROM credit_grant g
  JOIN wallet w ON w.account_id = g.account_id
  JOIN promo_redemption r ON r.id = g.redemption_id
  JOIN promo p ON p.id = r.promo_id
 WHERE g.live_key = :account_id AND g.expires_hour <= w.credit_until_hour
 ORDER BY g.expires_hour, g.id
 LIMIT 1000;

-- name: credit_list :many
-- why: what a customer has of each grant, the one that is spent next first
-- in: account_id u64
-- out: label str, granted_e8 i64, remaining_e8 i64, expires_hour i64
SELECT p.label, g.granted_e8, g.remaining_e8, g.expires_hour
  FROM credit_grant g
  JOIN promo_redemption r ON r.id = g.redemption_id
  JOIN promo p ON p.id = r.promo_id
 WHERE g.live_key = :account_id
 ORDER BY g.expires_hour, g.id
 LIMIT 100;

-- name: verify_credit_left :one
-- why: what is left of a grant is what it was less what was drawn; no draw without its grant
-- scan: ok verify
-- out: n u64
SELECT COUNT(*)
  FROM credit_grant g
  LEFT JOIN (SELECT grant_id, SUM(amount_e8) AS amount_e8 FROM credit_draw GROUP BY grant_id) d
    ON d.grant_id = g.id
 WHERE g.remaining_e8 <> g.granted_e8 - COALESCE(d.amount_e8, 0);

-- name: verify_credit_first :one
-- why: given money is spent before paid money: a balance holds at least its live grants
-- scan: ok verify
-- out: n u64
SELECT COUNT(*)
  FROM (SELECT g.live_key AS account_id, SUM(g.remaining_e8) AS left_e8
          FROM credit_grant g
         WHERE g.live_key IS NOT NULL
         GROUP BY g.live_key) x
  JOIN wallet w ON w.account_id = x.account_id
 WHERE w.balance_e8 < x.left_e8;

-- name: verify_settlement :one
-- why: a posting is paid by credit, by paid money and by the credit line, each at least nothing,
-- all of it together; and nothing else took from a grant than what took from the balance
-- scan: ok verify
-- out: n u64
SELECT (SELECT COUNT(*)
          FROM settlement s
         WHERE s.usage_e8 > 0
           AND (s.promo_e8 < 0 OR s.promo_e8 > s.wallet_e8 OR s.wallet_e8 > s.usage_e8))
     + (SELECT COUNT(*)
          FROM (SELECT d.txn_id, d.account_id, SUM(d.amount_e8) AS amount_e8
                  FROM credit_draw d
                 GROUP BY d.txn_id, d.account_id) x
          JOIN ledger_txn t ON t.id = x.txn_id
          JOIN ledger_account la ON la.account_id = x.account_id AND la.code = 'WALLET'
           AND la.currency = t.currency
          LEFT JOIN ledger_entry e ON e.txn_id = x.txn_id AND e.ledger_account_id = la.id
         WHERE (t.reason <> 'PROMO' OR x.amount_e8 < 0)
           AND (x.amount_e8 > GREATEST(COALESCE(e.amount_e8, 0), 0)
                OR x.amount_e8 < LEAST(COALESCE(e.amount_e8, 0), 0)))
     + (SELECT COUNT(*)
          FROM credit_draw d
          LEFT JOIN ledger_txn t ON t.id = d.txn_id
         WHERE t.id IS NULL);

-- name: verify_credit_until :one
-- why: the next grant to expire is known: no hour is rated beyond it before it is written off
-- scan: ok verify
-- out: n u64
SELECT COUNT(*)
  FROM (SELECT g.live_key AS account_id, MIN(g.expires_hour) AS hour
          FROM credit_grant g
         WHERE g.live_key IS NOT NULL AND g.expires_hour < 4000000000
         GROUP BY g.live_key) x
  JOIN wallet w ON w.account_id = x.account_id
 WHERE w.credit_until_hour IS NULL OR w.credit_until_hour > x.hour;
