-- name: verify_txn_sums :one
-- why: entries of each ledger transaction sum to zero
-- scan: ok reads the whole book
-- out: n u64
SELECT COUNT(*)
  FROM (SELECT txn_id
          FROM ledger_entry
         GROUP BY txn_id
        HAVING SUM(amount_e8) <> 0 OR COUNT(DISTINCT currency) <> 1) x;

-- name: verify_txn_empty :one
-- why: no ledger transaction without entries
-- scan: ok reads the whole book
-- out: n u64
SELECT COUNT(*)
  FROM ledger_txn t
 WHERE NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.txn_id = t.id);

-- name: verify_ledger_balances :one
-- why: each running balance is the sum of its entries
-- scan: ok reads the whole book
-- out: n u64
SELECT COUNT(*)
  FROM ledger_account la
  LEFT JOIN (SELECT ledger_account_id, SUM(amount_e8) AS amount_e8
               FROM ledger_entry
              GROUP BY ledger_account_id) x ON x.ledger_account_id = la.id
 WHERE la.balance_e8 <> COALESCE(x.amount_e8, 0);

-- name: verify_book :one
-- why: the whole book sums to zero per currency
-- scan: ok reads all ledger accounts
-- out: n u64
SELECT COUNT(*)
  FROM (SELECT currency
          FROM ledger_account
         GROUP BY currency
        HAVING SUM(balance_e8) <> 0) x;

-- name: verify_seals :one
-- why: each transaction says what it said when it was sealed, each seal holds its transactions
-- and the seal before it, and nothing older than the newest sealed one is left out
-- scan: ok reads the whole ledger
-- out: n u64
SELECT (SELECT COUNT(*)
          FROM (SELECT s.id, s.hash, s.prev_hash, s.txns,
                       LAG(s.hash, 1) OVER (ORDER BY s.id) AS before_hash,
                       LAG(s.id, 1) OVER (ORDER BY s.id) AS before_id
                  FROM ledger_seal s) x
          LEFT JOIN (SELECT d.seal_id, COUNT(*) AS txns,
                            GROUP_CONCAT(d.hash ORDER BY d.txn_seq SEPARATOR '') AS hashes
                       FROM ledger_sealed d
                      GROUP BY d.seal_id) y ON y.seal_id = x.id
         WHERE x.prev_hash <> COALESCE(x.before_hash, REPEAT('0', 64))
            OR x.id <> COALESCE(x.before_id, 0) + 1
            OR COALESCE(y.txns, 0) <> x.txns
            OR COALESCE(SHA2(CONCAT(x.prev_hash, y.hashes), 256), '') <> x.hash)
     + (SELECT COUNT(*)
          FROM ledger_sealed d
          LEFT JOIN ledger_txn_hash h ON h.seq = d.txn_seq
         WHERE COALESCE(h.hash, '') <> d.hash)
     + (SELECT COUNT(*)
          FROM ledger_txn t
          LEFT JOIN ledger_sealed d ON d.txn_seq = t.seq
         WHERE d.txn_seq IS NULL
           AND t.seq + 5000 < (SELECT COALESCE(MAX(m.txn_seq), 0) FROM ledger_sealed m));

-- name: verify_wallets :one
-- why: a wallet's balance mirrors its ledger account, and its drawn part too
-- scan: ok reads all wallets
-- out: n u64
SELECT COUNT(*)
  FROM wallet w
  LEFT JOIN ledger_account la ON la.account_id = w.account_id AND la.code = 'WALLET'
   AND la.currency = w.currency
  LEFT JOIN ledger_account pu ON pu.account_id = w.account_id AND pu.code = 'PREPAID_USAGE'
   AND pu.currency = w.currency
 WHERE COALESCE(-la.balance_e8, 1) <> w.balance_e8
    OR COALESCE(-pu.balance_e8, 1) <> w.drawn_e8;

-- name: verify_unbilled :one
-- why: unbilled in the ledger is what was rated and posted but stands on no invoice yet
-- scan: ok reads all charges of open cycles
-- out: n u64
SELECT COUNT(*)
  FROM wallet w
  JOIN ledger_account la ON la.account_id = w.account_id AND la.code = 'UNBILLED'
   AND la.currency = w.currency
  LEFT JOIN (SELECT c.account_id, SUM(c.amount_e8) AS amount_e8
               FROM charge c
               JOIN wallet v ON v.account_id = c.account_id
              WHERE c.book_hour >= v.cycle_from_hour
              GROUP BY c.account_id) x ON x.account_id = w.account_id
 WHERE la.balance_e8 + w.unposted_e8 <> COALESCE(x.amount_e8, 0);

-- name: verify_hours_twice :one
-- why: no hour of a component is charged twice
-- scan: ok reads all charges
-- out: n u64
SELECT COUNT(*)
  FROM (SELECT from_hour,
               LAG(to_hour) OVER (PARTITION BY resource_id, component
                                  ORDER BY from_hour) AS before_to
          FROM charge
         WHERE revision = 0) x
 WHERE x.before_to > x.from_hour;

