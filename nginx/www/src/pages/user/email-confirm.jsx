// A new login address is confirmed by a press: what only fetches links changes nothing.
import { useState } from 'preact/hooks';
import { post } from '../../lib/api.js';
import { t } from '../../lib/i18n.js';
import { reboot } from '../../lib/session.js';
import { useAction } from '../../lib/use.js';
import { Button, ButtonLink, ErrorNote, Gate, Note } from '../../ui/kit.js';
import { useToken } from '../shared/token.js';

export default function EmailConfirm() {
	const token = useToken();
	const [done, setDone] = useState(false);
	const action = useAction();
	const go = () => action.run(async () => {
		await post('/email-confirm', { token });
		setDone(true);
		reboot().catch(() => {});
	});
	return (
		<Gate title={t('user.email.title')} sub={!done && t('user.email.sub')}>
			<ErrorNote error={action.error} />
			{done ? (
				<>
					<Note title={t('user.email.done')}>{t('user.email.done_help')}</Note>
					<ButtonLink kind="primary block" href="/user/login">{t('sign_in.submit')}</ButtonLink>
				</>
			) : token ? <Button kind="primary block" busy={action.busy} onClick={go}>{t('user.email.yes')}</Button>
				: <Note tone="warn" title={t('reset.no_token')}>{t('reset.no_token_help')}</Note>}
		</Gate>
	);
}
