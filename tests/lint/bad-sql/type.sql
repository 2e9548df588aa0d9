-- expect: unknown type "number" of a

-- name: a :exec
-- why: x
-- in: a number
DELETE FROM t WHERE a = ?;
