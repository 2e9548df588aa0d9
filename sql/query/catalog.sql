-- name: price_at :one
-- why: the price in force in an hour, by the same key that rating joins on
-- in: item str, zone_id u64, offering_id u64, currency str, hour i64
-- out: id u64, unit_e8 i64, cap_hours u32
SELECT id, unit_e8, cap_hours
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

-- name: quote_get :one
-- why: an estimate may be cited only by whom it was made for
-- in: id u64, account_id u64
-- out: zone_id u64, offering_id u64, item str, quantity i64, public_ips u32, secondary_ips u32
-- out: currency str, hour_e8 i64
SELECT zone_id, offering_id, item, quantity, public_ips, secondary_ips, currency, hour_e8
  FROM quote
 WHERE id = :id AND account_id = :account_id;

-- name: quote_add :insert
-- why: the price shown is kept, to be compared with the price charged
-- in: account_id u64, zone_id u64, offering_id u64, item str, quantity i64, public_ips u32
-- in: secondary_ips u32, currency str, hour_e8 i64, generation u64, at i64, valid_until i64
INSERT INTO quote (account_id, zone_id, offering_id, item, quantity, public_ips, secondary_ips,
                   currency, hour_e8, generation, created_at, valid_until)
VALUES (:account_id, :zone_id, :offering_id, :item, :quantity, :public_ips, :secondary_ips,
        :currency, :hour_e8, :generation, :at, :valid_until);

-- name: zone_list :many
-- why: where something can be created
-- scan: ok a handful of zones
-- out: id u64, code str, name str
SELECT id, code, name
  FROM zone
 WHERE active = 1
 ORDER BY name;

-- name: offering_list :many
-- why: what can be created: sizes of instances, or storage classes
-- scan: ok a handful of offerings
-- in: kind str
-- out: id u64, code str, name str, vcpu u32, memory_mb u32, disk_gb u32
SELECT id, code, name, vcpu, memory_mb, disk_gb
  FROM offering
 WHERE kind = :kind AND active = 1
 ORDER BY position, id;

-- name: offering_prices :many
-- why: all prices in force in one currency that the catalogue shows
-- scan: ok zones x offerings
-- in: currency str, hour i64
-- out: offering_id u64, zone_id u64, item str, unit_e8 i64, cap_hours u32
SELECT p.offering_id, p.zone_id, p.item, p.unit_e8, p.cap_hours
  FROM price p
 WHERE p.currency = :currency AND p.from_hour <= :hour AND p.to_hour > :hour
   AND p.item NOT IN ('PUBLIC_IP', 'SECONDARY_IP')
 ORDER BY p.item, p.zone_id, p.offering_id;

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

-- name: currency_enable :exec
-- why: customers may be billed in it from now on
-- in: code str
UPDATE currency
   SET enabled = 1
 WHERE code = :code;

-- name: zone_put :exec
-- why: a place to create in; its name may change, its code never
-- in: code str, name str
INSERT INTO zone (code, name, active)
VALUES (:code, :name, 1)
ON DUPLICATE KEY UPDATE name = :name, active = 1;

-- name: offering_put :exec
-- why: a size to create; what runs keeps the row it was made from
-- in: code str, name str, kind str, vcpu u32, memory_mb u32, disk_gb u32, position u32
INSERT INTO offering (code, name, kind, vcpu, memory_mb, disk_gb, position, active)
VALUES (:code, :name, :kind, :vcpu, :memory_mb, :disk_gb, :position, 1)
ON DUPLICATE KEY UPDATE name = :name, vcpu = :vcpu, memory_mb = :memory_mb, disk_gb = :disk_gb,
                        position = :position, active = 1;

-- name: address_put :exec
-- why: an address of the built-in inventory
-- in: address str, zone_id u64
INSERT IGNORE INTO ip_pool (address, zone_id)
VALUES (:address, :zone_id);

-- name: offering_kind :one
-- why: a code is of one kind for ever
-- in: code str
-- out: kind str
SELECT kind
  FROM offering
 WHERE code = :code;

-- name: item_known :one
-- why: what can have a price, per what, and whether it has one per offering
-- in: code str
-- out: component str, unit str
SELECT component, unit
  FROM item
 WHERE code = :code;

-- name: price_span :one
-- why: the price in force in an hour and how long it was meant to stay
-- in: item str, zone_id u64, offering_id u64, currency str, hour i64
-- out: id u64, unit_e8 i64, cap_hours u32, from_hour i64, to_hour i64
SELECT id, unit_e8, cap_hours, from_hour, to_hour
  FROM price
 WHERE item = :item AND zone_id = :zone_id AND offering_id = :offering_id
   AND currency = :currency AND from_hour <= :hour AND to_hour > :hour;

-- name: price_add :exec
-- why: a price from an hour on; the unique key keeps two from beginning together
-- in: item str, zone_id u64, offering_id u64, currency str, unit_e8 i64, cap_hours u32
-- in: from_hour i64, to_hour i64
INSERT INTO price (item, zone_id, offering_id, currency, unit_e8, cap_hours, from_hour, to_hour)
VALUES (:item, :zone_id, :offering_id, :currency, :unit_e8, :cap_hours, :from_hour, :to_hour);

