-- why: volumes and snapshots by size, traffic by the byte, and prices with a monthly cap
-- A storage class is an offering of its own kind, so that prices, estimates and
-- events name it as they name a size of instance.
ALTER TABLE offering
	ADD COLUMN /*M! IF NOT EXISTS */ kind VARCHAR(16) CHARACTER SET ascii NOT NULL
		DEFAULT 'INSTANCE' AFTER name,
	ADD CONSTRAINT /*M! IF NOT EXISTS */ offering_kind CHECK (kind IN ('INSTANCE', 'VOLUME'));

-- unit: what a price is for one of. MB: a thousandth of a GB of 1,000,000,000
-- bytes. sized: its quantity is a size in GB.
ALTER TABLE item
	ADD COLUMN /*M! IF NOT EXISTS */ unit VARCHAR(16) CHARACTER SET ascii NOT NULL
		DEFAULT 'HOUR',
	ADD CONSTRAINT /*M! IF NOT EXISTS */ item_unit CHECK (unit IN ('HOUR', 'GB_HOUR', 'MB'));

INSERT IGNORE INTO item (code, component, title, skey, off_reason, unit) VALUES
	('VOLUME', 'VOLUME', 'Volume', 'always', '', 'GB_HOUR'),
	('SNAPSHOT', 'SNAPSHOT', 'Snapshot', 'always', '', 'GB_HOUR'),
	('TRAFFIC', 'TRAFFIC', 'Outgoing traffic', 'always', '', 'MB');

-- cap_hours: how many hours of a resource are charged in one billing cycle; 0: all.
ALTER TABLE price
	ADD COLUMN /*M! IF NOT EXISTS */ cap_hours INT UNSIGNED NOT NULL DEFAULT 0 AFTER unit_e8,
	ADD KEY /*M! IF NOT EXISTS */ capped (cap_hours),
	ADD CONSTRAINT /*M! IF NOT EXISTS */ price_cap
		CHECK (cap_hours = 0 OR (cap_hours BETWEEN 24 AND 744 AND item <> 'TRAFFIC'));

ALTER TABLE quote
	ADD COLUMN /*M! IF NOT EXISTS */ item VARCHAR(32) CHARACTER SET ascii NOT NULL
		DEFAULT 'INSTANCE_RUNNING' AFTER offering_id,
	ADD COLUMN /*M! IF NOT EXISTS */ quantity BIGINT NOT NULL DEFAULT 1 AFTER item;

-- quantity: the size in GB after the last event; 1 for what has none. The types
-- were an unnamed check, which each server names its own way.
ALTER TABLE resource
	/*M! DROP CONSTRAINT IF EXISTS CONSTRAINT_1, */
	/*!80016 DROP CHECK resource_chk_1, */
	ADD COLUMN /*M! IF NOT EXISTS */ quantity BIGINT NOT NULL DEFAULT 1 AFTER offering_id,
	ADD CONSTRAINT /*M! IF NOT EXISTS */ resource_type
		CHECK (type IN ('INSTANCE', 'PUBLIC_IP', 'SECONDARY_IP', 'VOLUME', 'SNAPSHOT'));

-- quantity: the size an event names; 0: none.
ALTER TABLE usage_event
	ADD COLUMN /*M! IF NOT EXISTS */ quantity BIGINT NOT NULL DEFAULT 0 AFTER offering_id;

-- Counters as they were reported; a table of its own, for there are many and
-- none of them tells anything of a resource's life.
CREATE TABLE IF NOT EXISTS traffic_event (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	source VARCHAR(32) CHARACTER SET ascii NOT NULL,
	event_id VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	resource_id BIGINT UNSIGNED NOT NULL,
	at BIGINT NOT NULL,
	bytes BIGINT NOT NULL,
	digest BINARY(32) NOT NULL,
	received_at BIGINT NOT NULL,
	UNIQUE KEY once (source, event_id),
	KEY by_resource (resource_id, at),
	FOREIGN KEY (resource_id) REFERENCES resource (id),
	CHECK (bytes > 0)
) ENGINE=InnoDB;

-- Their sum per resource and hour, rounded up once to whole MB: what is charged.
CREATE TABLE IF NOT EXISTS traffic_hour (
	resource_id BIGINT UNSIGNED NOT NULL,
	hour BIGINT NOT NULL,
	account_id BIGINT UNSIGNED NOT NULL,
	bytes BIGINT NOT NULL,
	mb BIGINT NOT NULL,
	PRIMARY KEY (resource_id, hour),
	KEY by_account (account_id, hour),
	FOREIGN KEY (resource_id) REFERENCES resource (id),
	CHECK (mb = (bytes + 999999) DIV 1000000)
) ENGINE=InnoDB;

-- Billing cycles in which a price with a cap was in force anywhere, as they were
-- when rated: the wallet knows only the one under way. No cap, no rows.
CREATE TABLE IF NOT EXISTS cap_cycle (
	account_id BIGINT UNSIGNED NOT NULL,
	from_hour BIGINT NOT NULL,
	to_hour BIGINT NOT NULL,
	PRIMARY KEY (account_id, from_hour),
	FOREIGN KEY (account_id) REFERENCES account (id),
	CHECK (from_hour < to_hour)
) ENGINE=InnoDB;

-- Traffic of the hours in which its instance lives. Halted hours are free as the
-- instance's own are.
CREATE OR REPLACE VIEW rateable_traffic AS
SELECT t.account_id AS account_id, t.resource_id AS resource_id, i.component AS component,
       i.code AS item, t.mb AS quantity, t.hour AS from_hour, t.hour + 1 AS to_hour,
       CASE WHEN s.value <> '1' OR a.contract = 'FIXED' OR h.halted = 1 THEN 0
            ELSE p.unit_e8 END AS unit_e8,
       p.currency AS currency, p.id AS price_id, s.generation AS generation,
       CASE WHEN a.contract = 'FIXED' THEN 'FIXED_CONTRACT'
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
   AND h.to_hour > t.hour;

