-- name: close_first :one
-- why: the oldest cycle end that has passed, and whether an account of it is not ready: what
-- ends later waits for it, so that numbers follow the dates
-- in: now_hour i64
-- out: cycle_to i64?, waiting bool
SELECT m.cycle_to,
       EXISTS (SELECT 1 FROM wallet v
                WHERE v.cycle_to_hour = m.cycle_to
                  AND (v.rated_until_hour <> v.cycle_to_hour
                       OR v.posted_until_hour <> v.cycle_to_hour
                       OR v.rerate_from_hour IS NOT NULL))
  FROM (SELECT MIN(cycle_to_hour) AS cycle_to
          FROM wallet
         WHERE cycle_to_hour <= :now_hour) m;

-- name: close_due :one
-- why: the oldest cycle end up to now_hour with accounts that have everything rated and posted,
-- and the range of accounts of the next chunk
-- in: now_hour i64, size u32
-- out: cycle_to i64?, lo u64?, hi u64?
SELECT MIN(x.cycle_to_hour), MIN(x.account_id), MAX(x.account_id)
  FROM (SELECT w.cycle_to_hour, w.account_id
          FROM wallet w
         WHERE w.cycle_to_hour = (SELECT MIN(v.cycle_to_hour) FROM wallet v
                                   WHERE v.cycle_to_hour <= :now_hour
                                     AND v.rated_until_hour = v.cycle_to_hour
                                     AND v.posted_until_hour = v.cycle_to_hour
                                     AND v.rerate_from_hour IS NULL)
           AND w.rated_until_hour = w.cycle_to_hour AND w.posted_until_hour = w.cycle_to_hour
           AND w.rerate_from_hour IS NULL
         ORDER BY w.account_id
         LIMIT :size) x;

-- name: close_claim :exec
-- why: first statement of closing a chunk: writes the rows whose cycle ends here
-- in: lo u64, hi u64, cycle_to i64
UPDATE wallet
   SET closing = 1, version = version + 1
 WHERE account_id BETWEEN :lo AND :hi AND cycle_to_hour = :cycle_to
   AND rated_until_hour = cycle_to_hour AND posted_until_hour = cycle_to_hour
   AND rerate_from_hour IS NULL;

-- name: close_negative :many
-- why: who is about to be closed with less than nothing, because of adjustments of hours that
-- stand on an issued invoice
-- in: lo u64, hi u64, cycle_to i64
-- out: account_id u64
SELECT w.account_id
  FROM wallet w
  JOIN ledger_account la ON la.account_id = w.account_id AND la.code = 'UNBILLED'
   AND la.currency = w.currency AND la.balance_e8 < 0
 WHERE w.account_id BETWEEN :lo AND :hi AND w.cycle_to_hour = :cycle_to
   AND w.rated_until_hour = w.cycle_to_hour AND w.posted_until_hour = w.cycle_to_hour
   AND w.rerate_from_hour IS NULL
   AND EXISTS (SELECT 1 FROM charge c
                 JOIN invoice i ON i.account_id = c.account_id AND i.kind = 'INVOICE'
                  AND i.status <> 'CANCELLED' AND i.period_from_hour < c.to_hour
                  AND i.period_to_hour > c.from_hour
                WHERE c.account_id = w.account_id AND c.book_hour = w.cycle_from_hour
                  AND c.revision > 0 AND c.to_hour <= w.cycle_from_hour)
 ORDER BY w.account_id
 LIMIT 1000;

-- name: close_carry :exec
-- why: a cycle whose adjustments outweigh its usage is no invoice: what no note could take
-- (invoice/late.h) goes to the next one.
-- Everything is posted by now, so unbilled usage says which accounts without adding up
-- in: lo u64, hi u64, cycle_to i64
UPDATE charge c
  JOIN wallet w ON w.account_id = c.account_id AND w.closing = 1
   AND c.book_hour = w.cycle_from_hour
  JOIN ledger_account la ON la.account_id = w.account_id AND la.code = 'UNBILLED'
   AND la.currency = w.currency AND la.balance_e8 < 0
   SET c.book_hour = :cycle_to
 WHERE w.account_id BETWEEN :lo AND :hi;

