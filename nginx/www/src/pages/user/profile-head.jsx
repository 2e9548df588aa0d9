// Heading and tabs of My Profile.
import { t } from '../../lib/i18n.js';
import { useFeature } from '../../lib/session.js';
import { PageHead, Tabs } from '../../ui/kit.js';

export function ProfileHead({ active }) {
	const canPay = useFeature('portal_payment');
	return (
		<>
			<PageHead title={t('user.nav.profile')} sub={t('user.profile.sub')} />
			<Tabs label={t('user.nav.profile')} active={active} tabs={[
				{ id: 'profile', text: t('user.profile.tab'), href: '/user/company/profile' },
				canPay && { id: 'payment', text: t('user.profile.payment'), href: '/user/company/profile/payment-settings' },
				{ id: 'promos', text: t('user.promo.title'), href: '/user/company/profile/promos' },
			]} />
		</>
	);
}
