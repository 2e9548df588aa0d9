// Promo codes, discounts and surcharges of the mock.
import * as d from './data.mjs';
import { value } from './settings.mjs';

const DAY = 24;
const refuse = (message, name = 'code') => ({ status: 422, error: { code: 'invalid', message: 'Please check the marked fields.', fields: [{ name, message }] } });
const find = (list, id) => list.find((row) => row.id === Number(id));

function promo(id, code, more) {
	return {
		id, code, prefix: '', type: 'EXISTING', kind: 'PERCENT', percent: null, amounts: [], cycles: 1, label: `Promotion ${code}`, valid_from: d.before(30 * DAY), valid_to: null,
		max_uses: null, max_uses_per_account: 1, uses: 0, state: 'ACTIVE', created_at: d.before(31 * DAY), created_by: 'staff:mara@nimbus.example', ...more,
	};
}
export const promos = [
	promo(6, 'SUMMER20-7QK4MZ0XTB', { prefix: 'SUMMER20-', percent: '20', cycles: 3, label: 'Summer offer', uses: 2, max_uses: 500, valid_to: '2027-01-01T00:00:00Z' }),
	promo(5, 'WELCOME-10', { type: 'SIGNUP', kind: 'CREDIT', amounts: [d.doc(10)], cycles: 0, credit_days: 60, uses: 148 }),
	promo(4, 'LOYAL-5', { kind: 'FIXED', amounts: [d.doc(5)], cycles: 0, uses: 31, label: 'Thank you for five years' }),
	promo(3, 'SPRING-2027', { percent: '12.5', cycles: 2, valid_from: '2027-03-01T00:00:00Z', state: 'SCHEDULED' }),
	promo(2, 'BLACKFRIDAY', { percent: '30', max_uses: 100, uses: 100, state: 'EXHAUSTED' }),
	promo(1, 'OLD-PARTNER', { percent: '15', cycles: 12, uses: 7, state: 'INACTIVE' }),
];
const uses = [
	{ id: 2, account_id: 101, client: 'Acme Robotics GmbH', nth: 1, at: d.before(9 * DAY), given: d.doc(20.38), status: 'ACTIVE', cycles_total: 3, cycles_used: 1 },
	{ id: 1, account_id: 102, client: 'Priya Raman', nth: 1, at: d.before(20 * DAY), given: d.doc(0), status: 'ACTIVE', cycles_total: 3, cycles_used: 0 },
];

function discount(id, client, more) {
	const c = find(d.clients, client);
	return {
		id, account_id: c.id, client: c.company || c.name, source: 'ADMIN', code: null, kind: 'PERCENT', percent: null, amount: null, surcharge: false, scope: '',
		from: '2026-11-01T00:00:00Z', cycles_total: 0, cycles_used: 0, label: '', status: 'ACTIVE', billed: d.doc(0), created_at: d.before(DAY), created_by: 'staff:mara@nimbus.example', ...more,
	};
}
export const discounts = [
	discount(4, 101, { source: 'PROMO', code: 'SUMMER20-7QK4MZ0XTB', percent: '-20', cycles_total: 3, cycles_used: 1, label: 'Summer offer', billed: d.doc(-20.38) }),
	discount(3, 105, { kind: 'FIXED', amount: d.doc(49), surcharge: true, label: 'Managed backup', cycles_used: 2, billed: d.doc(98), from: '2026-09-01T00:00:00Z' }),
	discount(2, 103, { percent: '-50', scope: 'PUBLIC_IP', label: 'Half price for addresses', status: 'USED', cycles_total: 2, cycles_used: 2, billed: d.doc(-6.7) }),
	discount(1, 102, { kind: 'FIXED', amount: d.doc(-5), label: 'Goodwill', status: 'ENDED', cycles_total: 6, cycles_used: 1, billed: d.doc(-5) }),
];

let next = 100;
const random = () => Array.from({ length: 10 }, () => '0123456789ABCDEFGHJKMNPQRSTVWXYZ'[Math.floor(Math.random() * 32)]).join('');

