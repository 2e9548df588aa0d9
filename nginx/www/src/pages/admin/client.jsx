import { useState } from 'preact/hooks';
import { actor, country, date, dateTime, isZero, money } from '../../lib/format.js';
import { plural, t, tCode } from '../../lib/i18n.js';
import { useQuery } from '../../lib/router.js';
import { useFeature } from '../../lib/session.js';
import { useGet } from '../../lib/use.js';
import {
	Badge, Button, ButtonLink, Card, Empty, Facts, Lazy, Loaded, Money, Note, PageHead, Table, Tabs, Tile, toast,
} from '../../ui/kit.js';
import { invoiceColumns } from '../shared/invoice-columns.jsx';
import { Credit } from '../shared/credit.jsx';
import { Statement } from '../shared/statement.jsx';
import { CreditDialog, EditClient, PasswordDialog, SuspendDialog } from './client-actions.jsx';

const suspension = () => import('./client-suspension.jsx');
const holdDialog = () => import('./client-hold.jsx');
const paymentDialog = () => import('./payment-dialog.jsx');
const mailList = () => import('./mail-list.jsx');
const clientTax = () => import('./client-tax.jsx');
const clientContract = () => import('./client-contract.jsx');
const clientWhmcs = () => import('./client-whmcs.jsx');
const clientDeposit = () => import('./client-deposit.jsx');
const TABS = ['profile', 'contract', 'resources', 'invoices', 'payments', 'statement', 'deposit', 'tax', 'whmcs', 'mails'];

function Tiles({ client }) {
	const { wallet } = client;
	return (
		<div class="tiles">
			<Tile tone="hero" icon="wallet" label={t('admin.client.balance')} value={<Money value={wallet.shown_balance} data-testid="balance" />}
				note={[t('admin.client.available', { amount: money(wallet.available) }), wallet.tax_reserved && !isZero(wallet.tax_reserved)
					&& t('admin.client.tax_kept', { amount: money(wallet.tax_reserved) })].filter(Boolean).join(', ')} />
			<Tile label={t('admin.client.unposted')} value={<Money value={wallet.unposted} />} note={wallet.debit && wallet.debit !== 'HOURLY' ? t('admin.client.unposted_until', { time: dateTime(wallet.next_debit_at) }) : t('admin.client.unposted_note')} />
			<Tile label={t('admin.client.unbilled')} value={<Money value={client.unbilled} />} note={t('admin.client.unbilled_note')} />
			<Tile label={t('term.due')} value={<Money value={client.due} />} note={t('admin.client.due_note')} />
		</div>
	);
}

function Suspended({ client, onLift }) {
	const reasons = client.reasons ?? [];
	const needed = client.suspension?.amount_due;
	return (
		<Note tone="bad" icon="octagon-alert" title={t('admin.client.suspended')} actions={<Button small onClick={onLift}>{t('admin.client.lift')}</Button>}>
			<ul>
				{reasons.map((r, i) => (
					<li key={i}>{tCode('reason_suspended', r.reason ?? r)}{r.since && `, ${t('admin.client.since', { time: dateTime(r.since), who: actor(r.by) })}`}
						{r.note && `: ${r.note}`}</li>
				))}
			</ul>
			{needed && !isZero(needed) && t('admin.client.needed', { amount: money(needed) })}
		</Note>
	);
}

