// Movements of a balance.
import { dateTime, isZero, money, shortTime } from '../../lib/format.js';
import { t, tCode } from '../../lib/i18n.js';
import { Card, Empty, Money, Table } from '../../ui/kit.js';

// The ledger notes usage as an interval of instants; people read times of their own zone.
function entryText(row) {
	const interval = /^([\dT:-]+Z)\/([\dT:-]+Z)$/.exec(row.text);
	if (!interval)
		return row.text || tCode('entry', row.kind);
	const [from, to] = interval.slice(1).map(shortTime);
	return t('statement.hours', { from, to });
}

// Credit, paid money, credit line: what a movement was paid from, when it was not all one.
const SOURCES = ['promo', 'paid', 'credit_line'];
const mixed = (row) => row.from && (!isZero(row.from.promo) || !isZero(row.from.credit_line));

function sourceText(row) {
	return SOURCES.filter((s) => !isZero(row.from[s])).map((s) => t(`statement.from_${s}`, { amount: money(row.from[s]) })).join(', ');
}

export function Statement({ rows, title, sub }) {
	const columns = [
		{ id: 'text', title: t('statement.text'), main: true, cell: (row) => <div>{entryText(row)}<small>{tCode('entry', row.kind)}{mixed(row) && t('statement.from', { sources: sourceText(row) })}</small></div> },
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
