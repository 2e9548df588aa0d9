-- why: a chain over the ledger: whoever changes a posted row, with whatever rights, is seen
-- One hash over all that a transaction says.
CREATE OR REPLACE VIEW ledger_txn_hash AS
SELECT t.seq AS seq,
       SHA2(CONCAT_WS('|', HEX(t.id), t.seq, t.account_id, t.reason, t.ref_id, t.currency, t.at,
                      t.actor, t.note,
                      (SELECT GROUP_CONCAT(la.account_id, ':', la.code, ':', e.amount_e8, ':',
                                           e.currency, ':', e.at
                                           ORDER BY e.id SEPARATOR ',')
                         FROM ledger_entry e
                         JOIN ledger_account la ON la.id = e.ledger_account_id
                        WHERE e.txn_id = t.id)), 256) AS hash
  FROM ledger_txn t;

-- A seal holds the hash of the one before it and of its transactions.
CREATE TABLE IF NOT EXISTS ledger_seal (
	id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	prev_hash CHAR(64) NOT NULL,
	hash CHAR(64) NOT NULL,
	txns INT UNSIGNED NOT NULL,
	at BIGINT NOT NULL
) ENGINE=InnoDB;

-- Which seal a transaction is under, and what it said then; transactions commit in another order than
-- their numbers, so a seal's are listed, not spanned.
CREATE TABLE IF NOT EXISTS ledger_sealed (
	txn_seq BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	seal_id BIGINT UNSIGNED NOT NULL,
	hash CHAR(64) NOT NULL,
	KEY by_seal (seal_id)
) ENGINE=InnoDB;
