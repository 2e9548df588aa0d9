// Short messages at the bottom, some with one action (Undo).
import { useEffect, useState } from 'preact/hooks';
import { t } from '../lib/i18n.js';
import { Button, Icon } from './base.jsx';

const SHOWN_MS = 8000;
let items = [];
let next = 1;
const listeners = new Set();

function set(list) {
	items = list;
	for (const tell of listeners)
		tell(items);
}

const drop = (id) => set(items.filter((item) => item.id !== id));

// tone: good or bad; action: {text, run}.
export function toast(text, { tone = 'good', action } = {}) {
	const id = next++;
	set([...items.slice(-2), { id, text, tone, action }]);
	return id;
}

function Toast({ item }) {
	const [held, setHeld] = useState(false);
	useEffect(() => {
		if (held || item.tone === 'bad')
			return undefined;
		const timer = setTimeout(() => drop(item.id), SHOWN_MS);
		return () => clearTimeout(timer);
	}, [held, item]);
	return (
		<div class={`toast ${item.tone}`} onMouseEnter={() => setHeld(true)} onMouseLeave={() => setHeld(false)}
			onFocusIn={() => setHeld(true)} onFocusOut={() => setHeld(false)}>
			{item.tone === 'bad' ? <Icon icon="triangle-alert" /> : <Icon icon="circle-check" />}
			<span>{item.text}</span>
			{item.action && (
				<Button small kind="toast-action" onClick={() => { drop(item.id); item.action.run(); }}>{item.action.text}</Button>
			)}
			<Button small kind="ghost" icon="x" aria-label={t('common.dismiss')} onClick={() => drop(item.id)} />
		</div>
	);
}

export function Toasts() {
	const [list, setList] = useState(items);
	useEffect(() => {
		listeners.add(setList);
		return () => listeners.delete(setList);
	}, []);
	return (
		<div class="toasts" role="status" aria-live="polite">
			{list.map((item) => <Toast key={item.id} item={item} />)}
		</div>
	);
}
