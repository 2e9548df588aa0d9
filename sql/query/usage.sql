-- name: wallet_claim :exec
-- why: first statement of every transaction that touches an account's usage or
-- money: the row is written, so two of them cannot both pass, on any node
-- in: account_id u64
UPDATE wallet
   SET version = version + 1
 WHERE account_id = :account_id;

-- name: wallet_rerate_from :exec
-- why: a change in hours already rated is found again by the biller
-- in: account_id u64, hour i64
UPDATE wallet
   SET rerate_from_hour = LEAST(COALESCE(rerate_from_hour, :hour), :hour)
 WHERE account_id = :account_id AND rated_until_hour > :hour;

-- name: resource_by_ref :one
-- why: which resource an event speaks of
-- in: source str, source_ref str
-- out: id u64, account_id u64, type str, zone_id u64, state str
SELECT id, account_id, type, zone_id, state
  FROM resource
 WHERE source = :source AND source_ref = :source_ref;

-- name: resource_insert :insert
-- why: first event of a resource; state follows from the events
-- in: account_id u64, type str, source str, source_ref str, name str, zone_id u64
-- in: parent_id u64?, offering_id u64, quote_id u64?
INSERT INTO resource (account_id, type, source, source_ref, name, zone_id, parent_id, state,
                      offering_id, quote_id)
VALUES (:account_id, :type, :source, :source_ref, :name, :zone_id, :parent_id, 'PENDING',
        :offering_id, :quote_id);

-- name: resource_place :exec
-- why: a creation that arrives after other events brings name, zone and parent
-- in: id u64, name str, zone_id u64, parent_id u64?
UPDATE resource
   SET name = :name, zone_id = :zone_id, parent_id = :parent_id
 WHERE id = :id;

-- name: resource_follow :exec
-- why: the row shows the state after the last event
-- in: id u64, state str, offering_id u64, quantity i64, created_at i64?, deleted_at i64?
UPDATE resource
   SET state = :state, offering_id = :offering_id, quantity = :quantity,
       created_at = :created_at, deleted_at = :deleted_at
 WHERE id = :id;

-- name: usage_event_insert :exec
-- why: the unique key makes a repeated event a duplicate, whatever the delay
-- in: source str, event_id str, resource_id u64, kind str, at i64, offering_id u64, quantity i64
-- in: digest bin32, received_at i64
INSERT INTO usage_event (source, event_id, resource_id, kind, at, offering_id, quantity, digest,
                         received_at)
VALUES (:source, :event_id, :resource_id, :kind, :at, :offering_id, :quantity, :digest,
        :received_at);

-- name: usage_event_known :one
-- why: the same id with other content is refused, not swallowed
-- in: source str, event_id str
-- out: digest bin32
SELECT digest
  FROM usage_event
 WHERE source = :source AND event_id = :event_id
 UNION ALL
SELECT digest
  FROM traffic_event
 WHERE source = :source AND event_id = :event_id
 LIMIT 1;

-- name: traffic_event_insert :exec
-- why: a counter as it was reported; the unique key makes a repeated one a duplicate
-- in: source str, event_id str, resource_id u64, at i64, bytes i64, digest bin32
-- in: received_at i64
INSERT INTO traffic_event (source, event_id, resource_id, at, bytes, digest, received_at)
VALUES (:source, :event_id, :resource_id, :at, :bytes, :digest, :received_at);

-- name: traffic_hour_add :exec
-- why: the sum of an hour, rounded up once to whole MB (values are set from left to right: mb
-- is reckoned from the bytes as they were before)
-- in: resource_id u64, hour i64, account_id u64, bytes i64
INSERT INTO traffic_hour (resource_id, hour, account_id, bytes, mb)
VALUES (:resource_id, :hour, :account_id, :bytes, (:bytes + 999999) DIV 1000000)
    ON DUPLICATE KEY UPDATE
       mb = (bytes + :bytes + 999999) DIV 1000000, bytes = bytes + :bytes;

-- name: resource_lives :one
-- why: does an hour belong to a resource's life
-- in: resource_id u64, hour i64
-- out: n u64
SELECT COUNT(*)
  FROM resource_state
 WHERE resource_id = :resource_id AND from_hour <= :hour AND to_hour > :hour;

-- name: usage_event_life :many
-- why: all events of a resource in the order they happened
-- in: resource_id u64
-- out: kind str, at i64, offering_id u64, quantity i64
SELECT kind, at, offering_id, quantity
  FROM usage_event
 WHERE resource_id = :resource_id
 ORDER BY at, id;

-- name: usage_event_last :one
-- why: an event of our own may not come before what is known already
-- in: resource_id u64
-- out: at i64?
SELECT MAX(at)
  FROM usage_event
 WHERE resource_id = :resource_id;

-- name: resource_state_list :many
-- why: the life as it is stored, to find the first hour that changes
-- in: resource_id u64
-- out: from_hour i64, to_hour i64, item str, offering_id u64, quantity i64, acquired_at i64
SELECT from_hour, to_hour, item, offering_id, quantity, acquired_at
  FROM resource_state
 WHERE resource_id = :resource_id
 ORDER BY from_hour;

