// Until when an account is not suspended by itself.
import { post } from '../../lib/api.js';
import { t } from '../../lib/i18n.js';
import { Button, Dialog, Form, Input, Note, required, useForm } from '../../ui/kit.js';

export default function HoldDialog({ client, onClose, onDone }) {
	const form = useForm({ until: client.suspension?.hold?.until.slice(0, 10) ?? '', note: '' });
	const onSubmit = form.submit(async (values) => {
		await post(`/clients/${client.id}/hold`, { until: values.until, note: values.note.trim() });
		onDone(t('admin.client.hold_saved'));
	}, required(['until', 'note']));
	return (
		<Dialog title={t('admin.client.hold_title', { name: client.company || client.name })} onClose={onClose} footer={
			<>
				<Button onClick={onClose}>{t('common.cancel')}</Button>
				<Button kind="primary" type="submit" form="hold-form" busy={form.busy}>{t('common.save')}</Button>
			</>
		}>
			<Note>{t('admin.client.hold_help')}</Note>
			<Form form={form} onSubmit={onSubmit} class="form" id="hold-form">
				<Input label={t('admin.client.hold_until')} type="date" data-autofocus {...form.field('until')} />
				<Input label={t('admin.client.note')} hint={t('admin.client.note_hint')} {...form.field('note')} />
			</Form>
		</Dialog>
	);
}
