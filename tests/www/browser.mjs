// A headless Chromium, signed in, going to a screen.
import { chromium } from 'playwright-core';

export const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run', '--disable-component-update', '--disable-sync'];

export const launch = () => chromium.launch({ executablePath: EXECUTABLE, args: ARGS });

export const SIGN_IN = {
	admin: { email: process.env.ADMIN_EMAIL ?? 'mara@nimbus.example', password: process.env.ADMIN_PASSWORD ?? 'demo' },
	user: { email: process.env.USER_EMAIL ?? 'jonas@acme.example', password: process.env.USER_PASSWORD ?? 'demo' },
};

// A page that is signed in where it must be, and that keeps what went wrong.
export async function open(browser, base, { width, scheme, portal, signIn }) {
	const context = await browser.newContext({
		baseURL: base, viewport: { width, height: width < 600 ? 780 : 860 }, colorScheme: scheme, locale: 'en-US', reducedMotion: 'reduce',
	});
	const page = await context.newPage();
	const problems = [];
	page.on('console', (message) => ['error', 'warning'].includes(message.type()) && problems.push(message.text()));
	page.on('pageerror', (error) => problems.push(String(error)));
	await page.addInitScript(() => document.addEventListener('securitypolicyviolation', (e) => console.error(`CSP: ${e.violatedDirective} ${e.blockedURI} ${e.sample}`)));
	if (signIn) {
		await page.goto(`/${portal}/login`);
		await page.locator('input[name=email]').fill(SIGN_IN[portal].email);
		await page.locator('input[name=password]').fill(SIGN_IN[portal].password);
		await page.getByRole('button', { name: 'Sign in' }).click();
		await page.locator('.side').first().waitFor({ state: 'attached' });
	}
	return { page, context, problems };
}

export async function visit(page, screen) {
	await page.unrouteAll({ behavior: 'ignoreErrors' });
	await screen.given?.(page);
	await page.goto(screen.path);
	await page.locator('main h1').first().waitFor({ state: 'attached' });
	await page.waitForFunction(() => !document.querySelector('.skeleton'));
	if (screen.follow) {
		await page.locator('main td.main a', { hasText: screen.follow }).first().click();
		await page.waitForFunction(() => !document.querySelector('.skeleton') && document.querySelector('main .back'));
	}
	for (const step of screen.steps ?? [])
		await step(page);
	await page.waitForFunction(() => !document.querySelector('.skeleton'));
	await page.waitForTimeout(120);
}

export async function setSwitch(page, key, wanted) {
	await page.goto('/admin/config/features/billing');
	const control = page.getByTestId(`setting-${key}`).getByRole('switch');
	await control.waitFor();
	if ((await control.getAttribute('aria-checked')) === String(wanted))
		return;
	await control.click();
	await page.waitForFunction(([k, w]) => document.querySelector(`[data-testid="setting-${k}"] [role=switch][aria-checked="${w}"]:not([aria-busy])`), [key, wanted]);
}