-- name: verify_hours_missing :one
-- why: each rated hour of a resource's life has its charge, in its size, counting adjustments
-- scan: ok reads all states and charges
-- out: n u64
SELECT COUNT(*)
  FROM (SELECT r.resource_id
          FROM (SELECT rs.resource_id,
                       LEAST(rs.to_hour, w.rated_until_hour) - rs.from_hour AS hours,
                       rs.quantity
                  FROM resource_state rs
                  JOIN wallet w ON w.account_id = rs.account_id
                 WHERE rs.from_hour < w.rated_until_hour AND w.rerate_from_hour IS NULL
                 UNION ALL
                SELECT c.resource_id, -c.hours, c.quantity
                  FROM charge c
                  JOIN wallet w ON w.account_id = c.account_id
                 WHERE c.component NOT IN ('FREE_ONE_IP', 'TRAFFIC', 'MONTHLY_CAP')
                   AND w.rerate_from_hour IS NULL) r
         GROUP BY r.resource_id
        HAVING SUM(r.hours) <> 0 OR SUM(r.hours * r.quantity) <> 0) x;

-- name: verify_traffic :one
-- why: an hour's traffic is what was reported of it, and in rated hours its charges and
-- adjustments are what the price says, MB for MB
-- scan: ok reads all traffic
-- out: n u64
SELECT (SELECT COUNT(*)
          FROM (SELECT z.resource_id
                  FROM (SELECT h.resource_id, h.hour, h.bytes
                          FROM traffic_hour h
                         UNION ALL
                        SELECT e.resource_id, e.at DIV 3600, -e.bytes
                          FROM traffic_event e) z
                 GROUP BY z.resource_id, z.hour
                HAVING SUM(z.bytes) <> 0) y)
     + (SELECT COUNT(*)
          FROM (SELECT x.resource_id
                  FROM (SELECT u.resource_id, u.from_hour, u.quantity AS mb,
                               u.unit_e8 * u.quantity AS amount_e8
                          FROM rateable_traffic u
                          JOIN wallet w ON w.account_id = u.account_id
                         WHERE u.from_hour < w.rated_until_hour AND w.rerate_from_hour IS NULL
                         UNION ALL
                        SELECT c.resource_id, c.from_hour, -c.hours * c.quantity, -c.amount_e8
                          FROM charge c
                          JOIN wallet w ON w.account_id = c.account_id
                         WHERE c.component = 'TRAFFIC' AND w.rerate_from_hour IS NULL) x
                 GROUP BY x.resource_id, x.from_hour
                HAVING SUM(x.mb) <> 0 OR SUM(x.amount_e8) <> 0) v);

-- name: verify_caps :one
-- why: what was given back beyond a monthly cap is what the cap says, in cycles that do not
-- overlap
-- scan: ok reads what is capped
-- out: n u64
SELECT (SELECT COUNT(*)
          FROM (SELECT x.resource_id
                  FROM (SELECT u.resource_id,
                               (LEAST(u.to_hour, w.rated_until_hour) - u.from_hour)
                                 * u.quantity * u.unit_e8 AS amount_e8
                          FROM {caps lo=0 hi=18446744073709551615 since=0} u
                          JOIN wallet w ON w.account_id = u.account_id
                         WHERE u.from_hour < w.rated_until_hour AND w.rerate_from_hour IS NULL
                         UNION ALL
                        SELECT c.resource_id, -c.amount_e8
                          FROM charge c
                          JOIN wallet w ON w.account_id = c.account_id
                         WHERE c.component = 'MONTHLY_CAP' AND w.rerate_from_hour IS NULL) x
                 GROUP BY x.resource_id
                HAVING SUM(x.amount_e8) <> 0) v)
     + (SELECT COUNT(*)
          FROM cap_cycle a
          JOIN cap_cycle b ON b.account_id = a.account_id AND b.from_hour < a.from_hour
           AND b.to_hour > a.from_hour);

-- name: verify_lines :one
-- why: lines add up to the subtotal (to the total when they contain the taxes), taxes to the
-- tax, exact lines to the exact sum
-- scan: ok reads all invoices
-- out: n u64
SELECT COUNT(*)
  FROM invoice i
  LEFT JOIN (SELECT invoice_id, SUM(amount_minor) AS amount_minor, SUM(exact_e8) AS exact_e8
               FROM invoice_line
              GROUP BY invoice_id) l ON l.invoice_id = i.id
  LEFT JOIN (SELECT invoice_id, SUM(tax_minor) AS tax_minor
               FROM invoice_tax
              GROUP BY invoice_id) t ON t.invoice_id = i.id
 WHERE COALESCE(l.amount_minor, 0) <> i.subtotal_minor + i.tax_inclusive * i.tax_minor
    OR COALESCE(l.exact_e8, 0) <> i.exact_e8
    OR COALESCE(t.tax_minor, 0) <> i.tax_minor;

