// What the pages do when used, on the mock: node flows.mjs BASEURL
import { launch, open } from './browser.mjs';
import { masked } from './mock/suspension.mjs';

const [base] = process.argv.slice(2);
if (!base) {
	console.error('usage: node flows.mjs BASEURL');
	process.exit(2);
}
const browser = await launch();
const view = { width: 1280, scheme: 'light', signIn: true };
const admin = await open(browser, base, { ...view, portal: 'admin' });
const user = await open(browser, base, { ...view, portal: 'user' });
let passed = 0;
let failed = 0;

async function check(name, run) {
	try {
		await run();
		passed++;
		console.log(`ok ${passed + failed} - ${name}`);
	} catch (error) {
		failed++;
		console.log(`not ok ${passed + failed} - ${name}: ${error.message.split('\n').slice(0, 3).join(' ')}`);
	}
}

const setting = (key) => admin.page.getByTestId(`setting-${key}`);
const gone = (locator) => locator.waitFor({ state: 'detached', timeout: 5000 });
const seen = (locator) => locator.waitFor({ timeout: 5000 });
const expect = (truth, text) => {
	if (!truth)
		throw new Error(text);
};

async function toggle(key, wanted) {
	const control = setting(key).getByRole('switch');
	if ((await control.getAttribute('aria-checked')) !== String(wanted))
		await control.click();
	await seen(setting(key).locator(`[role=switch][aria-checked="${wanted}"]:not([aria-busy])`));
}

await admin.page.goto('/admin/config/features/billing');
await seen(setting('ip.free_one'));

await check('a switch saves at once and Undo takes it back', async () => {
	await toggle('signup.payment', true);
	await admin.page.getByRole('button', { name: 'Undo' }).last().click();
	await seen(setting('signup.payment').locator('[role=switch][aria-checked="false"]'));
});

await check('a refused value is told at its field', async () => {
	const row = setting('display.cost_decimals');
	await row.getByRole('button', { name: 'Edit' }).click();
	await row.locator('input').fill('12');
	await row.getByRole('button', { name: 'Save' }).click();
	await seen(row.locator('.error', { hasText: 'from 0 to 8' }));
	expect(await row.locator('input').getAttribute('aria-invalid') === 'true', 'the field is not marked');
	await row.getByRole('button', { name: 'Cancel' }).click();
});

await check('Esc leaves a value as it was and the focus on Edit', async () => {
	const row = setting('display.cost_decimals');
	await row.getByRole('button', { name: 'Edit' }).click();
	await row.locator('input').press('Escape');
	await seen(row.getByRole('button', { name: 'Edit' }));
	await admin.page.waitForFunction(() => document.activeElement.textContent === 'Edit', null, { timeout: 2000 });
});

await check('the digits of prices follow in an open user portal', async () => {
	await user.page.goto('/user/instances/new');
	await seen(user.page.getByTestId('estimate-hour'));
	const row = setting('display.cost_decimals');
	await row.getByRole('button', { name: 'Edit' }).click();
	await row.locator('input').fill('4');
	await row.getByRole('button', { name: 'Save' }).click();
	await seen(row.getByText('4 digits'));
	await user.page.getByText('B2 Medium').click();
	await user.page.waitForFunction(() => /\.\d{4}$/.test(document.querySelector('[data-testid="estimate-hour"]')?.textContent ?? ''), null, { timeout: 5000 });
});

await check('the Invoices menu goes and comes in an open user portal', async () => {
	await seen(user.page.getByTestId('nav-invoices'));
	await toggle('invoice.menu', false);
	await user.page.getByText('B2 Large').click();
	await gone(user.page.getByTestId('nav-invoices'));
	await user.page.goto('/user/billing/invoices');
	await seen(user.page.getByText('Not available').last());
	await toggle('invoice.menu', true);
	await user.page.goto('/user/dashboard');
	await seen(user.page.getByTestId('nav-invoices'));
});

