-- name: price_at :one
-- why: the price in force in an hour, by the same key that rating joins on
-- in: item str, zone_id u64, offering_id u64, currency str, hour i64
-- out: id u64, unit_e8 i64
SELECT id, unit_e8
  FROM price
 WHERE item = :item AND zone_id = :zone_id AND offering_id = :offering_id
   AND currency = :currency AND from_hour <= :hour AND to_hour > :hour;

-- name: fx_at :one
-- why: the newest rate of a pair that is valid
-- in: from_currency str, to_currency str, at i64
-- out: rate_e12 i64, valid_from i64
SELECT rate_e12, valid_from
  FROM fx_rate
 WHERE from_currency = :from_currency AND to_currency = :to_currency AND valid_from <= :at
 ORDER BY valid_from DESC
 LIMIT 1;

-- name: public_ip_held :one
-- why: is the free slot of an account taken in this hour
-- in: account_id u64, hour i64
-- out: n u64
SELECT COUNT(*)
  FROM resource_state
 WHERE account_id = :account_id AND item = 'PUBLIC_IP' AND to_hour > :hour;

-- name: quote_add :insert
-- why: the price shown is kept, to be compared with the price charged
-- in: account_id u64, zone_id u64, offering_id u64, public_ips u32, secondary_ips u32
-- in: currency str, hour_e8 i64, generation u64, at i64, valid_until i64
INSERT INTO quote (account_id, zone_id, offering_id, public_ips, secondary_ips, currency, hour_e8,
                   generation, created_at, valid_until)
VALUES (:account_id, :zone_id, :offering_id, :public_ips, :secondary_ips, :currency, :hour_e8,
        :generation, :at, :valid_until);

-- name: zone_list :many
-- why: where something can be created
-- scan: ok a handful of zones
-- out: id u64, code str, name str
SELECT id, code, name
  FROM zone
 WHERE active = 1
 ORDER BY name;

-- name: offering_list :many
-- why: what can be created
-- scan: ok a handful of offerings
-- out: id u64, code str, name str, vcpu u32, memory_mb u32, disk_gb u32
SELECT id, code, name, vcpu, memory_mb, disk_gb
  FROM offering
 WHERE active = 1
 ORDER BY position, id;

-- name: offering_prices :many
-- why: all instance prices in force in one currency, for the catalogue
-- scan: ok zones x offerings
-- in: currency str, hour i64
-- out: offering_id u64, zone_id u64, item str, unit_e8 i64
SELECT p.offering_id, p.zone_id, p.item, p.unit_e8
  FROM price p
 WHERE p.currency = :currency AND p.from_hour <= :hour AND p.to_hour > :hour
   AND p.item IN ('INSTANCE_RUNNING', 'INSTANCE_STOPPED');

-- name: currency_seed :exec
-- why: the currencies this release knows; enabling one is the administrator's choice
-- in: code str, digits u32, minor_e8 i64, symbol str, name str, enabled bool
INSERT IGNORE INTO currency (code, minor_digits, minor_e8, symbol, name, enabled)
VALUES (:code, :digits, :minor_e8, :symbol, :name, :enabled);

-- name: demo_empty :one
-- why: demo data goes into an empty database only
-- scan: ok counts of empty tables
-- out: n u64
SELECT (SELECT COUNT(*) FROM account) + (SELECT COUNT(*) FROM price)
     + (SELECT COUNT(*) FROM zone);
