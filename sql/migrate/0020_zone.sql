-- why: billing cycles are months in the account's time zone, in whole hours. The bounds come
-- from the tz database once and stay: a later rule change moves no cycle that was announced.
-- month: year x 100 + month.
CREATE TABLE IF NOT EXISTS zone_month (
	zone VARCHAR(60) CHARACTER SET ascii NOT NULL,
	month INT NOT NULL,
	from_hour BIGINT NOT NULL,
	PRIMARY KEY (zone, month),
	KEY by_hour (zone, from_hour)
) ENGINE=InnoDB;
