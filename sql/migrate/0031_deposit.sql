-- why: a sign-up deposit is owed to the customer until it is decided: what was promised at sign-up,
-- what was received, what became of it, and whether the account is verified

-- A new account waits for its sign-up payment. The reasons were an unnamed check, which each
-- server names its own way.
ALTER TABLE account_reason
	/*M! DROP CONSTRAINT IF EXISTS CONSTRAINT_1, */
	/*!80016 DROP CHECK account_reason_chk_1, */
	ADD CONSTRAINT /*M! IF NOT EXISTS */ account_reason_known
		CHECK (reason IN ('OVERDUE', 'EXHAUSTED', 'ADMIN', 'FRAUD', 'VERIFY',
				  'PAYMENT_PENDING'));

-- What account.refund_promise says in words, as rules: fixed when the customer signed up. refund 0:
-- nothing is paid back. What is not paid back (the remainder) goes to the balance or is a fee.
CREATE TABLE IF NOT EXISTS signup_promise (
	account_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	currency CHAR(3) CHARACTER SET ascii NOT NULL,
	required_minor BIGINT NOT NULL,
	refund TINYINT NOT NULL,
	kind VARCHAR(12) CHARACTER SET ascii NOT NULL,
	ppm BIGINT NOT NULL,
	fee_minor BIGINT NOT NULL,
	remainder VARCHAR(8) CHARACTER SET ascii NOT NULL,
	promised_at BIGINT NOT NULL,
	FOREIGN KEY (account_id) REFERENCES account (id),
	CONSTRAINT signup_promise_kind CHECK (kind IN ('FULL', 'PERCENT', 'FIXED_FEE')),
	CONSTRAINT signup_promise_remainder CHECK (remainder IN ('WALLET', 'FEE')),
	CONSTRAINT signup_promise_amounts CHECK (required_minor >= 0 AND fee_minor >= 0
						 AND ppm BETWEEN 0 AND 1000000)
) ENGINE=InnoDB;

-- Staff's word, each time it changes; the newest row of an account is in force.
CREATE TABLE IF NOT EXISTS account_verification (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	account_id BIGINT UNSIGNED NOT NULL,
	verified TINYINT NOT NULL,
	note VARCHAR(300) NOT NULL,
	at BIGINT NOT NULL,
	actor VARCHAR(190) NOT NULL,
	KEY by_account (account_id, id),
	FOREIGN KEY (account_id) REFERENCES account (id)
) ENGINE=InnoDB;

-- kept_minor: what the promise did not give back when the account was verified. refund_minor,
-- wallet_minor, fee_minor: where the money goes; together all of it once it is decided.
-- back_minor: what a chargeback took from the balance, for it was no longer held.
CREATE TABLE IF NOT EXISTS signup_deposit (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	account_id BIGINT UNSIGNED NOT NULL,
	currency CHAR(3) CHARACTER SET ascii NOT NULL,
	amount_minor BIGINT NOT NULL,
	gateway VARCHAR(40) CHARACTER SET ascii NOT NULL,
	gateway_txn VARCHAR(190) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	received_at BIGINT NOT NULL,
	received_by VARCHAR(190) NOT NULL,
	status VARCHAR(12) CHARACTER SET ascii NOT NULL,
	kept_minor BIGINT NOT NULL,
	refund_minor BIGINT NOT NULL,
	wallet_minor BIGINT NOT NULL,
	fee_minor BIGINT NOT NULL,
	back_minor BIGINT NOT NULL,
	fee_invoice_id BIGINT UNSIGNED NULL,
	decided_at BIGINT NULL,
	payout_reference VARCHAR(190) NOT NULL,
	done_at BIGINT NULL,
	done_by VARCHAR(190) NOT NULL,
	note VARCHAR(300) NOT NULL,
	UNIQUE KEY once (gateway, gateway_txn),
	KEY by_account (account_id, id),
	KEY by_status (status, decided_at),
	FOREIGN KEY (account_id) REFERENCES account (id),
	FOREIGN KEY (fee_invoice_id) REFERENCES invoice (id),
	CONSTRAINT signup_deposit_status
		CHECK (status IN ('HELD', 'REFUNDING', 'REFUNDED', 'APPLIED', 'CHARGED_BACK')),
	CONSTRAINT signup_deposit_parts
		CHECK (amount_minor > 0 AND kept_minor >= 0 AND refund_minor >= 0
		       AND wallet_minor >= 0 AND fee_minor >= 0 AND back_minor >= 0
		       AND refund_minor + wallet_minor + fee_minor <= amount_minor),
	CONSTRAINT signup_deposit_refund
		CHECK (status NOT IN ('REFUNDING', 'REFUNDED') OR refund_minor > 0),
	CONSTRAINT signup_deposit_payout
		CHECK ((payout_reference <> '') = (status = 'REFUNDED')
		       OR status = 'CHARGED_BACK')
) ENGINE=InnoDB;
