// Add funds, the customer's own limit, movements of the balance.
import { useState } from 'preact/hooks';
import { patch, post } from '../../lib/api.js';
import { currency, date, exactMoney, isZero, money } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { navigate } from '../../lib/router.js';
import { useAction, useGet, useIdempotency } from '../../lib/use.js';
import { Badge, Button, ButtonLink, Card, Form, Input, Loaded, Money, Note, required, toast, useForm } from '../../ui/kit.js';
import { Credit } from '../shared/credit.jsx';
import { Statement } from '../shared/statement.jsx';
import { ProfileHead } from './profile-head.jsx';

const QUICK = ['25', '50', '100', '250'];

const plain = (text) => text.trim().replace(',', '.');

function limitsText({ minimum, maximum, personal_cap: cap, left_today: today, left_balance: room }) {
	const parts = [];
	if (minimum)
		parts.push(t('user.pay.min', { amount: money(minimum) }));
	if (maximum)
		parts.push(t('user.pay.max', { amount: money(maximum) }));
	if (cap)
		parts.push(t('user.pay.cap', { amount: money(cap) }));
	if (today)
		parts.push(t('user.pay.left_today', { amount: money(today) }));
	if (room)
		parts.push(t('user.pay.left_balance', { amount: money(room) }));
	return parts.join(' ');
}

function checkAmount(limits) {
	return (values) => {
		const found = required(['amount'])(values);
		const amount = plain(values.amount);
		if (!found.amount && !/^\d+(\.\d+)?$/.test(amount))
			found.amount = t('user.pay.not_amount');
		else if (limits.minimum && Number(amount) < Number(limits.minimum.amount))
			found.amount = t('user.pay.too_low', { amount: exactMoney(limits.minimum) });
		else if (limits.maximum && Number(amount) > Number(limits.maximum.amount))
			found.amount = t('user.pay.too_high', { amount: exactMoney(limits.maximum) });
		else if (limits.personal_cap && Number(amount) > Number(limits.personal_cap.amount))
			found.amount = t('user.pay.over_cap', { amount: exactMoney(limits.personal_cap) });
		else if (limits.left_today && Number(amount) > Number(limits.left_today.amount))
			found.amount = t('user.pay.left_today', { amount: exactMoney(limits.left_today) });
		else if (limits.left_balance && Number(amount) > Number(limits.left_balance.amount))
			found.amount = t('user.pay.left_balance', { amount: exactMoney(limits.left_balance) });
		return found;
	};
}

function AddFunds({ data, reload }) {
	const { recharge } = data;
	const form = useForm({ amount: '' });
	const once = useIdempotency();
	const symbol = currency(recharge.currency)?.symbol ?? recharge.currency;
	const inLimits = (n) => Object.keys(checkAmount(recharge)({ amount: n })).length === 0;
	const onSubmit = form.submit(async (values) => {
		const answer = await once((key) => post('/recharges', { amount: plain(values.amount) }, { key }));
		if (answer.pay?.kind === 'whmcs' && answer.pay.url) {
			location.assign(answer.pay.url);
			return;
		}
		toast(t('user.pay.recharge_made'));
		// With the Invoices menu off it waits in the list beside, with how to pay it.
		if (data.documents)
			navigate(`/user/billing/invoices/${answer.invoice_id}`);
		else
			reload();
	}, checkAmount(recharge));
	return (
		<Card title={t('user.pay.add')} sub={data.can_recharge && t(data.collects === 'WHMCS' ? 'user.pay.add_whmcs' : 'user.pay.add_offline')}>
			{data.can_recharge ? (
				<Form form={form} onSubmit={onSubmit} class="form">
					<div class="quick" role="group" aria-label={t('user.pay.quick')}>
						{QUICK.filter(inLimits).map((n) => (
							<Button key={n} small aria-pressed={String(form.values.amount === n)} onClick={() => form.set('amount', n)}>{symbol}{n}</Button>
						))}
					</div>
					<Input label={t('term.amount')} prefix={symbol} inputmode="decimal" autocomplete="off" hint={limitsText(recharge)} {...form.field('amount')} />
					<div><Button kind="primary" type="submit" busy={form.busy}>{t('user.pay.add')}</Button></div>
				</Form>
			) : <Note>{t('user.pay.cannot')}</Note>}
		</Card>
	);
}

