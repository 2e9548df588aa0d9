<?php
/*
 * The addon's page for administrators: is what happens here told to the portal,
 * and which clients and invoices are in step with it. What the portal says of
 * them it says itself, over the same secret; when it does not answer, the page
 * says so and shows the outbox alone.
 */
use WHMCS\Database\Capsule;

function tollbridge_text($value)
{
    return htmlspecialchars((string) $value, ENT_QUOTES, 'UTF-8');
}

/** What the portal knows of the objects in WHMCS; null with a reason when it does not say. */
function tollbridge_ask($portal, $secret, $page, &$reason)
{
    $body = json_encode(['page' => $page]);
    $at = (string) time();
    $handle = curl_init(rtrim($portal, '/') . '/api/hook/whmcs/state');
    curl_setopt_array($handle, [
        CURLOPT_POST => true,
        CURLOPT_POSTFIELDS => $body,
        CURLOPT_HTTPHEADER => [
            'Content-Type: application/json',
            'X-Tollbridge-Timestamp: ' . $at,
            'X-Tollbridge-Signature: ' . hash_hmac('sha256', $at . '.' . $body, $secret),
        ],
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_CONNECTTIMEOUT => 2,
        CURLOPT_TIMEOUT => 5,
    ]);
    $answer = curl_exec($handle);
    $status = curl_getinfo($handle, CURLINFO_RESPONSE_CODE);
    $reason = $status === 200 ? '' : ($status > 0 ? "HTTP $status" : curl_error($handle));
    curl_close($handle);
    return $status === 200 ? json_decode($answer, true) : null;
}

function tollbridge_rows($head, $rows)
{
    $out = '<table class="table table-striped datatable"><thead><tr>';
    foreach ($head as $title) {
        $out .= '<th>' . tollbridge_text($title) . '</th>';
    }
    $out .= '</tr></thead><tbody>';
    foreach ($rows as $cells) {
        $out .= '<tr><td>' . implode('</td><td>', $cells) . '</td></tr>';
    }
    return $out . '</tbody></table>';
}

function tollbridge_link($url, $text)
{
    return '<a href="' . tollbridge_text($url) . '">' . tollbridge_text($text) . '</a>';
}

function tollbridge_outbox_part()
{
    $table = Capsule::table(TOLLBRIDGE_TABLE);
    $waiting = Capsule::table(TOLLBRIDGE_TABLE)->where('sent_at', 0)->count();
    $rows = [];
    foreach ($table->orderBy('id', 'desc')->limit(20)->get() as $row) {
        $rows[] = [
            tollbridge_text(date('Y-m-d H:i:s', $row->made_at)),
            tollbridge_text($row->event),
            $row->client_id > 0 ? tollbridge_link('clientssummary.php?userid=' . (int) $row->client_id,
                '#' . $row->client_id) : '',
            $row->invoice_id > 0 ? tollbridge_link('invoices.php?action=edit&id='
                . (int) $row->invoice_id, '#' . $row->invoice_id) : '',
            $row->sent_at > 0 ? tollbridge_text('told, ' . $row->outcome)
                : tollbridge_text('waiting, ' . $row->tries . ' tries'
                    . ($row->outcome !== '' ? ', ' . $row->outcome : '')),
        ];
    }
    return '<h2>Told to the portal</h2><p>' . (int) $waiting . ' waiting.</p>'
        . tollbridge_rows(['When', 'What', 'Client', 'Invoice', 'Outcome'], $rows);
}

function tollbridge_state_part($portal, $state)
{
    $base = rtrim($portal, '/');
    $clients = [];
    foreach ($state['clients'] as $c) {
        $clients[] = [
            tollbridge_link('clientssummary.php?userid=' . (int) $c['remote_id'], '#' . $c['remote_id']),
            tollbridge_link($base . '/admin/clients/' . (int) $c['account_id'], $c['name']),
            tollbridge_text($c['state']),
            tollbridge_text($c['checked_at']),
            tollbridge_text($c['differences'] > 0 ? $c['differences'] . ' differ: ' . $c['note'] : $c['note']),
        ];
    }
    $invoices = [];
    foreach ($state['invoices'] as $i) {
        $invoices[] = [
            tollbridge_link('invoices.php?action=edit&id=' . (int) $i['remote_id'], '#' . $i['remote_id']),
            tollbridge_link($base . '/admin/billing/invoices/' . (int) $i['invoice_id'], $i['number']),
            tollbridge_text($i['state']),
            tollbridge_text($i['checked_at']),
            tollbridge_text($i['note']),
        ];
    }
    return '<h2>Clients in step</h2>'
        . tollbridge_rows(['Here', 'In the portal', 'State', 'Compared', 'Differences'], $clients)
        . '<h2>Invoices in step</h2>'
        . tollbridge_rows(['Here', 'In the portal', 'State', 'Compared', 'Differences'], $invoices);
}

function tollbridge_page($vars)
{
    $portal = isset($vars['portal']) ? $vars['portal'] : '';
    $secret = isset($vars['secret']) ? $vars['secret'] : '';
    if ($portal === '' || $secret === '') {
        return '<div class="alert alert-warning">Set the address of the portal and the secret under '
            . 'System Settings &gt; Addon Modules.</div>';
    }
    $reason = '';
    $page = isset($_GET['page']) && ctype_digit((string) $_GET['page']) ? (int) $_GET['page'] : 0;
    $state = tollbridge_ask($portal, $secret, $page, $reason);
    $out = is_array($state) ? tollbridge_state_part($portal, $state)
        : '<div class="alert alert-danger">The portal does not answer (' . tollbridge_text($reason)
            . '). ' . ($reason === 'HTTP 401' ? 'Is the secret the same on both sides, and are both '
            . 'clocks right?' : 'What happens here is kept and told later.') . '</div>';
    return $out . tollbridge_outbox_part();
}
