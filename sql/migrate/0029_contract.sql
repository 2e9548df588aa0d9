-- why: contracts with a history: a fee, what it includes, and what is beyond it
-- ACTIVE rows cover hours and never overlap; the last one is open (4000000000).
-- An account that never had a Fixed Payment contract has no row. PENDING begins
-- when the billing cycle ends, WAITING when the balance holds due_e8; of these two
-- an account has one at most (open_key). renewal: what waits was in force before.
CREATE TABLE IF NOT EXISTS contract (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	account_id BIGINT UNSIGNED NOT NULL,
	kind VARCHAR(8) CHARACTER SET ascii NOT NULL,
	fee_e8 BIGINT NOT NULL,
	overage VARCHAR(8) CHARACTER SET ascii NOT NULL,
	state VARCHAR(12) CHARACTER SET ascii NOT NULL,
	from_hour BIGINT NULL,
	to_hour BIGINT NULL,
	due_e8 BIGINT NOT NULL,
	renewal TINYINT NOT NULL,
	open_key BIGINT UNSIGNED NULL,
	note VARCHAR(300) NOT NULL,
	asked_at BIGINT NOT NULL,
	asked_by VARCHAR(190) NOT NULL,
	UNIQUE KEY one_begin (account_id, from_hour),
	UNIQUE KEY one_open (open_key),
	KEY by_state (state, id),
	FOREIGN KEY (account_id) REFERENCES account (id),
	CONSTRAINT contract_kind CHECK (kind IN ('PAYG', 'FIXED')),
	CONSTRAINT contract_fee_kind CHECK (fee_e8 >= 0 AND (kind = 'FIXED' OR fee_e8 = 0)),
	CONSTRAINT contract_overage CHECK (overage IN ('REFUSE', 'PAYG')),
	CONSTRAINT contract_state CHECK (state IN ('ACTIVE', 'PENDING', 'WAITING', 'CANCELLED')),
	CONSTRAINT contract_hours CHECK ((state = 'ACTIVE') = (from_hour IS NOT NULL)
		AND (from_hour IS NULL) = (to_hour IS NULL)),
	CONSTRAINT contract_span CHECK (from_hour < to_hour),
	CONSTRAINT contract_open CHECK ((state IN ('PENDING', 'WAITING')) = (open_key IS NOT NULL))
) ENGINE=InnoDB;

-- What a contract includes; no rows: everything. what: a component or an item;
-- offering_id 0: any; quantity 0: without limit, else how many at a time (of what
-- has a size: how many GB).
CREATE TABLE IF NOT EXISTS contract_part (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	contract_id BIGINT UNSIGNED NOT NULL,
	what VARCHAR(32) CHARACTER SET ascii NOT NULL,
	offering_id BIGINT UNSIGNED NOT NULL,
	quantity BIGINT NOT NULL,
	UNIQUE KEY once (contract_id, what, offering_id),
	FOREIGN KEY (contract_id) REFERENCES contract (id),
	CONSTRAINT contract_part_quantity CHECK (quantity >= 0)
) ENGINE=InnoDB;

-- Which hours of a resource are inside a contract. A resource that was ever
-- inside or refused has rows for every hour exactly once (0 to 4000000000), so
-- that a join of a rated span loses and doubles nothing; others have none.
-- state: 0 priced, 1 inside, 2 beyond a contract that refuses; traffic: the same
-- for the traffic of an instance. part_id: the row it is inside by.
CREATE TABLE IF NOT EXISTS contract_cover (
	resource_id BIGINT UNSIGNED NOT NULL,
	from_hour BIGINT NOT NULL,
	to_hour BIGINT NOT NULL,
	account_id BIGINT UNSIGNED NOT NULL,
	state TINYINT NOT NULL,
	traffic TINYINT NOT NULL,
	part_id BIGINT UNSIGNED NULL,
	PRIMARY KEY (resource_id, from_hour),
	KEY by_account (account_id, resource_id, from_hour),
	FOREIGN KEY (resource_id) REFERENCES resource (id),
	CONSTRAINT contract_cover_span CHECK (from_hour < to_hour),
	CONSTRAINT contract_cover_state CHECK (state IN (0, 1, 2) AND traffic IN (0, 1, 2)),
	CONSTRAINT contract_cover_part CHECK (part_id IS NULL OR state = 1)
) ENGINE=InnoDB;

