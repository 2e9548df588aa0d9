-- why: scratch of "what would change": filled and rolled back in one transaction, always empty
CREATE TABLE IF NOT EXISTS whatif (
	side TINYINT UNSIGNED NOT NULL,
	account_id BIGINT UNSIGNED NOT NULL,
	currency CHAR(3) CHARACTER SET ascii NOT NULL,
	amount_e8 BIGINT NOT NULL,
	PRIMARY KEY (side, account_id)
) ENGINE=InnoDB;
