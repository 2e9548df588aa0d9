// Hold, halt and restore, and the planned deletion of one client.
import { post } from '../../lib/api.js';
import { actor, dateTime } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { useAction } from '../../lib/use.js';
import { Button, ErrorNote, Note, toast } from '../../ui/kit.js';

function Job({ job, retry }) {
	const halted = job.direction === 'HALT' && job.state === 'DONE';
	if (job.total === 0 || (job.state === 'DONE' && !halted) || job.state === 'CANCELLED')
		return null;
	const text = halted ? t('admin.client.job_halted', job) : t(`admin.client.job.${job.direction}`, job);
	const stuck = job.state === 'FAILED' || job.last_error;
	return (
		<Note tone={stuck ? 'warn' : 'info'} title={text} data-testid="suspension-job"
			actions={stuck && <Button small icon="refresh-cw" onClick={retry}>{t('admin.client.job_retry')}</Button>}>
			{job.last_error}
		</Note>
	);
}

function Deletion({ plan, decide }) {
	const stopped = plan.state === 'STOPPED';
	const points = plan.warnings.map((w) => w.days_before).join(', ');
	return (
		<Note tone={stopped ? 'info' : 'bad'} data-testid="deletion-plan"
			title={t(stopped ? 'admin.client.deletion_stopped' : 'admin.client.deletion', { time: dateTime(plan.due_at) })}
			actions={
				<>
					{stopped ? <Button small onClick={() => decide('WAITING')}>{t('admin.client.deletion_go')}</Button>
						: <Button small onClick={() => decide('STOPPED')}>{t('admin.client.deletion_stop')}</Button>}
					<Button small onClick={() => decide('CANCELLED')}>{t('admin.client.deletion_cancel')}</Button>
				</>
			}>
			{points ? t('admin.client.deletion_warned', { points }) : t('admin.client.deletion_unwarned')} {plan.note}
		</Note>
	);
}

export default function ClientSuspension({ client, reload }) {
	const action = useAction();
	const { hold, job, deletion } = client.suspension;
	const send = (path, body, said) => action.run(async () => {
		await post(`/clients/${client.id}/${path}`, body);
		toast(t(said));
		reload();
	});
	return (
		<>
			<ErrorNote error={action.error} />
			{hold && (
				<Note icon="hourglass" title={t('admin.client.held', { time: dateTime(hold.until) })} data-testid="hold"
					actions={<Button small onClick={() => send('hold', { note: 'removed' }, 'admin.client.hold_removed')}>{t('admin.client.hold_remove')}</Button>}>
					{actor(hold.by)}: {hold.note}
				</Note>
			)}
			{job && <Job job={job} retry={() => send('retry', {}, 'admin.client.job_retried')} />}
			{deletion && <Deletion plan={deletion} decide={(state) => send('deletion', { state, note: 'decided by staff' }, 'admin.client.deletion_changed')} />}
		</>
	);
}
