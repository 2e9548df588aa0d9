// Mails: the log, a test, the texts.
import { useState } from 'preact/hooks';
import { post } from '../../lib/api.js';
import { plural, t } from '../../lib/i18n.js';
import { useFeature } from '../../lib/session.js';
import { useGet } from '../../lib/use.js';
import { Button, ButtonLink, Confirm, Dialog, Form, Input, Note, PageHead, required, toast, useForm } from '../../ui/kit.js';
import MailList from './mail-list.jsx';

function TestDialog({ onClose, onDone }) {
	const form = useForm({ to: '' });
	const onSubmit = form.submit(async (values) => {
		await post('/mails/test', { to: values.to.trim() });
		toast(t('admin.mail.test_sent'));
		onDone();
	}, required(['to']));
	return (
		<Dialog title={t('admin.mail.test')} onClose={onClose} footer={
			<>
				<Button onClick={onClose}>{t('common.cancel')}</Button>
				<Button kind="primary" type="submit" form="test-form" busy={form.busy}>{t('admin.mail.test_yes')}</Button>
			</>
		}>
			<Form form={form} onSubmit={onSubmit} class="form" id="test-form">
				<Input label={t('admin.mail.to')} type="email" inputmode="email" data-autofocus {...form.field('to')} />
			</Form>
		</Dialog>
	);
}

// Only what needs somebody.
function Sender({ onRelease }) {
	const { data } = useGet('/mails?per=1');
	const held = data?.counts?.HELD ?? 0;
	return (
		<>
			{data?.sender.state === 'DOWN' && <Note tone="bad" title={t('admin.mail.down')}>{data.sender.last_error || t('admin.mail.silent')}</Note>}
			{held > 0 && (
				<Note tone="warn" title={plural('admin.mail.held', held)} data-testid="mails-held"
					actions={<Button small onClick={onRelease}>{t('admin.mail.release_all')}</Button>}>{t('admin.mail.held_help')}</Note>
			)}
		</>
	);
}

export default function Mails() {
	const on = useFeature('mail');
	const [dialog, setDialog] = useState('');
	const [round, setRound] = useState(0);
	const done = () => {
		setDialog('');
		setRound(round + 1);
	};
	return (
		<>
			<PageHead title={t('admin.nav.mails')} sub={t('admin.mail.sub')}>
				<ButtonLink icon="file-text" href="/admin/mails/templates">{t('admin.mail.templates')}</ButtonLink>
				{on && <Button icon="send" onClick={() => setDialog('test')}>{t('admin.mail.test')}</Button>}
			</PageHead>
			{on ? <Sender key={round} onRelease={() => setDialog('release')} />
				: <Note title={t('admin.mail.off')}>{t('admin.mail.off_help')}</Note>}
			<MailList round={round} />
			{dialog === 'test' && <TestDialog onClose={() => setDialog('')} onDone={done} />}
			{dialog === 'release' && (
				<Confirm title={t('admin.mail.release_title')} yes={t('admin.mail.release_all')} onClose={() => setDialog('')} run={async () => {
					const { released } = await post('/mails/release', { confirmed: true });
					toast(plural('admin.mail.released', released));
					setRound(round + 1);
				}}>
					<p>{t('admin.mail.release_help')}</p>
				</Confirm>
			)}
		</>
	);
}
