<?php
/*
 * Found by WHMCS when the addon is activated. Each hook notes a number and is
 * done; what is true is asked by the portal.
 */
if (!defined('WHMCS')) {
    die('This file cannot be accessed directly');
}

require_once __DIR__ . '/lib/outbox.php';

foreach ([
    'ClientAdd', 'ClientEdit', 'ClientClose', 'PreDeleteClient', 'AfterClientMerge', 'UserEdit',
    'InvoiceCreated', 'UpdateInvoiceTotal', 'InvoicePaid', 'AddInvoicePayment', 'AddTransaction',
    'InvoiceRefunded', 'InvoiceCancelled', 'InvoiceUnpaid', 'InvoiceSplit', 'AddInvoiceLateFee',
] as $tollbridge_hook) {
    add_hook($tollbridge_hook, 1, function ($vars) use ($tollbridge_hook) {
        tollbridge_note($tollbridge_hook, (array) $vars);
    });
}

// What could not be delivered at once.
add_hook('AfterCronJob', 1, function () {
    tollbridge_deliver(time() + 20);
});
add_hook('DailyCronJob', 1, function () {
    tollbridge_prune();
});