function add({ body }) {
	if (promos.some((p) => p.code === body.code.toUpperCase()))
		return refuse(`There is already a code ${body.code.toUpperCase()}.`);
	if (body.kind === 'PERCENT' && !(Number(body.percent) > 0 && Number(body.percent) <= 100))
		return refuse('Between 0.0001 and 100.', 'percent');
	const made = promo(++next, body.code.toUpperCase(), {
		...body, code: body.code.toUpperCase(), prefix: value('promo.prefix'), label: body.label || `Promotion ${body.code}`, amounts: (body.amounts ?? []).map((a) => d.doc(Number(a.amount), a.currency)),
		max_uses: body.max_uses || null, valid_to: body.valid_to ? `${body.valid_to}T00:00:00Z` : null, cycles: body.cycles ?? 0,
	});
	promos.unshift(made);
	return { status: 201, ...made };
}

export const adminRoutes = [
	['GET', '/promos', ({ search }) => d.page(promos, search, ['code', 'label', 'prefix'], 'state', ['code', 'uses'])],
	['GET', '/promos/form', () => ({ prefix: value('promo.prefix'), code: value('promo.prefix') + random(), code_max: 32, currencies: d.currencies(), base_currency: 'USD' })],
	['POST', '/promos', add],
	['GET', '/promos/:id', ({ id }) => find(promos, id)],
	['PATCH', '/promos/:id', ({ id, body }) => Object.assign(find(promos, id), body, 'active' in body ? { state: body.active ? 'ACTIVE' : 'INACTIVE' } : {})],
	['GET', '/promos/:id/redemptions', ({ id, search }) => d.page(id === '6' ? uses : [], search, [])],
	['GET', '/discounts', ({ search }) => d.page(discounts, search, ['label', 'client', 'code'])],
	['GET', '/discounts/form', () => ({ scopes: ['INSTANCE', 'PUBLIC_IP', 'SECONDARY_IP'], months: ['2026-11-01', '2026-12-01', '2027-01-01', '2027-02-01'] })],
	['POST', '/discounts', ({ body }) => {
		const { percent = null, amount = null, account_id, ...rest } = body;
		discounts.unshift(discount(++next, account_id, { ...rest, percent, amount: amount && d.doc(Number(amount)), surcharge: Number(percent ?? amount) > 0, cycles_total: body.cycles }));
		return { status: 201, id: next };
	}],
	['POST', '/discounts/:id/end', ({ id }) => ({ ok: Boolean(Object.assign(find(discounts, id), { status: 'ENDED' })) })],
];

const redeemed = [
	{ id: 2, at: d.before(9 * DAY), code: 'SUMMER20-7QK4MZ0XTB', kind: 'PERCENT', label: 'Summer offer', percent: '20', given: d.doc(20.38), status: 'ACTIVE', cycles_total: 3, cycles_used: 1 },
	{ id: 1, at: d.before(40 * DAY), code: 'WELCOME-10', kind: 'CREDIT', label: 'Promotion WELCOME-10', percent: null, given: d.doc(10) },
];

function redeem({ body }) {
	const code = body.code.toUpperCase();
	const found = promos.find((p) => p.code === code);
	if (!found || found.state === 'INACTIVE')
		return refuse('We do not know this code.');
	if (found.type === 'SIGNUP')
		return refuse('This code is for new customers, at sign-up.');
	if (found.state !== 'ACTIVE')
		return refuse(found.state === 'SCHEDULED' ? 'This code is not valid yet.' : 'This code has been used up.');
	if (redeemed.some((r) => r.code === code))
		return refuse('You have used this code already.');
	const { kind, percent, cycles, label } = found;
	redeemed.unshift({ id: ++next, at: d.now(), code, kind, label, percent, amount: found.amounts[0], given: d.doc(0), status: 'ACTIVE', cycles_total: cycles, cycles_used: 0 });
	return { status: 201, id: next, code, kind, label, percent, amount: found.amounts[0], credit: d.doc(0), cycles };
}

export const userRoutes = [
	['GET', '/promo-redemptions', () => ({
		credits: { granted: d.doc(5), promo: d.doc(10), limit: d.doc(500), consumed: d.doc(121.27), available: d.doc(378.73) },
		redemptions: redeemed, adjustments: [{ id: 9, label: 'Managed backup', scope: '', percent: null, amount: d.doc(49), from: '2026-09-01T00:00:00Z', cycles_total: 0, cycles_used: 2 }],
	})],
	['POST', '/promo-redemptions', redeem],
];
