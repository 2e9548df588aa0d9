-- name: document_find :one
-- why: a document that was rendered before
-- in: invoice_id u64, format str
-- out: sha256 bin32, bytes blob
SELECT sha256, bytes
  FROM invoice_document
 WHERE invoice_id = :invoice_id AND format = :format;

-- name: document_put :exec
-- why: the first one to render decides; who comes second reads what the first one stored
-- in: invoice_id u64, format str, sha256 bin32, bytes blob, at i64
INSERT IGNORE INTO invoice_document (invoice_id, format, sha256, bytes, created_at)
VALUES (:invoice_id, :format, :sha256, :bytes, :at);

-- name: document_lines :many
-- why: the lines of a document in their order, by key
-- in: invoice_id u64, after u32, lim u32
-- out: position u32, description str, unit str, hours i64, unit_e8 i64?, exact_e8 i64
-- out: amount_minor i64
SELECT l.position, l.description, COALESCE(t.unit, 'HOUR'), l.hours, l.unit_e8, l.exact_e8,
       l.amount_minor
  FROM invoice_line l
  LEFT JOIN item t ON t.code = l.item
 WHERE l.invoice_id = :invoice_id AND l.position > :after
 ORDER BY l.position
 LIMIT :lim;

-- name: document_settled :one
-- why: what the balance paid in the moment of issue: known then, and never changed
-- in: invoice_id u64
-- out: settled_minor i64, gateway str
SELECT COALESCE(SUM(amount_minor), 0), COALESCE(MAX(gateway), '')
  FROM payment
 WHERE gateway IN ('balance', 'deposit') AND gateway_txn = CONCAT('invoice:', :invoice_id);

-- name: document_key_add :exec
-- why: the key of signed links, once
-- in: secret bin32, at i64
INSERT IGNORE INTO document_key (id, secret, created_at)
VALUES (1, :secret, :at);

-- name: document_key_get :one
-- why: sign and check links
-- out: secret bin32
SELECT secret
  FROM document_key
 WHERE id = 1;

-- name: logo_get :one
-- why: the provider's logo on documents
-- out: width u32, height u32, png blob, changed_at i64, changed_by str
SELECT width, height, png, changed_at, changed_by
  FROM invoice_logo
 WHERE id = 1;

-- name: logo_put :exec
-- why: a new logo takes the place of the old one
-- in: width u32, height u32, png blob, at i64, actor str
INSERT INTO invoice_logo (id, width, height, png, changed_at, changed_by)
VALUES (1, :width, :height, :png, :at, :actor)
    ON DUPLICATE KEY UPDATE width = VALUES(width), height = VALUES(height), png = VALUES(png),
       changed_at = VALUES(changed_at), changed_by = VALUES(changed_by);

-- name: logo_delete :exec
-- why: documents without a logo again
DELETE FROM invoice_logo
 WHERE id = 1;
