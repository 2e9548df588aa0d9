-- What each program may do; after `tollbridge migrate` and after every upgrade.
-- Run as an administrator; safe to run again. Running programs lose their rights
-- for some milliseconds in between and answer what comes just then with an error.
--
-- The wall behind the checks in the programs: nobody but migrate may change or
-- remove a posted ledger row, a line of the setting history or of the audit log;
-- hook may store what arrives and read what that takes, and cannot see a
-- password hash, a session or a balance.
--
-- One line per table: who may add, who may change, who may remove rows.

CREATE USER IF NOT EXISTS '@user_user@'@'@host@' IDENTIFIED BY '@user_password@';
ALTER USER '@user_user@'@'@host@' IDENTIFIED BY '@user_password@';
REVOKE ALL PRIVILEGES, GRANT OPTION FROM '@user_user@'@'@host@';
CREATE USER IF NOT EXISTS '@admin_user@'@'@host@' IDENTIFIED BY '@admin_password@';
ALTER USER '@admin_user@'@'@host@' IDENTIFIED BY '@admin_password@';
REVOKE ALL PRIVILEGES, GRANT OPTION FROM '@admin_user@'@'@host@';
CREATE USER IF NOT EXISTS '@hook_user@'@'@host@' IDENTIFIED BY '@hook_password@';
ALTER USER '@hook_user@'@'@host@' IDENTIFIED BY '@hook_password@';
REVOKE ALL PRIVILEGES, GRANT OPTION FROM '@hook_user@'@'@host@';
CREATE USER IF NOT EXISTS '@biller_user@'@'@host@' IDENTIFIED BY '@biller_password@';
ALTER USER '@biller_user@'@'@host@' IDENTIFIED BY '@biller_password@';
REVOKE ALL PRIVILEGES, GRANT OPTION FROM '@biller_user@'@'@host@';
CREATE USER IF NOT EXISTS '@bridge_user@'@'@host@' IDENTIFIED BY '@bridge_password@';
ALTER USER '@bridge_user@'@'@host@' IDENTIFIED BY '@bridge_password@';
REVOKE ALL PRIVILEGES, GRANT OPTION FROM '@bridge_user@'@'@host@';

-- reading: all but hook see the schema
GRANT SELECT ON `@db@`.* TO '@user_user@'@'@host@', '@admin_user@'@'@host@', '@biller_user@'@'@host@', '@bridge_user@'@'@host@';
GRANT SELECT ON `@db@`.system_state TO '@hook_user@'@'@host@';
GRANT SELECT ON `@db@`.setting TO '@hook_user@'@'@host@';
GRANT SELECT ON `@db@`.setting_span TO '@hook_user@'@'@host@';
GRANT SELECT ON `@db@`.account TO '@hook_user@'@'@host@';
GRANT SELECT ON `@db@`.event_source TO '@hook_user@'@'@host@';
GRANT SELECT ON `@db@`.zone TO '@hook_user@'@'@host@';
GRANT SELECT ON `@db@`.offering TO '@hook_user@'@'@host@';
GRANT SELECT ON `@db@`.item TO '@hook_user@'@'@host@';
GRANT SELECT ON `@db@`.resource TO '@hook_user@'@'@host@';
GRANT SELECT ON `@db@`.usage_event TO '@hook_user@'@'@host@';
GRANT SELECT ON `@db@`.traffic_event TO '@hook_user@'@'@host@';
GRANT SELECT ON `@db@`.traffic_hour TO '@hook_user@'@'@host@';
GRANT SELECT ON `@db@`.resource_state TO '@hook_user@'@'@host@';
GRANT SELECT ON `@db@`.ip_pool TO '@hook_user@'@'@host@';
GRANT SELECT ON `@db@`.commit_mark TO '@hook_user@'@'@host@';
GRANT SELECT ON `@db@`.heartbeat TO '@hook_user@'@'@host@';
GRANT SELECT ON `@db@`.lease TO '@hook_user@'@'@host@';

-- the figures that a monitoring program reads: how many and since when, no words
GRANT SELECT ON `@db@`.invariant_gauge TO '@hook_user@'@'@host@';
GRANT SELECT ON `@db@`.invariant_ask TO '@hook_user@'@'@host@';
GRANT SELECT (kind, state, run_at) ON `@db@`.job TO '@hook_user@'@'@host@';
GRANT SELECT (status) ON `@db@`.mail_delivery TO '@hook_user@'@'@host@';

-- hook serialises on an account's wallet row and says from which hour to rate
-- again; what is in the wallet it cannot see
GRANT SELECT (account_id, version, rerate_from_hour, rated_until_hour), UPDATE (version, rerate_from_hour)
   ON `@db@`.wallet TO '@hook_user@'@'@host@';

