-- name: wallet_view :one
-- why: what a customer or staff sees of the money of one account
-- in: account_id u64
-- out: plan str, category str, contract str, currency str, status str, credit_limit_e8 i64
-- out: balance_e8 i64, unposted_e8 i64, drawn_e8 i64, rated_until_hour i64, cycle_from_hour i64
-- out: cycle_to_hour i64, last_posted_at i64?, last_posted_e8 i64, personal_cap_minor i64?
-- out: timezone str
SELECT a.plan, a.category, a.contract, a.currency, a.status, a.credit_limit_e8, w.balance_e8,
       w.unposted_e8, w.drawn_e8, w.rated_until_hour, w.cycle_from_hour, w.cycle_to_hour,
       w.last_posted_at, w.last_posted_e8, a.personal_cap_minor, a.timezone
  FROM account a
  JOIN wallet w ON w.account_id = a.id
 WHERE a.id = :account_id;

-- name: balance_now :one
-- why: the one select of "current balance"
-- in: account_id u64
-- out: plan str, currency str, balance_e8 i64, unposted_e8 i64
SELECT a.plan, w.currency, w.balance_e8, w.unposted_e8
  FROM wallet w
  JOIN account a ON a.id = w.account_id
 WHERE w.account_id = :account_id;

-- name: invoices_due :one
-- why: open and overdue amounts of one customer
-- in: account_id u64, now_s i64
-- out: open_minor i64, overdue_minor i64, n u64
SELECT CAST(COALESCE(SUM(total_minor - paid_minor), 0) AS SIGNED),
       CAST(COALESCE(SUM(CASE WHEN due_at < :now_s THEN total_minor - paid_minor END), 0)
            AS SIGNED),
       COUNT(*)
  FROM invoice
 WHERE account_id = :account_id AND status = 'UNPAID' AND kind <> 'RECHARGE';

-- name: invoices_unpaid :many
-- why: what a replay settles
-- in: account_id u64
-- out: id u64, number str
SELECT id, number
  FROM invoice
 WHERE account_id = :account_id AND status = 'UNPAID' AND kind <> 'RECHARGE'
 ORDER BY id
 LIMIT 10;

-- name: invoices_open :many
-- why: what a customer has to settle: the invoices a suspension names, or recharges that wait
-- in: account_id u64, recharge bool
-- out: id u64, number str, kind str, status str, issued_at i64, due_at i64, total_minor i64
-- out: paid_minor i64, whmcs_id u64?
SELECT i.id, i.number, i.kind, i.status, i.issued_at, i.due_at, i.total_minor, i.paid_minor,
       l.remote_id
  FROM invoice i
  LEFT JOIN whmcs_link l ON l.kind = 'INVOICE' AND l.local_id = i.id
 WHERE i.account_id = :account_id AND i.status = 'UNPAID'
   AND (i.kind = 'RECHARGE') = :recharge
 ORDER BY i.id
 LIMIT 50;

