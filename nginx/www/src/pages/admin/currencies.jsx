// Billing > Multi-Currency: what customers may choose, and dated rates.
import { useState } from 'preact/hooks';
import { post, put } from '../../lib/api.js';
import { dateTime, number } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { useAction, useGet, useIdempotency } from '../../lib/use.js';
import {
	Badge, Button, Card, Dialog, ErrorNote, Form, Input, Loaded, PageHead, required, Select, Switch, Table, toast, useForm,
} from '../../ui/kit.js';

function RateDialog({ data, onClose, onDone }) {
	const once = useIdempotency();
	const other = data.currencies.find((c) => c.enabled && !c.base)?.code ?? data.base_currency;
	const form = useForm({ from_currency: other, to_currency: data.base_currency, rate: '', source: '', from: '' });
	const options = data.currencies.map((c) => ({ value: c.code, text: `${c.code} \u00b7 ${c.name}` }));
	const onSubmit = form.submit(async ({ from, ...rest }) => {
		await once((key) => post('/fx', { ...rest, rate: rest.rate.trim().replace(',', '.'), ...(from && { from }) }, { key }));
		onDone(t('admin.fx.added'));
	}, required(['rate', 'source']));
	return (
		<Dialog title={t('admin.fx.add_title')} onClose={onClose} footer={
			<>
				<Button onClick={onClose}>{t('common.cancel')}</Button>
				<Button kind="primary" type="submit" form="fx-form" busy={form.busy}>{t('common.save')}</Button>
			</>
		}>
			<Form form={form} onSubmit={onSubmit} class="form" id="fx-form">
				<div class="form-grid">
					<Select class="w6" label={t('admin.fx.one')} options={options} {...form.field('from_currency')} />
					<Select class="w6" label={t('admin.fx.is')} options={options} {...form.field('to_currency')} />
					<Input class="w6" label={t('admin.fx.rate')} hint={t('admin.fx.rate_hint')} inputmode="decimal" data-autofocus {...form.field('rate')} />
					<Input class="w6" label={t('admin.fx.source')} hint={t('admin.fx.source_hint')} {...form.field('source')} />
					<Input class="w6" optional type="date" label={t('admin.tax.from')} hint={t('admin.tax.from_hint')} {...form.field('from')} />
				</div>
			</Form>
		</Dialog>
	);
}

const rateColumns = [
	{ id: 'pair', title: t('admin.fx.pair'), main: true, cell: (r) => `1 ${r.from_currency} = ${r.rate} ${r.to_currency}` },
	{ id: 'state', title: t('term.state'), cell: (r) => <Badge code={r.state} /> },
	{ id: 'from', title: t('admin.tax.from'), cell: (r) => dateTime(r.from) },
	{ id: 'source', title: t('admin.fx.source'), cell: (r) => r.source },
];

export default function Currencies() {
	const found = useGet('/currencies');
	const action = useAction();
	const [adding, setAdding] = useState(false);
	const done = (text) => {
		toast(text);
		setAdding(false);
		found.reload();
	};
	const toggle = (c) => action.run(async () => {
		await put(`/currencies/${c.code}`, { enabled: !c.enabled });
		found.reload();
	});
	const columns = [
		{ id: 'code', title: t('term.currency'), main: true, cell: (c) => <div><strong>{c.code}</strong><small>{c.name}</small></div> },
		{ id: 'enabled', title: t('admin.fx.enabled'), cell: (c) => (c.base ? t('admin.fx.base')
			: <Switch on={c.enabled} label={t('admin.fx.enable', { code: c.code })} onToggle={() => toggle(c)} busy={action.busy} />) },
		{ id: 'minor', title: t('admin.fx.decimals'), num: true, cell: (c) => number(c.minor) },
		{ id: 'accounts', title: t('admin.fx.accounts'), num: true, cell: (c) => number(c.accounts) },
	];
	return (
		<>
			<PageHead title={t('admin.nav.currencies')} sub={t('admin.fx.sub')}>
				<Button kind="primary" icon="circle-plus" onClick={() => setAdding(true)} data-testid="fx-add">{t('admin.fx.add')}</Button>
			</PageHead>
			{action.error && <ErrorNote error={action.error} />}
			<Loaded from={found}>
				{(data) => (
					<>
						<Card flush title={t('admin.fx.currencies')}><Table caption={t('admin.fx.currencies')} columns={columns} rows={data.currencies} rowKey={(c) => c.code} /></Card>
						<Card flush title={t('admin.fx.rates')} sub={t('admin.fx.rates_sub')}>
							<Table caption={t('admin.fx.rates')} columns={rateColumns} rows={data.rates} rowKey={(r) => r.from_currency + r.to_currency + r.from} />
						</Card>
						{adding && <RateDialog data={data} onClose={() => setAdding(false)} onDone={done} />}
					</>
				)}
			</Loaded>
		</>
	);
}
