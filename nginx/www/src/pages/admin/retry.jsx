// Sends a parked job on its way again.
import { post } from '../../lib/api.js';
import { t } from '../../lib/i18n.js';
import { useAction } from '../../lib/use.js';
import { Button, toast } from '../../ui/kit.js';

export function RetryButton({ job, onDone }) {
	const action = useAction();
	const retry = () => action.run(async () => {
		try {
			await post(`/jobs/${job.id}/retry`);
			toast(t('admin.jobs.retried'));
			onDone();
		} catch (error) {
			toast(error.message, { tone: 'bad' });
		}
	});
	return <Button small icon="refresh-cw" busy={action.busy} onClick={retry}>{t('admin.jobs.retry')}</Button>;
}
