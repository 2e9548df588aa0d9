-- expect: ? and :name in one statement

-- name: a :exec
-- why: x
-- in: a u64, b u64
DELETE FROM t WHERE a = :a AND b = ?;
