// Where a client stands in WHMCS: what differs and whose value counts, and what went over.
import { post } from '../../lib/api.js';
import { dateTime } from '../../lib/format.js';
import { t, tCode } from '../../lib/i18n.js';
import { useAction, useGet, useIdempotency } from '../../lib/use.js';
import { Badge, Button, Card, Empty, Facts, Loaded, Note, Table, toast } from '../../ui/kit.js';

const DECIDABLE = ['BOTH_CHANGED', 'FIRST_SEEN', 'REFUSED_HERE', 'NOT_KEPT'];

function useSend(onDone) {
	const action = useAction();
	const once = useIdempotency();
	const send = (path, body, text) => action.run(async () => {
		try {
			await once((key) => post(path, body, { key }));
			toast(text);
			onDone();
		} catch (error) {
			toast(error.message, { tone: 'bad' });
		}
	});
	return { busy: action.busy, send };
}

function Decide({ row, onDone }) {
	const { busy, send } = useSend(onDone);
	const side = (value) => send(`/whmcs/differences/${row.id}/decide`, { side: value }, t('admin.whmcs.decided'));
	if (!row.open)
		return <small>{t('admin.whmcs.closed')}</small>;
	if (row.decision)
		return <small>{t('admin.whmcs.under_way')}</small>;
	if (!DECIDABLE.includes(row.cause))
		return '\u2013';
	const what = tCode('whmcs_field', row.what);
	return (
		<div class="actions">
			<Button small busy={busy} aria-label={t('admin.whmcs.take_ours_label', { what })} onClick={() => side('OURS')}>{t('admin.whmcs.take_ours')}</Button>
			<Button small busy={busy} aria-label={t('admin.whmcs.take_theirs_label', { what })} onClick={() => side('THEIRS')}>{t('admin.whmcs.take_theirs')}</Button>
		</div>
	);
}

export function Differences({ rows, names, onDone }) {
	const columns = [
		names && { id: 'name', title: t('admin.nav.clients'), main: true, cell: (d) => <a href={`/admin/clients/${d.account_id}?tab=whmcs`}>{d.name}</a> },
		{ id: 'what', title: t('admin.whmcs.what'), main: !names, cell: (d) => <div>{tCode('whmcs_field', d.what)}<small>{tCode('whmcs_cause', d.cause)}</small></div> },
		{ id: 'ours', title: t('admin.whmcs.ours'), cell: (d) => d.ours || '\u2013' },
		{ id: 'theirs', title: t('admin.whmcs.theirs'), cell: (d) => d.theirs || '\u2013' },
		{ id: 'seen', title: t('admin.whmcs.seen'), cell: (d) => <div>{dateTime(d.seen_at)}<small>{d.note}</small></div> },
		{ id: 'decide', title: t('admin.whmcs.decide'), cell: (d) => <Decide row={d} onDone={onDone} /> },
	];
	return (
		<Card flush title={t('admin.whmcs.differences')} sub={t('admin.whmcs.differences_sub')} data-testid="whmcs-differences">
			{rows.length > 0 ? <Table caption={t('admin.whmcs.differences')} columns={columns} rows={rows} />
				: <p class="muted card-text">{t('admin.whmcs.differences_none')}</p>}
		</Card>
	);
}

function Changes({ rows }) {
	const columns = [
		{ id: 'what', title: t('admin.whmcs.what'), main: true, cell: (c) => tCode('whmcs_field', c.what) },
		{ id: 'way', title: t('admin.whmcs.way'), cell: (c) => tCode('whmcs_way', c.way) },
		{ id: 'before', title: t('admin.whmcs.before'), cell: (c) => c.before || '\u2013' },
		{ id: 'after', title: t('admin.whmcs.after'), cell: (c) => c.after || '\u2013' },
		{ id: 'at', title: t('statement.at'), cell: (c) => dateTime(c.at) },
	];
	return (
		<Card flush title={t('admin.whmcs.changes')}>
			{rows.length > 0 ? <Table caption={t('admin.whmcs.changes')} columns={columns} rows={rows} rowKey={(c) => c.at + c.what + c.after} />
				: <Empty icon="arrow-left-right" title={t('admin.whmcs.changes_none')}>{t('admin.whmcs.changes_none_help')}</Empty>}
		</Card>
	);
}

export default function ClientWhmcs({ account }) {
	const found = useGet(`/clients/${account}/whmcs`);
	const { busy, send } = useSend(() => found.reload());
	return (
		<Loaded from={found}>
			{(data) => (
				<>
					{data.state === 'ATTENTION' && <Note tone="bad" title={t('admin.whmcs.frozen')}>{data.note}</Note>}
					<Card title={t('admin.whmcs.client')} actions={
						<Button icon="refresh-cw" busy={busy || data.waiting} onClick={() => send(`/clients/${account}/whmcs/look`, {}, t('admin.whmcs.looking'))}>{t('admin.whmcs.compare')}</Button>
					}>
						<Facts class="two" rows={[
							[t('admin.client.whmcs_id'), data.remote_id ? `#${data.remote_id}` : t('admin.whmcs.not_there')],
							[t('invoice.whmcs_status'), data.remote_status], [t('admin.whmcs.checked'), data.checked_at && dateTime(data.checked_at)],
							[t('invoice.whmcs_state'), data.state && <Badge code={data.state} />],
						]} />
					</Card>
					<Differences rows={data.differences} onDone={found.reload} />
					<Changes rows={data.changes} />
				</>
			)}
		</Loaded>
	);
}
