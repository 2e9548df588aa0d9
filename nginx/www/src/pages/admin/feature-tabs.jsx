// The pages of Config > CMP Config > Feature Configuration.
import { t } from '../../lib/i18n.js';
import { Tabs } from '../../ui/kit.js';

export function FeatureTabs({ active }) {
	return (
		<Tabs label={t('admin.features.tabs')} active={active} tabs={[
			{ id: 'billing', text: t('admin.features.billing'), href: '/admin/config/features/billing' },
			{ id: 'invoice', text: t('admin.features.invoice'), href: '/admin/config/features/invoice' },
		]} />
	);
}
