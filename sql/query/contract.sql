-- name: contract_add :insert
-- why: a contract in force from an hour on, or one to come; the unique keys allow one beginning
-- per hour and one that is to come
-- in: account_id u64, kind str, fee_e8 i64, overage str, state str, from_hour i64?, due_e8 i64
-- in: renewal bool, open_key u64?, note str, at i64, actor str
INSERT INTO contract (account_id, kind, fee_e8, overage, state, from_hour, to_hour, due_e8, renewal,
                      open_key, note, asked_at, asked_by)
VALUES (:account_id, :kind, :fee_e8, :overage, :state, :from_hour,
        CASE WHEN :state = 'ACTIVE' THEN 4000000000 END, :due_e8, :renewal, :open_key, :note,
        :at, :actor);

-- name: contract_part_add :exec
-- why: one thing a contract includes
-- in: contract_id u64, what str, offering_id u64, quantity i64
INSERT INTO contract_part (contract_id, what, offering_id, quantity)
VALUES (:contract_id, :what, :offering_id, :quantity);

-- name: contract_parts_copy :exec
-- why: a contract that waits to begin again includes what it did
-- in: from_id u64, to_id u64
INSERT INTO contract_part (contract_id, what, offering_id, quantity)
SELECT :to_id, p.what, p.offering_id, p.quantity
  FROM contract_part p
 WHERE p.contract_id = :from_id
 ORDER BY p.id;

-- name: contract_spans :many
-- why: the contracts in force from an hour on, oldest first; none: there never was one
-- in: account_id u64, from_hour i64
-- out: id u64, kind str, fee_e8 i64, overage str, from_hour i64, to_hour i64
SELECT id, kind, fee_e8, overage, from_hour, to_hour
  FROM contract
 WHERE account_id = :account_id AND state = 'ACTIVE' AND to_hour > :from_hour
 ORDER BY from_hour;

-- name: contract_parts :many
-- why: what those include
-- in: account_id u64, from_hour i64
-- out: contract_id u64, id u64, what str, offering_id u64, quantity i64
SELECT p.contract_id, p.id, p.what, p.offering_id, p.quantity
  FROM contract k
  JOIN contract_part p ON p.contract_id = k.id
 WHERE k.account_id = :account_id AND k.state = 'ACTIVE' AND k.to_hour > :from_hour
 ORDER BY p.contract_id, p.id;

-- name: contract_parts_shown :many
-- why: what an account's contracts include, in words
-- in: account_id u64
-- out: id u64, contract_id u64, what str, title str, offering_id u64, offering str?, unit str
-- out: quantity i64
SELECT p.id, p.contract_id, p.what,
       CASE WHEN p.what = 'INSTANCE' THEN 'Instance' ELSE COALESCE(t.title, p.what) END,
       p.offering_id, o.name,
       CASE WHEN p.what IN ('VOLUME', 'SNAPSHOT') THEN 'GB' ELSE '' END, p.quantity
  FROM contract k
  JOIN contract_part p ON p.contract_id = k.id
  LEFT JOIN item t ON t.code = p.what
  LEFT JOIN offering o ON o.id = p.offering_id
 WHERE k.account_id = :account_id
 ORDER BY p.contract_id, p.id
 LIMIT 1000;

-- name: contract_history :many
-- why: all contracts of an account, newest first
-- in: account_id u64
-- out: id u64, kind str, fee_e8 i64, overage str, state str, from_hour i64?, to_hour i64?
-- out: due_e8 i64, renewal bool, note str, asked_at i64, asked_by str
SELECT id, kind, fee_e8, overage, state, from_hour, to_hour, due_e8, renewal, note, asked_at,
       asked_by
  FROM contract
 WHERE account_id = :account_id
 ORDER BY id DESC
 LIMIT 50;

-- name: contract_open :one
-- why: the contract to come
-- in: account_id u64
-- out: id u64, kind str, fee_e8 i64, state str, due_e8 i64, renewal bool
SELECT id, kind, fee_e8, state, due_e8, renewal
  FROM contract
 WHERE open_key = :account_id;

