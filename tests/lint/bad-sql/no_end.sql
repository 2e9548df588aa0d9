-- expect: no ; at the end

-- name: a :exec
-- why: x
DELETE FROM t
