<?php // The floor of any PHP panel: session and balance (or invoices), as JSON.
$db = new mysqli('p:localhost', 'root', '', getenv('TB_DB_NAME') ?: 'tollbridge_test', 0,
                 $_SERVER['TB_DB_SOCKET']);
$token = hash('sha256', $_COOKIE['tb_user'] ?? '', true);
$q = $db->prepare('SELECT u.id, u.account_id, s.csrf, t.generation FROM session s JOIN user u
  ON u.id = s.user_id AND u.session_epoch = s.epoch CROSS JOIN system_state t
  WHERE s.token_hash = ? AND u.realm = "user" AND s.expires_at > ? AND t.id = 1');
$now = time();
$q->bind_param('si', $token, $now);
$q->execute();
$who = $q->get_result()->fetch_assoc();
if (!$who) { http_response_code(401); exit; }
$list = str_contains($_SERVER['DOCUMENT_URI'], 'invoices');
$q = $db->prepare($list ? 'SELECT i.*, l.remote_id FROM invoice i LEFT JOIN whmcs_link l ON
  l.kind = "INVOICE" AND l.local_id = i.id WHERE i.account_id = ? ORDER BY i.id DESC LIMIT 10'
  : 'SELECT a.plan, w.* FROM wallet w JOIN account a ON a.id = w.account_id WHERE w.account_id = ?');
$q->bind_param('i', $who['account_id']);
$q->execute();
header('Content-Type: application/json');
echo json_encode($q->get_result()->fetch_all(MYSQLI_ASSOC));
