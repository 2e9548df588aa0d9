-- why: a number that another branch brings
CREATE TABLE IF NOT EXISTS gap_of_31 (one TINYINT NOT NULL PRIMARY KEY) ENGINE=InnoDB;
