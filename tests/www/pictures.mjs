// A picture of every screen: node pictures.mjs BASEURL OUTDIR [NAME...]
// 1280 and 375 pixels wide, light and dark.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launch, open, setSwitch, visit } from './browser.mjs';
import { SCREENS } from './screens.mjs';

const [base, out, ...names] = process.argv.slice(2);
if (!out) {
	console.error('usage: node pictures.mjs BASEURL OUTDIR [NAME...]');
	process.exit(2);
}
mkdirSync(out, { recursive: true });
const wanted = SCREENS.filter((s) => names.length === 0 || names.includes(s.name));

const browser = await launch();
let failed = 0;
for (const scheme of ['light', 'dark']) {
	for (const width of [1280, 375]) {
		const options = { width, scheme };
		const pages = {};
		for (const portal of ['admin', 'user']) {
			pages[portal] = await open(browser, base, { ...options, portal, signIn: true });
			pages[`${portal}-open`] = await open(browser, base, { ...options, portal });
		}
		for (const screen of wanted) {
			const { page } = pages[screen.open ? `${screen.portal}-open` : screen.portal];
			try {
				if (screen.on)
					await setSwitch(page, screen.on, true);
				await visit(page, screen);
				const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
				if (over > 0)
					throw new Error(`${over} pixels wider than the window`);
			} catch (error) {
				failed++;
				console.log(`${screen.name} ${scheme} ${width}: ${error.message.split('\n')[0]}`);
			}
			await page.screenshot({ path: join(out, `${screen.name}-${scheme}-${width}.png`), fullPage: true });
		}
		for (const { context } of Object.values(pages))
			await context.close();
	}
}
await browser.close();
console.log(`${wanted.length * 4} pictures, ${failed} problems`);
process.exit(failed > 0 ? 1 : 0);
