-- why: a house account sums up all customers of a currency for ever: 92 billion yen is not much
ALTER TABLE ledger_account MODIFY balance_e8 DECIMAL(38, 0) NOT NULL;
