-- why: what may still be used knows the taxes that the cycle's invoice will add, and an hour that
-- it does not cover does not begin; the views with caps and free addresses are parts of statements
-- now

-- The rates of an account's taxes together, as of its last rating; 0 where prices contain them.
CREATE TABLE IF NOT EXISTS tax_reserve (
	account_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	ppm BIGINT NOT NULL,
	FOREIGN KEY (account_id) REFERENCES account (id),
	CONSTRAINT tax_reserve_ppm CHECK (ppm >= 0)
) ENGINE=InnoDB;

-- Accounts that can run out. tax_e8: the taxes of what this cycle has used so far, rounded up; a
-- discount may make them less at its end, never more.
CREATE OR REPLACE VIEW exhaustible AS
SELECT x.account_id AS account_id, x.status AS status, x.plan AS plan,
       x.wallet_version AS wallet_version, x.rated_until_hour AS rated_until_hour,
       x.tax_ppm AS tax_ppm,
       (GREATEST(x.used_e8, 0) * x.tax_ppm + 999999) DIV 1000000 AS tax_e8,
       x.wallet_e8 - (GREATEST(x.used_e8, 0) * x.tax_ppm + 999999) DIV 1000000 AS wallet_e8,
       x.wallet_e8 + x.line_e8
         - (GREATEST(x.used_e8, 0) * x.tax_ppm + 999999) DIV 1000000 AS left_e8
  FROM (SELECT a.id AS account_id, a.status AS status, a.plan AS plan,
               w.version AS wallet_version, w.rated_until_hour AS rated_until_hour,
               w.balance_e8 - w.unposted_e8 - COALESCE(k.due_e8, 0) AS wallet_e8,
               CASE a.plan WHEN 'FLEXIBLE'
                    THEN a.credit_limit_e8
                         - COALESCE((SELECT CAST(SUM(l.balance_e8) AS SIGNED)
                                       FROM ledger_account l
                                      WHERE l.account_id = a.id AND l.currency = a.currency
                                        AND l.code IN ('UNBILLED', 'PREPAID_USAGE',
                                                       'RECEIVABLE')), 0)
                    ELSE 0 END AS line_e8,
               CAST(w.drawn_e8 + w.unposted_e8 + COALESCE(k.due_e8, 0)
                    + CASE a.plan WHEN 'FLEXIBLE'
                           THEN COALESCE((SELECT CAST(SUM(l.balance_e8) AS SIGNED)
                                            FROM ledger_account l
                                           WHERE l.account_id = a.id
                                             AND l.currency = a.currency
                                             AND l.code IN ('UNBILLED', 'PREPAID_USAGE')), 0)
                           ELSE 0 END AS DECIMAL(40, 0)) AS used_e8,
               COALESCE(t.ppm, 0) AS tax_ppm
          FROM account a
          JOIN wallet w ON w.account_id = a.id
          LEFT JOIN contract k ON k.open_key = a.id AND k.state = 'WAITING' AND k.renewal = 1
          LEFT JOIN tax_reserve t ON t.account_id = a.id
         WHERE a.plan = 'PREPAID' OR (a.plan = 'FLEXIBLE' AND a.credit_limit_e8 > 0)) x;

-- Hours that began with less left than they cost, taxes and all. The newest of an account: who is
-- suspended within it is halted from its beginning, it is not charged.
CREATE TABLE IF NOT EXISTS hour_uncovered (
	account_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
	hour BIGINT NOT NULL,
	cost_e8 BIGINT NOT NULL,
	FOREIGN KEY (account_id) REFERENCES account (id),
	CONSTRAINT hour_uncovered_cost CHECK (cost_e8 > 0)
) ENGINE=InnoDB;

DROP VIEW IF EXISTS rateable_extra;
DROP VIEW IF EXISTS rateable_cap;
DROP VIEW IF EXISTS cap_step;
DROP VIEW IF EXISTS rateable_free_ip;
DROP VIEW IF EXISTS free_ip_turn;
