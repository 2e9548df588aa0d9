// Money that staff saw arrive: by bank transfer, in cash, in another system.
import { post } from '../../lib/api.js';
import { currency, money } from '../../lib/format.js';
import { t, tCode } from '../../lib/i18n.js';
import { useIdempotency } from '../../lib/use.js';
import { Button, Dialog, Form, Input, Note, required, Select, useForm } from '../../ui/kit.js';

const METHODS = ['BANK_TRANSFER', 'CASH', 'CHEQUE', 'CARD', 'OTHER'];
const OPEN = ['UNPAID', 'OVERDUE'];

export default function PaymentDialog({ client, onClose, onDone }) {
	const once = useIdempotency();
	const form = useForm({ amount: '', method: 'BANK_TRANSFER', reference: '', received: '', invoice: '' });
	const open = client.invoices.filter((i) => OPEN.includes(i.status));
	const onSubmit = form.submit(async (values) => {
		const answer = await once((key) => post(`/clients/${client.id}/payments`, {
			amount: values.amount.trim().replace(',', '.'), method: values.method, reference: values.reference.trim(),
			...(values.invoice && { invoice_id: Number(values.invoice) }),
			...(values.received && { received_at: `${values.received}T00:00:00Z` }),
		}, { key }));
		onDone(t(answer.known ? 'admin.payment.known' : 'admin.payment.done'));
	}, required(['amount', 'reference']));
	return (
		<Dialog title={t('admin.payment.title')} onClose={onClose} footer={
			<>
				<Button onClick={onClose}>{t('common.cancel')}</Button>
				<Button kind="primary" type="submit" form="payment-form" busy={form.busy}>{t('admin.payment.yes')}</Button>
			</>
		}>
			<Note>{t('admin.payment.help')}</Note>
			<Form form={form} onSubmit={onSubmit} class="form" id="payment-form">
				<Input label={t('term.amount')} prefix={currency(client.currency)?.symbol ?? client.currency} inputmode="decimal" data-autofocus {...form.field('amount')} />
				<div class="form-grid">
					<Select class="w6" label={t('admin.payment.method')} {...form.field('method')} options={METHODS.map((v) => ({ value: v, text: tCode('pay_method', v) }))} />
					<Input class="w6" optional type="date" label={t('admin.payment.received')} {...form.field('received')} />
				</div>
				<Input label={t('admin.client.reference')} hint={t('admin.payment.reference_hint')} {...form.field('reference')} />
				<Select label={t('admin.payment.for')} {...form.field('invoice')} options={[
					{ value: '', text: t('admin.payment.oldest') },
					...open.map((i) => ({ value: String(i.id), text: `${i.number}, ${money(i.total)}` })),
				]} />
			</Form>
		</Dialog>
	);
}