-- The hours of a cycle that cost something, as steps up and down: an hour costs
-- when it has a price and is not given back as the free public IP. Where several
-- steps meet, what ends comes before what begins, so that the last one names the
-- price of the hours that follow (a free span lies within one price).
CREATE OR REPLACE VIEW cap_step AS
SELECT x.account_id AS account_id, x.resource_id AS resource_id, x.item AS item,
       x.quantity AS quantity, x.unit_e8 AS unit_e8, x.currency AS currency,
       x.price_id AS price_id, x.generation AS generation, y.from_hour AS cycle_hour,
       y.to_hour AS cycle_to_hour,
       CASE k.n WHEN 0 THEN GREATEST(x.from_hour, y.from_hour)
                ELSE LEAST(x.to_hour, y.to_hour) END AS at_hour,
       CASE k.n WHEN 0 THEN x.costs ELSE -x.costs END AS step,
       CASE WHEN k.n = 1 THEN 0 WHEN x.costs = 1 THEN 1 ELSE 2 END AS turn
  FROM cap_cycle y
  JOIN (SELECT u.account_id, u.resource_id, u.item, u.quantity, u.unit_e8, u.currency,
               u.price_id, u.generation, u.from_hour, u.to_hour, 1 AS costs
          FROM rateable_usage u
         WHERE u.unit_e8 > 0
           AND u.component IN (SELECT t.component
                                 FROM price q
                                 JOIN item t ON t.code = q.item
                                WHERE q.cap_hours > 0)
         UNION ALL
        SELECT f.account_id, f.resource_id, f.item, f.quantity, -f.unit_e8, f.currency,
               f.price_id, f.generation, f.from_hour, f.to_hour, -1
          FROM rateable_free_ip f
         WHERE f.unit_e8 < 0
           AND EXISTS (SELECT 1 FROM price q
                        WHERE q.item = 'PUBLIC_IP' AND q.cap_hours > 0)) x
    ON x.account_id = y.account_id AND x.from_hour < y.to_hour AND x.to_hour > y.from_hour
 CROSS JOIN (SELECT 0 AS n UNION ALL SELECT 1) k;

-- What is given back beyond the cap: in each cycle the hours that cost something
-- are counted, at whatever price; the count goes on until the price in force says
-- that it is enough. A line of its own, so that true usage stays visible.
CREATE OR REPLACE VIEW rateable_cap AS
SELECT c.account_id AS account_id, c.resource_id AS resource_id, 'MONTHLY_CAP' AS component,
       c.item AS item, c.quantity AS quantity,
       c.from_hour + GREATEST(CAST(p.cap_hours AS SIGNED) - c.before_n, 0) AS from_hour,
       c.to_hour AS to_hour, -c.unit_e8 AS unit_e8, c.currency AS currency,
       c.price_id AS price_id, c.generation AS generation, 'MONTHLY_CAP' AS reason,
       c.cycle_hour AS cycle_hour, c.cycle_to_hour AS cycle_to_hour
  FROM (SELECT b.account_id, b.resource_id, b.item, b.quantity, b.unit_e8, b.currency,
               b.price_id, b.generation, b.cycle_hour, b.cycle_to_hour, b.from_hour, b.to_hour,
               CAST(COALESCE(SUM(b.to_hour - b.from_hour)
                             OVER (PARTITION BY b.account_id, b.resource_id, b.cycle_hour,
                                                b.cycle_to_hour
                                   ORDER BY b.from_hour
                                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
                    AS SIGNED) AS before_n
          FROM (SELECT s.account_id, s.resource_id, s.item, s.quantity, s.unit_e8, s.currency,
                       s.price_id, s.generation, s.cycle_hour, s.cycle_to_hour,
                       s.at_hour AS from_hour,
                       LEAD(s.at_hour) OVER (PARTITION BY s.account_id, s.resource_id,
                                                          s.cycle_hour, s.cycle_to_hour
                                             ORDER BY s.at_hour, s.turn, s.step) AS to_hour,
                       SUM(s.step) OVER (PARTITION BY s.account_id, s.resource_id,
                                                      s.cycle_hour, s.cycle_to_hour
                                         ORDER BY s.at_hour, s.turn, s.step
                                         ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
                         AS costs
                  FROM cap_step s) b
         WHERE b.costs = 1 AND b.to_hour > b.from_hour) c
  JOIN price p ON p.id = c.price_id
 WHERE p.cap_hours > 0
   AND c.from_hour + GREATEST(CAST(p.cap_hours AS SIGNED) - c.before_n, 0) < c.to_hour;

-- Everything that is charged or given back beside the hours of the resources
-- themselves. Ask for cycles (cycle_hour, cycle_to_hour) too, or the caps of all
-- cycles there ever were are reckoned.
CREATE OR REPLACE VIEW rateable_extra AS
SELECT account_id, resource_id, component, item, quantity, from_hour, to_hour, unit_e8, currency,
       price_id, generation, reason, 0 AS cycle_hour, 4000000000 AS cycle_to_hour
  FROM rateable_free_ip
 UNION ALL
SELECT account_id, resource_id, component, item, quantity, from_hour, to_hour, unit_e8, currency,
       price_id, generation, reason, 0, 4000000000
  FROM rateable_traffic
 UNION ALL
SELECT account_id, resource_id, component, item, quantity, from_hour, to_hour, unit_e8, currency,
       price_id, generation, reason, cycle_hour, cycle_to_hour
  FROM rateable_cap;
