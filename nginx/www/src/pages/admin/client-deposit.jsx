// A client's sign-up deposit: what was promised, is the account verified, what becomes of the money.
import { useState } from 'preact/hooks';
import { post } from '../../lib/api.js';
import { actor, currency, date, dateTime, isZero, money } from '../../lib/format.js';
import { t, tCode } from '../../lib/i18n.js';
import { useGet } from '../../lib/use.js';
import {
	Badge, Button, Card, Dialog, Empty, Facts, Form, Input, Loaded, Money, Note, required, Table, toast, useForm,
} from '../../ui/kit.js';

const TONES = { HELD: 'info', REFUNDING: 'warn', REFUNDED: 'good', APPLIED: '', CHARGED_BACK: 'bad' };

// What staff can do: the words of its dialog, what is sent. Each says what happens before it does.
const ACTIONS = {
	verify: { field: 'note', send: (c, d, note) => [`/clients/${c}/verification`, { verified: true, note }] },
	unverify: { field: 'note', danger: true, send: (c, d, note) => [`/clients/${c}/verification`, { verified: false, note }] },
	payout: { field: 'reference', send: (c, d, reference) => [`/clients/${c}/deposits/${d.id}/payout`, { reference }] },
	wallet: { field: 'note', send: (c, d, note) => [`/clients/${c}/deposits/${d.id}/release`, { to: 'WALLET', note }] },
	fee: { field: 'note', danger: true, send: (c, d, note) => [`/clients/${c}/deposits/${d.id}/release`, { to: 'FEE', note }] },
	chargeback: { field: 'note', danger: true, send: (c, d, note) => [`/clients/${c}/deposits/${d.id}/chargeback`, { note }] },
};

const possible = (d) => ({ HELD: ['wallet', 'fee', 'chargeback'], REFUNDING: ['payout', 'wallet', 'chargeback'], CHARGED_BACK: [] }[d.status] ?? ['chargeback']);

const amountOf = (name, d) => (d && money(name === 'payout' || d.status === 'REFUNDING' && name === 'wallet' ? d.refund : d.amount));

function Act({ name, client, deposit, promise, onClose, onDone }) {
	const action = ACTIONS[name];
	const form = useForm({ [action.field]: '' });
	const onSubmit = form.submit(async (values) => {
		onDone(name, await post(...action.send(client.id, deposit, values[action.field].trim())));
	}, required([action.field]));
	return (
		<Dialog title={t(`admin.deposit.${name}_title`)} onClose={onClose} footer={
			<>
				<Button onClick={onClose}>{t('common.cancel')}</Button>
				<Button kind={action.danger ? 'danger' : 'primary'} type="submit" form="deposit-form" busy={form.busy} data-testid="deposit-yes">{t(`admin.deposit.${name}`)}</Button>
			</>
		}>
			<Note>{t(`admin.deposit.${name}_help`, { amount: amountOf(name, deposit) })}{name === 'verify' && promise && ` ${promise.text}`}</Note>
			<Form form={form} onSubmit={onSubmit} class="form" id="deposit-form">
				<Input label={t(`admin.deposit.${action.field}`)} hint={t(`admin.deposit.${action.field}_hint`)} data-autofocus {...form.field(action.field)} />
			</Form>
		</Dialog>
	);
}

function Receive({ client, onClose, onDone }) {
	const form = useForm({ amount: '', gateway: 'bank', reference: '' });
	const onSubmit = form.submit(async (values) => {
		const answer = await post(`/clients/${client.id}/deposits`, {
			amount: values.amount.trim().replace(',', '.'), gateway: values.gateway.trim(), reference: values.reference.trim() });
		onDone(answer.known ? 'known' : answer.activated ? 'activated' : 'receive', answer);
	}, required(['amount', 'gateway', 'reference']));
	return (
		<Dialog title={t('admin.deposit.receive_title')} onClose={onClose} footer={
			<>
				<Button onClick={onClose}>{t('common.cancel')}</Button>
				<Button kind="primary" type="submit" form="deposit-form" busy={form.busy} data-testid="deposit-yes">{t('admin.deposit.receive')}</Button>
			</>
		}>
			<Note>{t('admin.deposit.receive_help')}</Note>
			<Form form={form} onSubmit={onSubmit} class="form" id="deposit-form">
				<Input label={t('term.amount')} prefix={currency(client.currency)?.symbol ?? client.currency} inputmode="decimal" data-autofocus {...form.field('amount')} />
				<Input label={t('admin.client.gateway')} {...form.field('gateway')} />
				<Input label={t('admin.client.reference')} hint={t('admin.deposit.reference_in_hint')} {...form.field('reference')} />
			</Form>
		</Dialog>
	);
}

