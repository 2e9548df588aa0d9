// Taxes, VAT ids, currencies and rates of the mock.
import * as d from './data.mjs';

const refuse = (name, message) => ({ status: 422, error: { code: 'invalid', message: 'Please check the marked fields.', fields: [{ name, message }] } });
const rule = (id, country, name, percent, more) => ({ id, country, region: '', name, customer: '', percent, from: null, to: null, state: 'ACTIVE', ...more });
const rules = [
	rule(1, 'DE', 'VAT', '19'), rule(2, 'FR', 'VAT', '20'),
	rule(3, 'US', 'Sales tax', '6.25', { region: 'Texas' }),
	rule(4, 'PT', 'IVA', '6', { customer: 'ORGANIZATION', to: d.before(20 * 24), state: 'ENDED' }),
];
const evidence = [
	{ id: 1, country: 'FR', vat_id: 'FR40303265045', result: 'VALID', checked_at: d.before(30), recorded_at: d.before(29), recorded_by: 'staff:1', source: 'VIES', reference: 'WAPIAAAAYx1', voided_at: null, voided_by: null },
];
const exemptions = [
	{ id: 1, certificate: 'TX-2026-118', from: d.before(300 * 24), to: d.before(-60 * 24), recorded_at: d.before(290 * 24), recorded_by: 'staff:1', voided_at: null, voided_by: null },
];
const REVERSE = { name: 'VAT', rate_percent: '0', category: 'AE', reason: 'Reverse charge, Article 196 Directive 2006/112/EC', tax: d.doc(0) };
const sum = (taxes, base, total) => ({ inclusive: false, base: d.doc(base), taxes, tax: d.doc(total - base), total: d.doc(total) });

const currencies = [['USD', 'US dollar', true], ['EUR', 'Euro', true], ['JPY', 'Yen', false]]
	.map(([code, name, enabled], i) => ({ code, name, minor: code === 'JPY' ? 0 : 2, enabled, base: i === 0, accounts: 4 - 2 * i }));
const rates = [
	{ from_currency: 'EUR', to_currency: 'USD', rate: '1.0875', source: 'ECB', from: d.before(20), state: 'ACTIVE' },
	{ from_currency: 'EUR', to_currency: 'USD', rate: '1.09', source: 'ECB', from: d.before(44), state: 'ENDED' },
	{ from_currency: 'USD', to_currency: 'EUR', rate: '0.919540229885', source: 'ECB', from: d.before(20), state: 'ACTIVE' },
];

const clientTax = () => ({ category: 'ORGANIZATION', country: 'FR', tax_id: 'FR40303265045', member: true, plausible: true, evidence, exemptions, example: sum([REVERSE], 100, 100) });

export const adminRoutes = [
	['GET', '/taxes', () => ({ inclusive: false, seller_country: 'DE', seller_vat_id: 'DE136695976', reverse_charge: true, rules })],
	['POST', '/taxes', ({ body }) => {
		if (!/^[A-Z]{2}$/.test(body.country))
			return refuse('country', 'Two capital letters (ISO 3166).');
		rules.push(rule(rules.length + 1, body.country, body.name, body.percent, { region: body.region, customer: body.customer ?? '', from: d.now() }));
		return { status: 201, ok: true };
	}],
	['GET', '/taxes/preview', () => ({ amount: d.doc(100), ...sum([{ name: 'VAT', rate_percent: '19', category: 'S', reason: '', tax: d.doc(19) }], 100, 119) })],
	['POST', '/taxes/:id/end', ({ id }) => ({ ok: Boolean(Object.assign(rules.find((r) => r.id === Number(id)), { to: d.now(), state: 'ENDED' })) })],
	['GET', '/clients/:id/tax', clientTax],
	['POST', '/clients/:id/evidence', ({ body }) => {
		evidence.forEach((e) => Object.assign(e, { voided_at: e.voided_at ?? d.now(), voided_by: 'staff:1' }));
		evidence.unshift({ ...evidence[0], ...body, id: evidence.length + 1, checked_at: d.now(), recorded_at: d.now(), voided_at: null, voided_by: null });
		return { status: 201, ...clientTax() };
	}],
	['POST', '/clients/:id/exemptions', ({ body }) => {
		exemptions.unshift({ ...exemptions[0], ...body, id: exemptions.length + 1, voided_at: null });
		return { status: 201, ...clientTax() };
	}],
	['POST', '/clients/:id/exemptions/:exemption/void', ({ exemption }) => {
		Object.assign(exemptions.find((e) => e.id === Number(exemption)), { voided_at: d.now(), voided_by: 'staff:1' });
		return clientTax();
	}],
	['GET', '/currencies', () => ({ base_currency: 'USD', currencies, rates })],
	['PUT', '/currencies/:code', ({ code, body }) => ({ ok: Boolean(Object.assign(currencies.find((c) => c.code === code), body)) })],
	['POST', '/fx', ({ body }) => {
		rates.unshift({ ...body, from: d.now(), state: 'ACTIVE' });
		return { status: 201, ok: true };
	}],
];
