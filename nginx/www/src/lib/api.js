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

async function send(method, path, body, { key, signal } = {}) {
	let answer;
	const limit = AbortSignal.timeout(TIMEOUT_MS);
	try {
		answer = await fetch(`/api/${PORTAL}${path}`, {
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
	const error = new ApiError(answer.status, json, answer.headers.get('Retry-After'));
	if (answer.status === 401 && path !== '/login')
		hooks.signedOut();
	if (error.code === 'feature.off')
		hooks.generation(CHANGED, path);
	throw error;
}

export const get = (path, options) => request('GET', path, undefined, options);
export const post = (path, body = {}, options) => request('POST', path, body, options);
export const patch = (path, body, options) => request('PATCH', path, body, options);
export const del = (path, options) => request('DELETE', path, undefined, options);

export function query(path, params) {
	const search = new URLSearchParams();
	for (const [name, value] of Object.entries(params)) {
		if (value !== '' && value !== undefined && value !== null)
			search.set(name, value);
	}
	const text = search.toString();
	return text ? `${path}?${text}` : path;
}
