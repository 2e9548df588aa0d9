// What a setting was, when, by whom; and back to it.
import { useState } from 'preact/hooks';
import { actor, dateTime } from '../../lib/format.js';
import { t, tCode } from '../../lib/i18n.js';
import { useAction, useGet } from '../../lib/use.js';
import { Button, Dialog, Empty, ErrorNote, Loaded, Note } from '../../ui/kit.js';

function valueText(row, value) {
	if (row.type === 'BOOL')
		return value === '1' ? t('common.on') : t('common.off');
	if (value === '' || value == null)
		return t('admin.features.empty');
	return row.type === 'ENUM' ? tCode('plan', value) : value;
}

function Change({ row, change, onRevert, busy }) {
	const back = change.old !== row.value && change.old != null;
	return (
		<li>
			<div class="change-head">
				<span><del>{valueText(row, change.old)}</del> <span aria-hidden="true">→</span> <strong>{valueText(row, change.new)}</strong></span>
				{back && (
					<Button small icon="undo-2" busy={busy} onClick={() => onRevert(change)}
						aria-label={t('admin.history.revert_to', { value: valueText(row, change.old) })}>{t('admin.history.revert')}</Button>
				)}
			</div>
			<p class="sub">{t('admin.history.by', { who: actor(change.actor), when: dateTime(change.at) })}</p>
			{change.effective_from && change.effective_from !== change.at &&
				<p class="sub">{t('admin.history.effective', { when: dateTime(change.effective_from) })}</p>}
			{change.reason && <p class="reason">{change.reason}</p>}
		</li>
	);
}

export function HistoryDrawer({ row, save, onClose }) {
	const history = useGet(`/settings/${row.key}/history`);
	const action = useAction();
	const [target, setTarget] = useState(null);
	const revert = async (change) => {
		setTarget(change);
		await action.run(() => save(row, change.old));
		history.reload();
	};
	return (
		<Dialog drawer title={t('admin.history.title')} onClose={onClose}>
			<div><strong>{row.title}</strong><p class="sub">{row.help}</p></div>
			<Note icon="info">{t('admin.history.now', { value: valueText(row, row.value) })}</Note>
			<ErrorNote error={action.error} />
			<Loaded from={history}>
				{(data) => (data.rows.length === 0
					? <Empty icon="history" title={t('admin.history.none')}>{t('admin.history.none_help')}</Empty>
					: <ol class="changes">{data.rows.map((change, i) => (
						<Change key={`${change.at}${i}`} row={row} change={change} busy={action.busy && target === change} onRevert={revert} />
					))}</ol>)}
			</Loaded>
		</Dialog>
	);
}
