// Texts of the interface. The catalogue is fetched once, before the first render.
let texts = {};
export let locale = 'en';

export async function loadTexts() {
	const answer = await fetch(document.body.dataset.texts);
	if (!answer.ok)
		throw new Error(`texts: HTTP ${answer.status}`);
	texts = await answer.json();
	const wanted = navigator.languages?.find((l) => l.startsWith(document.documentElement.lang));
	locale = wanted || document.documentElement.lang;
}

function fill(text, vars) {
	return vars ? text.replace(/\{(\w+)\}/g, (all, name) => (name in vars ? vars[name] : all)) : text;
}

// The text of key, with {name} replaced from vars. An unknown key shows itself.
export function t(key, vars) {
	return fill(texts[key] ?? key, vars);
}

// A text that may be missing: codes the server may add to, such as states.
export function tCode(prefix, code) {
	if (!code)
		return '';
	const words = code.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase().replace(/[_.]/g, ' ');
	return texts[`${prefix}.${code}`] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

// key.one, key.other and so on, by the language's own rules. {n} is the number.
export function plural(key, n, vars) {
	const rule = new Intl.PluralRules(locale).select(n);
	const text = texts[`${key}.${rule}`] ?? texts[`${key}.other`] ?? key;
	return fill(text, { n: new Intl.NumberFormat(locale).format(n), ...vars });
}
