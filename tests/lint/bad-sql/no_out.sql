-- expect: -- out: is missing

-- name: a :one
-- why: x
SELECT a FROM t;
