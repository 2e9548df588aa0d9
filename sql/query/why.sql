-- name: why_line :one
-- why: a line by its place on the document, for who reads it from paper
-- in: invoice_id u64, position u32
-- out: id u64, account_id u64, number str, currency str, description str, component str
-- out: reason str, hours i64, unit_e8 i64?, exact_e8 i64, amount_minor i64
SELECT l.id, i.account_id, i.number, i.currency, l.description, l.component, l.reason, l.hours,
       l.unit_e8, l.exact_e8, l.amount_minor
  FROM invoice i
  JOIN invoice_line l ON l.invoice_id = i.id
 WHERE i.id = :invoice_id AND l.position = :position;

-- name: why_prices :many
-- why: the price rows that the hours of a line were rated with; one that was corrected since
-- with what stands in its place, by whom and why
-- in: account_id u64, invoice_id u64, line_id u64
-- out: id u64, item str, zone str?, offering str?, unit_e8 i64, from_hour i64, to_hour i64
-- out: by_id u64?, by_e8 i64?, corrected_at i64?, actor str?, reason str?
SELECT DISTINCT p.id, p.item, z.name, o.name, p.unit_e8, p.from_hour, p.to_hour, p.by_id,
       COALESCE(n.unit_e8, s.unit_e8), p.at, p.actor, p.reason
  FROM invoice_line l
  JOIN invoice i ON i.id = l.invoice_id
  JOIN charge c ON c.account_id = i.account_id AND c.book_hour = i.period_from_hour
   AND c.resource_id = l.resource_id
   AND c.component = l.component AND c.item = l.item AND c.reason = l.reason
   AND c.unit_e8 = l.unit_e8
  JOIN (SELECT id, item, zone_id, offering_id, unit_e8, from_hour, to_hour, NULL AS by_id,
               NULL AS at, NULL AS actor, NULL AS reason
          FROM price
         UNION ALL
        SELECT id, item, zone_id, offering_id, unit_e8, from_hour, to_hour, by_id, at, actor,
               reason
          FROM price_superseded) p ON p.id = c.price_id
  LEFT JOIN price n ON n.id = p.by_id
  LEFT JOIN price_superseded s ON s.id = p.by_id
  LEFT JOIN zone z ON z.id = p.zone_id
  LEFT JOIN offering o ON o.id = p.offering_id
 WHERE l.id = :line_id AND l.invoice_id = :invoice_id AND i.account_id = :account_id
 ORDER BY p.id
 LIMIT 100;

-- name: why_events :many
-- why: what was reported of the resource until the end of the period, in the order it is ruled by
-- in: account_id u64, invoice_id u64, line_id u64
-- out: source str, event_id str, kind str, at i64, received_at i64
SELECT e.source, e.event_id, e.kind, e.at, e.received_at
  FROM invoice_line l
  JOIN invoice i ON i.id = l.invoice_id
  JOIN usage_event e ON e.resource_id = l.resource_id AND e.at < i.period_to_hour * 3600
 WHERE l.id = :line_id AND l.invoice_id = :invoice_id AND i.account_id = :account_id
 ORDER BY e.at, e.id
 LIMIT 200;

-- name: why_switches :many
-- why: the settings that rule the item, hour by hour through the period
-- in: account_id u64, invoice_id u64, line_id u64
-- out: skey str, value str, from_hour i64, to_hour i64, generation u64
SELECT s.skey, s.value, s.from_hour, s.to_hour, s.generation
  FROM invoice_line l
  JOIN invoice i ON i.id = l.invoice_id
  JOIN item t ON t.code = l.item
  JOIN setting_span s ON s.from_hour < i.period_to_hour AND s.to_hour > i.period_from_hour
   AND ((s.skey = t.skey AND s.skey <> 'always')
        OR (l.component = 'FREE_ONE_IP' AND s.skey = 'ip.free_one')
        OR (l.reason = 'SUSPENDED' AND s.skey = 'suspension.bill_retained'))
 WHERE l.id = :line_id AND l.invoice_id = :invoice_id AND i.account_id = :account_id
 ORDER BY s.skey, s.from_hour
 LIMIT 100;

-- name: why_history :many
-- why: who set them, when, with effect from which hour
-- in: account_id u64, invoice_id u64, line_id u64
-- out: skey str, old_value str, new_value str, at i64, effective_hour i64, actor str, reason str
SELECT h.skey, h.old_value, h.new_value, h.at, h.effective_hour, h.actor, h.reason
  FROM invoice_line l
  JOIN invoice i ON i.id = l.invoice_id
  JOIN item t ON t.code = l.item
  JOIN setting_history h ON h.effective_hour < i.period_to_hour
   AND (h.skey = t.skey
        OR (l.component = 'FREE_ONE_IP' AND h.skey = 'ip.free_one')
        OR (l.reason = 'SUSPENDED' AND h.skey = 'suspension.bill_retained'))
 WHERE l.id = :line_id AND l.invoice_id = :invoice_id AND i.account_id = :account_id
 ORDER BY h.skey, h.id
 LIMIT 100;
