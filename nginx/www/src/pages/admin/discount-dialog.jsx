// A discount or a surcharge for one client.
import { useState } from 'preact/hooks';
import { post, query } from '../../lib/api.js';
import { currency, monthName } from '../../lib/format.js';
import { t, tCode } from '../../lib/i18n.js';
import { useDebounced, useGet, useIdempotency } from '../../lib/use.js';
import { Button, Choice, Dialog, Form, Input, required, Select, useForm } from '../../ui/kit.js';
import { count } from '../shared/adjust.jsx';

const SEARCH_MS = 250;
const clean = (text) => text.trim().replace(',', '.').replace('%', '').replace('\u2212', '-').trim();

// A few letters of the name bring the clients to choose from.
function ClientPart({ form, onClient }) {
	const [text, setText] = useState('');
	const late = useDebounced(text, SEARCH_MS);
	const found = useGet(late.trim() ? query('/clients', { q: late.trim(), per: 8 }) : null);
	const rows = late.trim() ? found.data?.rows ?? [] : [];
	const choose = (id) => {
		form.set('account_id', id);
		onClient(rows.find((r) => String(r.id) === String(id)));
	};
	return (
		<>
			<Input label={t('admin.disc.find')} type="search" name="find_client" autocomplete="off" data-autofocus value={text} onValue={setText} />
			<Select label={t('invoice.client')} {...form.field('account_id')} onValue={choose}
				hint={late.trim() && found.data && rows.length === 0 ? t('table.none') : undefined}
				options={[{ value: '', text: t('admin.disc.choose') }, ...rows.map((r) => ({ value: r.id, text: `${r.company || r.name} \u00b7 ${r.email}` }))]} />
		</>
	);
}

function bodyOf(values) {
	const sign = values.sign === 'discount' ? '-' : '';
	const value = sign + clean(values.value).replace(/^[+-]/, '');
	return {
		account_id: Number(values.account_id), label: values.label.trim(), scope: values.scope, from: values.from,
		[values.kind]: value, cycles: count(values.cycles, 0),
	};
}

export function DiscountDialog({ client, onClose, onDone }) {
	const once = useIdempotency();
	const options = useGet('/discounts/form');
	const [chosen, setChosen] = useState(client);
	const form = useForm({ account_id: client?.id ?? '', sign: 'discount', kind: 'percent', value: '', scope: '', from: '', cycles: '1', label: '' });
	const { sign, kind } = form.values;
	const code = chosen?.currency;
	const onSubmit = form.submit(async (values) => {
		try {
			await once((key) => post('/discounts', bodyOf({ ...values, from: values.from || options.data?.months[0] }), { key }));
		} catch (error) {
			for (const f of error.fields ?? [])
				f.name = ['percent', 'amount'].includes(f.name) ? 'value' : f.name;
			throw error;
		}
		onDone(t('admin.disc.added'));
	}, required(['account_id', 'value', 'label']));
	return (
		<Dialog title={t('admin.disc.add_title')} onClose={onClose} footer={
			<>
				<Button onClick={onClose}>{t('common.cancel')}</Button>
				<Button kind="primary" type="submit" form="discount-form" busy={form.busy}>{t('admin.disc.submit')}</Button>
			</>
		}>
			<Form form={form} onSubmit={onSubmit} class="form" id="discount-form">
				{client ? <p>{t('admin.disc.for', { name: client.company || client.name })}</p> : <ClientPart form={form} onClient={setChosen} />}
				<Choice class="inline" legend={t('admin.disc.sign')} name="sign" value={sign} onValue={(v) => form.set('sign', v)}
					options={['discount', 'surcharge'].map((v) => ({ value: v, text: t(`admin.disc.${v}`), note: t(`admin.disc.${v}_note`) }))} />
				<div class="form-grid">
					<Select class="w6" label={t('admin.disc.kind')} {...form.field('kind')}
						options={[{ value: 'percent', text: t('promo_kind.PERCENT') }, { value: 'amount', text: t('promo_kind.FIXED') }]} />
					<Input class="w6" label={kind === 'percent' ? t('admin.promo.percent') : t('term.amount')} inputmode="decimal"
						prefix={kind === 'percent' ? '%' : currency(code)?.symbol ?? code ?? ''} {...form.field('value')} />
					<Select class="w6" label={t('admin.disc.scope')} {...form.field('scope')}
						options={[{ value: '', text: t('disc.whole') }, ...(options.data?.scopes ?? []).map((s) => ({ value: s, text: tCode('resource', s) }))]} />
					<Select class="w6" label={t('disc.from')} {...form.field('from')}
						options={(options.data?.months ?? []).map((m, i) => ({ value: i === 0 ? '' : m, text: monthName(`${m}T00:00:00Z`) }))} />
					<Input optional label={t('admin.promo.cycles')} hint={t('admin.promo.cycles_hint')} inputmode="numeric" {...form.field('cycles')} />
					<Input label={t('admin.disc.label')} hint={t('admin.disc.label_hint')} maxlength={100} {...form.field('label')} />
				</div>
			</Form>
		</Dialog>
	);
}
