// Movements of a balance.
import { dateTime, shortTime } from '../../lib/format.js';
import { t, tCode } from '../../lib/i18n.js';
import { Card, Empty, Money, Table } from '../../ui/kit.js';

const HOUR_MS = 3600000;

// The ledger notes usage as hours since 1970; people read times.
function entryText(row) {
	const hours = /^hours (\d+) to (\d+)$/.exec(row.text);
	if (!hours)
		return row.text || tCode('entry', row.kind);
	const [from, to] = hours.slice(1).map((n) => shortTime(new Date(n * HOUR_MS).toISOString()));
	return t('statement.hours', { from, to });
}

export function Statement({ rows, title, sub }) {
	const columns = [
		{ id: 'text', title: t('statement.text'), main: true, cell: (row) => <div>{entryText(row)}<small>{tCode('entry', row.kind)}</small></div> },
		{ id: 'at', title: t('statement.at'), cell: (row) => dateTime(row.at) },
		{ id: 'amount', title: t('statement.amount'), num: true, cell: (row) => <Money class="strong" value={row.amount} /> },
		{ id: 'after', title: t('statement.after'), num: true, cell: (row) => <Money value={row.balance_after} /> },
	];
	return (
		<Card flush title={title} sub={sub}>
			{rows.length > 0 ? <Table caption={title} columns={columns} rows={rows} rowKey={(row) => row.at + row.kind + row.amount.amount + row.text} />
				: <Empty icon="list" title={t('statement.none')}>{t('statement.none_help')}</Empty>}
		</Card>
	);
}
