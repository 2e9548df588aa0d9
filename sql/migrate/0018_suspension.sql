-- why: suspension by itself: due days, holds, halt and restore, hours at price 0, deletion
-- When an invoice becomes overdue, fixed once from the account's time zone at
-- that time: a customer who moves does not move his due day. suspend_at is
-- recomputed when the setting suspension.days (kept in `days`) changes.
CREATE TABLE IF NOT EXISTS invoice_overdue (
	invoice_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	account_id BIGINT UNSIGNED NOT NULL,
	timezone VARCHAR(64) CHARACTER SET ascii NOT NULL,
	ended_at BIGINT NOT NULL,
	days INT UNSIGNED NOT NULL,
	suspend_at BIGINT NOT NULL,
	KEY by_account (account_id),
	KEY by_days (days),
	KEY by_time (suspend_at),
	FOREIGN KEY (invoice_id) REFERENCES invoice (id),
	CHECK (ended_at <= suspend_at)
) ENGINE=InnoDB;

-- Staff's word: no automatic suspension of this account before until_at.
CREATE TABLE IF NOT EXISTS account_hold (
	account_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	until_at BIGINT NOT NULL,
	note VARCHAR(500) NOT NULL,
	set_at BIGINT NOT NULL,
	set_by VARCHAR(190) NOT NULL,
	FOREIGN KEY (account_id) REFERENCES account (id)
) ENGINE=InnoDB;

-- Hours of an account, halted or not: once an account was suspended its rows
-- cover every hour exactly once (0 to 4000000000), so that a join of a rated
-- span loses and doubles nothing; an account never suspended has no row.
CREATE TABLE IF NOT EXISTS account_halt (
	account_id BIGINT UNSIGNED NOT NULL,
	from_hour BIGINT NOT NULL,
	to_hour BIGINT NOT NULL,
	halted TINYINT NOT NULL,
	PRIMARY KEY (account_id, from_hour),
	FOREIGN KEY (account_id) REFERENCES account (id),
	CHECK (from_hour < to_hour)
) ENGINE=InnoDB;

-- Stopping or starting what a customer runs. One open job per account.
CREATE TABLE IF NOT EXISTS suspension_job (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	account_id BIGINT UNSIGNED NOT NULL,
	direction VARCHAR(8) CHARACTER SET ascii NOT NULL,
	state VARCHAR(12) CHARACTER SET ascii NOT NULL,
	open_key BIGINT UNSIGNED NULL,
	created_at BIGINT NOT NULL,
	done_at BIGINT NULL,
	UNIQUE KEY one_open (open_key),
	KEY by_account (account_id, id),
	KEY by_state (state, id),
	FOREIGN KEY (account_id) REFERENCES account (id),
	CHECK (direction IN ('HALT', 'RESTORE', 'DELETE')),
	CHECK (state IN ('OPEN', 'DONE', 'FAILED', 'CANCELLED')),
	CHECK ((state = 'OPEN') = (open_key IS NOT NULL))
) ENGINE=InnoDB;

-- was_running is remembered by HALT: RESTORE starts exactly those. run_at and
-- sent_at are wall times.
CREATE TABLE IF NOT EXISTS suspension_step (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	job_id BIGINT UNSIGNED NOT NULL,
	resource_id BIGINT UNSIGNED NOT NULL,
	was_running TINYINT NOT NULL,
	state VARCHAR(12) CHARACTER SET ascii NOT NULL,
	attempts INT UNSIGNED NOT NULL,
	run_at BIGINT NOT NULL,
	last_error VARCHAR(500) NOT NULL,
	changed_at BIGINT NOT NULL,
	UNIQUE KEY once (job_id, resource_id),
	KEY due (state, run_at, id),
	KEY by_resource (resource_id),
	FOREIGN KEY (job_id) REFERENCES suspension_job (id),
	FOREIGN KEY (resource_id) REFERENCES resource (id),
	CHECK (state IN ('PENDING', 'DONE', 'FAILED', 'CANCELLED'))
) ENGINE=InnoDB;

