// The real settings, read from their definition, with values kept in memory.
import { readFileSync } from 'node:fs';

const DEF = new URL('../../../billing/settings/settings.def', import.meta.url);
const GROUPS = {
	ips: 'Public IPs', prepaid: 'Prepaid', payment: 'Invoices and payment', plans: 'Plans and contracts',
	signup: 'Sign-up and promotions', integration: 'Integration', portal: 'Portal', money: 'Money', mail: 'E-mail',
};
const LONGEST_TEXT = 1000;

function parse(text) {
	const row = /SETTING\("([^"]*)", (\w+), \w+, (\d+), "([^"]*)", "([^"]*)", "([^"]*)", ([\w |]+), "([^"]*)", "([^"]*)",\s*"([^"]*)",\s*"([^"]*)",\s*"([^"]*)"\)/g;
	return [...text.matchAll(row)].map((m) => ({
		key: m[1], type: m[2], feature: Number(m[3]) || null, default: m[4], value: m[4], min: m[5], max: m[2] === 'ENUM' ? '' : m[6],
		choices: m[2] === 'ENUM' ? m[6].split('|') : [], dangerous: m[7].includes('SF_DANGEROUS'), money: m[7].includes('SF_MONEY'), unit: m[8], group: m[9], title: m[10],
		screens: m[11].split('|').map((s) => ({ portal: s.split(':')[0], path: s.split(':')[1] })), help: m[12],
		version: 1, changed_by: '', changed_at: null, warnings: [],
	}));
}

export const rows = parse(readFileSync(DEF, 'utf8'));
// The demo has mails on.
rows.find((row) => row.key === 'mail.enabled').value = '1';
export const groups = Object.entries(GROUPS).map(([id, title]) => ({ id, title }));
export const history = new Map(rows.map((row) => [row.key, []]));
export const state = { generation: 7 };

export const value = (key) => rows.find((row) => row.key === key).value;
export const on = (key) => value(key) === '1';

function warningsOf(row) {
	if (row.key === 'ip.free_one' && row.value === '1' && !on('ip.default_charge'))
		return ['Needs Default IP Charge, which is off: it has no effect now.'];
	return [];
}

export const shown = () => rows.map((row) => ({ ...row, warnings: warningsOf(row) }));

function refusal(row, text) {
	if (row.type === 'INT' && (!/^\d+$/.test(text) || Number(text) < Number(row.min) || Number(text) > Number(row.max)))
		return `Must be a whole number from ${row.min} to ${row.max}.`;
	if (row.type === 'MONEY' && text !== '' && !/^\d+(\.\d{1,8})?$/.test(text))
		return 'Must be an amount such as 20.00, or empty.';
	if (row.type === 'ENUM' && !row.choices.includes(text))
		return 'Must be one of the choices.';
	if (row.type === 'STR' && text.length > Number(row.max || LONGEST_TEXT))
		return `At most ${row.max} characters.`;
	if (row.key === 'recharge.minimum' && text !== '' && value('recharge.maximum') !== '' && Number(text) > Number(value('recharge.maximum')))
		return `Must not be more than Specify Maximum Prepaid Recharge, which is ${value('recharge.maximum')}.`;
	if (row.key === 'recharge.maximum' && text !== '' && Number(text) < Number(value('recharge.minimum') || 0))
		return `Must not be less than Specify Minimum Prepaid Recharge, which is ${value('recharge.minimum')}.`;
	return null;
}

export function change(key, body, actor, now) {
	const row = rows.find((r) => r.key === key);
	if (!row)
		return { status: 404, error: { code: 'setting.none', message: 'There is no such setting.' } };
	if (body.dry_run) {
		const money = (amount) => ({ amount: amount.toFixed(8), currency: 'USD', display: amount.toFixed(2) });
		return { row, warnings: [], effect: row.money && row.group === 'ips' ? { from: now, to: now, rows: [
			{ currency: 'USD', accounts: 212, changed: 37, before: money(4210.5), after: money(4093.7), difference: money(-116.8) },
		] } : null };
	}
	if (row.version !== body.version)
		return { status: 409, error: { code: 'settings.version', message: 'Somebody else changed this setting meanwhile. Reload the page and look again.' } };
	const message = refusal(row, String(body.value));
	if (message)
		return { status: 422, error: { code: 'setting.refused', message, fields: [{ name: 'value', message }] } };
	history.get(key).unshift({ at: now, effective_from: now.replace(/:\d\d:\d\dZ/, ':00:00Z'), old: row.value, new: String(body.value), actor, reason: body.reason ?? '' });
	Object.assign(row, { value: String(body.value), version: row.version + 1, changed_by: actor, changed_at: now });
	state.generation++;
	return { row: { ...row, warnings: warningsOf(row) }, warnings: warningsOf(row) };
}