function Profile({ client, setData }) {
	const [editing, setEditing] = useState(false);
	const c = client;
	return (
		<>
			<Card title={t('admin.client.profile')} actions={!editing && <Button icon="pencil" onClick={() => setEditing(true)}>{t('common.edit')}</Button>}>
				{editing ? <EditClient client={c} onDone={(data) => { setEditing(false); if (data) setData(data); }} /> : (
					<Facts class="two" rows={[
						[t('person.name'), [c.first_name, c.last_name].filter(Boolean).join(' ') || c.name], [t('sign_in.email'), c.email],
						c.company && [t('person.company'), c.company], [t('person.phone'), c.phone],
						[t('person.address'), [c.address1, c.address2, [c.postcode, c.city].filter(Boolean).join(' '), c.state, country(c.country)].filter(Boolean).join(', ')],
						[t('person.tax_id'), c.tax_id], [t('person.timezone'), c.timezone],
					]} />
				)}
			</Card>
			<Card title={t('admin.client_new.billing')} actions={<a href={`/admin/billing/discounts?account_id=${c.id}`}>{t('admin.nav.discounts_short')}</a>}>
				{c.plan_next && <Note data-testid="plan-next">{t('term.plan_next', { plan: tCode('plan', c.plan_next.plan), time: dateTime(c.plan_next.at) })}</Note>}
				<Facts class="two" rows={[
					[t('term.category'), tCode('category', c.category)], [t('term.plan'), tCode('plan', c.plan)],
					[t('admin.client_new.contract'), tCode('contract', c.contract)], [t('term.currency'), c.currency],
					[t('admin.client_new.credit_limit'), c.credit_limit && !isZero(c.credit_limit) ? creditText(c.credit_limit) : t('admin.client.no_limit')],
					[t('admin.client.whmcs_id'), c.whmcs_id && `#${c.whmcs_id}`], [t('admin.clients.created'), date(c.created_at)],
				]} />
			</Card>
		</>
	);
}

const creditText = (limit) => (typeof limit === 'object' ? <Money value={limit} /> : limit);

const SIZED = ['VOLUME', 'SNAPSHOT'];

function Resources({ rows }) {
	const columns = [
		{ id: 'name', title: t('term.name'), main: true, cell: (r) => r.name },
		{ id: 'type', title: t('admin.client.type'), cell: (r) => [tCode('resource', r.type), SIZED.includes(r.type) && t('resource.size_gb', { n: r.size })].filter(Boolean).join(', ') },
		{ id: 'state', title: t('term.state'), cell: (r) => <Badge code={r.state} /> },
		{ id: 'since', title: t('term.since'), cell: (r) => dateTime(r.since) },
		{ id: 'hour', title: t('term.per_hour'), num: true, cell: (r) => <Money value={r.hour} /> },
	];
	return (
		<Card flush>
			{rows.length > 0 ? <Table caption={t('admin.client.tab_resources')} columns={columns} rows={rows} rowKey={(r) => `${r.type}${r.id}`} />
				: <Empty icon="server" title={t('admin.client.no_resources')}>{t('admin.client.no_resources_help')}</Empty>}
		</Card>
	);
}

function Invoices({ client }) {
	const whmcs = useFeature('whmcs');
	return (
		<Card flush title={t('admin.client.last_invoices')} actions={<a href={`/admin/billing/invoices?q=${encodeURIComponent(client.email)}`}>{t('term.invoices_all')}</a>}>
			{client.invoices.length > 0 ? <Table caption={t('admin.client.last_invoices')} columns={invoiceColumns({ whmcs })} rows={client.invoices} />
				: <Empty icon="receipt-text" title={t('admin.client.no_invoices')}>{t('term.invoices_none_help')}</Empty>}
		</Card>
	);
}

function Payments({ client, reload }) {
	const [adding, setAdding] = useState(false);
	const rows = client.payments;
	const done = (text) => {
		toast(text);
		setAdding(false);
		reload();
	};
	const columns = [
		{ id: 'gateway', title: t('admin.client.gateway'), main: true, cell: (p) => p.gateway },
		{ id: 'at', title: t('statement.at'), cell: (p) => dateTime(p.at) },
		{ id: 'reference', title: t('admin.client.reference'), cell: (p) => <span class="mono">{p.reference || '\u2013'}</span> },
		{ id: 'amount', title: t('statement.amount'), num: true, cell: (p) => <Money class="strong" value={p.amount} /> },
	];
	return (
		<Card flush title={t('admin.client.tab_payments')} actions={<Button icon="circle-plus" onClick={() => setAdding(true)}>{t('admin.payment.title')}</Button>}>
			{rows.length > 0 ? <Table caption={t('admin.client.tab_payments')} columns={columns} rows={rows} rowKey={(p) => p.id ?? p.at + p.reference} />
				: <Empty icon="credit-card" title={t('admin.client.no_payments')}>{t('admin.client.no_payments_help')}</Empty>}
			{adding && <Lazy load={paymentDialog} client={client} onClose={() => setAdding(false)} onDone={done} />}
		</Card>
	);
}

