-- expect: a is already at

-- name: a :exec
-- why: x
DELETE FROM t;

-- name: a :exec
-- why: x
DELETE FROM t;
