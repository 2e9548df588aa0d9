-- name: seal_last :one
-- why: the chain goes on from here; nothing below the floor is unsealed any more
-- in: window i64
-- out: id u64, hash str, floor i64
SELECT COALESCE(MAX(s.id), 0),
       COALESCE((SELECT p.hash FROM ledger_seal p ORDER BY p.id DESC LIMIT 1), REPEAT('0', 64)),
       CAST(GREATEST((SELECT CAST(COALESCE(MAX(d.txn_seq), 0) AS SIGNED)
                        FROM ledger_sealed d) - :window, 0) AS SIGNED)
  FROM ledger_seal s;

-- name: seal_take :exec
-- why: the next transactions that no seal covers; which they are is settled before one is hashed
-- in: seal_id u64, floor i64, size u32
INSERT INTO ledger_sealed (txn_seq, seal_id, hash)
SELECT h.seq, :seal_id, h.hash
  FROM (SELECT t.seq
          FROM ledger_txn t
          LEFT JOIN ledger_sealed d ON d.txn_seq = t.seq
         WHERE t.seq > :floor AND d.txn_seq IS NULL
         ORDER BY t.seq
         LIMIT :size) x
  JOIN ledger_txn_hash h ON h.seq = x.seq;

-- name: seal_hashes :many
-- why: what was taken, to be added up
-- in: seal_id u64
-- out: hash str
SELECT hash
  FROM ledger_sealed
 WHERE seal_id = :seal_id
 ORDER BY txn_seq;

-- name: seal_close :exec
-- why: one link of the chain over what was taken
-- in: seal_id u64, prev_hash str, hash str, txns u32, at i64
INSERT INTO ledger_seal (id, prev_hash, hash, txns, at)
VALUES (:seal_id, :prev_hash, :hash, :txns, :at);
