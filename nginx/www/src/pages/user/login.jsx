import { t } from '../../lib/i18n.js';
import { Gate } from '../../ui/kit.js';
import { SignIn } from '../shared/sign-in.jsx';

export default function Login() {
	const foot = <>{t('user.login.new')} <a href="/user/signup">{t('user.login.signup')}</a></>;
	return (
		<Gate title={t('user.login.title')} sub={t('user.login.sub')} foot={foot}>
			<SignIn />
		</Gate>
	);
}
