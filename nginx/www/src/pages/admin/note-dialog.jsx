// Credit and debit notes of an invoice.
import { post } from '../../lib/api.js';
import { currency, isZero, money } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { useIdempotency } from '../../lib/use.js';
import { Button, Choice, Dialog, Form, Input, Note, required, useForm } from '../../ui/kit.js';

const clean = (text) => text.trim().replace(',', '.');
const symbolOf = (invoice) => currency(invoice.total.currency)?.symbol ?? invoice.total.currency;

const nameOf = (i) => `lines[${i}].amount`;

// What was typed, by line; and the server's field names, which count the lines
// that were sent, back to the form's, which count all of them.
function partsOf(lines, values) {
	const typed = lines.map((line, i) => ({ i, line_id: line.id, amount: clean(values[nameOf(i)]) }))
		.filter((part) => part.amount !== '');
	return {
		body: typed.map(({ line_id, amount }) => ({ line_id, amount })),
		renamed: (error) => {
			for (const f of error.fields ?? []) {
				const sent = /^lines\[(\d+)\]/.exec(f.name);
				if (sent && typed[sent[1]])
					f.name = nameOf(typed[sent[1]].i);
			}
			return error;
		},
	};
}

function Foot({ form, onClose, id, text }) {
	return (
		<>
			<Button onClick={onClose}>{t('common.cancel')}</Button>
			<Button kind="primary" type="submit" form={id} busy={form.busy}>{text}</Button>
		</>
	);
}

export function CreditNoteDialog({ invoice, onClose, onDone }) {
	const once = useIdempotency();
	const lines = invoice.lines.filter((line) => !isZero(line.amount));
	const form = useForm({ reason: '', what: 'all', ...Object.fromEntries(lines.map((line, i) => [nameOf(i), ''])) });
	const parts = form.values.what === 'lines';
	const onSubmit = form.submit(async (values) => {
		const some = parts ? partsOf(lines, values) : null;
		const body = { reason: values.reason.trim(), ...(some && { lines: some.body }) };
		try {
			onDone(await once((key) => post(`/invoices/${invoice.id}/credit-notes`, body, { key })));
		} catch (error) {
			throw some ? some.renamed(error) : error;
		}
	}, required(['reason']));
	return (
		<Dialog title={t('note.credit_title', { number: invoice.number })} onClose={onClose} footer={<Foot form={form} onClose={onClose} id="note-form" text={t('note.credit_yes')} />}>
			<Note>{t(invoice.whmcs?.id ? 'note.credit_help_whmcs' : 'note.credit_help')}</Note>
			<Form form={form} onSubmit={onSubmit} class="form" id="note-form">
				<Choice class="inline" legend={t('note.what')} name="what" value={form.values.what} onValue={(value) => form.set('what', value)}
					options={[{ value: 'all', text: t('note.all'), note: t('note.all_note') }, { value: 'lines', text: t('note.lines'), note: t('note.lines_note') }]} />
				{parts && lines.map((line, i) => (
					<Input key={line.id} optional label={line.description} prefix={symbolOf(invoice)} inputmode="decimal"
						hint={isZero(line.credited) ? t('note.line_of', { amount: money(line.amount) }) : t('note.line_left', { amount: money(line.amount), credited: money(line.credited) })}
						{...form.field(nameOf(i))} />
				))}
				<Input label={t('note.reason')} hint={t('note.reason_hint')} data-autofocus {...form.field('reason')} />
			</Form>
		</Dialog>
	);
}

export function DebitNoteDialog({ invoice, onClose, onDone }) {
	const once = useIdempotency();
	const form = useForm({ description: '', amount: '', reason: '' });
	const onSubmit = form.submit(async (values) => {
		onDone(await once((key) => post(`/invoices/${invoice.id}/debit-notes`,
			{ description: values.description.trim(), amount: clean(values.amount), reason: values.reason.trim() }, { key })));
	}, required(['description', 'amount', 'reason']));
	return (
		<Dialog title={t('note.debit_title', { number: invoice.number })} onClose={onClose} footer={<Foot form={form} onClose={onClose} id="note-form" text={t('note.debit_yes')} />}>
			<Note>{t('note.debit_help')}</Note>
			<Form form={form} onSubmit={onSubmit} class="form" id="note-form">
				<Input label={t('invoice.description')} data-autofocus {...form.field('description')} />
				<Input label={t('note.net')} prefix={symbolOf(invoice)} inputmode="decimal" {...form.field('amount')} />
				<Input label={t('note.reason')} hint={t('note.reason_hint')} {...form.field('reason')} />
			</Form>
		</Dialog>
	);
}
