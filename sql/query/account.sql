-- name: account_insert :insert
-- why: a new customer; the owner, wallet, ledger accounts and a contract other than
-- Pay-As-You-Go follow in the same transaction
-- in: category str, plan str, currency str, credit_limit_e8 i64, timezone str
-- in: first_name str, last_name str, company str, email str
-- in: address1 str, address2 str, city str, state str, postcode str, country str
-- in: phone str, tax_id str, plan_consent str, refund_promise str, at i64
INSERT INTO account (category, plan, contract, fixed_fee_e8, currency, credit_limit_e8, timezone,
                     status, first_name, last_name, company, email, address1, address2, city,
                     state, postcode, country, phone, tax_id, plan_consent, refund_promise,
                     created_at, version)
VALUES (:category, :plan, 'PAYG', 0, :currency, :credit_limit_e8, :timezone,
        'ACTIVE', :first_name, :last_name, :company, :email, :address1, :address2, :city,
        :state, :postcode, :country, :phone, :tax_id, :plan_consent, :refund_promise, :at, 1);

-- name: user_insert :insert
-- why: a person who signs in; e-mail is unique per realm
-- in: account_id u64?, role str, email str, password_hash str, first_name str, last_name str
-- in: at i64, realm str
INSERT INTO user (account_id, role, email, password_hash, first_name, last_name, status,
                  session_epoch, created_at, realm)
VALUES (:account_id, :role, :email, :password_hash, :first_name, :last_name, 'ACTIVE', 1, :at,
        :realm);

-- name: account_by_email :one
-- why: replayed customers are known by their address
-- in: email str
-- out: id u64
SELECT id
  FROM account
 WHERE email = :email;

-- name: account_get :one
-- why: one customer, whole
-- in: account_id u64
-- out: id u64, category str, plan str, contract str, fixed_fee_e8 i64, currency str
-- out: credit_limit_e8 i64, personal_cap_minor i64?, timezone str, status str
-- out: first_name str, last_name str, company str, email str, address1 str, address2 str
-- out: city str, state str, postcode str, country str, phone str, tax_id str
-- out: plan_consent str, created_at i64, version u64
SELECT id, category, plan, contract, fixed_fee_e8, currency, credit_limit_e8, personal_cap_minor,
       timezone, status, first_name, last_name, company, email, address1, address2, city, state,
       postcode, country, phone, tax_id, plan_consent, created_at, version
  FROM account
 WHERE id = :account_id;

-- name: account_update :exec
-- why: conditional on the version read in the same transaction: no change is lost
-- in: account_id u64, version u64, first_name str, last_name str, company str, address1 str
-- in: address2 str, city str, state str, postcode str, country str, phone str, tax_id str
-- in: timezone str, plan str, credit_limit_e8 i64
UPDATE account
   SET first_name = :first_name, last_name = :last_name, company = :company,
       address1 = :address1, address2 = :address2, city = :city, state = :state,
       postcode = :postcode, country = :country, phone = :phone, tax_id = :tax_id,
       timezone = :timezone, plan = :plan, credit_limit_e8 = :credit_limit_e8,
       version = version + 1
 WHERE id = :account_id AND version = :version;

-- name: account_personal_cap :exec
-- why: a customer's own, lower recharge limit
-- in: account_id u64, cap_minor i64?
UPDATE account
   SET personal_cap_minor = :cap_minor, version = version + 1
 WHERE id = :account_id;

-- name: account_reason_add :exec
-- why: the unique key keeps one active row per reason
-- in: account_id u64, reason str, note str, at i64, actor str
INSERT IGNORE INTO account_reason (account_id, reason, note, since_at, since_by, active_key)
VALUES (:account_id, :reason, :note, :at, :actor, :account_id);

-- name: account_reason_end :exec
-- why: only the cleared reason goes
-- in: account_id u64, reason str, at i64, actor str
UPDATE account_reason
   SET until_at = :at, until_by = :actor, active_key = NULL
 WHERE active_key = :account_id AND reason = :reason;

-- name: account_reason_end_all :exec
-- why: staff's word ends every reason
-- in: account_id u64, at i64, actor str
UPDATE account_reason
   SET until_at = :at, until_by = :actor, active_key = NULL
 WHERE active_key = :account_id;

-- name: account_reason_list :many
-- why: why a customer is or was suspended, newest first
-- in: account_id u64
-- out: reason str, note str, since_at i64, since_by str, until_at i64?
SELECT reason, note, since_at, since_by, until_at
  FROM account_reason
 WHERE account_id = :account_id
 ORDER BY id DESC
 LIMIT 50;

