// The admin pool of the mock.
import { routes as contractRoutes, things as contractThings } from './contract.mjs';
import * as d from './data.mjs';
import { adminRoutes as depositRoutes } from './deposit.mjs';
import { adminRoutes as mailRoutes, openRoutes as mailOpen } from './mail.mjs';
import { adminRoutes as promoRoutes } from './promo.mjs';
import * as s from './settings.mjs';
import { adminRoutes as taxRoutes } from './tax.mjs';
import { COUNTRIES } from './user.mjs';

const find = (list, id) => list.find((row) => row.id === Number(id));
const refuse = (status, code, message, fields) => ({ status, error: { code, message, fields } });
// The logo on documents, while the mock runs.
let logo = null;
let picture = null;
const differences = [
	{ id: 31, account_id: 101, name: 'Ada Moran', kind: 'CLIENT', local_id: 101, what: 'city', cause: 'BOTH_CHANGED', ours: 'Galway', theirs: 'Sligo', note: 'changed on both sides', decision: '', open: true, found_at: d.before(5), seen_at: d.before(1) },
	{ id: 30, account_id: 101, name: 'Ada Moran', kind: 'CLIENT', local_id: 101, what: 'country', cause: 'REFUSED_HERE', ours: 'IE', theirs: 'XK', note: 'Unknown country.', decision: '', open: true, found_at: d.before(50), seen_at: d.before(1) },
];
const jobs = [
	{ id: 71, kind: 'WHMCS_INVOICE', state: 'READY', attempts: 0, run_at: d.now(), last_error: '' },
	{ id: 72, kind: 'WHMCS_CLIENT', state: 'PARKED', attempts: 8, run_at: d.before(2), last_error: 'Country of the client is not known to WHMCS' },
];

export function bootExtra(user) {
	return {
		user: user ? { id: 1, email: 'mara@nimbus.example', first_name: 'Mara', last_name: 'Okafor', role: 'OWNER' } : null,
		counts: { overdue_invoices: 1, suspended: d.clients.filter((c) => c.status === 'SUSPENDED').length, attention: 2 },
	};
}

function bridge() {
	return s.on('whmcs.enabled')
		? { enabled: true, state: 'OK', last_ok_at: d.before(0.01), version: '8.13.1', queue: 1, lag_s: 2, last_error: '' }
		: { enabled: false, state: 'OFF', last_ok_at: null, version: '', queue: 0, lag_s: 0, last_error: '' };
}

let due = 0;

function overview() {
	return {
		now: d.now(), clients: { total: 6, active: 4, suspended: d.clients.filter((c) => c.status === 'SUSPENDED').length }, resources: { instances_running: 14, ips: 19 },
		invoiced_month: s.on('currency.multi') ? [d.doc(4210.55), d.doc(812.4, 'EUR')] : [d.doc(4210.55)], open: [d.doc(423.4)], paid_month: [d.doc(3787.15)],
		revenue_by_day: Array.from({ length: 30 }, (_, i) => ({ day: new Date(Date.UTC(2026, 9, 24 + i)).toISOString().slice(0, 10), amount: d.money(120 + ((i * 37) % 23) * 2.1 + i) })),
		invariants: [['ledger.balanced', 'Ledger entries add up to every balance'], ['invoice.lines', 'Lines add up to every invoice'], ['usage.gaps', 'No hour is missing or counted twice'], ['payment.once', 'Every payment is booked once']]
			.map(([id, title]) => ({ id, title, value: 0, ok: true, checked_at: d.before(0.2), wrong_since: null, took_ms: 12 })),
		checked_at: d.before(0.2), checks_due: due > 0 ? --due : 0, jobs: { ready: 1, running: 0, parked: jobs.filter((j) => j.state === 'PARKED').length, oldest_s: 40, rows: jobs },
		biller: { last_run_at: d.before(0.05), rated_until: d.before(0.5), lag_s: 60 }, bridge: bridge(),
		workers: [{ pool: 'user', pid: 210, generation: 7, requests: 812, started_at: d.before(30) }, { pool: 'user', pid: 211, generation: 7, requests: 790, started_at: d.before(30) }, { pool: 'admin', pid: 214, generation: 7, requests: 33, started_at: d.before(30) }],
		suspension: { enabled: s.on('suspension.enabled'), pause: s.on('suspension.enabled') ? '' : 'OFF', held: 0 },
		attention: [{ kind: 'OVERDUE', text: '1 invoice is overdue', link: '/admin/billing/invoices?status=OVERDUE' }, { kind: 'PARKED', text: '1 job is parked', link: '/admin/overview' }],
	};
}