-- name: verify_taxes :one
-- why: each tax of an invoice or debit note is its rate of the base, or its part of the lines,
-- rounded once; the head says the sum of the rates; a rate of 0 has its reason; no tax of a
-- place has two rates at a time
-- scan: ok reads all invoices
-- out: n u64
SELECT (SELECT COUNT(*)
          FROM invoice i
          JOIN (SELECT t.*, SUM(t.rate_ppm) OVER (PARTITION BY t.invoice_id) AS sum_ppm
                  FROM invoice_tax t) t ON t.invoice_id = i.id
         WHERE i.kind IN ('INVOICE', 'DEBIT_NOTE')
           AND (t.base_minor <> i.subtotal_minor
                OR t.tax_minor
                   <> (2 * CAST(i.subtotal_minor + i.tax_inclusive * i.tax_minor
                                AS DECIMAL(30, 0)) * t.rate_ppm
                       + 1000000 + i.tax_inclusive * t.sum_ppm)
                        DIV (2 * (1000000 + i.tax_inclusive * t.sum_ppm))))
     + (SELECT COUNT(*)
          FROM invoice i
         WHERE i.kind = 'INVOICE'
           AND i.tax_ppm <> COALESCE((SELECT SUM(t.rate_ppm) FROM invoice_tax t
                                       WHERE t.invoice_id = i.id), 0))
     + (SELECT COUNT(*)
          FROM invoice_tax
         WHERE (category = 'S') <> (reason = '') OR (category = 'S') <> (rate_ppm > 0)
            OR category NOT IN ('S', 'AE', 'E'))
     + (SELECT COUNT(*)
          FROM (SELECT valid_from,
                       LAG(valid_to) OVER (PARTITION BY country, region, name, customer
                                           ORDER BY valid_from) AS before_to
                  FROM tax_rule) x
         WHERE x.before_to > x.valid_from);

-- name: verify_tax_proofs :one
-- why: reverse charge only where evidence was in force for the buyer's number in the last second
-- of the cycle (a document without a period: when it was issued), an exemption only under a
-- certificate;
-- evidence and certificates one at a time
-- scan: ok reads all taxes that were not charged
-- out: n u64
SELECT (SELECT COUNT(*)
          FROM invoice_tax t
          JOIN (SELECT id, account_id, buyer,
                       CASE WHEN period_to_hour > period_from_hour
                            THEN period_to_hour * 3600 - 1 ELSE issued_at END AS supply_at
                  FROM invoice
                 WHERE kind = 'INVOICE') i ON i.id = t.invoice_id
         WHERE t.category = 'AE'
           AND NOT EXISTS (SELECT 1 FROM tax_evidence e
                            WHERE e.account_id = i.account_id AND e.result = 'VALID'
                              AND e.vat_id = JSON_UNQUOTE(JSON_EXTRACT(i.buyer, '$.tax_id'))
                              AND e.country = JSON_UNQUOTE(JSON_EXTRACT(i.buyer, '$.country'))
                              AND e.recorded_at <= i.supply_at
                              AND (e.voided_at IS NULL OR e.voided_at > i.supply_at)))
     + (SELECT COUNT(*)
          FROM invoice_tax t
          JOIN (SELECT id, account_id, buyer,
                       CASE WHEN period_to_hour > period_from_hour
                            THEN period_to_hour * 3600 - 1 ELSE issued_at END AS supply_at
                  FROM invoice
                 WHERE kind = 'INVOICE') i ON i.id = t.invoice_id
         WHERE t.category = 'E'
           AND NOT EXISTS (SELECT 1 FROM tax_exemption x
                            WHERE x.account_id = i.account_id
                              AND t.reason = CONCAT('Exempt, certificate ', x.certificate)
                              AND x.valid_from <= i.supply_at
                              AND x.valid_to > i.supply_at
                              AND x.recorded_at <= i.supply_at
                              AND (x.voided_at IS NULL OR x.voided_at > i.supply_at)))
     + (SELECT COUNT(*)
          FROM (SELECT recorded_at,
                       LAG(COALESCE(voided_at, 4102444800))
                         OVER (PARTITION BY account_id ORDER BY id) AS before_to
                  FROM tax_evidence) y
         WHERE y.before_to > y.recorded_at)
     + (SELECT COUNT(*)
          FROM tax_exemption a
          JOIN tax_exemption b ON b.account_id = a.account_id AND b.id > a.id
           AND b.valid_from < a.valid_to AND b.valid_to > a.valid_from
         WHERE a.voided_at IS NULL AND b.voided_at IS NULL);

-- name: verify_fx :one
-- why: the tax in the seller's currency is the tax by the rate beside it, of the pair's rates the
-- newest at the issue; a note has that of its invoice
-- scan: ok reads all documents in another currency
-- out: n u64
SELECT COUNT(*)
  FROM invoice_fx x
  JOIN invoice i ON i.id = x.invoice_id
  JOIN currency m ON m.code = i.currency
  JOIN currency b ON b.code = x.currency
  LEFT JOIN invoice_fx r ON r.invoice_id = i.ref_invoice_id
 WHERE x.tax_minor <> (2 * CAST(i.tax_minor AS DECIMAL(38, 0)) * m.minor_e8 * x.rate_e12
                       + 1000000000000 * b.minor_e8) DIV (2000000000000 * b.minor_e8)
    OR x.rate_at > i.issued_at OR x.currency = i.currency
    OR (i.ref_invoice_id IS NULL
        AND NOT EXISTS (SELECT 1 FROM fx_rate f
                         WHERE f.from_currency = i.currency AND f.to_currency = x.currency
                           AND f.valid_from = x.rate_at AND f.rate_e12 = x.rate_e12
                           AND f.source = x.source))
    OR (i.ref_invoice_id IS NOT NULL
        AND (r.invoice_id IS NULL OR r.rate_e12 <> x.rate_e12 OR r.currency <> x.currency));