-- name: price_end :exec
-- why: the old price ends where the new one begins
-- in: id u64, to_hour i64
UPDATE price
   SET to_hour = :to_hour
 WHERE id = :id AND from_hour < :to_hour AND to_hour > :to_hour;

-- name: price_correct :exec
-- why: a price that has not begun yet may still be another
-- in: id u64, unit_e8 i64, cap_hours u32, hour i64
UPDATE price
   SET unit_e8 = :unit_e8, cap_hours = :cap_hours
 WHERE id = :id AND from_hour > :hour;

-- part: taxes_of
-- why: the taxes a document of an account carries at an instant, one place for all who ask; needs
-- :lo, :hi (accounts), :at, :seller (the seller's country when it is a member of the EU, else
-- ''). An organisation of another member with a VAT id that was found valid: reverse charge,
-- whatever the rules of its country say. Else those of the buyer's region when it has any, else
-- of the country; of one name the rule for the buyer's category before the one for all. A rate
-- of 0: no tax. A certificate in force sets each to 0
(SELECT a.id AS account_id,
        CASE WHEN e.id IS NOT NULL THEN 'VAT' ELSE t.name END AS name,
        CASE WHEN e.id IS NOT NULL OR x.id IS NOT NULL THEN 0 ELSE t.rate_ppm END AS rate_ppm,
        CASE WHEN e.id IS NOT NULL THEN 'AE' WHEN x.id IS NOT NULL THEN 'E' ELSE 'S' END
          AS category,
        CASE WHEN e.id IS NOT NULL THEN 'Reverse charge, Article 196 Directive 2006/112/EC'
             WHEN x.id IS NOT NULL THEN CONCAT('Exempt, certificate ', x.certificate)
             ELSE '' END AS reason
   FROM account a
   LEFT JOIN tax_evidence e ON e.account_id = a.id AND e.result = 'VALID'
    AND e.recorded_at <= :at AND (e.voided_at IS NULL OR e.voided_at > :at)
    AND e.country = a.country AND e.vat_id = a.tax_id AND a.category = 'ORGANIZATION'
    AND :seller <> '' AND e.country <> :seller
   LEFT JOIN tax_exemption x ON x.account_id = a.id AND x.valid_from <= :at AND x.valid_to > :at
    AND x.recorded_at <= :at AND (x.voided_at IS NULL OR x.voided_at > :at) AND e.id IS NULL
   LEFT JOIN tax_rule t ON t.country = a.country AND t.valid_from <= :at AND t.valid_to > :at
    AND e.id IS NULL
    AND t.region = COALESCE((SELECT MAX(r.region) FROM tax_rule r
                              WHERE r.country = a.country AND r.region = a.state
                                AND r.customer IN ('', a.category)
                                AND r.valid_from <= :at AND r.valid_to > :at), '')
    AND t.customer = (SELECT MAX(r.customer) FROM tax_rule r
                       WHERE r.country = t.country AND r.region = t.region AND r.name = t.name
                         AND r.customer IN ('', a.category)
                         AND r.valid_from <= :at AND r.valid_to > :at)
  WHERE a.id BETWEEN :lo AND :hi AND (e.id IS NOT NULL OR t.rate_ppm > 0))

-- name: tax_due :many
-- why: the taxes an invoice of one account would carry at an instant
-- in: lo u64, hi u64, at i64, seller str
-- out: name str, rate_ppm i64, category str, reason str
SELECT t.name, t.rate_ppm, t.category, t.reason
  FROM {taxes_of} t
 ORDER BY t.name;

-- name: tax_at :one
-- why: one tax of a country, or of a region of it, at an instant
-- in: country str, region str, name str, customer str, at i64
-- out: id u64, rate_ppm i64, valid_from i64, valid_to i64
SELECT id, rate_ppm, valid_from, valid_to
  FROM tax_rule
 WHERE country = :country AND region = :region AND name = :name
   AND customer = :customer AND valid_from <= :at AND valid_to > :at;

-- name: tax_next :one
-- why: where the next rate of a tax begins: one before it ends there
-- in: country str, region str, name str, customer str, at i64
-- out: valid_from i64?
SELECT MIN(valid_from)
  FROM tax_rule
 WHERE country = :country AND region = :region AND name = :name
   AND customer = :customer AND valid_from > :at;

-- name: tax_end :exec
-- why: the old rate ends where the new one begins
-- in: id u64, at i64
UPDATE tax_rule
   SET valid_to = :at
 WHERE id = :id AND valid_from < :at AND valid_to > :at;

-- name: tax_add :exec
-- why: a dated rate
-- in: country str, region str, name str, customer str, rate_ppm i64, valid_from i64
-- in: valid_to i64
INSERT INTO tax_rule (country, region, name, customer, rate_ppm, valid_from, valid_to)
VALUES (:country, :region, :name, :customer, :rate_ppm, :valid_from, :valid_to);

-- name: fx_add :exec
-- why: a dated rate of a pair
-- in: from_currency str, to_currency str, rate_e12 i64, source str, at i64
INSERT INTO fx_rate (from_currency, to_currency, rate_e12, source, valid_from)
VALUES (:from_currency, :to_currency, :rate_e12, :source, :at);
