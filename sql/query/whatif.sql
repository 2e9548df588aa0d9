-- name: whatif_rules :one
-- why: does a setting rule what hours cost
-- in: skey str
-- out: n u64
SELECT (SELECT COUNT(*) FROM item WHERE skey = :skey)
       + CASE WHEN :skey IN ('ip.free_one', 'suspension.bill_retained') THEN 1 ELSE 0 END;

-- name: whatif_fill :exec
-- why: what the hours of a window cost each account by the views that rating uses, with the
-- settings as they stand in this transaction
-- in: side u32, from_hour i64, to_hour i64
INSERT INTO whatif (side, account_id, currency, amount_e8)
SELECT :side, x.account_id, x.currency,
       CAST(SUM((LEAST(x.to_hour, :to_hour) - GREATEST(x.from_hour, :from_hour))
                * x.unit_e8 * x.quantity) AS SIGNED)
  FROM (SELECT account_id, currency, from_hour, to_hour, unit_e8, quantity
          FROM rateable_usage
         WHERE from_hour < :to_hour AND to_hour > :from_hour
         UNION ALL
        SELECT account_id, currency, from_hour, to_hour, unit_e8, quantity
          FROM {extras lo=0 hi=18446744073709551615 since=from_hour} e
         WHERE from_hour < :to_hour AND to_hour > :from_hour) x
 GROUP BY x.account_id, x.currency;

-- name: whatif_sum :many
-- why: how many accounts would pay another amount, and what all of them pay before and after
-- scan: ok a scratch table
-- out: currency str, accounts u64, changed u64, before_e8 i64, after_e8 i64
SELECT b.currency, COUNT(*),
       CAST(SUM(CASE WHEN a.amount_e8 <> b.amount_e8 THEN 1 ELSE 0 END) AS UNSIGNED),
       CAST(SUM(b.amount_e8) AS SIGNED), CAST(SUM(a.amount_e8) AS SIGNED)
  FROM whatif b
  JOIN whatif a ON a.account_id = b.account_id AND a.side = 1
 WHERE b.side = 0
 GROUP BY b.currency
 ORDER BY b.currency;