-- name: verify_invoice_usage :one
-- why: an invoice's exact sum is the sum of the charges of its cycle, the fee, surcharges and
-- discounts, and what it says of the last two is what its lines say
-- scan: ok reads all charges
-- out: n u64
SELECT COUNT(*)
  FROM invoice i
 WHERE i.kind = 'INVOICE'
   AND (i.exact_e8 - i.fee_e8 - i.surcharge_e8 - i.discount_e8
          <> COALESCE((SELECT SUM(c.amount_e8) FROM charge c
                        WHERE c.account_id = i.account_id
                          AND c.book_hour = i.period_from_hour
                          AND i.period_to_hour > i.period_from_hour), 0)
        OR i.surcharge_e8 <> COALESCE((SELECT SUM(l.exact_e8) FROM invoice_line l
                                        WHERE l.invoice_id = i.id
                                          AND l.component = 'SURCHARGE'), 0)
        OR i.discount_e8 <> COALESCE((SELECT SUM(l.exact_e8) FROM invoice_line l
                                       WHERE l.invoice_id = i.id
                                         AND l.component = 'DISCOUNT'), 0));

-- name: verify_promo_uses :one
-- why: a code counts its redemptions, never above its limit; an account's are numbered from 1
-- scan: ok reads all redemptions
-- out: n u64
SELECT (SELECT COUNT(*)
          FROM promo p
          LEFT JOIN (SELECT promo_id, COUNT(*) AS n
                       FROM promo_redemption
                      GROUP BY promo_id) r ON r.promo_id = p.id
         WHERE p.uses <> COALESCE(r.n, 0) OR p.uses > p.max_uses)
     + (SELECT COUNT(*)
          FROM (SELECT promo_id
                  FROM promo_redemption
                 GROUP BY promo_id, account_id
                HAVING MAX(nth) <> COUNT(*)) x);

-- name: verify_promo_credit :one
-- why: what codes credited stands in the ledger, once each
-- scan: ok reads all redemptions
-- out: n u64
SELECT (SELECT COUNT(*)
          FROM promo_redemption r
          LEFT JOIN (SELECT t.ref_id, t.account_id, SUM(e.amount_e8) AS amount_e8
                       FROM ledger_txn t
                       JOIN ledger_entry e ON e.txn_id = t.id AND e.amount_e8 > 0
                      WHERE t.reason = 'PROMO'
                      GROUP BY t.ref_id, t.account_id) x
            ON x.ref_id = r.id AND x.account_id = r.account_id
         WHERE r.credit_e8 <> COALESCE(x.amount_e8, 0))
     + (SELECT COUNT(*)
          FROM ledger_txn t
         WHERE t.reason = 'PROMO'
           AND NOT EXISTS (SELECT 1 FROM promo_redemption r WHERE r.id = t.ref_id));

-- name: verify_discount_cycles :one
-- why: cycles of an adjustment are used by lines, one each, never more than given; none is left
-- half-way; a line is its owner's and of the right sign
-- scan: ok reads all adjustments
-- out: n u64
SELECT (SELECT COUNT(*)
          FROM account_discount d
          LEFT JOIN (SELECT discount_id, COUNT(*) AS n
                       FROM invoice_line
                      WHERE discount_id IS NOT NULL
                      GROUP BY discount_id) l ON l.discount_id = d.id
         WHERE d.cycles_used <> COALESCE(l.n, 0) OR d.due_e8 IS NOT NULL
            OR (d.cycles_total > 0 AND d.cycles_used > d.cycles_total)
            OR (d.status = 'USED') <> (d.cycles_total > 0 AND d.cycles_used = d.cycles_total))
     + (SELECT COUNT(*)
          FROM invoice_line l
          JOIN invoice i ON i.id = l.invoice_id
          JOIN account_discount d ON d.id = l.discount_id
         WHERE i.account_id <> d.account_id OR i.currency <> d.currency
            OR SIGN(l.exact_e8) <> SIGN(d.ppm + d.amount_e8));

-- name: verify_numbers :one
-- why: number series have no gap, and dates follow the numbers
-- scan: ok reads all invoices
-- out: n u64
SELECT (SELECT COUNT(*)
          FROM number_series s
          LEFT JOIN (SELECT kind, COUNT(*) AS n, MAX(number_n) AS last
                       FROM invoice
                      GROUP BY kind) x ON x.kind = s.series
         WHERE COALESCE(x.n, 0) <> s.next_number - 1
            OR COALESCE(x.last, 0) <> s.next_number - 1)
     + (SELECT COUNT(*)
          FROM invoice i
          JOIN invoice b ON b.kind = i.kind AND b.number_n = i.number_n + 1
         WHERE i.kind = 'INVOICE' AND b.issued_at < i.issued_at);

