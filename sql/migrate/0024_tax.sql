-- why: several taxes on one document: a country's, or those of a region of it in their place
-- A tax of a place is known by its name; each name has one rate at a time.
ALTER TABLE tax_rule
	/*M! DROP KEY IF EXISTS span, */
	/*!80016 DROP KEY span, */
	ADD COLUMN /*M! IF NOT EXISTS */ region VARCHAR(100) NOT NULL DEFAULT '' AFTER country,
	ADD UNIQUE KEY /*M! IF NOT EXISTS */ place (country, region, name, valid_from);
