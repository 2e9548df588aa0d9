-- why: clients and resources for the bench: @clients clients of @plan with @resources
-- resources each (seven instances to three addresses), alive since the start of a month
INSERT INTO account (category, plan, contract, fixed_fee_e8, currency, credit_limit_e8, timezone,
                     status, first_name, last_name, company, email, address1, address2, city,
                     state, postcode, country, phone, tax_id, plan_consent, refund_promise,
                     created_at, version)
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @clients)
SELECT 'ORGANIZATION', @plan, 'PAYG', 0, 'USD', 0, 'UTC', 'ACTIVE', 'Bench', CONCAT('No', i),
       CONCAT('Bench ', i), CONCAT('bench', i, '@example.com'), 'Road 1', '', 'Dublin', 'Leinster',
       'D02', 'IE', '1', '', '', '', 0, 1
  FROM n;
INSERT INTO wallet (account_id, currency, balance_e8, unposted_e8, drawn_e8, rated_until_hour,
                    posted_until_hour, cycle_from_hour, cycle_to_hour, last_posted_e8, version,
                    target_hour, hourly, post_draw_e8, closing)
SELECT id, 'USD', 0, 0, 0, @from_hour, @from_hour, @from_hour, @to_hour, 0, 1, 0, 0, 0, 0
  FROM account
 WHERE email LIKE 'bench%';
INSERT INTO ledger_account (account_id, code, currency, balance_e8)
SELECT a.id, k.code, 'USD', 0
  FROM account a
 CROSS JOIN (SELECT 'WALLET' AS code UNION ALL SELECT 'UNBILLED' UNION ALL
             SELECT 'PREPAID_USAGE' UNION ALL SELECT 'RECEIVABLE') k
 WHERE a.email LIKE 'bench%';
INSERT INTO resource (account_id, type, source, source_ref, name, zone_id, parent_id, state,
                      offering_id, quote_id, created_at)
WITH RECURSIVE k (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM k WHERE n < @resources - 1)
SELECT a.id, CASE WHEN MOD(k.n, 10) < 7 THEN 'INSTANCE' ELSE 'PUBLIC_IP' END, 'bench',
       CONCAT(a.id, '-', k.n), CONCAT('r', k.n), 1, NULL,
       CASE WHEN MOD(k.n, 10) < 7 THEN 'RUNNING' ELSE 'HELD' END,
       CASE WHEN MOD(k.n, 10) < 7 THEN 1 + MOD(k.n, 4) ELSE 0 END, NULL, @from_hour * 3600
  FROM account a
 CROSS JOIN k
 WHERE a.email LIKE 'bench%';
INSERT INTO resource_state (resource_id, from_hour, to_hour, account_id, item, zone_id,
                            offering_id, quantity, acquired_at)
SELECT r.id, @from_hour, 4000000000, r.account_id,
       CASE r.type WHEN 'INSTANCE' THEN 'INSTANCE_RUNNING' ELSE 'PUBLIC_IP' END, r.zone_id,
       r.offering_id, 1, r.created_at
  FROM resource r
 WHERE r.source = 'bench';
