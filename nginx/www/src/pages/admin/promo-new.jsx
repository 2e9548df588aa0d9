// Billing > Promo Code > Add.
import { useEffect, useRef } from 'preact/hooks';
import { get, post } from '../../lib/api.js';
import { t, tCode } from '../../lib/i18n.js';
import { navigate } from '../../lib/router.js';
import { useAction, useGet, useIdempotency } from '../../lib/use.js';
import {
	Button, ButtonLink, Card, Choice, ErrorNote, Form, Input, Loaded, PageHead, required, toast, useForm,
} from '../../ui/kit.js';
import { count, dayAfter } from '../shared/adjust.jsx';

const clean = (text) => text.trim().replace(',', '.');
const amountName = (i) => `amounts[${i}].amount`;

function check(currencies) {
	return (values) => {
		const found = required(values.kind === 'PERCENT' ? ['code', 'percent'] : ['code'])(values);
		if (values.kind !== 'PERCENT' && currencies.every((c, i) => !values[amountName(i)].trim()))
			found[amountName(0)] = t('form.required');
		return found;
	};
}

// The server counts the amounts that were sent, the form all its currencies.
function amountsOf(currencies, values) {
	const given = currencies.map((c, i) => ({ i, currency: c.code, amount: clean(values[amountName(i)]) })).filter((a) => a.amount);
	return {
		list: given.map(({ currency, amount }) => ({ currency, amount })),
		renamed: (error) => {
			for (const f of error.fields ?? []) {
				const sent = /^amounts\[(\d+)\]/.exec(f.name);
				if (sent && given[sent[1]])
					f.name = amountName(given[sent[1]].i);
			}
			return error;
		},
	};
}

function bodyOf(values, amounts) {
	const body = { code: values.code.trim(), type: values.type, kind: values.kind, max_uses_per_account: count(values.max_uses_per_account, 1) };
	if (values.label.trim())
		body.label = values.label.trim();
	if (values.kind === 'PERCENT')
		body.percent = clean(values.percent).replace('%', '').trim();
	else
		body.amounts = amounts;
	if (values.kind === 'CREDIT')
		body.credit_days = count(values.credit_days, 0);
	else
		body.cycles = count(values.cycles, 0);
	if (values.valid_from)
		body.valid_from = values.valid_from;
	if (values.last_day)
		body.valid_to = dayAfter(values.last_day);
	body.max_uses = count(values.max_uses, 0);
	return body;
}

function CodeArea({ form, prefix }) {
	const another = useAction();
	const more = () => another.run(async () => form.set('code', (await get('/promos/form')).code));
	return (
		<Card title={t('admin.promo.code')} actions={<Button icon="refresh-cw" busy={another.busy} onClick={more}>{t('admin.promo.another')}</Button>}>
			<ErrorNote error={another.error} />
			<Input class="mono-input" label={t('admin.promo.code_field')} autocomplete="off" spellcheck={false} maxlength={64} data-testid="promo-code-input"
				hint={prefix ? t('admin.promo.prefix_is', { prefix }) : t('admin.promo.prefix_none')} {...form.field('code')} />
		</Card>
	);
}

