// Builds both portals: node build.mjs OUTDIR
// OUTDIR gets assets/ (names hold a hash of the content), admin/, user/, the
// files of static/, and a .gz twin of everything a browser would compress.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const HERE = dirname(fileURLToPath(import.meta.url));
const ICON_DIR = join(HERE, 'node_modules/lucide-static/icons');
const PORTALS = ['admin', 'user'];
const COMPRESSED = new Set(['.js', '.css', '.html', '.svg', '.json', '.txt']);

const out = process.argv[2] && resolve(process.argv[2]);
if (!out || !relative(HERE, out).startsWith('..')) {
	console.error('usage: node build.mjs OUTDIR (outside the source tree)');
	process.exit(2);
}

function files(dir, keep) {
	return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
		const path = join(dir, entry.name);
		if (entry.isDirectory())
			return files(path, keep);
		return keep(path) ? [path] : [];
	});
}

function put(path, text) {
	mkdirSync(dirname(join(out, path)), { recursive: true });
	writeFileSync(join(out, path), text);
	return `/${path}`;
}

function putHashed(name, ext, text) {
	const hash = createHash('sha256').update(text).digest('hex').slice(0, 8);
	return put(`assets/${name}-${hash}${ext}`, text);
}

const sources = files(join(HERE, 'src'), (path) => /\.jsx?$/.test(path))
	.sort().map((path) => ({ path, text: readFileSync(path, 'utf8') }));

// One sprite of the icons named in the sources: icon="name", icon: 'name'.
function sprite() {
	const names = new Set();
	for (const { text } of sources) {
		for (const m of text.matchAll(/\bicon(?:=|: ?)["']([a-z0-9-]+)["']/g))
			names.add(m[1]);
	}
	const symbols = [...names].sort().map((name) => {
		const svg = readFileSync(join(ICON_DIR, `${name}.svg`), 'utf8');
		const body = svg.slice(svg.indexOf('>', svg.indexOf('<svg')) + 1, svg.lastIndexOf('</svg>'));
		return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" ` +
			'stroke-width="2" stroke-linecap="round" stroke-linejoin="round">' +
			`${body.replace(/\s+/g, ' ').trim()}</symbol>`;
	});
	return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>\n`;
}

const ofPortal = (key) => PORTALS.find((portal) => key.startsWith(`${portal}.`));

// A key that is used and not in the catalogue fails the build, and so does a
// text of one portal in a screen of the other.
function checkTexts(all) {
	for (const { path, text } of sources) {
		const name = relative(join(HERE, 'src'), path);
		const portal = PORTALS.find((p) => name.startsWith(`pages/${p}/`) || name === `${p}.jsx`);
		for (const [, key] of text.matchAll(/'([a-z]\w*\.[a-z]\w*(?:\.\w+)?)'/g)) {
			const known = key in all || `${key}.other` in all;
			const wanted = new RegExp(`\\b(?:t|plural)\\((?:[^()']|'[^']*'|\\([^)]*\\))*'${key}'`).test(text);
			if (wanted && !known)
				throw new Error(`${name}: no text for ${key}`);
			if (known && ofPortal(key) && ofPortal(key) !== portal)
				throw new Error(`${name}: ${key} belongs to the ${ofPortal(key)} portal`);
		}
	}
}

// Every portal gets the texts all share and its own.
function catalogue(all, portal) {
	const own = Object.entries(all).filter(([key]) => (ofPortal(key) ?? portal) === portal);
	return JSON.stringify(Object.fromEntries(own));
}

function page(portal, texts, result) {
	const outputs = Object.entries(result.metafile.outputs);
	const url = (path) => `/assets/${basename(path)}`;
	const of = (entry) => outputs.find(([, o]) => o.entryPoint === entry);
	const [script, meta] = of(`src/${portal}.jsx`);
	const [style] = of('css/main.css');
	const font = outputs.find(([path]) => path.includes('inter-latin-wght-normal'))[0];
	const shared = meta.imports.filter((i) => i.kind === 'import-statement').map((i) => i.path);
	return `<!doctype html>
<html lang="en" data-portal="${portal}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>Cloud portal</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<script src="/theme.js"></script>
<link rel="stylesheet" href="${url(style)}">
<link rel="preload" href="${url(font)}" as="font" type="font/woff2" crossorigin>
<link rel="preload" href="${texts}" as="fetch" crossorigin>
${shared.map((path) => `<link rel="modulepreload" href="${url(path)}">`).join('\n')}
<script type="module" src="${url(script)}"></script>
</head>
<body data-texts="${texts}">
<div id="app"></div>
<noscript><p class="noscript">The portal needs JavaScript. Please switch it on and reload the page.</p></noscript>
</body>
</html>
`;
}

const written = readFileSync(join(HERE, 'i18n/en.json'), 'utf8');
const allTexts = JSON.parse(written);
// The second text of a key would win in silence.
if (Object.keys(allTexts).length !== [...written.matchAll(/^\t"[^"]+":/gm)].length)
	throw new Error('i18n/en.json: a key stands there twice');
checkTexts(allTexts);

rmSync(out, { recursive: true, force: true });
const result = await build({
	absWorkingDir: HERE,
	entryPoints: [...PORTALS.map((p) => `src/${p}.jsx`), 'css/main.css'],
	bundle: true,
	splitting: true,
	format: 'esm',
	minify: true,
	target: ['chrome123', 'firefox120', 'safari17.5'],
	jsx: 'automatic',
	jsxImportSource: 'preact',
	outdir: join(out, 'assets'),
	entryNames: '[name]-[hash]',
	chunkNames: '[name]-[hash]',
	assetNames: '[name]-[hash]',
	publicPath: '/assets',
	loader: { '.woff2': 'file' },
	legalComments: 'none',
	metafile: true,
	logLevel: 'warning',
	define: { ICONS: JSON.stringify(putHashed('icons', '.svg', sprite())) },
});
for (const portal of PORTALS) {
	const texts = putHashed(`en-${portal}`, '.json', catalogue(allTexts, portal));
	put(`${portal}/index.html`, page(portal, texts, result));
}
for (const path of files(join(HERE, 'static'), () => true))
	put(relative(join(HERE, 'static'), path), readFileSync(path));

for (const path of files(out, (p) => COMPRESSED.has(extname(p))))
	writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
