import { useEffect } from 'preact/hooks';
import { post } from '../../lib/api.js';
import { t, tCode } from '../../lib/i18n.js';
import { navigate } from '../../lib/router.js';
import { useGet, useIdempotency } from '../../lib/use.js';
import { useBoot } from '../../lib/session.js';
import {
	Button, ButtonLink, Card, Choice, Form, Input, Loaded, PageHead, Password, required, Select, toast,
	useForm,
} from '../../ui/kit.js';
import { checkParts, ContractFields, NO_TERMS, partsOf } from './contract-fields.jsx';
import { ADDRESS, ADDRESS_REQUIRED, AddressFields, filled, NameFields, timezones } from '../shared/person.jsx';

function check(values) {
	const names = ['email', 'first_name', 'last_name', ...ADDRESS_REQUIRED];
	if (values.category === 'ORGANIZATION')
		names.push('company');
	if (values.contract === 'FIXED')
		names.push('fixed_fee');
	return { ...required(names)(values), ...(values.contract === 'FIXED' && checkParts(values)) };
}

function BillingPart({ form, options }) {
	const { values } = form;
	const symbol = options.currencies.find((c) => c.code === values.currency)?.symbol ?? values.currency;
	return (
		<Card title={t('admin.client_new.billing')}>
			<div class="form">
				<div class="form-grid">
					<Select class="w6" label={t('term.plan')} options={options.plans.map((p) => ({ value: p, text: tCode('plan', p) }))}
						hint={tCode('plan_note', values.plan)} {...form.field('plan')} />
					{options.currencies.length > 1 && (
						<Select class="w6" label={t('term.currency')} options={options.currencies.map((c) => ({ value: c.code, text: `${c.code} \u00b7 ${c.name}` }))} {...form.field('currency')} />
					)}
					{options.contract_types && (
						<Select class="w6" label={t('admin.client_new.contract')} options={options.contract_types.map((c) => ({ value: c, text: tCode('contract', c) }))} {...form.field('contract')} />
					)}
					{values.plan !== 'PREPAID' && (
						<Input class="w6" optional label={t('admin.client_new.credit_limit')} hint={t('admin.client_new.credit_limit_hint')} inputmode="decimal" prefix={symbol} {...form.field('credit_limit')} />
					)}
				</div>
				{options.contract_things && values.contract === 'FIXED' && (
					<ContractFields form={form} things={options.contract_things} symbol={symbol} fee="fixed_fee" />
				)}
			</div>
		</Card>
	);
}

function NewClient({ options }) {
	const once = useIdempotency();
	const boot = useBoot();
	const defaultPlan = (category) => options.defaults?.[category] ?? options.plans[0];
	const form = useForm({
		category: 'INDIVIDUAL', email: '', password: '', first_name: '', last_name: '', company: '', ...ADDRESS,
		currency: boot.base_currency, plan: defaultPlan('INDIVIDUAL'), contract: options.contract_types?.[0] ?? '',
		fixed_fee: '', credit_limit: '', timezone: 'UTC', ...NO_TERMS,
	});
	const { category } = form.values;
	useEffect(() => {
		form.setValues((old) => ({
			...old, contract: options.contract_types ? old.contract || options.contract_types[0] : '',
			plan: options.plans.includes(old.plan) ? old.plan : options.plans[0],
		}));
	}, [options]);
	const onSubmit = form.submit(async (values) => {
		const fixed = options.contract_types && values.contract === 'FIXED';
		const body = filled({
			...Object.fromEntries(Object.entries(values).filter(([key]) => !key.startsWith('parts') && key !== 'overage')),
			company: values.category === 'ORGANIZATION' ? values.company : '',
			contract: options.contract_types ? values.contract : '',
			fixed_fee: fixed ? values.fixed_fee : '',
			credit_limit: values.plan === 'PREPAID' ? '' : values.credit_limit,
			currency: options.currencies.length > 1 ? values.currency : '',
		}, ['state']);
		if (fixed)
			Object.assign(body, { overage: values.overage, parts: partsOf(values) });
		const { id } = await once((key) => post('/clients', body, { key }));
		toast(t('admin.client_new.created'));
		navigate(`/admin/clients/${id}`);
	}, check);
	return (
		<Form form={form} onSubmit={onSubmit} class="stack narrow">
			<Card>
				<Choice class="inline" legend={t('term.category')} name="category" value={category}
					onValue={(v) => form.setValues((old) => ({ ...old, category: v, plan: defaultPlan(v) }))}
					options={['INDIVIDUAL', 'ORGANIZATION'].map((c) => ({ value: c, text: tCode('category', c), note: t(`admin.client_new.note_${c}`) }))} />
			</Card>
			<BillingPart form={form} options={options} />
			<Card title={t('term.contact')}>
				<div class="form-grid">
					{category === 'ORGANIZATION' && <Input label={t('person.company')} {...form.field('company')} />}
					<NameFields form={form} />
					<Input class="w6" label={t('sign_in.email')} type="email" autocomplete="off" {...form.field('email')} />
					<div class="w6"><Password label={t('sign_in.password')} optional autocomplete="new-password" hint={t('admin.client_new.password_hint')} {...form.field('password')} /></div>
					<AddressFields form={form} countries={options.countries} />
					<Select class="w6" label={t('person.timezone')} options={timezones().map((z) => ({ value: z, text: z.replaceAll('_', ' ') }))} {...form.field('timezone')} />
				</div>
			</Card>
			<div class="row form-end">
				<Button kind="primary" type="submit" busy={form.busy}>{t('admin.client_new.submit')}</Button>
				<ButtonLink href="/admin/clients">{t('common.cancel')}</ButtonLink>
			</div>
		</Form>
	);
}

export default function Page() {
	const options = useGet('/clients/form');
	return (
		<>
			<PageHead title={t('admin.client_new.title')} back={{ href: '/admin/clients', text: t('admin.nav.clients') }} />
			<Loaded from={options} lines={8}>{(data) => <NewClient options={data} />}</Loaded>
		</>
	);
}
