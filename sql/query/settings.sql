-- name: system_state_get :one
-- why: generation, billing clock and test mark, once per job or anonymous request
-- out: generation u64, clock_offset_s i64, testing bool
SELECT generation, clock_offset_s, testing
  FROM system_state
 WHERE id = 1;

-- name: system_generation_bump :exec
-- why: every worker reloads its settings at its next request; written first so
-- that two changes of settings take turns
UPDATE system_state
   SET generation = generation + 1
 WHERE id = 1;

-- name: system_mark_testing :exec
-- why: only an installation marked as a test one may move its billing clock
UPDATE system_state
   SET testing = 1
 WHERE id = 1;

-- name: system_clock_advance :exec
-- why: the billing clock moves forward only, and only on a test installation
-- in: add_s u64
UPDATE system_state
   SET clock_offset_s = clock_offset_s + :add_s
 WHERE id = 1 AND testing = 1;

-- name: setting_all :many
-- why: only values that differ from the default have rows
-- scan: ok fewer rows than settings.def
-- out: skey str, value str, version u64, changed_at i64, changed_by str
SELECT skey, value, version, changed_at, changed_by
  FROM setting;

-- name: setting_get :one
-- why: the row an editor saw, with its version
-- in: skey str
-- out: value str, version u64, changed_at i64, changed_by str
SELECT value, version, changed_at, changed_by
  FROM setting
 WHERE skey = :skey;

-- name: setting_insert :exec
-- why: first change of a setting; a second one at the same time meets the key
-- in: skey str, value str, at i64, actor str
INSERT INTO setting (skey, value, version, changed_at, changed_by)
VALUES (:skey, :value, 1, :at, :actor);

-- name: setting_update :exec
-- why: conditional on the version the editor saw: 0 changed = somebody was faster
-- in: skey str, value str, version u64, at i64, actor str
UPDATE setting
   SET value = :value, version = version + 1, changed_at = :at, changed_by = :actor
 WHERE skey = :skey AND version = :version;

-- name: setting_history_add :exec
-- why: who, when, from, to, and the hour from which money follows
-- in: skey str, old_value str, new_value str, at i64, effective_hour i64, actor str, reason str
INSERT INTO setting_history (skey, old_value, new_value, at, effective_hour, actor, reason)
VALUES (:skey, :old_value, :new_value, :at, :effective_hour, :actor, :reason);

-- name: setting_history_list :many
-- why: history drawer of one setting, newest first
-- in: skey str
-- out: at i64, effective_hour i64, old_value str, new_value str, actor str, reason str
SELECT at, effective_hour, old_value, new_value, actor, reason
  FROM setting_history
 WHERE skey = :skey
 ORDER BY id DESC
 LIMIT 200;

-- name: setting_span_seed :exec
-- why: rating needs a value for every hour since the beginning
-- in: skey str, value str
INSERT IGNORE INTO setting_span (skey, from_hour, to_hour, value, generation)
VALUES (:skey, 0, 4000000000, :value, 0);

-- name: setting_span_drop_from :exec
-- why: a second change before the hour begins replaces the first
-- in: skey str, hour i64
DELETE FROM setting_span
 WHERE skey = :skey AND from_hour >= :hour;

-- name: setting_span_close :exec
-- why: the value in force until now ends at the hour the new one begins
-- in: skey str, hour i64
UPDATE setting_span
   SET to_hour = :hour
 WHERE skey = :skey AND to_hour > :hour;

-- name: setting_span_open :exec
-- why: the new value, from its hour on
-- in: skey str, hour i64, value str
INSERT INTO setting_span (skey, from_hour, to_hour, value, generation)
SELECT :skey, :hour, 4000000000, :value, generation
  FROM system_state
 WHERE id = 1;

-- name: setting_lint_counts :one
-- why: figures for the combination lint
-- out: no_way_to_pay u64, foreign u64, fixed u64, tiny_prices u64
-- in: base str, tiny_e8 i64
SELECT (SELECT COUNT(*) FROM account
         WHERE plan IN ('PREPAID', 'FLEXIBLE') AND status <> 'CLOSED') AS no_way_to_pay,
       (SELECT COUNT(*) FROM account
         WHERE currency <> :base AND status <> 'CLOSED') AS foreign_accounts,
       (SELECT COUNT(DISTINCT k.account_id)
          FROM contract k
          JOIN account a ON a.id = k.account_id AND a.status <> 'CLOSED'
         WHERE k.kind = 'FIXED'
           AND (k.open_key IS NOT NULL
                OR (k.state = 'ACTIVE' AND k.to_hour = 4000000000))) AS fixed_accounts,
       (SELECT COUNT(*) FROM price
         WHERE unit_e8 > 0 AND unit_e8 < :tiny_e8 AND to_hour = 4000000000) AS tiny_prices;

-- name: setting_prepaid_day :many
-- why: what prepaid customers use in so many days at this hour's rate, by the views that rating
-- uses: so much may not yet be taken from balances
-- scan: ok asked for when one setting is saved
-- in: hour i64, days i64
-- out: currency str, amount_e8 i64
SELECT a.currency, CAST(24 * :days * SUM(x.cost_e8) AS SIGNED)
  FROM account a
  JOIN (SELECT u.account_id, u.unit_e8 * u.quantity AS cost_e8
          FROM rateable_usage u
         WHERE u.from_hour <= :hour AND u.to_hour > :hour
         UNION ALL
        SELECT f.account_id, f.unit_e8 * f.quantity
          FROM {extras lo=0 hi=18446744073709551615 since=hour} f
         WHERE f.from_hour <= :hour AND f.to_hour > :hour) x ON x.account_id = a.id
 WHERE a.plan = 'PREPAID' AND a.status <> 'CLOSED'
 GROUP BY a.currency
HAVING SUM(x.cost_e8) > 0
 ORDER BY a.currency;
