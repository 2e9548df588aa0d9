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
-- why: the next transactions that no seal covers
-- in: seal_id u64, floor i64, size u32
INSERT INTO ledger_sealed (txn_seq, seal_id)
SELECT t.seq, :seal_id
  FROM ledger_txn t
  LEFT JOIN ledger_sealed d ON d.txn_seq = t.seq
 WHERE t.seq > :floor AND d.txn_seq IS NULL
 ORDER BY t.seq
 LIMIT :size;

-- name: seal_close :exec
-- why: one link of the chain over what was taken
-- in: seal_id u64, prev_hash str, at i64
INSERT INTO ledger_seal (id, prev_hash, hash, txns, at)
SELECT :seal_id, :prev_hash,
       SHA2(CONCAT(:prev_hash, GROUP_CONCAT(h.hash ORDER BY h.seq SEPARATOR '')), 256),
       COUNT(*), :at
  FROM ledger_sealed d
  JOIN ledger_txn_hash h ON h.seq = d.txn_seq
 WHERE d.seal_id = :seal_id;