-- The fee of a contract in one billing cycle: the key is what it cannot be billed
-- twice by. amount_e8 is in whole minor units; drawn_e8 left a prepaid balance
-- when the cycle, or the contract in it, began. month_days 0: from before days
-- were counted.
CREATE TABLE IF NOT EXISTS contract_fee (
	contract_id BIGINT UNSIGNED NOT NULL,
	cycle_hour BIGINT NOT NULL,
	account_id BIGINT UNSIGNED NOT NULL,
	from_hour BIGINT NOT NULL,
	to_hour BIGINT NOT NULL,
	days INT UNSIGNED NOT NULL,
	month_days INT UNSIGNED NOT NULL,
	fee_e8 BIGINT NOT NULL,
	amount_e8 BIGINT NOT NULL,
	drawn_e8 BIGINT NOT NULL,
	label VARCHAR(100) NOT NULL,
	PRIMARY KEY (contract_id, cycle_hour),
	KEY by_cycle (account_id, cycle_hour),
	FOREIGN KEY (contract_id) REFERENCES contract (id),
	CONSTRAINT contract_fee_days CHECK (days <= month_days),
	CONSTRAINT contract_fee_amount CHECK (amount_e8 >= 0 AND drawn_e8 >= 0)
) ENGINE=InnoDB;

-- A fee is a part of its month by days now.
ALTER TABLE wallet
	DROP COLUMN /*M! IF EXISTS */ month_hours;

-- Contracts there are go on: everything included, for ever.
INSERT IGNORE INTO contract (account_id, kind, fee_e8, overage, state, from_hour, to_hour, due_e8,
	renewal, open_key, note, asked_at, asked_by)
SELECT a.id, 'FIXED', a.fixed_fee_e8, 'PAYG', 'ACTIVE', a.created_at DIV 3600, 4000000000, 0, 0,
       NULL, '', a.created_at, 'migration'
  FROM account a
 WHERE a.contract = 'FIXED';

INSERT IGNORE INTO contract_cover (resource_id, from_hour, to_hour, account_id, state, traffic,
	part_id)
SELECT r.id, 0, 4000000000, r.account_id, 1, CASE WHEN r.type = 'INSTANCE' THEN 1 ELSE 0 END, NULL
  FROM account a
  JOIN resource r ON r.account_id = a.id
 WHERE a.contract = 'FIXED';

INSERT IGNORE INTO contract_fee (contract_id, cycle_hour, account_id, from_hour, to_hour, days,
	month_days, fee_e8, amount_e8, drawn_e8, label)
SELECT k.id, i.period_from_hour, i.account_id, i.period_from_hour, i.period_to_hour, 0, 0,
       k.fee_e8, i.fee_e8, 0, ''
  FROM contract k
  JOIN invoice i ON i.account_id = k.account_id AND i.kind = 'INVOICE'
 WHERE k.asked_by = 'migration';

