<?php
/*
 * The outbox: one row per event, written in the request that caused it and
 * delivered after it, again and again until the portal has said 2xx. Order does
 * not matter, and the portal takes each id once.
 */
use WHMCS\Database\Capsule;

const TOLLBRIDGE_TABLE = 'mod_tollbridge_outbox';
const TOLLBRIDGE_SECONDS = 2;   // longest wait for the portal within somebody's request
const TOLLBRIDGE_BATCH = 50;    // events per delivery
const TOLLBRIDGE_KEPT_DAYS = 7; // delivered ones, for the page

function tollbridge_outbox_create()
{
    if (Capsule::schema()->hasTable(TOLLBRIDGE_TABLE)) {
        return;
    }
    Capsule::schema()->create(TOLLBRIDGE_TABLE, function ($table) {
        $table->bigIncrements('id');
        $table->string('sender', 32);
        $table->string('event', 40);
        $table->bigInteger('client_id')->default(0);
        $table->bigInteger('invoice_id')->default(0);
        $table->integer('made_at');
        $table->integer('tries')->default(0);
        $table->integer('next_at')->default(0);
        $table->integer('sent_at')->default(0);
        $table->string('outcome', 120)->default('');
        $table->index(['sent_at', 'next_at']);
    });
}

/** Settings of the addon as an administrator saved them. */
function tollbridge_settings()
{
    $found = ['portal' => '', 'secret' => ''];
    foreach (Capsule::table('tbladdonmodules')->where('module', 'tollbridge')->get() as $row) {
        $found[$row->setting] = $row->value;
    }
    return $found;
}

/** The first of the names that is there and a positive whole number; hooks name things differently. */
function tollbridge_number(array $vars, array $names)
{
    foreach ($names as $name) {
        if (isset($vars[$name]) && is_scalar($vars[$name]) && ctype_digit((string) $vars[$name])
            && (int) $vars[$name] > 0) {
            return (int) $vars[$name];
        }
    }
    return 0;
}

/**
 * Called from hooks: must be quick and must never break what WHMCS was doing.
 * The sender is part of every id, so that a database restored from a copy, whose
 * numbers begin again, is not taken for one that repeats itself.
 */
function tollbridge_note($event, array $vars)
{
    static $told = [];
    $client = tollbridge_number($vars, ['fromUserID', 'client_id', 'userid', 'userId']);
    $invoice = tollbridge_number($vars, ['invoiceid', 'invocieid', 'invoiceId', 'originalinvoiceid']);
    if ($client === 0 && $invoice === 0) {
        return;
    }
    if (isset($told["$event $client $invoice"])) {
        return; // once per request is enough: the portal looks at the whole object
    }
    $told["$event $client $invoice"] = true;
    try {
        Capsule::table(TOLLBRIDGE_TABLE)->insert([
            'sender' => bin2hex(random_bytes(8)),
            'event' => substr($event, 0, 40),
            'client_id' => $client,
            'invoice_id' => $invoice,
            'made_at' => time(),
        ]);
        tollbridge_after_request();
    } catch (\Throwable $e) {
        error_log('tollbridge: ' . $e->getMessage());
    }
}

/** Delivers when the answer is on its way, so that nobody waits for the portal. */
function tollbridge_after_request()
{
    static $asked = false;
    if ($asked) {
        return;
    }
    $asked = true;
    register_shutdown_function(function () {
        if (function_exists('fastcgi_finish_request')) {
            fastcgi_finish_request();
        }
        tollbridge_deliver(time() + TOLLBRIDGE_SECONDS);
    });
}

function tollbridge_body($row)
{
    return json_encode([
        'id' => $row->sender . '-' . $row->id,
        'event' => $row->event,
        'at' => gmdate('Y-m-d\TH:i:s\Z', $row->made_at),
        'client_id' => (int) $row->client_id,
        'invoice_id' => (int) $row->invoice_id,
    ]);
}

/** HTTP status, or the reason why there is none. */
function tollbridge_post($portal, $secret, $body, $seconds)
{
    $at = (string) time();
    $handle = curl_init(rtrim($portal, '/') . '/api/hook/whmcs');
    curl_setopt_array($handle, [
        CURLOPT_POST => true,
        CURLOPT_POSTFIELDS => $body,
        CURLOPT_HTTPHEADER => [
            'Content-Type: application/json',
            'X-Tollbridge-Timestamp: ' . $at,
            'X-Tollbridge-Signature: ' . hash_hmac('sha256', $at . '.' . $body, $secret),
        ],
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_FOLLOWLOCATION => false,
        CURLOPT_CONNECTTIMEOUT => 1,
        CURLOPT_TIMEOUT => max(1, $seconds),
    ]);
    curl_exec($handle);
    $status = curl_getinfo($handle, CURLINFO_RESPONSE_CODE);
    $outcome = $status > 0 ? (string) $status : curl_error($handle);
    curl_close($handle);
    return $outcome;
}

/**
 * Sends what is due until the time is over; the first failure ends it, because
 * the next would wait for the same. What the portal refuses as nonsense (4xx but
 * 401, 403, 408 and 429, which are set right by people or by time) is given up.
 */
function tollbridge_deliver($until)
{
    $sent = 0;
    try {
        $set = tollbridge_settings();
        if ($set['portal'] === '' || $set['secret'] === '') {
            return 0;
        }
        $due = Capsule::table(TOLLBRIDGE_TABLE)->where('sent_at', 0)->where('next_at', '<=', time())
            ->orderBy('id')->limit(TOLLBRIDGE_BATCH)->get();
        foreach ($due as $row) {
            $left = $until - time();
            if ($left < 0) {
                break;
            }
            $outcome = tollbridge_post($set['portal'], $set['secret'], tollbridge_body($row), $left);
            $done = preg_match('/^2\d\d$/', $outcome) === 1;
            $hopeless = preg_match('/^4\d\d$/', $outcome) === 1
                && !in_array($outcome, ['401', '403', '408', '429'], true);
            Capsule::table(TOLLBRIDGE_TABLE)->where('id', $row->id)->update([
                'sent_at' => $done || $hopeless ? time() : 0,
                'tries' => $row->tries + 1,
                'next_at' => time() + min(3600, 2 ** min(12, $row->tries + 1)),
                'outcome' => substr($outcome, 0, 120),
            ]);
            if (!$done && !$hopeless) {
                break;
            }
            $sent++;
        }
    } catch (\Throwable $e) {
        error_log('tollbridge: ' . $e->getMessage());
    }
    return $sent;
}

function tollbridge_prune()
{
    try {
        Capsule::table(TOLLBRIDGE_TABLE)->where('sent_at', '>', 0)
            ->where('sent_at', '<', time() - 86400 * TOLLBRIDGE_KEPT_DAYS)->delete();
    } catch (\Throwable $e) {
        error_log('tollbridge: ' . $e->getMessage());
    }
}
