-- why: what is what in WHMCS, and a journal of every write we meant to make there
CREATE TABLE IF NOT EXISTS whmcs_link (
	kind VARCHAR(12) CHARACTER SET ascii NOT NULL,
	local_id BIGINT UNSIGNED NOT NULL,
	remote_id BIGINT UNSIGNED NOT NULL,
	account_id BIGINT UNSIGNED NOT NULL,
	state VARCHAR(12) CHARACTER SET ascii NOT NULL,
	remote_status VARCHAR(24) NOT NULL,
	remote_uuid VARCHAR(64) CHARACTER SET ascii NOT NULL,
	note VARCHAR(500) NOT NULL,
	linked_at BIGINT NOT NULL,
	checked_at BIGINT NOT NULL,
	PRIMARY KEY (kind, local_id),
	UNIQUE KEY remote (kind, remote_id),
	KEY open_ones (kind, state, checked_at),
	CHECK (kind IN ('CLIENT', 'INVOICE')),
	CHECK (state IN ('OPEN', 'SETTLED', 'ATTENTION'))
) ENGINE=InnoDB;

-- One row per intended write, before it is sent. UNCERTAIN rows are looked up,
-- never repeated blindly.
CREATE TABLE IF NOT EXISTS whmcs_intent (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	job_id BIGINT UNSIGNED NOT NULL,
	action VARCHAR(32) CHARACTER SET ascii NOT NULL,
	token VARCHAR(100) CHARACTER SET ascii NOT NULL,
	state VARCHAR(12) CHARACTER SET ascii NOT NULL,
	remote_id BIGINT UNSIGNED NULL,
	detail VARCHAR(500) NOT NULL,
	created_at BIGINT NOT NULL,
	changed_at BIGINT NOT NULL,
	UNIQUE KEY once (token),
	KEY by_job (job_id),
	CHECK (state IN ('INTENT', 'UNCERTAIN', 'CONFIRMED', 'REFUSED'))
) ENGINE=InnoDB;

-- What daemons and workers last said of themselves.
CREATE TABLE IF NOT EXISTS heartbeat (
	name VARCHAR(64) CHARACTER SET ascii NOT NULL PRIMARY KEY,
	pid INT UNSIGNED NOT NULL,
	at BIGINT NOT NULL,
	started_at BIGINT NOT NULL,
	generation BIGINT UNSIGNED NOT NULL,
	counter BIGINT UNSIGNED NOT NULL,
	detail VARCHAR(1000) NOT NULL
) ENGINE=InnoDB;