-- As before, but what a contract includes is said by the hour and the resource.
CREATE OR REPLACE VIEW rateable_usage AS
SELECT rs.account_id AS account_id, rs.resource_id AS resource_id, i.component AS component,
       rs.item AS item, rs.quantity AS quantity,
       GREATEST(rs.from_hour, p.from_hour, s.from_hour, COALESCE(h.from_hour, 0),
                COALESCE(k.from_hour, 0), COALESCE(b.from_hour, 0)) AS from_hour,
       LEAST(rs.to_hour, p.to_hour, s.to_hour, COALESCE(h.to_hour, 4000000000),
             COALESCE(k.to_hour, 4000000000), COALESCE(b.to_hour, 4000000000)) AS to_hour,
       CASE WHEN s.value <> '1' OR k.state > 0 THEN 0
            WHEN h.halted = 1 AND (i.component = 'INSTANCE'
                                   OR COALESCE(b.value, 'none') <> 'storage_ip') THEN 0
            ELSE p.unit_e8 END AS unit_e8,
       p.currency AS currency, p.id AS price_id,
       GREATEST(s.generation, COALESCE(b.generation, 0)) AS generation,
       CASE WHEN k.state = 1 THEN 'FIXED_CONTRACT'
            WHEN k.state = 2 THEN 'OVER_CONTRACT'
            WHEN h.halted = 1 AND (i.component = 'INSTANCE'
                                   OR COALESCE(b.value, 'none') <> 'storage_ip')
            THEN 'SUSPENDED'
            WHEN s.value = '1' THEN 'USAGE' ELSE i.off_reason END AS reason
  FROM resource_state rs
  JOIN account a ON a.id = rs.account_id
  JOIN item i ON i.code = rs.item
  STRAIGHT_JOIN price p ON p.item = rs.item AND p.zone_id = rs.zone_id
   AND p.offering_id = rs.offering_id AND p.currency = a.currency
   AND p.from_hour < rs.to_hour AND p.to_hour > rs.from_hour
  STRAIGHT_JOIN setting_span s ON s.skey = i.skey
   AND s.from_hour < LEAST(rs.to_hour, p.to_hour)
   AND s.to_hour > GREATEST(rs.from_hour, p.from_hour)
  LEFT JOIN account_halt h ON h.account_id = rs.account_id
   AND h.from_hour < LEAST(rs.to_hour, p.to_hour, s.to_hour)
   AND h.to_hour > GREATEST(rs.from_hour, p.from_hour, s.from_hour)
  LEFT JOIN contract_cover k ON k.resource_id = rs.resource_id
   AND k.from_hour < LEAST(rs.to_hour, p.to_hour, s.to_hour, COALESCE(h.to_hour, 4000000000))
   AND k.to_hour > GREATEST(rs.from_hour, p.from_hour, s.from_hour, COALESCE(h.from_hour, 0))
  LEFT JOIN setting_span b ON h.halted = 1 AND b.skey = 'suspension.bill_retained'
   AND b.from_hour < LEAST(rs.to_hour, p.to_hour, s.to_hour, h.to_hour,
                           COALESCE(k.to_hour, 4000000000))
   AND b.to_hour > GREATEST(rs.from_hour, p.from_hour, s.from_hour, h.from_hour,
                            COALESCE(k.from_hour, 0));

-- No free line in an hour in which the address is inside a contract.
CREATE OR REPLACE VIEW rateable_free_ip AS
SELECT t.account_id AS account_id, t.resource_id AS resource_id, 'FREE_ONE_IP' AS component,
       'PUBLIC_IP' AS item, t.quantity AS quantity,
       GREATEST(t.from_hour, t.turn_hour, p.from_hour, charged.from_hour, free.from_hour,
                COALESCE(h.from_hour, 0), COALESCE(b.from_hour, 0),
                COALESCE(k.from_hour, 0)) AS from_hour,
       LEAST(t.to_hour, p.to_hour, charged.to_hour, free.to_hour,
             COALESCE(h.to_hour, 4000000000), COALESCE(b.to_hour, 4000000000),
             COALESCE(k.to_hour, 4000000000)) AS to_hour,
       -p.unit_e8 AS unit_e8, p.currency AS currency, p.id AS price_id,
       GREATEST(charged.generation, free.generation) AS generation,
       'FREE_ONE_IP' AS reason
  FROM free_ip_turn t
  STRAIGHT_JOIN account a ON a.id = t.account_id
  STRAIGHT_JOIN price p ON p.item = 'PUBLIC_IP' AND p.zone_id = t.zone_id AND p.offering_id = 0
   AND p.currency = a.currency AND p.from_hour < t.to_hour
   AND p.to_hour > GREATEST(t.from_hour, t.turn_hour)
  STRAIGHT_JOIN setting_span charged ON charged.skey = 'ip.default_charge' AND charged.value = '1'
   AND charged.from_hour < LEAST(t.to_hour, p.to_hour)
   AND charged.to_hour > GREATEST(t.from_hour, t.turn_hour, p.from_hour)
  STRAIGHT_JOIN setting_span free ON free.skey = 'ip.free_one' AND free.value = '1'
   AND free.from_hour < LEAST(t.to_hour, p.to_hour, charged.to_hour)
   AND free.to_hour > GREATEST(t.from_hour, t.turn_hour, p.from_hour, charged.from_hour)
  LEFT JOIN account_halt h ON h.account_id = t.account_id
   AND h.from_hour < LEAST(t.to_hour, p.to_hour, charged.to_hour, free.to_hour)
   AND h.to_hour > GREATEST(t.from_hour, t.turn_hour, p.from_hour, charged.from_hour,
                            free.from_hour)
  LEFT JOIN setting_span b ON h.halted = 1 AND b.skey = 'suspension.bill_retained'
   AND b.from_hour < h.to_hour AND b.to_hour > h.from_hour
  LEFT JOIN contract_cover k ON k.resource_id = t.resource_id
   AND k.from_hour < LEAST(t.to_hour, p.to_hour, charged.to_hour, free.to_hour,
                           COALESCE(h.to_hour, 4000000000), COALESCE(b.to_hour, 4000000000))
   AND k.to_hour > GREATEST(t.from_hour, t.turn_hour, p.from_hour, charged.from_hour,
                            free.from_hour, COALESCE(h.from_hour, 0), COALESCE(b.from_hour, 0))
 WHERE GREATEST(t.from_hour, t.turn_hour, p.from_hour, charged.from_hour, free.from_hour,
                COALESCE(h.from_hour, 0), COALESCE(b.from_hour, 0), COALESCE(k.from_hour, 0))
       < LEAST(t.to_hour, p.to_hour, charged.to_hour, free.to_hour,
               COALESCE(h.to_hour, 4000000000), COALESCE(b.to_hour, 4000000000),
               COALESCE(k.to_hour, 4000000000))
   AND (h.halted IS NULL OR h.halted = 0 OR b.value = 'storage_ip')
   AND COALESCE(k.state, 0) = 0;

