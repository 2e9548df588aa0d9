// What promo codes, discounts and surcharges are called, in both portals.
import { date, money, number } from '../../lib/format.js';
import { plural, t } from '../../lib/i18n.js';

export const percentText = (text, sign) => number(Number(text) / 100, {
	style: 'percent', maximumFractionDigits: 4, signDisplay: sign ? 'exceptZero' : 'auto',
}).replace('-', '\u2212');

// What a code is worth: "10% off", "$5.00 off", "$10.00 credit".
export function promoValue(row) {
	if (row.kind === 'PERCENT')
		return t('promo.off', { value: percentText(row.percent) });
	const amounts = (row.amounts ?? [row.amount ?? row.given]).map(money).join(', ');
	return t(row.kind === 'CREDIT' ? 'promo.credit' : 'promo.off', { value: amounts });
}

export const cyclesText = (n) => (n === 0 ? t('promo.cycles_all') : plural('promo.cycles', n));

export const usedText = ({ cycles_used: used, cycles_total: total }) => (total === 0
	? t('promo.used_open', { used: number(used) }) : t('promo.used', { used: number(used), total: number(total) }));

// A code ends when its last day is over; the server keeps the first instant after it.
const shifted = (text, ms) => new Date(Date.parse(text) + ms).toISOString().slice(0, 10);
export const dayAfter = (text) => (text ? shifted(`${text}T00:00:00Z`, 86400e3) : '');
export const dayBefore = (iso) => (iso ? shifted(iso, -1000) : '');
export const lastDay = (row) => (row.valid_to ? date(`${dayBefore(row.valid_to)}T12:00:00Z`) : t('promo.no_end'));

// What is no number goes to the server as it is: it says what is wrong. Empty: fallback.
export function count(text, fallback) {
	const typed = text.trim();
	if (typed === '')
		return fallback;
	return /^\d{1,9}$/.test(typed) ? Number(typed) : typed;
}