-- name: contract_last :one
-- why: the contract in force, or agreed to begin within the hour; its end is open
-- in: account_id u64
-- out: id u64, kind str, fee_e8 i64, overage str, from_hour i64
SELECT id, kind, fee_e8, overage, from_hour
  FROM contract
 WHERE account_id = :account_id AND state = 'ACTIVE' AND to_hour = 4000000000;

-- name: contract_end :exec
-- why: the next one begins where it ends
-- in: account_id u64, hour i64
UPDATE contract
   SET to_hour = :hour
 WHERE account_id = :account_id AND state = 'ACTIVE' AND from_hour < :hour AND to_hour > :hour;

-- name: contract_void :exec
-- why: what was to begin at the hour or after it was never in force: something else begins
-- in: account_id u64, hour i64
UPDATE contract
   SET state = 'CANCELLED', from_hour = NULL, to_hour = NULL
 WHERE account_id = :account_id AND state = 'ACTIVE' AND from_hour >= :hour;

-- name: contract_begin :exec
-- why: what was to come is in force
-- in: id u64, hour i64
UPDATE contract
   SET state = 'ACTIVE', from_hour = :hour, to_hour = 4000000000, due_e8 = 0, open_key = NULL
 WHERE id = :id AND open_key IS NOT NULL;

-- name: contract_wait :exec
-- why: it could not begin at its hour, for want of money: it waits for it
-- in: id u64, due_e8 i64, renewal bool
UPDATE contract
   SET state = 'WAITING', from_hour = NULL, to_hour = NULL, due_e8 = :due_e8,
       renewal = :renewal, open_key = account_id
 WHERE id = :id AND state IN ('ACTIVE', 'PENDING');

-- name: contract_cancel :exec
-- why: what was to come does not come
-- in: account_id u64
UPDATE contract
   SET state = 'CANCELLED', open_key = NULL
 WHERE open_key = :account_id;

-- name: account_contract_follow :exec
-- why: the account's row says what the newest contract is
-- in: account_id u64, kind str, fee_e8 i64
UPDATE account
   SET contract = :kind, fixed_fee_e8 = :fee_e8, version = version + 1
 WHERE id = :account_id AND (contract <> :kind OR fixed_fee_e8 <> :fee_e8);

-- name: contract_account :one
-- why: what money and calendar of an account say to its contract
-- in: account_id u64
-- out: plan str, currency str, status str, timezone str, balance_e8 i64, unposted_e8 i64
-- out: cycle_from_hour i64, cycle_to_hour i64, drawn_e8 i64, tax_ppm i64
SELECT a.plan, a.currency, a.status, a.timezone, w.balance_e8, w.unposted_e8, w.cycle_from_hour,
       w.cycle_to_hour, w.drawn_e8, COALESCE(t.ppm, 0)
  FROM account a
  JOIN wallet w ON w.account_id = a.id
  LEFT JOIN tax_reserve t ON t.account_id = a.id
 WHERE a.id = :account_id;

-- name: halted_spans :many
-- why: when an account was suspended, within some hours
-- in: account_id u64, from_hour i64, to_hour i64
-- out: from_hour i64, to_hour i64
SELECT from_hour, to_hour
  FROM account_halt
 WHERE account_id = :account_id AND halted = 1 AND from_hour < :to_hour AND to_hour > :from_hour
 ORDER BY from_hour
 LIMIT 1000;

-- name: held_back :one
-- why: is an account suspended for more than its funds, which a fee would only use up?
-- in: account_id u64
-- out: n u64
SELECT COUNT(*)
  FROM account_reason
 WHERE active_key = :account_id AND reason <> 'EXHAUSTED';

-- name: contract_states :many
-- why: what of an account lives from an hour on, by key
-- in: account_id u64, from_hour i64, after_id u64, after_hour i64
-- out: resource_id u64, acquired_at i64, from_hour i64, to_hour i64, item str, component str
-- out: offering_id u64, quantity i64
SELECT rs.resource_id, rs.acquired_at, rs.from_hour, rs.to_hour, rs.item, i.component,
       rs.offering_id, rs.quantity
  FROM resource_state rs
  JOIN item i ON i.code = rs.item
 WHERE rs.account_id = :account_id AND rs.to_hour > :from_hour
   AND (rs.resource_id > :after_id
        OR (rs.resource_id = :after_id AND rs.from_hour > :after_hour))
 ORDER BY rs.resource_id, rs.from_hour
 LIMIT 1000;

