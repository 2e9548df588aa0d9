import { useEffect } from 'preact/hooks';
import { ago, dateTime, duration, number, shortTime } from '../../lib/format.js';
import { plural, t, tCode } from '../../lib/i18n.js';
import { post } from '../../lib/api.js';
import { useBoot } from '../../lib/session.js';
import { useAction, useGet } from '../../lib/use.js';
import { Badge, Button, Card, Empty, ErrorNote, Icon, Lazy, Loaded, Money, Note, PageHead, Table, Tile } from '../../ui/kit.js';
import { DayChart } from '../../ui/chart.jsx';
import { ClockCard } from './clock.jsx';
import { RetryButton } from './retry.jsx';

const REFRESH_MS = 10000;
const suspension = () => import('./suspension.jsx');

// Somebody waits to be suspended, nobody may be, or somebody stays so with the switch off.
function steered({ suspension: s, clients }) {
	return s && (s.held > 0 || (s.enabled ? s.pause !== '' : clients.suspended > 0));
}

// Money in several currencies, one below the other; they are never added up.
function Amounts({ list }) {
	if (!list?.length)
		return '\u2013';
	return <>{list.map((m, i) => <div key={m.currency} class={i > 0 ? 'second-amount' : ''}><Money value={m} /></div>)}</>;
}

function Tiles({ data }) {
	const { clients, resources } = data;
	const overdue = useBoot().counts?.overdue_invoices > 0;
	return (
		<div class="tiles">
			<Tile icon="users" label={t('admin.over.clients')} value={number(clients.active)}
				note={clients.suspended > 0 ? <a href="/admin/clients?status=SUSPENDED">{plural('admin.over.suspended', clients.suspended)}</a> : t('admin.over.none_suspended')} />
			<Tile icon="receipt-text" label={t('admin.over.invoiced')} value={<Amounts list={data.invoiced_month} />} note={t('admin.over.this_month')} />
			<Tile icon="hourglass" label={t('admin.over.open')} value={<Amounts list={data.open} />} note={overdue
				? <a href="/admin/billing/invoices?status=OVERDUE">{t('admin.over.overdue')}</a> : t('admin.over.none_overdue')} />
			<Tile icon="coins" label={t('admin.over.paid')} value={<Amounts list={data.paid_month} />} note={t('admin.over.this_month')} />
			<Tile icon="server" label={t('admin.over.running')} value={number(resources.instances_running)} note={plural('admin.over.ips', resources.ips)} />
		</div>
	);
}

// Only when there is something: a box that is always there stops being seen.
function Attention({ rows }) {
	if (rows.length === 0)
		return null;
	return (
		<Card title={t('admin.over.attention')}>
			<ul class="lines">
				{rows.map((row) => (
					<li key={row.kind + row.text}>
						<span class="attention"><Icon icon="triangle-alert" size={16} />{row.text}</span>
						{row.link && <a href={row.link}>{t('admin.over.look')}</a>}
					</li>
				))}
			</ul>
		</Card>
	);
}

function State({ ok, text, note, bad }) {
	return (
		<li>
			<span>{text}<small class="muted">{note}</small></span>
			<Badge tone={ok ? 'good' : 'bad'}>{ok ? t('admin.over.ok') : bad}</Badge>
		</li>
	);
}

function System({ data }) {
	const { biller, bridge, jobs, workers } = data;
	const late = biller.lag_s > 7200;
	return (
		<Card title={t('admin.over.system')}>
			<ul class="lines">
				<State ok={!late} text={t('admin.over.biller')} bad={t('admin.over.late')}
					note={t('admin.over.rated', { time: dateTime(biller.rated_until), ago: ago(biller.last_run_at) })} />
				<State ok={jobs.parked === 0} text={t('admin.over.jobs')} bad={plural('admin.over.parked', jobs.parked)}
					note={t('admin.over.jobs_note', { ready: number(jobs.ready), running: number(jobs.running) })} />
				<li>
					<span>{t('admin.over.bridge')}<small class="muted">{bridge.enabled
						? bridge.last_error || t('admin.over.bridge_note', { n: number(bridge.queue), ago: ago(bridge.last_ok_at) })
						: t('admin.over.bridge_off')}</small></span>
					<Badge code={bridge.state} />
				</li>
				<State ok={workers.length > 0} text={t('admin.over.workers')} bad={t('admin.over.no_workers')}
					note={workerText(workers)} />
			</ul>
		</Card>
	);
}

function workerText(workers) {
	const pools = {};
	for (const worker of workers)
		pools[worker.pool] = (pools[worker.pool] ?? 0) + 1;
	return Object.entries(pools).map(([pool, n]) => `${pool} ${number(n)}`).join(', ');
}

const CHECK_MS = 1000;

