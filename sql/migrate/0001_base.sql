-- why: what the ground floor itself keeps: applied migrations, commit marks, leases

CREATE TABLE IF NOT EXISTS schema_migration (
	version INT UNSIGNED NOT NULL PRIMARY KEY,
	name VARCHAR(100) CHARACTER SET ascii NOT NULL,
	sha256 CHAR(64) CHARACTER SET ascii NOT NULL,
	applied_at BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

-- One row per transaction, written by it: when a COMMIT ends in an error the
-- row tells whether it happened. voided = 1 is written by the one who asks, so
-- that a COMMIT still on its way collides with it and can no longer succeed.
CREATE TABLE IF NOT EXISTS commit_mark (
	id BINARY(16) NOT NULL PRIMARY KEY,
	at BIGINT NOT NULL,
	voided TINYINT NOT NULL,
	KEY by_age (at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

-- writes makes every UPDATE change the row, so that each guard takes part in
-- the conflict check of a cluster.
CREATE TABLE IF NOT EXISTS lease (
	name VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
	holder VARCHAR(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	fence BIGINT UNSIGNED NOT NULL,
	until_at BIGINT NOT NULL,
	writes BIGINT UNSIGNED NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
