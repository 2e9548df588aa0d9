// Saving a setting, wherever its row stands.
import { useRef } from 'preact/hooks';
import { patch } from '../../lib/api.js';
import { t, tCode } from '../../lib/i18n.js';
import { reboot } from '../../lib/session.js';
import { toast } from '../../ui/kit.js';

// Saves one setting; says what was saved and offers to take it back.
export function useSave(settings) {
	const latest = useRef(null);
	latest.current = settings;
	const put = (row) => {
		const { data, setData } = latest.current;
		setData({ ...data, rows: data.rows.map((old) => (old.key === row.key ? row : old)) });
	};
	return async function save(row, value, undone) {
		const answer = await patch(`/settings/${row.key}`, { value, version: row.version });
		put(answer.row);
		const undo = async () => {
			try {
				await save(answer.row, row.value, true);
			} catch (error) {
				toast(error.message, { tone: 'bad' });
				latest.current.reload();
			}
		};
		const saved = describe(answer.row);
		toast(undone ? t('admin.features.undone', { title: row.title }) : saved,
			{ action: undone ? undefined : { text: t('common.undo'), run: undo } });
		latest.current.reload();
		reboot().catch(() => {});
		return answer;
	};
}

function describe(row) {
	if (row.type === 'BOOL')
		return t(row.value === '1' ? 'admin.features.now_on' : 'admin.features.now_off', { title: row.title });
	const value = row.type === 'ENUM' ? tCode('plan', row.value) : row.value;
	return value ? t('admin.features.now_is', { title: row.title, value }) : t('admin.features.now_empty', { title: row.title });
}
