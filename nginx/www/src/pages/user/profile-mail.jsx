// Which mails are wanted, and another login address.
import { useState } from 'preact/hooks';
import { patch, post } from '../../lib/api.js';
import { t } from '../../lib/i18n.js';
import { useAction } from '../../lib/use.js';
import { Button, Card, Dialog, ErrorNote, Form, Input, Note, Password, required, Switch, toast, useForm } from '../../ui/kit.js';

const CHOICES = ['reminder', 'overdue', 'low_balance'];

function EmailDialog({ onClose }) {
	const form = useForm({ email: '', password: '' });
	const onSubmit = form.submit(async (values) => {
		await post('/profile/email', { email: values.email.trim(), password: values.password });
		toast(t('user.mail.asked'));
		onClose();
	}, required(['email', 'password']));
	return (
		<Dialog title={t('user.mail.change')} onClose={onClose} footer={
			<>
				<Button onClick={onClose}>{t('common.cancel')}</Button>
				<Button kind="primary" type="submit" form="email-form" busy={form.busy}>{t('user.mail.send')}</Button>
			</>
		}>
			<Note>{t('user.mail.change_help')}</Note>
			<Form form={form} onSubmit={onSubmit} class="form" id="email-form">
				<Input label={t('user.mail.new')} type="email" autocomplete="email" inputmode="email" data-autofocus {...form.field('email')} />
				<Password label={t('user.profile.password_now')} autocomplete="current-password" {...form.field('password')} />
			</Form>
		</Dialog>
	);
}

export default function Mails({ profile, setData }) {
	const choices = profile.notifications;
	const [changing, setChanging] = useState(false);
	const action = useAction();
	const set = (name, on) => action.run(async () => {
		setData({ ...profile, ...await patch('/notifications', { ...choices, [name]: on }) });
		toast(t('user.mail.saved'));
	});
	return (
		<Card title={t('user.mail.title')} sub={t('user.mail.sub')} data-testid="mail-choices"
			actions={<Button icon="pencil" onClick={() => setChanging(true)}>{t('user.mail.change')}</Button>}>
			<ErrorNote error={action.error} />
			<ul class="lines">
				{CHOICES.map((name) => (
					<li key={name}>
						<span>{t(`user.mail.${name}`)}</span>
						<Switch on={choices[name]} label={t(`user.mail.${name}`)} busy={action.busy} onToggle={(on) => set(name, on)} />
					</li>
				))}
			</ul>
			<p class="muted">{t('user.mail.always')}</p>
			{changing && <EmailDialog onClose={() => setChanging(false)} />}
		</Card>
	);
}
