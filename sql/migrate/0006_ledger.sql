-- why: double-entry ledger, append-only by grant, and the wallet row per account
-- A balance is a running sum kept in the row, moved in the entry's transaction.
CREATE TABLE IF NOT EXISTS ledger_account (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	account_id BIGINT UNSIGNED NOT NULL,
	code VARCHAR(24) CHARACTER SET ascii NOT NULL,
	currency CHAR(3) CHARACTER SET ascii NOT NULL,
	balance_e8 BIGINT NOT NULL,
	UNIQUE KEY one (account_id, code, currency)
) ENGINE=InnoDB;

-- id: from the caller, derived from the business key. Same id again is refused
-- by the primary key: no effect is posted twice.
CREATE TABLE IF NOT EXISTS ledger_txn (
	id BINARY(16) NOT NULL PRIMARY KEY,
	seq BIGINT UNSIGNED NOT NULL AUTO_INCREMENT UNIQUE,
	account_id BIGINT UNSIGNED NOT NULL,
	reason VARCHAR(24) CHARACTER SET ascii NOT NULL,
	ref_id BIGINT UNSIGNED NOT NULL,
	currency CHAR(3) CHARACTER SET ascii NOT NULL,
	at BIGINT NOT NULL,
	actor VARCHAR(190) NOT NULL,
	note VARCHAR(500) NOT NULL,
	KEY by_account (account_id, seq),
	KEY by_ref (ref_id, reason)
) ENGINE=InnoDB;

-- amount_e8 > 0 is a debit, < 0 a credit; a transaction's entries sum to 0.
CREATE TABLE IF NOT EXISTS ledger_entry (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	txn_id BINARY(16) NOT NULL,
	ledger_account_id BIGINT UNSIGNED NOT NULL,
	amount_e8 BIGINT NOT NULL,
	currency CHAR(3) CHARACTER SET ascii NOT NULL,
	at BIGINT NOT NULL,
	UNIQUE KEY leg (txn_id, ledger_account_id),
	KEY by_ledger_account (ledger_account_id, id),
	FOREIGN KEY (txn_id) REFERENCES ledger_txn (id),
	FOREIGN KEY (ledger_account_id) REFERENCES ledger_account (id),
	CHECK (amount_e8 <> 0)
) ENGINE=InnoDB;

-- The one serialisation point per account: written, conditionally, by every
-- effect on the account's money. balance_e8 mirrors the WALLET ledger account
-- (sign turned: what the customer has); unposted_e8 is rated, not yet posted;
-- drawn_e8 was taken from the balance for usage that no invoice covers yet.
-- target_hour, hourly, post_id, post_draw_e8, closing and invoice_id belong to the biller:
-- it writes them first, which claims the row, and reads them in the set-based
-- statements of the same transaction.
CREATE TABLE IF NOT EXISTS wallet (
	account_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	currency CHAR(3) CHARACTER SET ascii NOT NULL,
	balance_e8 BIGINT NOT NULL,
	unposted_e8 BIGINT NOT NULL,
	drawn_e8 BIGINT NOT NULL,
	rated_until_hour BIGINT NOT NULL,
	posted_until_hour BIGINT NOT NULL,
	rerate_from_hour BIGINT NULL,
	cycle_from_hour BIGINT NOT NULL,
	cycle_to_hour BIGINT NOT NULL,
	last_posted_at BIGINT NULL,
	last_posted_e8 BIGINT NOT NULL,
	version BIGINT UNSIGNED NOT NULL,
	target_hour BIGINT NOT NULL,
	hourly TINYINT NOT NULL,
	post_id BINARY(16) NULL,
	post_draw_e8 BIGINT NOT NULL,
	closing TINYINT NOT NULL,
	invoice_id BIGINT UNSIGNED NULL,
	KEY due (rated_until_hour, account_id),
	KEY cycle (cycle_to_hour, account_id),
	KEY rerate (rerate_from_hour),
	FOREIGN KEY (account_id) REFERENCES account (id),
	KEY post (post_id),
	CHECK (posted_until_hour <= rated_until_hour),
	CHECK (rated_until_hour <= cycle_to_hour)
) ENGINE=InnoDB;
