// The user pool of the mock.
import { mine as contract } from './contract.mjs';
import * as d from './data.mjs';
import * as deposit from './deposit.mjs';
import { choices, openRoutes as mailOpen, userRoutes as mailRoutes } from './mail.mjs';
import { userRoutes as promoRoutes } from './promo.mjs';
import { on, value } from './settings.mjs';

const COUNTRIES = [['DE', 'Germany'], ['IN', 'India'], ['IT', 'Italy'], ['JP', 'Japan'], ['SE', 'Sweden'], ['US', 'United States']].map(([code, name]) => ({ code, name }));
const me = () => d.clients.find((c) => c.id === 101);
const refuse = (status, code, message, fields) => ({ status, error: { code, message, fields } });
const off = () => refuse(403, 'feature.off', 'Your provider has switched this off.');

export function features() {
	return {
		default_ip_charge: on('ip.default_charge'), multi_currency: on('currency.multi'), portal_payment: on('payment.portal'), prepaid_hourly: on('prepaid.hourly'),
		free_one_ip: on('ip.free_one'), invoice_menu: on('invoice.menu'), suspended_billing: on('suspension.enabled'), negative_balance: on('prepaid.negative_display'),
		verification_refund: on('signup.verification_refund'), secondary_ip: on('ip.secondary_charge'), signup_payment: on('signup.payment'), whmcs: on('whmcs.enabled'), mail: on('mail.enabled'),
	};
}
export { COUNTRIES };

const mine = () => d.invoices.filter((i) => i.client === 101);

export function bootExtra(user) {
	if (!user)
		return { user: null, account: null, notice: null, counts: { unpaid_invoices: 0 } };
	const c = me();
	return {
		user: { id: 1, email: c.email, first_name: c.first_name, last_name: c.last_name, role: 'OWNER' },
		account: { id: c.id, name: c.company, category: c.category, plan: c.plan, contract: c.contract, currency: c.currency, status: c.status, timezone: c.timezone },
		notice: null,
		counts: { unpaid_invoices: mine().filter((i) => i.status === 'UNPAID').length },
	};
}

function dashboard() {
	const by_day = Array.from({ length: 22 }, (_, i) => ({
		day: `2026-11-${String(i + 1).padStart(2, '0')}`, compute: d.money(2.2 + ((i * 7) % 5) * 0.14 + (i > 13 ? 0.7 : 0)),
		storage: d.money(0.336), traffic: d.money(i % 6 ? 0 : 0.14), ip: d.money(d.ipPrice() * 48), secondary_ip: d.money(i > 10 ? d.secondaryPrice() * 24 : 0), other: d.money(0),
	}));
	return {
		as_of: d.now(), hourly: on('prepaid.hourly'), wallet: d.walletNow(), plan: me().plan, burn_hour: d.money(0.1243), runway_hours: 695,
		month_to_date: d.money(64.87), month_forecast: d.money(88.63), last_hour: d.money(0.1243), by_day,
		by_service: [
			{ service: 'compute', title: 'Compute', amount: d.money(57.9), quantity: '1612', counted: 'hours' },
			{ service: 'storage', title: 'Storage', amount: d.money(7.37), quantity: '52800', counted: 'GB-hours' },
			{ service: 'traffic', title: 'Traffic', amount: d.money(0.42), quantity: '42.117', counted: 'GB' },
			{ service: 'ip', title: 'Public IPs', amount: d.money(d.ipPrice() * 1200), quantity: '1200', counted: 'hours' },
			{ service: 'secondary_ip', title: 'Secondary IPs', amount: d.money(d.secondaryPrice() * 288), quantity: '288', counted: 'hours' },
		],
		instances: { running: d.instances.filter((i) => i.state === 'RUNNING').length, stopped: 1 }, ips: d.ips.length, storage: 1,
		invoices: mine().map((i) => d.invoiceRow(i)), next_invoice_at: '2026-12-01T00:00:00Z', contract,
	};
}

