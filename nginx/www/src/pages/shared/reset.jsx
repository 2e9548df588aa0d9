// Set new password by the link of a mail. The token is behind the #: no server's
// log gets to see it; it leaves the address bar as soon as it was read.
import { useState } from 'preact/hooks';
import { post } from '../../lib/api.js';
import { t } from '../../lib/i18n.js';
import { PORTAL, reboot } from '../../lib/session.js';
import { Button, ButtonLink, Form, Gate, Note, Password, useForm } from '../../ui/kit.js';
import { useToken } from './token.js';

const PASSWORD_MIN = 10;

export default function Reset() {
	const token = useToken();
	const [done, setDone] = useState(false);
	const form = useForm({ password: '' });
	const onSubmit = form.submit(async (values) => {
		await post('/password-reset/confirm', { token, password: values.password });
		setDone(true);
		reboot().catch(() => {});
	}, (values) => ({ password: values.password.length < PASSWORD_MIN ? t('form.password_short', { n: PASSWORD_MIN }) : undefined }));
	const again = <a href={`/${PORTAL}/forgot`}>{t('reset.again')}</a>;
	return (
		<Gate title={t('reset.title')} sub={!done && t('reset.sub')} foot={!done && again}>
			{done ? (
				<>
					<Note title={t('reset.done')}>{t('reset.done_help')}</Note>
					<ButtonLink kind="primary block" href={`/${PORTAL}/login`}>{t('sign_in.submit')}</ButtonLink>
				</>
			) : token ? (
				<Form form={form} onSubmit={onSubmit} class="form">
					<Password label={t('reset.password')} autocomplete="new-password" hint={t('form.password_hint', { n: PASSWORD_MIN })} {...form.field('password')} />
					<Button kind="primary block" type="submit" busy={form.busy}>{t('reset.save')}</Button>
				</Form>
			) : <Note tone="warn" title={t('reset.no_token')}>{t('reset.no_token_help')}</Note>}
		</Gate>
	);
}