-- rows that are only ever added
GRANT INSERT ON `@db@`.ledger_txn TO '@user_user@'@'@host@', '@admin_user@'@'@host@', '@biller_user@'@'@host@', '@bridge_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.credit_grant TO '@user_user@'@'@host@', '@admin_user@'@'@host@', '@biller_user@'@'@host@', '@bridge_user@'@'@host@';
GRANT INSERT ON `@db@`.credit_draw TO '@user_user@'@'@host@', '@admin_user@'@'@host@', '@biller_user@'@'@host@', '@bridge_user@'@'@host@';
GRANT INSERT ON `@db@`.ledger_entry TO '@user_user@'@'@host@', '@admin_user@'@'@host@', '@biller_user@'@'@host@', '@bridge_user@'@'@host@';
GRANT INSERT ON `@db@`.setting_history TO '@admin_user@'@'@host@';
GRANT INSERT ON `@db@`.audit_log TO '@user_user@'@'@host@', '@admin_user@'@'@host@', '@hook_user@'@'@host@', '@biller_user@'@'@host@', '@bridge_user@'@'@host@';

GRANT INSERT ON `@db@`.ledger_seal TO '@biller_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.invariant_gauge TO '@biller_user@'@'@host@';
GRANT UPDATE ON `@db@`.invariant_ask TO '@admin_user@'@'@host@';
GRANT INSERT ON `@db@`.ledger_sealed TO '@biller_user@'@'@host@';

-- the ground floor
GRANT INSERT, UPDATE ON `@db@`.commit_mark TO '@user_user@'@'@host@', '@admin_user@'@'@host@', '@hook_user@'@'@host@', '@biller_user@'@'@host@', '@bridge_user@'@'@host@';
GRANT DELETE ON `@db@`.commit_mark TO '@user_user@'@'@host@', '@admin_user@'@'@host@', '@hook_user@'@'@host@', '@biller_user@'@'@host@', '@bridge_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.lease TO '@user_user@'@'@host@', '@admin_user@'@'@host@', '@hook_user@'@'@host@', '@biller_user@'@'@host@', '@bridge_user@'@'@host@';
GRANT DELETE ON `@db@`.lease TO '@user_user@'@'@host@', '@admin_user@'@'@host@', '@hook_user@'@'@host@', '@biller_user@'@'@host@', '@bridge_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.heartbeat TO '@user_user@'@'@host@', '@admin_user@'@'@host@', '@hook_user@'@'@host@', '@biller_user@'@'@host@', '@bridge_user@'@'@host@';
GRANT DELETE ON `@db@`.heartbeat TO '@biller_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.job TO '@user_user@'@'@host@', '@admin_user@'@'@host@', '@hook_user@'@'@host@', '@biller_user@'@'@host@', '@bridge_user@'@'@host@';
GRANT DELETE ON `@db@`.job TO '@biller_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.idempotency_key TO '@user_user@'@'@host@', '@admin_user@'@'@host@';
GRANT DELETE ON `@db@`.idempotency_key TO '@user_user@'@'@host@', '@admin_user@'@'@host@', '@biller_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.throttle TO '@user_user@'@'@host@', '@admin_user@'@'@host@', '@hook_user@'@'@host@';
GRANT DELETE ON `@db@`.throttle TO '@user_user@'@'@host@', '@admin_user@'@'@host@', '@hook_user@'@'@host@', '@biller_user@'@'@host@';

-- settings
GRANT UPDATE ON `@db@`.system_state TO '@admin_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.setting TO '@admin_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.setting_span TO '@admin_user@'@'@host@';
GRANT DELETE ON `@db@`.setting_span TO '@admin_user@'@'@host@';

GRANT INSERT ON `@db@`.whatif TO '@admin_user@'@'@host@';

-- accounts and those who sign in
GRANT INSERT, UPDATE ON `@db@`.account TO '@user_user@'@'@host@', '@admin_user@'@'@host@';
GRANT UPDATE ON `@db@`.account TO '@biller_user@'@'@host@', '@bridge_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.account_reason TO '@user_user@'@'@host@', '@admin_user@'@'@host@', '@biller_user@'@'@host@', '@bridge_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.user TO '@user_user@'@'@host@', '@admin_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.session TO '@user_user@'@'@host@', '@admin_user@'@'@host@';
GRANT DELETE ON `@db@`.session TO '@user_user@'@'@host@', '@admin_user@'@'@host@', '@biller_user@'@'@host@';

GRANT INSERT ON `@db@`.plan_switch TO '@user_user@'@'@host@', '@admin_user@'@'@host@';
GRANT UPDATE ON `@db@`.plan_switch TO '@biller_user@'@'@host@';

