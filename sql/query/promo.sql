-- name: promo_insert :insert
-- why: a new code; the unique key refuses one that exists, whatever its case
-- in: code str, prefix str, type str, kind str, ppm i64, cycles u32, credit_days u32, label str
-- in: valid_from i64, valid_to i64?, max_uses u64?, per_account u32, at i64, actor str
INSERT INTO promo (code, prefix_at_creation, type, kind, ppm, cycles, credit_days, label,
                   valid_from, valid_to, max_uses, max_uses_per_account, uses, active,
                   created_at, created_by)
VALUES (:code, :prefix, :type, :kind, :ppm, :cycles, :credit_days, :label, :valid_from,
        :valid_to, :max_uses, :per_account, 0, 1, :at, :actor);

-- name: promo_amount_insert :exec
-- why: what the code is worth in one currency
-- in: promo_id u64, currency str, amount_e8 i64
INSERT INTO promo_amount (promo_id, currency, amount_e8)
VALUES (:promo_id, :currency, :amount_e8);

-- name: promo_known :one
-- why: does a generated code exist already
-- in: code str
-- out: n u64
SELECT COUNT(*)
  FROM promo
 WHERE code = :code;

-- name: promo_find :one
-- why: the code a customer typed, and what it is worth in his currency
-- in: code str, currency str
-- out: id u64, code str, type str, kind str, ppm i64, cycles u32, credit_days u32, label str
-- out: valid_from i64, valid_to i64?, max_uses u64?, max_uses_per_account u32, uses u64
-- out: active bool, amount_e8 i64?
SELECT p.id, p.code, p.type, p.kind, p.ppm, p.cycles, p.credit_days, p.label, p.valid_from,
       p.valid_to, p.max_uses, p.max_uses_per_account, p.uses, p.active, a.amount_e8
  FROM promo p
  LEFT JOIN promo_amount a ON a.promo_id = p.id AND a.currency = :currency
 WHERE p.code = :code;

-- name: promo_take :exec
-- why: the guard of a redemption: it writes the row it looks at, so the last use is taken once,
-- on any node
-- in: id u64, now_s i64
UPDATE promo
   SET uses = uses + 1
 WHERE id = :id AND active = 1 AND valid_from <= :now_s
   AND (valid_to IS NULL OR valid_to > :now_s)
   AND (max_uses IS NULL OR uses < max_uses);

-- name: promo_used_by :one
-- why: how often this account has used the code; its wallet row is claimed, so it stands still
-- in: promo_id u64, account_id u64
-- out: n u32
SELECT COUNT(*)
  FROM promo_redemption
 WHERE promo_id = :promo_id AND account_id = :account_id;

-- name: promo_redemption_insert :insert
-- why: one row per use
-- in: promo_id u64, account_id u64, nth u32, at i64, actor str, currency str, credit_e8 i64
-- in: discount_id u64?
INSERT INTO promo_redemption (promo_id, account_id, nth, at, actor, currency, credit_e8,
                              discount_id)
VALUES (:promo_id, :account_id, :nth, :at, :actor, :currency, :credit_e8, :discount_id);

-- name: promo_get :one
-- why: what a change of a code starts from
-- in: id u64
-- out: code str, label str, valid_from i64, valid_to i64?, max_uses u64?
-- out: max_uses_per_account u32, uses u64, active bool
SELECT code, label, valid_from, valid_to, max_uses, max_uses_per_account, uses, active
  FROM promo
 WHERE id = :id;

-- name: promo_update :exec
-- why: conditional: a limit is never set below what was used already
-- in: id u64, label str, valid_to i64?, max_uses u64?, per_account u32, active bool
UPDATE promo
   SET label = :label, valid_to = :valid_to, max_uses = :max_uses,
       max_uses_per_account = :per_account, active = :active
 WHERE id = :id AND (:max_uses IS NULL OR uses <= :max_uses);