await check('Payment Settings goes and comes', async () => {
	await toggle('payment.portal', false);
	await user.page.goto('/user/company/profile');
	await seen(user.page.getByTestId('tab-profile'));
	expect(await user.page.getByTestId('tab-payment').count() === 0, 'the tab is still there');
	await toggle('payment.portal', true);
	await user.page.goto('/user/company/profile');
	await seen(user.page.getByTestId('tab-payment'));
});

await check('a masked debt shows 0 and what is due, and how much can be added', async () => {
	const { page } = user;
	await masked(page);
	await page.goto('/user/dashboard');
	await seen(page.getByTestId('amount-due').getByText('18.43'));
	expect(/^\D*0[.,]00\D*$/.test(await page.getByTestId('balance').textContent()), 'the debt shows');
	await page.getByRole('link', { name: 'Add funds' }).first().click();
	await seen(page.getByTestId('amount-due').getByText('18.43'));
	await seen(page.getByText('The balance is short of $18.43'));
	await seen(page.getByText('At least $5.00. At most $50.00. Within 24 hours $40.00 more can be added.'));
	for (const [amount, text] of [['4.99', 'The smallest amount is $5.00.'], ['50.01', 'The largest amount is $50.00.'], ['40.01', 'Within 24 hours $40.00 more can be added.']]) {
		await page.locator('input[name=amount]').fill(amount);
		await page.getByRole('button', { name: 'Add funds' }).last().click();
		await seen(page.locator('.field', { hasText: text }).first());
	}
	await page.unrouteAll({ behavior: 'wait' });
});

await check('WHMCS comes and goes in the admin menu', async () => {
	await toggle('whmcs.enabled', true);
	await seen(admin.page.getByTestId('nav-whmcs'));
	await toggle('whmcs.enabled', false);
	await gone(admin.page.getByTestId('nav-whmcs'));
});

await check('several currencies bring a selector to the estimate', async () => {
	await user.page.goto('/user/instances/new');
	await seen(user.page.getByTestId('estimate-month'));
	expect(await user.page.locator('select[name=currency]').count() === 0, 'a selector with one currency');
	await toggle('currency.multi', true);
	await user.page.getByText('B2 Medium').click();
	await user.page.locator('select[name=currency]').selectOption('EUR');
	await seen(user.page.getByText('1 USD = 0.92 EUR'));
	await seen(user.page.getByTestId('estimate-month').getByText('€'));
	await toggle('currency.multi', false);
});

await check('the notice before acquiring an address says what it costs', async () => {
	await user.page.goto('/user/network/ips');
	await user.page.getByTestId('acquire-ip').click();
	await seen(user.page.getByTestId('ip-charge').getByText('This address costs'));
	await user.page.keyboard.press('Escape');
	await gone(user.page.getByRole('dialog'));
	expect(await user.page.evaluate(() => document.activeElement.dataset.testid) === 'acquire-ip', 'the focus did not come back');
	await toggle('ip.default_charge', false);
	await user.page.getByTestId('acquire-ip').click();
	await seen(user.page.getByTestId('ip-charge').getByText('This address is free'));
	await user.page.getByTestId('acquire-confirm').click();
	await gone(user.page.getByRole('dialog'));
	await seen(user.page.getByText('is yours now'));
	await toggle('ip.default_charge', true);
});

await check('an instance: wrong name at its field, then created with one key', async () => {
	const keys = [];
	user.page.on('request', (r) => r.method() === 'POST' && r.url().endsWith('/instances') && keys.push(r.headers()['idempotency-key']));
	await user.page.goto('/user/instances/new');
	await seen(user.page.getByTestId('estimate-hour'));
	await user.page.locator('input[name=name]').fill('Bad Name');
	await user.page.getByRole('button', { name: 'Create instance' }).click();
	await seen(user.page.locator('.error', { hasText: 'small letters' }));
	await user.page.locator('input[name=name]').fill('flow-1');
	await user.page.getByRole('button', { name: 'Create instance' }).click();
	await seen(user.page.getByRole('heading', { name: 'flow-1' }));
	expect(keys.length === 2 && keys.every((k) => /^[A-Za-z0-9_-]{16,64}$/.test(k)), `keys ${keys}`);
});

