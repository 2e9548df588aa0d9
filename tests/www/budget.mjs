// What a first visit to each screen fetches: node budget.mjs BASEURL WWWDIR
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { launch, open, visit } from './browser.mjs';
import { SCREENS } from './screens.mjs';

const [base, www] = process.argv.slice(2);
if (!www) {
	console.error('usage: node budget.mjs BASEURL WWWDIR');
	process.exit(2);
}
const LIMITS = { js: 25 * 1024, css: 15 * 1024 };
const MOST_REQUESTS = 16;

const browser = await launch();
let failed = 0;
const worst = { js: 0, css: 0, requests: 0 };
for (const screen of SCREENS.filter((s) => !s.steps && !s.follow && !s.on)) {
	const { page, context } = await open(browser, base, { width: 1280, scheme: 'light', portal: screen.portal, signIn: !screen.open });
	// The page one lands on after signing in may still be fetching.
	await page.goto('about:blank');
	const urls = new Set();
	page.on('request', (request) => urls.add(new URL(request.url()).pathname));
	await visit(page, screen);
	const sum = (ext) => [...urls].filter((u) => u.endsWith(ext)).reduce((n, u) => n + statSync(join(www, `${u}.gz`)).size, 0);
	const found = { js: sum('.js'), css: sum('.css'), requests: urls.size };
	const over = found.js > LIMITS.js || found.css > LIMITS.css || found.requests > MOST_REQUESTS;
	failed += over ? 1 : 0;
	for (const name of Object.keys(worst))
		worst[name] = Math.max(worst[name], found[name]);
	console.log(`${over ? 'not ok' : 'ok'} ${screen.name}: ${found.js} bytes of script, ${found.css} of style, ${found.requests} requests`);
	await context.close();
}
await browser.close();
console.log(`most: ${worst.js} bytes of script, ${worst.css} of style, ${worst.requests} requests`);
process.exit(failed > 0 ? 1 : 0);
