// Sign-up deposits of the mock: the terms, what a client paid, and what staff does with it.
import * as d from './data.mjs';
import { on } from './settings.mjs';

const refuse = (status, code, message, fields) => ({ status, error: { code, message, fields } });
const FULL = 'Your sign-up payment of 10.00 USD is refunded in full once your account is verified.';
const NONE = 'Your sign-up payment of 10.00 USD is not refunded: it is added to your balance once your account is verified.';
const PART = 'Of your sign-up payment of 10.00 USD, 8.00 USD is refunded once your account is verified. The rest, 2.00 USD, is a fee, taxes included.';
const PAY = 'Please pay by bank transfer to IBAN IE12 BOFI 9000 0112 3456 78 and give your client number.';

const row = (id, status, more) => ({
	id, status, amount: d.doc(10), refund: d.doc(0), wallet: d.doc(0), fee: d.doc(0), back: d.doc(0), fee_invoice_id: null, fee_number: null,
	received_at: d.before(60), decided_at: null, done_at: null, payout_reference: '', gateway: 'bank', reference: `2026-11-${400 + id}`, by: '', note: '', ...more,
});
const rows = [
	row(3, 'HELD', {}),
	row(2, 'REFUNDING', { refund: d.doc(8), fee: d.doc(2), fee_invoice_id: 502, fee_number: 'INV-2026-000502', decided_at: d.before(30) }),
	row(1, 'REFUNDED', { refund: d.doc(8), wallet: d.doc(2), decided_at: d.before(50), done_at: d.before(40), payout_reference: 'SEPA 4711', by: 'staff:1' }),
];
const history = [{ verified: false, at: d.before(20), by: 'staff:1', note: 'Passport has expired' }, { verified: true, at: d.before(50), by: 'staff:1', note: 'Passport seen' }];

const whole = () => ({ deposit: {
	promise: { text: PART, required: d.doc(10), at: d.before(70) }, verified: history[0].verified, verified_at: history[0].verified ? history[0].at : null, history,
	owed: d.doc(rows.reduce((sum, r) => sum + Number(r.status === 'HELD' ? r.amount.amount : r.status === 'REFUNDING' ? r.refund.amount : 0), 0)), rows,
} });
const find = (id) => rows.find((r) => r.id === Number(id));
const change = (id, more) => whole(Object.assign(find(id), { done_at: d.now(), by: 'staff:1', ...more }));

// The customer's own: without what staff wrote.
export function mine() {
	const { history: _, ...deposit } = whole().deposit;
	return deposit;
}

const offer = (text) => ({ payment_required: true, deposits: [{ currency: 'USD', amount: d.doc(10), text }], deposit_pay_text: PAY, closed: '' });
export const signup = () => (on('signup.payment') ? offer(on('signup.verification_refund') ? FULL : NONE)
	: { payment_required: false, deposits: [], deposit_pay_text: '', closed: '' });

export const adminRoutes = [
	['GET', '/clients/:id/deposits', whole],
	['POST', '/clients/:id/deposits', ({ body }) => {
		if (!(Number(body.amount) > 0))
			return refuse(422, 'invalid', 'Please check the marked fields.', [{ name: 'amount', message: 'Please give an amount in USD below 90,000,000,000 with at most 2 decimals, above zero.' }]);
		const known = rows.find((r) => r.reference === body.reference);
		if (!known)
			rows.unshift(row(rows.length + 1, 'HELD', { amount: d.doc(Number(body.amount)), gateway: body.gateway, reference: body.reference, received_at: d.now() }));
		return { status: known ? 200 : 201, id: known?.id ?? rows.length, known: Boolean(known), activated: false, ...whole() };
	}],
	['POST', '/clients/:id/verification', ({ body }) => {
		history.unshift({ verified: body.verified, at: d.now(), by: 'staff:1', note: body.note });
		if (body.verified)
			rows.filter((r) => r.status === 'HELD').forEach((r) => Object.assign(r, { status: 'REFUNDING', refund: r.amount, decided_at: d.now() }));
		return { changed: true, ...whole() };
	}],
	['POST', '/clients/:id/deposits/:deposit/payout', ({ deposit, body }) => (find(deposit).status === 'REFUNDING'
		? change(deposit, { status: 'REFUNDED', payout_reference: body.reference }) : refuse(409, 'deposit.state', 'This deposit is decided already.'))],
	['POST', '/clients/:id/deposits/:deposit/release', ({ deposit, body }) => change(deposit, { status: 'APPLIED', [body.to === 'FEE' ? 'fee' : 'wallet']: find(deposit).amount, refund: d.doc(0), note: body.note })],
	['POST', '/clients/:id/deposits/:deposit/chargeback', ({ deposit, body }) => change(deposit, { status: 'CHARGED_BACK', note: body.note })],
];

// Somebody who has just signed up.
export const pending = (page) => page.route('**/api/user/boot', async (route) => {
	const response = await route.fetch();
	const json = await response.json();
	await route.fulfill({ response, json: !json.user ? json : { ...json, account: { ...json.account, status: 'SUSPENDED' }, notice: {
		kind: 'suspended', reasons: ['PAYMENT_PENDING'], since: d.START, message: 'Your account is ready as soon as your sign-up payment has arrived.',
		amount_due: d.doc(0), invoices_due: d.doc(0), funds_due: d.doc(0), invoices: [], pay_text: PAY, job: null, deletion: null,
		deposit: { client: 118, missing: d.doc(10), promise: PART, pay_text: PAY },
	} } });
});

// The sign-up page while a deposit is asked for.
export const asked = (page) => page.route('**/api/user/signup', async (route) => {
	const response = await route.fetch();
	await route.fulfill({ response, json: { ...await response.json(), ...offer(PART) } });
});