function clientFull(c) {
	const wallet = { balance: d.money(c.balance), unposted: d.money(0.0411), available: d.money(c.balance), tax_reserved: d.money(0), shown_balance: d.clientRow(c).balance, credit: d.credit(c.balance) };
	return {
		...d.clientRow(c), wallet, unbilled: d.money(31.2), credit_limit: c.credit_limit ? d.doc(Number(c.credit_limit)) : null, payments: c.payments, entries: d.entries,
		resources: [
			...d.instances.filter((i) => i.state !== 'DELETED').map((i) => ({ id: i.id, type: 'INSTANCE', name: i.name, state: i.state, hour: d.instanceRow(i).hour, since: i.created_at })),
			{ id: 9001, type: 'VOLUME', name: 'db-data', state: 'ACTIVE', size: 100, hour: d.money(0.014), since: d.before(900) },
			...d.ips.map((ip) => ({ id: ip.id, size: 1, type: ip.kind === 'SECONDARY' ? 'SECONDARY_IP' : 'PUBLIC_IP', name: ip.address, state: 'ACTIVE', hour: d.ipRow(ip).hour, since: ip.acquired_at })),
		],
		over_contract: 0,
		invoices: d.invoices.filter((i) => i.client === c.id).map((i) => d.invoiceRow(i)),
		suspension: { amount_due: d.doc(c.due), invoices_due: d.doc(c.due), funds_due: d.doc(0), hold: null, job: null, deletion: null },
		reasons: c.reasons.map((reason) => ({ reason, since: d.before(90), by: reason === 'ADMIN' ? 'staff:1' : 'biller', note: '' })),
	};
}

function addClient({ body }) {
	if (d.clients.some((c) => c.email === body.email))
		return refuse(422, 'fields', 'Please correct the marked fields.', [{ name: 'email', message: 'There is a client with this e-mail address already.' }]);
	if (body.contract && !s.on('contract.type'))
		return refuse(422, 'fields', 'Please correct the marked fields.', [{ name: 'contract', message: 'Billing Contract Type is off.' }]);
	const id = 107 + d.clients.length;
	d.clients.push({ company: '', address2: '', tax_id: '', currency: 'USD', contract: 'PAYG', plan: 'PREPAID', ...body, id, name: `${body.first_name} ${body.last_name}`, status: 'ACTIVE', reasons: [], balance: 0, due: 0, created_at: d.now(), whmcs_id: null, payments: [] });
	return { status: 201, id };
}

