-- why: resources, the events that tell their lives, and the states in hours
CREATE TABLE IF NOT EXISTS resource (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	account_id BIGINT UNSIGNED NOT NULL,
	type VARCHAR(24) CHARACTER SET ascii NOT NULL,
	source VARCHAR(32) CHARACTER SET ascii NOT NULL,
	source_ref VARCHAR(100) NOT NULL,
	name VARCHAR(100) NOT NULL,
	zone_id BIGINT UNSIGNED NOT NULL,
	parent_id BIGINT UNSIGNED NULL,
	state VARCHAR(16) CHARACTER SET ascii NOT NULL,
	offering_id BIGINT UNSIGNED NOT NULL,
	quote_id BIGINT UNSIGNED NULL,
	created_at BIGINT NULL,
	deleted_at BIGINT NULL,
	UNIQUE KEY source_ref (source, source_ref),
	KEY by_account (account_id, type, id),
	KEY by_parent (parent_id),
	FOREIGN KEY (account_id) REFERENCES account (id),
	CHECK (type IN ('INSTANCE', 'PUBLIC_IP', 'SECONDARY_IP')),
	CHECK (state IN ('PENDING', 'RUNNING', 'STOPPED', 'HELD', 'DELETED'))
) ENGINE=InnoDB;

-- Raw events, unique per source; a resource's states are rebuilt from them.
CREATE TABLE IF NOT EXISTS usage_event (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	source VARCHAR(32) CHARACTER SET ascii NOT NULL,
	event_id VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	resource_id BIGINT UNSIGNED NOT NULL,
	kind VARCHAR(32) CHARACTER SET ascii NOT NULL,
	at BIGINT NOT NULL,
	offering_id BIGINT UNSIGNED NOT NULL,
	digest BINARY(32) NOT NULL,
	received_at BIGINT NOT NULL,
	UNIQUE KEY once (source, event_id),
	KEY by_resource (resource_id, at, id),
	FOREIGN KEY (resource_id) REFERENCES resource (id)
) ENGINE=InnoDB;

-- Which item a resource is in which hours: [from_hour, to_hour), no overlap,
-- the open one ends at hour 4000000000. The hour is ruled by the state at its
-- start; the first started hour by the first state.
CREATE TABLE IF NOT EXISTS resource_state (
	resource_id BIGINT UNSIGNED NOT NULL,
	from_hour BIGINT NOT NULL,
	to_hour BIGINT NOT NULL,
	account_id BIGINT UNSIGNED NOT NULL,
	item VARCHAR(32) CHARACTER SET ascii NOT NULL,
	zone_id BIGINT UNSIGNED NOT NULL,
	offering_id BIGINT UNSIGNED NOT NULL,
	quantity BIGINT NOT NULL,
	acquired_at BIGINT NOT NULL,
	PRIMARY KEY (resource_id, from_hour),
	KEY by_account (account_id, item),
	FOREIGN KEY (resource_id) REFERENCES resource (id),
	CHECK (from_hour < to_hour),
	CHECK (quantity > 0)
) ENGINE=InnoDB;

-- Where events may come from, and the hash of the key that proves it.
CREATE TABLE IF NOT EXISTS event_source (
	source VARCHAR(32) CHARACTER SET ascii NOT NULL PRIMARY KEY,
	key_hash BINARY(32) NOT NULL,
	created_at BIGINT NOT NULL,
	active TINYINT NOT NULL,
	UNIQUE KEY key_hash (key_hash)
) ENGINE=InnoDB;

-- Addresses of the built-in inventory; one row is held by one resource.
CREATE TABLE IF NOT EXISTS ip_pool (
	address VARCHAR(45) CHARACTER SET ascii NOT NULL PRIMARY KEY,
	zone_id BIGINT UNSIGNED NOT NULL,
	resource_id BIGINT UNSIGNED NULL,
	UNIQUE KEY holder (resource_id),
	KEY free_in_zone (zone_id, resource_id)
) ENGINE=InnoDB;
