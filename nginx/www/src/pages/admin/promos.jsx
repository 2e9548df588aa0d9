import { number } from '../../lib/format.js';
import { t, tCode } from '../../lib/i18n.js';
import { Badge, ButtonLink, Empty, List, PageHead } from '../../ui/kit.js';
import { cyclesText, lastDay, promoValue } from '../shared/adjust.jsx';

const STATES = ['ACTIVE', 'SCHEDULED', 'EXPIRED', 'EXHAUSTED', 'INACTIVE'];

const columns = () => [
	{ id: 'code', title: t('admin.promo.code'), main: true, sort: 'code', cell: (row) => (
		<div><a class="mono" href={`/admin/billing/promos/${row.id}`} data-testid="promo-code">{row.code}</a><small>{row.label}</small></div>) },
	{ id: 'state', title: t('term.state'), cell: (row) => <Badge code={row.state} data-testid="promo-state" /> },
	{ id: 'value', title: t('admin.promo.gives'), cell: (row) => (
		<div>{promoValue(row)}{row.kind !== 'CREDIT' && <small>{cyclesText(row.cycles)}</small>}</div>) },
	{ id: 'type', title: t('admin.promo.for'), cell: (row) => tCode('promo_type', row.type) },
	{ id: 'until', title: t('admin.promo.last_day'), cell: lastDay },
	{ id: 'uses', title: t('admin.promo.uses'), num: true, sort: 'uses', cell: (row) => (row.max_uses
		? t('admin.promo.uses_of', { used: number(row.uses), max: number(row.max_uses) }) : number(row.uses)) },
];

export default function Promos() {
	const add = <ButtonLink kind="primary" icon="circle-plus" href="/admin/billing/promos/new">{t('admin.promo.add')}</ButtonLink>;
	return (
		<>
			<PageHead title={t('admin.nav.promos')} sub={t('admin.promo.sub')}>{add}</PageHead>
			<List path="/promos" caption={t('admin.nav.promos')} search={t('admin.promo.search')} columns={columns()} statuses={STATES}
				empty={<Empty icon="ticket-percent" title={t('admin.promo.none')} action={add}>{t('admin.promo.none_help')}</Empty>} />
		</>
	);
}
