-- name: rerate_periods :many
-- why: issued invoices whose hours are looked at again
-- in: account_id u64, from_hour i64, until i64
-- out: id u64, number str, from_hour i64, to_hour i64
SELECT id, number, period_from_hour, period_to_hour
  FROM invoice
 WHERE account_id = :account_id AND kind = 'INVOICE' AND status <> 'CANCELLED'
   AND period_from_hour < :until AND period_to_hour > :from_hour
 ORDER BY period_from_hour
 LIMIT 1000;

-- name: rerate_crossing :one
-- why: an adjustment is one figure for its hours: what spans two months cannot be told apart
-- in: account_id u64, hour i64
-- out: n u64
SELECT COUNT(*)
  FROM charge
 WHERE account_id = :account_id AND revision > 0 AND from_hour < :hour AND to_hour > :hour
   AND component <> 'TRAFFIC';

-- name: rerate_nets :many
-- why: the adjustments of this transaction per resource and component of its price, by key:
-- what is free and what is beyond a cap belongs to what it frees
-- in: account_id u64, after_id u64, after_resource u64, after_component str
-- out: resource_id u64, resource str, component str, amount_e8 i64
SELECT c.resource_id, r.name, t.component, CAST(SUM(c.amount_e8) AS SIGNED)
  FROM charge c
  JOIN item t ON t.code = c.item
  JOIN resource r ON r.id = c.resource_id
 WHERE c.account_id = :account_id AND c.id > :after_id
   AND (c.resource_id > :after_resource
        OR (c.resource_id = :after_resource AND t.component > :after_component))
 GROUP BY c.resource_id, r.name, t.component
 ORDER BY c.resource_id, t.component
 LIMIT 500;

-- name: rerate_lines :many
-- why: what an invoice says of each resource, and which percentages it gave or took of it
-- in: invoice_id u64, after u32
-- out: id u64, position u32, resource_id u64?, component str, adjustment bool
-- out: description str, exact_e8 i64, amount_minor i64, credited_minor i64, ppm i64, scope str?
SELECT l.id, l.position, l.resource_id, COALESCE(t.component, l.component),
       l.reason = 'ADJUSTMENT', l.description, l.exact_e8, l.amount_minor,
       CAST(COALESCE((SELECT SUM(n.amount_minor) FROM invoice_line n
                       WHERE n.ref_line_id = l.id), 0) AS SIGNED),
       COALESCE(CASE WHEN d.kind = 'PERCENT' THEN d.ppm END, 0), d.scope
  FROM invoice_line l
  LEFT JOIN item t ON t.code = l.item
  LEFT JOIN account_discount d ON d.id = l.discount_id
 WHERE l.invoice_id = :invoice_id AND l.position > :after
 ORDER BY l.position
 LIMIT 500;

-- name: rerate_move :exec
-- why: what the invoice never said is billed in the cycle under way; rows of this transaction
-- in: account_id u64, after_id u64, resource_id u64, component str, book_hour i64
UPDATE charge c
  JOIN item t ON t.code = c.item
   SET c.book_hour = :book_hour
 WHERE c.account_id = :account_id AND c.id > :after_id AND c.book_hour = 0
   AND c.resource_id = :resource_id AND t.component = :component;

-- name: rerated_add :insert
-- why: what was found and what a note says of it
-- in: account_id u64, invoice_id u64, resource_id u64, component str, note_id u64?, diff_e8 i64
-- in: settled_minor i64, at i64, actor str, reason str
INSERT INTO rerated (account_id, invoice_id, resource_id, component, note_id, diff_e8,
                     settled_minor, at, actor, reason)
VALUES (:account_id, :invoice_id, :resource_id, :component, :note_id, :diff_e8, :settled_minor,
        :at, :actor, :reason);

-- name: noted_charge_add :exec
-- why: the key lets no adjustment be settled twice
-- in: rerated_id u64, account_id u64, after_id u64, resource_id u64, component str
INSERT INTO noted_charge (charge_id, rerated_id)
SELECT c.id, :rerated_id
  FROM charge c
  JOIN item t ON t.code = c.item
 WHERE c.account_id = :account_id AND c.id > :after_id AND c.book_hour = 0
   AND c.resource_id = :resource_id AND t.component = :component;

-- name: rerated_last :one
-- why: what this transaction settles comes after it
-- out: id u64
SELECT CAST(COALESCE(MAX(id), 0) AS UNSIGNED)
  FROM rerated;