-- name: promo_page :many
-- why: Billing > Promo Codes: search by code, prefix or label, or one by id (0: all); the state
-- is derived
-- scan: ok filtered by any text; 100 rows at most
-- in: id u64, q str, status str, now_s i64, sort str, dir str, lim u32, off u32
-- out: id u64, code str, prefix str, type str, kind str, ppm i64, cycles u32, credit_days u32
-- out: label str, valid_from i64, valid_to i64?, max_uses u64?, max_uses_per_account u32, uses u64
-- out: created_at i64, created_by str, amounts str?, state str
SELECT x.id, x.code, x.prefix_at_creation, x.type, x.kind, x.ppm, x.cycles, x.credit_days, x.label,
       x.valid_from,
       x.valid_to, x.max_uses, x.max_uses_per_account, x.uses, x.created_at, x.created_by,
       (SELECT GROUP_CONCAT(a.currency, ' ', a.amount_e8 ORDER BY a.currency)
          FROM promo_amount a WHERE a.promo_id = x.id),
       x.state
  FROM (SELECT p.*,
               CASE WHEN p.active = 0 THEN 'INACTIVE'
                    WHEN p.valid_to <= :now_s THEN 'EXPIRED'
                    WHEN p.uses >= p.max_uses THEN 'EXHAUSTED'
                    WHEN p.valid_from > :now_s THEN 'SCHEDULED' ELSE 'ACTIVE' END AS state
          FROM promo p
         WHERE (:id = 0 OR p.id = :id)
           AND (:q = '' OR p.code LIKE CONCAT('%', :q, '%')
                OR p.prefix_at_creation LIKE CONCAT(:q, '%')
                OR p.label LIKE CONCAT('%', :q, '%'))) x
 WHERE :status = '' OR x.state = :status
 ORDER BY CASE WHEN :dir = 'asc' AND :sort = 'code' THEN x.code END,
          CASE WHEN :dir = 'desc' AND :sort = 'code' THEN x.code END DESC,
          CASE WHEN :dir = 'asc' AND :sort = 'uses' THEN x.uses END,
          CASE WHEN :dir = 'desc' AND :sort = 'uses' THEN x.uses END DESC,
          CASE WHEN :dir = 'asc' THEN x.id END,
          x.id DESC
 LIMIT :lim OFFSET :off;

-- name: promo_page_counts :many
-- why: totals per state for the same search
-- scan: ok as promo_page
-- in: q str, now_s i64
-- out: state str, n u64
SELECT x.state, COUNT(*)
  FROM (SELECT CASE WHEN p.active = 0 THEN 'INACTIVE'
                    WHEN p.valid_to <= :now_s THEN 'EXPIRED'
                    WHEN p.uses >= p.max_uses THEN 'EXHAUSTED'
                    WHEN p.valid_from > :now_s THEN 'SCHEDULED' ELSE 'ACTIVE' END AS state
          FROM promo p
         WHERE :q = '' OR p.code LIKE CONCAT('%', :q, '%')
            OR p.prefix_at_creation LIKE CONCAT(:q, '%')
            OR p.label LIKE CONCAT('%', :q, '%')) x
 GROUP BY x.state;

-- name: promo_redemption_page :many
-- why: who used a code, newest first
-- in: promo_id u64, lim u32, off u32
-- out: id u64, account_id u64, client str, nth u32, at i64, currency str, credit_e8 i64
-- out: cycles_total u32?, cycles_used u32?, status str?, off_minor i64
SELECT r.id, r.account_id,
       CASE WHEN a.company <> '' THEN a.company ELSE CONCAT(a.first_name, ' ', a.last_name) END,
       r.nth, r.at, r.currency, r.credit_e8, d.cycles_total, d.cycles_used, d.status,
       CAST(COALESCE((SELECT -SUM(l.amount_minor) FROM invoice_line l
                       WHERE l.discount_id = r.discount_id), 0) AS SIGNED)
  FROM promo_redemption r
  JOIN account a ON a.id = r.account_id
  LEFT JOIN account_discount d ON d.id = r.discount_id
 WHERE r.promo_id = :promo_id
 ORDER BY r.id DESC
 LIMIT :lim OFFSET :off;

-- name: promo_redemptions_of :many
-- why: Credits & promo codes of one customer, newest first
-- in: account_id u64
-- out: id u64, at i64, code str, kind str, label str, ppm i64, currency str, credit_e8 i64
-- out: amount_e8 i64?, cycles_total u32?, cycles_used u32?, status str?, off_minor i64
SELECT r.id, r.at, p.code, p.kind, p.label, p.ppm, r.currency, r.credit_e8, -d.amount_e8,
       d.cycles_total, d.cycles_used, d.status,
       CAST(COALESCE((SELECT -SUM(l.amount_minor) FROM invoice_line l
                       WHERE l.discount_id = r.discount_id), 0) AS SIGNED)
  FROM promo_redemption r
  JOIN promo p ON p.id = r.promo_id
  LEFT JOIN account_discount d ON d.id = r.discount_id
 WHERE r.account_id = :account_id
 ORDER BY r.id DESC
 LIMIT 100;

-- name: discount_start :one
-- why: whose an adjustment would be, and the cycle under way
-- in: account_id u64
-- out: currency str, status str, timezone str, from_hour i64, to_hour i64
SELECT a.currency, a.status, a.timezone, w.cycle_from_hour, w.cycle_to_hour
  FROM account a
  JOIN wallet w ON w.account_id = a.id
 WHERE a.id = :account_id;

