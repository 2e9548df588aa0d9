// Both portals on an API that forgets: node server.mjs WWWDIR [PORT]
// Same headers as nginx, same shapes as the real API. Signs in everybody whose
// password is "demo". For looking at screens and for tests of the pages alone.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import * as admin from './admin.mjs';
import * as data from './data.mjs';
import { state, value } from './settings.mjs';
import * as user from './user.mjs';

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.json': 'application/json', '.woff2': 'font/woff2' };
const POOLS = { user, admin };
const CSRF = 'mock-csrf-token';

const www = process.argv[2];
const port = Number(process.argv[3] ?? 18091);
if (!www) {
	console.error('usage: node server.mjs WWWDIR [PORT]');
	process.exit(2);
}

const headers = Object.fromEntries([...readFileSync(new URL('../../../nginx/headers.conf', import.meta.url), 'utf8')
	.matchAll(/^add_header (\S+) "([^"]+)" always;/gm)].map((m) => [m[1], m[2]]));

function reply(res, status, body, extra = {}) {
	res.writeHead(status, { ...headers, 'Content-Type': 'application/json', 'Cache-Control': 'no-store', 'X-Settings-Generation': String(state.generation), ...extra });
	res.end(JSON.stringify(body));
}

function fail(res, status, code, message, fields = []) {
	reply(res, status, { error: { code, message, request_id: 'mock-1', fields } });
}

async function bodyOf(req) {
	let text = '';
	for await (const chunk of req)
		text += chunk;
	return text ? JSON.parse(text) : {};
}

function match(routes, method, path) {
	for (const [m, pattern, run] of routes) {
		const wanted = pattern.split('/');
		const parts = path.split('/');
		if (m === method && wanted.length === parts.length && wanted.every((w, i) => w.startsWith(':') || w === parts[i]))
			return { run, given: {
				id: parts[wanted.findIndex((w) => w.startsWith(':'))],
				...Object.fromEntries(wanted.flatMap((w, i) => (w.startsWith(':') ? [[w.slice(1), parts[i]]] : []))),
			} };
	}
	return null;
}

function boot(pool, signedIn) {
	return {
		brand: value('portal.name'), generation: state.generation, now: data.now(), testing: true, csrf: CSRF, decimals: data.decimals(),
		currencies: data.currencies(), base_currency: 'USD', features: user.features(), ...POOLS[pool].bootExtra(signedIn),
	};
}

function login(res, pool, body) {
	if (body.password !== 'demo')
		return fail(res, 401, 'login.failed', 'E-mail or password is wrong.');
	return reply(res, 200, { ok: true }, { 'Set-Cookie': `tb_${pool}=1; Path=/; HttpOnly; SameSite=Strict` });
}

async function api(req, res, url) {
	const [, , pool, ...rest] = url.pathname.split('/');
	const path = `/${rest.join('/')}`;
	const signedIn = new RegExp(`tb_${pool}=1`).test(req.headers.cookie ?? '');
	const body = await bodyOf(req);
	if (!POOLS[pool])
		return fail(res, 404, 'route.none', 'There is no such address.');
	if (path === '/boot')
		return reply(res, 200, boot(pool, signedIn));
	if (req.method !== 'GET' && req.headers['x-csrf-token'] !== CSRF)
		return fail(res, 403, 'csrf.token', 'Please reload the page.');
	if (path === '/login')
		return login(res, pool, body);
	if (path === '/logout')
		return reply(res, 200, { ok: true }, { 'Set-Cookie': `tb_${pool}=; Path=/; Max-Age=0` });
	const open = match(POOLS[pool].openRoutes ?? [], req.method, path);
	if (!open && !signedIn)
		return fail(res, 401, 'session.none', 'Please sign in.');
	const found = open ?? match(POOLS[pool].routes, req.method, path);
	const answer = found?.run({ ...found.given, body, search: url.searchParams });
	if (!answer)
		return fail(res, 404, 'not.found', 'This was not found.');
	if (answer.error)
		return fail(res, answer.status, answer.error.code, answer.error.message, answer.error.fields);
	if (answer.file) {
		res.writeHead(200, { ...headers, 'Content-Type': answer.type, 'Content-Disposition': `attachment; filename="${answer.name}"` });
		return res.end(answer.file);
	}
	const { status = 200, signIn, ...json } = typeof answer.status === 'number' ? answer : { ...answer, status: 200 };
	const shown = typeof answer.status === 'number' ? json : answer;
	return reply(res, status, shown, signIn ? { 'Set-Cookie': 'tb_user=1; Path=/; HttpOnly; SameSite=Strict' } : {});
}

function page(res, path) {
	const portal = /^\/(admin|user)(\/|$)/.exec(path)?.[1];
	const file = portal ? `/${portal}/index.html` : normalize(path);
	try {
		const content = readFileSync(join(www, file));
		const cache = path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
		res.writeHead(200, { ...headers, 'Content-Type': `${TYPES[extname(file)] ?? 'text/plain'}; charset=utf-8`, 'Cache-Control': cache });
		res.end(content);
	} catch {
		res.writeHead(404, headers);
		res.end();
	}
}

createServer((req, res) => {
	const url = new URL(req.url, 'http://localhost');
	if (url.pathname === '/') {
		res.writeHead(302, { ...headers, Location: '/user/' });
		res.end();
	} else if (url.pathname.startsWith('/api/')) {
		api(req, res, url).catch((error) => {
			console.error(error);
			fail(res, 500, 'internal', 'Something went wrong on our side.');
		});
	} else {
		page(res, url.pathname);
	}
}).listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}/`));
