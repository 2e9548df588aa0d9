// What both portals show in a row of an invoice list.
import { date, period } from '../../lib/format.js';
import { t, tCode } from '../../lib/i18n.js';
import { PORTAL } from '../../lib/session.js';
import { Badge, Money, PdfButton } from '../../ui/kit.js';

export const STATUSES = ['UNPAID', 'OVERDUE', 'PAID', 'CANCELLED'];

function Whmcs({ whmcs }) {
	if (!whmcs)
		return <span class="muted">{'\u2013'}</span>;
	return <Badge code={whmcs.state} title={`#${whmcs.id} ${whmcs.status ?? ''}`} />;
}

export function invoiceColumns({ whmcs, client }) {
	return [
		{ id: 'number', title: t('invoice.number'), main: true, sort: 'number', cell: (row) => (
			<div><a href={`/${PORTAL}/billing/invoices/${row.id}`} data-testid="invoice-number">{row.number}</a>
				{row.kind !== 'INVOICE' && <small>{tCode('status', row.kind)}</small>}</div>) },
		client && { id: 'client', title: t('invoice.client'), sort: 'client', cell: (row) => <a href={`/admin/clients/${row.client.id}`}>{row.client.name}</a> },
		{ id: 'status', title: t('invoice.status'), sort: 'status', cell: (row) => <Badge code={row.status} data-testid="invoice-status" /> },
		{ id: 'period', title: t('invoice.period'), cell: (row) => period(row.period_from, row.period_to, row.timezone) },
		{ id: 'due', title: t('invoice.due_at'), sort: 'due_at', cell: (row) => (row.kind === 'CREDIT_NOTE' ? '\u2013' : date(row.due_at)) },
		whmcs && { id: 'whmcs', title: t('invoice.whmcs'), cell: (row) => <Whmcs whmcs={row.whmcs} /> },
		{ id: 'total', title: t('invoice.total'), num: true, sort: 'total', cell: (row) => <Money class="strong" value={row.total} data-testid="invoice-total" /> },
		{ id: 'open', title: t('invoice.due'), num: true, cell: (row) => <Money value={row.due} /> },
		{ id: 'pdf', cell: (row) => <PdfButton row={row} /> },
	];
}
