// On a testing system the billing clock may be put forward, never back.
import { useState } from 'preact/hooks';
import { post } from '../../lib/api.js';
import { dateTime, duration } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { reboot } from '../../lib/session.js';
import { useAction, useGet } from '../../lib/use.js';
import {
	Button, Card, Dialog, ErrorNote, Form, Input, required, toast, useForm,
} from '../../ui/kit.js';

const MINUTES_AFTER = 10;

// Ten minutes into the next month: the invoices of this one are due by then.
function nextMonth(now) {
	const d = new Date(now);
	return new Date(Date.UTC(d.getUTCFullYear(), d.getUTCMonth() + 1, 1, 0, MINUTES_AFTER)).toISOString().replace('.000', '');
}

function CustomDialog({ now, post: move, onClose }) {
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

export function ClockCard({ onChange }) {
	const clock = useGet('/clock');
	const action = useAction();
	const { data } = clock;
	const [asking, setAsking] = useState(false);
	const put = async (body) => {
		const { now } = await post('/clock', body);
		toast(t('admin.clock.moved', { time: dateTime(now) }));
		clock.reload();
		onChange();
		reboot().catch(() => {});
	};
	const move = (body) => action.run(() => put(body));
	return (
		<Card class="clock" title={t('admin.clock.title')} sub={t('admin.clock.sub')} actions={
			<>
				<Button small busy={action.busy} onClick={() => move({ add_hours: 1 })} data-testid="clock-hour">{t('admin.clock.hour')}</Button>
				<Button small busy={action.busy} onClick={() => move({ add_hours: 24 })} data-testid="clock-day">{t('admin.clock.day')}</Button>
				<Button small busy={action.busy} disabled={!data} onClick={() => setAsking(true)} data-testid="clock-custom">{t('admin.clock.custom')}</Button>
				<Button small kind="primary" busy={action.busy} disabled={!data} onClick={() => move({ to: nextMonth(data.now) })} data-testid="clock-next-month">{t('admin.clock.month')}</Button>
			</>
		}>
			<ErrorNote error={action.error ?? clock.error} />
			<p class="clock-now"><strong data-testid="clock-now" data-time={data?.now}>{data ? dateTime(data.now) : '\u00a0'}</strong>
				{data?.offset_s > 0 && <span class="muted">{t('admin.clock.ahead', { time: duration(data.offset_s) })}</span>}</p>
			{asking && <CustomDialog now={data.now} post={put} onClose={() => setAsking(false)} />}
		</Card>
	);
}
