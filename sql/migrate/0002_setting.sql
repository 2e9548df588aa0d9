-- why: settings live in rows: value, history, and the spans that rating reads
CREATE TABLE IF NOT EXISTS system_state (
	id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
	generation BIGINT UNSIGNED NOT NULL,
	clock_offset_s BIGINT NOT NULL,
	testing TINYINT NOT NULL,
	CHECK (id = 1),
	CHECK (testing = 1 OR clock_offset_s = 0)
) ENGINE=InnoDB;

INSERT IGNORE INTO system_state (id, generation, clock_offset_s, testing) VALUES (1, 1, 0, 0);

CREATE TABLE IF NOT EXISTS setting (
	skey VARCHAR(64) CHARACTER SET ascii NOT NULL PRIMARY KEY,
	value VARCHAR(2048) NOT NULL,
	version BIGINT UNSIGNED NOT NULL,
	changed_at BIGINT NOT NULL,
	changed_by VARCHAR(190) NOT NULL
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS setting_history (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	skey VARCHAR(64) CHARACTER SET ascii NOT NULL,
	old_value VARCHAR(2048) NOT NULL,
	new_value VARCHAR(2048) NOT NULL,
	at BIGINT NOT NULL,
	effective_hour BIGINT NOT NULL,
	actor VARCHAR(190) NOT NULL,
	reason VARCHAR(500) NOT NULL,
	KEY by_key (skey, id)
) ENGINE=InnoDB;

-- Value in force per hour, for the settings that move money. Adjacent spans of
-- one key never overlap; the open one ends at hour 4000000000.
CREATE TABLE IF NOT EXISTS setting_span (
	skey VARCHAR(64) CHARACTER SET ascii NOT NULL,
	from_hour BIGINT NOT NULL,
	to_hour BIGINT NOT NULL,
	value VARCHAR(190) NOT NULL,
	generation BIGINT UNSIGNED NOT NULL,
	PRIMARY KEY (skey, from_hour),
	CHECK (from_hour < to_hour)
) ENGINE=InnoDB;
