// A made-up provider: two customers' worth of everything the screens show.
import { on, value } from './settings.mjs';

export const START = '2026-11-23T10:00:00Z';
export const clock = { offset: 0 };
export const now = () => new Date(Date.parse(START) + clock.offset * 1000).toISOString().replace('.000', '');
export const before = (hours) => new Date(Date.parse(now()) - hours * 3600e3).toISOString().replace('.000', '');

const ALL = [
	{ code: 'USD', symbol: '$', name: 'US dollar', minor: 2, rate: 1 },
	{ code: 'EUR', symbol: '€', name: 'Euro', minor: 2, rate: 0.92 },
	{ code: 'JPY', symbol: '¥', name: 'Yen', minor: 0, rate: 149.5 },
];
export const currencies = () => ALL.filter((c) => c.code === 'USD' || on('currency.multi')).map(({ rate, ...c }) => c);
export const rateOf = (code) => ALL.find((c) => c.code === code)?.rate ?? 1;
export const decimals = () => Number(value('display.cost_decimals'));

// A price at the configured decimals, or (document) at those of the currency.
export function money(amount, { code = 'USD', document } = {}) {
	const { minor } = ALL.find((c) => c.code === code);
	const places = document ? minor : decimals();
	let display = amount.toFixed(places);
	if (amount !== 0 && !/[1-9]/.test(display))
		display = places ? `<0.${'0'.repeat(places - 1)}1` : '<1';
	return { amount: amount.toFixed(document ? minor : 8), currency: code, display: display.replace(/^-(0(\.0*)?)$/, '$1') };
}
export const doc = (amount, code) => money(amount, { code, document: true });

export const zones = [{ id: 1, code: 'fra1', name: 'Frankfurt 1' }, { id: 2, code: 'sgp1', name: 'Singapore 1' }];
const SIZES = [
	[1, 'b2.small', 'B2 Small', 1, 2048, 40, 0.0068], [2, 'b2.medium', 'B2 Medium', 2, 4096, 80, 0.0272],
	[3, 'b2.large', 'B2 Large', 4, 8192, 160, 0.0544], [4, 'c2.xlarge', 'C2 Extra large', 8, 16384, 320, 0.1192],
];
export const offerings = () => SIZES.map(([id, code, name, vcpu, memory_mb, disk_gb, price]) => ({
	id, code, name, vcpu, memory_mb, disk_gb, price,
	prices: zones.map((z) => ({ zone_id: z.id, hour: money(price * z.id ** 0.2), month: money(price * z.id ** 0.2 * 730), stopped_hour: money(price / 4) })),
}));
export const IP_PRICE = 0.0045;
export const ipPrice = () => (on('ip.default_charge') ? IP_PRICE : 0);
export const secondaryPrice = () => (on('ip.secondary_charge') ? 0.0035 : 0);

export const instances = [
	{ id: 11, name: 'web-1', state: 'RUNNING', zone: 'Frankfurt 1', offering_id: 2, created_at: before(51 * 24) },
	{ id: 12, name: 'web-2', state: 'RUNNING', zone: 'Frankfurt 1', offering_id: 2, created_at: before(40 * 24) },
	{ id: 13, name: 'db-primary', state: 'RUNNING', zone: 'Frankfurt 1', offering_id: 3, created_at: before(51 * 24) },
	{ id: 14, name: 'build-runner', state: 'STOPPED', zone: 'Singapore 1', offering_id: 4, created_at: before(9 * 24) },
];
export const ips = [
	{ id: 21, address: '203.0.113.7', kind: 'DEFAULT', zone: 'Frankfurt 1', instance: { id: 11, name: 'web-1' }, acquired_at: before(51 * 24) },
	{ id: 22, address: '203.0.113.19', kind: 'DEFAULT', zone: 'Frankfurt 1', instance: { id: 12, name: 'web-2' }, acquired_at: before(40 * 24) },
	{ id: 23, address: '203.0.113.44', kind: 'SECONDARY', zone: 'Frankfurt 1', instance: { id: 11, name: 'web-1' }, acquired_at: before(12 * 24) },
	{ id: 24, address: '198.51.100.8', kind: 'DEFAULT', zone: 'Singapore 1', instance: null, acquired_at: before(3 * 24) },
];
export function ipRow(ip) {
	const first = ips.filter((i) => i.kind === 'DEFAULT')[0];
	const price = ip.kind === 'SECONDARY' ? secondaryPrice() : ip === first && on('ip.free_one') ? 0 : ipPrice();
	return { ...ip, free: price === 0, hour: money(price), month: money(price * 730) };
}
export function instanceRow(instance) {
	const offering = SIZES.find((s) => s[0] === instance.offering_id);
	const price = instance.state === 'STOPPED' ? offering[6] / 4 : offering[6];
	return {
		...instance, offering: offering[2], vcpu: offering[3], memory_mb: offering[4], disk_gb: offering[5],
		ip: ips.find((ip) => ip.instance?.id === instance.id && ip.kind === 'DEFAULT')?.address ?? null, hour: money(price),
	};
}

