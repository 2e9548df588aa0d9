// Any later time for the billing clock.
import { t } from '../../lib/i18n.js';
import { Button, Dialog, Form, Input, required, useForm } from '../../ui/kit.js';

export function CustomDialog({ now, post: move, onClose }) {
	const form = useForm({ to: now.slice(0, 16) });
	const onSubmit = form.submit(async ({ to }) => {
		await move({ to: `${to}:00Z` });
		onClose();
	}, (values) => ({ ...required(['to'])(values), ...(values.to && values.to < now.slice(0, 16) ? { to: t('admin.clock.back') } : {}) }));
	return (
		<Dialog title={t('admin.clock.custom_title')} onClose={onClose} footer={
			<>
				<Button onClick={onClose}>{t('common.cancel')}</Button>
				<Button kind="primary" type="submit" form="clock-form" busy={form.busy}>{t('admin.clock.custom_yes')}</Button>
			</>
		}>
			<Form form={form} onSubmit={onSubmit} class="form" id="clock-form">
				<Input label={t('admin.clock.to')} type="datetime-local" min={now.slice(0, 16)} hint={t('admin.clock.to_hint')} data-autofocus {...form.field('to')} />
			</Form>
		</Dialog>
	);
}
