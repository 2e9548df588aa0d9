// Contracts of clients: Acme's includes some, the last one waits for money.
import * as d from './data.mjs';
import { on } from './settings.mjs';

const day = (n) => new Date(Date.parse(d.START) + n * 86400000).toISOString().replace('.000', '');
const part = (what, quantity, used, offering = '', offering_id = 0) => ({ what, offering_id, offering: offering || null, quantity, used });
const FIXED = {
	id: 3, kind: 'FIXED', fee: d.doc(89), overage: 'PAYG', state: 'ACTIVE', from: day(-22), to: null,
	parts: [part('INSTANCE', 2, 2, 'Small', 2), part('PUBLIC_IP', 3, 1), part('TRAFFIC', 0, 0)],
};
const PAYG = { kind: 'PAYG', parts: [] };
const past = { ...FIXED, id: 2, fee: d.doc(49), to: day(-22), from: day(-80), parts: [] };
const asked = (k, note) => ({ ...k, note, asked_at: day(-90), asked_by: 'staff:mara@nimbus.example' });
const waits = { ...FIXED, id: 4, state: 'WAITING', from: null, at: null, due: d.doc(89), renewal: true };
let next = { ...FIXED, id: 4, kind: 'FIXED', fee: d.doc(59), overage: 'REFUSE', state: 'PENDING', from: null, at: '2026-12-01T00:00:00Z', due: null, renewal: false };

export const things = () => (on('contract.type') ? ['INSTANCE', 'INSTANCE_RUNNING', 'INSTANCE_STOPPED', 'PUBLIC_IP', 'SECONDARY_IP', 'VOLUME', 'SNAPSHOT', 'TRAFFIC'].map((what) => ({
	what, limited: what !== 'TRAFFIC', offerings: what.startsWith('INSTANCE') ? d.offerings().map((o) => ({ id: o.id, name: o.name })) : [],
})) : null);
const form = () => ({ contract_types: on('contract.type') ? ['PAYG', 'FIXED'] : null, contract_things: things() });

function contractOf(id) {
	if (Number(id) !== 101)
		return { now: PAYG, next: null, over: [], history: [] };
	return {
		now: FIXED, next, over: [{ id: 9007, name: 'forced-1', type: 'INSTANCE', since: day(-1), list_hour: d.money(0.0272) }],
		history: [asked(FIXED, 'Asked for more by phone'), asked(past, '')],
	};
}

export const routes = [
	['GET', '/clients/:id/contract', ({ id }) => ({ ...form(), contract: contractOf(id) })],
	['POST', '/clients/:id/contract', ({ id, body }) => {
		if (body.contract === 'FIXED' && !on('contract.type'))
			return { status: 403, error: { code: 'feature.off', message: 'This is switched off.' } };
		if (next)
			return { status: 409, error: { code: 'contract.open', message: 'A change of the contract is to come already. Please cancel it first.' } };
		next = { ...FIXED, id: 5, kind: body.contract, fee: d.doc(Number(body.fee ?? 0)), overage: body.overage ?? 'PAYG', state: 'PENDING', from: null, at: '2026-12-01T00:00:00Z', due: null, renewal: false, parts: (body.parts ?? []).map((p) => part(p.what, p.quantity, 0)) };
		return { at: next.at, contract: contractOf(id) };
	}],
	['POST', '/clients/:id/contract/cancel', ({ id }) => {
		next = null;
		return { contract: contractOf(id) };
	}],
];

// The customer of the mock pays by the hour; given on a page, he has a contract.
export const mine = { now: PAYG, next: null };
const put = (path, change) => (page) => page.route(`**/api/${path}`, async (route) => {
	const response = await route.fetch();
	await route.fulfill({ response, json: change(await response.json()) });
});
export const included = put('user/dashboard', (json) => ({ ...json, contract: { now: FIXED, next: null } }));
export const waiting = put('user/dashboard', (json) => ({ ...json, contract: { now: PAYG, next: waits } }));
export const over = put('admin/clients/101', (json) => ({ ...json, over_contract: 1 }));
export const estimated = put('user/estimates', (json) => ({
	...json, hour: d.money(0), month: d.money(0),
	lines: json.lines.map((l, i) => (i === 0 ? { ...l, free: true, included: 1, note: 'included in your contract', hour: d.money(0), month: d.money(0) } : { ...l, refused: l.component === 'PUBLIC_IP', note: 'beyond your contract' })),
}));
