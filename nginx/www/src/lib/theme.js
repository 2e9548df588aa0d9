// Light or dark: the system's choice until the button is pressed.
import { useEffect, useState } from 'preact/hooks';

const system = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set();

const theme = () => document.documentElement.dataset.theme || (system.matches ? 'dark' : 'light');

function tell() {
	for (const listener of listeners)
		listener(theme());
}

system.addEventListener('change', tell);

export function toggleTheme() {
	const next = theme() === 'dark' ? 'light' : 'dark';
	document.documentElement.dataset.theme = next;
	try {
		localStorage.setItem('theme', next);
	} catch {
		// Storage is blocked: the choice lasts until the page is left.
	}
	tell();
}

export function useTheme() {
	const [value, setValue] = useState(theme());
	useEffect(() => {
		listeners.add(setValue);
		return () => listeners.delete(setValue);
	}, []);
	return value;
}
