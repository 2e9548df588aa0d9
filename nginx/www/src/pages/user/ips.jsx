import { useEffect, useState } from 'preact/hooks';
import { del, post } from '../../lib/api.js';
import { date } from '../../lib/format.js';
import { t, tCode } from '../../lib/i18n.js';
import { useAction, useGet, useIdempotency } from '../../lib/use.js';
import { useBoot, useStopped } from '../../lib/session.js';
import {
	Badge, Button, Confirm, Dialog, Empty, ErrorNote, List, Money, Note, PageHead, Select, Skeleton,
	toast,
} from '../../ui/kit.js';

// What the next address in this zone would cost; knows whether the free one is left.
function useCharge(zoneId) {
	const { generation } = useBoot();
	const [state, setState] = useState({});
	const [asked, setAsked] = useState(0);
	useEffect(() => {
		if (!zoneId)
			return undefined;
		const controller = new AbortController();
		setState({});
		post('/estimates', { zone_id: Number(zoneId), public_ip: true }, { signal: controller.signal }).then(
			(data) => setState({ data }),
			(error) => !controller.signal.aborted && setState({ error }));
		return () => controller.abort();
	}, [zoneId, generation, asked]);
	return { ...state, again: () => setAsked((n) => n + 1) };
}

function Charge({ charge }) {
	const { data, error } = charge;
	if (error)
		return <ErrorNote error={error} />;
	if (!data)
		return <Skeleton lines={2} />;
	const free = data.lines.every((line) => line.free);
	const included = data.lines.some((line) => line.included > 0);
	const refused = data.lines.some((line) => line.refused);
	const notes = data.lines.map((line) => line.note).filter(Boolean);
	if (refused || included)
		return (
			<div data-testid="ip-charge" aria-live="polite">
				<Note tone={refused ? 'warn' : 'good'} title={t(refused ? 'user.contract.beyond' : 'user.contract.included')}>
					{t(refused ? 'user.contract.beyond_help' : 'user.contract.included_help')}
				</Note>
			</div>
		);
	return (
		<div data-testid="ip-charge" aria-live="polite">
			<Note tone={free ? 'good' : 'info'} icon={free ? undefined : 'coins'} title={free ? t('user.ips.charge_free')
				: <>{t('user.ips.charge')} <Money value={data.hour} per="hour" />, <Money value={data.month} per="month" /></>}>
				{notes.length > 0 ? notes.join(' ') : t(free ? 'user.ips.charge_free_help' : 'user.ips.charge_help')}
			</Note>
		</div>
	);
}

function Acquire({ onClose, onDone }) {
	const catalog = useGet('/catalog');
	const once = useIdempotency();
	const action = useAction();
	const [zone, setZone] = useState('');
	const zones = catalog.data?.zones ?? [];
	const zoneId = zone || zones[0]?.id;
	const charge = useCharge(zoneId);
	useEffect(() => {
		if (action.error?.code === 'quote.changed')
			charge.again();
	}, [action.error]);
	const acquire = () => action.run(async () => {
		const body = { zone_id: Number(zoneId) };
		if (charge.data?.quote_id)
			body.quote_id = charge.data.quote_id;
		const { address } = await once((key) => post('/ips', body, { key }));
		toast(t('user.ips.acquired', { address }));
		onDone();
	});
	return (
		<Dialog title={t('user.ips.acquire_title')} onClose={onClose} footer={
			<>
				<Button onClick={onClose}>{t('common.cancel')}</Button>
				<Button kind="primary" busy={action.busy} disabled={!charge.data} onClick={acquire} data-testid="acquire-confirm">{t('user.ips.acquire_yes')}</Button>
			</>
		}>
			<ErrorNote error={catalog.error} retry={catalog.reload} />
			{zones.length > 0
				? <Select label={t('user.new.zone')} name="zone_id" value={zoneId} onValue={setZone} data-autofocus options={zones.map((z) => ({ value: z.id, text: z.name }))} />
				: !catalog.error && <Skeleton lines={1} />}
			{zoneId && <Charge charge={charge} />}
			<ErrorNote error={action.error} />
		</Dialog>
	);
}

function Release({ ip, onClose, onDone }) {
	const once = useIdempotency();
	const run = async () => {
		await once((key) => del(`/ips/${ip.id}`, { key }));
		toast(t('user.ips.released', { address: ip.address }));
		onDone();
	};
	return (
		<Confirm danger title={t('user.ips.release_title', { address: ip.address })} yes={t('user.ips.release_yes')} run={run} onClose={onClose}>
			<p>{t('user.ips.release_help')}</p>
		</Confirm>
	);
}

const columns = (onRelease) => [
	{ id: 'address', title: t('user.ips.address'), main: true, sort: 'address', cell: (ip) => <span class="mono">{ip.address}</span> },
	{ id: 'kind', title: t('user.ips.kind'), cell: (ip) => tCode('ip_kind', ip.kind) },
	{ id: 'zone', title: t('user.instances.zone'), cell: (ip) => ip.zone },
	{ id: 'instance', title: t('user.nav.instance'), cell: (ip) => (ip.instance
		? <a href={`/user/instances/${ip.instance.id}/network`}>{ip.instance.name}</a> : <span class="muted">{t('user.ips.unused')}</span>) },
	{ id: 'since', title: t('term.since'), sort: 'acquired_at', cell: (ip) => date(ip.acquired_at) },
	{ id: 'price', title: t('user.ips.price'), num: true, cell: (ip) => (ip.free ? <Badge tone="good">{t('user.free')}</Badge>
		: <div><Money value={ip.hour} per="hour" /><small><Money value={ip.month} per="month" /></small></div>) },
	{ id: 'actions', cell: (ip) => <Button small kind="danger-soft" onClick={() => onRelease(ip)}
		aria-label={t('user.ips.release_label', { address: ip.address })}>{t('user.ips.release')}</Button> },
];

export default function Ips() {
	const [acquiring, setAcquiring] = useState(false);
	const [releasing, setReleasing] = useState(null);
	const [round, setRound] = useState(0);
	const again = () => setRound((n) => n + 1);
	const button = !useStopped() && <Button kind="primary" icon="plus" data-testid="acquire-ip" onClick={() => setAcquiring(true)}>{t('user.ips.acquire')}</Button>;
	return (
		<>
			<PageHead title={t('user.nav.ips')} sub={t('user.ips.sub')}>{button}</PageHead>
			<List round={round} path="/ips" caption={t('user.nav.ips')} search={t('user.ips.search')} columns={columns(setReleasing)}
				empty={<Empty icon="network" title={t('user.ips.none')}>{t('user.ips.none_help')}</Empty>} />
			{acquiring && <Acquire onClose={() => setAcquiring(false)} onDone={() => { setAcquiring(false); again(); }} />}
			{releasing && <Release ip={releasing} onClose={() => setReleasing(null)} onDone={again} />}
		</>
	);
}