await check('an invoice is saved as PDF, CSV and workbook, from its page and from the list', async () => {
	for (const { page, at } of [{ ...user, at: '/user/billing/invoices' }, { ...admin, at: '/admin/billing/invoices' }]) {
		await page.goto(at);
		const [fromList] = await Promise.all([page.waitForEvent('download'), page.getByTestId('row-pdf').first().click()]);
		expect(/^INV-.*\.pdf$/.test(fromList.suggestedFilename()), fromList.suggestedFilename());
		await page.getByTestId('invoice-number').first().click();
		for (const format of ['pdf', 'csv', 'xlsx']) {
			const [file] = await Promise.all([page.waitForEvent('download'), page.getByTestId(`download-${format}`).click()]);
			expect(file.suggestedFilename().endsWith(`.${format}`), file.suggestedFilename());
		}
	}
});

await check('a file that cannot be had is told on the page', async () => {
	const { page } = user;
	await page.goto('/user/billing/invoices');
	await page.route('**/pdf', (route) => route.fulfill({ status: 409, json: { error: { code: 'document.too_long', message: 'This invoice has too many lines.' } } }));
	await page.getByTestId('row-pdf').first().click();
	await page.locator('.toasts').getByText('This invoice has too many lines.').waitFor();
	await page.unroute('**/pdf');
});

await check('a logo is set, seen, refused and removed', async () => {
	const { page } = admin;
	await page.goto('/admin/config/features/invoice');
	const card = page.getByTestId('logo');
	const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
	await card.locator('input[type=file]').setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: png });
	await page.waitForFunction(() => document.querySelector('[data-testid=logo] img')?.naturalWidth === 1);
	await card.locator('input[type=file]').setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: Buffer.from('no picture') });
	await card.getByRole('alert').getByText('This is not a PNG picture.').waitFor();
	await card.getByRole('button', { name: 'Remove' }).click();
	await card.getByText('No logo').waitFor();
});

await check('the billing clock goes forward', async () => {
	await admin.page.goto('/admin/overview');
	await seen(admin.page.getByTestId('clock-now').getByText('Nov 23'));
	await admin.page.getByTestId('clock-next-month').click();
	await seen(admin.page.getByTestId('clock-now').getByText('Dec 1, 2026, 12:10 AM'));
});

await check('a client is suspended and freed', async () => {
	await admin.page.goto('/admin/clients/102');
	await admin.page.getByRole('button', { name: 'Suspend' }).click();
	await admin.page.getByRole('button', { name: 'Suspend account' }).click();
	await seen(admin.page.locator('.dialog .error'));
	await admin.page.locator('input[name=note]').fill('asked for by the client');
	await admin.page.getByRole('button', { name: 'Suspend account' }).click();
	await seen(admin.page.getByText('This account is suspended'));
	await admin.page.getByRole('button', { name: 'Lift suspension' }).first().click();
	await admin.page.locator('input[name=note]').fill('settled');
	await admin.page.getByRole('dialog').getByRole('button', { name: 'Lift suspension' }).click();
	await gone(admin.page.getByText('This account is suspended'));
});

await check('Billing Contract Type brings its field to Add Client', async () => {
	await admin.page.goto('/admin/clients/new');
	await seen(admin.page.locator('select[name=plan]'));
	expect(await admin.page.locator('select[name=contract]').count() === 0, 'the field is there while off');
	await admin.page.goto('/admin/config/features/billing');
	await toggle('contract.type', true);
	await admin.page.goto('/admin/clients/new');
	await admin.page.locator('select[name=contract]').selectOption('FIXED');
	await seen(admin.page.locator('input[name=fixed_fee]'));
	await admin.page.getByTestId('contract-part-add').click();
	await admin.page.getByTestId('contract-part-add').click();
	await admin.page.locator('select[name="parts[1].what"]').selectOption('PUBLIC_IP');
	await admin.page.getByTestId('contract-part-0').getByRole('button').click();
	expect(await admin.page.locator('select[name="parts[0].what"]').inputValue() === 'PUBLIC_IP', 'the rows behind a removed one move up');
	expect(await admin.page.locator('select[name="parts[1].what"]').count() === 0, 'one row is left');
});