export const credit = (balance) => ({
	promo: money(12.5), paid: money(balance - 12.5), grants: [
		{ label: 'Promotion WINTER', granted: money(10), left: money(7.5), expires_at: before(-24 * 9) },
		{ label: 'Promotion WELCOME', granted: money(5), left: money(5), expires_at: null },
	],
});
export const wallet = { balance: 86.42 };
export function walletNow() {
	const hidden = wallet.balance < 0 && !on('prepaid.negative_display');
	return {
		debit: on('prepaid.hourly') ? 'HOURLY' : 'DAILY', next_debit_at: on('prepaid.hourly') ? before(-1) : before(-9),
		balance: money(wallet.balance), unposted: money(0.0411), tax_reserved: money(wallet.balance > 0 ? 1.42 : 0), available: money(wallet.balance - 0.0411 - (wallet.balance > 0 ? 1.42 : 0)),
		shown_balance: money(hidden ? 0 : wallet.balance), negative_hidden: hidden, amount_due: doc(121.27 + Math.max(0, -wallet.balance)), funds_due: doc(Math.max(0, -wallet.balance)), needed: null, credit: credit(wallet.balance),
	};
}

export const entries = [
	[before(1), 'USAGE', '2026-11-23T10:00Z/2026-11-23T11:00Z', -0.1243, [0.1, 0.0243, 0]],
	[before(2), 'USAGE', '2026-11-23T09:00Z/2026-11-23T10:00Z', -0.1243],
	[before(50), 'RECHARGE', 'Bank transfer 88123', 100], [before(120), 'CREDIT', 'Goodwill for the outage of 18 November', 5],
].map(([at, kind, text, amount, [promo, paid, line] = [0, 0, 0]], i) => ({
	at, kind, text, amount: money(amount), balance_after: money(86.42 - i * 3),
	from: { promo: money(promo), paid: money(paid), credit_line: money(line) },
}));

const people = [
	[101, 'Jonas Weber', 'jonas@acme.example', 'Acme Robotics GmbH', 'ORGANIZATION', 'FLEXIBLE', 'ACTIVE', [], 86.42, 121.27],
	[102, 'Priya Raman', 'priya@example.org', '', 'INDIVIDUAL', 'PREPAID', 'ACTIVE', [], 12.5, 0],
	[103, 'Luca Moretti', 'luca@studio.example', 'Studio Moretti', 'ORGANIZATION', 'POSTPAID', 'SUSPENDED', ['OVERDUE'], -214.03, 214.03],
	[104, 'Sofia Lindqvist', 'sofia@example.net', '', 'INDIVIDUAL', 'PREPAID', 'ACTIVE', [], -18.42, 0],
	[105, 'Kenji Sato', 'kenji@hikari.example', 'Hikari Data', 'ORGANIZATION', 'POSTPAID', 'ACTIVE', [], 0, 88.1],
	[106, 'Amara Okafor', 'amara@example.com', '', 'INDIVIDUAL', 'PREPAID', 'CLOSED', [], 0, 0],
];
export const clients = people.map(([id, name, email, company, category, plan, status, reasons, balance, due]) => ({
	id, name, email, company, category, plan, contract: 'PAYG', currency: 'USD', status, reasons, balance, due,
	created_at: before(24 * (id - 60)), whmcs_id: id === 105 ? null : id - 60,
	first_name: name.split(' ')[0], last_name: name.split(' ')[1], address1: 'Hafenstrasse 12', address2: '', city: 'Hamburg', state: '',
	postcode: '20457', country: 'DE', phone: '+49 40 5550100', tax_id: category === 'ORGANIZATION' ? 'DE123456789' : '', timezone: 'Europe/Berlin',
	payments: [{ at: before(50), gateway: 'Bank transfer', reference: '88123', amount: doc(100) }],
}));
export function clientRow(client) {
	const hidden = client.balance < 0 && client.plan === 'PREPAID' && !on('prepaid.negative_display');
	const { payments, ...row } = client;
	return { ...row, balance: money(hidden ? 0 : client.balance), due: doc(client.due) };
}

