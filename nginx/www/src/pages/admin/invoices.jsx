import { t } from '../../lib/i18n.js';
import { useFeature } from '../../lib/session.js';
import { Empty, List, PageHead } from '../../ui/kit.js';
import { invoiceColumns, STATUSES } from '../shared/invoice-columns.jsx';

export default function Invoices() {
	const whmcs = useFeature('whmcs');
	return (
		<>
			<PageHead title={t('admin.nav.invoices')} sub={t('admin.invoices.sub')} />
			<List path="/invoices" caption={t('admin.nav.invoices')} search={t('admin.invoices.search')} statuses={STATUSES}
				columns={invoiceColumns({ whmcs, client: true })} rowClass={(row) => (row.status === 'OVERDUE' ? 'marked' : '')}
				empty={<Empty icon="receipt-text" title={t('term.invoices_none')}>{t('admin.invoices.none_help')}</Empty>} />
		</>
	);
}