function Mark({ of: { ok, value } }) {
	if (ok)
		return <Icon icon="circle-check" size={16} label={t('admin.over.ok')} />;
	return value > 0 ? <Icon icon="circle-x" size={16} label={t('admin.over.broken')} /> : <Icon icon="clock" size={16} label={t('admin.over.unchecked')} />;
}

// Counted by the biller in the background: the button asks, the figures come.
function Invariants({ data, reload }) {
	const action = useAction();
	const broken = data.invariants.filter((i) => i.value > 0);
	const due = data.checks_due;
	useEffect(() => {
		if (!due)
			return undefined;
		const timer = setTimeout(reload, CHECK_MS);
		return () => clearTimeout(timer);
	}, [due, data]);
	const again = () => action.run(async () => {
		await post('/verify');
		reload();
	});
	const sub = due ? t('admin.over.checking', { n: number(data.invariants.length - due), of: number(data.invariants.length) })
		: t('admin.over.checked', { ago: ago(data.checked_at) });
	return (
		<Card title={t('admin.over.invariants')} sub={<span role="status" data-testid="invariants-state" data-due={due}>{sub}</span>}
			actions={<Button small icon="refresh-cw" busy={action.busy || due > 0} onClick={again} data-testid="invariants-check">{t('admin.over.check')}</Button>}>
			<ErrorNote error={action.error} />
			{broken.length > 0 && <Note tone="bad">{t('admin.over.invariants_bad')}</Note>}
			<ul class="lines compact-lines books">
				{data.invariants.map((i) => (
					<li key={i.id} data-testid={`invariant-${i.id}`}>
						<span class="invariant"><Mark of={i} />
							<span>{i.title}{i.wrong_since && <small class="bad-text">{t('admin.over.wrong_since', { time: dateTime(i.wrong_since) })}</small>}</span></span>
						<strong class={i.value > 0 ? 'bad-text' : 'muted'}>{i.checked_at ? number(i.value) : '\u2013'}</strong>
					</li>
				))}
			</ul>
		</Card>
	);
}

function Jobs({ jobs, reload }) {
	const columns = [
		{ id: 'kind', title: t('admin.jobs.kind'), main: true, cell: (j) => tCode('job', j.kind) },
		{ id: 'state', title: t('admin.jobs.state'), cell: (j) => <Badge code={j.state} /> },
		{ id: 'attempts', title: t('admin.jobs.attempts'), num: true, cell: (j) => number(j.attempts) },
		{ id: 'run', title: t('admin.jobs.run_at'), cell: (j) => <span class="nowrap">{shortTime(j.run_at)}</span> },
		{ id: 'error', title: t('admin.jobs.error'), cell: (j) => j.last_error || '\u2013' },
		{ id: 'retry', cell: (j) => j.state === 'PARKED' && <RetryButton job={j} onDone={reload} /> },
	];
	return (
		<Card flush title={t('admin.over.jobs')} sub={jobs.oldest_s > 0 ? t('admin.over.oldest', { time: duration(jobs.oldest_s) }) : undefined}>
			{jobs.rows.length > 0 ? <Table caption={t('admin.over.jobs')} columns={columns} rows={jobs.rows} />
				: <p class="muted card-text">{t('admin.jobs.none')}</p>}
		</Card>
	);
}

function Revenue({ rows }) {
	return (
		<Card title={t('admin.over.revenue')} sub={t('admin.over.revenue_sub')}>
			{rows.length > 0 ? <DayChart rows={rows} series={[{ id: 'amount', text: t('admin.over.revenue'), tone: 'c1' }]} caption={t('admin.over.revenue')} />
				: <Empty icon="chart-column" title={t('admin.over.no_revenue')}>{t('admin.over.no_revenue_help')}</Empty>}
		</Card>
	);
}

export default function Overview() {
	const found = useGet('/overview');
	const { testing } = useBoot();
	useEffect(() => {
		const timer = setInterval(() => document.visibilityState === 'visible' && found.reload(), REFRESH_MS);
		return () => clearInterval(timer);
	}, []);
	return (
		<>
			<PageHead title={t('admin.nav.overview')} sub={found.data ? t('admin.over.sub', { time: dateTime(found.data.now) }) : '\u00a0'} />
			{testing && <ClockCard onChange={found.reload} />}
			<Loaded from={found} tiles={4} lines={8}>
				{(data) => (
					<>
						{steered(data) && <Lazy load={suspension} data={data} reload={found.reload} />}
						<Attention rows={data.attention} />
						<Tiles data={data} />
						<div class="cols-main">
							<Revenue rows={data.revenue_by_day} />
							<System data={data} />
						</div>
						<div class="stack">
							<Jobs jobs={data.jobs} reload={found.reload} />
							<Invariants data={data} reload={found.reload} />
						</div>
					</>
				)}
			</Loaded>
		</>
	);
}
