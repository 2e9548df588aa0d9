-- name: session_find :one
-- why: who sends this request, and all a request needs to know about the installation
-- in: token_hash bin32, realm str, wall i64
-- out: user_id u64, account_id u64, role str, email str, first_name str, last_name str
-- out: account_status str, csrf str, generation u64
-- out: clock_offset_s i64, testing bool, seen_at i64
SELECT s.user_id, COALESCE(u.account_id, 0), u.role, u.email, u.first_name, u.last_name,
       COALESCE(a.status, ''), s.csrf, t.generation, t.clock_offset_s, t.testing, s.seen_at
  FROM session AS s
  JOIN user AS u ON u.id = s.user_id AND u.session_epoch = s.epoch
  CROSS JOIN system_state AS t
  LEFT JOIN account AS a ON a.id = u.account_id
 WHERE s.token_hash = ? AND u.realm = ? AND u.status = 'ACTIVE' AND s.expires_at > ?
   AND t.id = 1;

-- name: session_login_user :one
-- why: the hash to compare a password with; the address but for its case, since the throttle
-- counts by address and the column takes accents for nothing
-- in: realm str, email str, email_again str
-- out: id u64, password_hash str, status str
SELECT id, password_hash, status
  FROM user
 WHERE realm = ? AND email = ?
   AND CAST(LOWER(email) AS BINARY) = CAST(LOWER(?) AS BINARY);

-- name: session_password :one
-- why: the hash to compare the current password with, before a new one is set
-- in: user_id u64
-- out: password_hash str
SELECT password_hash
  FROM user
 WHERE id = ?;

-- name: session_add :exec
-- why: a session carries the epoch of its user: moving the epoch ends all of them
-- in: token_hash bin32, csrf str, created_at i64, seen_at i64, expires_at i64, ip str, user_id u64
INSERT INTO session (token_hash, user_id, epoch, csrf, created_at, seen_at, expires_at, ip)
SELECT ?, u.id, u.session_epoch, ?, ?, ?, ?, ?
  FROM user AS u
 WHERE u.id = ? AND u.status = 'ACTIVE';

-- name: session_seen :exec
-- why: last seen decides the idle limit; not moved back by a slower request
-- in: seen_at i64, token_hash bin32, older_than i64
UPDATE session
   SET seen_at = ?
 WHERE token_hash = ? AND seen_at < ?;

-- name: session_delete :exec
-- why: signing out
-- in: token_hash bin32
DELETE FROM session
 WHERE token_hash = ?;

-- name: session_delete_user :exec
-- why: signing out everywhere
-- in: user_id u64
DELETE FROM session
 WHERE user_id = ?;

-- name: session_purge :exec
-- why: sessions that are over; in bites, so that no lock lasts
-- in: wall i64
DELETE FROM session
 WHERE expires_at < ?
 LIMIT 1000;

-- name: session_epoch_next :exec
-- why: every session of the user dies, also one that is being made right now
-- in: user_id u64
UPDATE user
   SET session_epoch = session_epoch + 1
 WHERE id = ?;

-- name: session_set_password :exec
-- why: only over the hash that was compared: two changes at once do not both win
-- in: password_hash str, user_id u64, old_hash str
UPDATE user
   SET password_hash = ?, session_epoch = session_epoch + 1
 WHERE id = ? AND password_hash = ?;

-- name: throttle_count :exec
-- why: one more hit; a window that has passed starts anew. Assignments go left to
-- right: hits is set from the old window_start
-- in: tkey bin32, wall i64, expired i64
INSERT INTO throttle (tkey, window_start, hits, blocked_until)
VALUES (:tkey, :wall, 1, 0)
    ON DUPLICATE KEY UPDATE
       hits = IF(window_start <= :expired, 1, hits + 1),
       window_start = IF(window_start <= :expired, :wall, window_start);

-- name: throttle_get :one
-- why: how many hits in which window
-- in: tkey bin32
-- out: window_start i64, hits u32
SELECT window_start, hits
  FROM throttle
 WHERE tkey = ?;

-- name: throttle_clear :exec
-- why: a success forgives the failures before it
-- in: tkey bin32
DELETE FROM throttle
 WHERE tkey = ?;

-- name: throttle_uncount :exec
-- why: an address many people share is not to run out by their successes
-- in: tkey bin32
UPDATE throttle
   SET hits = hits - 1
 WHERE tkey = ? AND hits > 0;

-- name: throttle_purge :exec
-- why: windows long past; the table has no index on time and stays small this way
-- scan: ok the table holds only who came lately
-- in: before i64
DELETE FROM throttle
 WHERE window_start < ?
 LIMIT 1000;

-- name: owner_password_set :exec
-- why: staff sets a password for a client who has none; every session of the owner ends
-- in: account_id u64, password_hash str
UPDATE user
   SET password_hash = :password_hash, session_epoch = session_epoch + 1
 WHERE account_id = :account_id AND role = 'OWNER' AND realm = 'user';