-- name: verify_allocations :one
-- why: a payment is allocated whole; an invoice's paid sum is its allocations
-- scan: ok reads all payments and invoices
-- out: n u64
SELECT (SELECT COUNT(*)
          FROM payment p
         WHERE p.amount_minor <> COALESCE((SELECT SUM(l.amount_minor) FROM payment_allocation l
                                            WHERE l.payment_id = p.id), 0))
     + (SELECT COUNT(*)
          FROM invoice i
         WHERE i.kind <> 'CREDIT_NOTE'
           AND i.paid_minor <> COALESCE((SELECT SUM(l.amount_minor) FROM payment_allocation l
                                          WHERE l.invoice_id = i.id), 0));

-- name: verify_notes :one
-- why: what was credited of an invoice is never more than it was: per line, per tax, in all;
-- credited whole leaves nothing over
-- scan: ok reads all notes
-- out: n u64
SELECT (SELECT COUNT(*)
          FROM (SELECT l.amount_minor, SUM(n.amount_minor) AS credited
                  FROM invoice_line n
                  JOIN invoice_line l ON l.id = n.ref_line_id
                 GROUP BY l.id, l.amount_minor) x
         WHERE x.credited * SIGN(x.amount_minor) < 0
            OR ABS(x.credited) > ABS(x.amount_minor))
     + (SELECT COUNT(*)
          FROM (SELECT i.subtotal_minor, i.tax_minor, SUM(n.subtotal_minor) AS credited,
                       SUM(n.tax_minor) AS credited_tax
                  FROM invoice n
                  JOIN invoice i ON i.id = n.ref_invoice_id
                 WHERE n.kind = 'CREDIT_NOTE'
                 GROUP BY i.id, i.subtotal_minor, i.tax_minor) y
         WHERE y.credited > y.subtotal_minor OR y.credited_tax > y.tax_minor
            OR (y.credited = y.subtotal_minor AND y.credited_tax <> y.tax_minor))
     + (SELECT COUNT(*)
          FROM (SELECT t.base_minor, t.tax_minor, SUM(x.base_minor) AS credited,
                       SUM(x.tax_minor) AS credited_tax
                  FROM invoice n
                  JOIN invoice_tax x ON x.invoice_id = n.id
                  LEFT JOIN invoice_tax t ON t.invoice_id = n.ref_invoice_id AND t.name = x.name
                 WHERE n.kind = 'CREDIT_NOTE'
                 GROUP BY n.ref_invoice_id, x.name, t.base_minor, t.tax_minor) z
         WHERE z.base_minor IS NULL OR z.credited > z.base_minor
            OR z.credited_tax > z.tax_minor
            OR (z.credited = z.base_minor AND z.credited_tax <> z.tax_minor));

-- name: verify_receivable :one
-- why: what a customer owes in the ledger is what stands open on his invoices
-- scan: ok reads all invoices
-- out: n u64
SELECT COUNT(*)
  FROM ledger_account la
  JOIN currency m ON m.code = la.currency
  LEFT JOIN (SELECT account_id, SUM(total_minor - paid_minor) AS open_minor
               FROM invoice
              WHERE kind IN ('INVOICE', 'DEBIT_NOTE') AND status <> 'CANCELLED'
              GROUP BY account_id) x ON x.account_id = la.account_id
 WHERE la.code = 'RECEIVABLE' AND la.balance_e8 <> COALESCE(x.open_minor, 0) * m.minor_e8;

-- name: verify_suspended :one
-- why: suspended if and only if a reason is active
-- scan: ok reads all accounts
-- out: n u64
SELECT COUNT(*)
  FROM account a
 WHERE (a.status = 'SUSPENDED')
       <> EXISTS (SELECT 1 FROM account_reason r WHERE r.active_key = a.id)
   AND a.status <> 'CLOSED';

-- name: verify_halts :one
-- why: once an account was suspended its halts cover every hour once, and an open one means
-- it is suspended now
-- scan: ok one row per suspension
-- out: n u64
SELECT (SELECT COUNT(*)
          FROM (SELECT from_hour, to_hour,
                       COALESCE(LEAD(from_hour) OVER (PARTITION BY account_id
                                                      ORDER BY from_hour), 4000000000)
                         AS next_from,
                       ROW_NUMBER() OVER (PARTITION BY account_id ORDER BY from_hour) AS rn
                  FROM account_halt) x
         WHERE x.to_hour <> x.next_from OR (x.rn = 1 AND x.from_hour <> 0))
     + (SELECT COUNT(*)
          FROM account_halt h
          JOIN account a ON a.id = h.account_id
         WHERE h.to_hour = 4000000000 AND h.halted = 1 AND a.status = 'ACTIVE')
     + (SELECT COUNT(*)
          FROM account_halt h
          JOIN account a ON a.id = h.account_id
         WHERE h.to_hour = 4000000000 AND h.halted = 0 AND a.status = 'SUSPENDED');

