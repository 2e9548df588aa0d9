// The user portal: its routes and its navigation.
import { start } from './lib/app.jsx';
import { isZero, money } from './lib/format.js';
import { t, tCode } from './lib/i18n.js';
import { useBoot } from './lib/session.js';
import { Note, Shell } from './ui/kit.js';

const SHOWN_INVOICES = 3;
const instance = () => import('./pages/user/instance.jsx');

const routes = [
	{ path: '/user/login', open: true, title: 'title.sign_in', load: () => import('./pages/user/login.jsx') },
	{ path: '/user/signup', open: true, title: 'user.signup.title', load: () => import('./pages/user/signup.jsx') },
	{ path: '/user/dashboard', title: 'user.nav.dashboard', load: () => import('./pages/user/dashboard.jsx') },
	{ path: '/user/instances', title: 'user.nav.instances', load: () => import('./pages/user/instances.jsx') },
	{ path: '/user/instances/new', title: 'user.nav.add_instance', load: () => import('./pages/user/instance-new.jsx') },
	{ path: '/user/instances/:id', title: 'user.instance.title', load: instance },
	{ path: '/user/instances/:id/network', title: 'user.instance.network', load: instance },
	{ path: '/user/network/ips', title: 'user.nav.ips', load: () => import('./pages/user/ips.jsx') },
	{ path: '/user/billing/invoices', title: 'user.nav.invoices', feature: 'invoice_menu', load: () => import('./pages/user/invoices.jsx') },
	{ path: '/user/billing/invoices/:id', title: 'title.invoice', load: () => import('./pages/user/invoice.jsx') },
	{ path: '/user/company/profile', title: 'user.nav.profile', load: () => import('./pages/user/profile.jsx') },
	{ path: '/user/company/profile/payment-settings', title: 'user.profile.payment', feature: 'portal_payment', load: () => import('./pages/user/payment-settings.jsx') },
];

// With the Invoices menu off the invoice pages are refused too: no link to them.
function Suspended({ notice, account, features }) {
	const invoices = features.invoice_menu ? notice.invoices ?? [] : [];
	const funds = features.portal_payment && account?.plan !== 'POSTPAID';
	return (
		<Note tone="bad" icon="octagon-alert" title={t('user.suspended.title')} data-testid="suspended-notice"
			actions={
				<>
					{invoices.slice(0, SHOWN_INVOICES).map((invoice) => (
						<a class="button small" key={invoice.id} href={`/user/billing/invoices/${invoice.id}`}>
							{t('user.suspended.open', { number: invoice.number })}
						</a>
					))}
					{funds && <a class="button small" href="/user/company/profile/payment-settings">{t('user.suspended.add_funds')}</a>}
				</>
			}>
			{notice.message} {!isZero(notice.amount_due) && t('user.suspended.due', { amount: money(notice.amount_due) })}
			{invoices.length === 0 && !funds && ` ${t('user.suspended.contact')}`}
		</Note>
	);
}

function Frame({ children }) {
	const { features, counts, account, notice } = useBoot();
	const groups = [
		{ items: [{ id: 'dashboard', text: t('user.nav.dashboard'), href: '/user/dashboard', icon: 'layout-dashboard' }] },
		{ text: t('user.nav.instance'), items: [
			{ id: 'instances', text: t('user.nav.instances'), href: '/user/instances', icon: 'server', not: ['/user/instances/new'] },
			{ id: 'instances-new', text: t('user.nav.add_instance'), href: '/user/instances/new', icon: 'circle-plus' },
		] },
		{ text: t('user.nav.network'), items: [
			{ id: 'ips', text: t('user.nav.ips'), href: '/user/network/ips', icon: 'network' },
		] },
		features.invoice_menu && { text: t('user.nav.billing'), items: [{
			id: 'invoices', text: t('user.nav.invoices'), href: '/user/billing/invoices', icon: 'receipt-text',
			count: counts?.unpaid_invoices, tone: 'warn', countLabel: t('user.nav.unpaid', { n: counts?.unpaid_invoices }),
		}] },
		{ text: t('user.nav.company'), items: [
			{ id: 'profile', text: t('user.nav.profile'), href: '/user/company/profile', icon: 'building-2' },
		] },
	].filter(Boolean);
	return (
		<Shell groups={groups} note={account?.name ?? tCode('plan', account?.plan)} profile="/user/company/profile"
			notice={notice && <Suspended notice={notice} account={account} features={features} />}>
			{children}
		</Shell>
	);
}

start({ routes, home: '/user/dashboard', Frame });
