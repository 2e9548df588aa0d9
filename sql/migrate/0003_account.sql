-- why: customers, the people who sign in for them, staff, and their sessions
CREATE TABLE IF NOT EXISTS account (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	category VARCHAR(16) CHARACTER SET ascii NOT NULL,
	plan VARCHAR(16) CHARACTER SET ascii NOT NULL,
	contract VARCHAR(16) CHARACTER SET ascii NOT NULL,
	fixed_fee_e8 BIGINT NOT NULL,
	currency CHAR(3) CHARACTER SET ascii NOT NULL,
	credit_limit_e8 BIGINT NOT NULL,
	personal_cap_minor BIGINT NULL,
	timezone VARCHAR(64) CHARACTER SET ascii NOT NULL,
	status VARCHAR(16) CHARACTER SET ascii NOT NULL,
	first_name VARCHAR(100) NOT NULL,
	last_name VARCHAR(100) NOT NULL,
	company VARCHAR(190) NOT NULL,
	email VARCHAR(190) NOT NULL,
	address1 VARCHAR(190) NOT NULL,
	address2 VARCHAR(190) NOT NULL,
	city VARCHAR(100) NOT NULL,
	state VARCHAR(100) NOT NULL,
	postcode VARCHAR(32) NOT NULL,
	country CHAR(2) CHARACTER SET ascii NOT NULL,
	phone VARCHAR(32) NOT NULL,
	tax_id VARCHAR(64) NOT NULL,
	plan_consent VARCHAR(500) NOT NULL,
	refund_promise VARCHAR(500) NOT NULL,
	created_at BIGINT NOT NULL,
	version BIGINT UNSIGNED NOT NULL,
	KEY by_status (status, id),
	KEY by_email (email),
	CHECK (category IN ('INDIVIDUAL', 'ORGANIZATION')),
	CHECK (plan IN ('PREPAID', 'POSTPAID', 'FLEXIBLE')),
	CHECK (contract IN ('PAYG', 'FIXED')),
	CHECK (status IN ('ACTIVE', 'SUSPENDED', 'CLOSED')),
	CHECK (LENGTH(currency) = 3),
	CHECK (credit_limit_e8 >= 0)
) ENGINE=InnoDB;

-- Why an account is suspended: suspended if and only if an active row exists.
CREATE TABLE IF NOT EXISTS account_reason (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	account_id BIGINT UNSIGNED NOT NULL,
	reason VARCHAR(16) CHARACTER SET ascii NOT NULL,
	note VARCHAR(500) NOT NULL,
	since_at BIGINT NOT NULL,
	since_by VARCHAR(190) NOT NULL,
	until_at BIGINT NULL,
	until_by VARCHAR(190) NULL,
	active_key BIGINT UNSIGNED NULL,
	UNIQUE KEY one_active (active_key, reason),
	KEY by_account (account_id, id),
	FOREIGN KEY (account_id) REFERENCES account (id),
	CHECK (reason IN ('OVERDUE', 'EXHAUSTED', 'ADMIN', 'FRAUD', 'VERIFY'))
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS user (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	account_id BIGINT UNSIGNED NULL,
	role VARCHAR(24) CHARACTER SET ascii NOT NULL,
	email VARCHAR(190) NOT NULL,
	password_hash VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	first_name VARCHAR(100) NOT NULL,
	last_name VARCHAR(100) NOT NULL,
	status VARCHAR(16) CHARACTER SET ascii NOT NULL,
	session_epoch BIGINT UNSIGNED NOT NULL,
	created_at BIGINT NOT NULL,
	realm VARCHAR(8) CHARACTER SET ascii NOT NULL,
	UNIQUE KEY email (realm, email),
	KEY by_account (account_id),
	FOREIGN KEY (account_id) REFERENCES account (id),
	CHECK (realm IN ('user', 'admin')),
	CHECK ((realm = 'user' AND account_id IS NOT NULL) OR (realm = 'admin' AND account_id IS NULL))
) ENGINE=InnoDB;

-- Tokens are random, kept only as SHA-256. A session dies when the user's
-- epoch moves on (password change, suspension of the user, sign out everywhere).
CREATE TABLE IF NOT EXISTS session (
	token_hash BINARY(32) NOT NULL PRIMARY KEY,
	user_id BIGINT UNSIGNED NOT NULL,
	epoch BIGINT UNSIGNED NOT NULL,
	csrf CHAR(43) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	created_at BIGINT NOT NULL,
	seen_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	ip VARCHAR(45) CHARACTER SET ascii NOT NULL,
	KEY by_user (user_id),
	KEY by_expiry (expires_at),
	FOREIGN KEY (user_id) REFERENCES user (id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS throttle (
	tkey BINARY(32) NOT NULL PRIMARY KEY,
	window_start BIGINT NOT NULL,
	hits INT UNSIGNED NOT NULL,
	blocked_until BIGINT NOT NULL
) ENGINE=InnoDB;

-- One row per (who, key): written in the transaction of its effect.
CREATE TABLE IF NOT EXISTS idempotency_key (
	user_id BIGINT UNSIGNED NOT NULL,
	ikey VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	route VARCHAR(100) CHARACTER SET ascii NOT NULL,
	request_hash BINARY(32) NOT NULL,
	status INT UNSIGNED NOT NULL,
	response MEDIUMTEXT NOT NULL,
	created_at BIGINT NOT NULL,
	PRIMARY KEY (user_id, ikey),
	KEY by_age (created_at)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS audit_log (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	at BIGINT NOT NULL,
	actor VARCHAR(190) NOT NULL,
	action VARCHAR(64) CHARACTER SET ascii NOT NULL,
	object VARCHAR(100) NOT NULL,
	detail VARCHAR(2000) NOT NULL,
	ip VARCHAR(45) CHARACTER SET ascii NOT NULL,
	request_id VARCHAR(64) CHARACTER SET ascii NOT NULL,
	KEY by_object (object, id)
) ENGINE=InnoDB;
