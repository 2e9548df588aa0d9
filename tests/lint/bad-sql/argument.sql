-- expect: a: part "rows_of" has no parameter "hi=b"

-- part: rows_of
-- why: x
(SELECT x FROM t WHERE t.id > :lo)

-- name: a :many
-- why: x
-- scan: ok x
-- in: b u64
-- out: x u64
SELECT x FROM {rows_of lo=b hi=b} r;
