// Requests to the portal's own API.
import { t } from './i18n.js';

const PORTAL = document.documentElement.dataset.portal;
const TIMEOUT_MS = 35000;
// In place of a generation: something was switched off, whatever the number says.
export const CHANGED = -1;

const hooks = { csrf: () => '', generation: () => {}, signedOut: () => {}, renew: async () => {} };

// The session module tells how to get the token and what to do on a change.
export function connectApi(given) {
	Object.assign(hooks, given);
}

export class ApiError extends Error {
	constructor(status, body, retryAfter) {
		const error = body?.error ?? {};
		super(error.message || t(fallbackKey(status)));
		this.status = status;
		this.code = error.code ?? '';
		this.fields = error.fields ?? [];
		this.requestId = error.request_id ?? '';
		this.retryAfter = Number(retryAfter) || 0;
	}
}

function fallbackKey(status) {
	if (status === 0)
		return 'error.offline';
	if (status === 404)
		return 'error.not_found';
	if (status === 429)
		return 'error.too_many';
	if (status === 503 || status === 502 || status === 504)
		return 'error.busy';
	return 'error.other';
}

export function idempotencyKey() {
	return crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)),
		(b) => b.toString(16).padStart(2, '0')).join('');
}

function headersFor(method, body, key) {
	const headers = { Accept: 'application/json' };
	if (method !== 'GET')
		headers['X-CSRF-Token'] = hooks.csrf();
	if (body !== undefined)
		headers['Content-Type'] = 'application/json';
	if (key)
		headers['Idempotency-Key'] = key;
	return headers;
}

async function reach(method, path, body, { key, signal } = {}) {
	const limit = AbortSignal.timeout(TIMEOUT_MS);
	try {
		return await fetch(`/api/${PORTAL}${path}`, {
			method,
			headers: headersFor(method, body, key),
			body: body === undefined ? undefined : JSON.stringify(body),
			signal: signal && AbortSignal.any ? AbortSignal.any([signal, limit]) : signal ?? limit,
			credentials: 'same-origin',
		});
	} catch (e) {
		if (signal?.aborted)
			throw e;
		throw new ApiError(0);
	}
}

async function send(method, path, body, options) {
	const answer = await reach(method, path, body, options);
	const json = await answer.json().catch(() => null);
	if (answer.ok && json === null)
		throw new ApiError(502);
	return { answer, json };
}

async function request(method, path, body, options = {}) {
	let { answer, json } = await send(method, path, body, options);
	if (answer.status === 403 && json?.error?.code === 'csrf.token' && !options.again) {
		await hooks.renew();
		({ answer, json } = await send(method, path, body, options));
	}
	const generation = Number(answer.headers.get('X-Settings-Generation'));
	if (generation)
		hooks.generation(generation, path);
	if (answer.ok)
		return json;
	return refuse(answer, json, path);
}

function refuse(answer, json, path) {
	const error = new ApiError(answer.status, json, answer.headers.get('Retry-After'));
	if (answer.status === 401 && path !== '/login')
		hooks.signedOut();
	if (error.code === 'feature.off')
		hooks.generation(CHANGED, path);
	throw error;
}

// A file for the disk. Not a plain link: what goes wrong is said on the page.
export async function download(path) {
	const answer = await reach('GET', path);
	if (!answer.ok)
		refuse(answer, await answer.json().catch(() => null), path);
	const [, name] = /filename="([^"]+)"/.exec(answer.headers.get('Content-Disposition') ?? '') ?? [];
	saveAs(await answer.blob(), name ?? 'document');
}

export function saveAs(blob, name) {
	const url = URL.createObjectURL(blob);
	const link = document.createElement('a');
	link.href = url;
	link.download = name;
	link.click();
	setTimeout(() => URL.revokeObjectURL(url), 1000);
}

export const get = (path, options) => request('GET', path, undefined, options);
export const post = (path, body = {}, options) => request('POST', path, body, options);
export const patch = (path, body, options) => request('PATCH', path, body, options);
export const put = (path, body, options) => request('PUT', path, body, options);
export const del = (path, options) => request('DELETE', path, undefined, options);

export function query(path, params) {
	const search = new URLSearchParams();
	for (const [name, value] of Object.entries(params)) {
		if (value !== '' && value !== undefined && value !== null)
			search.set(name, value);
	}
	const text = search.toString();
	return text ? `${path}${path.includes('?') ? '&' : '?'}${text}` : path;
}