-- What the step of the biller remembers between two looks. looked_at,
-- outage_at: wall; took_ms: how long the look took, which paces them. held_n: accounts the breaker keeps from being suspended;
-- allow_n: staff has seen that many and lets them go once.
CREATE TABLE IF NOT EXISTS suspension_state (
	id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
	looked_at BIGINT NOT NULL,
	looked_hour BIGINT NOT NULL,
	took_ms BIGINT NOT NULL,
	generation BIGINT UNSIGNED NOT NULL,
	pause VARCHAR(32) CHARACTER SET ascii NOT NULL,
	outage_at BIGINT NOT NULL,
	held_n BIGINT UNSIGNED NOT NULL,
	active_n BIGINT UNSIGNED NOT NULL,
	held_at BIGINT NOT NULL,
	allow_n BIGINT UNSIGNED NOT NULL,
	allow_by VARCHAR(190) NOT NULL,
	CHECK (id = 1)
) ENGINE=InnoDB;

INSERT IGNORE INTO suspension_state (id, looked_at, looked_hour, took_ms, generation, pause,
	outage_at, held_n, active_n, held_at, allow_n, allow_by)
	VALUES (1, 0, 0, 0, 0, '', 0, 0, 0, 0, 0, '');

-- The version of the wallet row at the last look at an exhausted account: only
-- when money moved, or an hour was rated, is it looked at again.
CREATE TABLE IF NOT EXISTS exhausted_seen (
	account_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	wallet_version BIGINT UNSIGNED NOT NULL,
	FOREIGN KEY (account_id) REFERENCES account (id)
) ENGINE=InnoDB;

-- Resources of accounts suspended for non-payment are deleted some day, after
-- warnings. One open row per account.
CREATE TABLE IF NOT EXISTS deletion_queue (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	account_id BIGINT UNSIGNED NOT NULL,
	open_key BIGINT UNSIGNED NULL,
	state VARCHAR(12) CHARACTER SET ascii NOT NULL,
	since_at BIGINT NOT NULL,
	due_at BIGINT NOT NULL,
	note VARCHAR(500) NOT NULL,
	changed_at BIGINT NOT NULL,
	changed_by VARCHAR(190) NOT NULL,
	UNIQUE KEY one_open (open_key),
	KEY by_state (state, due_at),
	KEY by_account (account_id, id),
	FOREIGN KEY (account_id) REFERENCES account (id),
	CHECK (state IN ('WAITING', 'STOPPED', 'DONE', 'CANCELLED')),
	CHECK ((state IN ('WAITING', 'STOPPED')) = (open_key IS NOT NULL))
) ENGINE=InnoDB;

-- Warnings are recorded before anything is deleted: each point once.
CREATE TABLE IF NOT EXISTS deletion_warning (
	queue_id BIGINT UNSIGNED NOT NULL,
	days_before INT UNSIGNED NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (queue_id, days_before),
	FOREIGN KEY (queue_id) REFERENCES deletion_queue (id)
) ENGINE=InnoDB;

-- Who can run out of money: PREPAID, and FLEXIBLE with a credit limit. wallet_e8
-- is the balance without what was rated since; left_e8 what may still be used.
CREATE OR REPLACE VIEW exhaustible AS
SELECT a.id AS account_id, a.status AS status, a.plan AS plan, w.version AS wallet_version,
       w.rated_until_hour AS rated_until_hour, w.balance_e8 - w.unposted_e8 AS wallet_e8,
       w.balance_e8 - w.unposted_e8
       + CASE a.plan WHEN 'FLEXIBLE'
              THEN a.credit_limit_e8
                   - COALESCE((SELECT CAST(SUM(l.balance_e8) AS SIGNED) FROM ledger_account l
                                WHERE l.account_id = a.id AND l.currency = a.currency
                                  AND l.code IN ('UNBILLED', 'PREPAID_USAGE', 'RECEIVABLE')), 0)
              ELSE 0 END AS left_e8
  FROM account a
  JOIN wallet w ON w.account_id = a.id
 WHERE a.plan = 'PREPAID' OR (a.plan = 'FLEXIBLE' AND a.credit_limit_e8 > 0);

