-- name: tax_rule_list :many
-- why: Billing > Tax: every rule, past and to come
-- scan: ok a few hundred rows
-- out: id u64, country str, region str, name str, customer str, rate_ppm i64, valid_from i64
-- out: valid_to i64
SELECT id, country, region, name, customer, rate_ppm, valid_from, valid_to
  FROM tax_rule
 ORDER BY country, region, name, customer, valid_from
 LIMIT 1000;

-- name: tax_guard_claim :exec
-- why: first statement of a change of rules or rates: one at a time, on any node
UPDATE tax_guard
   SET version = version + 1
 WHERE id = 1;

-- name: tax_rule_get :one
-- why: the rule that is to end
-- in: id u64
-- out: valid_from i64, valid_to i64
SELECT valid_from, valid_to
  FROM tax_rule
 WHERE id = :id;

-- name: evidence_void :exec
-- why: what was found about a VAT id no longer counts; at most one row is in force
-- in: account_id u64, at i64, actor str
UPDATE tax_evidence
   SET voided_at = :at, voided_by = :actor, open_key = NULL
 WHERE open_key = :account_id;

-- name: evidence_insert :exec
-- why: the unique key of those in force makes it one at a time
-- in: account_id u64, country str, vat_id str, result str, checked_at i64, at i64, actor str
-- in: source str, reference str
INSERT INTO tax_evidence (account_id, country, vat_id, result, checked_at, recorded_at,
                          recorded_by, source, reference, open_key)
VALUES (:account_id, :country, :vat_id, :result, :checked_at, :at, :actor, :source, :reference,
        :account_id);

-- name: evidence_list :many
-- why: what was found about the VAT ids of a client, newest first
-- in: account_id u64
-- out: id u64, country str, vat_id str, result str, checked_at i64, recorded_at i64
-- out: recorded_by str, source str, reference str, voided_at i64?, voided_by str?
SELECT id, country, vat_id, result, checked_at, recorded_at, recorded_by, source, reference,
       voided_at, voided_by
  FROM tax_evidence
 WHERE account_id = :account_id
 ORDER BY id DESC
 LIMIT 50;

-- name: exemption_overlap :one
-- why: one certificate at a time: asked after the wallet row was written
-- in: account_id u64, from_at i64, to_at i64
-- out: n u64
SELECT COUNT(*)
  FROM tax_exemption
 WHERE account_id = :account_id AND voided_at IS NULL
   AND valid_from < :to_at AND valid_to > :from_at;

-- name: exemption_insert :exec
-- why: a certificate that was shown
-- in: account_id u64, certificate str, from_at i64, to_at i64, at i64, actor str
INSERT INTO tax_exemption (account_id, certificate, valid_from, valid_to, recorded_at,
                           recorded_by)
VALUES (:account_id, :certificate, :from_at, :to_at, :at, :actor);

-- name: exemption_void :exec
-- why: it no longer counts; once
-- in: account_id u64, id u64, at i64, actor str
UPDATE tax_exemption
   SET voided_at = :at, voided_by = :actor
 WHERE id = :id AND account_id = :account_id AND voided_at IS NULL;

-- name: exemption_list :many
-- why: the certificates of a client, newest first
-- in: account_id u64
-- out: id u64, certificate str, valid_from i64, valid_to i64, recorded_at i64, recorded_by str
-- out: voided_at i64?, voided_by str?
SELECT id, certificate, valid_from, valid_to, recorded_at, recorded_by, voided_at, voided_by
  FROM tax_exemption
 WHERE account_id = :account_id
 ORDER BY valid_from DESC, id DESC
 LIMIT 50;

-- name: fx_list :many
-- why: the rates of every pair that were in force since an instant, newest first
-- scan: ok a handful of pairs, one row a day each
-- in: since i64
-- out: from_currency str, to_currency str, rate_e12 i64, source str, valid_from i64
SELECT f.from_currency, f.to_currency, f.rate_e12, f.source, f.valid_from
  FROM fx_rate f
 WHERE f.valid_from >= COALESCE((SELECT MAX(g.valid_from) FROM fx_rate g
                                  WHERE g.from_currency = f.from_currency
                                    AND g.to_currency = f.to_currency
                                    AND g.valid_from <= :since), 0)
 ORDER BY f.from_currency, f.to_currency, f.valid_from DESC
 LIMIT 1000;

-- name: currency_all :many
-- why: Billing > Multi-Currency: what could be chosen, and how many accounts have it
-- scan: ok a few dozen currencies
-- out: code str, name str, minor_digits u32, enabled bool, accounts u64
SELECT m.code, m.name, m.minor_digits, m.enabled,
       (SELECT COUNT(*) FROM wallet w WHERE w.currency = m.code)
  FROM currency m
 ORDER BY m.enabled DESC, m.code;

-- name: currency_choose :exec
-- why: accounts keep theirs; only what can be chosen changes
-- in: code str, enabled bool
UPDATE currency
   SET enabled = :enabled
 WHERE code = :code;
