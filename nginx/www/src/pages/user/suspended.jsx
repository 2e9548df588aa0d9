// What a suspended customer has to know: why, how much, which invoices, how to pay.
import { useEffect } from 'preact/hooks';
import { date, dateTime, isZero, money } from '../../lib/format.js';
import { plural, t, tCode } from '../../lib/i18n.js';
import { navigate } from '../../lib/router.js';
import { useBoot } from '../../lib/session.js';
import { Badge, ButtonLink, Card, Facts, Money, Note, PageHead } from '../../ui/kit.js';

function Invoices({ rows, links }) {
	return (
		<Card title={t('user.suspended.invoices')}>
			<ul class="lines">
				{rows.map((invoice) => (
					<li key={invoice.id} data-testid="open-invoice">
						<span>
							{links ? <a href={`/user/billing/invoices/${invoice.id}`}>{invoice.number}</a> : invoice.number}
							<small class="muted">{t('user.dash.due_on', { date: date(invoice.due_at) })}</small>
						</span>
						<Badge code={invoice.status} />
						<Money class="strong" value={invoice.due} />
						{invoice.pay?.url && (
							<ButtonLink small kind="primary" href={invoice.pay.url}>{t('user.pay.button')}<span class="sr"> {invoice.number}</span></ButtonLink>
						)}
					</li>
				))}
			</ul>
		</Card>
	);
}

function Resources({ job, deletion }) {
	const halting = job?.direction === 'HALT' && job.state === 'OPEN';
	return (
		<Card class="spaced" title={t('user.suspended.state')}>
			<p>{halting ? t('user.suspended.stopping', job) : job?.total > 0 ? plural('user.suspended.stopped', job.total) : t('user.suspended.none_ran')}</p>
			<p class="muted">{t('user.suspended.free')}</p>
			{deletion?.state === 'WAITING' && <Note tone="bad" data-testid="deletion-date">{t('user.suspended.deletion', { date: date(deletion.due_at) })}</Note>}
		</Card>
	);
}

// Who has just signed up: what is missing, and how to pay it.
function Pending({ deposit }) {
	return (
		<>
			<PageHead title={t('user.deposit.pending')} sub={t('user.deposit.pending_sub')} />
			<div class="cols-2">
				<Card class="spaced" title={t('user.deposit.missing')}>
					<p class="tile-value"><Money value={deposit.missing} data-testid="deposit-missing" /></p>
					<Facts rows={[[t('user.deposit.client'), deposit.client]]} />
					<p>{deposit.promise}</p>
				</Card>
				<Card title={t('user.suspended.how')}><p data-testid="pay-text">{deposit.pay_text}</p></Card>
			</div>
		</>
	);
}

export default function Suspended() {
	const { notice, features, account } = useBoot();
	const here = notice?.kind === 'suspended';
	useEffect(() => {
		if (!here)
			navigate('/user/dashboard', { replace: true });
	}, [here]);
	if (!here)
		return null;
	if (notice.deposit && notice.reasons.length === 1)
		return <Pending deposit={notice.deposit} />;
	const funds = !isZero(notice.funds_due);
	const due = !isZero(notice.amount_due);
	const offline = due && notice.pay_text && !notice.invoices.some((invoice) => invoice.pay?.url);
	return (
		<>
			<PageHead title={t('user.suspended.title')} sub={t('user.suspended.since', { time: dateTime(notice.since) })} />
			<Note tone="bad" icon="octagon-alert" title={notice.reasons.map((r) => tCode('reason_suspended', r)).join(', ')}>{notice.message}</Note>
			<div class="cols-2">
				<div class="stack">
					<Card class="spaced" title={t('user.suspended.needed')}>
						{due ? (
							<>
								<p class="tile-value"><Money value={notice.amount_due} data-testid="amount-needed" /></p>
								<Facts rows={[
									!isZero(notice.invoices_due) && [t('user.suspended.invoices'), <Money value={notice.invoices_due} />],
									funds && [t('user.suspended.funds'), <Money value={notice.funds_due} />],
								]} />
								{funds && features.portal_payment && account?.plan !== 'POSTPAID' && (
									<div><ButtonLink kind="primary" icon="circle-plus" href="/user/company/profile/payment-settings">{t('user.suspended.add_funds')}</ButtonLink></div>
								)}
							</>
						) : <p>{t('user.suspended.nothing')}</p>}
					</Card>
					{offline && <Card title={t('user.suspended.how')}><p data-testid="pay-text">{notice.pay_text}</p></Card>}
				</div>
				<div class="stack">
					{notice.invoices.length > 0 && <Invoices rows={notice.invoices} links={features.invoice_menu} />}
					<Resources job={notice.job} deletion={notice.deletion} />
				</div>
			</div>
		</>
	);
}
