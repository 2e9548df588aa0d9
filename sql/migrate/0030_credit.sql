-- why: what was given is not what was paid: credit of promo codes is spent first, may expire, and
-- each spending says where it came from

-- A grant of credit. What a balance holds beyond its live grants was paid. expires_hour
-- 4000000000: never. Credit redeemed before this table was made stays paid money.
CREATE TABLE IF NOT EXISTS credit_grant (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	account_id BIGINT UNSIGNED NOT NULL,
	redemption_id BIGINT UNSIGNED NOT NULL,
	granted_e8 BIGINT NOT NULL,
	remaining_e8 BIGINT NOT NULL,
	expires_hour BIGINT NOT NULL,
	live_key BIGINT UNSIGNED AS (CASE WHEN remaining_e8 > 0 THEN account_id END) STORED,
	UNIQUE KEY source (redemption_id),
	KEY live (live_key, expires_hour, id),
	KEY by_account (account_id, id),
	CONSTRAINT credit_grant_left CHECK (remaining_e8 BETWEEN 0 AND granted_e8)
) ENGINE=InnoDB;

-- What a ledger transaction took from a grant (negative: gave back). cycle_hour: what it took is
-- among what the wallet row has as drawn of that cycle, which an invoice will settle; else NULL.
CREATE TABLE IF NOT EXISTS credit_draw (
	grant_id BIGINT UNSIGNED NOT NULL,
	txn_id BINARY(16) NOT NULL,
	account_id BIGINT UNSIGNED NOT NULL,
	cycle_hour BIGINT NULL,
	amount_e8 BIGINT NOT NULL,
	PRIMARY KEY (grant_id, txn_id),
	KEY by_txn (txn_id),
	KEY by_cycle (account_id, cycle_hour),
	FOREIGN KEY (grant_id) REFERENCES credit_grant (id),
	CONSTRAINT credit_draw_some CHECK (amount_e8 <> 0)
) ENGINE=InnoDB;

-- Days after which credit of a CREDIT code is gone; 0: never.
ALTER TABLE promo
	ADD COLUMN /*M! IF NOT EXISTS */ credit_days INT UNSIGNED NOT NULL DEFAULT 0 AFTER cycles;

-- Up to this hour the account is rated before the grant that expires then is written off; NULL:
-- nothing expires.
ALTER TABLE wallet
	ADD COLUMN /*M! IF NOT EXISTS */ credit_until_hour BIGINT NULL,
	ADD KEY /*M! IF NOT EXISTS */ by_credit_until (credit_until_hour);

-- Where each posting of usage was paid from; its sum is the usage.
CREATE OR REPLACE VIEW settlement AS
SELECT u.txn_id AS txn_id, t.account_id AS account_id, t.seq AS seq, u.amount_e8 AS usage_e8,
       COALESCE(-k.amount_e8, 0) AS wallet_e8,
       COALESCE((SELECT CAST(SUM(d.amount_e8) AS SIGNED) FROM credit_draw d
                  WHERE d.txn_id = u.txn_id), 0) AS promo_e8
  FROM ledger_txn t
  JOIN ledger_account ua ON ua.account_id = t.account_id AND ua.code = 'UNBILLED'
   AND ua.currency = t.currency
  JOIN ledger_entry u ON u.txn_id = t.id AND u.ledger_account_id = ua.id
  JOIN ledger_account ka ON ka.account_id = t.account_id AND ka.code = 'PREPAID_USAGE'
   AND ka.currency = t.currency
  LEFT JOIN ledger_entry k ON k.txn_id = t.id AND k.ledger_account_id = ka.id
 WHERE t.reason = 'USAGE';