-- name: usage_by_day :many
-- why: cost and quantity used per day and component since from_hour, rated or not, from the
-- texts rating uses (what a cap or the free IP gives back belongs to what it is given for); a
-- month that is an hour longer than its days has it in the last one
-- scan: ok at most 31 days of one account
-- in: account_id u64, from_hour i64, until i64
-- out: day i64, component str, amount_e8 i64, used i64
SELECT d.n, u.part,
       CAST(SUM((LEAST(u.to_hour, d.to_hour, :until)
                 - GREATEST(u.from_hour, :from_hour + 24 * d.n)) * u.unit_e8 * u.quantity)
            AS SIGNED),
       CAST(SUM((LEAST(u.to_hour, d.to_hour, :until)
                 - GREATEST(u.from_hour, :from_hour + 24 * d.n)) * u.used) AS SIGNED)
  FROM (WITH RECURSIVE days (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM days WHERE n < 30)
        SELECT n, CASE WHEN n < 30 THEN :from_hour + 24 * (n + 1) ELSE :until END AS to_hour
          FROM days) d
  JOIN (SELECT component AS part, from_hour, to_hour, unit_e8, quantity, quantity AS used
          FROM rateable_usage
         WHERE account_id = :account_id AND to_hour > :from_hour AND from_hour < :until
         UNION ALL
        SELECT i.component, e.from_hour, e.to_hour, e.unit_e8, e.quantity,
               CASE WHEN e.component = i.component THEN e.quantity ELSE 0 END
          FROM {extras lo=account_id hi=account_id since=from_hour} e
          JOIN item i ON i.code = e.item
         WHERE e.to_hour > :from_hour AND e.from_hour < :until) u
    ON u.from_hour < LEAST(d.to_hour, :until)
   AND u.to_hour > :from_hour + 24 * d.n
   AND :from_hour + 24 * d.n < :until
 GROUP BY d.n, u.part
 ORDER BY d.n, u.part;

-- name: resource_counts :many
-- why: tiles of the dashboard
-- in: account_id u64
-- out: type str, state str, n u64
SELECT type, state, COUNT(*)
  FROM resource
 WHERE account_id = :account_id AND state <> 'DELETED'
 GROUP BY type, state;

-- name: instance_page :many
-- why: a customer's instances with what they cost now; id 0: all, else that one
-- in: account_id u64, id u64, q str, status str, hour i64, sort str, dir str, lim u32, off u32
-- out: id u64, name str, state str, zone_id u64, zone str, offering str, vcpu u32
-- out: memory_mb u32, disk_gb u32, ip str?, unit_e8 i64?, created_at i64?
SELECT r.id, r.name, r.state, r.zone_id, z.name, o.name, o.vcpu, o.memory_mb, o.disk_gb,
       (SELECT MIN(p.name) FROM resource p
         WHERE p.parent_id = r.id AND p.type = 'PUBLIC_IP' AND p.state <> 'DELETED') AS ip,
       (SELECT pr.unit_e8 FROM price pr
         WHERE pr.item = CASE r.state WHEN 'RUNNING' THEN 'INSTANCE_RUNNING'
                                      ELSE 'INSTANCE_STOPPED' END
           AND pr.zone_id = r.zone_id AND pr.offering_id = r.offering_id
           AND pr.currency = a.currency AND pr.from_hour <= :hour AND pr.to_hour > :hour)
         AS unit_e8,
       r.created_at
  FROM resource r
  JOIN account a ON a.id = r.account_id
  JOIN zone z ON z.id = r.zone_id
  JOIN offering o ON o.id = r.offering_id
 WHERE r.account_id = :account_id AND r.type = 'INSTANCE'
   AND (:id = 0 OR r.id = :id)
   AND (:id <> 0 OR r.state <> 'DELETED')
   AND (:q = '' OR r.name LIKE CONCAT('%', :q, '%'))
   AND (:status = '' OR r.state = :status)
 ORDER BY CASE WHEN :dir = 'asc' AND :sort = 'name' THEN r.name END,
          CASE WHEN :dir = 'desc' AND :sort = 'name' THEN r.name END DESC,
          CASE WHEN :dir = 'asc' AND :sort = 'status' THEN r.state END,
          CASE WHEN :dir = 'desc' AND :sort = 'status' THEN r.state END DESC,
          CASE WHEN :dir = 'asc' THEN r.id END,
          r.id DESC
 LIMIT :lim OFFSET :off;

-- name: resource_count :one
-- why: total of a list
-- in: account_id u64, type str, q str, status str
-- out: n u64
SELECT COUNT(*)
  FROM resource
 WHERE account_id = :account_id AND type = :type AND state <> 'DELETED'
   AND (:q = '' OR name LIKE CONCAT('%', :q, '%'))
   AND (:status = '' OR state = :status);

