-- name: debit_zones :many
-- why: time zones of accounts that are due and whose days are not all known from the first hour
-- that is not rated to a week after the last one
-- in: until i64, enough i64
-- out: timezone str, from_hour i64
SELECT x.timezone, CAST(x.from_hour AS SIGNED)
  FROM (SELECT a.timezone, MIN(w.rated_until_hour) AS from_hour
          FROM wallet w
          JOIN account a ON a.id = w.account_id
         WHERE w.rated_until_hour < :until AND w.rated_until_hour < w.cycle_to_hour
           AND a.plan <> 'POSTPAID'
         GROUP BY a.timezone) x
  LEFT JOIN (SELECT d.zone, MIN(d.from_hour) AS first_hour, MAX(d.from_hour) AS last_hour
               FROM zone_day d
              GROUP BY d.zone) k ON k.zone = x.timezone
 WHERE k.zone IS NULL OR k.first_hour > x.from_hour OR k.last_hour < :enough
 ORDER BY x.timezone
 LIMIT 1000;

-- name: zone_day_add :exec
-- why: where a day begins in a zone; whoever is first decides
-- in: zone str, from_hour i64, weekday i32
INSERT IGNORE INTO zone_day (zone, from_hour, weekday)
VALUES (:zone, :from_hour, :weekday);

-- name: debit_hours :exec
-- why: with hourly billing off: up to which hour each account that is due waits for its debit
-- in: lo u64, hi u64, until i64, monthly bool, weekly bool
UPDATE wallet w
  JOIN account a ON a.id = w.account_id
   SET w.debit_hour = CASE WHEN a.plan = 'POSTPAID' THEN NULL
                           WHEN :monthly THEN w.cycle_to_hour
                           ELSE LEAST(w.cycle_to_hour,
                                      COALESCE((SELECT MIN(d.from_hour) FROM zone_day d
                                                 WHERE d.zone = a.timezone
                                                   AND d.from_hour > w.rated_until_hour
                                                   AND (NOT :weekly OR d.weekday = 1)),
                                               w.cycle_to_hour)) END
 WHERE w.account_id BETWEEN :lo AND :hi AND w.rated_until_hour < :until
   AND w.rated_until_hour < w.cycle_to_hour;

-- name: rate_claim :exec
-- why: first statement of a rating chunk: writes the wallet rows that are due, and how far
-- each may go: hourly accounts one hour (a biller that was away catches up hour by hour),
-- prepaid ones to their next debit or the last full hour, postpaid to the last full day (or the
-- end of its cycle as soon as that has passed), none past its cycle, nor past an hour when credit
-- expires that was not yet written off; whole: no posting in between is wanted
-- in: lo u64, hi u64, until i64, prepaid_hourly bool, whole bool
UPDATE wallet w
  JOIN account a ON a.id = w.account_id
   SET w.hourly = CASE WHEN a.plan <> 'POSTPAID' AND :prepaid_hourly THEN 1 ELSE 0 END,
       w.target_hour = LEAST(w.cycle_to_hour, COALESCE(w.credit_until_hour, w.cycle_to_hour),
                             CASE WHEN a.plan = 'POSTPAID'
                                  THEN CASE WHEN w.cycle_to_hour > :until
                                            THEN :until - MOD(:until, 24) ELSE :until END
                                  WHEN :whole THEN :until
                                  WHEN :prepaid_hourly THEN w.rated_until_hour + 1
                                  ELSE LEAST(:until, COALESCE(w.debit_hour, :until)) END),
       w.version = w.version + 1
 WHERE w.account_id BETWEEN :lo AND :hi
   AND w.rated_until_hour < LEAST(w.cycle_to_hour,
                                  COALESCE(w.credit_until_hour, w.cycle_to_hour),
                                  CASE WHEN a.plan = 'POSTPAID' AND w.cycle_to_hour > :until
                                       THEN :until - MOD(:until, 24) ELSE :until END);