-- As before, and in halted hours compute costs nothing; addresses cost nothing
-- either unless the policy suspension.bill_retained was storage_ip in them.
CREATE OR REPLACE VIEW rateable_usage AS
SELECT rs.account_id AS account_id, rs.resource_id AS resource_id, i.component AS component,
       rs.item AS item, rs.quantity AS quantity,
       GREATEST(rs.from_hour, p.from_hour, s.from_hour, COALESCE(h.from_hour, 0),
                COALESCE(b.from_hour, 0)) AS from_hour,
       LEAST(rs.to_hour, p.to_hour, s.to_hour, COALESCE(h.to_hour, 4000000000),
             COALESCE(b.to_hour, 4000000000)) AS to_hour,
       CASE WHEN s.value <> '1' OR a.contract = 'FIXED' THEN 0
            WHEN h.halted = 1 AND (i.component = 'INSTANCE'
                                   OR COALESCE(b.value, 'none') <> 'storage_ip') THEN 0
            ELSE p.unit_e8 END AS unit_e8,
       p.currency AS currency, p.id AS price_id,
       GREATEST(s.generation, COALESCE(b.generation, 0)) AS generation,
       CASE WHEN a.contract = 'FIXED' THEN 'FIXED_CONTRACT'
            WHEN h.halted = 1 AND (i.component = 'INSTANCE'
                                   OR COALESCE(b.value, 'none') <> 'storage_ip')
            THEN 'SUSPENDED'
            WHEN s.value = '1' THEN 'USAGE' ELSE i.off_reason END AS reason
  FROM resource_state rs
  JOIN account a ON a.id = rs.account_id
  JOIN item i ON i.code = rs.item
  JOIN price p ON p.item = rs.item AND p.zone_id = rs.zone_id
   AND p.offering_id = rs.offering_id AND p.currency = a.currency
   AND p.from_hour < rs.to_hour AND p.to_hour > rs.from_hour
  JOIN setting_span s ON s.skey = i.skey
   AND s.from_hour < LEAST(rs.to_hour, p.to_hour)
   AND s.to_hour > GREATEST(rs.from_hour, p.from_hour)
  LEFT JOIN account_halt h ON h.account_id = rs.account_id
   AND h.from_hour < LEAST(rs.to_hour, p.to_hour, s.to_hour)
   AND h.to_hour > GREATEST(rs.from_hour, p.from_hour, s.from_hour)
  LEFT JOIN setting_span b ON h.halted = 1 AND b.skey = 'suspension.bill_retained'
   AND b.from_hour < LEAST(rs.to_hour, p.to_hour, s.to_hour, h.to_hour)
   AND b.to_hour > GREATEST(rs.from_hour, p.from_hour, s.from_hour, h.from_hour);

-- No free line in an hour in which addresses cost nothing anyway.
CREATE OR REPLACE VIEW rateable_free_ip AS
SELECT t.account_id AS account_id, t.resource_id AS resource_id, 'FREE_ONE_IP' AS component,
       'PUBLIC_IP' AS item, t.quantity AS quantity,
       GREATEST(t.from_hour, t.turn_hour, p.from_hour, charged.from_hour, free.from_hour,
                COALESCE(h.from_hour, 0), COALESCE(b.from_hour, 0)) AS from_hour,
       LEAST(t.to_hour, p.to_hour, charged.to_hour, free.to_hour,
             COALESCE(h.to_hour, 4000000000), COALESCE(b.to_hour, 4000000000)) AS to_hour,
       -p.unit_e8 AS unit_e8, p.currency AS currency, p.id AS price_id,
       GREATEST(charged.generation, free.generation) AS generation,
       'FREE_ONE_IP' AS reason
  FROM free_ip_turn t
  JOIN account a ON a.id = t.account_id AND a.contract = 'PAYG'
  JOIN price p ON p.item = 'PUBLIC_IP' AND p.zone_id = t.zone_id AND p.offering_id = 0
   AND p.currency = a.currency AND p.from_hour < t.to_hour AND p.to_hour > t.from_hour
  JOIN setting_span charged ON charged.skey = 'ip.default_charge' AND charged.value = '1'
  JOIN setting_span free ON free.skey = 'ip.free_one' AND free.value = '1'
  LEFT JOIN account_halt h ON h.account_id = t.account_id
   AND h.from_hour < LEAST(t.to_hour, p.to_hour, charged.to_hour, free.to_hour)
   AND h.to_hour > GREATEST(t.from_hour, t.turn_hour, p.from_hour, charged.from_hour,
                            free.from_hour)
  LEFT JOIN setting_span b ON h.halted = 1 AND b.skey = 'suspension.bill_retained'
   AND b.from_hour < h.to_hour AND b.to_hour > h.from_hour
 WHERE GREATEST(t.from_hour, t.turn_hour, p.from_hour, charged.from_hour, free.from_hour,
                COALESCE(h.from_hour, 0), COALESCE(b.from_hour, 0))
       < LEAST(t.to_hour, p.to_hour, charged.to_hour, free.to_hour,
               COALESCE(h.to_hour, 4000000000), COALESCE(b.to_hour, 4000000000))
   AND (h.halted IS NULL OR h.halted = 0 OR b.value = 'storage_ip');