-- name: noted_taken_back :exec
-- why: what was adjusted and taken back of hours that a note settled belongs to that note: the sum
-- is the same, and no invoice has to show both
-- in: account_id u64, after_id u64
INSERT IGNORE INTO noted_charge (charge_id, rerated_id)
SELECT c.id, r.id
  FROM rerated r
  JOIN invoice i ON i.id = r.invoice_id
  JOIN wallet w ON w.account_id = r.account_id
  JOIN charge c ON c.account_id = r.account_id AND c.book_hour = w.cycle_from_hour
   AND c.revision > 0 AND c.resource_id = r.resource_id
   AND c.from_hour >= i.period_from_hour AND c.to_hour <= i.period_to_hour
  JOIN item t ON t.code = c.item AND t.component = r.component
 WHERE r.account_id = :account_id AND r.id > :after_id;

-- name: noted_out :exec
-- why: they are of no cycle any more
-- in: account_id u64
UPDATE charge c
  JOIN wallet w ON w.account_id = c.account_id AND c.book_hour = w.cycle_from_hour
  JOIN noted_charge n ON n.charge_id = c.id
   SET c.book_hour = 0
 WHERE c.account_id = :account_id;

-- name: verify_noted :one
-- why: what no cycle bills was settled once, on the invoice whose hours it is of; a note's lines
-- are what was settled, rounded once per resource and never more
-- scan: ok reads what was re-rated
-- out: n u64
SELECT (SELECT COUNT(*)
          FROM charge c
          LEFT JOIN noted_charge n ON n.charge_id = c.id
         WHERE (c.book_hour = 0) <> (n.charge_id IS NOT NULL))
     + (SELECT COUNT(*)
          FROM noted_charge n
          JOIN charge c ON c.id = n.charge_id
          JOIN rerated r ON r.id = n.rerated_id
          JOIN invoice i ON i.id = r.invoice_id
         WHERE c.revision = 0 OR c.account_id <> r.account_id OR i.account_id <> r.account_id
            OR c.resource_id <> r.resource_id OR c.from_hour < i.period_from_hour
            OR c.to_hour > i.period_to_hour)
     + (SELECT COUNT(*)
          FROM (SELECT r.id
                  FROM rerated r
                  JOIN account a ON a.id = r.account_id
                  JOIN currency m ON m.code = a.currency
                  LEFT JOIN noted_charge n ON n.rerated_id = r.id
                  LEFT JOIN charge c ON c.id = n.charge_id
                 GROUP BY r.id, r.diff_e8, r.settled_minor, m.minor_e8
                HAVING COALESCE(SUM(c.amount_e8), 0) <> r.diff_e8
                    OR ABS(r.settled_minor)
                       > (2 * ABS(r.diff_e8) + m.minor_e8) DIV (2 * m.minor_e8)) x)
     + (SELECT COUNT(*)
          FROM (SELECT r.note_id, SUM(r.settled_minor) AS settled, MIN(r.invoice_id) AS lo,
                       MAX(r.invoice_id) AS hi
                  FROM rerated r
                 WHERE r.note_id IS NOT NULL
                 GROUP BY r.note_id) x
          JOIN invoice n ON n.id = x.note_id
         WHERE n.ref_invoice_id <> x.lo OR x.lo <> x.hi
            OR x.settled * CASE n.kind WHEN 'CREDIT_NOTE' THEN -1 ELSE 1 END
               <> (SELECT COALESCE(SUM(l.amount_minor), 0)
                     FROM invoice_line l
                    WHERE l.invoice_id = n.id
                      AND l.component NOT IN ('DISCOUNT', 'SURCHARGE')));

-- name: price_get :one
-- why: one price, written before anything else of its correction
-- in: id u64
-- out: id u64, item str, unit str, zone_id u64, offering_id u64, currency str, unit_e8 i64
-- out: cap_hours u32, from_hour i64, to_hour i64
SELECT p.id, p.item, t.unit, p.zone_id, p.offering_id, p.currency, p.unit_e8, p.cap_hours,
       p.from_hour, p.to_hour
  FROM price p
  JOIN item t ON t.code = p.item
 WHERE p.id = :id
   FOR UPDATE;