const made = [
	[501, 'INV-2026-000501', 'INVOICE', 'PAID', 101, 9, 96.4], [502, 'INV-2026-000502', 'INVOICE', 'UNPAID', 101, 10, 101.91],
	[503, 'INV-2026-000503', 'INVOICE', 'OVERDUE', 103, 9, 179.86], [504, 'RCG-2026-000017', 'RECHARGE', 'PAID', 101, 10, 100],
	[505, 'INV-2026-000504', 'INVOICE', 'CANCELLED', 105, 9, 12.2], [506, 'INV-2026-000505', 'INVOICE', 'UNPAID', 105, 10, 74.03],
];
export const invoiceFile = (i, format) => ({ file: `${format} of ${i.number}`, type: 'application/octet-stream', name: `${i.number}.${format}` });

export const invoices = made.map(([id, number, kind, status, client, month, subtotal]) => ({ id, number, kind, status, client, month, subtotal }));

export function invoiceRow(invoice, admin) {
	const { id, number, kind, status, month, subtotal } = invoice;
	const tax = kind === 'RECHARGE' ? 0 : subtotal * 0.19;
	const total = Math.round((subtotal + tax) * 100) / 100;
	const client = clients.find((c) => c.id === invoice.client);
	const row = {
		id, number, kind, status, period_from: `2026-${String(month).padStart(2, '0')}-01T00:00:00Z`, period_to: `2026-${month + 1}-01T00:00:00Z`,
		issued_at: `2026-${month + 1}-01T00:10:00Z`, due_at: `2026-${month + 1}-06T00:10:00Z`, subtotal: doc(subtotal), tax: doc(tax), total: doc(total),
		paid: doc(status === 'PAID' ? total : 0), due: doc(status === 'PAID' || status === 'CANCELLED' ? 0 : total),
		whmcs: on('whmcs.enabled') ? { id: id + 700, status: status === 'PAID' ? 'Paid' : 'Unpaid', state: id === 506 ? 'PENDING' : 'SYNCED', url: 'https://whmcs.example/viewinvoice.php?id=1' } : null,
	};
	return admin ? { ...row, client: { id: client.id, name: client.company || client.name } } : row;
}

// 744 hours, 74400 GB-hours, 1204 MB
function counts(component, n) {
	if (component === 'TRAFFIC')
		return { hours: null, quantity: String((n ?? 0) / 1000), counted: 'GB' };
	if (component === 'VOLUME')
		return { hours: null, quantity: String(n), counted: 'GB-hours' };
	return { hours: n ?? 1, quantity: String(n ?? 0), counted: 'hours' };
}