function Part({ tab, client, setData }) {
	if (tab === 'resources')
		return <Resources rows={client.resources} />;
	if (tab === 'invoices')
		return <Invoices client={client} />;
	if (tab === 'mails')
		return <Lazy load={mailList} account={client.id} />;
	if (tab === 'tax')
		return <Lazy load={clientTax} account={client.id} />;
	if (tab === 'whmcs')
		return <Lazy load={clientWhmcs} account={client.id} />;
	if (tab === 'deposit')
		return <Lazy load={clientDeposit} client={client} onChange={setData} />;
	if (tab === 'contract')
		return <Lazy load={clientContract} client={client} />;
	if (tab === 'payments')
		return <Payments client={client} reload={setData} />;
	if (tab === 'statement')
		return <><Credit credit={client.wallet.credit} /><Statement rows={client.entries} title={t('admin.client.tab_statement')} sub={t('term.newest_first')} /></>;
	return <Profile client={client} setData={setData} />;
}

export default function Client({ params }) {
	const found = useGet(`/clients/${params.id}`);
	const [{ tab }] = useQuery({ tab: 'profile' });
	const [dialog, setDialog] = useState('');
	const whmcs = useFeature('whmcs');
	const c = found.data;
	const suspended = c?.status === 'SUSPENDED';
	const done = (text) => {
		toast(text);
		setDialog('');
		found.reload();
	};
	return (
		<>
			<PageHead title={c ? c.company || c.name : t('admin.client.title')} badge={c && <Badge code={c.status} data-testid="client-status" />}
				sub={c && `${c.email}, ${tCode('plan', c.plan)}, ${c.currency}`} back={{ href: '/admin/clients', text: t('admin.nav.clients') }}>
				{c && <Button icon="circle-plus" onClick={() => setDialog('credit')}>{t('admin.client.credit')}</Button>}
				{c && !suspended && c.status !== 'CLOSED' && <Button kind="danger-soft" icon="ban" onClick={() => setDialog('suspend')}>{t('admin.client.suspend')}</Button>}
				{c && c.status !== 'CLOSED' && <Button icon="hourglass" onClick={() => setDialog('hold')}>{t('admin.client.hold')}</Button>}
				{c && <Button icon="key-round" onClick={() => setDialog('password')}>{t('admin.client.password')}</Button>}
				{suspended && <Button icon="circle-check" onClick={() => setDialog('unsuspend')}>{t('admin.client.lift')}</Button>}
			</PageHead>
			<Loaded from={found} tiles={4}>
				{() => (
					<>
						{suspended && <Suspended client={c} onLift={() => setDialog('unsuspend')} />}
						{(c.suspension?.hold || c.suspension?.job || c.suspension?.deletion) && (
							<Lazy load={suspension} client={c} reload={found.reload} />
						)}
						{c.over_contract > 0 && (
							<Note tone="warn" data-testid="over-contract" title={t('admin.contract.over')} actions={<ButtonLink small href={`/admin/clients/${c.id}?tab=contract`}>{t('admin.contract.look')}</ButtonLink>}>
								{plural('admin.contract.over_n', c.over_contract)}
							</Note>
						)}
						<Tiles client={c} />
						<Tabs label={t('admin.client.tabs')} active={tab} tabs={TABS.filter((id) => whmcs || id !== 'whmcs').map((id) => ({
							id, text: t(`admin.client.tab_${id}`), href: `/admin/clients/${params.id}${id === 'profile' ? '' : `?tab=${id}`}`,
						}))} />
						<Part tab={tab} client={c} setData={found.reload} />
					</>
				)}
			</Loaded>
			{dialog === 'credit' && <CreditDialog client={c} onClose={() => setDialog('')} onDone={done} />}
			{dialog === 'password' && <PasswordDialog client={c} onClose={() => setDialog('')} onDone={done} />}
			{dialog === 'hold' && <Lazy load={holdDialog} client={c} onClose={() => setDialog('')} onDone={done} />}
			{(dialog === 'suspend' || dialog === 'unsuspend') && (
				<SuspendDialog client={c} verb={dialog} onClose={() => setDialog('')} onDone={done} />
			)}
		</>
	);
}
