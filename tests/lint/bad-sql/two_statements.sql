-- expect: more than one statement

-- name: a :exec
-- why: x
DELETE FROM t; DELETE FROM u WHERE c = ';';
