-- why: taxes by kind of customer, prices that include them, reverse charge with its evidence,
-- exemptions, and what a document says of all that in the seller's own currency
ALTER TABLE tax_rule
	/*M! DROP KEY IF EXISTS place, */
	/*!80016 DROP KEY place, */
	ADD COLUMN /*M! IF NOT EXISTS */ customer VARCHAR(16) CHARACTER SET ascii NOT NULL
		DEFAULT '' AFTER name,
	ADD UNIQUE KEY /*M! IF NOT EXISTS */ rule (country, region, name, customer, valid_from);

-- Written first by whoever changes rules: two changes of one tax cannot overlap.
CREATE TABLE IF NOT EXISTS tax_guard (
	id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
	version BIGINT UNSIGNED NOT NULL
) ENGINE=InnoDB;

INSERT IGNORE INTO tax_guard (id, version) VALUES (1, 1);

-- Category: S standard, AE reverse charge, E exempt (UNCL 5305); the reason is printed.
ALTER TABLE invoice_tax
	ADD COLUMN /*M! IF NOT EXISTS */ category VARCHAR(2) CHARACTER SET ascii NOT NULL
		DEFAULT 'S',
	ADD COLUMN /*M! IF NOT EXISTS */ reason VARCHAR(200) NOT NULL DEFAULT '';

-- 1: the lines contain the taxes and add up to the total; 0: they add up to the subtotal.
ALTER TABLE invoice
	ADD COLUMN /*M! IF NOT EXISTS */ tax_inclusive TINYINT NOT NULL DEFAULT 0;

-- The tax of a document in the seller's currency, as it was reckoned when it was issued.
CREATE TABLE IF NOT EXISTS invoice_fx (
	invoice_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	currency CHAR(3) CHARACTER SET ascii NOT NULL,
	rate_e12 BIGINT NOT NULL,
	source VARCHAR(64) NOT NULL,
	rate_at BIGINT NOT NULL,
	tax_minor BIGINT NOT NULL,
	FOREIGN KEY (invoice_id) REFERENCES invoice (id),
	CHECK (rate_e12 > 0)
) ENGINE=InnoDB;

-- What somebody found out about a VAT id, for the country and number the account had then.
-- It counts from when it was recorded until it is voided: by a newer check, or by another
-- number, country or category of the account. open_key: one in force at a time.
CREATE TABLE IF NOT EXISTS tax_evidence (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	account_id BIGINT UNSIGNED NOT NULL,
	country CHAR(2) CHARACTER SET ascii NOT NULL,
	vat_id VARCHAR(64) NOT NULL,
	result VARCHAR(8) CHARACTER SET ascii NOT NULL,
	checked_at BIGINT NOT NULL,
	recorded_at BIGINT NOT NULL,
	recorded_by VARCHAR(190) NOT NULL,
	source VARCHAR(100) NOT NULL,
	reference VARCHAR(100) NOT NULL,
	voided_at BIGINT NULL,
	voided_by VARCHAR(190) NULL,
	open_key BIGINT UNSIGNED NULL,
	UNIQUE KEY in_force (open_key),
	KEY by_account (account_id, id),
	FOREIGN KEY (account_id) REFERENCES account (id),
	CHECK (result IN ('VALID', 'INVALID', 'UNKNOWN')),
	CHECK (checked_at <= recorded_at),
	CHECK ((voided_at IS NULL) = (open_key IS NOT NULL))
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS tax_exemption (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	account_id BIGINT UNSIGNED NOT NULL,
	certificate VARCHAR(100) NOT NULL,
	valid_from BIGINT NOT NULL,
	valid_to BIGINT NOT NULL,
	recorded_at BIGINT NOT NULL,
	recorded_by VARCHAR(190) NOT NULL,
	voided_at BIGINT NULL,
	voided_by VARCHAR(190) NULL,
	KEY by_account (account_id, valid_from),
	FOREIGN KEY (account_id) REFERENCES account (id),
	CHECK (valid_from < valid_to)
) ENGINE=InnoDB;
