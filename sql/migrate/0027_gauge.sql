-- why: invariants are counted by the biller in the background and kept, not on each page view
CREATE TABLE IF NOT EXISTS invariant_gauge (
	id VARCHAR(40) CHARACTER SET ascii NOT NULL PRIMARY KEY,
	value BIGINT UNSIGNED NOT NULL,
	checked_at BIGINT NOT NULL,
	took_ms BIGINT NOT NULL,
	wrong_since BIGINT NULL,
	CHECK ((value = 0) = (wrong_since IS NULL))
) ENGINE=InnoDB;

-- One row: gauges older than asked_at are counted again.
CREATE TABLE IF NOT EXISTS invariant_ask (
	one TINYINT NOT NULL PRIMARY KEY,
	asked_at BIGINT NOT NULL,
	CHECK (one = 1)
) ENGINE=InnoDB;

INSERT IGNORE INTO invariant_ask (one, asked_at) VALUES (1, 0);