-- name: rate_due :one
-- why: is anything due, and in which range of accounts does the next chunk lie
-- in: after u64, until i64, size u32
-- out: lo u64?, hi u64?
SELECT MIN(x.account_id), MAX(x.account_id)
  FROM (SELECT w.account_id
          FROM wallet w
          JOIN account a ON a.id = w.account_id
         WHERE w.account_id > :after
           AND w.rated_until_hour < LEAST(w.cycle_to_hour,
                                          COALESCE(w.credit_until_hour, w.cycle_to_hour),
                                          CASE WHEN a.plan = 'POSTPAID'
                                                    AND w.cycle_to_hour > :until
                                               THEN :until - MOD(:until, 24)
                                               ELSE :until END)
         ORDER BY w.account_id
         LIMIT :size) x;

-- name: charge_last :one
-- why: charges of this transaction are those after it
-- out: id u64
SELECT CAST(COALESCE(MAX(id), 0) AS UNSIGNED)
  FROM charge;

-- name: tax_any :one
-- why: are there taxes at all? Where there are none, none are kept back
-- out: n u64
SELECT COUNT(*)
  FROM (SELECT 1 FROM tax_rule LIMIT 1) x;

-- name: tax_reserve_put :exec
-- why: the rates that the invoice of who pays in advance will carry, as they are now; only what
-- changed is written
-- in: lo u64, hi u64, at i64, seller str, inclusive bool
INSERT INTO tax_reserve (account_id, ppm)
SELECT n.account_id, n.ppm
  FROM (SELECT a.id AS account_id,
               CASE WHEN :inclusive THEN 0 ELSE COALESCE(x.ppm, 0) END AS ppm
          FROM account a
          LEFT JOIN (SELECT t.account_id, CAST(SUM(t.rate_ppm) AS SIGNED) AS ppm
                       FROM {taxes_of} t
                      GROUP BY t.account_id) x ON x.account_id = a.id
         WHERE a.id BETWEEN :lo AND :hi AND a.plan <> 'POSTPAID') n
  LEFT JOIN tax_reserve r ON r.account_id = n.account_id
 WHERE COALESCE(r.ppm, 0) <> n.ppm
    ON DUPLICATE KEY UPDATE ppm = VALUES(ppm);

-- name: short_hours :many
-- why: who may not have enough left for the hour that begins: what gives something back (a free
-- address, a cap) is not counted yet
-- in: lo u64, hi u64, hour i64
-- out: account_id u64, left_e8 i64, tax_ppm i64
SELECT e.account_id, CAST(e.left_e8 AS SIGNED), e.tax_ppm
  FROM exhaustible e
  JOIN (SELECT u.account_id, CAST(SUM(u.unit_e8 * u.quantity) AS SIGNED) AS cost_e8
          FROM rateable_usage u
         WHERE u.account_id BETWEEN :lo AND :hi AND u.from_hour <= :hour AND u.to_hour > :hour
         GROUP BY u.account_id) b ON b.account_id = e.account_id
 WHERE e.account_id BETWEEN :lo AND :hi AND e.status <> 'CLOSED'
   AND e.rated_until_hour >= :hour AND b.cost_e8 > 0
   AND e.left_e8 < b.cost_e8 + (b.cost_e8 * e.tax_ppm + 999999) DIV 1000000;

-- name: hour_uncovered_put :exec
-- why: the newest hour of an account that is not covered
-- in: account_id u64, hour i64, cost_e8 i64
INSERT INTO hour_uncovered (account_id, hour, cost_e8)
VALUES (:account_id, :hour, :cost_e8)
    ON DUPLICATE KEY UPDATE hour = VALUES(hour), cost_e8 = VALUES(cost_e8);

-- name: rate_usage :exec
-- why: the hours between rated_until and target at the price and switch in force
-- in: lo u64, hi u64, at i64
INSERT INTO charge (account_id, resource_id, component, item, from_hour, to_hour, book_hour,
                    revision, hours, quantity, unit_e8, amount_e8, currency, price_id,
                    generation, reason, created_at)
