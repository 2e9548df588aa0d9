import { useState } from 'preact/hooks';
import { t } from '../../lib/i18n.js';
import { navigate } from '../../lib/router.js';
import { useGet } from '../../lib/use.js';
import { Badge, Button, Card, Downloads, Facts, Loaded, Money, PageHead, toast } from '../../ui/kit.js';
import { InvoiceView } from '../shared/invoice-view.jsx';
import { CreditNoteDialog, DebitNoteDialog } from './note-dialog.jsx';

// What a note can be written to.
const NOTED = ['INVOICE', 'DEBIT_NOTE'];

export default function Invoice({ params }) {
	const [dialog, setDialog] = useState(null);
	const path = `/invoices/${params.id}`;
	const found = useGet(path);
	const data = found.data;
	const summary = data && (
		<Card title={t('invoice.client')}>
			<Facts rows={[
				[t('invoice.client'), <a href={`/admin/clients/${data.client.id}`}>{data.client.name}</a>],
				[t('invoice.total'), <Money value={data.total} />], [t('invoice.due'), <Money value={data.due} />],
			]} />
		</Card>
	);
	const noted = data && NOTED.includes(data.kind);
	const dialogProps = { invoice: data, onClose: () => setDialog(null), onDone: (note) => {
		setDialog(null);
		toast(t('note.made', { number: note.number }));
		navigate(`/admin/billing/invoices/${note.id}`);
	} };
	return (
		<>
			<PageHead title={data ? data.number : t('title.invoice')} badge={data && <Badge code={data.status} data-testid="invoice-status" />}
				back={{ href: '/admin/billing/invoices', text: t('admin.nav.invoices') }}>
				{noted && <Button icon="minus" data-testid="credit-note" onClick={() => setDialog('credit')}>{t('note.credit')}</Button>}
				{noted && <Button icon="plus" data-testid="debit-note" onClick={() => setDialog('debit')}>{t('note.debit')}</Button>}
				{data && <Downloads path={path} />}
				{data && <Button icon="printer" onClick={() => print()}>{t('invoice.print')}</Button>}
			</PageHead>
			<Loaded from={found} lines={10}>{() => <InvoiceView invoice={data} path={path} admin pay={summary} />}</Loaded>
			{dialog === 'credit' && <CreditNoteDialog {...dialogProps} />}
			{dialog === 'debit' && <DebitNoteDialog {...dialogProps} />}
		</>
	);
}
