-- why: work that leaves the house is rows, written in the transaction that causes it
-- Claimed by a committed conditional UPDATE (lease and fence) before any
-- outside call; okey orders the jobs of one client, one at a time.
CREATE TABLE IF NOT EXISTS job (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	kind VARCHAR(32) CHARACTER SET ascii NOT NULL,
	jkey VARCHAR(100) CHARACTER SET ascii NOT NULL,
	okey VARCHAR(64) CHARACTER SET ascii NOT NULL,
	ref_id BIGINT UNSIGNED NOT NULL,
	state VARCHAR(12) CHARACTER SET ascii NOT NULL,
	run_at BIGINT NOT NULL,
	attempts INT UNSIGNED NOT NULL,
	holder VARCHAR(64) CHARACTER SET ascii NOT NULL,
	lease_until BIGINT NOT NULL,
	fence BIGINT UNSIGNED NOT NULL,
	last_error VARCHAR(500) NOT NULL,
	created_at BIGINT NOT NULL,
	done_at BIGINT NULL,
	UNIQUE KEY once (jkey),
	KEY ready (state, run_at, id),
	KEY by_order (okey, state, id),
	CHECK (state IN ('READY', 'RUNNING', 'DONE', 'PARKED'))
) ENGINE=InnoDB;
