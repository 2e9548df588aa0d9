// Forgot password, in both portals: the answer is the same for every address.
import { useState } from 'preact/hooks';
import { post } from '../../lib/api.js';
import { t } from '../../lib/i18n.js';
import { PORTAL } from '../../lib/session.js';
import { Button, Form, Gate, Input, Note, required, useForm } from '../../ui/kit.js';

export default function Forgot() {
	const [sent, setSent] = useState(false);
	const form = useForm({ email: '' });
	const onSubmit = form.submit(async (values) => {
		await post('/password-reset', { email: values.email.trim() });
		setSent(true);
	}, required(['email']));
	const back = <a href={`/${PORTAL}/login`}>{t('reset.back')}</a>;
	return (
		<Gate title={t('reset.forgot')} sub={t('reset.forgot_sub')} foot={back}>
			{sent ? <Note title={t('reset.sent')} data-testid="reset-sent">{t('reset.sent_help')}</Note> : (
				<Form form={form} onSubmit={onSubmit} class="form">
					<Input label={t('sign_in.email')} type="email" autocomplete="username" inputmode="email" autofocus {...form.field('email')} />
					<Button kind="primary block" type="submit" busy={form.busy}>{t('reset.send')}</Button>
				</Form>
			)}
		</Gate>
	);
}
