// Credit, suspension and editing of a client.
import { patch, post } from '../../lib/api.js';
import { currency } from '../../lib/format.js';
import { t, tCode } from '../../lib/i18n.js';
import { useGet, useIdempotency } from '../../lib/use.js';
import { Button, Dialog, Form, Input, Note, Password, required, Select, toast, useForm } from '../../ui/kit.js';
import { AddressFields, ADDRESS_REQUIRED, NameFields } from '../shared/person.jsx';

const FIELDS = ['first_name', 'last_name', 'company', 'address1', 'address2', 'city', 'state', 'postcode', 'country', 'phone', 'tax_id'];

const amountOf = (value) => (value && typeof value === 'object' ? value.amount : value ?? '');

export function CreditDialog({ client, onClose, onDone }) {
	const once = useIdempotency();
	const form = useForm({ amount: '', reason: '' });
	const onSubmit = form.submit(async (values) => {
		await once((key) => post(`/clients/${client.id}/credit`, { amount: values.amount.trim().replace(',', '.'), reason: values.reason.trim() }, { key }));
		onDone(t('admin.client.credited'));
	}, required(['amount', 'reason']));
	return (
		<Dialog title={t('admin.client.credit_title')} onClose={onClose} footer={
			<>
				<Button onClick={onClose}>{t('common.cancel')}</Button>
				<Button kind="primary" type="submit" form="credit-form" busy={form.busy}>{t('admin.client.credit_yes')}</Button>
			</>
		}>
			<Form form={form} onSubmit={onSubmit} class="form" id="credit-form">
				<Input label={t('term.amount')} prefix={currency(client.currency)?.symbol ?? client.currency} inputmode="decimal" data-autofocus {...form.field('amount')} />
				<Input label={t('admin.client.reason')} hint={t('admin.client.reason_hint')} {...form.field('reason')} />
			</Form>
		</Dialog>
	);
}

export function PasswordDialog({ client, onClose, onDone }) {
	const form = useForm({ password: '' });
	const onSubmit = form.submit(async (values) => {
		await post(`/clients/${client.id}/password`, values);
		onDone(t('admin.client.password_saved'));
	}, required(['password']));
	return (
		<Dialog title={t('admin.client.password_title')} onClose={onClose} footer={
			<>
				<Button onClick={onClose}>{t('common.cancel')}</Button>
				<Button kind="primary" type="submit" form="password-form" busy={form.busy}>{t('admin.client.password')}</Button>
			</>
		}>
			<Note>{t('admin.client.password_help', { email: client.email })}</Note>
			<Form form={form} onSubmit={onSubmit} class="form" id="password-form">
				<Password label={t('sign_in.password')} autocomplete="new-password" hint={t('form.password_hint', { n: 10 })} {...form.field('password')} />
			</Form>
		</Dialog>
	);
}

export function SuspendDialog({ client, verb, onClose, onDone }) {
	const form = useForm({ note: '', hold_days: '3' });
	const lift = verb === 'unsuspend';
	const unpaid = lift && client.reasons?.some((r) => ['OVERDUE', 'EXHAUSTED'].includes(r.reason));
	const onSubmit = form.submit(async (values) => {
		await post(`/clients/${client.id}/${verb}`, { note: values.note.trim(), ...(unpaid && { hold_days: Number(values.hold_days) }) });
		onDone(t(lift ? 'admin.client.lifted' : 'admin.client.was_suspended'));
	}, required(['note']));
	return (
		<Dialog title={t(lift ? 'admin.client.lift_title' : 'admin.client.suspend_title', { name: client.company || client.name })} onClose={onClose} footer={
			<>
				<Button onClick={onClose}>{t('common.cancel')}</Button>
				<Button kind={lift ? 'primary' : 'danger'} type="submit" form="suspend-form" busy={form.busy}>{t(lift ? 'admin.client.lift' : 'admin.client.suspend_yes')}</Button>
			</>
		}>
			<Note tone={lift ? 'info' : 'warn'}>{t(lift ? 'admin.client.lift_help' : 'admin.client.suspend_help')}</Note>
			<Form form={form} onSubmit={onSubmit} class="form" id="suspend-form">
				<Input label={t('admin.client.note')} hint={t('admin.client.note_hint')} data-autofocus {...form.field('note')} />
				{unpaid && <Input label={t('admin.client.hold_days')} inputmode="numeric" {...form.field('hold_days')} />}
			</Form>
		</Dialog>
	);
}

export function EditClient({ client, onDone }) {
	const start = { ...Object.fromEntries(FIELDS.map((name) => [name, client[name] ?? ''])), plan: client.plan, credit_limit: amountOf(client.credit_limit) };
	const form = useForm(start);
	const options = useGet('/clients/form');
	const plans = options.data?.plans ?? [client.plan];
	const choices = plans.includes(client.plan) ? plans : [client.plan, ...plans];
	const onSubmit = form.submit(async (values) => {
		const changed = Object.entries(values).filter(([name, value]) => value !== start[name]);
		if (changed.length > 0) {
			await patch(`/clients/${client.id}`, Object.fromEntries(changed.map(([name, value]) => [name, value.trim()])));
			toast(t('admin.client.saved'));
		}
		onDone(changed.length > 0);
	}, required(['first_name', 'last_name', ...ADDRESS_REQUIRED]));
	return (
		<Form form={form} onSubmit={onSubmit} class="form">
			<div class="form-grid">
				<NameFields form={form} />
				<Input optional label={t('person.company')} {...form.field('company')} />
				<AddressFields form={form} second countries={options.data?.countries} />
				<Select class="w6" label={t('term.plan')} options={choices.map((p) => ({ value: p, text: tCode('plan', p) }))} {...form.field('plan')} />
				<Input class="w6" optional label={t('admin.client_new.credit_limit')} hint={t('admin.client_new.credit_limit_hint')} inputmode="decimal" {...form.field('credit_limit')} />
			</div>
			<div class="form-foot">
				<Button onClick={() => onDone(false)}>{t('common.cancel')}</Button>
				<Button kind="primary" type="submit" busy={form.busy}>{t('common.save')}</Button>
			</div>
		</Form>
	);
}
