-- why: with hourly billing off, balances are debited where a day, week or month of the account's
-- own time zone ends. As zone_month: from the tz database, in whole hours; weekday 1 is Monday.
CREATE TABLE IF NOT EXISTS zone_day (
	zone VARCHAR(60) CHARACTER SET ascii NOT NULL,
	from_hour BIGINT NOT NULL,
	weekday TINYINT NOT NULL,
	PRIMARY KEY (zone, from_hour)
) ENGINE=InnoDB;

-- The hour at whose beginning the next debit is due; NULL: every hour, or none (POSTPAID).
ALTER TABLE wallet ADD COLUMN /*M! IF NOT EXISTS */ debit_hour BIGINT NULL AFTER hourly;
