-- name: note_taxes :many
-- why: the taxes of an invoice and how much of each was credited before
-- in: invoice_id u64
-- out: name str, rate_ppm i64, base_minor i64, tax_minor i64, credited_base i64, credited_tax i64
-- out: category str, reason str
SELECT t.name, t.rate_ppm, t.base_minor, t.tax_minor,
       CAST(COALESCE(SUM(x.base_minor), 0) AS SIGNED),
       CAST(COALESCE(SUM(x.tax_minor), 0) AS SIGNED), t.category, t.reason
  FROM invoice_tax t
  LEFT JOIN (invoice n
  JOIN invoice_tax x ON x.invoice_id = n.id)
    ON n.ref_invoice_id = t.invoice_id AND n.kind = 'CREDIT_NOTE' AND x.name = t.name
 WHERE t.invoice_id = :invoice_id
 GROUP BY t.name, t.rate_ppm, t.base_minor, t.tax_minor, t.category, t.reason
 ORDER BY t.name;

-- name: note_insert :insert
-- why: parties and currency are those of the invoice it belongs to, as they stood then
-- in: ref_id u64, account_id u64, kind str, dedupe str, number_n u64, number str, status str
-- in: at i64, due_at i64, exact_e8 i64, subtotal_minor i64, tax_minor i64, total_minor i64
-- in: paid_minor i64, reason str
INSERT INTO invoice (account_id, kind, dedupe, number_n, number, status, period_from_hour,
                     period_to_hour, issued_at, due_at, currency, exact_e8, fee_e8, tax_ppm,
                     tax_inclusive, subtotal_minor, tax_minor, total_minor, paid_minor, buyer,
                     seller, ref_invoice_id, reason)
SELECT i.account_id, :kind, :dedupe, :number_n, :number, :status, i.period_from_hour,
       i.period_to_hour, :at, :due_at, i.currency, :exact_e8, 0, i.tax_ppm, i.tax_inclusive,
       :subtotal_minor, :tax_minor, :total_minor, :paid_minor, i.buyer, i.seller, i.id, :reason
  FROM invoice i
 WHERE i.id = :ref_id AND i.account_id = :account_id;

-- name: note_line_insert :exec
-- why: one line of a note; ref_line_id names what it reverses
-- in: invoice_id u64, position u32, component str, reason str, description str, exact_e8 i64
-- in: amount_minor i64, ref_line_id u64?
INSERT INTO invoice_line (invoice_id, position, component, reason, description, hours, exact_e8,
                          amount_minor, ref_line_id)
VALUES (:invoice_id, :position, :component, :reason, :description, 0, :exact_e8, :amount_minor,
        :ref_line_id);

-- name: note_tax_insert :exec
-- why: a note's tax at the rate and for the reason its invoice had
-- in: invoice_id u64, name str, rate_ppm i64, base_minor i64, tax_minor i64, category str
-- in: reason str
INSERT INTO invoice_tax (invoice_id, name, rate_ppm, base_minor, tax_minor, category, reason)
VALUES (:invoice_id, :name, :rate_ppm, :base_minor, :tax_minor, :category, :reason);

-- name: note_fx :exec
-- why: a note's tax in the seller's currency at the rate its invoice had (close_fx)
-- in: id u64
INSERT INTO invoice_fx (invoice_id, currency, rate_e12, source, rate_at, tax_minor)
SELECT n.id, f.currency, f.rate_e12, f.source, f.rate_at,
       (2 * CAST(n.tax_minor AS DECIMAL(38, 0)) * m.minor_e8 * f.rate_e12
        + 1000000000000 * b.minor_e8) DIV (2000000000000 * b.minor_e8)
  FROM invoice n
  JOIN invoice_fx f ON f.invoice_id = n.ref_invoice_id
  JOIN currency m ON m.code = n.currency
  JOIN currency b ON b.code = f.currency
 WHERE n.id = :id;

-- name: notes_of :many
-- why: what became of an invoice
-- in: invoice_id u64
-- out: id u64, kind str, number str, issued_at i64, total_minor i64, reason str
SELECT id, kind, number, issued_at, total_minor, reason
  FROM invoice
 WHERE ref_invoice_id = :invoice_id
 ORDER BY id
 LIMIT 500;

-- name: note_ref :one
-- why: which invoice a note belongs to, and why it was written
-- in: id u64
-- out: ref_id u64, number str, reason str
SELECT r.id, r.number, n.reason
  FROM invoice n
  JOIN invoice r ON r.id = n.ref_invoice_id
 WHERE n.id = :id;

-- name: invoice_elsewhere :one
-- why: is the document collected by WHMCS, or on its way there
-- in: id u64
-- out: n u64
SELECT (SELECT COUNT(*) FROM whmcs_link l WHERE l.kind = 'INVOICE' AND l.local_id = :id)
     + (SELECT COUNT(*) FROM job j WHERE j.jkey = CONCAT('whmcs.invoice.', :id));
