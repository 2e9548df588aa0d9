// A client's contract: what is in force, what is to come, what was.
import { useState } from 'preact/hooks';
import { post } from '../../lib/api.js';
import { actor, currency, date, dateTime, money } from '../../lib/format.js';
import { t, tCode } from '../../lib/i18n.js';
import { useGet } from '../../lib/use.js';
import {
	Badge, Button, Card, Confirm, Dialog, Empty, Facts, Form, Input, Loaded, Money, Note, required, Select, Table, toast, useForm,
} from '../../ui/kit.js';
import { includes, termsText } from '../shared/contract.jsx';
import { checkParts, ContractFields, NO_TERMS, partsOf, termsOf } from './contract-fields.jsx';

function ChangeDialog({ client, data, onClose, onDone }) {
	const { now } = data.contract;
	const types = data.contract_types ?? ['PAYG'];
	const fixed = now.kind === 'FIXED';
	const form = useForm({
		contract: types.includes('FIXED') ? 'FIXED' : 'PAYG', fee: fixed ? now.fee.amount : '', note: '', ...(fixed ? termsOf(now) : NO_TERMS),
	});
	const { values } = form;
	const onSubmit = form.submit(async () => {
		const body = { contract: values.contract, note: values.note.trim() };
		if (values.contract === 'FIXED')
			Object.assign(body, { fee: values.fee.trim().replace(',', '.'), overage: values.overage, parts: partsOf(values) });
		const { at } = await post(`/clients/${client.id}/contract`, body);
		onDone(t('admin.contract.changed', { time: dateTime(at) }));
	}, (v) => ({ ...required(v.contract === 'FIXED' ? ['fee', 'note'] : ['note'])(v), ...checkParts(v) }));
	return (
		<Dialog wide title={t('admin.contract.change_title')} onClose={onClose} footer={
			<>
				<Button onClick={onClose}>{t('common.cancel')}</Button>
				<Button kind="primary" type="submit" form="contract-form" busy={form.busy}>{t('admin.contract.change_yes')}</Button>
			</>
		}>
			<Note>{t('admin.contract.change_help')}</Note>
			<Form form={form} onSubmit={onSubmit} class="form" id="contract-form">
				<Select label={t('admin.client_new.contract')} data-autofocus options={types.map((c) => ({ value: c, text: tCode('contract', c) }))} {...form.field('contract')} />
				{values.contract === 'FIXED' && data.contract_things && (
					<ContractFields form={form} things={data.contract_things} symbol={currency(client.currency)?.symbol ?? client.currency} fee="fee" />
				)}
				<Input label={t('admin.client.note')} hint={t('admin.client.note_hint')} {...form.field('note')} />
			</Form>
		</Dialog>
	);
}

function Next({ next, onCancel }) {
	const waits = next.state === 'WAITING';
	return (
		<Note tone={waits ? 'warn' : 'info'} data-testid="contract-next" title={waits ? t(next.renewal ? 'admin.contract.lapsed' : 'admin.contract.waits') : t('admin.contract.next', { time: dateTime(next.at) })}
			actions={next.state !== 'ACTIVE' && <Button small onClick={onCancel} data-testid="contract-cancel">{t('admin.contract.cancel')}</Button>}>
			{termsText(next)}{waits && ` ${t('admin.contract.due', { amount: money(next.due) })}`}
		</Note>
	);
}

const overColumns = [
	{ id: 'name', title: t('term.name'), main: true, cell: (r) => r.name },
	{ id: 'type', title: t('admin.client.type'), cell: (r) => tCode('resource', r.type) },
	{ id: 'since', title: t('term.since'), cell: (r) => dateTime(r.since) },
	{ id: 'list', title: t('admin.contract.list_price'), num: true, cell: (r) => <Money value={r.list_hour} per="hour" /> },
];

const historyColumns = [
	{ id: 'terms', title: t('admin.contract.terms'), main: true, cell: (k) => <div>{termsText(k)}{k.note && <small>{k.note}</small>}</div> },
	{ id: 'state', title: t('term.state'), cell: (k) => <Badge tone={k.state === 'ACTIVE' && !k.to ? 'good' : k.state === 'WAITING' ? 'warn' : ''}>{tCode('contract_state', k.to ? 'OVER' : k.state)}</Badge> },
	{ id: 'from', title: t('admin.contract.from'), cell: (k) => (k.from ? dateTime(k.from) : '\u2013') },
	{ id: 'to', title: t('admin.contract.to'), cell: (k) => (k.to ? dateTime(k.to) : '\u2013') },
	{ id: 'asked', title: t('admin.contract.asked'), cell: (k) => <div>{date(k.asked_at)}<small>{actor(k.asked_by)}</small></div> },
];

export default function ClientContract({ client }) {
	const found = useGet(`/clients/${client.id}/contract`);
	const [dialog, setDialog] = useState('');
	const done = (text) => {
		toast(text);
		setDialog('');
		found.reload();
	};
	return (
		<Loaded from={found}>
			{(data) => {
				const { now, next, over, history } = data.contract;
				return (
					<>
						{next && <Next next={next} onCancel={() => setDialog('cancel')} />}
						{over.length > 0 && (
							<Card flush title={t('admin.contract.over')} sub={t('admin.contract.over_help')} data-testid="contract-over">
								<Table caption={t('admin.contract.over')} columns={overColumns} rows={over} />
							</Card>
						)}
						<Card title={t('admin.contract.title')} data-testid="contract-now"
							actions={(data.contract_types || now.kind === 'FIXED') && <Button icon="pencil" onClick={() => setDialog('change')} data-testid="contract-change">{t('admin.contract.change')}</Button>}>
							<Facts class="two" rows={[
								[t('admin.client_new.contract'), tCode('contract', now.kind)],
								now.fee && [t('admin.client_new.fixed_fee'), <Money value={now.fee} per="month" />],
								now.fee && [t('admin.contract.overage'), tCode('contract_overage', now.overage)],
								now.from && [t('term.since'), dateTime(now.from)],
							]} />
							{now.kind === 'FIXED' && <ul class="lines">{includes(now)}</ul>}
						</Card>
						<Card flush title={t('admin.contract.history')}>
							{history.length > 0 ? <Table caption={t('admin.contract.history')} columns={historyColumns} rows={history} />
								: <Empty icon="receipt-text" title={t('admin.contract.history_none')} />}
						</Card>
						{dialog === 'change' && <ChangeDialog client={client} data={data} onClose={() => setDialog('')} onDone={done} />}
						{dialog === 'cancel' && (
							<Confirm title={t('admin.contract.cancel_title')} yes={t('admin.contract.cancel')} danger onClose={() => setDialog('')}
								run={async () => { await post(`/clients/${client.id}/contract/cancel`, {}); done(t('admin.contract.cancelled')); }}>
								<p>{t('admin.contract.cancel_help')}</p>
							</Confirm>
						)}
					</>
				);
			}}
		</Loaded>
	);
}
