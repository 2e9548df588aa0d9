-- why: a change of plan takes effect at a full hour, when the cycle under the old plan is closed
-- open_key is the account while the change is to come: one at a time.
CREATE TABLE IF NOT EXISTS plan_switch (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	account_id BIGINT UNSIGNED NOT NULL,
	at_hour BIGINT NOT NULL,
	plan_from VARCHAR(16) CHARACTER SET ascii NOT NULL,
	plan_to VARCHAR(16) CHARACTER SET ascii NOT NULL,
	asked_at BIGINT NOT NULL,
	asked_by VARCHAR(190) NOT NULL,
	open_key BIGINT UNSIGNED NULL,
	UNIQUE KEY one_open (open_key),
	UNIQUE KEY one_at (account_id, at_hour),
	FOREIGN KEY (account_id) REFERENCES account (id),
	CHECK (plan_from IN ('PREPAID', 'POSTPAID', 'FLEXIBLE')),
	CHECK (plan_to IN ('PREPAID', 'POSTPAID', 'FLEXIBLE')),
	CHECK (plan_from <> plan_to)
) ENGINE=InnoDB;
