// axe-core over every screen, light and dark, at 1280 and 375 pixels:
// node axe.mjs BASEURL [NAME...]. Counts CSP violations and console errors too.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { launch, open, setSwitch, visit } from './browser.mjs';
import { SCREENS } from './screens.mjs';

const [base, ...names] = process.argv.slice(2);
if (!base) {
	console.error('usage: node axe.mjs BASEURL [NAME...]');
	process.exit(2);
}
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
// A refused sign-in or a refused save is an answer, not an accident.
const EXPECTED = /Failed to load resource: .* (401|403|404|409|422|429)/;

async function violations(page) {
	// Where a step scrolled to, the bar at the top may lie over half a link.
	await page.evaluate(() => window.scrollTo(0, 0));
	await page.evaluate(AXE);
	return page.evaluate(async (tags) => {
		const result = await window.axe.run(document, { runOnly: { type: 'tag', values: tags } });
		return result.violations.map((v) => `${v.id} (${v.impact}): ${v.nodes.slice(0, 3).map((n) => `${n.target.join(' ')} ${n.any[0]?.message ?? ''}`).join(' | ')}`);
	}, TAGS);
}

// The check itself must be able to fail.
async function planted(page) {
	await page.evaluate(() => {
		const img = document.createElement('img');
		img.src = '/favicon.svg';
		document.querySelector('main').append(img);
	});
	return (await violations(page)).some((text) => text.startsWith('image-alt'));
}

const wanted = SCREENS.filter((s) => names.length === 0 || names.includes(s.name));
const browser = await launch();
let passed = 0;
let failed = 0;

function report(name, found) {
	if (found.length === 0) {
		passed++;
		return;
	}
	failed++;
	console.log(`not ok ${name}`);
	for (const text of found)
		console.log(`  ${text}`);
}

for (const scheme of ['light', 'dark']) {
	for (const width of [1280, 375]) {
		const pages = {};
		for (const portal of ['admin', 'user']) {
			pages[portal] = await open(browser, base, { width, scheme, portal, signIn: true });
			pages[`${portal}-open`] = await open(browser, base, { width, scheme, portal });
		}
		for (const screen of wanted) {
			const { page, problems } = pages[screen.open ? `${screen.portal}-open` : screen.portal];
			const name = `${screen.name} ${scheme} ${width}`;
			problems.length = 0;
			try {
				if (screen.on)
					await setSwitch(page, screen.on, true);
				await visit(page, screen);
				const found = await violations(page);
				report(name, [...found, ...problems.filter((text) => !EXPECTED.test(text))]);
			} catch (error) {
				report(name, [error.message.split('\n')[0]]);
			}
			if (screen.on)
				await setSwitch(page, screen.on, false);
		}
		if (scheme === 'light' && width === 1280)
			report('a planted fault is found', await planted(pages.user.page) ? [] : ['axe said nothing about an image without a text']);
		for (const { context } of Object.values(pages))
			await context.close();
	}
}
await browser.close();
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exit(failed > 0 ? 1 : 0);