-- suspension: decided by the biller and staff; orchestrators acknowledge steps
GRANT INSERT, UPDATE ON `@db@`.tax_reserve TO '@user_user@'@'@host@', '@admin_user@'@'@host@', '@biller_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.hour_uncovered TO '@biller_user@'@'@host@';
GRANT INSERT ON `@db@`.zone_month TO '@biller_user@'@'@host@';
GRANT INSERT ON `@db@`.zone_day TO '@biller_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.invoice_overdue TO '@biller_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.account_hold TO '@admin_user@'@'@host@';
GRANT DELETE ON `@db@`.account_hold TO '@admin_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.account_halt TO '@admin_user@'@'@host@', '@biller_user@'@'@host@';
GRANT DELETE ON `@db@`.account_halt TO '@admin_user@'@'@host@', '@biller_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.suspension_job TO '@admin_user@'@'@host@', '@biller_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.suspension_step TO '@admin_user@'@'@host@', '@biller_user@'@'@host@';
GRANT SELECT ON `@db@`.suspension_job TO '@hook_user@'@'@host@';
GRANT SELECT, UPDATE ON `@db@`.suspension_step TO '@hook_user@'@'@host@';
GRANT UPDATE ON `@db@`.suspension_state TO '@admin_user@'@'@host@', '@biller_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.exhausted_seen TO '@biller_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.deletion_queue TO '@admin_user@'@'@host@', '@biller_user@'@'@host@';
GRANT INSERT ON `@db@`.deletion_warning TO '@biller_user@'@'@host@';

-- contracts: agreed by staff, begun and billed by the biller; what they include follows
-- the lives of resources, which every program writes
GRANT INSERT, UPDATE ON `@db@`.contract TO '@admin_user@'@'@host@', '@biller_user@'@'@host@';
GRANT INSERT ON `@db@`.contract_part TO '@admin_user@'@'@host@', '@biller_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.contract_fee TO '@admin_user@'@'@host@', '@biller_user@'@'@host@';
GRANT INSERT, UPDATE, DELETE ON `@db@`.contract_cover TO '@user_user@'@'@host@', '@admin_user@'@'@host@', '@hook_user@'@'@host@', '@biller_user@'@'@host@', '@bridge_user@'@'@host@';
GRANT SELECT ON `@db@`.contract TO '@hook_user@'@'@host@';
GRANT SELECT ON `@db@`.contract_part TO '@hook_user@'@'@host@';
GRANT SELECT ON `@db@`.contract_cover TO '@hook_user@'@'@host@';

-- catalogue
GRANT INSERT, UPDATE ON `@db@`.currency TO '@admin_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.fx_rate TO '@admin_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.zone TO '@admin_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.offering TO '@admin_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.item TO '@admin_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.price TO '@admin_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.tax_rule TO '@admin_user@'@'@host@';
GRANT UPDATE ON `@db@`.tax_guard TO '@admin_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.tax_evidence TO '@admin_user@'@'@host@';
GRANT UPDATE ON `@db@`.tax_evidence TO '@user_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.tax_exemption TO '@admin_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.quote TO '@user_user@'@'@host@', '@admin_user@'@'@host@';
GRANT UPDATE ON `@db@`.quote TO '@biller_user@'@'@host@';
GRANT DELETE ON `@db@`.quote TO '@biller_user@'@'@host@';

-- resources and what happened to them
GRANT INSERT, UPDATE ON `@db@`.resource TO '@user_user@'@'@host@', '@admin_user@'@'@host@', '@hook_user@'@'@host@';
GRANT UPDATE ON `@db@`.resource TO '@biller_user@'@'@host@', '@bridge_user@'@'@host@';
GRANT INSERT ON `@db@`.usage_event TO '@user_user@'@'@host@', '@admin_user@'@'@host@', '@hook_user@'@'@host@', '@biller_user@'@'@host@', '@bridge_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.resource_state TO '@user_user@'@'@host@', '@admin_user@'@'@host@', '@hook_user@'@'@host@', '@biller_user@'@'@host@', '@bridge_user@'@'@host@';
GRANT DELETE ON `@db@`.resource_state TO '@user_user@'@'@host@', '@admin_user@'@'@host@', '@hook_user@'@'@host@', '@biller_user@'@'@host@', '@bridge_user@'@'@host@';
GRANT INSERT ON `@db@`.traffic_event TO '@hook_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.traffic_hour TO '@hook_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.event_source TO '@admin_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.ip_pool TO '@admin_user@'@'@host@';
GRANT UPDATE ON `@db@`.ip_pool TO '@user_user@'@'@host@', '@hook_user@'@'@host@', '@biller_user@'@'@host@', '@bridge_user@'@'@host@';