-- name: verify_halted_usage :one
-- why: no hour of an instance has a price inside a suspension, adjustments counted in
-- scan: ok reads the charges of accounts that were suspended
-- out: n u64
SELECT COUNT(*)
  FROM account_halt h
  JOIN charge c ON c.account_id = h.account_id AND c.from_hour < h.to_hour
   AND c.to_hour > h.from_hour AND c.component IN ('INSTANCE', 'TRAFFIC')
   AND c.revision = 0 AND c.unit_e8 <> 0
 WHERE h.halted = 1;

-- name: verify_currency :one
-- why: everything of an account is in its currency
-- scan: ok reads all documents
-- out: n u64
SELECT (SELECT COUNT(*) FROM wallet w JOIN account a ON a.id = w.account_id
         WHERE w.currency <> a.currency)
     + (SELECT COUNT(*) FROM invoice i JOIN account a ON a.id = i.account_id
         WHERE i.currency <> a.currency)
     + (SELECT COUNT(*) FROM payment p JOIN account a ON a.id = p.account_id
         WHERE p.currency <> a.currency)
     + (SELECT COUNT(*) FROM charge c JOIN account a ON a.id = c.account_id
         WHERE c.currency <> a.currency);

-- name: verify_unpriced :one
-- why: what is metered has a price for every hour, or usage would be free unseen
-- scan: ok reads all states
-- out: n u64
SELECT (SELECT COUNT(*)
          FROM resource_state rs
          JOIN account a ON a.id = rs.account_id
         WHERE NOT EXISTS (SELECT 1 FROM price p
                            WHERE p.item = rs.item AND p.zone_id = rs.zone_id
                              AND p.offering_id = rs.offering_id AND p.currency = a.currency
                              AND p.from_hour <= rs.from_hour))
     + (SELECT COUNT(*)
          FROM traffic_hour t
          JOIN account a ON a.id = t.account_id
          JOIN resource_state rs ON rs.resource_id = t.resource_id AND rs.from_hour <= t.hour
           AND rs.to_hour > t.hour
         WHERE NOT EXISTS (SELECT 1 FROM price p
                            WHERE p.item = 'TRAFFIC' AND p.zone_id = rs.zone_id
                              AND p.offering_id = 0 AND p.currency = a.currency
                              AND p.from_hour <= t.hour));

-- name: verify_rated :one
-- why: all that was charged for rated hours, adjustments and caps included, is what prices,
-- switches and suspensions say of them
-- scan: ok reads all states and charges
-- out: n u64
SELECT COUNT(*)
  FROM (SELECT x.account_id
          FROM (SELECT u.account_id,
                       (LEAST(u.to_hour, w.rated_until_hour) - u.from_hour)
                         * u.quantity * u.unit_e8 AS amount_e8
                  FROM rateable_usage u
                  JOIN wallet w ON w.account_id = u.account_id
                 WHERE u.from_hour < w.rated_until_hour AND w.rerate_from_hour IS NULL
                 UNION ALL
                SELECT u.account_id,
                       (LEAST(u.to_hour, w.rated_until_hour) - u.from_hour)
                         * u.quantity * u.unit_e8
                  FROM {extras lo=0 hi=18446744073709551615 since=0} u
                  JOIN wallet w ON w.account_id = u.account_id
                 WHERE u.from_hour < w.rated_until_hour AND w.rerate_from_hour IS NULL
                 UNION ALL
                SELECT c.account_id, -c.amount_e8
                  FROM charge c
                  JOIN wallet w ON w.account_id = c.account_id
                 WHERE w.rerate_from_hour IS NULL) x
         GROUP BY x.account_id
        HAVING SUM(x.amount_e8) <> 0) y;

-- name: verify_spans :one
-- why: setting spans of a key cover all hours once
-- scan: ok a few dozen rows
-- out: n u64
SELECT COUNT(*)
  FROM (SELECT skey, from_hour, to_hour,
               COALESCE(LEAD(from_hour) OVER (PARTITION BY skey ORDER BY from_hour),
                        4000000000)
                 AS next_from,
               ROW_NUMBER() OVER (PARTITION BY skey ORDER BY from_hour) AS rn
          FROM setting_span) x
 WHERE x.to_hour <> x.next_from OR (x.rn = 1 AND x.from_hour <> 0);

-- name: verify_whmcs_intents :one
-- why: no write to WHMCS stays without a known outcome once its job is over
-- scan: ok reads all intents
-- out: n u64
SELECT COUNT(*)
  FROM whmcs_intent t
  JOIN job j ON j.id = t.job_id
 WHERE j.state = 'DONE' AND t.state IN ('INTENT', 'UNCERTAIN');

-- name: verify_documents :one
-- why: a stored document is the one that was rendered
-- scan: ok reads all documents
-- out: n u64
SELECT COUNT(*)
  FROM invoice_document
 WHERE sha256 <> UNHEX(SHA2(bytes, 256));

-- name: heartbeat_list :many
-- why: system state on the admin home
-- scan: ok one row per process
-- out: name str, pid u32, at i64, started_at i64, generation u64, counter u64, detail str
SELECT name, pid, at, started_at, generation, counter, detail
  FROM heartbeat
 ORDER BY name
 LIMIT 200;