await check('a change of contract that is to come is shown, refused twice, cancelled', async () => {
	await admin.page.goto('/admin/clients/101?tab=contract');
	await seen(admin.page.getByTestId('contract-next'));
	await admin.page.getByTestId('contract-change').click();
	await admin.page.locator('dialog input[name=note]').fill('asked for');
	await admin.page.getByRole('button', { name: 'Agree' }).click();
	await seen(admin.page.getByText('A change of the contract is to come already.'));
	await admin.page.getByRole('button', { name: 'Cancel', exact: true }).click();
	await admin.page.getByTestId('contract-cancel').click();
	await admin.page.locator('dialog').getByRole('button', { name: 'Cancel the change' }).click();
	await gone(admin.page.getByTestId('contract-next'));
});

await check('the prefix stands in the code of Add; a code is added, redeemed once, deactivated', async () => {
	await admin.page.goto('/admin/config/features/billing');
	const row = setting('promo.prefix');
	await row.getByRole('button', { name: 'Edit' }).click();
	await row.locator('input').fill('FLOW-');
	await row.getByRole('button', { name: 'Save' }).click();
	await gone(row.locator('input'));
	await admin.page.goto('/admin/billing/promos/new');
	const code = admin.page.locator('input[name=code]');
	await seen(code);
	const first = await code.inputValue();
	expect(/^FLOW-[0-9A-HJKMNP-TV-Z]{8,}$/.test(first), `the code is ${first}`);
	await seen(admin.page.getByText('your prefix FLOW-'));
	await admin.page.getByRole('button', { name: 'Generate another' }).click();
	await admin.page.waitForFunction((old) => document.querySelector('input[name=code]').value !== old, first);
	await code.fill('flow-edited');
	await admin.page.locator('input[name=percent]').fill('250');
	await admin.page.getByRole('button', { name: 'Add promo code' }).click();
	await seen(admin.page.locator('.error', { hasText: 'Between' }));
	await admin.page.locator('input[name=percent]').fill('25');
	await admin.page.getByRole('button', { name: 'Add promo code' }).click();
	await seen(admin.page.getByRole('heading', { name: 'FLOW-EDITED' }));
	await user.page.goto('/user/company/profile/promos');
	const redeem = async (words) => {
		await user.page.locator('input[name=code]').fill('Flow-Edited');
		await user.page.getByRole('button', { name: 'Redeem' }).click();
		await seen(user.page.getByText(words).first());
	};
	await redeem('25% off');
	await redeem('You have used this code already');
	await admin.page.getByRole('button', { name: 'Deactivate' }).click();
	await admin.page.getByTestId('promo-turn').click();
	await seen(admin.page.getByTestId('promo-state').getByText('Inactive'));
});

await check('a surcharge is given to a client and ended', async () => {
	await admin.page.goto('/admin/billing/discounts');
	await admin.page.getByTestId('discount-add').first().click();
	await admin.page.locator('input[name=find_client]').fill('hikari');
	await admin.page.locator('select[name=account_id] option', { hasText: 'Hikari' }).waitFor({ state: 'attached' });
	await admin.page.locator('select[name=account_id]').selectOption('105');
	await admin.page.locator('input[name=sign][value=surcharge]').check({ force: true });
	await admin.page.locator('select[name=kind]').selectOption('amount');
	await admin.page.locator('input[name=value]').fill('12,50');
	await admin.page.locator('input[name=label]').fill('Remote hands');
	await admin.page.getByRole('dialog').getByRole('button', { name: 'Add' }).click();
	await seen(admin.page.getByText('+$12.50'));
	await admin.page.getByRole('button', { name: 'End Remote hands' }).click();
	await admin.page.getByTestId('discount-end').click();
	await seen(admin.page.locator('tr', { hasText: 'Remote hands' }).getByText('Ended'));
});

