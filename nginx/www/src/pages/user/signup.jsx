import { useEffect } from 'preact/hooks';
import { post } from '../../lib/api.js';
import { money } from '../../lib/format.js';
import { t, tCode } from '../../lib/i18n.js';
import { navigate } from '../../lib/router.js';
import { reboot } from '../../lib/session.js';
import { useGet } from '../../lib/use.js';
import {
	Button, Check, Choice, Form, Gate, Input, Loaded, Note, Password, required, Select, useForm,
} from '../../ui/kit.js';
import { ADDRESS, ADDRESS_REQUIRED, AddressFields, filled, NameFields } from '../shared/person.jsx';

const PASSWORD_MIN = 10;

const planOf = (offer, category) => offer.plans.find((p) => p.category === category) ?? offer.plans[0];

function check(values) {
	const names = ['email', 'first_name', 'last_name', ...ADDRESS_REQUIRED];
	if (values.category === 'ORGANIZATION')
		names.push('company');
	return {
		...required(names)(values),
		password: values.password.length < PASSWORD_MIN ? t('form.password_short', { n: PASSWORD_MIN }) : undefined,
		plan_confirmed: values.plan_confirmed ? undefined : t('user.signup.confirm_missing'),
	};
}

const depositOf = (offer, currency) => offer.deposits?.find((d) => d.currency === currency);

// What is paid first, and what of it comes back: the words shown are the words agreed to.
function DepositPart({ form, deposit, payText }) {
	return (
		<>
			<Note icon="badge-check" title={t('user.signup.deposit', { amount: money(deposit.amount) })} data-testid="verification-note">
				<p data-testid="deposit-text">{deposit.text}</p>
				<p>{t('user.signup.deposit_how')} {payText}</p>
			</Note>
			<Check label={t('user.signup.deposit_confirm')} name="promise" value={form.values.promise === deposit.text}
				error={form.errors.promise} onValue={(v) => form.set('promise', v ? deposit.text : '')} />
		</>
	);
}

function PlanPart({ form, offer }) {
	const plan = planOf(offer, form.values.category);
	const choices = plan?.choices ?? [];
	const chosen = form.values.plan;
	return (
		<>
			{choices.length > 1 ? (
				<Choice class="inline" legend={t('user.signup.plan')} name="plan" value={chosen} error={form.errors.plan}
					onValue={(v) => form.setValues((old) => ({ ...old, plan: v, plan_confirmed: false }))}
					options={choices.map((c) => ({ value: c, text: tCode('plan', c), note: tCode('plan_note', c) }))} />
			) : (
				<Note icon="wallet" title={t('user.signup.plan_is', { plan: tCode('plan', chosen) })}>
					{plan?.text || tCode('plan_note', chosen)}
				</Note>
			)}
			<Check label={t('user.signup.confirm', { plan: tCode('plan', chosen) })} name="plan_confirmed"
				value={form.values.plan_confirmed} error={form.errors.plan_confirmed} onValue={(v) => form.set('plan_confirmed', v)} />
		</>
	);
}

function SignupForm({ offer, reload }) {
	const currencies = offer.payment_required ? offer.currencies.filter((c) => depositOf(offer, c.code)) : offer.currencies;
	const usual = currencies.some((c) => c.code === offer.base_currency) ? offer.base_currency : currencies[0]?.code;
	const first = offer.plans[0];
	const form = useForm({
		category: first?.category ?? 'INDIVIDUAL', plan: first?.plan ?? 'PREPAID', plan_confirmed: false,
		email: '', password: '', first_name: '', last_name: '', company: '', ...ADDRESS, currency: usual, promo_code: '', promise: '',
	});
	const deposit = offer.payment_required && depositOf(offer, form.values.currency);
	const { category } = form.values;
	const choices = planOf(offer, category)?.choices ?? [];
	useEffect(() => {
		if (choices.length > 0 && !choices.includes(form.values.plan))
			form.setValues((old) => ({ ...old, plan: planOf(offer, category).plan, plan_confirmed: false }));
		if (!currencies.some((c) => c.code === form.values.currency))
			form.set('currency', usual);
	}, [offer, category]);
	const onCategory = (value) => form.setValues((old) =>
		({ ...old, category: value, plan: planOf(offer, value).plan, plan_confirmed: false }));
	const onSubmit = form.submit(async (values) => {
		const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone;
		const body = filled({ ...values, timezone, company: values.category === 'ORGANIZATION' ? values.company : '' }, ['state']);
		try {
			await post('/signup', body);
		} catch (error) {
			if (error.fields?.some((f) => f.name === 'promise'))
				reload();	// other terms than those shown
			throw error;
		}
		await reboot();
		navigate(deposit ? '/user/suspended' : '/user/dashboard', { replace: true });
	}, (values) => ({ ...check(values), promise: !deposit || values.promise === deposit.text ? undefined : t('user.signup.deposit_missing') }));
	return (
		<Form form={form} onSubmit={onSubmit} class="form">
			<Choice class="inline" legend={t('user.signup.category')} name="category" value={category} onValue={onCategory}
				options={offer.plans.map((p) => ({ value: p.category, text: tCode('category', p.category), note: tCode('category_note', p.category) }))} />
			<div class="form-grid">
				{category === 'ORGANIZATION' && <Input label={t('person.company')} autocomplete="organization" {...form.field('company')} />}
				<NameFields form={form} />
				<Input class="w6" label={t('sign_in.email')} type="email" autocomplete="username" {...form.field('email')} />
				<div class="w6">
					<Password label={t('sign_in.password')} autocomplete="new-password"
						hint={t('form.password_hint', { n: PASSWORD_MIN })} {...form.field('password')} />
				</div>
				<AddressFields form={form} countries={offer.countries} />
				{currencies.length > 1 && (
					<Select class="w6" label={t('term.currency')} hint={t('user.signup.currency_hint')}
						options={currencies.map((c) => ({ value: c.code, text: `${c.code} \u00b7 ${c.name}` }))} {...form.field('currency')} />
				)}
			</div>
			<Input class="mono-input" optional label={t('user.signup.promo')} autocomplete="off" autocapitalize="characters" spellcheck={false} maxlength={64} {...form.field('promo_code')} />
			<PlanPart form={form} offer={offer} />
			{deposit && <DepositPart form={form} deposit={deposit} payText={offer.deposit_pay_text} />}
			<Button kind="primary block" type="submit" busy={form.busy}>{t('user.signup.submit')}</Button>
		</Form>
	);
}

export default function Signup() {
	const offer = useGet('/signup');
	const foot = <>{t('user.signup.have')} <a href="/user/login">{t('sign_in.submit')}</a></>;
	return (
		<Gate wide title={t('user.signup.title')} sub={t('user.signup.sub')} foot={foot}>
			<Loaded from={offer} lines={8}>{(data) => data.closed
				? <Note icon="credit-card" data-testid="signup-closed">{data.closed}</Note>
				: <SignupForm offer={data} reload={offer.reload} />}</Loaded>
		</Gate>
	);
}