-- name: price_list :many
-- why: prices in force, past and to come, by key; corrected ones stand with what corrects them
-- scan: ok a page of prices
-- in: item str, after u64
-- out: id u64, item str, unit str, zone str?, offering str?, currency str, unit_e8 i64
-- out: cap_hours u32, from_hour i64, to_hour i64, by_id u64?
SELECT p.id, p.item, t.unit, z.code, o.code, p.currency, p.unit_e8, p.cap_hours, p.from_hour,
       p.to_hour, p.by_id
  FROM (SELECT id, item, zone_id, offering_id, currency, unit_e8, cap_hours, from_hour, to_hour,
               NULL AS by_id
          FROM price
         UNION ALL
        SELECT id, item, zone_id, offering_id, currency, unit_e8, cap_hours, from_hour, to_hour,
               by_id
          FROM price_superseded) p
  JOIN item t ON t.code = p.item
  LEFT JOIN zone z ON z.id = p.zone_id
  LEFT JOIN offering o ON o.id = p.offering_id
 WHERE p.id > :after AND (:item = '' OR p.item = :item)
 ORDER BY p.id
 LIMIT 500;

-- name: rating_hold :exec
-- why: rating writes this row in each of its transactions: none is under way beside ours, so
-- that no hour is charged by the old price unseen
UPDATE lease
   SET writes = writes + 1
 WHERE name = 'biller';

-- name: price_remove :exec
-- why: its place is free for what corrects it; it is kept in price_superseded
-- in: id u64
DELETE FROM price
 WHERE id = :id;

-- name: price_replace :insert
-- why: the correction of a price has its validity and its cap
-- in: item str, zone_id u64, offering_id u64, currency str, unit_e8 i64, cap_hours u32
-- in: from_hour i64, to_hour i64
INSERT INTO price (item, zone_id, offering_id, currency, unit_e8, cap_hours, from_hour, to_hour)
VALUES (:item, :zone_id, :offering_id, :currency, :unit_e8, :cap_hours, :from_hour, :to_hour);

-- name: price_superseded_add :exec
-- why: the row as it was, what stands in its place, who did it and why
-- in: id u64, item str, zone_id u64, offering_id u64, currency str, unit_e8 i64, cap_hours u32
-- in: from_hour i64, to_hour i64, by_id u64, at i64, actor str, reason str
INSERT INTO price_superseded (id, item, zone_id, offering_id, currency, unit_e8, cap_hours,
                              from_hour, to_hour, by_id, at, actor, reason)
VALUES (:id, :item, :zone_id, :offering_id, :currency, :unit_e8, :cap_hours, :from_hour,
        :to_hour, :by_id, :at, :actor, :reason);

-- name: price_users :many
-- why: who was charged by a price, and since when, by key
-- scan: ok a correction is rare, and no key on the price would be worth writing with each charge
-- in: price_id u64, after u64
-- out: account_id u64, name str, currency str, from_hour i64
SELECT c.account_id, CONCAT(a.first_name, ' ', a.last_name), a.currency, MIN(c.from_hour)
  FROM charge c
  JOIN account a ON a.id = c.account_id
 WHERE c.price_id = :price_id AND c.account_id > :after
 GROUP BY c.account_id, a.first_name, a.last_name, a.currency
 ORDER BY c.account_id
 LIMIT 500;

-- name: verify_prices :one
-- why: prices of a key do not overlap; what was corrected has one row in its place, of the same
-- key and beginning, and is no price any more; every charge cites a price there is or was
-- scan: ok reads all prices and charges
-- out: n u64
SELECT (SELECT COUNT(*)
          FROM (SELECT from_hour,
                       LAG(to_hour) OVER (PARTITION BY item, zone_id, offering_id, currency
                                          ORDER BY from_hour) AS before_to
                  FROM price) x
         WHERE x.before_to > x.from_hour)
     + (SELECT COUNT(*)
          FROM price_superseded s
          LEFT JOIN (SELECT id, item, zone_id, offering_id, currency, from_hour
                       FROM price
                      UNION ALL
                     SELECT id, item, zone_id, offering_id, currency, from_hour
                       FROM price_superseded) p
            ON p.id = s.by_id AND p.item = s.item AND p.zone_id = s.zone_id
           AND p.offering_id = s.offering_id AND p.currency = s.currency
           AND p.from_hour = s.from_hour
         WHERE p.id IS NULL)
     + (SELECT COUNT(*)
          FROM price_superseded s
          JOIN price p ON p.id = s.id)
     + (SELECT COUNT(*)
          FROM (SELECT DISTINCT price_id FROM charge) c
          LEFT JOIN price p ON p.id = c.price_id
          LEFT JOIN price_superseded s ON s.id = c.price_id
         WHERE p.id IS NULL AND s.id IS NULL);
