-- why: credit and debit notes: an issued invoice is never changed, notes say what became of it
-- The kinds were an unnamed check, which each server names its own way.
ALTER TABLE invoice
	/*M! DROP CONSTRAINT IF EXISTS CONSTRAINT_1, */
	/*!80016 DROP CHECK invoice_chk_1, */
	ADD COLUMN /*M! IF NOT EXISTS */ ref_invoice_id BIGINT UNSIGNED NULL,
	ADD COLUMN /*M! IF NOT EXISTS */ reason VARCHAR(300) NOT NULL DEFAULT '',
	ADD CONSTRAINT /*M! IF NOT EXISTS */ invoice_kind
		CHECK (kind IN ('INVOICE', 'RECHARGE', 'CREDIT_NOTE', 'DEBIT_NOTE')),
	ADD CONSTRAINT /*M! IF NOT EXISTS */ invoice_ref
		CHECK ((ref_invoice_id IS NULL) = (kind IN ('INVOICE', 'RECHARGE'))),
	ADD KEY /*M! IF NOT EXISTS */ by_ref (ref_invoice_id);

-- A note's line reverses, in part or whole, one line of its invoice.
ALTER TABLE invoice_line
	ADD COLUMN /*M! IF NOT EXISTS */ ref_line_id BIGINT UNSIGNED NULL,
	ADD KEY /*M! IF NOT EXISTS */ by_ref_line (ref_line_id);

INSERT IGNORE INTO number_series (series, prefix, next_number) VALUES
	('CREDIT_NOTE', 'CN-', 1), ('DEBIT_NOTE', 'DN-', 1);
