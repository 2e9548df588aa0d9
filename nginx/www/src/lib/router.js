// History-API routes. A route is {path: '/user/instances/:id', load, title}.
import { useEffect, useState } from 'preact/hooks';

const listeners = new Set();
let leaveGuard = null;

export const path = () => location.pathname.replace(/\/+$/, '') || '/';

function tell() {
	for (const listener of listeners)
		listener();
}

export function navigate(to, { replace = false, keepScroll = false } = {}) {
	if (leaveGuard && !replace && !leaveGuard())
		return;
	history[replace ? 'replaceState' : 'pushState'](null, '', to);
	if (!keepScroll)
		scrollTo(0, 0);
	tell();
}

// fn answers whether the page may be left now.
export function setLeaveGuard(fn) {
	leaveGuard = fn;
}

export function useLocation() {
	const [, render] = useState(0);
	useEffect(() => {
		const listener = () => render((n) => n + 1);
		listeners.add(listener);
		return () => listeners.delete(listener);
	}, []);
	return { path: path(), search: location.search };
}

export function matchRoute(routes, where) {
	const parts = where.split('/');
	for (const route of routes) {
		const wanted = route.path.split('/');
		if (wanted.length !== parts.length)
			continue;
		const params = {};
		const fits = wanted.every((part, i) => {
			if (!part.startsWith(':'))
				return part === parts[i];
			params[part.slice(1)] = parts[i];
			return /^\d+$/.test(parts[i]);
		});
		if (fits)
			return { route, params };
	}
	return null;
}

// A list's search, page and sort live in the address, so that it can be shared.
export function useQuery(defaults) {
	const { search } = useLocation();
	const given = Object.fromEntries(new URLSearchParams(search));
	const values = { ...defaults, ...given };
	const set = (changes) => {
		const next = new URLSearchParams();
		for (const [name, value] of Object.entries({ ...values, ...changes })) {
			if (value !== '' && String(value) !== String(defaults[name] ?? ''))
				next.set(name, value);
		}
		const text = next.toString();
		navigate(path() + (text ? `?${text}` : ''), { replace: true, keepScroll: true });
	};
	return [values, set];
}

function onClick(event) {
	const link = event.target.closest?.('a[href]');
	if (!link || event.defaultPrevented || event.button !== 0 || link.target ||
	    link.hasAttribute('download') || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
		return;
	const url = new URL(link.href);
	const portal = `/${document.documentElement.dataset.portal}/`;
	if (url.origin !== location.origin || !url.pathname.startsWith(portal) || link.hash)
		return;
	event.preventDefault();
	navigate(url.pathname + url.search);
}

export function startRouter() {
	addEventListener('popstate', tell);
	document.addEventListener('click', onClick);
}
