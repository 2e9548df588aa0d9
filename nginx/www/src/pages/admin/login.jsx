import { t } from '../../lib/i18n.js';
import { Gate } from '../../ui/kit.js';
import { SignIn } from '../shared/sign-in.jsx';

export default function Login() {
	return (
		<Gate title={t('admin.login.title')} sub={t('admin.login.sub')}>
			<SignIn />
		</Gate>
	);
}
