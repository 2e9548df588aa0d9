import { useState } from 'preact/hooks';
import { patch, post } from '../../lib/api.js';
import { country, dateTime, money } from '../../lib/format.js';
import { t, tCode } from '../../lib/i18n.js';
import { reboot } from '../../lib/session.js';
import { useGet, useHourly } from '../../lib/use.js';
import {
	Button, Card, Check, Choice, Dialog, Facts, Form, Input, Loaded, Money, Note, Password, required, Select, Tile, toast, useForm,
} from '../../ui/kit.js';
import { AddressFields, ADDRESS_REQUIRED, NameFields, timezones } from '../shared/person.jsx';
import { Deposit } from './profile-deposit.jsx';
import { ProfileHead } from './profile-head.jsx';
import Mails from './profile-mail.jsx';

const EDITABLE = ['first_name', 'last_name', 'company', 'address1', 'address2', 'city', 'state', 'postcode',
	'country', 'phone', 'tax_id', 'timezone'];
const PASSWORD_MIN = 10;

function EditProfile({ profile, onDone, setData }) {
	const form = useForm(Object.fromEntries(EDITABLE.map((name) => [name, profile[name] ?? ''])));
	const zones = timezones();
	if (form.values.timezone && !zones.includes(form.values.timezone))
		zones.unshift(form.values.timezone);
	const onSubmit = form.submit(async (values) => {
		const changed = EDITABLE.filter((name) => values[name] !== (profile[name] ?? ''));
		if (changed.length > 0) {
			setData(await patch('/profile', Object.fromEntries(changed.map((name) => [name, values[name].trim()]))));
			reboot().catch(() => {});
			toast(t('user.profile.saved'));
		}
		onDone();
	}, required(['first_name', 'last_name', ...ADDRESS_REQUIRED]));
	return (
		<Form form={form} onSubmit={onSubmit} class="form">
			<div class="form-grid">
				<NameFields form={form} />
				{profile.category === 'ORGANIZATION' && <Input label={t('person.company')} autocomplete="organization" {...form.field('company')} />}
				<AddressFields form={form} second countries={profile.countries} />
				<Select class="w6" label={t('person.timezone')} options={zones.map((z) => ({ value: z, text: z.replaceAll('_', ' ') }))} {...form.field('timezone')} />
			</div>
			<div class="form-foot">
				<Button onClick={onDone}>{t('common.cancel')}</Button>
				<Button kind="primary" type="submit" busy={form.busy}>{t('common.save')}</Button>
			</div>
		</Form>
	);
}

function Person({ profile, setData }) {
	const [editing, setEditing] = useState(false);
	const p = profile;
	return (
		<Card title={t('term.contact')} actions={!editing && <Button icon="pencil" onClick={() => setEditing(true)}>{t('common.edit')}</Button>}>
			{editing ? <EditProfile profile={p} setData={setData} onDone={() => setEditing(false)} /> : (
				<Facts class="two" rows={[
					[t('person.name'), `${p.first_name} ${p.last_name}`], [t('sign_in.email'), p.email],
					p.company && [t('person.company'), p.company], [t('person.phone'), p.phone],
					[t('person.address'), [p.address1, p.address2, `${p.postcode} ${p.city}`, p.state, country(p.country)].filter(Boolean).join(', ')],
					[t('person.tax_id'), p.tax_id], [t('person.timezone'), p.timezone],
				]} />
			)}
		</Card>
	);
}

function ChangePassword() {
	const form = useForm({ current: '', password: '' });
	const onSubmit = form.submit(async (values) => {
		await post('/profile/password', values);
		form.setValues({ current: '', password: '' });
		toast(t('user.profile.password_saved'));
	}, (values) => ({
		...required(['current'])(values),
		password: values.password.length < PASSWORD_MIN ? t('form.password_short', { n: PASSWORD_MIN }) : undefined,
	}));
	return (
		<Card title={t('user.profile.password')}>
			<Form form={form} onSubmit={onSubmit} class="form">
				<Password label={t('user.profile.password_now')} autocomplete="current-password" {...form.field('current')} />
				<Password label={t('user.profile.password_new')} autocomplete="new-password" hint={t('form.password_hint', { n: PASSWORD_MIN })} {...form.field('password')} />
				<div><Button type="submit" busy={form.busy}>{t('user.profile.password_save')}</Button></div>
			</Form>
		</Card>
	);
}

