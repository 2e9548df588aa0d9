import { t } from '../../lib/i18n.js';
import { useGet } from '../../lib/use.js';
import { Badge, Button, Card, Facts, Loaded, Money, PageHead } from '../../ui/kit.js';
import { InvoiceView } from '../shared/invoice-view.jsx';

export default function Invoice({ params }) {
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
	return (
		<>
			<PageHead title={data ? data.number : t('title.invoice')} badge={data && <Badge code={data.status} data-testid="invoice-status" />}
				back={{ href: '/admin/billing/invoices', text: t('admin.nav.invoices') }}>
				{data && <Button icon="printer" onClick={() => print()}>{t('invoice.print')}</Button>}
			</PageHead>
			<Loaded from={found} lines={10}>{() => <InvoiceView invoice={data} path={path} admin pay={summary} />}</Loaded>
		</>
	);
}
