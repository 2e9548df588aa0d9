import { useState } from 'preact/hooks';
import { del, post } from '../../lib/api.js';
import { date, dateTime } from '../../lib/format.js';
import { t, tCode } from '../../lib/i18n.js';
import { navigate, useLocation } from '../../lib/router.js';
import { useStopped } from '../../lib/session.js';
import { useAction, useGet, useIdempotency } from '../../lib/use.js';
import {
	Badge, Button, Card, Confirm, Empty, Facts, Loaded, Money, Note, PageHead, Table, Tabs, Tile, toast,
} from '../../ui/kit.js';
import { size } from './instances.jsx';

function Power({ instance, reload }) {
	const once = useIdempotency();
	const action = useAction();
	const [asking, setAsking] = useState('');
	const running = instance.state === 'RUNNING';
	const stopped = useStopped();
	const change = (verb) => once((key) => post(`/instances/${instance.id}/${verb}`, {}, { key })).then((answer) => {
		toast(t(`user.instance.done_${verb}`, { name: instance.name }));
		reload();
		return answer;
	});
	const remove = async () => {
		await once((key) => del(`/instances/${instance.id}`, { key }));
		toast(t('user.instance.deleted', { name: instance.name }));
		setTimeout(() => navigate('/user/instances'));
	};
	if (instance.state === 'DELETED')
		return null;
	return (
		<>
			{running
				? <Button icon="square" onClick={() => setAsking('stop')}>{t('user.instance.stop')}</Button>
				: !stopped && <Button icon="play" busy={action.busy} onClick={() => action.run(() => change('start')
					.catch((error) => toast(error.message, { tone: 'bad' })))}>{t('user.instance.start')}</Button>}
			<Button icon="trash-2" kind="danger-soft" onClick={() => setAsking('delete')}>{t('user.instance.delete')}</Button>
			{asking === 'stop' && (
				<Confirm title={t('user.instance.stop_title', { name: instance.name })} yes={t('user.instance.stop_yes')}
					run={() => change('stop')} onClose={() => setAsking('')}><p>{t('user.instance.stop_help')}</p></Confirm>
			)}
			{asking === 'delete' && (
				<Confirm danger title={t('user.instance.delete_title', { name: instance.name })} yes={t('user.instance.delete_yes')}
					run={remove} onClose={() => setAsking('')}><p>{t('user.instance.delete_help')}</p></Confirm>
			)}
		</>
	);
}

function Overview({ instance }) {
	const events = instance.events ?? [];
	return (
		<>
			<div class="tiles">
				<Tile label={t('user.instance.now')} value={<Money value={instance.hour} per="hour" />}
					note={instance.state === 'STOPPED' ? t('user.instance.now_stopped') : t('user.instance.now_note')} />
				<Tile label={t('user.instance.month')} value={<Money value={instance.month_to_date} />} note={t('user.instance.month_note')} />
			</div>
			<div class="cols-2">
				<Card title={t('user.instance.about')}>
					<Facts rows={[
						[t('term.state'), <Badge code={instance.state} />],
						[t('user.instances.offering'), instance.offering],
						[t('user.instance.size'), size(instance)],
						[t('user.instances.zone'), instance.zone],
						[t('user.instances.ip'), instance.ip && <span class="mono">{instance.ip}</span>],
						[t('user.instances.created'), dateTime(instance.created_at)],
					]} />
				</Card>
				<Card title={t('user.instance.events')}>
					{events.length === 0 ? <p class="muted">{t('user.instance.no_events')}</p> : (
						<ol class="timeline">{events.map((e, i) => <li key={i}><span>{e.text}</span><small>{dateTime(e.at)}</small></li>)}</ol>
					)}
				</Card>
			</div>
		</>
	);
}

function SecondaryIp({ instance, reload }) {
	const once = useIdempotency();
	const [asking, setAsking] = useState(false);
	const { secondary_ip: price } = instance;
	const add = async () => {
		const { address } = await once((key) => post(`/instances/${instance.id}/secondary-ips`, {}, { key }));
		toast(t('user.instance.secondary_added', { address }));
		reload();
	};
	const mark = price.paid ? <Badge tone="warn" data-testid="secondary-ip-mark">{t('user.paid')}</Badge>
		: <Badge tone="good" data-testid="secondary-ip-mark">{t('user.free')}</Badge>;
	const cost = price.paid ? <><Money value={price.hour} per="hour" />, <Money value={price.month} per="month" /></> : t('user.instance.secondary_free');
	return (
		<Card title={<>{t('user.instance.secondary')} {mark}</>} sub={price.text}
			actions={instance.state !== 'DELETED' && <Button icon="plus" onClick={() => setAsking(true)}>{t('user.instance.secondary_add')}</Button>}>
			<p>{cost}</p>
			{asking && (
				<Confirm title={t('user.instance.secondary_title')} yes={t('user.instance.secondary_yes')} run={add} onClose={() => setAsking(false)}>
					<Note icon="coins" title={price.paid ? t('user.instance.secondary_costs') : t('user.instance.secondary_nothing')}>{cost}</Note>
				</Confirm>
			)}
		</Card>
	);
}

function Network({ instance, reload }) {
	const columns = [
		{ id: 'address', title: t('user.ips.address'), main: true, cell: (ip) => <span class="mono">{ip.address}</span> },
		{ id: 'kind', title: t('user.ips.kind'), cell: (ip) => tCode('ip_kind', ip.kind) },
		{ id: 'since', title: t('term.since'), cell: (ip) => date(ip.acquired_at) },
		{ id: 'price', title: t('term.per_hour'), num: true, cell: (ip) => (ip.free ? <Badge tone="good">{t('user.free')}</Badge> : <Money value={ip.hour} />) },
	];
	return (
		<>
			<Card flush title={t('user.instance.addresses')}>
				{instance.ips.length > 0
					? <Table caption={t('user.instance.addresses')} columns={columns} rows={instance.ips} />
					: <Empty icon="network" title={t('user.instance.no_ips')}>{t('user.instance.no_ips_help')}</Empty>}
			</Card>
			<SecondaryIp instance={instance} reload={reload} />
			<p class="muted">{t('user.instance.firewall_help')}</p>
		</>
	);
}

export default function Instance({ params }) {
	const found = useGet(`/instances/${params.id}`);
	const network = useLocation().path.endsWith('/network');
	const data = found.data;
	const base = `/user/instances/${params.id}`;
	return (
		<>
			<PageHead title={data?.name ?? t('user.instance.title')} badge={data && <Badge code={data.state} />}
				sub={data && `${data.offering}, ${data.zone}`} back={{ href: '/user/instances', text: t('user.nav.instances') }}>
				{data && <Power instance={data} reload={found.reload} />}
			</PageHead>
			<Tabs label={t('user.instance.tabs')} active={network ? 'network' : 'overview'} tabs={[
				{ id: 'overview', text: t('user.instance.overview'), href: base },
				{ id: 'network', text: t('user.instance.network'), href: `${base}/network` },
			]} />
			<Loaded from={found} tiles={2}>
				{() => (network ? <Network instance={data} reload={found.reload} /> : <Overview instance={data} />)}
			</Loaded>
		</>
	);
}