-- name: gauge_list :many
-- why: what was counted last, and whether a new count was asked for
-- out: id str, value u64, checked_at i64, took_ms i64, wrong_since i64?, asked_at i64
SELECT g.id, g.value, g.checked_at, g.took_ms, g.wrong_since, a.asked_at
  FROM invariant_gauge g
  JOIN invariant_ask a ON a.one = 1
 ORDER BY g.id;

-- name: gauge_asked :one
-- why: also before the first count
-- out: asked_at i64
SELECT asked_at
  FROM invariant_ask
 WHERE one = 1;

-- name: gauge_put :exec
-- why: one count; since when it is wrong stays until it is right
-- in: id str, value u64, at i64, took_ms i64
INSERT INTO invariant_gauge (id, value, checked_at, took_ms, wrong_since)
VALUES (:id, :value, :at, :took_ms, CASE WHEN :value > 0 THEN :at END)
    ON DUPLICATE KEY UPDATE
       wrong_since = CASE WHEN :value = 0 THEN NULL ELSE COALESCE(wrong_since, :at) END,
       value = :value, checked_at = :at, took_ms = :took_ms;

-- name: gauge_ask :exec
-- why: staff wants them counted now
-- in: at i64
UPDATE invariant_ask
   SET asked_at = :at
 WHERE one = 1;

-- name: gauge_broken :one
-- why: for the list of what needs attention
-- out: n u64
SELECT COUNT(*)
  FROM invariant_gauge
 WHERE value > 0;

-- name: verify_contracts :one
-- why: contracts of an account follow each other without gap or overlap, the last one is open,
-- and the account's row says which it is
-- scan: ok reads all contracts and accounts
-- out: n u64
SELECT (SELECT COUNT(*)
          FROM (SELECT k.from_hour, k.to_hour,
                       LAG(k.to_hour) OVER (PARTITION BY k.account_id
                                            ORDER BY k.from_hour) AS before_to,
                       LEAD(k.from_hour) OVER (PARTITION BY k.account_id
                                               ORDER BY k.from_hour) AS next_from
                  FROM contract k
                 WHERE k.state = 'ACTIVE') x
         WHERE COALESCE(x.before_to, x.from_hour) <> x.from_hour
            OR COALESCE(x.next_from, 4000000000) <> x.to_hour)
     + (SELECT COUNT(*)
          FROM account a
          LEFT JOIN contract k ON k.account_id = a.id AND k.state = 'ACTIVE'
           AND k.to_hour = 4000000000
         WHERE a.contract <> COALESCE(k.kind, 'PAYG')
            OR a.fixed_fee_e8 <> COALESCE(k.fee_e8, 0));

-- name: verify_contract_limits :one
-- why: what is inside is inside a part of the contract in force that names it, never more than
-- its quantity, nothing older of the same size is left outside for it; every hour is said once
-- scan: ok reads all that contracts include
-- out: n u64
SELECT (SELECT COUNT(*)
          FROM (SELECT c.from_hour, c.to_hour,
                       LAG(c.to_hour) OVER (PARTITION BY c.resource_id
                                            ORDER BY c.from_hour) AS before_to,
                       LEAD(c.from_hour) OVER (PARTITION BY c.resource_id
                                               ORDER BY c.from_hour) AS next_from
                  FROM contract_cover c) x
         WHERE COALESCE(x.before_to, 0) <> x.from_hour
            OR COALESCE(x.next_from, 4000000000) <> x.to_hour)
     + (SELECT COUNT(*)
          FROM contract_cover c
          JOIN resource_state rs ON rs.resource_id = c.resource_id AND rs.from_hour < c.to_hour
           AND rs.to_hour > c.from_hour
          JOIN item i ON i.code = rs.item
          LEFT JOIN contract_part p ON p.id = c.part_id
          LEFT JOIN contract k ON k.account_id = c.account_id AND k.state = 'ACTIVE'
           AND k.from_hour < LEAST(c.to_hour, rs.to_hour)
           AND k.to_hour > GREATEST(c.from_hour, rs.from_hour)
         WHERE c.state = 1
           AND (COALESCE(k.kind, '') <> 'FIXED'
                OR (c.part_id IS NOT NULL
                    AND (p.contract_id <> k.id OR p.what NOT IN (rs.item, i.component)
                         OR p.offering_id NOT IN (0, rs.offering_id)))
                OR (c.part_id IS NULL
                    AND EXISTS (SELECT 1 FROM contract_part q WHERE q.contract_id = k.id))))
     + (SELECT COUNT(*)
          FROM (SELECT a.resource_id
                  FROM contract_cover a
                  JOIN resource_state ra ON ra.resource_id = a.resource_id
                   AND ra.from_hour < a.to_hour AND ra.to_hour > a.from_hour
                  JOIN contract_part p ON p.id = a.part_id AND p.quantity > 0
                  JOIN contract_cover b ON b.account_id = a.account_id AND b.part_id = a.part_id
                  JOIN resource_state rb ON rb.resource_id = b.resource_id
                   AND GREATEST(b.from_hour, rb.from_hour)
                         <= GREATEST(a.from_hour, ra.from_hour)
                   AND LEAST(b.to_hour, rb.to_hour) > GREATEST(a.from_hour, ra.from_hour)
                 GROUP BY a.resource_id, a.from_hour, ra.from_hour, p.quantity
                HAVING SUM(rb.quantity) > p.quantity) y)
     + (SELECT COUNT(*)
          FROM contract_cover a
          JOIN resource_state ra ON ra.resource_id = a.resource_id AND ra.from_hour < a.to_hour
           AND ra.to_hour > a.from_hour
          JOIN contract_cover b ON b.account_id = a.account_id AND b.part_id > 0
           AND b.from_hour < a.to_hour AND b.to_hour > a.from_hour
          JOIN contract_part p ON p.id = b.part_id
          JOIN resource_state rb ON rb.resource_id = b.resource_id AND rb.item = ra.item
           AND rb.offering_id = ra.offering_id AND rb.quantity >= ra.quantity
           AND rb.from_hour < b.to_hour AND rb.to_hour > b.from_hour
           AND GREATEST(rb.from_hour, b.from_hour) < LEAST(ra.to_hour, a.to_hour)
           AND LEAST(rb.to_hour, b.to_hour) > GREATEST(ra.from_hour, a.from_hour)
         WHERE a.state <> 1
           AND (ra.acquired_at < rb.acquired_at
                OR (ra.acquired_at = rb.acquired_at AND ra.resource_id < rb.resource_id)));