-- name: address_page :many
-- why: a customer's addresses with what they cost now and who has the free turn; parent 0: all
-- in: account_id u64, parent_id u64, q str, hour i64, sort str, dir str, lim u32, off u32
-- out: id u64, address str, type str, zone str, instance_id u64?, instance str?
-- out: created_at i64?, unit_e8 i64?, free_turn bool
SELECT r.id, r.name, r.type, z.name, i.id, i.name, r.created_at,
       (SELECT pr.unit_e8 FROM price pr
         WHERE pr.item = r.type AND pr.zone_id = r.zone_id AND pr.offering_id = 0
           AND pr.currency = a.currency AND pr.from_hour <= :hour AND pr.to_hour > :hour)
         AS unit_e8,
       COALESCE(r.id = (SELECT t.resource_id FROM resource_state t
                         WHERE t.account_id = a.id AND t.item = 'PUBLIC_IP'
                           AND t.from_hour <= :hour AND t.to_hour > :hour
                         ORDER BY t.acquired_at, t.resource_id LIMIT 1), 0) AS free_turn
  FROM resource r
  JOIN account a ON a.id = r.account_id
  JOIN zone z ON z.id = r.zone_id
  LEFT JOIN resource i ON i.id = r.parent_id
 WHERE r.account_id = :account_id AND r.type IN ('PUBLIC_IP', 'SECONDARY_IP')
   AND r.state <> 'DELETED'
   AND (:parent_id = 0 OR r.parent_id = :parent_id)
   AND (:q = '' OR r.name LIKE CONCAT('%', :q, '%') OR i.name LIKE CONCAT('%', :q, '%'))
 ORDER BY CASE WHEN :dir = 'asc' AND :sort = 'address' THEN r.name END,
          CASE WHEN :dir = 'desc' AND :sort = 'address' THEN r.name END DESC,
          CASE WHEN :dir = 'desc' THEN r.id END DESC,
          r.id
 LIMIT :lim OFFSET :off;

-- name: address_count :one
-- why: total of the list of addresses
-- in: account_id u64, q str
-- out: n u64
SELECT COUNT(*)
  FROM resource r
  LEFT JOIN resource i ON i.id = r.parent_id
 WHERE r.account_id = :account_id AND r.type IN ('PUBLIC_IP', 'SECONDARY_IP')
   AND r.state <> 'DELETED'
   AND (:q = '' OR r.name LIKE CONCAT('%', :q, '%') OR i.name LIKE CONCAT('%', :q, '%'));

-- name: resource_cost :one
-- why: what one instance, its traffic and its addresses cost since from_hour
-- in: account_id u64, id u64, from_hour i64, until i64
-- out: amount_e8 i64
SELECT CAST(COALESCE(SUM((LEAST(u.to_hour, :until) - GREATEST(u.from_hour, :from_hour))
                         * u.unit_e8 * u.quantity), 0) AS SIGNED)
  FROM (SELECT resource_id, from_hour, to_hour, unit_e8, quantity
          FROM rateable_usage
         WHERE account_id = :account_id AND from_hour < :until AND to_hour > :from_hour
         UNION ALL
        SELECT resource_id, from_hour, to_hour, unit_e8, quantity
          FROM {extras lo=account_id hi=account_id since=from_hour} e
         WHERE from_hour < :until AND to_hour > :from_hour) u
  JOIN resource r ON r.id = u.resource_id
 WHERE r.id = :id OR r.parent_id = :id;

-- name: resource_events :many
-- why: the life of an instance, newest first
-- in: resource_id u64
-- out: at i64, kind str
SELECT at, kind
  FROM usage_event
 WHERE resource_id = :resource_id
 ORDER BY at DESC, id DESC
 LIMIT 20;

-- name: whmcs_site_get :one
-- why: where customers pay, as the bridge last said
-- out: url str, version str
SELECT detail, ''
  FROM heartbeat
 WHERE name = 'whmcs.site';