function Worth({ form, currencies }) {
	const { kind } = form.values;
	return (
		<Card title={t('admin.promo.gives')}>
			<div class="form">
				<Choice legend={t('admin.promo.kind')} name="kind" value={kind} onValue={(v) => form.set('kind', v)} class="inline" error={form.errors.kind}
					options={['PERCENT', 'FIXED', 'CREDIT'].map((k) => ({ value: k, text: tCode('promo_kind', k), note: t(`admin.promo.note_${k}`) }))} />
				<div class="form-grid">
					{kind === 'PERCENT' ? <Input class="w6" label={t('admin.promo.percent')} inputmode="decimal" prefix="%" {...form.field('percent')} />
						: currencies.map((c, i) => (
							<Input key={c.code} class="w6" optional={currencies.length > 1} label={t('admin.promo.amount_in', { currency: c.code })} inputmode="decimal" prefix={c.symbol} {...form.field(amountName(i))} />
						))}
					{kind !== 'CREDIT' && <Input class="w6" optional label={t('admin.promo.cycles')} hint={t('admin.promo.cycles_hint')} inputmode="numeric" {...form.field('cycles')} />}
					{kind === 'CREDIT' && <Input class="w6" optional label={t('admin.promo.credit_days')} hint={t('admin.promo.credit_days_hint')} inputmode="numeric" {...form.field('credit_days')} />}
					<Input optional label={t('admin.promo.label')} hint={t('admin.promo.label_hint')} maxlength={100} {...form.field('label')} />
				</div>
			</div>
		</Card>
	);
}

function NewPromo({ data }) {
	const once = useIdempotency();
	const { currencies } = data;
	const form = useForm({
		code: data.code, type: 'EXISTING', kind: 'PERCENT', percent: '', cycles: '1', credit_days: '', label: '', valid_from: '', last_day: '', max_uses: '',
		max_uses_per_account: '1', ...Object.fromEntries(currencies.map((c, i) => [amountName(i), ''])),
	});
	// Another prefix while the form is open brings another code, unless it was edited.
	const offered = useRef(data.code);
	useEffect(() => {
		if (form.values.code === offered.current && !form.values.code.startsWith(data.prefix))
			form.set('code', data.code);
		offered.current = data.code;
	}, [data.prefix]);
	const onSubmit = form.submit(async (values) => {
		const amounts = amountsOf(currencies, values);
		try {
			const made = await once((key) => post('/promos', bodyOf(values, amounts.list), { key }));
			toast(t('admin.promo.created', { code: made.code }));
			navigate(`/admin/billing/promos/${made.id}`);
		} catch (error) {
			for (const f of error.fields ?? [])
				f.name = f.name === 'valid_to' ? 'last_day' : f.name;
			throw amounts.renamed(error);
		}
	}, check(currencies));
	return (
		<Form form={form} onSubmit={onSubmit} class="stack narrow">
			<CodeArea form={form} prefix={data.prefix} />
			<Card>
				<Choice class="inline" legend={t('admin.promo.for')} name="type" value={form.values.type} onValue={(v) => form.set('type', v)}
					options={['EXISTING', 'SIGNUP'].map((c) => ({ value: c, text: tCode('promo_type', c), note: t(`admin.promo.note_${c}`) }))} />
			</Card>
			<Worth form={form} currencies={currencies} />
			<Card title={t('admin.promo.limits')}>
				<div class="form-grid">
					<Input class="w6" optional type="date" label={t('admin.promo.first_day')} hint={t('admin.promo.first_day_hint')} {...form.field('valid_from')} />
					<Input class="w6" optional type="date" label={t('admin.promo.last_day')} hint={t('admin.promo.last_day_hint')} {...form.field('last_day')} />
					<Input class="w6" optional label={t('admin.promo.max_uses')} hint={t('admin.promo.max_uses_hint')} inputmode="numeric" {...form.field('max_uses')} />
					<Input class="w6" label={t('admin.promo.per_account')} inputmode="numeric" {...form.field('max_uses_per_account')} />
				</div>
			</Card>
			<div class="row form-end">
				<Button kind="primary" type="submit" busy={form.busy}>{t('admin.promo.submit')}</Button>
				<ButtonLink href="/admin/billing/promos">{t('common.cancel')}</ButtonLink>
			</div>
		</Form>
	);
}

export default function Page() {
	const found = useGet('/promos/form');
	return (
		<>
			<PageHead title={t('admin.promo.add_title')} back={{ href: '/admin/billing/promos', text: t('admin.nav.promos') }} />
			<Loaded from={found} lines={8}>{(data) => <NewPromo data={data} />}</Loaded>
		</>
	);
}
