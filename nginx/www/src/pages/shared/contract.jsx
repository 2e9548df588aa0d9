// What a contract says, in words that both portals use.
import { money } from '../../lib/format.js';
import { t, tCode } from '../../lib/i18n.js';

const thing = (p) => tCode('contract_thing', p.what) + (p.offering ? ` (${p.offering})` : '');

// One line per part: how much of it is taken.
export function includes(contract) {
	if (contract.parts.length === 0)
		return <li><span>{t('contract.everything')}</span></li>;
	return contract.parts.map((p) => (
		<li key={`${p.what}${p.offering_id}`}>
			<span>{thing(p)}</span>
			<strong>{p.quantity === 0 ? t('contract.unlimited') : t('contract.used', { used: p.used, n: p.quantity })}</strong>
		</li>
	));
}

// "Fixed Payment, $49.00 a month: 2 Instances (Small); beyond it Pay-As-You-Go"
export function termsText(contract) {
	if (contract.kind !== 'FIXED')
		return tCode('contract', contract.kind);
	const parts = contract.parts.length === 0 ? t('contract.everything')
		: contract.parts.map((p) => (p.quantity === 0 ? thing(p) : t('contract.part', { n: p.quantity, what: thing(p) }))).join(', ');
	return t('contract.terms', { kind: tCode('contract', 'FIXED'), fee: money(contract.fee), parts, beyond: tCode('contract_overage', contract.overage) });
}
