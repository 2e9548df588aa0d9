// What a document would carry: the base, each tax or why there is none, the total.
import { number } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { Facts, Money } from '../../ui/kit.js';

export function TaxExample({ sum }) {
	return (
		<Facts rows={[
			[t(sum.inclusive ? 'invoice.without_taxes' : 'invoice.subtotal'), <Money value={sum.base} />],
			...sum.taxes.map((tax) => [t('invoice.tax', { name: tax.name, rate: number(tax.rate_percent) }),
				<><Money value={tax.tax} />{tax.reason && <small class="muted"> {tax.reason}</small>}</>]),
			[t('invoice.total'), <Money class="strong" value={sum.total} data-testid="tax-total" />],
		]} />
	);
}
