// The sign-up payment: what was promised about it, and what became of it, in words.
import { date, isZero, money } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { useFeature } from '../../lib/session.js';
import { Card } from '../../ui/kit.js';

const STATES = {
	HELD: 'user.deposit.held', REFUNDING: 'user.deposit.refunding', REFUNDED: 'user.deposit.refunded',
	APPLIED: 'user.deposit.applied', CHARGED_BACK: 'user.deposit.charged_back',
};

function One({ deposit: d }) {
	const invoices = useFeature('invoice_menu');
	const vars = { amount: money(d.amount), refund: money(d.refund), date: date(d.received_at), reference: d.payout_reference };
	return (
		<div data-testid="deposit">
			<p>{t('user.deposit.received', vars)} {t(STATES[d.status], vars)}</p>
			{d.status !== 'CHARGED_BACK' && !isZero(d.wallet) && <p>{t('user.deposit.wallet', { amount: money(d.wallet) })}</p>}
			{!isZero(d.fee) && (
				<p>{t('user.deposit.fee', { amount: money(d.fee) })} {invoices
					? <a href={`/user/billing/invoices/${d.fee_invoice_id}`}>{d.fee_number}</a> : d.fee_number}</p>
			)}
		</div>
	);
}

export function Deposit({ deposit }) {
	if (!deposit || (!deposit.promise && deposit.rows.length === 0))
		return null;
	return (
		<Card class="spaced" title={t('user.deposit.title')} sub={deposit.verified ? t('user.deposit.verified', { date: date(deposit.verified_at) }) : t('user.deposit.unverified')}>
			{deposit.promise && <p data-testid="deposit-promise">{deposit.promise.text}</p>}
			{deposit.rows.map((d) => <One key={d.id} deposit={d} />)}
		</Card>
	);
}
