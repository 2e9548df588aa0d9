// The main job in a browser, on the real stack: sign up, see the price, create an
// instance with a public IP, move the clock to the next month, see the invoice,
// find the same invoice in WHMCS, pay it there, see it Paid in both portals. Then
// every switch and value of Feature Configuration, and what the switches change
// on the customer's screens in a second, already open browser.
//
// node story.mjs BASEURL WHMCSURL   (ADMIN_PASSWORD in the environment; TAP)
import { launch, open, SIGN_IN } from './browser.mjs';

const [base, whmcs] = process.argv.slice(2);
SIGN_IN.admin = { email: 'admin@example.com', password: process.env.ADMIN_PASSWORD };
const WAIT = 60000;
let n = 0, failed = 0;

async function step(what, run) {
	n++;
	try {
		await run();
		console.log(`ok ${n} - ${what}`);
	} catch (error) {
		failed++;
		console.log(`not ok ${n} - ${what}`);
		console.log(`# ${String(error.message ?? error).split('\n').slice(0, 6).join('\n# ')}`);
	}
}

function same(got, want, what) {
	if (got !== want)
		throw new Error(`${what}: ${JSON.stringify(got)} instead of ${JSON.stringify(want)}`);
}

const text = async (page, id) => (await page.getByTestId(id).first().innerText()).trim();
const digits = (s) => s.replace(/[^0-9.]/g, '');

async function until(page, look, what) {
	const end = Date.now() + WAIT;
	while (Date.now() < end) {
		if (await look())
			return;
		await page.waitForTimeout(500);
	}
	throw new Error(`${what} did not come within ${WAIT / 1000} s`);
}

const browser = await launch();
const options = { width: 1280, scheme: 'light' };
const user = await open(browser, base, { ...options, portal: 'user' });
const admin = await open(browser, base, { ...options, portal: 'admin', signIn: true });
const u = user.page, a = admin.page;
const email = `story-${Date.now()}@example.com`;
let invoicePath, remote, total;

await step('a customer signs up, sees the plan and confirms it', async () => {
	await u.goto('/user/signup');
	await u.locator('input[name=category][value=ORGANIZATION]').check({ force: true });
	for (const [name, value] of Object.entries({
		first_name: 'Ada', last_name: 'Byron', company: 'Engines & Sons', email,
		password: 'correct horse battery', address1: '12 St James\'s Square', postcode: 'D02',
		city: 'Dublin', phone: '+353 1 555 0100',
	}))
		await u.locator(`input[name=${name}]`).fill(value);
	await u.locator('select[name=country]').selectOption('IE');
	await u.getByText('Postpaid').first().waitFor();
	await u.locator('input[name=plan_confirmed]').check({ force: true });
	await u.getByRole('button', { name: 'Create account' }).click();
	await u.waitForURL('**/user/dashboard', { timeout: WAIT });
});

await step('the price is shown before, and an instance with a public IP is created', async () => {
	await u.goto('/user/instances/new');
	await u.locator('input[name=name]').fill('web-1');
	await u.getByTestId('estimate-PUBLIC_IP').waitFor();
	same(digits(await text(u, 'estimate-hour')), '0.0118', 'Nano and a public IP per hour');
	await u.getByRole('button', { name: 'Create instance' }).click();
	await u.waitForURL(/\/user\/instances\/\d+$/, { timeout: WAIT });
});

await step('staff move the billing clock to the next month', async () => {
	await a.goto('/admin/overview');
	const before = await text(a, 'clock-now');
	await a.getByTestId('clock-next-month').click();
	const ask = a.getByRole('dialog').getByRole('button').last();
	await a.waitForTimeout(300);
	if (await ask.isVisible())
		await ask.click();
	await until(a, async () => (await text(a, 'clock-now')) !== before, 'the new time');
});

await step('the customer sees the invoice, its lines open to the hours', async () => {
	await until(u, async () => {
		await u.goto('/user/billing/invoices');
		await u.waitForFunction(() => !document.querySelector('.skeleton'));
		return await u.locator('main td.main a', { hasText: 'INV-' }).count() > 0;
	}, 'the invoice');
	await u.locator('main td.main a', { hasText: 'INV-' }).first().click();
	await u.getByTestId('invoice-total').first().waitFor();
	invoicePath = new URL(u.url()).pathname;
	total = digits(await text(u, 'invoice-total'));
	await u.locator('.line-toggle').first().click();
	await u.locator('table.usage').first().waitFor();
});

