// The user portal: its routes and its navigation.
import { useEffect } from 'preact/hooks';
import { start } from './lib/app.jsx';
import { isZero, money } from './lib/format.js';
import { t, tCode } from './lib/i18n.js';
import { navigate, useLocation } from './lib/router.js';
import { useBoot } from './lib/session.js';
import { Note, Shell } from './ui/kit.js';

const SHOWN_INVOICES = 3;
const PAGE = '/user/suspended';
let told = false;
const instance = () => import('./pages/user/instance.jsx');

const routes = [
	{ path: '/user/login', open: true, title: 'title.sign_in', load: () => import('./pages/user/login.jsx') },
	{ path: '/user/signup', open: true, title: 'user.signup.title', load: () => import('./pages/user/signup.jsx') },
	{ path: '/user/forgot', open: true, title: 'reset.forgot', load: () => import('./pages/shared/forgot.jsx') },
	{ path: '/user/reset', open: 'always', title: 'reset.title', load: () => import('./pages/shared/reset.jsx') },
	{ path: '/user/email-confirm', open: 'always', title: 'user.email.title', load: () => import('./pages/user/email-confirm.jsx') },
	{ path: '/user/dashboard', title: 'user.nav.dashboard', load: () => import('./pages/user/dashboard.jsx') },
	{ path: '/user/instances', title: 'user.nav.instances', load: () => import('./pages/user/instances.jsx') },
	{ path: '/user/instances/new', title: 'user.nav.add_instance', load: () => import('./pages/user/instance-new.jsx') },
	{ path: '/user/instances/:id', title: 'user.instance.title', load: instance },
	{ path: '/user/instances/:id/network', title: 'user.instance.network', load: instance },
	{ path: '/user/network/ips', title: 'user.nav.ips', load: () => import('./pages/user/ips.jsx') },
	{ path: '/user/billing/invoices', title: 'user.nav.invoices', feature: 'invoice_menu', load: () => import('./pages/user/invoices.jsx') },
	{ path: '/user/billing/invoices/:id', title: 'title.invoice', load: () => import('./pages/user/invoice.jsx') },
	{ path: PAGE, title: 'user.suspended.title', load: () => import('./pages/user/suspended.jsx') },
	{ path: '/user/company/profile', title: 'user.nav.profile', load: () => import('./pages/user/profile.jsx') },
	{ path: '/user/company/profile/promos', title: 'user.promo.title', load: () => import('./pages/user/promos.jsx') },
	{ path: '/user/company/profile/payment-settings', title: 'user.profile.payment', feature: 'portal_payment', load: () => import('./pages/user/payment-settings.jsx') },
];

// On every page; the page of its own says everything. A customer is led there
// once after signing in, and then left free to look around.
function Suspended({ notice }) {
	const here = useLocation().path === PAGE;
	useEffect(() => {
		if (!told && !here)
			navigate(PAGE, { replace: true });
		told = true;
	}, []);
	if (here)
		return null;
	const pending = notice.deposit && notice.reasons.length === 1;
	return (
		<Note tone={pending ? 'warn' : 'bad'} icon="octagon-alert" title={t(pending ? 'user.deposit.pending' : 'user.suspended.title')} data-testid="suspended-notice"
			actions={<a class="button small" href={PAGE}>{t('user.suspended.settle')}</a>}>
			{notice.message} {!isZero(notice.amount_due) && t('user.suspended.due', { amount: money(notice.amount_due) })}
			{notice.invoices?.length > 0 && ` ${notice.invoices.slice(0, SHOWN_INVOICES).map((i) => i.number).join(', ')}`}
		</Note>
	);
}

function Restoring({ job }) {
	return (
		<Note tone={job.failed > 0 ? 'warn' : 'info'} icon="refresh-cw" title={t('user.restoring.title')} data-testid="restoring-notice">
			{t('user.restoring.count', job)} {job.failed > 0 && t('user.restoring.failed')}
		</Note>
	);
}

function Notice({ notice }) {
	if (!notice)
		return null;
	return notice.kind === 'restoring' ? <Restoring job={notice.job} /> : <Suspended notice={notice} />;
}

function Frame({ children }) {
	const { features, counts, account, notice } = useBoot();
	const stopped = account?.status === 'SUSPENDED';
	const groups = [
		{ items: [{ id: 'dashboard', text: t('user.nav.dashboard'), href: '/user/dashboard', icon: 'layout-dashboard' }] },
		{ text: t('user.nav.instance'), items: [
			{ id: 'instances', text: t('user.nav.instances'), href: '/user/instances', icon: 'server', not: ['/user/instances/new'] },
			!stopped && { id: 'instances-new', text: t('user.nav.add_instance'), href: '/user/instances/new', icon: 'circle-plus' },
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
			notice={<Notice notice={notice} />}>
			{children}
		</Shell>
	);
}

start({ routes, home: '/user/dashboard', Frame });