SELECT x.account_id, x.resource_id, x.component, x.item, x.from_hour, x.to_hour, x.cycle_hour,
       0, x.to_hour - x.from_hour, x.quantity, x.unit_e8,
       (x.to_hour - x.from_hour) * x.unit_e8 * x.quantity,
       x.currency, x.price_id, x.generation, x.reason, :at
  FROM (SELECT u.account_id, u.resource_id, u.component, u.item, u.quantity, u.unit_e8,
               u.currency, u.price_id, u.generation, u.reason,
               GREATEST(u.from_hour, w.rated_until_hour) AS from_hour,
               LEAST(u.to_hour, w.target_hour) AS to_hour,
               w.cycle_from_hour AS cycle_hour
          FROM wallet w
          JOIN rateable_usage u ON u.account_id = w.account_id
         WHERE w.account_id BETWEEN :lo AND :hi AND w.target_hour > w.rated_until_hour
           AND u.from_hour < w.target_hour AND u.to_hour > w.rated_until_hour) x;

-- name: rate_free_ip :exec
-- why: the free public IP as a line of its own, so that true usage stays visible
-- in: lo u64, hi u64, at i64
INSERT INTO charge (account_id, resource_id, component, item, from_hour, to_hour, book_hour,
                    revision, hours, quantity, unit_e8, amount_e8, currency, price_id,
                    generation, reason, created_at)
SELECT x.account_id, x.resource_id, x.component, x.item, x.from_hour, x.to_hour, x.cycle_hour,
       0, x.to_hour - x.from_hour, x.quantity, x.unit_e8,
       (x.to_hour - x.from_hour) * x.unit_e8 * x.quantity,
       x.currency, x.price_id, x.generation, x.reason, :at
  FROM (SELECT u.account_id, u.resource_id, u.component, u.item, u.quantity, u.unit_e8,
               u.currency, u.price_id, u.generation, u.reason,
               GREATEST(u.from_hour, w.rated_until_hour) AS from_hour,
               LEAST(u.to_hour, w.target_hour) AS to_hour,
               w.cycle_from_hour AS cycle_hour
          FROM wallet w
          JOIN {free_ips} u ON u.account_id = w.account_id
         WHERE w.account_id BETWEEN :lo AND :hi
           AND w.target_hour > w.rated_until_hour
           AND u.from_hour < w.target_hour AND u.to_hour > w.rated_until_hour) x;

-- name: rate_traffic :exec
-- why: what was reported of the hours between rated_until and target; each hour is a charge
-- in: lo u64, hi u64, at i64
INSERT INTO charge (account_id, resource_id, component, item, from_hour, to_hour, book_hour,
                    revision, hours, quantity, unit_e8, amount_e8, currency, price_id,
                    generation, reason, created_at)
SELECT u.account_id, u.resource_id, u.component, u.item, u.from_hour, u.to_hour,
       w.cycle_from_hour, 0, 1, u.quantity, u.unit_e8, u.unit_e8 * u.quantity, u.currency,
       u.price_id, u.generation, u.reason, :at
  FROM wallet w
  JOIN rateable_traffic u ON u.account_id = w.account_id
 WHERE w.account_id BETWEEN :lo AND :hi AND u.account_id BETWEEN :lo AND :hi
   AND w.target_hour > w.rated_until_hour
   AND u.from_hour < w.target_hour AND u.from_hour >= w.rated_until_hour;

-- name: cap_any :one
-- why: has any price a cap? Where none has, caps cost nothing
-- out: n u64
SELECT COUNT(*)
  FROM (SELECT 1 FROM price WHERE cap_hours > 0 LIMIT 1) x;

