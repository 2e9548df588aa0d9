-- expect: name the columns instead of *

-- name: a :one
-- why: x
-- out: a u64
SELECT * FROM t;