function Cap({ data, reload }) {
	const { recharge } = data;
	const [editing, setEditing] = useState(false);
	const form = useForm({ personal_cap: recharge.personal_cap?.amount ?? '' });
	const off = useAction();
	const save = async (value) => {
		await patch('/payment-settings', { personal_cap: value });
		toast(t(value ? 'user.pay.cap_saved' : 'user.pay.cap_off'));
		setEditing(false);
		reload();
	};
	const onSubmit = form.submit((values) => save(plain(values.personal_cap)));
	return (
		<Card title={t('user.pay.cap_title')} sub={t('user.pay.cap_help')}
			actions={!editing && <Button icon="pencil" onClick={() => setEditing(true)}>{t('common.edit')}</Button>}>
			{editing ? (
				<Form form={form} onSubmit={onSubmit} class="form">
					<Input optional label={t('user.pay.cap_label')} inputmode="decimal" autofocus prefix={currency(recharge.currency)?.symbol ?? recharge.currency} {...form.field('personal_cap')} />
					<div class="row">
						<Button kind="primary" type="submit" busy={form.busy}>{t('common.save')}</Button>
						<Button onClick={() => { form.clear(); setEditing(false); }}>{t('common.cancel')}</Button>
						{recharge.personal_cap && <Button kind="ghost" busy={off.busy} onClick={() => off.run(() => save(''))}>{t('user.pay.cap_remove')}</Button>}
					</div>
				</Form>
			) : <p class="tile-value">{recharge.personal_cap ? <Money value={recharge.personal_cap} /> : <span class="muted">{t('user.pay.cap_none')}</span>}</p>}
		</Card>
	);
}

function Open({ data }) {
	const { open, wallet } = data;
	const text = open.find((row) => row.pay?.text)?.pay.text;
	const due = isZero(wallet.amount_due) ? t('user.pay.due_none')
		: isZero(wallet.funds_due) ? t('user.pay.due_note') : t('user.pay.due_funds', { amount: money(wallet.funds_due) });
	return (
		<Card class="spaced" title={t('user.pay.open')} actions={<strong data-testid="amount-due"><Money value={wallet.amount_due} /></strong>} sub={due}>
			{wallet.needed && !isZero(wallet.needed) && (
				<Note tone="bad">
					{t('user.pay.restore', { amount: money(wallet.needed) })}
					{data.recharge.payments_needed && ` ${t('user.pay.parts', { count: data.recharge.payments_needed })}`}
				</Note>
			)}
			{open.length > 0 && (
				<ul class="lines">
					{open.map((invoice) => (
						<li key={invoice.id} data-testid="open-invoice">
							<span>
								{data.documents ? <a href={`/user/billing/invoices/${invoice.id}`}>{invoice.number}</a> : invoice.number}
								<small class="muted">{t('user.dash.due_on', { date: date(invoice.due_at) })}</small>
							</span>
							<Badge code={invoice.status} /><Money class="strong" value={invoice.due} />
							{invoice.pay?.url && (
								<ButtonLink small href={invoice.pay.url}>{t('user.pay.button')}<span class="sr"> {invoice.number}</span></ButtonLink>
							)}
						</li>
					))}
				</ul>
			)}
			{text && <p class="muted"><strong>{t('user.pay.offline')}:</strong> {text}</p>}
		</Card>
	);
}

function PaymentSettings() {
	const found = useGet('/payment-settings');
	return (
		<Loaded from={found} lines={8}>
			{(data) => (
				<>
					<div class="cols-2">
						<AddFunds data={data} reload={found.reload} />
						<div class="stack"><Open data={data} />{data.can_recharge && <Cap data={data} reload={found.reload} />}</div>
					</div>
					<Credit credit={data.wallet.credit} />
					<Statement rows={data.entries} title={t('user.pay.entries')} sub={t('term.newest_first')} />
				</>
			)}
		</Loaded>
	);
}

export default function Page() {
	return <><ProfileHead active="payment" /><PaymentSettings /></>;
}
