-- expect: -- why: is missing

-- name: a :exec
DELETE FROM t;
