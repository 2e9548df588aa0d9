import { useEffect } from 'preact/hooks';
import { ago, dateTime, number, shortTime } from '../../lib/format.js';
import { plural, t, tCode } from '../../lib/i18n.js';
import { useGet } from '../../lib/use.js';
import { Badge, Card, Empty, Facts, Loaded, Note, PageHead, Table, Tile } from '../../ui/kit.js';
import { Differences } from './client-whmcs.jsx';
import { RetryButton } from './retry.jsx';

const REFRESH_MS = 10000;

function Jobs({ title, rows, none, reload, retry }) {
	const columns = [
		{ id: 'kind', title: t('admin.jobs.kind'), main: true, cell: (j) => tCode('job', j.kind) },
		{ id: 'attempts', title: t('admin.jobs.attempts'), num: true, cell: (j) => number(j.attempts) },
		{ id: 'run', title: t('admin.jobs.run_at'), cell: (j) => <span class="nowrap">{shortTime(j.run_at)}</span> },
		{ id: 'error', title: t('admin.jobs.error'), cell: (j) => j.last_error || '\u2013' },
		retry && { id: 'retry', cell: (j) => <RetryButton job={j} onDone={reload} /> },
	];
	return (
		<Card flush title={title}>
			{rows.length > 0 ? <Table caption={title} columns={columns} rows={rows} /> : <p class="muted card-text">{none}</p>}
		</Card>
	);
}

function Odd({ rows }) {
	const columns = [
		{ id: 'number', title: t('invoice.number'), main: true, cell: (r) => <a href={`/admin/billing/invoices/${r.invoice_id}`}>{r.number}</a> },
		{ id: 'note', title: t('admin.whmcs.odd_note'), cell: (r) => r.note || '\u2013' },
		{ id: 'there', title: t('invoice.whmcs_status'), cell: (r) => `#${r.remote_id} ${r.remote_status}` },
		{ id: 'at', title: t('admin.whmcs.odd_at'), cell: (r) => shortTime(r.checked_at) },
	];
	return (
		<Card flush title={t('admin.whmcs.odd')} sub={t('admin.whmcs.odd_sub')} data-testid="whmcs-odd">
			<Table caption={t('admin.whmcs.odd')} columns={columns} rows={rows} rowKey={(r) => r.invoice_id} />
		</Card>
	);
}

function Intents({ rows }) {
	const columns = [
		{ id: 'action', title: t('admin.whmcs.action'), main: true, cell: (r) => <div>{tCode('whmcs_action', r.action)}<small class="mono">{r.token}</small></div> },
		{ id: 'at', title: t('statement.at'), cell: (r) => dateTime(r.at) },
		{ id: 'state', title: t('admin.jobs.state'), cell: (r) => <Badge code={r.state} /> },
		{ id: 'remote', title: t('admin.whmcs.remote'), cell: (r) => (r.remote_id ? `#${r.remote_id}` : '\u2013') },
		{ id: 'detail', title: t('admin.whmcs.detail'), cell: (r) => r.detail || '\u2013' },
	];
	return (
		<Card flush title={t('admin.whmcs.intents')} sub={t('admin.whmcs.intents_sub')}>
			{rows.length > 0 ? <Table caption={t('admin.whmcs.intents')} columns={columns} rows={rows} rowKey={(r) => r.token + r.at + r.state} />
				: <Empty icon="arrow-left-right" title={t('admin.whmcs.no_intents')}>{t('admin.whmcs.no_intents_help')}</Empty>}
		</Card>
	);
}

function Connection({ data }) {
	return (
		<>
			{!data.configured && <Note tone="warn" title={t('admin.whmcs.unconfigured')}>{t('admin.whmcs.unconfigured_help')}</Note>}
			{data.state === 'DOWN' && <Note tone="bad" title={t('admin.whmcs.down')}>{data.last_error} {t('admin.whmcs.down_help')}</Note>}
			<div class="tiles">
				<Tile label={t('admin.whmcs.state')} value={<Badge code={data.state} />} note={t('admin.whmcs.last_ok', { ago: ago(data.last_ok_at) })} />
				<Tile label={t('admin.whmcs.clients')} value={number(data.clients_linked)} note={t('admin.whmcs.clients_note')} />
				<Tile label={t('admin.whmcs.invoices')} value={number(data.invoices_linked)} note={t('admin.whmcs.invoices_note')} />
				<Tile label={t('admin.whmcs.queue')} value={number(data.queue.length)} note={plural('admin.over.parked', data.parked.length)} tone={data.parked.length > 0 ? 'alarm' : ''} />
			</div>
			<Card title={t('admin.whmcs.connection')}>
				<Facts class="two" rows={[
					[t('admin.whmcs.url'), data.url && <a href={data.url} rel="noreferrer">{data.url}</a>], [t('admin.whmcs.version'), data.version],
					[t('admin.whmcs.last_error'), data.last_error],
				]} />
			</Card>
		</>
	);
}

export default function Whmcs() {
	const found = useGet('/whmcs');
	const differences = useGet('/whmcs/differences');
	useEffect(() => {
		const timer = setInterval(() => document.visibilityState === 'visible' && found.reload(), REFRESH_MS);
		return () => clearInterval(timer);
	}, []);
	return (
		<>
			<PageHead title={t('admin.nav.whmcs')} sub={t('admin.whmcs.sub')} />
			<Loaded from={found} tiles={4}>
				{(data) => (
					<>
						<Connection data={data} />
						{differences.data?.differences.length > 0 && <Differences names rows={differences.data.differences} onDone={differences.reload} />}
						{data.attention?.length > 0 && <Odd rows={data.attention} />}
						<Jobs title={t('admin.whmcs.parked')} rows={data.parked} none={t('admin.whmcs.parked_none')} reload={found.reload} retry />
						<Jobs title={t('admin.whmcs.queue')} rows={data.queue} none={t('admin.whmcs.queue_none')} />
						<Intents rows={data.intents} />
					</>
				)}
			</Loaded>
		</>
	);
}