-- name: cover_tiles :many
-- why: what is stored of an account from an hour on, by key
-- in: account_id u64, from_hour i64, after_id u64, after_hour i64
-- out: resource_id u64, from_hour i64, to_hour i64, state i32, traffic i32, part_id u64?
SELECT resource_id, from_hour, to_hour, state, traffic, part_id
  FROM contract_cover
 WHERE account_id = :account_id AND to_hour > :from_hour
   AND (resource_id > :after_id OR (resource_id = :after_id AND from_hour > :after_hour))
 ORDER BY resource_id, from_hour
 LIMIT 1000;

-- name: cover_drop :exec
-- why: hours of a resource are said anew
-- in: resource_id u64, hour i64
DELETE FROM contract_cover
 WHERE resource_id = :resource_id AND from_hour >= :hour;

-- name: cover_close :exec
-- why: what is before the hour stays as it was
-- in: resource_id u64, hour i64
UPDATE contract_cover
   SET to_hour = :hour
 WHERE resource_id = :resource_id AND to_hour > :hour;

-- name: cover_add :exec
-- why: hours of a resource, inside or not
-- in: resource_id u64, from_hour i64, to_hour i64, account_id u64, state i32, traffic i32
-- in: part_id u64?
INSERT INTO contract_cover (resource_id, from_hour, to_hour, account_id, state, traffic, part_id)
VALUES (:resource_id, :from_hour, :to_hour, :account_id, :state, :traffic, :part_id);

-- name: contract_over_hours :one
-- why: hours of the one under way and the next that are beyond a contract that refuses: what
-- would make more of them is refused
-- in: account_id u64, hour i64
-- out: hours i64
SELECT CAST(COALESCE(SUM(LEAST(k.to_hour, rs.to_hour, :hour + 2)
                         - GREATEST(k.from_hour, rs.from_hour, :hour)), 0) AS SIGNED)
  FROM contract_cover k
  JOIN resource_state rs ON rs.resource_id = k.resource_id AND rs.from_hour < k.to_hour
   AND rs.to_hour > k.from_hour AND rs.from_hour < :hour + 2 AND rs.to_hour > :hour
 WHERE k.account_id = :account_id AND k.state = 2 AND k.from_hour < :hour + 2
   AND k.to_hour > :hour;

-- name: contract_over_newest :one
-- why: what does not fit, in words
-- in: account_id u64, hour i64
-- out: component str, title str
SELECT i.component, CASE WHEN i.component = 'INSTANCE' THEN 'Instance' ELSE i.title END
  FROM contract_cover k
  JOIN resource_state rs ON rs.resource_id = k.resource_id AND rs.from_hour < k.to_hour
   AND rs.to_hour > k.from_hour AND rs.from_hour < :hour + 2 AND rs.to_hour > :hour
  JOIN item i ON i.code = rs.item
 WHERE k.account_id = :account_id AND k.state = 2 AND k.from_hour < :hour + 2
   AND k.to_hour > :hour
 ORDER BY rs.acquired_at DESC, rs.resource_id DESC
 LIMIT 1;

-- name: contract_over_list :many
-- why: staff sees what was reported beyond a contract that refuses, and its list price
-- in: account_id u64, hour i64
-- out: resource_id u64, name str, type str, since i64, list_e8 i64
SELECT r.id, r.name, r.type, GREATEST(k.from_hour, rs.from_hour) * 3600,
       CAST(COALESCE(p.unit_e8, 0) * rs.quantity AS SIGNED)
  FROM contract_cover k
  JOIN resource_state rs ON rs.resource_id = k.resource_id AND rs.from_hour <= :hour
   AND rs.to_hour > :hour
  JOIN resource r ON r.id = k.resource_id
  JOIN account a ON a.id = k.account_id
  LEFT JOIN price p ON p.item = rs.item AND p.zone_id = rs.zone_id
   AND p.offering_id = rs.offering_id AND p.currency = a.currency AND p.from_hour <= :hour
   AND p.to_hour > :hour
 WHERE k.account_id = :account_id AND k.state = 2 AND k.from_hour <= :hour AND k.to_hour > :hour
 ORDER BY rs.acquired_at, r.id
 LIMIT 100;