-- money
GRANT INSERT, UPDATE ON `@db@`.ledger_account TO '@user_user@'@'@host@', '@admin_user@'@'@host@', '@biller_user@'@'@host@', '@bridge_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.wallet TO '@user_user@'@'@host@', '@admin_user@'@'@host@', '@biller_user@'@'@host@', '@bridge_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.charge TO '@biller_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.cap_cycle TO '@biller_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.number_series TO '@user_user@'@'@host@', '@admin_user@'@'@host@', '@biller_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.invoice TO '@user_user@'@'@host@', '@admin_user@'@'@host@', '@biller_user@'@'@host@';
GRANT UPDATE ON `@db@`.invoice TO '@bridge_user@'@'@host@';
GRANT INSERT ON `@db@`.invoice_line TO '@user_user@'@'@host@', '@admin_user@'@'@host@', '@biller_user@'@'@host@';
GRANT INSERT ON `@db@`.invoice_tax TO '@user_user@'@'@host@', '@admin_user@'@'@host@', '@biller_user@'@'@host@';
GRANT INSERT ON `@db@`.invoice_fx TO '@admin_user@'@'@host@', '@biller_user@'@'@host@';
GRANT INSERT ON `@db@`.payment TO '@biller_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.payment TO '@admin_user@'@'@host@', '@bridge_user@'@'@host@';
GRANT INSERT ON `@db@`.payment_allocation TO '@user_user@'@'@host@', '@admin_user@'@'@host@', '@biller_user@'@'@host@', '@bridge_user@'@'@host@';

-- deposits: promised at sign-up, received and decided by staff
GRANT INSERT ON `@db@`.signup_promise TO '@user_user@'@'@host@', '@admin_user@'@'@host@';
GRANT INSERT ON `@db@`.account_verification TO '@admin_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.signup_deposit TO '@admin_user@'@'@host@';

-- documents, rendered once by whoever is asked first; the key of their links is
-- made by migrate
GRANT INSERT ON `@db@`.invoice_document TO '@user_user@'@'@host@', '@admin_user@'@'@host@', '@biller_user@'@'@host@', '@bridge_user@'@'@host@';
GRANT INSERT, UPDATE, DELETE ON `@db@`.invoice_logo TO '@admin_user@'@'@host@';

-- codes and adjustments: a customer may use one up, not make or change one
GRANT INSERT, UPDATE ON `@db@`.promo TO '@admin_user@'@'@host@';
GRANT UPDATE (uses) ON `@db@`.promo TO '@user_user@'@'@host@';
GRANT INSERT ON `@db@`.promo_amount TO '@admin_user@'@'@host@';
GRANT INSERT ON `@db@`.promo_redemption TO '@user_user@'@'@host@';
GRANT INSERT ON `@db@`.account_discount TO '@user_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.account_discount TO '@admin_user@'@'@host@';
GRANT UPDATE ON `@db@`.account_discount TO '@biller_user@'@'@host@';

-- mails: asked for by whoever has the cause, written and sent by the bridge; a
-- link's hash is set by the bridge and used up by its portal
GRANT INSERT ON `@db@`.mail_delivery TO '@user_user@'@'@host@', '@biller_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.mail_delivery TO '@admin_user@'@'@host@', '@bridge_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.dunning_step TO '@biller_user@'@'@host@';
GRANT INSERT, DELETE ON `@db@`.low_balance TO '@biller_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.mail_choice TO '@user_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.account_token TO '@user_user@'@'@host@', '@admin_user@'@'@host@';
GRANT UPDATE ON `@db@`.account_token TO '@bridge_user@'@'@host@';
GRANT UPDATE ON `@db@`.mail_state TO '@biller_user@'@'@host@';

-- WHMCS
GRANT INSERT, UPDATE ON `@db@`.whmcs_link TO '@bridge_user@'@'@host@';
GRANT UPDATE ON `@db@`.whmcs_link TO '@admin_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.whmcs_difference TO '@bridge_user@'@'@host@';
GRANT UPDATE ON `@db@`.whmcs_difference TO '@admin_user@'@'@host@';
GRANT SELECT ON `@db@`.invoice TO '@hook_user@'@'@host@';
GRANT SELECT ON `@db@`.whmcs_difference TO '@hook_user@'@'@host@';
GRANT SELECT ON `@db@`.whmcs_link TO '@hook_user@'@'@host@';
GRANT SELECT ON `@db@`.job TO '@hook_user@'@'@host@';
GRANT SELECT, INSERT ON `@db@`.whmcs_hint TO '@hook_user@'@'@host@';
GRANT UPDATE ON `@db@`.whmcs_hint TO '@bridge_user@'@'@host@';
GRANT INSERT ON `@db@`.whmcs_change TO '@bridge_user@'@'@host@';
GRANT INSERT, UPDATE ON `@db@`.whmcs_intent TO '@bridge_user@'@'@host@';