function estimate(body) {
	const code = on('currency.multi') && body.currency ? body.currency : 'USD';
	const rate = d.rateOf(code);
	const line = (component, title, note, price) => ({ component, title, note, free: price === 0, included: 0, refused: false, hour: d.money(price * rate, { code }), month: d.money(price * 730 * rate, { code }), price });
	const lines = [];
	const size = d.offerings().find((o) => o.id === body.offering_id);
	if (size)
		lines.push(line('INSTANCE', size.name, 'While it is running', size.price * body.zone_id ** 0.2));
	const taken = d.ips.some((ip) => ip.kind === 'DEFAULT');
	if (body.public_ip)
		lines.push(line('PUBLIC_IP', 'Public IP', on('ip.default_charge') ? '' : 'Public IPs are free', d.ipPrice()));
	if (body.public_ip && on('ip.free_one') && on('ip.default_charge'))
		lines.push(taken ? line('FREE_ONE_IP', 'Free for one IP', 'Your free address is in use', 0) : { ...line('FREE_ONE_IP', 'Free for one IP', 'Your first address costs nothing', -d.ipPrice()), free: true });
	const sum = lines.reduce((s, l) => s + l.price, 0);
	return {
		lines: lines.map(({ price, ...l }) => l), hour: d.money(sum * rate, { code }), month: d.money(sum * 730 * rate, { code }), currency: code, approx: code !== 'USD',
		rate_text: code === 'USD' ? null : `1 USD = ${rate} ${code} of 2026-11-01`, hours_per_month: 730, quote_id: 77,
	};
}

const planOf = (category) => {
	const plan = value(category === 'INDIVIDUAL' ? 'plan.individual' : 'plan.organization');
	return { category, plan: plan === 'FLEXIBLE' ? 'PREPAID' : plan, choices: plan === 'FLEXIBLE' ? ['PREPAID', 'POSTPAID', 'FLEXIBLE'] : [plan], text: '' };
};
const limit = (key) => (value(key) === '' ? null : d.doc(Number(value(key))));
let cap = null;

function profile() {
	const { first_name, last_name, email, company, address1, address2, city, state, postcode, country, phone, tax_id, timezone, category, plan, contract, currency } = me();
	return {
		first_name, last_name, email, company, address1, address2, city, state, postcode, country, phone, tax_id, timezone, category, plan, contract, currency,
		hourly: on('prepaid.hourly'), wallet: d.walletNow(), burn_hour: d.money(0.1243), last_hour: d.money(0.1243), last_posted_at: d.before(1), payment_settings: on('payment.portal'), notifications: on('mail.enabled') ? choices : null,
		deposit: deposit.mine(),
	};
}

function instanceFull(instance) {
	return {
		...d.instanceRow(instance), ips: d.ips.filter((ip) => ip.instance?.id === instance.id).map(d.ipRow), month_to_date: d.money(14.96),
		secondary_ip: { paid: on('ip.secondary_charge'), hour: d.money(d.secondaryPrice()), month: d.money(d.secondaryPrice() * 730), text: on('ip.secondary_charge') ? 'Each secondary address is charged by the hour.' : 'Secondary addresses are free.' },
		events: [{ at: instance.created_at, text: 'Created' }, { at: instance.created_at, text: 'Started' }],
	};
}

const find = (list, id) => list.find((row) => row.id === Number(id));
let nextId = 900;