// How often the balance is debited; what waits for it, and until when.
const debited = (wallet) => [
	t(`user.profile.debit.${wallet.debit}`),
	wallet.debit !== 'HOURLY' && !isZero(wallet.unposted)
		&& t('user.dash.not_charged', { amount: money(wallet.unposted), time: dateTime(wallet.next_debit_at) }),
].filter(Boolean).join('. ');

function Billing({ profile, setData }) {
	const [changing, setChanging] = useState(false);
	const next = profile.plan_next;
	const { wallet } = profile;
	const prepaid = profile.plan !== 'POSTPAID';
	const hourly = prepaid && profile.hourly;
	return (
		<>
			<div class="tiles">
				<Tile tone="hero" icon="wallet" label={t(prepaid ? 'user.dash.balance' : 'user.dash.balance_post')}
					value={<Money value={wallet.shown_balance} data-testid="balance" />}
					note={prepaid ? debited(wallet) : t('user.dash.balance_post_note')} />
				<Tile label={t('user.dash.rate')} value={<Money value={profile.burn_hour} per="hour" />}
					note={hourly && profile.last_hour ? t('user.dash.last_hour', { amount: money(profile.last_hour) }) : t('user.profile.rate_note')} />
				<Tile label={t('term.due')} value={<Money value={wallet.amount_due} />}
					note={profile.last_posted_at && t('user.profile.last_posted', { time: dateTime(profile.last_posted_at) })} />
			</div>
			<Card title={t('user.profile.billing')} actions={!next && profile.plan_choices?.length > 1
				&& <Button icon="repeat" data-testid="plan-change" onClick={() => setChanging(true)}>{t('user.profile.plan_change')}</Button>}>
				{next && <Note data-testid="plan-next">{t('term.plan_next', { plan: tCode('plan', next.plan), time: dateTime(next.at) })}</Note>}
				<Facts class="two" rows={[
					[t('term.category'), tCode('category', profile.category)], [t('term.plan'), tCode('plan', profile.plan)],
					[t('user.profile.contract'), tCode('contract', profile.contract)], [t('term.currency'), profile.currency],
				]} />
			</Card>
			{changing && <ChangePlan profile={profile} setData={setData} onClose={() => setChanging(false)} />}
		</>
	);
}

function ChangePlan({ profile, setData, onClose }) {
	const others = profile.plan_choices.filter((o) => o.plan !== profile.plan);
	const form = useForm({ plan: others[0].plan, confirmed: false });
	const chosen = others.find((o) => o.plan === form.values.plan);
	const onSubmit = form.submit(async (values) => {
		setData(await post('/profile/plan', values));
		reboot().catch(() => {});
		onClose();
	}, (values) => (values.confirmed ? {} : { confirmed: t('user.signup.confirm_missing') }));
	return (
		<Dialog title={t('user.profile.plan_title')} onClose={onClose} footer={
			<>
				<Button onClick={onClose}>{t('common.cancel')}</Button>
				<Button kind="primary" type="submit" form="plan-form" busy={form.busy}>{t('user.profile.plan_yes')}</Button>
			</>
		}>
			<Form form={form} onSubmit={onSubmit} class="form" id="plan-form">
				<Choice legend={t('term.plan')} name="plan" value={form.values.plan} onValue={(value) => form.setValues({ plan: value, confirmed: false })}
					options={others.map((o) => ({ value: o.plan, text: tCode('plan', o.plan), note: tCode('plan_note', o.plan) }))} error={form.errors.plan} />
				<p class="muted">{chosen.text}</p>
				<p class="muted">{t('user.profile.plan_when')}</p>
				<Check label={t('user.signup.confirm', { plan: tCode('plan', chosen.plan) })} {...form.field('confirmed')} />
			</Form>
		</Dialog>
	);
}

function Profile() {
	const found = useGet('/profile');
	useHourly(found.reload);
	return (
		<Loaded from={found} tiles={3} lines={6}>
			{(profile) => (
				<>
					<Billing profile={profile} setData={found.setData} />
					<Deposit deposit={profile.deposit} />
					<div class="cols-main"><Person profile={profile} setData={found.setData} /><ChangePassword /></div>
					{profile.notifications && <Mails profile={profile} setData={found.setData} />}
				</>
			)}
		</Loaded>
	);
}

export default function Page() {
	return <><ProfileHead active="profile" /><Profile /></>;
}