-- name: resource_state_clear :exec
-- why: the life is written anew from its events
-- in: resource_id u64
DELETE FROM resource_state
 WHERE resource_id = :resource_id;

-- name: resource_state_add :exec
-- why: one span of hours in one state
-- in: resource_id u64, from_hour i64, to_hour i64, item str, offering_id u64, quantity i64
-- in: created_at i64
INSERT INTO resource_state (resource_id, from_hour, to_hour, account_id, item, zone_id,
                            offering_id, quantity, acquired_at)
SELECT r.id, :from_hour, :to_hour, r.account_id, :item, r.zone_id, :offering_id, :quantity,
       :created_at
  FROM resource r
 WHERE r.id = :resource_id;

-- name: zone_by_code :one
-- why: events name zones by code
-- in: code str
-- out: id u64
SELECT id
  FROM zone
 WHERE code = :code;

-- name: offering_by_code :one
-- why: events name offerings by code; a storage class is one of its own kind
-- in: code str, kind str
-- out: id u64
SELECT id
  FROM offering
 WHERE code = :code AND kind = :kind;

-- name: zone_active :one
-- why: only an open zone takes new resources
-- in: id u64
-- out: name str
SELECT name
  FROM zone
 WHERE id = :id AND active = 1;

-- name: offering_active :one
-- why: only an offering on sale is sold
-- in: id u64, kind str
-- out: name str
SELECT name
  FROM offering
 WHERE id = :id AND kind = :kind AND active = 1;

-- name: event_source_put :exec
-- why: a new key replaces the old one of the same name, which is for one purpose for good
-- in: source str, scope str, key_hash bin32, at i64
INSERT INTO event_source (source, scope, key_hash, created_at, active)
VALUES (:source, :scope, :key_hash, :at, 1)
    ON DUPLICATE KEY UPDATE key_hash = :key_hash, created_at = :at, active = 1;

-- name: event_source_scope :one
-- why: what a key of this name is for
-- in: source str
-- out: scope str
SELECT scope
  FROM event_source
 WHERE source = :source;

-- name: account_for_create :one
-- why: may this customer create, and under which rules
-- in: account_id u64
-- out: status str, plan str, currency str
SELECT status, plan, currency
  FROM account
 WHERE id = :account_id;

-- name: resource_get :one
-- why: one resource of one customer; account_id keeps tenants apart
-- in: account_id u64, id u64
-- out: id u64, type str, source str, source_ref str, name str, zone_id u64, parent_id u64?
-- out: state str, offering_id u64, quantity i64, created_at i64?
SELECT id, type, source, source_ref, name, zone_id, parent_id, state, offering_id, quantity,
       created_at
  FROM resource
 WHERE account_id = :account_id AND id = :id;

-- name: resource_children :many
-- why: the addresses that go with an instance
-- in: account_id u64, parent_id u64
-- out: id u64, source_ref str
SELECT id, source_ref
  FROM resource
 WHERE account_id = :account_id AND parent_id = :parent_id AND state <> 'DELETED'
   AND type IN ('PUBLIC_IP', 'SECONDARY_IP');

-- name: ip_pool_take :exec
-- why: one free address of the zone; the conditional write is the claim
-- in: zone_id u64, resource_id u64
UPDATE ip_pool
   SET resource_id = :resource_id
 WHERE zone_id = :zone_id AND resource_id IS NULL
 ORDER BY LENGTH(address), address
 LIMIT 1;

-- name: ip_pool_address :one
-- why: which address was taken
-- in: resource_id u64
-- out: address str
SELECT address
  FROM ip_pool
 WHERE resource_id = :resource_id;

-- name: resource_rename :exec
-- why: an address resource is named by its address
-- in: id u64, name str
UPDATE resource
   SET name = :name
 WHERE id = :id;

-- name: ip_pool_give_back :exec
-- why: a released address is free again
-- in: resource_id u64
UPDATE ip_pool
   SET resource_id = NULL
 WHERE resource_id = :resource_id;

-- name: accruing_sum :one
-- why: usage of an account that is not rated yet, through the end of hour `until`
-- in: account_id u64, from_hour i64, until i64
-- out: amount_e8 i64
SELECT CAST(COALESCE(SUM(x.amount_e8), 0) AS SIGNED)
  FROM (SELECT (LEAST(u.to_hour, :until) - GREATEST(u.from_hour, :from_hour))
               * u.unit_e8 * u.quantity AS amount_e8
          FROM rateable_usage u
         WHERE u.account_id = :account_id AND u.from_hour < :until AND u.to_hour > :from_hour
         UNION ALL
        SELECT (LEAST(f.to_hour, :until) - GREATEST(f.from_hour, :from_hour))
               * f.unit_e8 * f.quantity
          FROM {extras lo=account_id hi=account_id since=from_hour} f
         WHERE f.from_hour < :until AND f.to_hour > :from_hour) x
 WHERE x.amount_e8 <> 0;
