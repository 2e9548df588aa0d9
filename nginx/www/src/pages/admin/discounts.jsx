// Billing > Discount and Additional Services.
import { useState } from 'preact/hooks';
import { post } from '../../lib/api.js';
import { exactMoney, monthName } from '../../lib/format.js';
import { t, tCode } from '../../lib/i18n.js';
import { useQuery } from '../../lib/router.js';
import { useGet } from '../../lib/use.js';
import { Badge, Button, Confirm, Empty, List, Money, PageHead, toast } from '../../ui/kit.js';
import { percentText, usedText } from '../shared/adjust.jsx';
import { DiscountDialog } from './discount-dialog.jsx';

function valueOf(row) {
	if (row.percent)
		return percentText(row.percent, true);
	return (row.surcharge ? '+' : '') + exactMoney(row.amount);
}

const columns = (end) => [
	{ id: 'label', title: t('admin.disc.label'), main: true, cell: (row) => (
		<div><strong>{row.label}</strong><small>{row.code ? t('admin.disc.by_code', { code: row.code }) : t('admin.disc.by_staff')}</small></div>) },
	{ id: 'client', title: t('invoice.client'), cell: (row) => <a href={`/admin/clients/${row.account_id}`}>{row.client}</a> },
	{ id: 'value', title: t('disc.value'), cell: (row) => <div>{valueOf(row)}<small>{row.scope ? tCode('resource', row.scope) : t('disc.whole')}</small></div> },
	{ id: 'status', title: t('term.state'), cell: (row) => <div><Badge code={row.status} data-testid="discount-status" /><small>{usedText(row)}</small></div> },
	{ id: 'from', title: t('disc.from'), cell: (row) => monthName(row.from) },
	{ id: 'billed', title: t('admin.disc.billed'), num: true, cell: (row) => <Money value={row.billed} /> },
	{ id: 'end', title: '', cell: (row) => row.status === 'ACTIVE' && (
		<Button small kind="ghost" aria-label={t('admin.disc.end_label', { label: row.label })} onClick={() => end(row)}>{t('admin.disc.end')}</Button>) },
];

export default function Discounts() {
	const [{ account_id: account }] = useQuery({ account_id: '' });
	const client = useGet(account ? `/clients/${account}` : null);
	const [round, setRound] = useState(0);
	const [dialog, setDialog] = useState(null);
	const done = (text) => {
		toast(text);
		setDialog(null);
		setRound((n) => n + 1);
	};
	const add = <Button kind="primary" icon="circle-plus" onClick={() => setDialog({ add: true })} data-testid="discount-add">{t('admin.disc.add')}</Button>;
	const c = client.data;
	return (
		<>
			<PageHead title={t('admin.nav.discounts')} sub={c ? t('admin.disc.of', { name: c.company || c.name }) : t('admin.disc.sub')}
				back={account && { href: `/admin/clients/${account}`, text: c ? c.company || c.name : t('admin.client.title') }}>{add}</PageHead>
			<List path="/discounts" caption={t('admin.nav.discounts')} search={t('admin.disc.search')} round={round}
				columns={columns((row) => setDialog({ end: row }))} statuses={['ACTIVE', 'USED', 'ENDED']}
				empty={<Empty icon="badge-percent" title={t('admin.disc.none')} action={add}>{t('admin.disc.none_help')}</Empty>} />
			{dialog?.add && <DiscountDialog client={c} onClose={() => setDialog(null)} onDone={done} />}
			{dialog?.end && (
				<Confirm title={t('admin.disc.end_title', { label: dialog.end.label })} yes={t('admin.disc.end_yes')} danger testid="discount-end"
					run={async () => { await post(`/discounts/${dialog.end.id}/end`); done(t('admin.disc.ended')); }} onClose={() => setDialog(null)}>
					<p>{t('admin.disc.end_help')}</p>
				</Confirm>
			)}
		</>
	);
}