-- name: verify_contract_fees :one
-- why: each contract has one fee in each cycle it was in force in, which is its part of the month;
-- invoices say their sum, and what was paid in advance is in the ledger
-- scan: ok reads all fees and invoices
-- out: n u64
SELECT (SELECT COUNT(*)
          FROM invoice i
          LEFT JOIN (SELECT f.account_id, f.cycle_hour, SUM(f.amount_e8) AS amount_e8
                       FROM contract_fee f
                      GROUP BY f.account_id, f.cycle_hour) f
            ON f.account_id = i.account_id AND f.cycle_hour = i.period_from_hour
         WHERE i.kind = 'INVOICE' AND i.period_to_hour > i.period_from_hour
           AND (i.fee_e8 <> COALESCE(f.amount_e8, 0)
                OR i.fee_e8 <> COALESCE((SELECT SUM(l.exact_e8) FROM invoice_line l
                                          WHERE l.invoice_id = i.id
                                            AND l.component = 'FIXED_FEE'), 0)))
     + (SELECT COUNT(*)
          FROM contract k
          JOIN wallet w ON w.account_id = k.account_id
          JOIN invoice i ON i.account_id = k.account_id AND i.kind = 'INVOICE'
           AND i.period_from_hour < LEAST(k.to_hour, w.cycle_from_hour)
           AND i.period_to_hour > k.from_hour AND i.period_to_hour > i.period_from_hour
          LEFT JOIN contract_fee f ON f.contract_id = k.id AND f.cycle_hour = i.period_from_hour
         WHERE k.state = 'ACTIVE' AND k.kind = 'FIXED' AND f.contract_id IS NULL)
     + (SELECT COUNT(*)
          FROM (SELECT f.account_id
                  FROM contract_fee f
                  JOIN account a ON a.id = f.account_id
                  JOIN currency m ON m.code = a.currency
                 WHERE f.month_days > 0
                 GROUP BY f.account_id, f.cycle_hour, m.minor_e8
                HAVING SUM(f.amount_e8)
                       <> m.minor_e8
                          * ((2 * SUM(CAST(f.fee_e8 AS DECIMAL(30, 0)) * f.days)
                              + MAX(f.month_days) * m.minor_e8)
                             DIV (2 * MAX(f.month_days) * m.minor_e8))
                    OR MAX(f.month_days) <> MIN(f.month_days)
                    OR SUM(f.days) > MAX(f.month_days)) x)
     + (SELECT COUNT(*)
          FROM (SELECT f.account_id
                  FROM contract_fee f
                  JOIN wallet w ON w.account_id = f.account_id
                   AND w.cycle_from_hour = f.cycle_hour
                 GROUP BY f.account_id
                HAVING SUM(f.amount_e8) <> SUM(f.drawn_e8)) y)
     + (SELECT COUNT(*)
          FROM (SELECT z.account_id
                  FROM (SELECT f.account_id, f.drawn_e8 AS amount_e8
                          FROM contract_fee f
                         UNION ALL
                        SELECT t.account_id, -e.amount_e8
                          FROM ledger_txn t
                          JOIN ledger_entry e ON e.txn_id = t.id
                          JOIN ledger_account la ON la.id = e.ledger_account_id
                           AND la.code = 'WALLET'
                         WHERE t.reason = 'CONTRACT_FEE') z
                 GROUP BY z.account_id
                HAVING SUM(z.amount_e8) <> 0) v);

-- name: verify_contract_accounts :many
-- why: accounts whose inside hours are reckoned once more, by key
-- in: after u64
-- out: account_id u64
SELECT DISTINCT account_id
  FROM contract
 WHERE account_id > :after AND state = 'ACTIVE'
 ORDER BY account_id
 LIMIT 100;