-- name: cap_cycle_put :exec
-- why: the month that hours are counted in. A change of plan ends a cycle, and the count goes on
-- in the rest of the month
-- in: lo u64, hi u64
INSERT INTO cap_cycle (account_id, from_hour, to_hour)
SELECT x.account_id,
       COALESCE((SELECT MIN(y.from_hour) FROM cap_cycle y
                  WHERE y.account_id = x.account_id
                    AND y.from_hour BETWEEN x.month_hour AND x.cycle_from_hour),
                x.month_hour, x.cycle_from_hour),
       x.cycle_to_hour
  FROM (SELECT w.account_id, w.cycle_from_hour, w.cycle_to_hour,
               (SELECT MAX(z.from_hour)
                  FROM plan_switch s
                  JOIN account a ON a.id = s.account_id
                  JOIN zone_month z ON z.zone = a.timezone AND z.from_hour <= s.at_hour
                 WHERE s.account_id = w.account_id AND s.at_hour = w.cycle_from_hour)
                 AS month_hour
          FROM wallet w
         WHERE w.account_id BETWEEN :lo AND :hi AND w.target_hour > w.rated_until_hour) x
    ON DUPLICATE KEY UPDATE to_hour = VALUES(to_hour);

-- name: rate_since :one
-- why: the first hour of a chunk: older cycles need not be counted again; and whether Free for
-- One IP has been on since
-- in: lo u64, hi u64
-- out: hour i64?, free_ip u64
SELECT w.hour,
       (SELECT COUNT(*) FROM setting_span s
         WHERE s.skey = 'ip.free_one' AND s.value = '1' AND s.to_hour > w.hour)
  FROM (SELECT MIN(rated_until_hour) AS hour
          FROM wallet
         WHERE account_id BETWEEN :lo AND :hi AND target_hour > rated_until_hour) w;

-- name: rate_cap :exec
-- why: what is beyond the monthly cap is given back as a line of its own
-- in: lo u64, hi u64, since i64, at i64
INSERT INTO charge (account_id, resource_id, component, item, from_hour, to_hour, book_hour,
                    revision, hours, quantity, unit_e8, amount_e8, currency, price_id,
                    generation, reason, created_at)
SELECT x.account_id, x.resource_id, x.component, x.item, x.from_hour, x.to_hour, x.cycle_hour,
       0, x.to_hour - x.from_hour, x.quantity, x.unit_e8,
       (x.to_hour - x.from_hour) * x.unit_e8 * x.quantity,
       x.currency, x.price_id, x.generation, x.reason, :at
  FROM (SELECT u.account_id, u.resource_id, u.component, u.item, u.quantity, u.unit_e8,
               u.currency, u.price_id, u.generation, u.reason,
               GREATEST(u.from_hour, w.rated_until_hour) AS from_hour,
               LEAST(u.to_hour, w.target_hour) AS to_hour,
               w.cycle_from_hour AS cycle_hour
          FROM wallet w
          JOIN {caps} u ON u.account_id = w.account_id
         WHERE w.account_id BETWEEN :lo AND :hi
           AND w.target_hour > w.rated_until_hour
           AND u.from_hour < w.target_hour AND u.to_hour > w.rated_until_hour) x;

-- name: rate_advance :exec
-- why: what was rated is now unposted usage; the watermark moves with it. A posting is due
-- each hour for hourly accounts, else where their debit is due (postpaid: at day ends), at cycle
-- ends and when credit expires; its id is made from its hours
-- in: lo u64, hi u64, before_id u64
UPDATE wallet w
  JOIN account a ON a.id = w.account_id
  LEFT JOIN (SELECT c.account_id, SUM(c.amount_e8) AS amount_e8
               FROM charge c
              WHERE c.id > :before_id AND c.account_id BETWEEN :lo AND :hi
                AND c.revision = 0
              GROUP BY c.account_id) s ON s.account_id = w.account_id
   SET w.unposted_e8 = w.unposted_e8 + COALESCE(s.amount_e8, 0),
       w.post_id = CASE WHEN w.hourly = 1 OR w.target_hour >= w.debit_hour
                             OR (a.plan = 'POSTPAID' AND MOD(w.target_hour, 24) = 0)
                             OR w.target_hour = w.cycle_to_hour
                             OR w.target_hour = w.credit_until_hour
                        THEN UNHEX(LEFT(SHA2(CONCAT('usage:', w.account_id, ':',
                                                    w.posted_until_hour, ':', w.target_hour),
                                             256), 32)) END,
       w.rated_until_hour = w.target_hour
 WHERE w.account_id BETWEEN :lo AND :hi AND w.target_hour > w.rated_until_hour;

