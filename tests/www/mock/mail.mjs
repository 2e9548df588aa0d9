// Mails of both pools of the mock.
import * as d from './data.mjs';

const text = (what) => `Hello Jo,\n\n${what}\n\n-- \nNimbus Cloud\n`;
const mails = [
	['HELD', 'OVERDUE', 'Nimbus Cloud: invoice INV-2026-000502 is overdue', 'more than 1000 mails within an hour'],
	['FAILED', 'INVOICE', 'Nimbus Cloud: Invoice INV-2026-000509 over 18.40 USD', '550 5.1.1 nobody of that name here'],
	['QUEUED', 'TEST', '', ''], ['SENT', 'SUSPENDED', 'Nimbus Cloud: your account is suspended', ''],
	['SENT', 'PASSWORD_RESET', 'Nimbus Cloud: set a new password', ''], ['CANCELLED', 'REMINDER', 'Nimbus Cloud: invoice INV-2026-000502 is due on 2026-11-11', 'settled meanwhile'],
].map(([status, kind, subject, error], i) => ({
	id: 900 - i, account_id: kind === 'TEST' ? null : 101 + i, client: kind === 'TEST' ? null : 'Acme Robotics', kind, to: `billing${i}@client.example`, subject, status,
	attempts: 1, last_error: error, created_at: d.before(i), sent_at: status === 'SENT' ? d.before(i) : null,
}));
const find = (id) => mails.find((m) => m.id === Number(id));
const KINDS = ['INVOICE', 'PAYMENT', 'REMINDER', 'OVERDUE', 'LOW_BALANCE', 'SUSPENDED', 'RESTORED', 'DELETION', 'PASSWORD_RESET', 'EMAIL_CONFIRM', 'EMAIL_CHANGED', 'TEST'];
export const choices = { reminder: true, overdue: true, low_balance: false };
const ok = () => ({ ok: true });

export const adminRoutes = [
	['GET', '/mails', ({ search }) => ({ ...d.page(mails, search, ['to', 'subject'], 'status', ['created_at']), sender: { state: 'OK', last_error: '', last_ok_at: d.before(0.1) } })],
	['POST', '/mails/release', () => ({ released: 1 })],
	['POST', '/mails/test', () => ({ id: 901 })],
	['GET', '/mails/:id', ({ id }) => find(id) && { ...find(id), text: find(id).subject && text('this is what the mail says.'), html: '', attachment: find(id).kind === 'INVOICE' ? 'INV-2026-000509' : null }],
	['POST', '/mails/:id/release', ok], ['POST', '/mails/:id/resend', ok],
	['GET', '/mail-templates', () => ({ rows: KINDS.map((kind) => ({
		kind, file: kind.toLowerCase().replace('_', '-'), words: 'brand name link', wanted: kind !== 'PAYMENT', html: '',
		error: kind === 'DELETION' ? '/etc/tollbridge/mail/deletion.txt: {{dat}} is not known' : null, subject: `Nimbus Cloud: ${kind}`, text: text('this is what the mail says.'),
	})) })],
];
export const userRoutes = [
	['PATCH', '/notifications', ({ body }) => ({ notifications: Object.assign(choices, body) })],
	['POST', '/profile/email', ok],
];
const bad = { status: 404, error: { code: 'token.bad', message: 'This link is not valid, or not any more. Please ask for a new one.', fields: [] } };
const confirm = ({ body }) => (body.token === 'good' ? { ok: true } : bad);
export const openRoutes = [['POST', '/password-reset', ok], ['POST', '/password-reset/confirm', confirm], ['POST', '/email-confirm', confirm]];
