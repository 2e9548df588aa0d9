-- why: what was rated: spans of hours at one price, and the view that derives them
-- Revision 0 covers each hour of a component once; later revisions are
-- differences found by re-rating (late events), booked in the hour they were
-- found in. amount = hours x unit x quantity, exactly.
CREATE TABLE IF NOT EXISTS charge (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	account_id BIGINT UNSIGNED NOT NULL,
	resource_id BIGINT UNSIGNED NOT NULL,
	component VARCHAR(32) CHARACTER SET ascii NOT NULL,
	item VARCHAR(32) CHARACTER SET ascii NOT NULL,
	from_hour BIGINT NOT NULL,
	to_hour BIGINT NOT NULL,
	book_hour BIGINT NOT NULL,
	revision INT UNSIGNED NOT NULL,
	hours BIGINT NOT NULL,
	quantity BIGINT NOT NULL,
	unit_e8 BIGINT NOT NULL,
	amount_e8 BIGINT NOT NULL,
	currency CHAR(3) CHARACTER SET ascii NOT NULL,
	price_id BIGINT UNSIGNED NOT NULL,
	generation BIGINT UNSIGNED NOT NULL,
	reason VARCHAR(32) CHARACTER SET ascii NOT NULL,
	created_at BIGINT NOT NULL,
	UNIQUE KEY once (resource_id, component, from_hour, revision),
	KEY by_book (account_id, book_hour),
	FOREIGN KEY (resource_id) REFERENCES resource (id),
	CHECK (from_hour < to_hour),
	CHECK (amount_e8 = hours * unit_e8 * quantity),
	CHECK (revision > 0 OR hours = to_hour - from_hour)
) ENGINE=InnoDB;

-- Every hour a resource could be charged for, at the price and switch in force.
CREATE OR REPLACE VIEW rateable_usage AS
SELECT rs.account_id AS account_id, rs.resource_id AS resource_id, i.component AS component,
       rs.item AS item, rs.quantity AS quantity,
       GREATEST(rs.from_hour, p.from_hour, s.from_hour) AS from_hour,
       LEAST(rs.to_hour, p.to_hour, s.to_hour) AS to_hour,
       CASE WHEN s.value <> '1' OR a.contract = 'FIXED' THEN 0 ELSE p.unit_e8 END AS unit_e8,
       p.currency AS currency, p.id AS price_id, s.generation AS generation,
       CASE WHEN a.contract = 'FIXED' THEN 'FIXED_CONTRACT'
            WHEN s.value = '1' THEN 'USAGE' ELSE i.off_reason END AS reason
  FROM resource_state rs
  JOIN account a ON a.id = rs.account_id
  JOIN item i ON i.code = rs.item
  JOIN price p ON p.item = rs.item AND p.zone_id = rs.zone_id
   AND p.offering_id = rs.offering_id AND p.currency = a.currency
   AND p.from_hour < rs.to_hour AND p.to_hour > rs.from_hour
  JOIN setting_span s ON s.skey = i.skey
   AND s.from_hour < LEAST(rs.to_hour, p.to_hour)
   AND s.to_hour > GREATEST(rs.from_hour, p.from_hour);

-- The free public IP: in each hour, of the default IPs alive in it, the one
-- acquired first. An IP's turn begins when every earlier one is gone.
CREATE OR REPLACE VIEW free_ip_turn AS
SELECT rs.account_id AS account_id, rs.resource_id AS resource_id, rs.zone_id AS zone_id,
       rs.quantity AS quantity, rs.from_hour AS from_hour, rs.to_hour AS to_hour,
       COALESCE(MAX(rs.to_hour) OVER (PARTITION BY rs.account_id
                                      ORDER BY rs.acquired_at, rs.resource_id
                                      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
                0) AS turn_hour
  FROM resource_state rs
 WHERE rs.item = 'PUBLIC_IP';

CREATE OR REPLACE VIEW rateable_free_ip AS
SELECT t.account_id AS account_id, t.resource_id AS resource_id, 'FREE_ONE_IP' AS component,
       'PUBLIC_IP' AS item, t.quantity AS quantity,
       GREATEST(t.from_hour, t.turn_hour, p.from_hour, charged.from_hour, free.from_hour) AS from_hour,
       LEAST(t.to_hour, p.to_hour, charged.to_hour, free.to_hour) AS to_hour,
       -p.unit_e8 AS unit_e8, p.currency AS currency, p.id AS price_id,
       GREATEST(charged.generation, free.generation) AS generation,
       'FREE_ONE_IP' AS reason
  FROM free_ip_turn t
  JOIN account a ON a.id = t.account_id AND a.contract = 'PAYG'
  JOIN price p ON p.item = 'PUBLIC_IP' AND p.zone_id = t.zone_id AND p.offering_id = 0
   AND p.currency = a.currency AND p.from_hour < t.to_hour AND p.to_hour > t.from_hour
  JOIN setting_span charged ON charged.skey = 'ip.default_charge' AND charged.value = '1'
  JOIN setting_span free ON free.skey = 'ip.free_one' AND free.value = '1'
 WHERE GREATEST(t.from_hour, t.turn_hour, p.from_hour, charged.from_hour, free.from_hour)
       < LEAST(t.to_hour, p.to_hour, charged.to_hour, free.to_hour);
