-- why: a client is kept equal on both sides, field by field; what cannot be decided waits for staff

-- base: JSON of what both sides last agreed on; a side that differs from it has changed since.
ALTER TABLE whmcs_link
	ADD COLUMN /*M! IF NOT EXISTS */ base VARCHAR(4000) NOT NULL DEFAULT '' AFTER remote_uuid;

-- What is not equal and why; open_key is local_id while it is open. decision: which side's
-- value staff wants, carried out by the bridge.
CREATE TABLE IF NOT EXISTS whmcs_difference (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	account_id BIGINT UNSIGNED NOT NULL,
	kind VARCHAR(12) CHARACTER SET ascii NOT NULL,
	local_id BIGINT UNSIGNED NOT NULL,
	what VARCHAR(32) CHARACTER SET ascii NOT NULL,
	cause VARCHAR(24) CHARACTER SET ascii NOT NULL,
	ours VARCHAR(500) NOT NULL,
	theirs VARCHAR(500) NOT NULL,
	note VARCHAR(500) NOT NULL,
	decision VARCHAR(8) CHARACTER SET ascii NOT NULL DEFAULT '',
	found_at BIGINT NOT NULL,
	seen_at BIGINT NOT NULL,
	closed_at BIGINT NULL,
	closed_by VARCHAR(100) NOT NULL DEFAULT '',
	open_key BIGINT UNSIGNED NULL,
	UNIQUE KEY open_one (kind, open_key, what),
	KEY by_account (account_id, id),
	KEY by_seen (closed_at, id),
	CHECK (kind IN ('CLIENT', 'INVOICE', 'BALANCE')),
	CHECK (decision IN ('', 'OURS', 'THEIRS'))
) ENGINE=InnoDB;

-- What was changed on one side because of the other, with both values and who began it.
CREATE TABLE IF NOT EXISTS whmcs_change (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	account_id BIGINT UNSIGNED NOT NULL,
	kind VARCHAR(12) CHARACTER SET ascii NOT NULL,
	local_id BIGINT UNSIGNED NOT NULL,
	way VARCHAR(4) CHARACTER SET ascii NOT NULL,
	what VARCHAR(32) CHARACTER SET ascii NOT NULL,
	before_value VARCHAR(500) NOT NULL,
	after_value VARCHAR(500) NOT NULL,
	at BIGINT NOT NULL,
	KEY by_account (account_id, id),
	CHECK (way IN ('IN', 'OUT'))
) ENGINE=InnoDB;

-- What WHMCS pushed: stored first, once per sender's id; applied when the object was looked at.
CREATE TABLE IF NOT EXISTS whmcs_hint (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	sender_id VARCHAR(64) CHARACTER SET ascii NOT NULL,
	event VARCHAR(40) CHARACTER SET ascii NOT NULL,
	client_id BIGINT UNSIGNED NOT NULL,
	invoice_id BIGINT UNSIGNED NOT NULL,
	made_at BIGINT NOT NULL,
	received_at BIGINT NOT NULL,
	applied_at BIGINT NULL,
	UNIQUE KEY once (sender_id),
	KEY by_client (client_id, applied_at),
	KEY by_invoice (invoice_id, applied_at),
	KEY by_received (received_at)
) ENGINE=InnoDB;
