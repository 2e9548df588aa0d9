-- expect: 1 ? in the text, but 2 in -- in:

-- name: a :exec
-- why: x
-- in: a u64, b u64
DELETE FROM t WHERE a = ? AND b = '?' /* ? */; -- ?