-- name: discount_insert :insert
-- why: something that changes the next invoices of an account
-- in: account_id u64, source str, promo_id u64?, kind str, ppm i64, amount_e8 i64, currency str
-- in: scope str, first_hour i64, cycles u32, label str, at i64, actor str
INSERT INTO account_discount (account_id, source, promo_id, kind, ppm, amount_e8, currency, scope,
                              first_hour, cycles_total, cycles_used, label, status, created_at,
                              created_by)
VALUES (:account_id, :source, :promo_id, :kind, :ppm, :amount_e8, :currency, :scope, :first_hour,
        :cycles, 0, :label, 'ACTIVE', :at, :actor);

-- name: discount_end :exec
-- why: conditional: what is used up or ended stays as it is
-- in: id u64, at i64, actor str
UPDATE account_discount
   SET status = 'ENDED', ended_at = :at, ended_by = :actor
 WHERE id = :id AND status = 'ACTIVE';

-- name: discount_owner :one
-- why: whose it is, and is it alive
-- in: id u64
-- out: account_id u64, status str
SELECT account_id, status
  FROM account_discount
 WHERE id = :id;

-- name: discount_page :many
-- why: Billing > Discount and Additional Services of all clients (0) or one
-- scan: ok filtered by any text; 100 rows at most
-- in: account_id u64, q str, status str, dir str, lim u32, off u32
-- out: id u64, account_id u64, client str, source str, code str?, kind str, ppm i64
-- out: amount_e8 i64, currency str, scope str, first_hour i64, cycles_total u32, cycles_used u32
-- out: label str, status str, created_at i64, created_by str, timezone str, billed_minor i64
SELECT d.id, d.account_id,
       CASE WHEN a.company <> '' THEN a.company ELSE CONCAT(a.first_name, ' ', a.last_name) END,
       d.source, p.code, d.kind, d.ppm, d.amount_e8, d.currency, d.scope, d.first_hour,
       d.cycles_total, d.cycles_used, d.label, d.status, d.created_at, d.created_by,
       a.timezone,
       CAST(COALESCE((SELECT SUM(l.amount_minor) FROM invoice_line l
                       WHERE l.discount_id = d.id), 0) AS SIGNED)
  FROM account_discount d
  JOIN account a ON a.id = d.account_id
  LEFT JOIN promo p ON p.id = d.promo_id
 WHERE (:account_id = 0 OR d.account_id = :account_id)
   AND (:status = '' OR d.status = :status)
   AND (:q = '' OR d.label LIKE CONCAT('%', :q, '%') OR a.company LIKE CONCAT('%', :q, '%')
        OR CONCAT(a.first_name, ' ', a.last_name) LIKE CONCAT('%', :q, '%')
        OR a.email LIKE CONCAT('%', :q, '%') OR p.code LIKE CONCAT('%', :q, '%'))
 ORDER BY CASE WHEN :dir = 'asc' THEN d.id END,
          d.id DESC
 LIMIT :lim OFFSET :off;

-- name: discount_page_counts :many
-- why: totals per status for the same search
-- scan: ok as discount_page
-- in: account_id u64, q str
-- out: status str, n u64
SELECT d.status, COUNT(*)
  FROM account_discount d
  JOIN account a ON a.id = d.account_id
  LEFT JOIN promo p ON p.id = d.promo_id
 WHERE (:account_id = 0 OR d.account_id = :account_id)
   AND (:q = '' OR d.label LIKE CONCAT('%', :q, '%') OR a.company LIKE CONCAT('%', :q, '%')
        OR CONCAT(a.first_name, ' ', a.last_name) LIKE CONCAT('%', :q, '%')
        OR a.email LIKE CONCAT('%', :q, '%') OR p.code LIKE CONCAT('%', :q, '%'))
 GROUP BY d.status;

-- name: discount_scopes :many
-- why: the components an adjustment can be for
-- scan: ok a handful of rows
-- out: component str
SELECT DISTINCT component
  FROM item
 ORDER BY component;

-- name: credits_of :one
-- why: what was credited to a customer's balance without a payment, and by codes
-- in: account_id u64, currency str
-- out: granted_e8 i64, promo_e8 i64
SELECT CAST(COALESCE(-SUM(CASE WHEN t.reason = 'CREDIT' THEN e.amount_e8 END), 0) AS SIGNED),
       CAST(COALESCE(-SUM(CASE WHEN t.reason = 'PROMO' THEN e.amount_e8 END), 0) AS SIGNED)
  FROM ledger_account la
  JOIN ledger_txn t ON t.account_id = la.account_id AND t.reason IN ('CREDIT', 'PROMO')
  JOIN ledger_entry e ON e.txn_id = t.id AND e.ledger_account_id = la.id
 WHERE la.account_id = :account_id AND la.code = 'WALLET' AND la.currency = :currency;
