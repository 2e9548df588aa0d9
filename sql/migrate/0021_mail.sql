-- why: e-mail to customers as rows: asked for with their cause, written and sent by the bridge
-- One row per mail, whatever is repeated (dedupe_key). Asked for in the
-- transaction of its cause: kind, whom, which document (ref_id). The bridge
-- fills in the words (composed_at) and sends. DATA: the body was on its way;
-- nobody sends such a mail again by itself. Texts never hold a link that opens
-- an account: account_token. created_at and those that say when it is sent are
-- wall, billing_at is the billing clock of the cause.
CREATE TABLE IF NOT EXISTS mail_delivery (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	dedupe_key VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	account_id BIGINT UNSIGNED NULL,
	kind VARCHAR(24) CHARACTER SET ascii NOT NULL,
	to_address VARCHAR(190) NOT NULL,
	ref_id BIGINT UNSIGNED NOT NULL,
	detail VARCHAR(300) NOT NULL,
	subject VARCHAR(300) NOT NULL,
	body_text MEDIUMTEXT NOT NULL,
	body_html MEDIUMTEXT NOT NULL,
	attach_invoice_id BIGINT UNSIGNED NULL,
	status VARCHAR(12) CHARACTER SET ascii NOT NULL,
	attempts INT UNSIGNED NOT NULL,
	resends INT UNSIGNED NOT NULL,
	released TINYINT NOT NULL,
	next_at BIGINT NOT NULL,
	holder VARCHAR(64) CHARACTER SET ascii NOT NULL,
	lease_until BIGINT NOT NULL,
	fence BIGINT UNSIGNED NOT NULL,
	last_error VARCHAR(500) NOT NULL,
	billing_at BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	composed_at BIGINT NULL,
	sent_at BIGINT NULL,
	UNIQUE KEY once (dedupe_key),
	KEY ready (status, next_at, id),
	KEY by_account (account_id, id),
	KEY by_time (sent_at),
	FOREIGN KEY (account_id) REFERENCES account (id),
	FOREIGN KEY (attach_invoice_id) REFERENCES invoice (id),
	CHECK (status IN ('QUEUED', 'SENDING', 'DATA', 'SENT', 'FAILED', 'HELD', 'CANCELLED')),
	CHECK ((status = 'SENT') <= (sent_at IS NOT NULL))
) ENGINE=InnoDB;

-- Reminders of an invoice: each step of the ladder (days relative to the due
-- day) once, claimed together with its mail; one that was slept through is
-- marked without a mail.
CREATE TABLE IF NOT EXISTS dunning_step (
	invoice_id BIGINT UNSIGNED NOT NULL,
	step INT NOT NULL,
	account_id BIGINT UNSIGNED NOT NULL,
	claimed_at BIGINT NOT NULL,
	mail_id BIGINT UNSIGNED NULL,
	PRIMARY KEY (invoice_id, step),
	UNIQUE KEY one_mail (mail_id),
	FOREIGN KEY (invoice_id) REFERENCES invoice (id),
	FOREIGN KEY (mail_id) REFERENCES mail_delivery (id)
) ENGINE=InnoDB;

-- Accounts told that their balance runs low; gone when it was filled again.
CREATE TABLE IF NOT EXISTS low_balance (
	account_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	since_at BIGINT NOT NULL,
	left_e8 BIGINT NOT NULL,
	FOREIGN KEY (account_id) REFERENCES account (id)
) ENGINE=InnoDB;

-- What a customer does not want; no row: everything.
CREATE TABLE IF NOT EXISTS mail_choice (
	account_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	reminder TINYINT NOT NULL,
	overdue TINYINT NOT NULL,
	low_balance TINYINT NOT NULL,
	FOREIGN KEY (account_id) REFERENCES account (id)
) ENGINE=InnoDB;

-- Links that set a password or confirm an address. The token is made when the
-- mail leaves and kept as SHA-256 only. All times wall.
CREATE TABLE IF NOT EXISTS account_token (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	user_id BIGINT UNSIGNED NOT NULL,
	purpose VARCHAR(8) CHARACTER SET ascii NOT NULL,
	new_email VARCHAR(190) NOT NULL,
	token_hash BINARY(32) NULL,
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	used_at BIGINT NULL,
	UNIQUE KEY token (token_hash),
	KEY by_user (user_id, purpose, id),
	FOREIGN KEY (user_id) REFERENCES user (id),
	CHECK (purpose IN ('PASSWORD', 'EMAIL'))
) ENGINE=InnoDB;

-- What the steps of the biller remember between two looks. looked_at: wall.
CREATE TABLE IF NOT EXISTS mail_state (
	id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
	looked_at BIGINT NOT NULL,
	looked_quarter BIGINT NOT NULL,
	looked_hour BIGINT NOT NULL,
	generation BIGINT UNSIGNED NOT NULL,
	CHECK (id = 1)
) ENGINE=InnoDB;

INSERT IGNORE INTO mail_state (id, looked_at, looked_quarter, looked_hour, generation)
	VALUES (1, 0, 0, 0, 0);
