-- expect: in b is not used

-- name: a :exec
-- why: x
-- in: a u64, b u64
DELETE FROM t WHERE a = :a;
