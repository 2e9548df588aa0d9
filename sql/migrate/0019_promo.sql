-- why: promo codes, who redeemed them, and what changes an account's invoices for some cycles
-- A code is stored in capitals and unique whatever the case. max_uses NULL: no
-- limit; valid_to NULL: no end; cycles 0: for good. prefix_at_creation: what it
-- is reported under, whatever the setting became.
CREATE TABLE IF NOT EXISTS promo (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	code VARCHAR(32) CHARACTER SET ascii NOT NULL,
	prefix_at_creation VARCHAR(16) CHARACTER SET ascii NOT NULL,
	type VARCHAR(16) CHARACTER SET ascii NOT NULL,
	kind VARCHAR(16) CHARACTER SET ascii NOT NULL,
	ppm BIGINT NOT NULL,
	cycles INT UNSIGNED NOT NULL,
	label VARCHAR(100) NOT NULL,
	valid_from BIGINT NOT NULL,
	valid_to BIGINT NULL,
	max_uses BIGINT UNSIGNED NULL,
	max_uses_per_account INT UNSIGNED NOT NULL,
	uses BIGINT UNSIGNED NOT NULL,
	active TINYINT NOT NULL,
	created_at BIGINT NOT NULL,
	created_by VARCHAR(190) NOT NULL,
	UNIQUE KEY code (code),
	CHECK (type IN ('SIGNUP', 'EXISTING')),
	CHECK (kind IN ('PERCENT', 'FIXED', 'CREDIT')),
	CHECK ((kind = 'PERCENT') = (ppm > 0)),
	CHECK (ppm >= 0 AND ppm <= 1000000),
	CHECK (max_uses IS NULL OR uses <= max_uses),
	CHECK (max_uses_per_account > 0)
) ENGINE=InnoDB;

-- What a FIXED or CREDIT code is worth, per currency: never converted.
CREATE TABLE IF NOT EXISTS promo_amount (
	promo_id BIGINT UNSIGNED NOT NULL,
	currency CHAR(3) CHARACTER SET ascii NOT NULL,
	amount_e8 BIGINT NOT NULL,
	PRIMARY KEY (promo_id, currency),
	FOREIGN KEY (promo_id) REFERENCES promo (id),
	FOREIGN KEY (currency) REFERENCES currency (code),
	CHECK (amount_e8 > 0)
) ENGINE=InnoDB;

-- What is taken off an account's invoices or put on them, cycle by cycle.
-- ppm and amount_e8 are signed: negative is a discount, positive a surcharge.
-- scope '': the whole invoice, else one component of it. It counts for cycles
-- that end after first_hour. cycles_total 0: until ended. due_e8 belongs to the
-- biller: what the invoice under way takes, NULL when none is.
CREATE TABLE IF NOT EXISTS account_discount (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	account_id BIGINT UNSIGNED NOT NULL,
	source VARCHAR(16) CHARACTER SET ascii NOT NULL,
	promo_id BIGINT UNSIGNED NULL,
	kind VARCHAR(16) CHARACTER SET ascii NOT NULL,
	ppm BIGINT NOT NULL,
	amount_e8 BIGINT NOT NULL,
	currency CHAR(3) CHARACTER SET ascii NOT NULL,
	scope VARCHAR(32) CHARACTER SET ascii NOT NULL,
	first_hour BIGINT NOT NULL,
	cycles_total INT UNSIGNED NOT NULL,
	cycles_used INT UNSIGNED NOT NULL,
	label VARCHAR(100) NOT NULL,
	status VARCHAR(16) CHARACTER SET ascii NOT NULL,
	created_at BIGINT NOT NULL,
	created_by VARCHAR(190) NOT NULL,
	ended_at BIGINT NULL,
	ended_by VARCHAR(190) NULL,
	due_e8 BIGINT NULL,
	KEY by_account (account_id, status),
	KEY by_promo (promo_id),
	FOREIGN KEY (account_id) REFERENCES account (id),
	FOREIGN KEY (promo_id) REFERENCES promo (id),
	CHECK (source IN ('PROMO', 'ADMIN')),
	CHECK ((source = 'PROMO') = (promo_id IS NOT NULL)),
	CHECK ((kind = 'PERCENT' AND ppm <> 0 AND amount_e8 = 0)
	       OR (kind = 'FIXED' AND ppm = 0 AND amount_e8 <> 0)),
	CHECK (ppm >= -1000000 AND ppm <= 10000000),
	CHECK (cycles_total = 0 OR cycles_used <= cycles_total),
	CHECK (status IN ('ACTIVE', 'USED', 'ENDED'))
) ENGINE=InnoDB;

-- nth: how many times this account has used the code.
CREATE TABLE IF NOT EXISTS promo_redemption (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	promo_id BIGINT UNSIGNED NOT NULL,
	account_id BIGINT UNSIGNED NOT NULL,
	nth INT UNSIGNED NOT NULL,
	at BIGINT NOT NULL,
	actor VARCHAR(190) NOT NULL,
	currency CHAR(3) CHARACTER SET ascii NOT NULL,
	credit_e8 BIGINT NOT NULL,
	discount_id BIGINT UNSIGNED NULL,
	UNIQUE KEY once (promo_id, account_id, nth),
	UNIQUE KEY discount (discount_id),
	KEY by_account (account_id, id),
	FOREIGN KEY (promo_id) REFERENCES promo (id),
	FOREIGN KEY (account_id) REFERENCES account (id),
	FOREIGN KEY (discount_id) REFERENCES account_discount (id),
	CHECK ((credit_e8 > 0) = (discount_id IS NULL)),
	CHECK (credit_e8 >= 0)
) ENGINE=InnoDB;

-- exact_e8 = charges + fee_e8 + surcharge_e8 + discount_e8
ALTER TABLE invoice
	ADD COLUMN /*M! IF NOT EXISTS */ surcharge_e8 BIGINT NOT NULL DEFAULT 0,
	ADD COLUMN /*M! IF NOT EXISTS */ discount_e8 BIGINT NOT NULL DEFAULT 0,
	ADD CONSTRAINT /*M! IF NOT EXISTS */ invoice_adjusted
		CHECK (surcharge_e8 >= 0 AND discount_e8 <= 0);

-- Which adjustment a DISCOUNT or SURCHARGE line belongs to: one line a document.
ALTER TABLE invoice_line
	ADD COLUMN /*M! IF NOT EXISTS */ discount_id BIGINT UNSIGNED NULL,
	ADD UNIQUE KEY /*M! IF NOT EXISTS */ by_discount (discount_id, invoice_id);
