// The admin portal: its routes and its navigation.
import { start } from './lib/app.jsx';
import { shortTime } from './lib/format.js';
import { t, tCode } from './lib/i18n.js';
import { useBoot } from './lib/session.js';
import { Shell, Tag } from './ui/kit.js';

const routes = [
	{ path: '/admin/login', open: true, title: 'title.sign_in', load: () => import('./pages/admin/login.jsx') },
	{ path: '/admin/forgot', open: true, title: 'reset.forgot', load: () => import('./pages/shared/forgot.jsx') },
	{ path: '/admin/reset', open: 'always', title: 'reset.title', load: () => import('./pages/shared/reset.jsx') },
	{ path: '/admin/overview', title: 'admin.nav.overview', load: () => import('./pages/admin/overview.jsx') },
	{ path: '/admin/config/features/billing', title: 'admin.nav.features', load: () => import('./pages/admin/features.jsx') },
	{ path: '/admin/config/features/invoice', title: 'admin.invoice_config.title', load: () => import('./pages/admin/invoice-config.jsx') },
	{ path: '/admin/clients', title: 'admin.nav.clients', load: () => import('./pages/admin/clients.jsx') },
	{ path: '/admin/clients/new', title: 'admin.client_new.title', load: () => import('./pages/admin/client-new.jsx') },
	{ path: '/admin/clients/:id', title: 'admin.client.title', load: () => import('./pages/admin/client.jsx') },
	{ path: '/admin/billing/invoices', title: 'admin.nav.invoices', load: () => import('./pages/admin/invoices.jsx') },
	{ path: '/admin/billing/invoices/:id', title: 'title.invoice', load: () => import('./pages/admin/invoice.jsx') },
	{ path: '/admin/billing/promos', title: 'admin.nav.promos', load: () => import('./pages/admin/promos.jsx') },
	{ path: '/admin/billing/promos/new', title: 'admin.promo.add_title', load: () => import('./pages/admin/promo-new.jsx') },
	{ path: '/admin/billing/promos/:id', title: 'admin.promo.title', load: () => import('./pages/admin/promo.jsx') },
	{ path: '/admin/billing/discounts', title: 'admin.nav.discounts', load: () => import('./pages/admin/discounts.jsx') },
	{ path: '/admin/billing/taxes', title: 'admin.nav.taxes', load: () => import('./pages/admin/taxes.jsx') },
	{ path: '/admin/billing/currencies', title: 'admin.nav.currencies', feature: 'multi_currency', load: () => import('./pages/admin/currencies.jsx') },
	{ path: '/admin/mails', title: 'admin.nav.mails', load: () => import('./pages/admin/mails.jsx') },
	{ path: '/admin/mails/templates', title: 'admin.mail.templates', load: () => import('./pages/admin/mail-templates.jsx') },
	{ path: '/admin/billing/whmcs', title: 'admin.nav.whmcs', feature: 'whmcs', load: () => import('./pages/admin/whmcs.jsx') },
];

function Frame({ children }) {
	const boot = useBoot();
	const counts = boot.counts ?? {};
	const groups = [
		{ items: [{
			id: 'overview', text: t('admin.nav.overview'), href: '/admin/overview', icon: 'layout-dashboard',
			count: counts.attention, tone: 'bad', countLabel: t('admin.nav.attention', { n: counts.attention }),
		}] },
		{ text: t('admin.nav.clients_group'), items: [{
			id: 'clients', text: t('admin.nav.clients'), href: '/admin/clients', icon: 'users',
			count: counts.suspended, tone: 'bad', countLabel: t('admin.nav.suspended', { n: counts.suspended }),
		}, { id: 'mails', text: t('admin.nav.mails'), href: '/admin/mails', icon: 'mail' }] },
		{ text: t('admin.nav.billing'), items: [{
			id: 'invoices', text: t('admin.nav.invoices'), href: '/admin/billing/invoices', icon: 'receipt-text',
			count: counts.overdue_invoices, tone: 'warn', countLabel: t('admin.nav.overdue', { n: counts.overdue_invoices }),
		}, {
			id: 'promos', text: t('admin.nav.promos'), href: '/admin/billing/promos', icon: 'ticket-percent',
		}, {
			id: 'discounts', text: t('admin.nav.discounts'), href: '/admin/billing/discounts', icon: 'badge-percent',
		}, {
			id: 'taxes', text: t('admin.nav.taxes'), href: '/admin/billing/taxes', icon: 'percent',
		}, boot.features.multi_currency && {
			id: 'currencies', text: t('admin.nav.currencies'), href: '/admin/billing/currencies', icon: 'coins',
		}, boot.features.whmcs && {
			id: 'whmcs', text: t('admin.nav.whmcs'), href: '/admin/billing/whmcs', icon: 'arrow-left-right',
		}] },
		{ text: t('admin.nav.config'), sub: t('admin.nav.cmp_config'), items: [{
			id: 'features', text: t('admin.nav.features'), href: '/admin/config/features/billing', icon: 'sliders-horizontal',
		}] },
	];
	const clock = boot.testing && <Tag icon="clock">{t('admin.nav.clock', { time: shortTime(boot.now) })}</Tag>;
	return <Shell groups={groups} note={tCode('role', boot.user.role)} topbar={clock}>{children}</Shell>;
}

start({ routes, home: '/admin/overview', Frame });