CREATE OR REPLACE VIEW rateable_traffic AS
SELECT t.account_id AS account_id, t.resource_id AS resource_id, i.component AS component,
       i.code AS item, t.mb AS quantity, t.hour AS from_hour, t.hour + 1 AS to_hour,
       CASE WHEN s.value <> '1' OR k.traffic > 0 OR h.halted = 1 THEN 0
            ELSE p.unit_e8 END AS unit_e8,
       p.currency AS currency, p.id AS price_id, s.generation AS generation,
       CASE WHEN k.traffic = 1 THEN 'FIXED_CONTRACT'
            WHEN k.traffic = 2 THEN 'OVER_CONTRACT'
            WHEN h.halted = 1 THEN 'SUSPENDED'
            WHEN s.value = '1' THEN 'USAGE' ELSE i.off_reason END AS reason
  FROM traffic_hour t
  JOIN resource_state rs ON rs.resource_id = t.resource_id AND rs.from_hour <= t.hour
   AND rs.to_hour > t.hour
  JOIN account a ON a.id = t.account_id
  JOIN item i ON i.code = 'TRAFFIC'
  JOIN price p ON p.item = 'TRAFFIC' AND p.zone_id = rs.zone_id AND p.offering_id = 0
   AND p.currency = a.currency AND p.from_hour <= t.hour AND p.to_hour > t.hour
  JOIN setting_span s ON s.skey = i.skey AND s.from_hour <= t.hour AND s.to_hour > t.hour
  LEFT JOIN account_halt h ON h.account_id = t.account_id AND h.from_hour <= t.hour
   AND h.to_hour > t.hour
  LEFT JOIN contract_cover k ON k.resource_id = t.resource_id AND k.from_hour <= t.hour
   AND k.to_hour > t.hour;

-- A contract that could not be renewed keeps its fee from being used otherwise.
CREATE OR REPLACE VIEW exhaustible AS
SELECT a.id AS account_id, a.status AS status, a.plan AS plan, w.version AS wallet_version,
       w.rated_until_hour AS rated_until_hour,
       w.balance_e8 - w.unposted_e8 - COALESCE(k.due_e8, 0) AS wallet_e8,
       w.balance_e8 - w.unposted_e8 - COALESCE(k.due_e8, 0)
       + CASE a.plan WHEN 'FLEXIBLE'
              THEN a.credit_limit_e8
                   - COALESCE((SELECT CAST(SUM(l.balance_e8) AS SIGNED) FROM ledger_account l
                                WHERE l.account_id = a.id AND l.currency = a.currency
                                  AND l.code IN ('UNBILLED', 'PREPAID_USAGE', 'RECEIVABLE')), 0)
              ELSE 0 END AS left_e8
  FROM account a
  JOIN wallet w ON w.account_id = a.id
  LEFT JOIN contract k ON k.open_key = a.id AND k.state = 'WAITING' AND k.renewal = 1
 WHERE a.plan = 'PREPAID' OR (a.plan = 'FLEXIBLE' AND a.credit_limit_e8 > 0);

-- A price is found by everything that names it. With the key of the foreign key alone, MariaDB
-- looked through all prices of the currency for each resource.
ALTER TABLE price
	ADD KEY /*M! IF NOT EXISTS */ by_currency (currency, item, zone_id, offering_id),
	DROP KEY /*M! IF EXISTS */ currency;