-- name: account_status_follow :exec
-- why: suspended if and only if an active reason exists
-- in: account_id u64
UPDATE account
   SET status = CASE WHEN EXISTS (SELECT 1 FROM account_reason r
                                   WHERE r.active_key = account.id)
                     THEN 'SUSPENDED' ELSE 'ACTIVE' END,
       version = version + 1
 WHERE id = :account_id;

-- name: currency_usable :one
-- why: an account's currency needs prices in force for what is sold, else usage would be free
-- in: code str
-- out: prices i64
SELECT COUNT(*)
  FROM currency c
  JOIN price p ON p.currency = c.code AND p.to_hour = 4000000000
 WHERE c.code = :code AND c.enabled = 1;

-- name: currency_enabled :many
-- why: choices of sign-up and cost estimates
-- scan: ok a handful of currencies
-- out: code str, minor_digits u32, symbol str, name str
SELECT code, minor_digits, symbol, name
  FROM currency
 WHERE enabled = 1
 ORDER BY code;

-- name: account_page :many
-- why: Create & Manage User Accounts: search, filter, sort, page
-- scan: ok the list is searched by any text; admins page through 100 rows at most
-- in: q str, status str, category str, plan str, sort str, dir str, lim u32, off u32
-- out: id u64, first_name str, last_name str, email str, company str, category str, plan str
-- out: contract str, currency str, status str, reasons str?, balance_e8 i64, due_minor i64
-- out: created_at i64, whmcs_id u64?
SELECT a.id, a.first_name, a.last_name, a.email, a.company, a.category, a.plan, a.contract,
       a.currency, a.status,
       (SELECT GROUP_CONCAT(r.reason ORDER BY r.reason) FROM account_reason r
         WHERE r.active_key = a.id) AS reasons,
       w.balance_e8,
       COALESCE((SELECT SUM(i.total_minor - i.paid_minor) FROM invoice i
                  WHERE i.account_id = a.id AND i.status = 'UNPAID' AND i.kind <> 'RECHARGE'), 0)
         AS due_minor,
       a.created_at, l.remote_id
  FROM account a
  JOIN wallet w ON w.account_id = a.id
  LEFT JOIN whmcs_link l ON l.kind = 'CLIENT' AND l.local_id = a.id
 WHERE (:q = '' OR a.email LIKE CONCAT('%', :q, '%') OR a.company LIKE CONCAT('%', :q, '%')
        OR CONCAT(a.first_name, ' ', a.last_name) LIKE CONCAT('%', :q, '%'))
   AND (:status = '' OR a.status = :status)
   AND (:category = '' OR a.category = :category)
   AND (:plan = '' OR a.plan = :plan)
 ORDER BY CASE WHEN :dir = 'asc' AND :sort = 'name' THEN CONCAT(a.last_name, a.first_name) END,
          CASE WHEN :dir = 'desc' AND :sort = 'name'
               THEN CONCAT(a.last_name, a.first_name) END DESC,
          CASE WHEN :dir = 'asc' AND :sort = 'email' THEN a.email END,
          CASE WHEN :dir = 'desc' AND :sort = 'email' THEN a.email END DESC,
          CASE WHEN :dir = 'asc' AND :sort = 'balance' THEN w.balance_e8 END,
          CASE WHEN :dir = 'desc' AND :sort = 'balance' THEN w.balance_e8 END DESC,
          CASE WHEN :dir = 'asc' AND :sort = 'due' THEN due_minor END,
          CASE WHEN :dir = 'desc' AND :sort = 'due' THEN due_minor END DESC,
          CASE WHEN :dir = 'asc' AND :sort = 'status' THEN a.status END,
          CASE WHEN :dir = 'desc' AND :sort = 'status' THEN a.status END DESC,
          CASE WHEN :dir = 'asc' THEN a.id END,
          a.id DESC
 LIMIT :lim OFFSET :off;

-- name: account_page_counts :many
-- why: totals per status for the same search
-- scan: ok as account_page
-- in: q str, category str, plan str
-- out: status str, n u64
SELECT a.status, COUNT(*)
  FROM account a
 WHERE (:q = '' OR a.email LIKE CONCAT('%', :q, '%') OR a.company LIKE CONCAT('%', :q, '%')
        OR CONCAT(a.first_name, ' ', a.last_name) LIKE CONCAT('%', :q, '%'))
   AND (:category = '' OR a.category = :category)
   AND (:plan = '' OR a.plan = :plan)
 GROUP BY a.status;

-- name: account_owed :one
-- why: what a customer already owes: usage not invoiced yet and unpaid invoices
-- in: account_id u64, currency str
-- out: owed_e8 i64
SELECT CAST(COALESCE(SUM(l.balance_e8), 0) AS SIGNED)
  FROM ledger_account l
 WHERE l.account_id = :account_id AND l.currency = :currency
   AND l.code IN ('UNBILLED', 'PREPAID_USAGE', 'RECEIVABLE');