-- name: contract_used :many
-- why: how much of each part is taken in an hour
-- in: account_id u64, hour i64
-- out: part_id u64, used i64
SELECT k.part_id, CAST(SUM(rs.quantity) AS SIGNED)
  FROM contract_cover k
  JOIN resource_state rs ON rs.resource_id = k.resource_id AND rs.from_hour <= :hour
   AND rs.to_hour > :hour
 WHERE k.account_id = :account_id AND k.state = 1 AND k.part_id > 0 AND k.from_hour <= :hour
   AND k.to_hour > :hour
 GROUP BY k.part_id
 ORDER BY k.part_id
 LIMIT 1000;

-- name: contract_waiting_due :many
-- why: contracts whose fee the balance holds by now, or that need no balance any more
-- in: after u64
-- out: account_id u64
SELECT k.account_id
  FROM contract k
  JOIN account a ON a.id = k.account_id AND a.status <> 'CLOSED'
  JOIN wallet w ON w.account_id = k.account_id
  LEFT JOIN tax_reserve t ON t.account_id = k.account_id
 WHERE k.state = 'WAITING' AND k.account_id > :after
   AND (a.plan <> 'PREPAID'
        OR w.balance_e8 - w.unposted_e8 - k.due_e8
           >= (CAST(w.drawn_e8 + w.unposted_e8 AS DECIMAL(40, 0)) * COALESCE(t.ppm, 0) + 999999)
                DIV 1000000
              + (CAST(k.due_e8 AS DECIMAL(40, 0)) * COALESCE(t.ppm, 0) + 999999) DIV 1000000)
   AND NOT EXISTS (SELECT 1 FROM account_reason r
                    WHERE r.active_key = k.account_id AND r.reason <> 'EXHAUSTED')
 ORDER BY k.account_id
 LIMIT 100;

-- name: close_contracts :many
-- why: accounts of the chunk that have, had or will have a contract in the cycle that ends; most
-- have none and are not looked at
-- in: lo u64, hi u64
-- out: account_id u64
SELECT DISTINCT w.account_id
  FROM contract k
  JOIN wallet w ON w.account_id = k.account_id AND w.closing = 1
 WHERE k.account_id BETWEEN :lo AND :hi
   AND (k.open_key IS NOT NULL OR (k.state = 'ACTIVE' AND k.to_hour > w.cycle_from_hour))
 ORDER BY w.account_id;

-- name: fee_list :many
-- why: what is reckoned and drawn for a cycle already
-- in: account_id u64, cycle_hour i64
-- out: contract_id u64, amount_e8 i64, drawn_e8 i64
SELECT contract_id, amount_e8, drawn_e8
  FROM contract_fee
 WHERE account_id = :account_id AND cycle_hour = :cycle_hour
 ORDER BY from_hour, contract_id;

-- name: fee_put :exec
-- why: the part of a cycle that a contract has, as far as is known; the cycle's end has the last
-- word. What was drawn is added, never taken back
-- in: contract_id u64, cycle_hour i64, account_id u64, from_hour i64, to_hour i64, days u32
-- in: month_days u32, fee_e8 i64, amount_e8 i64, drawn_e8 i64, label str
INSERT INTO contract_fee (contract_id, cycle_hour, account_id, from_hour, to_hour, days,
                          month_days, fee_e8, amount_e8, drawn_e8, label)
VALUES (:contract_id, :cycle_hour, :account_id, :from_hour, :to_hour, :days, :month_days,
        :fee_e8, :amount_e8, :drawn_e8, :label)
    ON DUPLICATE KEY UPDATE
       from_hour = :from_hour, to_hour = :to_hour, days = :days, month_days = :month_days,
       fee_e8 = :fee_e8, amount_e8 = :amount_e8, drawn_e8 = drawn_e8 + :drawn_e8,
       label = :label;

-- name: wallet_drawn_add :exec
-- why: what a fee took from the balance is settled by the invoice of its cycle
-- in: account_id u64, amount_e8 i64
UPDATE wallet
   SET drawn_e8 = drawn_e8 + :amount_e8
 WHERE account_id = :account_id;
