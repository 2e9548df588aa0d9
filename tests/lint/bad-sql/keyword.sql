-- expect: "default" cannot be a name here

-- name: a :one
-- why: x
-- out: default u64
SELECT d FROM t;
