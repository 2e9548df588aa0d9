-- why: keys that may only read figures; notes written by re-rating; prices corrected afterwards
ALTER TABLE event_source
	ADD COLUMN /*M! IF NOT EXISTS */ scope VARCHAR(8) CHARACTER SET ascii NOT NULL
		DEFAULT 'EVENTS',
	ADD CONSTRAINT /*M! IF NOT EXISTS */ event_source_scope
		CHECK (scope IN ('EVENTS', 'METRICS'));
