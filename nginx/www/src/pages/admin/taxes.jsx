// Billing > Tax: the rules, and what an invoice of a client would carry.
import { useState } from 'preact/hooks';
import { post, query } from '../../lib/api.js';
import { country, dateTime, number } from '../../lib/format.js';
import { t, tCode } from '../../lib/i18n.js';
import { useGet, useIdempotency } from '../../lib/use.js';
import {
	Badge, Button, Card, Confirm, Dialog, Empty, Facts, Form, Input, Loaded, PageHead, required, Select, Table, toast, useForm,
} from '../../ui/kit.js';
import { TaxExample } from './tax-example.jsx';

const clean = (text) => text.trim().replace(',', '.').replace('%', '').trim();

const columns = (end) => [
	{ id: 'name', title: t('admin.tax.name'), main: true, cell: (r) => <div><strong>{r.name}</strong><small>{[country(r.country), r.region].filter(Boolean).join(', ')}</small></div> },
	{ id: 'percent', title: t('admin.tax.percent'), num: true, cell: (r) => `${number(r.percent)} %` },
	{ id: 'customer', title: t('admin.tax.customer'), cell: (r) => (r.customer ? tCode('category', r.customer) : t('admin.tax.both')) },
	{ id: 'state', title: t('term.state'), cell: (r) => <Badge code={r.state} /> },
	{ id: 'from', title: t('admin.tax.from'), cell: (r) => (r.from ? dateTime(r.from) : t('admin.tax.always')) },
	{ id: 'to', title: t('admin.tax.to'), cell: (r) => (r.to ? dateTime(r.to) : '\u2013') },
	{ id: 'end', title: '', cell: (r) => r.state === 'ACTIVE' && !r.to && (
		<Button small kind="ghost" aria-label={t('admin.tax.end_label', { name: r.name, country: country(r.country) })} onClick={() => end(r)}>{t('admin.tax.end')}</Button>) },
];

function RuleDialog({ onClose, onDone }) {
	const once = useIdempotency();
	const form = useForm({ country: '', region: '', name: 'VAT', customer: '', percent: '', from: '' });
	const onSubmit = form.submit(async ({ from, customer, ...rest }) => {
		const body = { ...rest, country: rest.country.trim().toUpperCase(), percent: clean(rest.percent), ...(customer && { customer }), ...(from && { from }) };
		await once((key) => post('/taxes', body, { key }));
		onDone(t('admin.tax.added'));
	}, required(['country', 'name', 'percent']));
	return (
		<Dialog title={t('admin.tax.add_title')} onClose={onClose} footer={
			<>
				<Button onClick={onClose}>{t('common.cancel')}</Button>
				<Button kind="primary" type="submit" form="tax-form" busy={form.busy}>{t('admin.tax.submit')}</Button>
			</>
		}>
			<Form form={form} onSubmit={onSubmit} class="form" id="tax-form">
				<div class="form-grid">
					<Input class="w6" label={t('admin.tax.country')} hint={t('admin.tax.country_hint')} maxlength={2} data-autofocus {...form.field('country')} />
					<Input class="w6" optional label={t('admin.tax.region')} hint={t('admin.tax.region_hint')} {...form.field('region')} />
					<Input class="w6" label={t('admin.tax.name')} {...form.field('name')} />
					<Input class="w6" label={t('admin.tax.percent')} prefix="%" inputmode="decimal" {...form.field('percent')} />
					<Select class="w6" label={t('admin.tax.customer')} {...form.field('customer')}
						options={[{ value: '', text: t('admin.tax.both') }, ...['INDIVIDUAL', 'ORGANIZATION'].map((v) => ({ value: v, text: tCode('category', v) }))]} />
					<Input class="w6" optional type="date" label={t('admin.tax.from')} hint={t('admin.tax.from_hint')} {...form.field('from')} />
				</div>
			</Form>
		</Dialog>
	);
}

// The same function as the close of a cycle.
function Preview() {
	const [asked, setAsked] = useState(null);
	const form = useForm({ account_id: '', amount: '100' });
	const found = useGet(asked ? query('/taxes/preview', asked) : null);
	const onSubmit = form.submit(async (v) => setAsked({ account_id: v.account_id.trim(), amount: clean(v.amount) }), required(['account_id', 'amount']));
	return (
		<Card title={t('admin.tax.preview')} sub={t('admin.tax.preview_help')}>
			<Form form={form} onSubmit={onSubmit} class="form">
				<div class="form-grid">
					<Input class="w6" label={t('admin.tax.client')} inputmode="numeric" {...form.field('account_id')} />
					<Input class="w6" label={t('term.amount')} inputmode="decimal" {...form.field('amount')} />
				</div>
				<div><Button type="submit">{t('admin.tax.ask')}</Button></div>
			</Form>
			{asked && <Loaded from={found}>{() => <TaxExample sum={found.data} />}</Loaded>}
		</Card>
	);
}

export default function Taxes() {
	const found = useGet('/taxes');
	const [dialog, setDialog] = useState(null);
	const done = (text) => {
		toast(text);
		setDialog(null);
		found.reload();
	};
	const add = <Button kind="primary" icon="circle-plus" onClick={() => setDialog({ add: true })} data-testid="tax-add">{t('admin.tax.add')}</Button>;
	return (
		<>
			<PageHead title={t('admin.nav.taxes')} sub={t('admin.tax.sub')}>{add}</PageHead>
			<Loaded from={found}>
				{(data) => (
					<>
						<Card><Facts class="two" rows={[
							[t('admin.tax.mode'), t(data.inclusive ? 'admin.tax.inclusive' : 'admin.tax.exclusive')],
							[t('admin.tax.seller'), [country(data.seller_country), data.seller_vat_id].filter(Boolean).join(', ')],
							[t('admin.tax.reverse'), t(data.reverse_charge ? 'admin.tax.reverse_on' : 'admin.tax.reverse_off')],
						]} /></Card>
						<Card flush>
							{data.rules.length > 0 ? <Table caption={t('admin.nav.taxes')} columns={columns((end) => setDialog({ end }))} rows={data.rules} />
								: <Empty icon="receipt-text" title={t('admin.tax.none')}>{t('admin.tax.none_help')}</Empty>}
						</Card>
						<Preview />
					</>
				)}
			</Loaded>
			{dialog?.add && <RuleDialog onClose={() => setDialog(null)} onDone={done} />}
			{dialog?.end && (
				<Confirm title={t('admin.tax.end_title', { name: dialog.end.name, country: country(dialog.end.country) })} yes={t('admin.tax.end_yes')} danger testid="tax-end"
					run={async () => { await post(`/taxes/${dialog.end.id}/end`); done(t('admin.tax.ended')); }} onClose={() => setDialog(null)}>
					<p>{t('admin.tax.end_help')}</p>
				</Confirm>
			)}
		</>
	);
}
