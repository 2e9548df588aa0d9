// What a suspension adds to answers: put over those of the mock, or of a real
// stack, screen by screen.
import * as d from './data.mjs';

const day = (n) => new Date(Date.parse(d.START) + n * 86400000).toISOString().replace('.000', '');
const invoice = (id, number, status, n, amount, pay) => ({
	id, number, kind: 'INVOICE', status, issued_at: day(n - 5), due_at: day(n), total: d.doc(amount), due: d.doc(amount), pay,
});
const LINK = { kind: 'whmcs', url: 'https://whmcs.example/viewinvoice.php?id=1202' };
const TEXT = 'Please pay by bank transfer to IBAN IE12 BOFI 9000 0112 3456 78 and give the invoice number.';
const OFFLINE = { kind: 'offline', text: TEXT };

export const open = (pay = LINK) => [invoice(502, 'INV-2026-000502', 'OVERDUE', -12, 121.27, pay), invoice(509, 'INV-2026-000509', 'UNPAID', 3, 18.4, pay)];

const suspended = (pay) => ({
	kind: 'suspended', reasons: ['EXHAUSTED', 'OVERDUE'], since: day(-6),
	message: 'An invoice is overdue and your funds are used up. Your instances are stopped, and start again by themselves as soon as both are settled.',
	amount_due: d.doc(152.07), invoices_due: d.doc(139.67), funds_due: d.doc(12.4), invoices: open(pay), pay_text: TEXT,
	job: { direction: 'HALT', state: 'DONE', done: 3, total: 3, failed: 0, at: day(-6) },
	deletion: { state: 'WAITING', due_at: day(24), note: '', warnings: [] },
});

const overdue = (i) => ({
	id: 101 + i, name: ['Acme Robotics', 'Priya Raman', 'Hikari Data', 'Sofia Lindqvist'][i % 4], email: `billing${i}@client.example`, status: 'ACTIVE',
	reason: i % 3 ? 'OVERDUE' : 'EXHAUSTED', plan: i % 3 ? 'POSTPAID' : 'PREPAID', balance: d.money(i % 3 ? 0 : -4.2 * i), due: d.doc(i % 3 ? 40.5 * (i + 1) : 0),
});

// Changes one answer of the API for a page.
const put = (path, change) => (page) => page.route(`**/api/${path}`, async (route) => {
	const response = await route.fetch();
	const json = await response.json().catch(() => ({}));
	await route.fulfill({ response, status: 200, json: change(json) });
});
const all = (...changes) => async (page) => {
	for (const change of changes)
		await change(page);
};

const boot = (notice, status = 'SUSPENDED') => put('user/boot', (json) => (json.user ? { ...json, account: { ...json.account, status }, notice } : json));
const state = (s) => put('admin/overview', (json) => ({ ...json, suspension: { enabled: true, pause: '', held: 0, ...s } }));
const client = (s) => put('admin/clients/103', (json) => ({
	...json, suspension: { amount_due: d.doc(214.03), invoices_due: d.doc(214.03), funds_due: d.doc(0), hold: null, job: null, deletion: null, ...s },
}));

export const suspendedNotice = boot(suspended(LINK));
export const suspendedOffline = all(boot(suspended(OFFLINE)),
	put('user/boot', (json) => (json.user ? { ...json, account: { ...json.account, status: 'SUSPENDED' }, notice: suspended(OFFLINE), features: { ...json.features, invoice_menu: false, portal_payment: false } } : json)));
export const restoring = boot({ kind: 'restoring', job: { direction: 'RESTORE', state: 'OPEN', done: 3, total: 5, failed: 0, at: day(0) } }, 'ACTIVE');
export const paymentSettings = put('user/payment-settings', (json) => ({
	...json, documents: false, open: open(), wallet: { ...d.walletNow(), amount_due: d.doc(139.67), needed: d.doc(152.07) },
}));
// Without "Prepaid Negative Balance Display": 0 is shown, what is due is true.
export const masked = all(...['dashboard', 'payment-settings'].map((path) => put(`user/${path}`, (json) => ({
	...json, recharge: json.recharge && { ...json.recharge, minimum: d.doc(5), maximum: d.doc(50), left_today: d.doc(40) },
	wallet: { ...json.wallet, balance: d.money(0), shown_balance: d.money(0), available: d.money(0), negative_hidden: true, amount_due: d.doc(18.43), funds_due: d.doc(18.43), credit: { promo: d.money(0), paid: d.money(0), grants: [] } },
}))));
export const held = all(state({ held: 24 }), put('admin/suspension', () => ({ enabled: true, pause: '', held: 24, allowed: 0, active: 180, would: 24, failed: 0, rows: Array.from({ length: 24 }, (_, i) => overdue(i)) })));
// Not of suspensions: a book that does not agree, and one never counted.
export const broken = put('admin/overview', (json) => ({
	...json, attention: [{ kind: 'books', text: '1 invariant of the books is broken', link: '/admin/overview' }, ...json.attention],
	invariants: json.invariants.map((i, n) => (n === 1 ? { ...i, ok: false, value: 3, wrong_since: day(-1) } : n === 2 ? { ...i, ok: false, checked_at: null } : i)),
}));
export const paused = state({ pause: 'AFTER_OUTAGE' });
export const off = state({ enabled: false, pause: 'OFF' });
export const clientHalted = client({
	hold: { until: day(9), note: 'waits for a bank transfer', by: 'staff:mara@nimbus.example' },
	job: { direction: 'HALT', state: 'OPEN', done: 1, total: 3, failed: 0, at: day(0), last_error: 'hypervisor did not answer' },
	deletion: { state: 'WAITING', due_at: day(6), note: '', warnings: [{ days_before: 14, at: day(-8) }, { days_before: 7, at: day(-1) }] },
});
