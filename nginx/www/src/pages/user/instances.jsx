import { date, disk, memory } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { useStopped } from '../../lib/session.js';
import { Badge, ButtonLink, Empty, List, Money, PageHead } from '../../ui/kit.js';

export const size = (row) => t('user.instances.size', { vcpu: row.vcpu, memory: memory(row.memory_mb), disk: disk(row.disk_gb) });

const columns = () => [
	{ id: 'name', title: t('term.name'), main: true, sort: 'name',
		cell: (row) => <a href={`/user/instances/${row.id}`}>{row.name}</a> },
	{ id: 'state', title: t('term.state'), sort: 'status', cell: (row) => <Badge code={row.state} /> },
	{ id: 'offering', title: t('user.instances.offering'), cell: (row) => <div>{row.offering}<small>{size(row)}</small></div> },
	{ id: 'zone', title: t('user.instances.zone'), cell: (row) => row.zone },
	{ id: 'ip', title: t('user.instances.ip'), cell: (row) => (row.ip ? <span class="mono">{row.ip}</span> : <span class="muted">{t('user.instances.no_ip')}</span>) },
	{ id: 'created', title: t('user.instances.created'), sort: 'created_at', cell: (row) => date(row.created_at) },
	{ id: 'hour', title: t('term.per_hour'), num: true, cell: (row) => <Money value={row.hour} /> },
];

export default function Instances() {
	const add = !useStopped() && <ButtonLink kind="primary" icon="plus" href="/user/instances/new">{t('user.instances.add')}</ButtonLink>;
	return (
		<>
			<PageHead title={t('user.nav.instances')} sub={t('user.instances.sub')}>{add}</PageHead>
			<List path="/instances" caption={t('user.nav.instances')} search={t('user.instances.search')} columns={columns()}
				statuses={['RUNNING', 'STOPPED']}
				empty={<Empty icon="server" title={t('user.instances.none')} action={add}>{t('user.instances.none_help')}</Empty>} />
		</>
	);
}