-- name: post_draw :exec
-- why: how much of the posting the balance pays: all of it on PREPAID, what there is on
-- FLEXIBLE, nothing on POSTPAID
-- in: lo u64, hi u64
UPDATE wallet w
  JOIN account a ON a.id = w.account_id
   SET w.post_draw_e8 = CASE a.plan WHEN 'PREPAID' THEN w.unposted_e8
                                    WHEN 'FLEXIBLE' THEN LEAST(GREATEST(w.balance_e8, 0),
                                                               w.unposted_e8)
                                    ELSE 0 END
 WHERE w.account_id BETWEEN :lo AND :hi AND w.post_id IS NOT NULL;

-- name: post_txn :exec
-- why: one ledger transaction per account and posting; the id refuses a second one; the note
-- is the hours as an ISO 8601 interval
-- in: lo u64, hi u64, at i64, actor str
INSERT INTO ledger_txn (id, account_id, reason, ref_id, currency, at, actor, note)
SELECT w.post_id, w.account_id, 'USAGE', w.rated_until_hour, w.currency, :at, :actor,
       CONCAT(DATE_FORMAT('1970-01-01' + INTERVAL w.posted_until_hour HOUR, '%Y-%m-%dT%H:00Z'),
              '/',
              DATE_FORMAT('1970-01-01' + INTERVAL w.rated_until_hour HOUR, '%Y-%m-%dT%H:00Z'))
  FROM wallet w
 WHERE w.account_id BETWEEN :lo AND :hi AND w.post_id IS NOT NULL AND w.unposted_e8 <> 0;

-- name: post_entries :exec
-- why: usage becomes unbilled and revenue; the drawn part leaves the balance
-- in: lo u64, hi u64, at i64
INSERT INTO ledger_entry (txn_id, ledger_account_id, amount_e8, currency, at)
SELECT x.post_id, la.id, x.amount_e8, x.currency, :at
  FROM (SELECT w.account_id AS owner, 'UNBILLED' AS code, w.unposted_e8 AS amount_e8,
               w.post_id, w.currency
          FROM wallet w
         WHERE w.account_id BETWEEN :lo AND :hi AND w.post_id IS NOT NULL
         UNION ALL
        SELECT 0, 'REVENUE', -w.unposted_e8, w.post_id, w.currency
          FROM wallet w
         WHERE w.account_id BETWEEN :lo AND :hi AND w.post_id IS NOT NULL
         UNION ALL
        SELECT w.account_id, 'WALLET', w.post_draw_e8, w.post_id, w.currency
          FROM wallet w
         WHERE w.account_id BETWEEN :lo AND :hi AND w.post_id IS NOT NULL
           AND w.unposted_e8 <> 0
         UNION ALL
        SELECT w.account_id, 'PREPAID_USAGE', -w.post_draw_e8, w.post_id, w.currency
          FROM wallet w
         WHERE w.account_id BETWEEN :lo AND :hi AND w.post_id IS NOT NULL
           AND w.unposted_e8 <> 0) x
  JOIN ledger_account la ON la.account_id = x.owner AND la.code = x.code
   AND la.currency = x.currency
 WHERE x.amount_e8 <> 0;

-- name: post_balances :exec
-- why: running balances move with the entries of this chunk
-- in: lo u64, hi u64
UPDATE ledger_account la
  JOIN (SELECT e.ledger_account_id, SUM(e.amount_e8) AS amount_e8
          FROM wallet w
          JOIN ledger_entry e ON e.txn_id = w.post_id
         WHERE w.account_id BETWEEN :lo AND :hi AND w.post_id IS NOT NULL
         GROUP BY e.ledger_account_id) x ON x.ledger_account_id = la.id
   SET la.balance_e8 = la.balance_e8 + x.amount_e8;

