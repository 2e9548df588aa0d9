// On a testing system the billing clock may be put forward, never back.
import { useState } from 'preact/hooks';
import { post } from '../../lib/api.js';
import { dateTime, duration } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { reboot } from '../../lib/session.js';
import { useAction, useGet } from '../../lib/use.js';
import { Button, Card, ErrorNote, toast } from '../../ui/kit.js';

const MINUTES_AFTER = 10;

// Ten minutes into the next month: the invoices of this one are due by then.
function nextMonth(now) {
	const d = new Date(now);
	return new Date(Date.UTC(d.getUTCFullYear(), d.getUTCMonth() + 1, 1, 0, MINUTES_AFTER)).toISOString().replace('.000', '');
}

export function ClockCard({ onChange }) {
	const clock = useGet('/clock');
	const action = useAction();
	const { data } = clock;
	const [asking, setAsking] = useState(null);
	const put = async (body) => {
		const { now } = await post('/clock', body);
		toast(t('admin.clock.moved', { time: dateTime(now) }));
		clock.reload();
		onChange();
		reboot().catch(() => {});
	};
	const move = (body) => action.run(() => put(body));
	const ask = () => action.run(async () => setAsking(await import('./clock-custom.jsx')));
	return (
		<Card class="clock" title={t('admin.clock.title')} sub={t('admin.clock.sub')} actions={
			<>
				<Button small busy={action.busy} onClick={() => move({ add_hours: 1 })} data-testid="clock-hour">{t('admin.clock.hour')}</Button>
				<Button small busy={action.busy} onClick={() => move({ add_hours: 24 })} data-testid="clock-day">{t('admin.clock.day')}</Button>
				<Button small busy={action.busy} disabled={!data} onClick={ask} data-testid="clock-custom">{t('admin.clock.custom')}</Button>
				<Button small kind="primary" busy={action.busy} disabled={!data} onClick={() => move({ to: nextMonth(data.now) })} data-testid="clock-next-month">{t('admin.clock.month')}</Button>
			</>
		}>
			<ErrorNote error={action.error ?? clock.error} />
			<p class="clock-now"><strong data-testid="clock-now" data-time={data?.now}>{data ? dateTime(data.now) : '\u00a0'}</strong>
				{data?.offset_s > 0 && <span class="muted">{t('admin.clock.ahead', { time: duration(data.offset_s) })}</span>}</p>
			{asking && <asking.CustomDialog now={data.now} post={put} onClose={() => setAsking(null)} />}
		</Card>
	);
}