export const openRoutes = mailOpen;
export const routes = [
	...promoRoutes, ...contractRoutes, ...depositRoutes, ...taxRoutes, ...mailRoutes,
	['GET', '/overview', () => overview()],
	['POST', '/verify', () => { due = 4; return overview(); }],
	['GET', '/settings', () => ({ generation: s.state.generation, groups: s.groups, rows: s.shown() })],
	['PATCH', '/settings/:key', ({ id, body }) => s.change(id, body, 'Mara Okafor', d.now())],
	['GET', '/settings/:key/effect', ({ id }) => s.effect(id, d.now())],
	['GET', '/settings/:key/history', ({ id }) => ({ rows: s.history.get(id) ?? [] })],
	['GET', '/clients', ({ search }) => d.page(d.clients.map(d.clientRow), search, ['name', 'company', 'email'], 'status', ['created_at', 'name', 'email', 'balance', 'due', 'status'])],
	['POST', '/clients', addClient],
	['GET', '/clients/form', () => ({
		plans: ['PREPAID', 'POSTPAID', 'FLEXIBLE'], defaults: { INDIVIDUAL: s.value('plan.individual'), ORGANIZATION: s.value('plan.organization'), general: s.value('plan.general') },
		contract_types: s.on('contract.type') ? ['PAYG', 'FIXED'] : null, contract_things: contractThings(), currencies: d.currencies(), countries: COUNTRIES,
	})],
	['GET', '/clients/:id', ({ id }) => find(d.clients, id) && clientFull(find(d.clients, id))],
	['PATCH', '/clients/:id', ({ id, body }) => clientFull(Object.assign(find(d.clients, id), body))],
	['POST', '/clients/:id/credit', ({ id, body }) => {
		if (!/^\d+(\.\d+)?$/.test(body.amount))
			return refuse(422, 'fields', 'Please correct the marked fields.', [{ name: 'amount', message: 'Enter an amount such as 25.00.' }]);
		find(d.clients, id).balance += Number(body.amount);
		return { ok: true };
	}],
	['POST', '/clients/:id/suspend', ({ id }) => ({ ok: Boolean(Object.assign(find(d.clients, id), { status: 'SUSPENDED', reasons: ['ADMIN'] })) })],
	['POST', '/clients/:id/unsuspend', ({ id }) => ({ ok: Boolean(Object.assign(find(d.clients, id), { status: 'ACTIVE', reasons: [] })) })],
	['GET', '/invoices', ({ search }) => d.page(d.invoices.map((i) => d.invoiceRow(i, true)), search, ['number'], 'status', ['number', 'issued_at', 'total', 'due_at', 'client', 'status'])],
	['GET', '/invoices/:id', ({ id }) => find(d.invoices, id) && d.invoiceFull(find(d.invoices, id), true)],
	['GET', '/invoices/:id/lines/:line/usage', () => d.usage()],
	...['pdf', 'csv', 'xlsx'].map((format) => ['GET', `/invoices/:id/${format}`, ({ id }) => find(d.invoices, id) && d.invoiceFile(find(d.invoices, id), format)]),
	['GET', '/invoice-logo', () => ({ logo })],
	['GET', '/invoice-logo/png', () => logo && { file: picture, type: 'image/png', name: 'logo.png' }],
	['PUT', '/invoice-logo', ({ body }) => {
		picture = Buffer.from(body.png, 'base64');
		if (picture.readUInt32BE(0) !== 0x89504e47)
			return { status: 422, error: { code: 'invalid', message: 'Please check the marked fields.', fields: [{ name: 'png', message: 'This is not a PNG picture.' }] } };
		logo = { width: picture.readUInt32BE(16), height: picture.readUInt32BE(20), bytes: picture.length, changed_at: d.now(), changed_by: 'staff:mara@nimbus.example' };
		return { logo };
	}],
	['DELETE', '/invoice-logo', () => {
		logo = null;
		return { logo };
	}],
	['GET', '/whmcs', () => (s.on('whmcs.enabled') ? {
		enabled: true, configured: true, state: 'OK', url: 'https://whmcs.example', version: '8.13.1', last_ok_at: d.before(0.01), last_error: '',
		queue: jobs.filter((j) => j.state === 'READY'), parked: jobs.filter((j) => j.state === 'PARKED'), clients_linked: 5, invoices_linked: 6,
		intents: [{ at: d.before(1), action: 'CreateInvoice', token: 'tb-inv-506', state: 'CONFIRMED', remote_id: 1206, detail: 'created' }, { at: d.before(2), action: 'AddClient', token: 'tb-acc-105', state: 'REFUSED', remote_id: null, detail: 'Country of the client is not known to WHMCS' }],
	} : refuse(403, 'feature.off', 'WHMCS Billing is off.'))],
	['POST', '/clients/:id/payments', ({ id, body }) => {
		const c = find(d.clients, id);
		const known = c.payments.some((x) => x.reference === body.reference);
		if (!known)
			c.payments.unshift({ id: 900 + c.payments.length, gateway: body.method, at: d.now(), reference: body.reference, amount: d.doc(Number(body.amount)) });
		return { payment_id: 900, known };
	}],
	['GET', '/whmcs/differences', () => ({ differences })],
	['POST', '/whmcs/differences/:id/decide', ({ id, body }) => ({ ok: Boolean(Object.assign(find(differences, id), { decision: body.side })) })],
	['GET', '/clients/:id/whmcs', ({ id }) => ({
		remote_id: 41, state: 'SETTLED', remote_status: 'Active', note: '', agreed: true, waiting: false, checked_at: d.before(1),
		differences: differences.filter((x) => x.account_id === Number(id)),
		changes: [{ at: d.before(3), way: 'OUT', what: 'city', before: 'Cork', after: 'Galway' }, { at: d.before(30), way: 'IN', what: 'phone', before: '', after: '+353 91 123456' }],
	})],
	['POST', '/clients/:id/whmcs/look', () => ({ ok: true })],
	['POST', '/jobs/:id/retry', ({ id }) => ({ ok: Boolean(Object.assign(find(jobs, id), { state: 'READY', last_error: '' })) })],
	['GET', '/clock', () => ({ now: d.now(), wall: d.START, offset_s: d.clock.offset, testing: true })],
	['POST', '/clock', ({ body }) => {
		const offset = body.add_hours ? d.clock.offset + body.add_hours * 3600 : (Date.parse(body.to) - Date.parse(d.START)) / 1000;
		if (offset < d.clock.offset)
			return refuse(422, 'clock.back', 'The clock cannot go back.', [{ name: 'to', message: 'The clock cannot go back.' }]);
		d.clock.offset = offset;
		return { now: d.now() };
	}],
];