-- name: post_finish :exec
-- why: the posting is in the ledger: the balance shows it, nothing is unposted any more
-- in: lo u64, hi u64, at i64
UPDATE wallet
   SET balance_e8 = balance_e8 - post_draw_e8, drawn_e8 = drawn_e8 + post_draw_e8,
       last_posted_e8 = unposted_e8, last_posted_at = :at, unposted_e8 = 0,
       posted_until_hour = rated_until_hour, post_id = NULL, post_draw_e8 = 0
 WHERE account_id BETWEEN :lo AND :hi AND post_id IS NOT NULL;

-- name: rerate_due :many
-- why: accounts whose rated hours were changed by a late event
-- out: account_id u64
SELECT account_id
  FROM wallet
 WHERE rerate_from_hour IS NOT NULL
 ORDER BY account_id
 LIMIT 500;

-- name: rerate_widen :one
-- why: an adjustment is one figure for its hours: re-rating that cuts into it starts where it does
-- in: account_id u64, from_hour i64
-- out: from_hour i64
SELECT CAST(LEAST(:from_hour, COALESCE(MIN(from_hour), :from_hour)) AS SIGNED)
  FROM charge
 WHERE account_id = :account_id AND revision > 0 AND to_hour > :from_hour
   AND component <> 'TRAFFIC';

-- name: rerate_border :one
-- why: an adjustment is of one invoice's hours: where the next cycle begins within those looked at;
-- not where an older adjustment lies across
-- in: account_id u64, from_hour i64, until i64
-- out: hour i64
SELECT CAST(COALESCE(MIN(x.hour), :until) AS SIGNED)
  FROM (SELECT i.period_to_hour AS hour
          FROM invoice i
         WHERE i.account_id = :account_id AND i.kind = 'INVOICE'
           AND i.period_to_hour > :from_hour AND i.period_to_hour < :until
         UNION ALL
        SELECT w.cycle_from_hour
          FROM wallet w
         WHERE w.account_id = :account_id AND w.cycle_from_hour > :from_hour
           AND w.cycle_from_hour < :until) x
 WHERE NOT EXISTS (SELECT 1 FROM charge c
                    WHERE c.account_id = :account_id AND c.revision > 0
                      AND c.from_hour < x.hour AND c.to_hour > x.hour
                      AND c.component <> 'TRAFFIC');

-- name: take_back :exec
-- why: the adjustments of earlier hours that the cycle bills, once more with the sign turned: what
-- they said is a difference again
-- in: account_id u64, at i64
INSERT INTO charge (account_id, resource_id, component, item, from_hour, to_hour, book_hour,
                    revision, hours, quantity, unit_e8, amount_e8, currency, price_id,
                    generation, reason, created_at)
SELECT c.account_id, c.resource_id, c.component, c.item, c.from_hour, c.to_hour, c.book_hour,
       (SELECT MAX(p.revision) FROM charge p
         WHERE p.resource_id = c.resource_id AND p.component = c.component
           AND p.from_hour = c.from_hour)
         + ROW_NUMBER() OVER (PARTITION BY c.resource_id, c.component, c.from_hour
                              ORDER BY c.id),
       -c.hours, c.quantity, c.unit_e8, -c.amount_e8, c.currency, c.price_id, c.generation,
       'ADJUSTMENT', :at
  FROM wallet w
  JOIN charge c ON c.account_id = w.account_id AND c.book_hour = w.cycle_from_hour
   AND c.revision > 0 AND c.to_hour <= w.cycle_from_hour
 WHERE w.account_id = :account_id;

-- name: take_back_post :exec
-- why: they are posted like usage, once in a cycle; their hours are to be rated again
-- in: account_id u64, before_id u64
UPDATE wallet w
  JOIN (SELECT c.account_id, SUM(c.amount_e8) AS amount_e8, MIN(c.from_hour) AS from_hour
          FROM charge c
         WHERE c.account_id = :account_id AND c.id > :before_id
         GROUP BY c.account_id) s ON s.account_id = w.account_id
   SET w.unposted_e8 = w.unposted_e8 + s.amount_e8, w.rerate_from_hour = s.from_hour,
       w.post_id = UNHEX(LEFT(SHA2(CONCAT('take-back:', w.account_id, ':', w.cycle_from_hour),
                                   256), 32))
 WHERE w.account_id = :account_id;