-- name: close_discounts :exec
-- why: what each adjustment comes to on the invoice under way, exactly (rules and their order:
-- billing/promo/discount.h). Writing due_e8 uses up one cycle and is what the invoice and its
-- lines are made from; an adjustment that comes to nothing stays as it is. Few accounts have
-- one: starts from these, not from the wallets
-- in: lo u64, hi u64
UPDATE account_discount t
  JOIN (SELECT z.id, z.cycles_used + 1 AS used, z.cycles_total,
               CASE WHEN z.want > 0 THEN z.want
                    ELSE LEAST(z.before_e8, z.most_e8) - LEAST(z.before_e8 - z.want, z.most_e8)
                    END AS due_e8
          FROM (SELECT y.id, y.want, y.cycles_used, y.cycles_total,
                       GREATEST(y.usage_e8 + y.fee_e8, 0)
                         + SUM(GREATEST(y.want, 0)) OVER (PARTITION BY y.account_id) AS most_e8,
                       -SUM(LEAST(y.want, 0))
                         OVER (PARTITION BY y.account_id
                               ORDER BY y.kind DESC, y.id
                               ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
                         + LEAST(y.want, 0) AS before_e8
                  FROM (SELECT x.id, x.account_id, x.kind, x.usage_e8, x.fee_e8, x.cycles_used,
                               x.cycles_total,
                               CASE WHEN x.kind = 'PERCENT'
                                    THEN SIGN(x.ppm)
                                         * ((2 * GREATEST(x.scope_e8, 0) * ABS(x.ppm) + 1000000)
                                            DIV 2000000)
                                    WHEN x.scope = '' THEN x.amount_e8
                                    WHEN x.amount_e8 > 0
                                    THEN CASE WHEN x.scope_e8 > 0 THEN x.amount_e8 ELSE 0 END
                                    ELSE -LEAST(-x.amount_e8, GREATEST(x.scope_e8, 0))
                                    END AS want
                          FROM (SELECT s.id, s.account_id, s.kind, s.ppm, s.amount_e8, s.scope,
                                       s.fee_e8, s.usage_e8, s.cycles_used, s.cycles_total,
                                       s.scope_e8 + CASE WHEN s.scope = '' THEN s.fee_e8
                                                         ELSE 0 END AS scope_e8
                                  FROM (SELECT d.id, d.account_id, d.kind, d.ppm, d.amount_e8,
                                               d.scope, d.cycles_used, d.cycles_total,
                                               COALESCE((SELECT SUM(f.amount_e8)
                                                           FROM contract_fee f
                                                          WHERE f.account_id = d.account_id
                                                            AND f.cycle_hour = w.cycle_from_hour),
                                                        0) AS fee_e8,
                                               COALESCE(SUM(c.amount_e8), 0) AS usage_e8,
                                               COALESCE(SUM(CASE WHEN d.scope = ''
                                                                   OR m.component = d.scope
                                                                 THEN c.amount_e8 END), 0)
                                                 AS scope_e8
                                          FROM account_discount d
                                          JOIN wallet w ON w.account_id = d.account_id
                                           AND w.closing = 1 AND w.cycle_to_hour > d.first_hour
                                          JOIN account a ON a.id = d.account_id
                                          LEFT JOIN charge c ON c.account_id = d.account_id
                                           AND c.book_hour = w.cycle_from_hour
                                          LEFT JOIN item m ON m.code = c.item
                                         WHERE d.account_id BETWEEN :lo AND :hi
                                           AND d.status = 'ACTIVE'
                                           AND (d.cycles_total = 0
                                                OR d.cycles_used < d.cycles_total)
                                           AND (a.status <> 'CLOSED' OR d.amount_e8 <= 0)
                                           AND (d.amount_e8 <= 0
                                                OR NOT EXISTS
                                                   (SELECT 1 FROM account_halt h
                                                     WHERE h.account_id = d.account_id
                                                       AND h.halted = 1
                                                       AND h.from_hour <= w.cycle_from_hour
                                                       AND h.to_hour >= w.cycle_to_hour))
                                         GROUP BY d.id, d.account_id, d.kind, d.ppm, d.amount_e8,
                                                  d.scope, d.cycles_used, d.cycles_total,
                                                  w.cycle_from_hour) s) x) y) z) v
    ON v.id = t.id
   SET t.due_e8 = v.due_e8, t.cycles_used = v.used,
       t.status = CASE WHEN v.used = v.cycles_total THEN 'USED' ELSE 'ACTIVE' END
 WHERE v.due_e8 <> 0 AND t.status = 'ACTIVE';

-- name: close_count :one
-- why: how many invoice numbers the chunk needs
-- in: lo u64, hi u64
-- out: n u64
SELECT COUNT(*)
  FROM wallet w
 WHERE w.account_id BETWEEN :lo AND :hi AND w.closing = 1
   AND (EXISTS (SELECT 1 FROM charge c
                 WHERE c.account_id = w.account_id AND c.book_hour = w.cycle_from_hour)
        OR EXISTS (SELECT 1 FROM contract_fee f
                    WHERE f.account_id = w.account_id AND f.cycle_hour = w.cycle_from_hour
                      AND f.days > 0)
        OR EXISTS (SELECT 1 FROM account_discount d
                    WHERE d.account_id = w.account_id AND d.due_e8 IS NOT NULL));

-- name: series_draw :exec
-- why: numbers leave the series by a write of its row in the issuing transaction: no gap, no
-- duplicate, on any node
-- in: series str, n u64
UPDATE number_series
   SET next_number = next_number + :n
 WHERE series = :series;

-- name: series_last :one
-- why: the date of the document before this number: none of a series is older than the one
-- before it
-- in: kind str, number u64
-- out: at i64
SELECT COALESCE(MAX(issued_at), 0)
  FROM invoice
 WHERE kind = :kind AND number_n = :number;

-- name: series_get :one
-- why: the first number drawn is next_number minus how many were drawn
-- in: series str
-- out: prefix str, next_number u64
SELECT prefix, next_number
  FROM number_series
 WHERE series = :series;

-- name: close_invoice :exec
-- why: one invoice per account and cycle (unique dedupe key): exact sum of its charges, the
-- contract's fee and adjustments, rounded once to the minor unit; its taxes follow (close_tax)
-- in: lo u64, hi u64, first_number u64, prefix str, at i64, due_at i64, seller str
INSERT INTO invoice (account_id, kind, dedupe, number_n, number, status, period_from_hour,
                     period_to_hour, issued_at, due_at, currency, exact_e8, fee_e8,
                     surcharge_e8, discount_e8, tax_ppm, subtotal_minor, tax_minor, total_minor,
                     paid_minor, buyer, seller)
SELECT y.account_id, 'INVOICE', CONCAT('cycle:', y.account_id, ':', y.cycle_from_hour),
       y.number_n, CONCAT(:prefix, LPAD(y.number_n, GREATEST(6, LENGTH(y.number_n)), '0')),
       CASE WHEN y.subtotal = 0 THEN 'PAID' ELSE 'UNPAID' END,
       y.cycle_from_hour, y.cycle_to_hour, :at, :due_at, y.currency, y.exact_e8, y.fee_e8,
       y.surcharge_e8, y.discount_e8, 0, y.subtotal, 0, y.subtotal, 0, y.buyer, :seller
  FROM (SELECT x.account_id, x.cycle_from_hour, x.cycle_to_hour, x.currency, x.fee_e8,
               x.surcharge_e8, x.discount_e8,
               x.usage_e8 + x.fee_e8 + x.surcharge_e8 + x.discount_e8 AS exact_e8,
               (2 * (x.usage_e8 + x.fee_e8 + x.surcharge_e8 + x.discount_e8) + x.minor_e8)
                 DIV (2 * x.minor_e8) AS subtotal,
               :first_number - 1 + ROW_NUMBER() OVER (ORDER BY x.account_id) AS number_n,
               x.buyer
          FROM (SELECT a.id AS account_id, w.cycle_from_hour, w.cycle_to_hour, a.currency,
                       m.minor_e8,
                       CAST(COALESCE(s.usage_e8, 0) AS SIGNED) AS usage_e8,
                       COALESCE(fee.fee_e8, 0) AS fee_e8,
                       COALESCE(g.surcharge_e8, 0) AS surcharge_e8,
                       COALESCE(g.discount_e8, 0) AS discount_e8,
                       JSON_OBJECT('name', CONCAT(a.first_name, ' ', a.last_name),
                                   'company', a.company, 'email', a.email,
                                   'address1', a.address1, 'address2', a.address2,
                                   'city', a.city, 'state', a.state, 'postcode', a.postcode,
                                   'country', a.country, 'tax_id', a.tax_id) AS buyer
                  FROM wallet w
                  JOIN account a ON a.id = w.account_id
                  JOIN currency m ON m.code = a.currency
                  LEFT JOIN (SELECT c.account_id, SUM(c.amount_e8) AS usage_e8
                               FROM charge c
                               JOIN wallet v ON v.account_id = c.account_id AND v.closing = 1
                                AND c.book_hour = v.cycle_from_hour
                              WHERE c.account_id BETWEEN :lo AND :hi
                              GROUP BY c.account_id) s ON s.account_id = a.id
                  LEFT JOIN (SELECT d.account_id,
                                    CAST(SUM(GREATEST(d.due_e8, 0)) AS SIGNED) AS surcharge_e8,
                                    CAST(SUM(LEAST(d.due_e8, 0)) AS SIGNED) AS discount_e8
                               FROM account_discount d
                              WHERE d.account_id BETWEEN :lo AND :hi AND d.due_e8 IS NOT NULL
                              GROUP BY d.account_id) g ON g.account_id = a.id
                  LEFT JOIN (SELECT f.account_id, CAST(SUM(f.amount_e8) AS SIGNED) AS fee_e8
                               FROM contract_fee f
                               JOIN wallet v ON v.account_id = f.account_id AND v.closing = 1
                                AND f.cycle_hour = v.cycle_from_hour
                              WHERE f.account_id BETWEEN :lo AND :hi AND f.days > 0
                              GROUP BY f.account_id) fee ON fee.account_id = a.id
                 WHERE w.account_id BETWEEN :lo AND :hi AND w.closing = 1
                   AND (fee.account_id IS NOT NULL OR s.account_id IS NOT NULL
                        OR g.account_id IS NOT NULL)) x) y;

-- name: close_mark :exec
-- why: the statements that follow find the new invoice by its id
-- in: lo u64, hi u64
UPDATE wallet w
  JOIN invoice i ON i.account_id = w.account_id AND i.kind = 'INVOICE'
   AND i.period_from_hour = w.cycle_from_hour AND i.period_to_hour = w.cycle_to_hour
   SET w.invoice_id = i.id
 WHERE w.account_id BETWEEN :lo AND :hi AND w.closing = 1;

-- name: close_lines :exec
-- why: a line per resource, component and price; cut to the minor unit, the residue goes to
-- the largest remainders so that lines add up to the subtotal (money_allocate in C). Figures
-- are added up and ranked in narrow rows, words are joined to the finished line
-- in: lo u64, hi u64
INSERT INTO invoice_line (invoice_id, position, component, item, reason, resource_id, description,
                          hours, unit_e8, exact_e8, amount_minor, discount_id)
SELECT z.invoice_id, z.position, z.component, z.item, z.reason, z.resource_id,
       CASE WHEN z.discount_id IS NOT NULL THEN g.label
            WHEN z.item IS NULL
            THEN CONCAT('Fixed payment', CASE WHEN f.label <> '' THEN ', ' ELSE '' END, f.label)
            ELSE CONCAT(CASE WHEN z.component = 'FREE_ONE_IP' THEN '1 public IP free'
                             WHEN z.component = 'MONTHLY_CAP'
                             THEN CONCAT('Monthly cap, ', t.title)
                             ELSE t.title END,
                        ': ', r.name,
                        CASE WHEN z.reason = 'ADJUSTMENT' THEN ' (adjustment)'
                             WHEN z.reason IN ('USAGE', 'FREE_ONE_IP', 'MONTHLY_CAP') THEN ''
                             WHEN z.reason = 'FIXED_CONTRACT' THEN ' (in fixed payment)'
                             WHEN z.reason = 'OVER_CONTRACT'
                             THEN ' (beyond the contract, not charged)'
                             WHEN z.reason = 'SUSPENDED' THEN ' (suspended)'
                             ELSE ' (free)' END) END,
       z.hours, z.unit_e8, z.exact_e8,
       z.floor_minor + CASE WHEN z.rank_n <= z.residue THEN 1 ELSE 0 END, z.discount_id
  FROM (SELECT y.*,
               y.subtotal_minor - SUM(y.floor_minor) OVER (PARTITION BY y.invoice_id) AS residue,
               ROW_NUMBER() OVER (PARTITION BY y.invoice_id
                                  ORDER BY y.exact_e8 - y.floor_minor * y.minor_e8 DESC,
                                           y.position) AS rank_n
          FROM (SELECT x.*, i.subtotal_minor, i.period_from_hour AS cycle_hour, m.minor_e8,
                       (x.exact_e8 - MOD(MOD(x.exact_e8, m.minor_e8) + m.minor_e8, m.minor_e8))
                         DIV m.minor_e8 AS floor_minor,
                       ROW_NUMBER() OVER (PARTITION BY x.invoice_id
                                          ORDER BY x.sort_n, x.resource_id, x.component DESC,
                                                   x.first_hour, x.unit_e8,
                                                   CASE x.reason WHEN 'ADJUSTMENT' THEN 1
                                                                 ELSE 0 END,
                                                   x.reason, x.item, x.discount_id) AS position
                  FROM (SELECT w.invoice_id, c.component, c.item, c.reason, c.resource_id,
                               CASE c.component WHEN 'INSTANCE' THEN 1 WHEN 'PUBLIC_IP' THEN 2
                                                WHEN 'FREE_ONE_IP' THEN 3 ELSE 4 END AS sort_n,
                               SUM(c.hours * c.quantity) AS hours, c.unit_e8,
                               SUM(c.amount_e8) AS exact_e8, MIN(c.from_hour) AS first_hour,
                               NULL AS discount_id, NULL AS contract_id
                          FROM wallet w
                          JOIN charge c ON c.account_id = w.account_id
                           AND c.book_hour = w.cycle_from_hour
                         WHERE w.account_id BETWEEN :lo AND :hi AND w.closing = 1
                           AND w.invoice_id IS NOT NULL
                         GROUP BY w.invoice_id, c.resource_id, c.component, c.item, c.reason,
                                  c.unit_e8
                         UNION ALL
                        SELECT w.invoice_id, 'FIXED_FEE', NULL, 'FEE', NULL, 0,
                               f.to_hour - f.from_hour, NULL, f.amount_e8, f.from_hour, NULL,
                               f.contract_id
                          FROM contract_fee f
                          JOIN wallet w ON w.account_id = f.account_id AND w.closing = 1
                           AND f.cycle_hour = w.cycle_from_hour
                         WHERE f.account_id BETWEEN :lo AND :hi AND f.days > 0
                         UNION ALL
                        SELECT w.invoice_id,
                               CASE WHEN d.due_e8 > 0 THEN 'SURCHARGE' ELSE 'DISCOUNT' END,
                               NULL, d.source, NULL,
                               CASE WHEN d.due_e8 > 0 THEN 5 ELSE 6 END, 0, NULL, d.due_e8, d.id,
                               d.id, NULL
                          FROM account_discount d
                          JOIN wallet w ON w.account_id = d.account_id AND w.closing = 1
                         WHERE d.account_id BETWEEN :lo AND :hi AND d.due_e8 IS NOT NULL) x
                  JOIN invoice i ON i.id = x.invoice_id
                  JOIN currency m ON m.code = i.currency) y) z
  LEFT JOIN item t ON t.code = z.item
  LEFT JOIN resource r ON r.id = z.resource_id
  LEFT JOIN account_discount g ON g.id = z.discount_id
  LEFT JOIN contract_fee f ON f.contract_id = z.contract_id AND f.cycle_hour = z.cycle_hour;

-- name: close_tax :exec
-- why: which taxes, at which rates, on which base, each rounded once (tax_amounts in C): added to
-- the subtotal, or with inclusive prices taken out of it, of which the base is what remains
-- in: lo u64, hi u64, at i64, seller str, inclusive bool
INSERT INTO invoice_tax (invoice_id, name, rate_ppm, base_minor, tax_minor, category, reason)
SELECT y.invoice_id, y.name, y.rate_ppm,
       y.lines_minor - :inclusive * SUM(y.tax_minor) OVER (PARTITION BY y.invoice_id),
       y.tax_minor, y.category, y.reason
  FROM (SELECT x.invoice_id, x.lines_minor, x.name, x.rate_ppm, x.category, x.reason,
               (2 * CAST(x.lines_minor AS DECIMAL(30, 0)) * x.rate_ppm
                + 1000000 + :inclusive * x.sum_ppm)
                 DIV (2 * (1000000 + :inclusive * x.sum_ppm)) AS tax_minor
          FROM (SELECT i.id AS invoice_id, i.subtotal_minor AS lines_minor, t.name, t.rate_ppm,
                       t.category, t.reason,
                       SUM(t.rate_ppm) OVER (PARTITION BY i.id) AS sum_ppm
                  FROM wallet w
                  JOIN invoice i ON i.id = w.invoice_id
                  JOIN {taxes_of} t ON t.account_id = w.account_id
                 WHERE w.account_id BETWEEN :lo AND :hi AND w.closing = 1) x) y;

-- name: close_totals :exec
-- why: the claim is the base with its taxes; before any money moves
-- in: lo u64, hi u64, inclusive bool
UPDATE invoice i
  JOIN (SELECT t.invoice_id, SUM(t.rate_ppm) AS rate_ppm, SUM(t.tax_minor) AS tax_minor,
               MAX(t.base_minor) AS base_minor
          FROM wallet w
          JOIN invoice_tax t ON t.invoice_id = w.invoice_id
         WHERE w.account_id BETWEEN :lo AND :hi AND w.closing = 1
         GROUP BY t.invoice_id) x ON x.invoice_id = i.id
   SET i.tax_ppm = x.rate_ppm, i.tax_minor = x.tax_minor, i.subtotal_minor = x.base_minor,
       i.total_minor = x.base_minor + x.tax_minor, i.tax_inclusive = :inclusive;

-- name: close_fx :exec
-- why: who issues in another currency than his own reckons the tax in both: by the newest rate
-- at the issue, kept on the document. Rounded half up to the minor unit
-- in: lo u64, hi u64, at i64, base str
INSERT INTO invoice_fx (invoice_id, currency, rate_e12, source, rate_at, tax_minor)
SELECT i.id, :base, f.rate_e12, f.source, f.valid_from,
       (2 * CAST(i.tax_minor AS DECIMAL(38, 0)) * m.minor_e8 * f.rate_e12
        + 1000000000000 * b.minor_e8) DIV (2000000000000 * b.minor_e8)
  FROM wallet w
  JOIN invoice i ON i.id = w.invoice_id AND i.tax_minor > 0
  JOIN currency m ON m.code = i.currency
  JOIN currency b ON b.code = :base
  JOIN fx_rate f ON f.from_currency = i.currency AND f.to_currency = b.code
   AND f.valid_from = (SELECT MAX(g.valid_from) FROM fx_rate g
                        WHERE g.from_currency = i.currency AND g.to_currency = b.code
                          AND g.valid_from <= :at)
 WHERE w.account_id BETWEEN :lo AND :hi AND w.closing = 1 AND w.currency <> :base;

-- name: close_settle :exec
-- why: what the balance pays of the new invoice: everything on PREPAID (the balance may go
-- below zero by tax and rounding), else what was drawn plus what is there, in whole minor units.
-- The last cycle before PREPAID is left is settled as far as the money goes: debts become due
-- in: lo u64, hi u64
UPDATE wallet w
  JOIN account a ON a.id = w.account_id
  JOIN currency m ON m.code = w.currency
  JOIN invoice i ON i.id = w.invoice_id
  LEFT JOIN plan_switch s ON s.open_key = w.account_id AND s.at_hour = w.cycle_to_hour
   SET w.post_draw_e8 = m.minor_e8 *
         CASE WHEN a.plan = 'PREPAID' AND s.id IS NULL THEN i.total_minor
              ELSE LEAST(i.total_minor,
                         GREATEST(w.drawn_e8 + w.balance_e8, 0) DIV m.minor_e8)
              END
 WHERE w.account_id BETWEEN :lo AND :hi AND w.closing = 1;

-- name: close_txn :exec
-- why: two ledger transactions per invoice, ids made from the invoice: the claim, and what the
-- balance settled of it; a document over nothing moves nothing
-- in: lo u64, hi u64, at i64, actor str
INSERT INTO ledger_txn (id, account_id, reason, ref_id, currency, at, actor, note)
SELECT UNHEX(LEFT(SHA2(CONCAT(k.reason, ':', i.id), 256), 32)), i.account_id, k.reason, i.id,
       i.currency, :at, :actor, CONCAT(k.text, i.number)
  FROM wallet w
  JOIN invoice i ON i.id = w.invoice_id
 CROSS JOIN (SELECT 'INVOICE' AS reason, 'invoice ' AS text
              UNION ALL SELECT 'SETTLEMENT', 'from balance for invoice ') k
 WHERE w.account_id BETWEEN :lo AND :hi AND w.closing = 1
   AND ((k.reason = 'INVOICE'
         AND (i.total_minor <> 0 OR i.exact_e8 <> 0 OR i.fee_e8 <> 0 OR i.discount_e8 <> 0))
        OR (k.reason = 'SETTLEMENT' AND (w.drawn_e8 <> 0 OR w.post_draw_e8 <> 0)));

-- name: close_entries :exec
-- why: receivable against unbilled usage, fee and surcharges (revenue), discounts (which take
-- revenue back), tax (what prices contained of it is no revenue) and rounding; then drawn usage
-- and balance against the receivable
-- in: lo u64, hi u64, at i64
INSERT INTO ledger_entry (txn_id, ledger_account_id, amount_e8, currency, at)
SELECT UNHEX(LEFT(SHA2(CONCAT(x.reason, ':', x.invoice_id), 256), 32)), la.id, x.amount_e8,
       x.currency, :at
  FROM (SELECT i.id AS invoice_id, i.currency,
               CASE WHEN k.code IN ('TAX', 'ROUNDING', 'REVENUE', 'DISCOUNT') THEN 0
                    ELSE i.account_id END AS owner,
               k.reason, k.code,
               CASE CONCAT(k.reason, ' ', k.code)
                    WHEN 'INVOICE RECEIVABLE' THEN i.total_minor * m.minor_e8
                    WHEN 'INVOICE UNBILLED'
                    THEN i.fee_e8 + i.surcharge_e8 + i.discount_e8 - i.exact_e8
                    WHEN 'INVOICE REVENUE'
                    THEN i.tax_inclusive * i.tax_minor * m.minor_e8 - i.fee_e8
                         - i.surcharge_e8
                    WHEN 'INVOICE DISCOUNT' THEN -i.discount_e8
                    WHEN 'INVOICE TAX' THEN -i.tax_minor * m.minor_e8
                    WHEN 'INVOICE ROUNDING'
                    THEN i.exact_e8 - m.minor_e8
                         * (i.subtotal_minor + i.tax_inclusive * i.tax_minor)
                    WHEN 'SETTLEMENT PREPAID_USAGE' THEN w.drawn_e8
                    WHEN 'SETTLEMENT RECEIVABLE' THEN -w.post_draw_e8
                    WHEN 'SETTLEMENT WALLET' THEN w.post_draw_e8 - w.drawn_e8 END AS amount_e8
          FROM wallet w
          JOIN invoice i ON i.id = w.invoice_id
          JOIN currency m ON m.code = i.currency
         CROSS JOIN (SELECT 'INVOICE' AS reason, 'RECEIVABLE' AS code
                      UNION ALL SELECT 'INVOICE', 'UNBILLED'
                      UNION ALL SELECT 'INVOICE', 'REVENUE'
                      UNION ALL SELECT 'INVOICE', 'DISCOUNT'
                      UNION ALL SELECT 'INVOICE', 'TAX'
                      UNION ALL SELECT 'INVOICE', 'ROUNDING'
                      UNION ALL SELECT 'SETTLEMENT', 'PREPAID_USAGE'
                      UNION ALL SELECT 'SETTLEMENT', 'RECEIVABLE'
                      UNION ALL SELECT 'SETTLEMENT', 'WALLET') k
         WHERE w.account_id BETWEEN :lo AND :hi AND w.closing = 1) x
  JOIN ledger_account la ON la.account_id = x.owner AND la.code = x.code
   AND la.currency = x.currency
 WHERE x.amount_e8 <> 0;

-- name: close_balances :exec
-- why: running balances move with the entries of this chunk
-- in: lo u64, hi u64
UPDATE ledger_account la
  JOIN (SELECT STRAIGHT_JOIN e.ledger_account_id, SUM(e.amount_e8) AS amount_e8
          FROM wallet w
          JOIN ledger_txn t ON t.ref_id = w.invoice_id
           AND t.reason IN ('INVOICE', 'SETTLEMENT')
          JOIN ledger_entry e ON e.txn_id = t.id
         WHERE w.account_id BETWEEN :lo AND :hi AND w.closing = 1
         GROUP BY e.ledger_account_id) x ON x.ledger_account_id = la.id
   SET la.balance_e8 = la.balance_e8 + x.amount_e8;

-- name: close_payments :exec
-- why: what the balance settled stands on the invoice as a payment
-- in: lo u64, hi u64, at i64
INSERT INTO payment (account_id, gateway, gateway_txn, amount_minor, currency, received_at, note)
SELECT i.account_id, 'balance', CONCAT('invoice:', i.id), w.post_draw_e8 DIV m.minor_e8,
       i.currency, :at, 'from prepaid balance'
  FROM wallet w
  JOIN invoice i ON i.id = w.invoice_id
  JOIN currency m ON m.code = i.currency
 WHERE w.account_id BETWEEN :lo AND :hi AND w.closing = 1 AND w.post_draw_e8 > 0;

-- name: close_allocations :exec
-- why: and is allocated to it
-- in: lo u64, hi u64
INSERT INTO payment_allocation (payment_id, invoice_id, amount_minor)
SELECT p.id, i.id, p.amount_minor
  FROM wallet w
  JOIN invoice i ON i.id = w.invoice_id
  JOIN payment p ON p.gateway = 'balance' AND p.gateway_txn = CONCAT('invoice:', i.id)
 WHERE w.account_id BETWEEN :lo AND :hi AND w.closing = 1;

-- name: close_paid :exec
-- why: the invoice shows what was settled
-- in: lo u64, hi u64
UPDATE invoice i
  JOIN wallet w ON w.invoice_id = i.id
  JOIN currency m ON m.code = i.currency
   SET i.status = CASE WHEN i.total_minor = w.post_draw_e8 DIV m.minor_e8 THEN 'PAID'
                       ELSE 'UNPAID' END,
       i.paid_minor = w.post_draw_e8 DIV m.minor_e8
 WHERE w.account_id BETWEEN :lo AND :hi AND w.closing = 1 AND w.post_draw_e8 > 0;

-- name: close_push :exec
-- why: with WHMCS billing on, the bridge carries each issued invoice there
-- in: lo u64, hi u64, wall i64
INSERT IGNORE INTO job (kind, jkey, okey, ref_id, state, run_at, attempts, holder, lease_until,
                        fence, last_error, created_at)
SELECT 'WHMCS_INVOICE', CONCAT('whmcs.invoice.', i.id), CONCAT('account.', i.account_id), i.id,
       'READY', :wall, 0, '', 0, 0, '', :wall
  FROM wallet w
  JOIN invoice i ON i.id = w.invoice_id
 WHERE w.account_id BETWEEN :lo AND :hi AND w.closing = 1;

-- name: close_discounts_done :exec
-- why: the invoices have their lines: the adjustments are free for the next cycle
-- in: lo u64, hi u64
UPDATE account_discount d
  JOIN wallet w ON w.account_id = d.account_id AND w.closing = 1
   SET d.due_e8 = NULL
 WHERE d.account_id BETWEEN :lo AND :hi AND d.due_e8 IS NOT NULL;

-- name: close_zones :many
-- why: time zones of the chunk for which one of the months around its end is not known yet
-- in: lo u64, hi u64, month_a i32, month_b i32, month_c i32, month_d i32, month_e i32
-- out: timezone str
SELECT x.timezone
  FROM (SELECT DISTINCT a.timezone
          FROM wallet w
          JOIN account a ON a.id = w.account_id
         WHERE w.account_id BETWEEN :lo AND :hi AND w.closing = 1) x
 WHERE (SELECT COUNT(*) FROM zone_month z
         WHERE z.zone = x.timezone
           AND z.month IN (:month_a, :month_b, :month_c, :month_d, :month_e)) < 5
 ORDER BY x.timezone
 LIMIT 1000;

-- name: zone_month_add :exec
-- why: where a month begins in a zone; whoever is first decides
-- in: zone str, month i32, from_hour i64
INSERT IGNORE INTO zone_month (zone, month, from_hour)
VALUES (:zone, :month, :from_hour);

-- name: close_finish :exec
-- why: the next cycle begins where this one ended and ends with the account's month; without an
-- invoice nothing was settled. A cycle that ended with its month is followed by a whole one,
-- also when the account has moved to another zone (at most 26 hours away) in between
-- in: lo u64, hi u64
UPDATE wallet
   SET balance_e8 = balance_e8 + CASE WHEN invoice_id IS NULL THEN 0
                                      ELSE drawn_e8 - post_draw_e8 END,
       drawn_e8 = CASE WHEN invoice_id IS NULL THEN drawn_e8 ELSE 0 END,
       post_draw_e8 = 0, closing = 0, invoice_id = NULL,
       cycle_from_hour = cycle_to_hour,
       cycle_to_hour = (SELECT MIN(z.from_hour)
                          FROM account a
                          JOIN zone_month z ON z.zone = a.timezone
                         WHERE a.id = wallet.account_id
                           AND z.from_hour > wallet.cycle_to_hour
                               + CASE WHEN EXISTS (SELECT 1 FROM plan_switch s
                                                    WHERE s.account_id = wallet.account_id
                                                      AND s.at_hour = wallet.cycle_to_hour)
                                      THEN 0 ELSE 30 END)
 WHERE account_id BETWEEN :lo AND :hi AND closing = 1;

-- name: invoice_get :one
-- why: one document of one customer; account_id keeps tenants apart
-- in: account_id u64, id u64
-- out: id u64, account_id u64, kind str, number str, status str, period_from_hour i64
-- out: period_to_hour i64, issued_at i64, due_at i64, currency str, exact_e8 i64
-- out: subtotal_minor i64, tax_minor i64, total_minor i64, paid_minor i64
-- out: tax_inclusive bool
-- out: buyer str, seller str, timezone str, whmcs_id u64?, whmcs_state str?, whmcs_status str?
SELECT i.id, i.account_id, i.kind, i.number, i.status, i.period_from_hour, i.period_to_hour,
       i.issued_at, i.due_at, i.currency, i.exact_e8, i.subtotal_minor, i.tax_minor,
       i.total_minor, i.paid_minor, i.tax_inclusive, i.buyer, i.seller, a.timezone, l.remote_id,
       l.state, l.remote_status
  FROM invoice i
  JOIN account a ON a.id = i.account_id
  LEFT JOIN whmcs_link l ON l.kind = 'INVOICE' AND l.local_id = i.id
 WHERE i.account_id = :account_id AND i.id = :id;

-- name: invoice_owner :one
-- why: staff and the bridge know the document, not the customer
-- in: id u64
-- out: account_id u64
SELECT account_id
  FROM invoice
 WHERE id = :id;

-- name: invoice_lines :many
-- why: the lines of a document in their order, by key, and what credit notes took of each
-- in: invoice_id u64, after u32, lim u32
-- out: id u64, position u32, component str, resource_id u64?, description str, unit str
-- out: hours i64, unit_e8 i64?, exact_e8 i64, amount_minor i64, credited_minor i64
SELECT l.id, l.position, l.component, l.resource_id, l.description, COALESCE(t.unit, 'HOUR'),
       l.hours, l.unit_e8, l.exact_e8, l.amount_minor,
       CAST(COALESCE((SELECT SUM(n.amount_minor) FROM invoice_line n
                       WHERE n.ref_line_id = l.id), 0) AS SIGNED)
  FROM invoice_line l
  LEFT JOIN item t ON t.code = l.item
 WHERE l.invoice_id = :invoice_id AND l.position > :after
 ORDER BY l.position
 LIMIT :lim;

-- name: invoice_taxes :many
-- why: the taxes of a document
-- in: invoice_id u64
-- out: name str, rate_ppm i64, base_minor i64, tax_minor i64, category str, reason str
SELECT name, rate_ppm, base_minor, tax_minor, category, reason
  FROM invoice_tax
 WHERE invoice_id = :invoice_id
 ORDER BY name;

-- name: invoice_fx_get :one
-- why: the tax of a document in the seller's currency
-- in: invoice_id u64
-- out: currency str, rate_e12 i64, source str, rate_at i64, tax_minor i64
SELECT currency, rate_e12, source, rate_at, tax_minor
  FROM invoice_fx
 WHERE invoice_id = :invoice_id;

-- name: invoice_payments :many
-- why: what was paid on a document
-- in: invoice_id u64
-- out: received_at i64, gateway str, gateway_txn str, amount_minor i64
SELECT p.received_at, p.gateway, p.gateway_txn, l.amount_minor
  FROM payment_allocation l
  JOIN payment p ON p.id = l.payment_id
 WHERE l.invoice_id = :invoice_id
 ORDER BY p.id;

-- name: invoice_line_usage :many
-- why: from a line down to the hours: the spans it was added up from
-- in: account_id u64, invoice_id u64, line_id u64
-- out: from_hour i64, to_hour i64, hours i64, quantity i64, unit str, unit_e8 i64
-- out: amount_e8 i64, reason str, resource str, price_id u64, generation u64
SELECT c.from_hour, c.to_hour, c.hours, c.quantity, t.unit, c.unit_e8, c.amount_e8, c.reason,
       r.name, c.price_id, c.generation
  FROM invoice_line l
  JOIN invoice i ON i.id = l.invoice_id
  JOIN charge c ON c.account_id = i.account_id AND c.book_hour = i.period_from_hour
   AND c.resource_id = l.resource_id
   AND c.component = l.component AND c.item = l.item AND c.reason = l.reason
   AND c.unit_e8 = l.unit_e8
  JOIN resource r ON r.id = c.resource_id
  JOIN item t ON t.code = c.item
 WHERE l.id = :line_id AND l.invoice_id = :invoice_id AND i.account_id = :account_id
 ORDER BY c.from_hour, c.id
 LIMIT 1000;

-- name: invoice_page :many
-- why: Billing > Invoices of one customer (account_id) or of all (0)
-- scan: ok filtered by any text; 100 rows at most
-- in: account_id u64, q str, status str, now_s i64, sort str, dir str, lim u32, off u32
-- out: id u64, account_id u64, client str, kind str, number str, status str
-- out: period_from_hour i64, period_to_hour i64, issued_at i64, due_at i64, currency str
-- out: subtotal_minor i64, tax_minor i64, total_minor i64, paid_minor i64
-- out: timezone str, whmcs_id u64?, whmcs_state str?, whmcs_status str?
SELECT i.id, i.account_id,
       CASE WHEN a.company <> '' THEN a.company ELSE CONCAT(a.first_name, ' ', a.last_name) END
         AS client,
       i.kind, i.number, i.status, i.period_from_hour, i.period_to_hour, i.issued_at, i.due_at,
       i.currency, i.subtotal_minor, i.tax_minor, i.total_minor, i.paid_minor, a.timezone,
       l.remote_id, l.state, l.remote_status
  FROM invoice i
  JOIN account a ON a.id = i.account_id
  LEFT JOIN whmcs_link l ON l.kind = 'INVOICE' AND l.local_id = i.id
 WHERE (:account_id = 0 OR i.account_id = :account_id)
   AND (:q = '' OR i.number LIKE CONCAT('%', :q, '%') OR a.company LIKE CONCAT('%', :q, '%')
        OR CONCAT(a.first_name, ' ', a.last_name) LIKE CONCAT('%', :q, '%')
        OR a.email LIKE CONCAT('%', :q, '%'))
   AND (:status = '' OR (:status = 'OVERDUE' AND i.status = 'UNPAID' AND i.due_at < :now_s
            AND i.kind <> 'RECHARGE')
        OR (:status <> 'OVERDUE' AND i.status = :status))
 ORDER BY CASE WHEN :dir = 'asc' AND :sort = 'total' THEN i.total_minor END,
          CASE WHEN :dir = 'desc' AND :sort = 'total' THEN i.total_minor END DESC,
          CASE WHEN :dir = 'asc' AND :sort = 'due_at' THEN i.due_at END,
          CASE WHEN :dir = 'desc' AND :sort = 'due_at' THEN i.due_at END DESC,
          CASE WHEN :dir = 'asc' AND :sort = 'status' THEN i.status END,
          CASE WHEN :dir = 'desc' AND :sort = 'status' THEN i.status END DESC,
          CASE WHEN :dir = 'asc' AND :sort = 'client' THEN client END,
          CASE WHEN :dir = 'desc' AND :sort = 'client' THEN client END DESC,
          CASE WHEN :dir = 'asc' THEN i.id END,
          i.id DESC
 LIMIT :lim OFFSET :off;

-- name: invoice_newest :many
-- why: the first page of one customer's invoices, by key: no scan, no sort
-- in: account_id u64, before u64, lim u32
-- out: id u64, kind str, number str, status str, period_from_hour i64, period_to_hour i64
-- out: issued_at i64, due_at i64, currency str, subtotal_minor i64, tax_minor i64
-- out: total_minor i64, paid_minor i64, timezone str, whmcs_id u64?, whmcs_state str?
-- out: whmcs_status str?
SELECT i.id, i.kind, i.number, i.status, i.period_from_hour, i.period_to_hour, i.issued_at,
       i.due_at, i.currency, i.subtotal_minor, i.tax_minor, i.total_minor, i.paid_minor,
       a.timezone, l.remote_id, l.state, l.remote_status
  FROM invoice i
  JOIN account a ON a.id = i.account_id
  LEFT JOIN whmcs_link l ON l.kind = 'INVOICE' AND l.local_id = i.id
 WHERE i.account_id = :account_id AND i.id < :before
 ORDER BY i.id DESC
 LIMIT :lim;

-- name: invoice_page_counts :many
-- why: totals per status for the same search; OVERDUE are counted again among UNPAID
-- scan: ok as invoice_page
-- in: account_id u64, q str, now_s i64
-- out: status str, n u64
SELECT x.status, COUNT(*)
  FROM (SELECT i.status
          FROM invoice i
          JOIN account a ON a.id = i.account_id
         WHERE (:account_id = 0 OR i.account_id = :account_id)
           AND (:q = '' OR i.number LIKE CONCAT('%', :q, '%')
                OR a.company LIKE CONCAT('%', :q, '%')
                OR CONCAT(a.first_name, ' ', a.last_name) LIKE CONCAT('%', :q, '%')
                OR a.email LIKE CONCAT('%', :q, '%'))
         UNION ALL
        SELECT 'OVERDUE'
          FROM invoice i
          JOIN account a ON a.id = i.account_id
         WHERE (:account_id = 0 OR i.account_id = :account_id)
           AND i.status = 'UNPAID' AND i.due_at < :now_s AND i.kind <> 'RECHARGE'
           AND (:q = '' OR i.number LIKE CONCAT('%', :q, '%')
                OR a.company LIKE CONCAT('%', :q, '%')
                OR CONCAT(a.first_name, ' ', a.last_name) LIKE CONCAT('%', :q, '%')
                OR a.email LIKE CONCAT('%', :q, '%'))) x
 GROUP BY x.status;

-- name: recharge_insert :insert
-- why: a request for funds: not a claim, credited to the balance when paid
-- in: account_id u64, dedupe str, number_n u64, number str, at i64, due_at i64, currency str
-- in: amount_minor i64, exact_e8 i64, buyer str, seller str
INSERT INTO invoice (account_id, kind, dedupe, number_n, number, status, period_from_hour,
                     period_to_hour, issued_at, due_at, currency, exact_e8, fee_e8, tax_ppm,
                     subtotal_minor, tax_minor, total_minor, paid_minor, buyer, seller)
VALUES (:account_id, 'RECHARGE', :dedupe, :number_n, :number, 'UNPAID', 0, 0, :at, :due_at,
        :currency, :exact_e8, 0, 0, :amount_minor, 0, :amount_minor, 0, :buyer, :seller);

-- name: recharge_sums :one
-- why: what recharges come to, for the limits of a day and of the balance
-- in: account_id u64, since i64
-- out: open_minor i64, day_minor i64, balance_e8 i64
SELECT CAST(COALESCE(SUM(CASE WHEN i.status = 'UNPAID'
                              THEN i.total_minor - i.paid_minor END), 0) AS SIGNED),
       CAST(COALESCE(SUM(CASE WHEN i.issued_at > :since THEN i.total_minor END), 0) AS SIGNED),
       MAX(w.balance_e8)
  FROM wallet w
  LEFT JOIN invoice i ON i.account_id = w.account_id AND i.kind = 'RECHARGE'
   AND i.status <> 'CANCELLED'
 WHERE w.account_id = :account_id;

-- name: invoice_line_insert :exec
-- why: the one line of a recharge
-- in: invoice_id u64, component str, description str, exact_e8 i64, amount_minor i64
INSERT INTO invoice_line (invoice_id, position, component, reason, description, hours, exact_e8,
                          amount_minor)
VALUES (:invoice_id, 1, :component, 'RECHARGE', :description, 0, :exact_e8, :amount_minor);
