-- why: keys that may only read figures; notes written by re-rating; prices corrected afterwards
ALTER TABLE event_source
	ADD COLUMN /*M! IF NOT EXISTS */ scope VARCHAR(8) CHARACTER SET ascii NOT NULL
		DEFAULT 'EVENTS',
	ADD CONSTRAINT /*M! IF NOT EXISTS */ event_source_scope
		CHECK (scope IN ('EVENTS', 'METRICS'));

-- A price that was wrong and has been used: the row as it was, out of the way of
-- rating; charges and issued lines go on citing it by its id. by_id: the row that
-- stands in its place, which may have been corrected since.
CREATE TABLE IF NOT EXISTS price_superseded (
	id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	item VARCHAR(32) CHARACTER SET ascii NOT NULL,
	zone_id BIGINT UNSIGNED NOT NULL,
	offering_id BIGINT UNSIGNED NOT NULL,
	currency CHAR(3) CHARACTER SET ascii NOT NULL,
	unit_e8 BIGINT NOT NULL,
	cap_hours INT UNSIGNED NOT NULL,
	from_hour BIGINT NOT NULL,
	to_hour BIGINT NOT NULL,
	by_id BIGINT UNSIGNED NOT NULL,
	at BIGINT NOT NULL,
	actor VARCHAR(190) NOT NULL,
	reason VARCHAR(300) NOT NULL,
	UNIQUE KEY by_id (by_id),
	FOREIGN KEY (item) REFERENCES item (code),
	FOREIGN KEY (currency) REFERENCES currency (code),
	CONSTRAINT price_superseded_by CHECK (by_id > id),
	CONSTRAINT price_superseded_reason CHECK (reason <> '')
) ENGINE=InnoDB;

-- What re-rating found of a resource on one issued invoice, and what a note says
-- of it (before percentages of discounts and taxes; sign of the difference).
-- note_id NULL: it came to nothing, by rounding or because all was credited.
CREATE TABLE IF NOT EXISTS rerated (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	account_id BIGINT UNSIGNED NOT NULL,
	invoice_id BIGINT UNSIGNED NOT NULL,
	resource_id BIGINT UNSIGNED NOT NULL,
	component VARCHAR(32) CHARACTER SET ascii NOT NULL,
	note_id BIGINT UNSIGNED NULL,
	diff_e8 BIGINT NOT NULL,
	settled_minor BIGINT NOT NULL,
	at BIGINT NOT NULL,
	actor VARCHAR(190) NOT NULL,
	reason VARCHAR(300) NOT NULL,
	KEY by_account (account_id, id),
	KEY by_note (note_id),
	FOREIGN KEY (account_id) REFERENCES account (id),
	FOREIGN KEY (invoice_id) REFERENCES invoice (id),
	FOREIGN KEY (note_id) REFERENCES invoice (id),
	FOREIGN KEY (resource_id) REFERENCES resource (id),
	CONSTRAINT rerated_sign CHECK (settled_minor * SIGN(diff_e8) >= 0
		AND (settled_minor = 0 OR note_id IS NOT NULL))
) ENGINE=InnoDB;

-- Adjustments that no cycle bills (book_hour 0), because a note did: each once.
CREATE TABLE IF NOT EXISTS noted_charge (
	charge_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	rerated_id BIGINT UNSIGNED NOT NULL,
	KEY by_rerated (rerated_id),
	FOREIGN KEY (charge_id) REFERENCES charge (id),
	FOREIGN KEY (rerated_id) REFERENCES rerated (id)
) ENGINE=InnoDB;
