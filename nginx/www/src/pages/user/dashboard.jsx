import { approx, counted, date, dateTime, duration, isZero, monthName, money } from '../../lib/format.js';
import { plural, t, tCode } from '../../lib/i18n.js';
import { useFeature, useStopped } from '../../lib/session.js';
import { useGet, useHourly } from '../../lib/use.js';
import { Badge, ButtonLink, Card, Empty, Loaded, Money, Note, PageHead, Tile } from '../../ui/kit.js';
import { DayChart, Meter } from '../../ui/chart.jsx';
import { includes, termsText } from '../shared/contract.jsx';

const SERIES = [
	{ id: 'compute', tone: 'c1' }, { id: 'storage', tone: 'c5' }, { id: 'ip', tone: 'c2' }, { id: 'secondary_ip', tone: 'c3' },
	{ id: 'traffic', tone: 'c6' }, { id: 'other', tone: 'c4' },
];
// Always there in the key of the chart; the others when there is any of it.
const ALWAYS = ['compute', 'ip', 'secondary_ip'];
const TONE_OF = Object.fromEntries(SERIES.map((s) => [s.id, s.tone]));
const LOW_HOURS = 72;

function runway(data) {
	if (data.runway_hours == null)
		return isZero(data.burn_hour) ? t('user.dash.no_cost') : t('user.dash.invoiced');
	if (data.runway_hours <= 0)
		return t('user.dash.runway_none');
	return t('user.dash.runway', { time: duration(data.runway_hours * 3600) });
}

// The balance still holds them: the invoice at the cycle's end takes them out.
const taxesKept = (wallet) => wallet.tax_reserved && !isZero(wallet.tax_reserved)
	&& t('user.dash.tax_kept', { amount: money(wallet.tax_reserved) });

const isPrepaid = (data) => data.plan !== 'POSTPAID';

// Used, rated, and not yet taken from the balance: only where debits are not hourly.
const waiting = (wallet) => wallet.debit && wallet.debit !== 'HOURLY' && !isZero(wallet.unposted)
	&& t('user.dash.not_charged', { amount: money(wallet.unposted), time: dateTime(wallet.next_debit_at) });

// What counts first: the balance, or without one what the next invoice will say.
function Balance({ data }) {
	const { wallet } = data;
	return (
		<Tile tone="hero" icon="wallet" label={t('user.dash.balance')}
			value={<Money value={wallet.shown_balance} data-testid="balance" />}
			note={[runway(data), waiting(wallet), taxesKept(wallet)].filter(Boolean).join(' ')} />
	);
}

function Accrued({ data }) {
	return (
		<Tile tone="hero" icon="receipt-text" label={t('user.dash.accrued')} value={<Money value={data.month_to_date} data-testid="accrued" />}
			note={t('user.dash.next_invoice', { date: date(data.next_invoice_at) })} />
	);
}

function Tiles({ data }) {
	const { wallet } = data;
	const menu = useFeature('invoice_menu');
	const funds = useFeature('portal_payment') && !isZero(wallet.funds_due);
	return (
		<div class="tiles">
			{isPrepaid(data) ? <Balance data={data} /> : <Accrued data={data} />}
			{isPrepaid(data) ? (
				<Tile label={t('user.dash.month')} value={<Money value={data.month_to_date} />}
					note={data.hourly && data.last_hour ? t('user.dash.last_hour', { amount: money(data.last_hour) })
						: t('user.dash.since', { month: monthName(data.as_of) })} />
			) : !isZero(wallet.shown_balance) && (
				<Tile label={t('user.dash.balance_post')} value={<Money value={wallet.shown_balance} data-testid="balance" />} note={t('user.dash.balance_post_note')} />
			)}
			<Tile label={t('user.dash.forecast')} value={<Money value={data.month_forecast} />} note={t('user.dash.forecast_note')} />
			<Tile label={t('user.dash.rate')} value={<Money value={data.burn_hour} per="hour" />}
				note={`${plural('user.dash.running', data.instances.running)}, ${plural('user.dash.ips', data.ips)}`} />
			{!isZero(wallet.amount_due) && (
				<Tile tone="alarm" label={t('term.due')} value={<Money value={wallet.amount_due} data-testid="amount-due" />}
					note={funds ? <a href="/user/company/profile/payment-settings">{t('user.dash.add_funds')}</a>
						: menu && <a href="/user/billing/invoices">{t('user.dash.due_open')}</a>} />
			)}
		</div>
	);
}

function Costs({ data }) {
	const series = SERIES.filter((s) => ALWAYS.includes(s.id) || data.by_day.some((d) => !isZero(d[s.id])))
		.map((s) => ({ ...s, text: t(`user.service.${s.id}`) }));
	return (
		<Card title={t('user.dash.costs')} sub={t('user.dash.costs_sub', { month: monthName(data.as_of) })}>
			{data.by_day.length === 0
				? <Empty icon="chart-column" title={t('user.dash.no_usage')}>{t('user.dash.no_usage_help')}</Empty>
				: <DayChart rows={data.by_day} series={series} caption={t('user.dash.costs')} />}
		</Card>
	);
}