export function invoiceFull(invoice, admin) {
	const row = invoiceRow(invoice, admin);
	const client = clients.find((c) => c.id === invoice.client);
	const parts = invoice.kind === 'RECHARGE' ? [['RECHARGE', 'Funds added to the balance', null, null, 1]] : [
		['INSTANCE', 'Instance web-1, B2 Medium, Frankfurt 1', 744, 0.0272, 0.32], ['INSTANCE', 'Instance db-primary, B2 Large, Frankfurt 1', 744, 0.0544, 0.6],
		['PUBLIC_IP', 'Public IP 203.0.113.7', 744, 0.0045, 0.05], ['SECONDARY_IP', 'Secondary IP 203.0.113.44', 410, 0.0035, 0.23],
		['VOLUME', 'Volume db-data, SSD, Frankfurt 1', 74400, 0.00014, 0], ['TRAFFIC', 'Traffic web-1', 1204, 0.01, 0],
		['DISCOUNT', 'Summer offer', 0, null, -0.2],
	];
	const open = row.status === 'UNPAID' || row.status === 'OVERDUE';
	return {
		...row,
		lines: parts.map(([component, description, hours, unit, share], i) => ({
			id: i + 1, position: i + 1, component, description, ...counts(component, hours), unit: unit === null ? null : money(unit), exact: money(invoice.subtotal * share), amount: doc(invoice.subtotal * share),
		})),
		taxes: invoice.kind === 'RECHARGE' ? [] : [{ name: 'VAT', rate_percent: '19', base: row.subtotal, tax: row.tax }],
		payments: row.status === 'PAID' ? [{ at: row.issued_at, gateway: 'Bank transfer', reference: '88123', amount: row.total }] : [],
		events: [{ at: row.issued_at, text: 'Issued' }, ...(row.status === 'PAID' ? [{ at: row.due_at, text: 'Paid by bank transfer' }] : [])],
		seller: { name: value('portal.name'), address: 'Speicherstadt 1\n20457 Hamburg' },
		buyer: { name: client.name, company: client.company, address1: client.address1, postcode: client.postcode, city: client.city, country: client.country, tax_id: client.tax_id },
		pay: !open || !on('payment.portal') ? null : on('whmcs.enabled') ? { kind: 'whmcs', url: 'https://whmcs.example/viewinvoice.php?id=1' } : { kind: 'offline', text: value('invoice.offline_text') },
	};
}

export function usage() {
	const rows = Array.from({ length: 40 }, (_, i) => ({
		from: new Date(Date.UTC(2026, 9, 1, i)).toISOString().replace('.000', ''), to: new Date(Date.UTC(2026, 9, 1, i + 1)).toISOString().replace('.000', ''),
		hours: 1, quantity: '1', counted: 'hours', size: 1, unit: money(i < 4 ? 0 : 0.0272), amount: money(i < 4 ? 0 : 0.0272), reason: i < 4 ? 'FREE_ONE_IP' : '', resource: 'web-1', price_id: 3, generation: 7,
	}));
	return {
		rows, total: rows.length,
		prices: [{ id: 3, item: 'INSTANCE_RUNNING', zone: 'Dublin 1', offering: 'Small', unit: money(0.0272), from: '2026-01-01T00:00:00Z', to: null }],
		events: [
			{ at: '2026-10-01T00:12:00Z', kind: 'instance.created', source: 'portal', event_id: 'e-1', received_at: '2026-10-01T00:12:00Z' },
			{ at: '2026-10-02T16:00:00Z', kind: 'instance.deleted', source: 'portal', event_id: 'e-2', received_at: '2026-10-02T16:00:00Z' },
		],
		switches: [{ key: 'ip.default_charge', value: '1', from: '2026-01-01T00:00:00Z', to: null, generation: 7 }],
		history: [{ key: 'ip.default_charge', from: '0', to: '1', at: '2025-12-31T23:10:00Z', effective_at: '2026-01-01T00:00:00Z', actor: 'staff:mara@nimbus.example', reason: '' }],
	};
}

// sorts: what the real API takes besides id; anything else is refused as there.
export function page(rows, search, words, countBy = 'status', sorts = []) {
	const q = (search.get('q') ?? '').toLowerCase();
	const found = rows.filter((row) => !q || words.some((w) => String(row[w] ?? '').toLowerCase().includes(q)));
	const counts = {};
	for (const row of found)
		counts[row[countBy]] = (counts[row[countBy]] ?? 0) + 1;
	const status = search.get('status');
	const kept = found.filter((row) => !status || row[countBy] === status);
	const sort = search.get('sort');
	if (sort && !['id', ...sorts].includes(sort))
		return { status: 422, error: { code: 'invalid', message: 'Please check the marked fields.', fields: [{ name: 'sort', message: `Must be one of ${['id', ...sorts].join('|')}` }] } };
	const plain = (v) => (v && typeof v === 'object' ? Number(v.amount) : v);
	if (sort)
		kept.sort((a, b) => (plain(a[sort]) > plain(b[sort]) ? 1 : -1) * (search.get('dir') === 'desc' ? -1 : 1));
	const per = Number(search.get('per') ?? 25);
	const number = Number(search.get('page') ?? 1);
	return { rows: kept.slice((number - 1) * per, number * per), total: kept.length, page: number, per, counts };
}