-- name: rerate_window :one
-- why: which hours are to be compared, and in which cycle the difference is billed: what is
-- rated and posted to its end waits for its invoice and takes nothing more
-- in: account_id u64
-- out: from_hour i64?, until_hour i64, book_hour i64
SELECT rerate_from_hour, rated_until_hour,
       CASE WHEN rated_until_hour = cycle_to_hour THEN cycle_to_hour ELSE cycle_from_hour END
  FROM wallet
 WHERE account_id = :account_id;

-- name: rerate_insert :exec
-- why: what the hours should cost now minus what was charged for them, per price, as
-- adjustments that name the hours and are billed in the cycle under way. Traffic, of which no
-- hour depends on another, has its own
-- in: account_id u64, from_hour i64, until i64, book_hour i64, at i64
INSERT INTO charge (account_id, resource_id, component, item, from_hour, to_hour, book_hour,
                    revision, hours, quantity, unit_e8, amount_e8, currency, price_id,
                    generation, reason, created_at)
SELECT :account_id, d.resource_id, d.component, d.item, :from_hour, :until, :book_hour,
       COALESCE((SELECT MAX(p.revision) FROM charge p
                  WHERE p.resource_id = d.resource_id AND p.component = d.component
                    AND p.from_hour = :from_hour), 0)
         + ROW_NUMBER() OVER (PARTITION BY d.resource_id, d.component
                              ORDER BY d.price_id, d.unit_e8, d.quantity),
       d.hours, d.quantity, d.unit_e8, d.hours * d.unit_e8 * d.quantity, d.currency, d.price_id,
       d.generation, 'ADJUSTMENT', :at
  FROM (SELECT x.resource_id, x.component, x.item, x.price_id, x.unit_e8, x.quantity, x.currency,
               CAST(SUM(x.hours) AS SIGNED) AS hours, MAX(x.generation) AS generation
          FROM (SELECT u.resource_id, u.component, u.item, u.price_id, u.unit_e8, u.quantity,
                       u.currency, u.generation,
                       LEAST(u.to_hour, :until) - GREATEST(u.from_hour, :from_hour) AS hours
                  FROM rateable_usage u
                 WHERE u.account_id = :account_id AND u.from_hour < :until
                   AND u.to_hour > :from_hour
                 UNION ALL
                SELECT f.resource_id, f.component, f.item, f.price_id, f.unit_e8, f.quantity,
                       f.currency, f.generation,
                       LEAST(f.to_hour, :until) - GREATEST(f.from_hour, :from_hour)
                  FROM {free_ips lo=account_id hi=account_id} f
                 WHERE f.from_hour < :until AND f.to_hour > :from_hour
                 UNION ALL
                SELECT m.resource_id, m.component, m.item, m.price_id, m.unit_e8, m.quantity,
                       m.currency, m.generation,
                       LEAST(m.to_hour, :until) - GREATEST(m.from_hour, :from_hour)
                  FROM {caps lo=account_id hi=account_id since=from_hour} m
                 WHERE m.from_hour < :until AND m.to_hour > :from_hour
                 UNION ALL
                SELECT c.resource_id, c.component, c.item, c.price_id, c.unit_e8, c.quantity,
                       c.currency, c.generation,
                       -CASE WHEN c.revision > 0 THEN c.hours
                             ELSE LEAST(c.to_hour, :until) - GREATEST(c.from_hour, :from_hour)
                             END
                  FROM charge c
                 WHERE c.account_id = :account_id AND c.from_hour < :until
                   AND c.to_hour > :from_hour AND c.component <> 'TRAFFIC') x
         GROUP BY x.resource_id, x.component, x.item, x.price_id, x.unit_e8, x.quantity,
                  x.currency
        HAVING SUM(x.hours) <> 0) d;

