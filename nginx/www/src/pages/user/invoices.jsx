import { t } from '../../lib/i18n.js';
import { useFeature } from '../../lib/session.js';
import { Empty, List, PageHead } from '../../ui/kit.js';
import { invoiceColumns, STATUSES } from '../shared/invoice-columns.jsx';

export default function Invoices() {
	const whmcs = useFeature('whmcs');
	return (
		<>
			<PageHead title={t('user.nav.invoices')} sub={t('user.invoices.sub')} />
			<List path="/invoices" caption={t('user.nav.invoices')} search={t('invoice.search')} columns={invoiceColumns({ whmcs })}
				statuses={STATUSES} rowClass={(row) => (row.status === 'OVERDUE' ? 'marked' : '')}
				empty={<Empty icon="receipt-text" title={t('term.invoices_none')}>{t('term.invoices_none_help')}</Empty>} />
		</>
	);
}
