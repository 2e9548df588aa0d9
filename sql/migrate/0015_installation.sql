-- why: marks left in other systems name this installation, so that a second one, or a new one
-- after the first was lost, never takes the first one's documents for its own
CREATE TABLE IF NOT EXISTS installation (
	id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
	token CHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	CHECK (id = 1)
) ENGINE=InnoDB;
INSERT IGNORE INTO installation (id, token)
SELECT 1, LEFT(SHA2(CONCAT(UUID(), RAND(), NOW(6)), 256), 12);

-- An orchestrator's "VM-a" and "vm-A" are two resources.
ALTER TABLE resource
	MODIFY source_ref VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL;
