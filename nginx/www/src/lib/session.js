// What /boot said: who is signed in, which features are on, currencies. Polled,
// and fetched again whenever an answer carries another settings generation.
import { useEffect, useState } from 'preact/hooks';
import { CHANGED, connectApi, get, post } from './api.js';
import { navigate, path } from './router.js';

const POLL_MS = 15000;
export const PORTAL = document.documentElement.dataset.portal;

let boot = null;
let loading = null;
const listeners = new Set();

export const current = () => boot;

export function reboot() {
	loading ??= get('/boot').then((answer) => {
		boot = answer;
		document.title = boot.brand;
		for (const tell of listeners)
			tell(boot);
		return boot;
	}).finally(() => {
		loading = null;
	});
	return loading;
}

export function useBoot() {
	const [value, setValue] = useState(boot);
	useEffect(() => {
		listeners.add(setValue);
		setValue(boot);
		return () => listeners.delete(setValue);
	}, []);
	return value;
}

export const useFeature = (name) => Boolean(useBoot()?.features?.[name]);

// Nothing new may be made or started: what would only be refused is not offered.
export const useStopped = () => useBoot()?.account?.status === 'SUSPENDED';

connectApi({
	csrf: () => boot?.csrf ?? '',
	renew: reboot,
	generation(generation, from) {
		const newer = generation === CHANGED || generation > boot?.generation;
		if (boot && from !== '/boot' && newer)
			reboot().catch(() => {});
	},
	signedOut() {
		const here = path();
		if (boot)
			boot = { ...boot, user: null, account: null };
		if (!here.startsWith(`/${PORTAL}/login`) && !here.startsWith(`/${PORTAL}/signup`))
			navigate(`/${PORTAL}/login?next=${encodeURIComponent(here + location.search)}`);
		reboot().catch(() => {});
	},
});

export async function signOut() {
	await post('/logout');
	navigate(`/${PORTAL}/login`);
	await reboot();
}

export function startPolling() {
	const poll = () => {
		if (document.visibilityState === 'visible')
			reboot().catch(() => {});
	};
	setInterval(poll, POLL_MS);
	document.addEventListener('visibilitychange', poll);
}
