// The screens that budget, axe and pictures go through.
import * as suspension from './mock/suspension.mjs';

const click = (name) => (page) => page.getByRole('button', { name }).first().click();
const testid = (id) => (page) => page.getByTestId(id).first().click();
const settled = (page) => page.waitForTimeout(250);

// name, portal, path or a link to follow, then what to do there. open: signed out;
// given: changes to what the API answers, for states a mock is not in by itself.
export const SCREENS = [
	{ name: 'admin-login', portal: 'admin', path: '/admin/login', open: true },
	{ name: 'admin-login-errors', portal: 'admin', path: '/admin/login', open: true, steps: [click('Sign in')] },
	{ name: 'admin-overview', portal: 'admin', path: '/admin/overview' },
	{ name: 'admin-overview-held', portal: 'admin', path: '/admin/overview', given: suspension.held, steps: [(page) => page.getByTestId('blast-radius').waitFor()] },
	{ name: 'admin-overview-confirm', portal: 'admin', path: '/admin/overview', given: suspension.held, steps: [click('Suspend 24 accounts'), settled] },
	{ name: 'admin-overview-paused', portal: 'admin', path: '/admin/overview', given: suspension.paused, steps: [(page) => page.getByTestId('suspension-paused').waitFor()] },
	{ name: 'admin-overview-off', portal: 'admin', path: '/admin/overview', given: suspension.off, steps: [click('Release all'), settled] },
	{ name: 'admin-features', portal: 'admin', path: '/admin/config/features/billing' },
	{ name: 'admin-features-edit', portal: 'admin', path: '/admin/config/features/billing', steps: [
		(page) => page.getByTestId('setting-display.cost_decimals').getByRole('button', { name: 'Edit' }).click(),
		(page) => page.getByTestId('setting-display.cost_decimals').locator('input').fill('99'),
		(page) => page.getByTestId('setting-display.cost_decimals').getByRole('button', { name: 'Save' }).click(),
	] },
	{ name: 'admin-features-toast', portal: 'admin', path: '/admin/config/features/billing', steps: [
		(page) => page.getByTestId('setting-ip.free_one').getByRole('switch').click(),
		(page) => page.getByRole('button', { name: 'Undo' }).waitFor(), settled,
	] },
	{ name: 'admin-features-history', portal: 'admin', path: '/admin/config/features/billing', steps: [
		(page) => page.getByTestId('setting-ip.free_one').getByRole('button', { name: /^History/ }).click(), settled,
	] },
	{ name: 'admin-features-none', portal: 'admin', path: '/admin/config/features/billing', steps: [(page) => page.locator('input[name=find]').fill('zzzz')] },
	{ name: 'admin-invoice-config', portal: 'admin', path: '/admin/config/features/invoice' },
	{ name: 'admin-clients', portal: 'admin', path: '/admin/clients' },
	{ name: 'admin-client-new', portal: 'admin', path: '/admin/clients/new' },
	{ name: 'admin-client-new-errors', portal: 'admin', path: '/admin/clients/new', steps: [click('Create client')] },
	{ name: 'admin-client', portal: 'admin', path: '/admin/clients', follow: 'Acme' },
	{ name: 'admin-client-suspended', portal: 'admin', path: '/admin/clients', follow: 'Studio Moretti' },
	{ name: 'admin-client-halted', portal: 'admin', path: '/admin/clients', follow: 'Studio Moretti', given: suspension.clientHalted, steps: [(page) => page.getByTestId('deletion-plan').waitFor()] },
	{ name: 'admin-client-hold', portal: 'admin', path: '/admin/clients', follow: 'Studio Moretti', steps: [click('Hold'), settled] },
	{ name: 'admin-client-resources', portal: 'admin', path: '/admin/clients', follow: 'Acme', steps: [testid('tab-resources'), settled] },
	{ name: 'admin-client-invoices', portal: 'admin', path: '/admin/clients', follow: 'Acme', steps: [testid('tab-invoices'), settled] },
	{ name: 'admin-client-payments', portal: 'admin', path: '/admin/clients', follow: 'Acme', steps: [testid('tab-payments'), settled] },
	{ name: 'admin-client-statement', portal: 'admin', path: '/admin/clients', follow: 'Acme', steps: [testid('tab-statement'), settled] },
	{ name: 'admin-client-suspend', portal: 'admin', path: '/admin/clients', follow: 'Acme', steps: [click('Suspend'), settled] },
	{ name: 'admin-invoices', portal: 'admin', path: '/admin/billing/invoices' },
	{ name: 'admin-invoice', portal: 'admin', path: '/admin/billing/invoices', follow: 'INV-' },
	{ name: 'admin-promos', portal: 'admin', path: '/admin/billing/promos' },
	{ name: 'admin-promo-new', portal: 'admin', path: '/admin/billing/promos/new' },
	{ name: 'admin-promo-new-errors', portal: 'admin', path: '/admin/billing/promos/new', steps: [click('Add promo code')] },
	{ name: 'admin-promo', portal: 'admin', path: '/admin/billing/promos', follow: 'SUMMER20' },
	{ name: 'admin-promo-edit', portal: 'admin', path: '/admin/billing/promos', follow: 'SUMMER20', steps: [click('Edit'), settled] },
	{ name: 'admin-discounts', portal: 'admin', path: '/admin/billing/discounts' },
	{ name: 'admin-discount-add', portal: 'admin', path: '/admin/billing/discounts', steps: [testid('discount-add'), settled] },
	{ name: 'admin-whmcs', portal: 'admin', path: '/admin/billing/whmcs', whmcs: true },
	{ name: 'admin-missing', portal: 'admin', path: '/admin/nowhere' },
	{ name: 'user-login', portal: 'user', path: '/user/login', open: true },
	{ name: 'user-signup', portal: 'user', path: '/user/signup', open: true },
	{ name: 'user-signup-errors', portal: 'user', path: '/user/signup', open: true, steps: [click('Create account')] },
	{ name: 'user-dashboard', portal: 'user', path: '/user/dashboard' },
	{ name: 'user-suspended', portal: 'user', path: '/user/suspended', given: suspension.suspendedNotice },
	{ name: 'user-suspended-offline', portal: 'user', path: '/user/suspended', given: suspension.suspendedOffline },
	{ name: 'user-suspended-elsewhere', portal: 'user', path: '/user/suspended', given: suspension.suspendedNotice, steps: [
		(page) => page.evaluate(() => document.querySelector('[data-testid=nav-instances]').click()), (page) => page.getByTestId('suspended-notice').waitFor(), settled,
	] },
	{ name: 'user-restoring', portal: 'user', path: '/user/dashboard', given: suspension.restoring },
	{ name: 'user-payment-open', portal: 'user', path: '/user/company/profile/payment-settings', given: suspension.paymentSettings },
	{ name: 'user-instances', portal: 'user', path: '/user/instances' },
	{ name: 'user-instance-new', portal: 'user', path: '/user/instances/new', steps: [settled] },
	{ name: 'user-instance', portal: 'user', path: '/user/instances', follow: 'web-1' },
	{ name: 'user-instance-delete', portal: 'user', path: '/user/instances', follow: 'web-1', steps: [click('Delete'), settled] },
	{ name: 'user-instance-network', portal: 'user', path: '/user/instances', follow: 'web-1', steps: [testid('tab-network'), settled] },
	{ name: 'user-ips', portal: 'user', path: '/user/network/ips' },
	{ name: 'user-ips-acquire', portal: 'user', path: '/user/network/ips', steps: [testid('acquire-ip'), (page) => page.getByTestId('ip-charge').waitFor(), settled] },
	{ name: 'user-invoices', portal: 'user', path: '/user/billing/invoices' },
	{ name: 'user-invoices-none', portal: 'user', path: '/user/billing/invoices?q=zzzz' },
	{ name: 'user-invoice', portal: 'user', path: '/user/billing/invoices', follow: 'INV-' },
	{ name: 'user-invoice-usage', portal: 'user', path: '/user/billing/invoices', follow: 'INV-', steps: [
		(page) => page.locator('.line-toggle').first().click(), (page) => page.locator('table.usage').waitFor(), settled,
	] },
	{ name: 'user-invoice-why', portal: 'user', path: '/user/billing/invoices', follow: 'INV-', steps: [
		(page) => page.locator('.line-toggle').first().click(), (page) => page.locator('.behind summary').click(), settled,
	] },
	{ name: 'user-profile', portal: 'user', path: '/user/company/profile' },
	{ name: 'user-profile-edit', portal: 'user', path: '/user/company/profile', steps: [click('Edit'), settled] },
	{ name: 'user-promos', portal: 'user', path: '/user/company/profile/promos' },
	{ name: 'user-promos-errors', portal: 'user', path: '/user/company/profile/promos', steps: [
		(page) => page.locator('input[name=code]').fill('no-such-code'), click('Redeem'), settled,
	] },
	{ name: 'user-payment-settings', portal: 'user', path: '/user/company/profile/payment-settings' },
];