-- name: rerate_traffic :exec
-- why: late traffic, hour by hour: how many MB more or less than were charged, so that no
-- adjustment spans hours it has nothing to say of
-- in: account_id u64, from_hour i64, until i64, book_hour i64, at i64
INSERT INTO charge (account_id, resource_id, component, item, from_hour, to_hour, book_hour,
                    revision, hours, quantity, unit_e8, amount_e8, currency, price_id,
                    generation, reason, created_at)
SELECT :account_id, d.resource_id, d.component, d.item, d.from_hour, d.from_hour + 1, :book_hour,
       COALESCE((SELECT MAX(p.revision) FROM charge p
                  WHERE p.resource_id = d.resource_id AND p.component = d.component
                    AND p.from_hour = d.from_hour), 0)
         + ROW_NUMBER() OVER (PARTITION BY d.resource_id, d.from_hour
                              ORDER BY d.price_id, d.unit_e8),
       1, d.mb, d.unit_e8, d.unit_e8 * d.mb, d.currency, d.price_id, d.generation,
       'ADJUSTMENT', :at
  FROM (SELECT x.resource_id, x.component, x.item, x.from_hour, x.price_id, x.unit_e8,
               x.currency, CAST(SUM(x.mb) AS SIGNED) AS mb, MAX(x.generation) AS generation
          FROM (SELECT u.resource_id, u.component, u.item, u.from_hour, u.price_id, u.unit_e8,
                       u.currency, u.generation, u.quantity AS mb
                  FROM rateable_traffic u
                 WHERE u.account_id = :account_id AND u.from_hour < :until
                   AND u.from_hour >= :from_hour
                 UNION ALL
                SELECT c.resource_id, c.component, c.item, c.from_hour, c.price_id, c.unit_e8,
                       c.currency, c.generation, -c.hours * c.quantity
                  FROM charge c
                 WHERE c.account_id = :account_id AND c.from_hour < :until
                   AND c.from_hour >= :from_hour AND c.component = 'TRAFFIC') x
         GROUP BY x.resource_id, x.component, x.item, x.from_hour, x.price_id, x.unit_e8,
                  x.currency
        HAVING SUM(x.mb) <> 0) d;

-- name: rerate_sum :one
-- why: adjustments billed in one cycle: before and after, the difference is new
-- in: account_id u64, book_hour i64
-- out: amount_e8 i64
SELECT CAST(COALESCE(SUM(amount_e8), 0) AS SIGNED)
  FROM charge
 WHERE account_id = :account_id AND book_hour = :book_hour AND revision > 0;

-- name: rerate_done :exec
-- why: the difference is unposted usage; the mark goes
-- in: account_id u64, delta_e8 i64
UPDATE wallet
   SET unposted_e8 = unposted_e8 + :delta_e8, rerate_from_hour = NULL, version = version + 1
 WHERE account_id = :account_id;

-- name: rerate_diff :many
-- why: the adjustments of this transaction, added up per resource
-- in: account_id u64, after_id u64
-- out: resource str, component str, amount_e8 i64
SELECT r.name, c.component, CAST(SUM(c.amount_e8) AS SIGNED)
  FROM charge c
  JOIN resource r ON r.id = c.resource_id
 WHERE c.account_id = :account_id AND c.id > :after_id
 GROUP BY r.id, r.name, c.component
HAVING SUM(c.amount_e8) <> 0
 ORDER BY r.id, c.component
 LIMIT 500;

-- name: rerate_accounts :many
-- why: whose hours were rated since, by key
-- scan: ok a page of accounts
-- in: from_hour i64, account_id u64, after u64, lim u32
-- out: account_id u64, name str, currency str
SELECT w.account_id, CONCAT(a.first_name, ' ', a.last_name), w.currency
  FROM wallet w
  JOIN account a ON a.id = w.account_id
 WHERE w.account_id > :after AND (:account_id = 0 OR w.account_id = :account_id)
   AND w.rated_until_hour > :from_hour
 ORDER BY w.account_id
 LIMIT :lim;