function Services({ data }) {
	const all = data.by_service.reduce((sum, s) => sum + approx(s.amount), 0);
	return (
		<Card title={t('user.dash.services')} sub={t('user.dash.this_month')}>
			{data.by_service.length === 0 && <p class="muted">{t('user.dash.no_usage_help')}</p>}
			<ul class="services">
				{data.by_service.map((s) => (
					<li key={s.service}>
						<div class="between"><span class="strong">{t(`user.service.${s.service}`)}</span><Money class="strong" value={s.amount} /></div>
						<Meter part={all ? approx(s.amount) / all : 0} tone={TONE_OF[s.service]} />
						<small class="muted">{counted(s)}</small>
					</li>
				))}
			</ul>
		</Card>
	);
}

function Invoices({ rows }) {
	return (
		<Card title={t('user.dash.invoices')} actions={<a href="/user/billing/invoices">{t('term.invoices_all')}</a>}>
			{rows.length === 0 && <p class="muted">{t('user.dash.invoices_none')}</p>}
			<ul class="lines">
				{rows.map((invoice) => (
					<li key={invoice.id}>
						<a href={`/user/billing/invoices/${invoice.id}`}>{invoice.number}</a>
						<small class="muted">{invoice.status === 'PAID' ? '' : t('user.dash.due_on', { date: date(invoice.due_at) })}</small>
						<Badge code={invoice.status} />
						<Money class="strong" value={invoice.total} />
					</li>
				))}
			</ul>
		</Card>
	);
}

function Resources({ data }) {
	const { instances, ips } = data;
	return (
		<Card title={t('user.dash.resources')} actions={<a href="/user/instances">{t('user.dash.resources_all')}</a>}>
			<ul class="lines">
				<li><span>{t('user.dash.res_running')}</span><strong>{instances.running}</strong></li>
				<li><span>{t('user.dash.res_stopped')}</span><strong>{instances.stopped}</strong></li>
				<li><span>{t('user.dash.res_ips')}</span><strong>{ips}</strong></li>
				{data.storage > 0 && <li><span>{t('user.dash.res_storage')}</span><strong>{data.storage}</strong></li>}
				<li><span>{t('term.plan')}</span><strong>{tCode('plan', data.plan)}</strong></li>
				<li><span>{t('user.dash.next')}</span><strong>{date(data.next_invoice_at)}</strong></li>
			</ul>
		</Card>
	);
}

// Who pays a fixed fee sees what is in it before what the rest costs.
function Contract({ contract }) {
	const { now, next } = contract;
	const waits = next?.state === 'WAITING';
	if (now.kind !== 'FIXED' && !next)
		return null;
	return (
		<>
			{next && (
				<Note tone={waits ? 'warn' : 'info'} title={waits ? t('user.contract.waits', { amount: money(next.due) }) : t('user.contract.next', { time: dateTime(next.at) })}>
					{termsText(next)}
				</Note>
			)}
			{now.kind === 'FIXED' && (
				<Card title={t('user.contract.title')} sub={tCode('user.contract.overage', now.overage)} data-testid="contract">
					<ul class="lines">
						<li><span>{t('user.contract.fee')}</span><Money class="strong" value={now.fee} per="month" /></li>
						{includes(now)}
					</ul>
				</Card>
			)}
		</>
	);
}

function Low({ data }) {
	const canPay = useFeature('portal_payment');
	if (data.runway_hours == null || data.runway_hours > LOW_HOURS)
		return null;
	const empty = data.runway_hours <= 0;
	return (
		<Note tone="warn" title={empty ? t('user.dash.runway_none') : t('user.dash.low')} actions={canPay && (
			<ButtonLink small href="/user/company/profile/payment-settings">{t('user.dash.add_funds')}</ButtonLink>)}>
			{!empty && runway(data)} {t('user.dash.low_help')}
		</Note>
	);
}

export default function Dashboard() {
	const dash = useGet('/dashboard');
	useHourly(dash.reload);
	const menu = useFeature('invoice_menu');
	const stopped = useStopped();
	const canPay = useFeature('portal_payment');
	const data = dash.data;
	const stamp = data && t('user.dash.as_of_hourly', { time: dateTime(data.as_of) });
	return (
		<>
			<PageHead title={t('user.nav.dashboard')} sub={<span data-testid="as-of">{stamp ?? '\u00a0'}</span>}>
				{canPay && data && isPrepaid(data) && (
					<ButtonLink icon="wallet" href="/user/company/profile/payment-settings">{t('user.dash.add_funds')}</ButtonLink>)}
				{!stopped && <ButtonLink kind="primary" icon="plus" href="/user/instances/new">{t('user.instances.add')}</ButtonLink>}
			</PageHead>
			<Loaded from={dash} tiles={4} lines={5}>
				{() => (
					<>
						<Low data={data} />
						<Tiles data={data} />
						<Contract contract={data.contract} />
						<div class="cols-main"><Costs data={data} /><Services data={data} /></div>
						<div class="cols-2">{menu && <Invoices rows={data.invoices} />}<Resources data={data} /></div>
					</>
				)}
			</Loaded>
		</>
	);
}