await step('the same invoice is in WHMCS: same lines, same total', async () => {
	await until(u, async () => {
		await u.goto(invoicePath);
		await u.getByTestId('invoice-total').first().waitFor();
		return await u.getByTestId('pay').count() > 0;
	}, 'the link to WHMCS');
	await u.getByTestId('pay').first().click();
	await u.waitForURL('**/viewinvoice.php?id=*', { timeout: WAIT });
	remote = new URL(u.url()).searchParams.get('id');
	await until(u, async () => {
		await u.reload();
		return (await u.locator('#status').innerText()) === 'Unpaid';
	}, 'publication');
	same(digits(await u.locator('#total').innerText()), total, 'total');
	for (const line of ['Instance: web-1', 'Public IP: ', 'VAT'])
		await u.getByText(line).first().waitFor();
});

await step('paid there, it is Paid in both portals', async () => {
	await u.locator('#pay').click();
	await until(u, async () => (await u.locator('#status').innerText()) === 'Paid', 'Paid in WHMCS');
	await until(u, async () => {
		await u.goto(base + invoicePath);
		await u.getByTestId('invoice-status').first().waitFor();
		return (await text(u, 'invoice-status')) === 'Paid';
	}, 'Paid for the customer');
	await a.goto(invoicePath.replace('/user/', '/admin/'));
	await a.getByTestId('invoice-status').first().waitFor();
	same(await text(a, 'invoice-status'), 'Paid', 'status for staff');
	if (!(await text(a, 'invoice-whmcs-id')).includes(remote))
		throw new Error('the number in WHMCS is not shown to staff');
});

await step('the books agree', async () => {
	await a.goto('/admin/overview');
	await a.locator('[data-testid^="invariant-"]').first().waitFor();
	await a.locator('[data-testid="invariants-state"][data-due="0"]').waitFor({ timeout: 60000 });
	await a.getByTestId('invariants-check').click();
	await a.locator('[data-testid="invariants-state"]:not([data-due="0"])').waitFor({ timeout: 5000 });
	await a.locator('[data-testid="invariants-state"][data-due="0"]').waitFor({ timeout: 60000 });
	const answer = await a.request.get('/api/admin/overview');
	same((await answer.json()).invariants.filter((i) => !i.ok).length, 0, 'violations');
});

// ---- feature configuration ----

async function flip(key) {
	const control = a.getByTestId(`setting-${key}`).getByRole('switch');
	const was = await control.getAttribute('aria-checked');
	await control.click();
	await a.waitForTimeout(200);
	const ask = a.getByRole('dialog').getByRole('button').last();
	if (await ask.isVisible())
		await ask.click();
	await a.waitForFunction(([k, w]) => {
		const s = document.querySelector(`[data-testid="setting-${k}"] [role=switch]`);
		return s && s.getAttribute('aria-checked') !== w && !s.hasAttribute('aria-busy');
	}, [key, was]);
	return was === 'false';
}

const rows = (await (await a.request.get('/api/admin/settings?group=billing')).json()).rows
	.filter((r) => r.feature);
await a.goto('/admin/config/features/billing');
await a.getByTestId('setting-ip.default_charge').waitFor();
await step('there are 20 billing features', () => same(rows.length, 20, 'rows'));

for (const row of rows.filter((r) => r.type === 'BOOL'))
	await step(`#${row.feature} ${row.title}: switched there and back on the screen`, async () => {
		const now = await flip(row.key);
		const seen = await (await u.request.get('/api/user/boot')).headers();
		const mine = await (await a.request.get('/api/admin/settings?group=billing')).json();
		same(mine.rows.find((r) => r.key === row.key).value, now ? '1' : '0', 'stored');
		same(seen['x-settings-generation'], String(mine.generation), 'generation of the user pool');
		await flip(row.key);
	});

