-- why: a charge names the cycle it is billed in by the cycle's first hour, so that closing and
-- the lines of an invoice find it by key, however long the account's history is
UPDATE charge c
  JOIN invoice i ON i.account_id = c.account_id AND i.kind = 'INVOICE'
   AND c.book_hour >= i.period_from_hour AND c.book_hour < i.period_to_hour
   SET c.book_hour = i.period_from_hour;
UPDATE charge c
  JOIN wallet w ON w.account_id = c.account_id
   AND c.book_hour >= w.cycle_from_hour AND c.book_hour < w.cycle_to_hour
   SET c.book_hour = w.cycle_from_hour;
