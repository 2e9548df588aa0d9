-- name: plan_state :one
-- why: what a change of plan must look at: is anything alive, agreed or unbilled, how far is it
-- rated
-- in: account_id u64
-- out: plan str, currency str, balance_e8 i64, unposted_e8 i64, unbilled_e8 i64, drawn_e8 i64
-- out: rated_until_hour i64, cycle_from_hour i64, cycle_to_hour i64, states u64, switched u64
SELECT a.plan, a.currency, w.balance_e8, w.unposted_e8, CAST(la.balance_e8 AS SIGNED), w.drawn_e8,
       w.rated_until_hour, w.cycle_from_hour, w.cycle_to_hour,
       (SELECT COUNT(*) FROM resource_state rs
         WHERE rs.account_id = a.id AND rs.to_hour > w.rated_until_hour)
         + (SELECT COUNT(*) FROM contract k
             WHERE k.account_id = a.id AND k.state = 'ACTIVE' AND k.kind = 'FIXED'
               AND k.to_hour > w.cycle_from_hour),
       (SELECT COUNT(*) FROM plan_switch s
         WHERE s.account_id = a.id
           AND (s.open_key IS NOT NULL OR s.at_hour = w.cycle_from_hour))
  FROM account a
  JOIN wallet w ON w.account_id = a.id
  JOIN ledger_account la ON la.account_id = a.id AND la.code = 'UNBILLED'
   AND la.currency = a.currency
 WHERE a.id = :account_id;

-- name: plan_set :exec
-- why: nothing was used in this cycle: the plan can change at once
-- in: account_id u64, plan str
UPDATE account
   SET plan = :plan, version = version + 1
 WHERE id = :account_id;

-- name: plan_consent :exec
-- why: what the customer agreed to
-- in: account_id u64, consent str
UPDATE account
   SET plan_consent = :consent, version = version + 1
 WHERE id = :account_id;

-- name: plan_switch_add :exec
-- why: the unique keys make it one at a time and one per hour
-- in: account_id u64, at_hour i64, plan_from str, plan_to str, at i64, actor str
INSERT INTO plan_switch (account_id, at_hour, plan_from, plan_to, asked_at, asked_by, open_key)
VALUES (:account_id, :at_hour, :plan_from, :plan_to, :at, :actor, :account_id);

-- name: plan_cycle_end :exec
-- why: the cycle under the old plan ends where the new one begins
-- in: account_id u64, at_hour i64
UPDATE wallet
   SET cycle_to_hour = :at_hour, version = version + 1
 WHERE account_id = :account_id AND rated_until_hour <= :at_hour AND cycle_to_hour > :at_hour;

-- name: plan_switch_open :one
-- why: the change to come, for the screens
-- in: account_id u64
-- out: at_hour i64, plan_to str, asked_by str
SELECT at_hour, plan_to, asked_by
  FROM plan_switch
 WHERE open_key = :account_id;

-- name: close_switch :exec
-- why: the closed cycle was the last one under the old plan
-- in: lo u64, hi u64
UPDATE plan_switch s
  JOIN wallet w ON w.account_id = s.open_key AND w.cycle_to_hour = s.at_hour
  JOIN account a ON a.id = s.account_id
   SET a.plan = s.plan_to, a.version = a.version + 1, s.open_key = NULL
 WHERE w.account_id BETWEEN :lo AND :hi AND w.closing = 1;
