<?php
/*
 * Tollbridge: tells the portal at once what happened to a client or an invoice.
 *
 * Only numbers leave this WHMCS: which hook, which client, which invoice. The
 * portal asks the API for the rest, with its own credential. Without this addon
 * the same things are found by polling, only later.
 */
if (!defined('WHMCS')) {
    die('This file cannot be accessed directly');
}

require_once __DIR__ . '/lib/outbox.php';
require_once __DIR__ . '/lib/page.php';

function tollbridge_config()
{
    return [
        'name' => 'Tollbridge',
        'description' => 'Tells the Tollbridge portal at once what happened to clients and invoices, '
            . 'and shows what is in step with it.',
        'version' => '1.0',
        'author' => 'Tollbridge',
        'fields' => [
            'portal' => [
                'FriendlyName' => 'Address of the portal',
                'Type' => 'text',
                'Size' => '60',
                'Description' => 'As in https://portal.example.com',
            ],
            'secret' => [
                'FriendlyName' => 'Secret',
                'Type' => 'password',
                'Size' => '60',
                'Description' => 'The same as [whmcs] hook_secret in the portal\'s hook.conf',
            ],
        ],
    ];
}

function tollbridge_activate()
{
    try {
        tollbridge_outbox_create();
    } catch (\Exception $e) {
        return ['status' => 'error', 'description' => 'The outbox table could not be made: '
            . $e->getMessage()];
    }
    return ['status' => 'success', 'description' => 'Set the address of the portal and the secret.'];
}

/* What was not delivered stays: a later activation goes on with it. */
function tollbridge_deactivate()
{
    return ['status' => 'success', 'description' => 'Nothing is told to the portal any more.'];
}

function tollbridge_output($vars)
{
    echo tollbridge_page($vars);
}