const values = {
	'display.cost_decimals': '3', 'recharge.minimum': '10.00', 'recharge.maximum': '500.00',
	'promo.prefix': 'SUMMER20', 'plan.individual': 'FLEXIBLE', 'plan.organization': 'PREPAID',
	'plan.general': 'POSTPAID',
};
for (const row of rows.filter((r) => r.type !== 'BOOL'))
	await step(`#${row.feature} ${row.title}: edited and saved on the screen`, async () => {
		const box = a.getByTestId(`setting-${row.key}`);
		for (const value of [values[row.key], row.value]) {
			await box.getByRole('button', { name: /^Edit/ }).click();
			if (row.type === 'ENUM')
				await box.locator('select').selectOption(value);
			else
				await box.locator('input').fill(value);
			await box.getByRole('button', { name: /^Save/ }).click();
			await box.getByRole('button', { name: /^Edit/ }).waitFor();
			const all = await (await a.request.get('/api/admin/settings?group=billing')).json();
			same(all.rows.find((r) => r.key === row.key).value, value, 'stored');
		}
	});

// What the switches change where the customer is already looking.
async function withSwitch(key, look) {
	await flip(key);
	try {
		await look();
	} finally {
		await flip(key);
	}
}

await step('Default IP Charge off: the estimate says free', async () => {
	await u.goto(`${base}/user/instances/new`);
	await u.getByTestId('estimate-PUBLIC_IP').waitFor();
	await withSwitch('ip.default_charge', async () => {
		await u.locator('input[name=name]').fill('x');
		await u.locator('input[name=public_ip]').uncheck({ force: true });
		await u.waitForTimeout(600);
		await u.locator('input[name=public_ip]').check({ force: true });
		await u.getByTestId('estimate-PUBLIC_IP').getByText('Free', { exact: true }).waitFor();
		same(digits(await text(u, 'estimate-hour')), '0.0068', 'per hour');
	});
});

await step('Invoice Menu off: menu, page and API are gone, and come back', async () => {
	await u.goto(`${base}/user/dashboard`);
	await u.getByTestId('nav-invoices').waitFor();
	await withSwitch('invoice.menu', async () => {
		await u.getByTestId('nav-ips').click();
		await u.getByTestId('nav-invoices').waitFor({ state: 'detached', timeout: WAIT });
		same((await u.request.get('/api/user/invoices')).status(), 403, 'API');
	});
	await u.getByTestId('nav-instances').click();
	await u.getByTestId('nav-invoices').waitFor({ timeout: WAIT });
});

await step('Portal Payment off: Payment Settings are gone', async () => {
	await withSwitch('payment.portal', async () => {
		await u.goto(`${base}/user/company/profile`);
		await u.locator('main h1').first().waitFor();
		same(await u.getByTestId('tab-payment').count() + await u.getByText('Payment Settings').count(),
		     0, 'tabs');
		same((await u.request.get('/api/user/payment-settings')).status(), 403, 'API');
	});
});

await step('Secondary IP Billing off: Network & Firewall says free', async () => {
	await u.goto(`${base}/user/instances`);
	await u.locator('main td.main a', { hasText: 'web-1' }).first().click();
	await u.getByTestId('tab-network').click();
	const mark = async () => (await text(u, 'secondary-ip-mark')).toLowerCase();
	same((await mark()).includes('paid'), true, 'paid at first');
	await withSwitch('ip.secondary_charge', async () => {
		await u.reload();
		await u.getByTestId('secondary-ip-mark').waitFor();
		same((await mark()).includes('free'), true, 'free when off');
	});
});

await step('WHMCS Billing off: its page and every sign of it are gone', async () => {
	await withSwitch('whmcs.enabled', async () => {
		same((await a.request.get('/api/admin/whmcs')).status(), 403, 'API');
		await a.getByTestId('nav-whmcs').waitFor({ state: 'detached', timeout: WAIT });
	});
});

await step('no script error and no breach of the content security policy', () => {
	const bad = [...user.problems, ...admin.problems]
		.filter((p) => !/status of (401|403|404|409|422)/.test(p));
	same(bad.join(' | '), '', 'problems');
});

await browser.close();
console.log(`1..${n}`);
process.exit(failed > 0 ? 1 : 0);