export const routes = [
	...promoRoutes, ...mailRoutes,
	['GET', '/dashboard', () => dashboard()],
	['GET', '/catalog', () => ({ zones: d.zones, offerings: d.offerings().map(({ price, ...o }) => o) })],
	['POST', '/estimates', ({ body }) => estimate(body)],
	['GET', '/instances', ({ search }) => d.page(d.instances.map(d.instanceRow), search, ['name', 'ip'], 'state', ['created_at', 'name', 'status'])],
	['POST', '/instances', ({ body }) => {
		if (!/^[a-z0-9-]+$/.test(body.name))
			return refuse(422, 'fields', 'Please correct the marked fields.', [{ name: 'name', message: 'Use small letters, digits and hyphens.' }]);
		if (body.name === 'too-dear')
			return refuse(409, 'wallet.insufficient', 'Your balance is too low: add at least $12.40 first.');
		const id = ++nextId;
		d.instances.push({ id, name: body.name, state: 'RUNNING', zone: find(d.zones, body.zone_id).name, offering_id: body.offering_id, created_at: d.now() });
		return { status: 201, id };
	}],
	['GET', '/instances/:id', ({ id }) => find(d.instances, id) && instanceFull(find(d.instances, id))],
	['POST', '/instances/:id/start', ({ id }) => Object.assign(find(d.instances, id), { state: 'RUNNING' })],
	['POST', '/instances/:id/stop', ({ id }) => Object.assign(find(d.instances, id), { state: 'STOPPED' })],
	['DELETE', '/instances/:id', ({ id }) => ({ ok: Boolean(Object.assign(find(d.instances, id), { state: 'DELETED' })) })],
	['POST', '/instances/:id/secondary-ips', ({ id }) => {
		const ip = { id: ++nextId, address: `203.0.113.${nextId % 250}`, kind: 'SECONDARY', zone: 'Frankfurt 1', instance: { id: Number(id), name: find(d.instances, id).name }, acquired_at: d.now() };
		d.ips.push(ip);
		return { status: 201, id: ip.id, address: ip.address };
	}],
	['GET', '/ips', ({ search }) => d.page(d.ips.map(d.ipRow), search, ['address'], 'kind', ['acquired_at', 'address'])],
	['POST', '/ips', ({ body }) => {
		const ip = { id: ++nextId, address: `198.51.100.${nextId % 250}`, kind: 'DEFAULT', zone: find(d.zones, body.zone_id).name, instance: null, acquired_at: d.now() };
		d.ips.push(ip);
		return { status: 201, id: ip.id, address: ip.address };
	}],
	['DELETE', '/ips/:id', ({ id }) => ({ ok: d.ips.splice(d.ips.findIndex((ip) => ip.id === Number(id)), 1).length === 1 })],
	['GET', '/invoices', ({ search }) => (on('invoice.menu') ? d.page(mine().map((i) => d.invoiceRow(i)), search, ['number'], 'status', ['number', 'issued_at', 'total', 'due_at', 'status']) : off())],
	['GET', '/invoices/:id', ({ id }) => (on('invoice.menu') ? find(mine(), id) && d.invoiceFull(find(mine(), id)) : off())],
	['GET', '/invoices/:id/lines/:line/usage', () => ({ ...d.usage(), history: undefined })],
	...['pdf', 'csv', 'xlsx'].map((format) => ['GET', `/invoices/:id/${format}`, ({ id }) => (on('invoice.menu') ? find(mine(), id) && d.invoiceFile(find(mine(), id), format) : off())]),
	['GET', '/profile', () => profile()],
	['PATCH', '/profile', ({ body }) => { Object.assign(me(), body); return profile(); }],
	['POST', '/profile/password', ({ body }) => (body.current === 'demo' ? { ok: true } : refuse(422, 'fields', 'Wrong password.', [{ name: 'current', message: 'This is not your current password.' }]))],
	['GET', '/payment-settings', () => (on('payment.portal') ? {
		recharge: { minimum: limit('recharge.minimum'), maximum: limit('recharge.maximum'), personal_cap: cap, left_today: null, left_balance: null, payments_needed: null, currency: 'USD' }, can_recharge: true,
		entries: d.entries, open: [], documents: on('invoice.menu'), wallet: { ...d.walletNow(), amount_due: d.doc(0), funds_due: d.doc(0) }, collects: on('whmcs.enabled') ? 'WHMCS' : 'NONE',
	} : off())],
	['PATCH', '/payment-settings', ({ body }) => { cap = body.personal_cap ? d.doc(Number(body.personal_cap)) : null; return { ok: true }; }],
	['POST', '/recharges', () => ({ status: 201, invoice_id: 502, pay: null })],
];

export const openRoutes = [
	...mailOpen,
	['GET', '/signup', () => ({
		plans: [planOf('INDIVIDUAL'), planOf('ORGANIZATION')], currencies: d.currencies(), base_currency: 'USD', countries: COUNTRIES,
		...deposit.signup(),
	})],
	['POST', '/signup', ({ body }) => (body.promo_code && body.promo_code.toUpperCase() !== 'WELCOME-10'
		? refuse(422, 'fields', 'Please correct the marked fields.', [{ name: 'promo_code', message: 'We do not know this code.' }])
		: body.email === 'taken@example.org'
		? refuse(422, 'fields', 'Please correct the marked fields.', [{ name: 'email', message: 'There is an account with this e-mail address already.' }])
		: { status: 201, account_id: 101, signIn: true })],
];
