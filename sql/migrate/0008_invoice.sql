-- why: documents in minor units, numbered without gaps, unique per account and period
CREATE TABLE IF NOT EXISTS number_series (
	series VARCHAR(32) CHARACTER SET ascii NOT NULL PRIMARY KEY,
	prefix VARCHAR(16) NOT NULL,
	next_number BIGINT UNSIGNED NOT NULL
) ENGINE=InnoDB;

INSERT IGNORE INTO number_series (series, prefix, next_number) VALUES
	('INVOICE', 'INV-', 1), ('RECHARGE', 'RCH-', 1);

-- dedupe: the business key; one document per key, whatever is repeated.
CREATE TABLE IF NOT EXISTS invoice (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	account_id BIGINT UNSIGNED NOT NULL,
	kind VARCHAR(16) CHARACTER SET ascii NOT NULL,
	dedupe VARCHAR(100) CHARACTER SET ascii NOT NULL,
	number_n BIGINT UNSIGNED NOT NULL,
	number VARCHAR(40) NOT NULL,
	status VARCHAR(16) CHARACTER SET ascii NOT NULL,
	period_from_hour BIGINT NOT NULL,
	period_to_hour BIGINT NOT NULL,
	issued_at BIGINT NOT NULL,
	due_at BIGINT NOT NULL,
	currency CHAR(3) CHARACTER SET ascii NOT NULL,
	exact_e8 BIGINT NOT NULL,
	fee_e8 BIGINT NOT NULL,
	tax_ppm BIGINT NOT NULL,
	subtotal_minor BIGINT NOT NULL,
	tax_minor BIGINT NOT NULL,
	total_minor BIGINT NOT NULL,
	paid_minor BIGINT NOT NULL,
	buyer TEXT NOT NULL,
	seller TEXT NOT NULL,
	UNIQUE KEY once (dedupe),
	UNIQUE KEY number (kind, number_n),
	KEY by_account (account_id, id),
	KEY by_status (status, due_at),
	FOREIGN KEY (account_id) REFERENCES account (id),
	CHECK (kind IN ('INVOICE', 'RECHARGE')),
	CHECK (status IN ('UNPAID', 'PAID', 'CANCELLED')),
	CHECK (total_minor = subtotal_minor + tax_minor),
	CHECK (total_minor >= 0),
	CHECK (paid_minor >= 0 AND paid_minor <= total_minor),
	CHECK ((status = 'PAID') = (paid_minor = total_minor AND status <> 'CANCELLED'))
) ENGINE=InnoDB;

-- A usage line is the charges of its invoice's period with the same resource,
-- component, item, reason and unit price: from the line down to the hours.
CREATE TABLE IF NOT EXISTS invoice_line (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	invoice_id BIGINT UNSIGNED NOT NULL,
	position INT UNSIGNED NOT NULL,
	component VARCHAR(32) CHARACTER SET ascii NOT NULL,
	item VARCHAR(32) CHARACTER SET ascii NULL,
	reason VARCHAR(32) CHARACTER SET ascii NOT NULL,
	resource_id BIGINT UNSIGNED NULL,
	description VARCHAR(300) NOT NULL,
	hours BIGINT NOT NULL,
	unit_e8 BIGINT NULL,
	exact_e8 BIGINT NOT NULL,
	amount_minor BIGINT NOT NULL,
	UNIQUE KEY position (invoice_id, position),
	FOREIGN KEY (invoice_id) REFERENCES invoice (id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS invoice_tax (
	invoice_id BIGINT UNSIGNED NOT NULL,
	name VARCHAR(64) NOT NULL,
	rate_ppm BIGINT NOT NULL,
	base_minor BIGINT NOT NULL,
	tax_minor BIGINT NOT NULL,
	PRIMARY KEY (invoice_id, name),
	FOREIGN KEY (invoice_id) REFERENCES invoice (id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS payment (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	account_id BIGINT UNSIGNED NOT NULL,
	gateway VARCHAR(40) CHARACTER SET ascii NOT NULL,
	gateway_txn VARCHAR(190) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	amount_minor BIGINT NOT NULL,
	currency CHAR(3) CHARACTER SET ascii NOT NULL,
	received_at BIGINT NOT NULL,
	note VARCHAR(300) NOT NULL,
	UNIQUE KEY once (gateway, gateway_txn),
	KEY by_account (account_id, id),
	FOREIGN KEY (account_id) REFERENCES account (id),
	CHECK (amount_minor > 0)
) ENGINE=InnoDB;

-- invoice_id NULL: surplus, credited to the wallet.
CREATE TABLE IF NOT EXISTS payment_allocation (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	payment_id BIGINT UNSIGNED NOT NULL,
	invoice_id BIGINT UNSIGNED NULL,
	amount_minor BIGINT NOT NULL,
	UNIQUE KEY once (payment_id, invoice_id),
	KEY by_invoice (invoice_id),
	FOREIGN KEY (payment_id) REFERENCES payment (id),
	FOREIGN KEY (invoice_id) REFERENCES invoice (id),
	CHECK (amount_minor > 0)
) ENGINE=InnoDB;
