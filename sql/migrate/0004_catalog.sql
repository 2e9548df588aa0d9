-- why: what is sold, where, at which price, in which currency
CREATE TABLE IF NOT EXISTS currency (
	code CHAR(3) CHARACTER SET ascii NOT NULL PRIMARY KEY,
	minor_digits TINYINT UNSIGNED NOT NULL,
	minor_e8 BIGINT NOT NULL,
	symbol VARCHAR(8) NOT NULL,
	name VARCHAR(64) NOT NULL,
	enabled TINYINT NOT NULL,
	CHECK (minor_digits <= 4)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS fx_rate (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	from_currency CHAR(3) CHARACTER SET ascii NOT NULL,
	to_currency CHAR(3) CHARACTER SET ascii NOT NULL,
	rate_e12 BIGINT NOT NULL,
	source VARCHAR(64) NOT NULL,
	valid_from BIGINT NOT NULL,
	UNIQUE KEY pair (from_currency, to_currency, valid_from),
	CHECK (rate_e12 > 0)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS zone (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	code VARCHAR(32) CHARACTER SET ascii NOT NULL,
	name VARCHAR(100) NOT NULL,
	active TINYINT NOT NULL,
	UNIQUE KEY code (code)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS offering (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	code VARCHAR(32) CHARACTER SET ascii NOT NULL,
	name VARCHAR(100) NOT NULL,
	vcpu INT UNSIGNED NOT NULL,
	memory_mb INT UNSIGNED NOT NULL,
	disk_gb INT UNSIGNED NOT NULL,
	position INT UNSIGNED NOT NULL,
	active TINYINT NOT NULL,
	UNIQUE KEY code (code)
) ENGINE=InnoDB;

-- What a state of a resource is charged as: its component on invoices, and
-- which switch turns the charge off (metered at price 0 with off_reason).
CREATE TABLE IF NOT EXISTS item (
	code VARCHAR(32) CHARACTER SET ascii NOT NULL PRIMARY KEY,
	component VARCHAR(32) CHARACTER SET ascii NOT NULL,
	title VARCHAR(100) NOT NULL,
	skey VARCHAR(64) CHARACTER SET ascii NOT NULL,
	off_reason VARCHAR(32) CHARACTER SET ascii NOT NULL
) ENGINE=InnoDB;

INSERT IGNORE INTO item (code, component, title, skey, off_reason) VALUES
	('INSTANCE_RUNNING', 'INSTANCE', 'Instance', 'always', ''),
	('INSTANCE_STOPPED', 'INSTANCE', 'Instance, stopped', 'always', ''),
	('PUBLIC_IP', 'PUBLIC_IP', 'Public IP', 'ip.default_charge', 'DEFAULT_IP_CHARGE_OFF'),
	('SECONDARY_IP', 'SECONDARY_IP', 'Secondary IP', 'ip.secondary_charge', 'SECONDARY_IP_BILLING_OFF');

-- The switch of items that have none.
INSERT IGNORE INTO setting_span (skey, from_hour, to_hour, value, generation)
	VALUES ('always', 0, 4000000000, '1', 0);

-- Hourly prices per item, zone, offering (0: not by offering) and currency.
CREATE TABLE IF NOT EXISTS price (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	item VARCHAR(32) CHARACTER SET ascii NOT NULL,
	zone_id BIGINT UNSIGNED NOT NULL,
	offering_id BIGINT UNSIGNED NOT NULL,
	currency CHAR(3) CHARACTER SET ascii NOT NULL,
	unit_e8 BIGINT NOT NULL,
	from_hour BIGINT NOT NULL,
	to_hour BIGINT NOT NULL,
	UNIQUE KEY span (item, zone_id, offering_id, currency, from_hour),
	FOREIGN KEY (item) REFERENCES item (code),
	FOREIGN KEY (currency) REFERENCES currency (code),
	CHECK (unit_e8 >= 0),
	CHECK (from_hour < to_hour)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS tax_rule (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	country CHAR(2) CHARACTER SET ascii NOT NULL,
	name VARCHAR(64) NOT NULL,
	rate_ppm BIGINT NOT NULL,
	valid_from BIGINT NOT NULL,
	valid_to BIGINT NOT NULL,
	UNIQUE KEY span (country, valid_from),
	CHECK (rate_ppm >= 0 AND rate_ppm <= 1000000),
	CHECK (valid_from < valid_to)
) ENGINE=InnoDB;

-- A price shown to a customer, kept so that what is charged can be compared.
CREATE TABLE IF NOT EXISTS quote (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	account_id BIGINT UNSIGNED NOT NULL,
	zone_id BIGINT UNSIGNED NOT NULL,
	offering_id BIGINT UNSIGNED NOT NULL,
	public_ips INT UNSIGNED NOT NULL,
	secondary_ips INT UNSIGNED NOT NULL,
	currency CHAR(3) CHARACTER SET ascii NOT NULL,
	hour_e8 BIGINT NOT NULL,
	generation BIGINT UNSIGNED NOT NULL,
	created_at BIGINT NOT NULL,
	valid_until BIGINT NOT NULL,
	KEY by_account (account_id, id)
) ENGINE=InnoDB;
