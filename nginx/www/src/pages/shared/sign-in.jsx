// The sign-in form of both portals.
import { useEffect, useState } from 'preact/hooks';
import { post } from '../../lib/api.js';
import { t } from '../../lib/i18n.js';
import { PORTAL, reboot, useFeature } from '../../lib/session.js';
import { Button, Form, Input, Password, required, useForm } from '../../ui/kit.js';

function useCountdown(error) {
	const [left, setLeft] = useState(0);
	useEffect(() => {
		if (!error?.retryAfter)
			return undefined;
		setLeft(error.retryAfter);
		const timer = setInterval(() => setLeft((n) => Math.max(0, n - 1)), 1000);
		return () => clearInterval(timer);
	}, [error]);
	return left;
}

export function SignIn({ hint }) {
	const form = useForm({ email: '', password: '' });
	const wait = useCountdown(form.error);
	const mail = useFeature('mail');
	const onSubmit = form.submit(async (values) => {
		await post('/login', values);
		await reboot();
	}, required(['email', 'password']));
	return (
		<Form form={form} onSubmit={onSubmit} class="form">
			<Input label={t('sign_in.email')} type="email" autocomplete="username" inputmode="email" autofocus {...form.field('email')} />
			<Password label={t('sign_in.password')} autocomplete="current-password" {...form.field('password')} />
			<Button kind="primary block" type="submit" busy={form.busy} disabled={wait > 0}>
				{wait > 0 ? t('sign_in.wait', { n: wait }) : t('sign_in.submit')}
			</Button>
			{mail && <p class="center"><a href={`/${PORTAL}/forgot`}>{t('sign_in.forgot')}</a></p>}
			{hint}
		</Form>
	);
}