await check('a deposit is recorded once, the account verified, its refund paid back', async () => {
	const dialog = admin.page.getByRole('dialog');
	const yes = async (field, text) => {
		await dialog.locator(`input[name=${field}]`).fill(text);
		await admin.page.getByTestId('deposit-yes').click();
		await gone(dialog);
	};
	await admin.page.goto('/admin/clients/101?tab=deposit');
	await seen(admin.page.getByTestId('deposit-promise'));
	await admin.page.getByTestId('deposit-receive').click();
	await admin.page.getByTestId('deposit-yes').click();
	await seen(dialog.locator('input[name=amount][aria-invalid=true]'));
	await dialog.locator('input[name=amount]').fill('12,50');
	await yes('reference', 'flow-1');
	await seen(admin.page.locator('tr', { hasText: 'flow-1' }).getByText('$12.50').first());
	await admin.page.getByTestId('deposit-verify').click();
	await yes('note', 'Passport seen');
	await seen(admin.page.getByTestId('verified').getByText('Verified', { exact: true }));
	await admin.page.locator('tr', { hasText: 'flow-1' }).getByTestId('deposit-payout').click();
	await seen(dialog.getByText('$12.50'));
	await yes('reference', 'SEPA 4712');
	await seen(admin.page.locator('tr', { hasText: 'flow-1' }).getByText('SEPA 4712'));
	await user.page.goto('/user/company/profile');
	await seen(user.page.getByTestId('deposit').filter({ hasText: '$12.50 was paid back: SEPA 4712' }));
});

await check('who signs up must agree to what is shown about the deposit', async () => {
	const guest = await open(browser, base, { ...view, portal: 'user', signIn: false });
	await admin.page.goto('/admin/config/features/billing');
	await toggle('signup.payment', true);
	await guest.page.goto('/user/signup');
	await seen(guest.page.getByTestId('deposit-text').getByText('is not refunded'));
	await guest.page.getByRole('button', { name: 'Create account' }).click();
	await seen(guest.page.locator('input[name=promise][aria-invalid=true]'));
	await guest.page.locator('input[name=promise]').check();
	await guest.page.locator('input[name=promise]:not([aria-invalid])').waitFor();
	await toggle('signup.payment', false);
	await guest.page.reload();
	await seen(guest.page.getByRole('button', { name: 'Create account' }));
	expect(await guest.page.getByTestId('deposit-text').count() === 0, 'a promise without a payment');
	await guest.page.close();
});

await check('a keyboard alone gets past the menu and to sign-out', async () => {
	await user.page.goto('/user/dashboard');
	await seen(user.page.getByTestId('balance'));
	await user.page.keyboard.press('Tab');
	expect(await user.page.evaluate(() => document.activeElement.className) === 'skip', 'the first stop is not the skip link');
	await user.page.keyboard.press('Enter');
	expect(await user.page.evaluate(() => document.activeElement.id) === 'main', 'the skip link does not go to the content');
});

await check('signing out goes to the sign-in page, and back to where one was', async () => {
	await user.page.goto('/user/network/ips');
	await user.page.getByRole('button', { name: 'Sign out' }).click();
	await seen(user.page.getByRole('button', { name: 'Sign in' }));
	await user.page.goto('/user/network/ips');
	await user.page.locator('input[name=email]').fill('jonas@acme.example');
	await user.page.locator('input[name=password]').fill('wrong');
	await user.page.getByRole('button', { name: 'Sign in' }).click();
	await seen(user.page.getByText('E-mail or password is wrong'));
	await user.page.locator('input[name=password]').fill('demo');
	await user.page.getByRole('button', { name: 'Sign in' }).click();
	await seen(user.page.getByRole('heading', { name: 'IP Manager' }));
});

const noise = [...admin.problems, ...user.problems].filter((text) => !/Failed to load resource: .* 4\d\d/.test(text));
await check('no errors in the console, no CSP violations', async () => expect(noise.length === 0, noise.join('; ')));
await browser.close();
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exit(failed > 0 ? 1 : 0);
