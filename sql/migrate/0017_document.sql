-- why: an invoice document is rendered once and served for ever; logo on it; key of signed links

-- Rows are only ever added: what a customer downloaded once is what everybody
-- sees, whatever settings, payments or programs do later.
CREATE TABLE IF NOT EXISTS invoice_document (
	invoice_id BIGINT UNSIGNED NOT NULL,
	format VARCHAR(8) CHARACTER SET ascii NOT NULL,
	sha256 BINARY(32) NOT NULL,
	bytes MEDIUMBLOB NOT NULL,
	created_at BIGINT NOT NULL,
	PRIMARY KEY (invoice_id, format),
	FOREIGN KEY (invoice_id) REFERENCES invoice (id),
	CHECK (format IN ('pdf', 'csv', 'xlsx'))
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS invoice_logo (
	id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
	width INT UNSIGNED NOT NULL,
	height INT UNSIGNED NOT NULL,
	png MEDIUMBLOB NOT NULL,
	changed_at BIGINT NOT NULL,
	changed_by VARCHAR(190) NOT NULL,
	CHECK (id = 1)
) ENGINE=InnoDB;

-- One row, made by `tollbridge migrate`. A new one ends every link given out.
CREATE TABLE IF NOT EXISTS document_key (
	id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
	secret BINARY(32) NOT NULL,
	created_at BIGINT NOT NULL,
	CHECK (id = 1)
) ENGINE=InnoDB;
