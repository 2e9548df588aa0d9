import { date } from '../../lib/format.js';
import { t, tCode } from '../../lib/i18n.js';
import { Badge, ButtonLink, Empty, List, Money, PageHead } from '../../ui/kit.js';

export function ClientStatus({ client }) {
	const reasons = (client.reasons ?? []).map((r) => tCode('reason_suspended', r.reason ?? r)).join(', ');
	return <><Badge code={client.status} data-testid="client-status" />{reasons && <small>{reasons}</small>}</>;
}

const columns = () => [
	{ id: 'name', title: t('admin.clients.name'), main: true, sort: 'name', cell: (row) => (
		<div><a href={`/admin/clients/${row.id}`}>{row.company || row.name}</a><small>{row.company ? `${row.name} \u00b7 ` : ''}{row.email}</small></div>) },
	{ id: 'status', title: t('admin.clients.status'), sort: 'status', cell: (row) => <div><ClientStatus client={row} /></div> },
	{ id: 'plan', title: t('admin.clients.plan'), cell: (row) => <div>{tCode('plan', row.plan)}<small>{tCode('category', row.category)}</small></div> },
	{ id: 'created', title: t('admin.clients.created'), sort: 'created_at', cell: (row) => date(row.created_at) },
	{ id: 'balance', title: t('admin.clients.balance'), num: true, sort: 'balance', cell: (row) => <Money value={row.balance} /> },
	{ id: 'due', title: t('admin.clients.due'), num: true, sort: 'due', cell: (row) => <Money value={row.due} /> },
];

export default function Clients() {
	const add = <ButtonLink kind="primary" icon="user-plus" href="/admin/clients/new">{t('admin.clients.add')}</ButtonLink>;
	return (
		<>
			<PageHead title={t('admin.nav.clients')} sub={t('admin.clients.sub')}>{add}</PageHead>
			<List path="/clients" caption={t('admin.nav.clients')} search={t('admin.clients.search')} columns={columns()}
				statuses={['ACTIVE', 'SUSPENDED', 'CLOSED']} rowClass={(row) => (row.status === 'SUSPENDED' ? 'marked' : '')}
				empty={<Empty icon="users" title={t('admin.clients.none')} action={add}>{t('admin.clients.none_help')}</Empty>} />
		</>
	);
}
