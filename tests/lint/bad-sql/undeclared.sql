-- expect: :b is not in -- in:

-- name: a :exec
-- why: x
-- in: a u64
DELETE FROM t WHERE a = :a AND b = :b;