function Goes({ deposit: d }) {
	if (isZero(d.refund) && isZero(d.wallet) && isZero(d.fee))
		return '\u2013';
	return (
		<div>
			{!isZero(d.refund) && <div>{t('admin.deposit.refund')} <Money value={d.refund} /></div>}
			{!isZero(d.wallet) && <div>{t('admin.deposit.to_wallet')} <Money value={d.wallet} /></div>}
			{!isZero(d.fee) && <div>{t('admin.deposit.to_fee')} <Money value={d.fee} />, <a href={`/admin/billing/invoices/${d.fee_invoice_id}`}>{d.fee_number}</a></div>}
		</div>
	);
}

const columns = (open) => [
	{ id: 'amount', title: t('term.amount'), main: true, cell: (d) => <div><Money class="strong" value={d.amount} /><small>{date(d.received_at)}, {d.gateway} <span class="mono">{d.reference}</span></small></div> },
	{ id: 'status', title: t('term.state'), cell: (d) => <div><Badge tone={TONES[d.status]}>{tCode('admin.deposit.is', d.status)}</Badge>{d.payout_reference && <small>{d.payout_reference}</small>}</div> },
	{ id: 'goes', title: t('admin.deposit.goes'), cell: (d) => <Goes deposit={d} /> },
	{ id: 'done', title: t('admin.deposit.done'), cell: (d) => (d.done_at ? <div>{dateTime(d.done_at)}<small>{actor(d.by)}{d.note && `: ${d.note}`}</small></div> : '\u2013') },
	{ id: 'act', title: '', cell: (d) => <div>{possible(d).map((name) => (
		<div key={name}>
			<Button small kind="ghost" aria-label={t('admin.deposit.act_label', { what: t(`admin.deposit.${name}`), amount: money(d.amount) })}
				onClick={() => open({ name, deposit: d })} data-testid={`deposit-${name}`}>{t(`admin.deposit.${name}`)}</Button>
		</div>
	))}</div> },
];

const historyColumns = [
	{ id: 'verified', title: t('term.state'), main: true, cell: (h) => <Badge tone={h.verified ? 'good' : 'warn'}>{t(h.verified ? 'admin.deposit.verified' : 'admin.deposit.unverified')}</Badge> },
	{ id: 'at', title: t('term.since'), cell: (h) => <div>{dateTime(h.at)}<small>{actor(h.by)}</small></div> },
	{ id: 'note', title: t('admin.deposit.note'), cell: (h) => h.note },
];

function Verified({ deposit, open }) {
	const verb = deposit.verified ? 'unverify' : 'verify';
	return (
		<Card class="spaced" title={t('admin.deposit.account')} actions={<Button icon={deposit.verified ? 'ban' : 'badge-check'} onClick={() => open({ name: verb })} data-testid={`deposit-${verb}`}>{t(`admin.deposit.${verb}`)}</Button>}>
			<Facts rows={[
				[t('term.state'), <Badge tone={deposit.verified ? 'good' : 'warn'} data-testid="verified">{t(deposit.verified ? 'admin.deposit.verified' : 'admin.deposit.unverified')}</Badge>],
				deposit.promise && !isZero(deposit.promise.required) && [t('admin.deposit.required'), <Money value={deposit.promise.required} />],
			]} />
			<p data-testid="deposit-promise">{deposit.promise ? `${t('admin.deposit.promise')}: ${deposit.promise.text}` : t('admin.deposit.no_promise')}</p>
			{deposit.history.length > 0 && <Table caption={t('admin.deposit.history')} columns={historyColumns} rows={deposit.history} rowKey={(h) => h.at + h.note} />}
		</Card>
	);
}

export default function ClientDeposit({ client, onChange }) {
	const found = useGet(`/clients/${client.id}/deposits`);
	const [dialog, setDialog] = useState(null);
	const close = () => setDialog(null);
	const done = (what, answer) => {
		toast(t(`admin.deposit.${what}_done`));
		close();
		found.setData(answer);
		onChange();
	};
	return (
		<Loaded from={found}>
			{({ deposit }) => (
				<>
					<Verified deposit={deposit} open={setDialog} />
					<Card title={t('admin.deposit.title')} sub={t('admin.deposit.owed', { amount: money(deposit.owed) })}
						actions={<Button icon="circle-plus" onClick={() => setDialog({ name: 'receive' })} data-testid="deposit-receive">{t('admin.deposit.receive')}</Button>}>
						{deposit.rows.length > 0 ? <Table caption={t('admin.deposit.title')} columns={columns(setDialog)} rows={deposit.rows} />
							: <Empty icon="wallet" title={t('admin.deposit.none')} />}
					</Card>
					{dialog?.name === 'receive' && <Receive client={client} onClose={close} onDone={done} />}
					{dialog && dialog.name !== 'receive' && (
						<Act key={dialog.name} name={dialog.name} client={client} deposit={dialog.deposit} promise={deposit.promise} onClose={close} onDone={done} />
					)}
				</>
			)}
		</Loaded>
	);
}
