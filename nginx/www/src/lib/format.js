// Numbers, money and times in the reader's own writing.
import { locale, t } from './i18n.js';
import { current } from './session.js';

const formats = new Map();

function cached(kind, options) {
	const name = kind.name + JSON.stringify(options);
	if (!formats.has(name))
		formats.set(name, new kind(locale, options));
	return formats.get(name);
}

export function currency(code) {
	return current()?.currencies?.find((c) => c.code === code);
}

const symbolOf = (code) => currency(code)?.symbol || null;

// The digits of text are shown as they are: the server rounds, not the browser.
function withSymbol(text, code) {
	const small = text.startsWith('<');
	const digits = small ? text.slice(1) : text;
	const decimals = digits.split('.')[1]?.length ?? 0;
	const symbol = symbolOf(code);
	const format = cached(Intl.NumberFormat, {
		style: 'currency', currency: code, currencyDisplay: 'narrowSymbol',
		minimumFractionDigits: decimals, maximumFractionDigits: decimals,
	});
	const parts = format.formatToParts(digits).map((p) =>
		(p.type === 'currency' && symbol ? symbol : p.value));
	return (small ? '<' : '') + parts.join('').replace('-', '\u2212');
}

export function money(m) {
	return m ? withSymbol(m.display, m.currency) : '\u2013';
}

// All the digits that are charged: for tooltips and the lines of an invoice.
export function exactMoney(m) {
	if (!m)
		return '\u2013';
	const [whole, fraction = ''] = m.amount.split('.');
	const short = fraction.replace(/0+$/, '').padEnd(2, '0');
	return withSymbol(`${whole}.${short}`, m.currency);
}

// For charts and comparing only.
export const approx = (m) => Number(m?.amount ?? 0);
export const isZero = (m) => !m || !/[1-9]/.test(m.amount);
export const isNegative = (m) => Boolean(m && m.amount.startsWith('-') && !isZero(m));

export const number = (n, options) => cached(Intl.NumberFormat, options ?? {}).format(n);

// What was counted: "744 hours", "7,440 GB-hours", "1.204 GB".
const COUNTED = { hours: 'HOURS', 'GB-hours': 'GB_HOURS', GB: 'GB' };
export const counted = (row) => (row.quantity == null ? '\u2013'
	: t(`counted.${COUNTED[row.counted]}`, { n: number(row.quantity, { maximumFractionDigits: 3 }) }));

export const zone = () => current()?.account?.timezone || 'UTC';

function time(iso, options) {
	if (!iso)
		return '\u2013';
	try {
		return cached(Intl.DateTimeFormat, { timeZone: zone(), ...options }).format(new Date(iso));
	} catch {
		return cached(Intl.DateTimeFormat, { timeZone: 'UTC', ...options }).format(new Date(iso));
	}
}

export const date = (iso) => time(iso, { year: 'numeric', month: 'short', day: 'numeric' });
export const dateTime = (iso) => time(iso, {
	year: 'numeric', month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit', timeZoneName: 'short',
});
export const shortTime = (iso) => time(iso, { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' });
export const monthName = (iso) => time(iso, { month: 'long', year: 'numeric', timeZone: 'UTC' });
// A calendar day without a time, "2026-11-01".
export const day = (text) => time(`${text}T12:00:00Z`, { month: 'short', day: 'numeric', timeZone: 'UTC' });

// First and last day of [from, to) where the customer is: those of its first and last hour.
export function period(from, to, timeZone) {
	if (!from || !to || from === to)
		return '\u2013';
	const range = (options) => cached(Intl.DateTimeFormat, { year: 'numeric', month: 'short', day: 'numeric', ...options })
		.formatRange(new Date(from), new Date(Date.parse(to) - 3600000));
	try {
		return range({ timeZone });
	} catch {
		return range({ timeZone: 'UTC' });
	}
}

export function ago(iso) {
	if (!iso)
		return t('time.never');
	const now = Date.parse(current()?.now ?? new Date().toISOString());
	// What the boot answer calls now may be some seconds old.
	const s = Math.min(0, Math.round((Date.parse(iso) - now) / 1000));
	const units = [['day', 86400], ['hour', 3600], ['minute', 60]];
	const [unit, size] = units.find(([, n]) => Math.abs(s) >= n) ?? ['second', 1];
	return cached(Intl.RelativeTimeFormat, { numeric: 'auto' }).format(Math.round(s / size), unit);
}

export function duration(seconds) {
	const units = [['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]];
	const [unit, size] = units.find(([, n]) => Math.abs(seconds) >= n) ?? units[3];
	return number(Math.floor(seconds / size), { style: 'unit', unit, unitDisplay: 'long' });
}

export const memory = (mb) => (mb >= 1024
	? number(mb / 1024, { style: 'unit', unit: 'gigabyte', maximumFractionDigits: 1 })
	: number(mb, { style: 'unit', unit: 'megabyte' }));
export const disk = (gb) => number(gb, { style: 'unit', unit: 'gigabyte' });

// "DE" as the reader's language calls it.
export function country(code) {
	if (!code)
		return '';
	try {
		return new Intl.DisplayNames(locale, { type: 'region' }).of(code);
	} catch {
		return code;
	}
}

// Who did something: "staff:ada@host", "cli:root", "biller" as words.
export function actor(text) {
	const [kind, who = ''] = (text || 'system').split(':');
	if (kind === 'staff' && who.includes('@'))
		return who;
	return t(`actor.${['staff', 'user', 'cli', 'source', 'biller', 'bridge'].includes(kind) ? kind : 'other'}`, { who: who || text || t('actor.system') });
}

export function initials(...names) {
	return names.filter(Boolean).map((n) => n.trim().charAt(0)).join('').slice(0, 2).toUpperCase() || '?';
}
