// The mail log of all clients or one: what left, what is held, what failed.
import { useState } from 'preact/hooks';
import { post } from '../../lib/api.js';
import { dateTime } from '../../lib/format.js';
import { t, tCode } from '../../lib/i18n.js';
import { useAction, useGet } from '../../lib/use.js';
import { Badge, Button, Dialog, Empty, ErrorNote, Facts, List, Loaded, toast } from '../../ui/kit.js';

const STATUSES = ['HELD', 'FAILED', 'QUEUED', 'SENT', 'CANCELLED'];
const TONES = { SENT: 'good', HELD: 'warn', FAILED: 'bad', QUEUED: 'info', CANCELLED: '' };
const NO_RESEND = ['PASSWORD_RESET', 'EMAIL_CONFIRM'];

const State = ({ code }) => <Badge code={code} tone={TONES[code]}>{tCode('admin.mail.state', code)}</Badge>;

function Mail({ id, onClose, onDone }) {
	const found = useGet(`/mails/${id}`);
	const action = useAction();
	const m = found.data;
	const go = (verb) => action.run(async () => {
		await post(`/mails/${id}/${verb}`);
		toast(t('admin.mail.queued'));
		onDone();
	});
	const again = m && ['FAILED', 'SENT', 'CANCELLED'].includes(m.status) && !NO_RESEND.includes(m.kind);
	return (
		<Dialog wide title={m?.subject || t('admin.mail.one')} onClose={onClose} footer={
			<>
				<Button onClick={onClose}>{t('common.close')}</Button>
				{again && <Button icon="refresh-cw" busy={action.busy} onClick={() => go('resend')}>{t('admin.mail.resend')}</Button>}
				{m?.status === 'HELD' && <Button kind="primary" busy={action.busy} onClick={() => go('release')}>{t('admin.mail.release')}</Button>}
			</>
		}>
			<ErrorNote error={action.error} />
			<Loaded from={found} lines={6}>
				{() => (
					<>
						<Facts class="two" rows={[
							[t('admin.mail.to'), m.to], [t('admin.mail.state'), <State code={m.status} />],
							[t('admin.mail.kind'), tCode('admin.mail.kind', m.kind)], [t('admin.mail.at'), dateTime(m.sent_at ?? m.created_at)],
							m.attachment && [t('admin.mail.attachment'), m.attachment], m.last_error && [t('admin.mail.error'), m.last_error],
						]} />
						{m.text ? <pre class="mail-text" tabIndex={0} aria-label={t('admin.mail.text')}>{m.text}</pre> : <p class="muted">{t('admin.mail.no_text')}</p>}
					</>
				)}
			</Loaded>
		</Dialog>
	);
}

export default function MailList({ account, round = 0 }) {
	const [open, setOpen] = useState(null);
	const [again, setAgain] = useState(0);
	const columns = [
		{ id: 'subject', title: t('admin.mail.subject'), main: true, cell: (m) => (
			<div><button type="button" class="link-button" onClick={() => setOpen(m.id)}>{m.subject || tCode('admin.mail.kind', m.kind)}</button>
				{m.last_error && <small>{m.last_error}</small>}</div>
		) },
		{ id: 'to', title: t('admin.mail.to'), cell: (m) => m.to },
		!account && { id: 'client', title: t('admin.mail.client'), cell: (m) => (m.account_id ? <a href={`/admin/clients/${m.account_id}?tab=mails`}>{m.client}</a> : '\u2013') },
		{ id: 'state', title: t('admin.mail.state'), cell: (m) => <State code={m.status} /> },
		{ id: 'at', title: t('admin.mail.at'), cell: (m) => <span class="nowrap">{dateTime(m.sent_at ?? m.created_at)}</span> },
	];
	return (
		<>
			<List path={account ? `/mails?account=${account}` : '/mails'} caption={t('admin.mail.title')} search={t('admin.mail.search')} statuses={STATUSES} words="admin.mail.state" columns={columns}
				round={round + again} rowClass={(m) => (m.status === 'FAILED' || m.status === 'HELD' ? 'marked' : '')}
				empty={<Empty icon="mail" title={t('admin.mail.none')}>{t('admin.mail.none_help')}</Empty>} />
			{open && <Mail id={open} onClose={() => setOpen(null)} onDone={() => { setOpen(null); setAgain(again + 1); }} />}
		</>
	);
}
