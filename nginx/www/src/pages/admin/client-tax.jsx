// A client's VAT id, what was found out about it, and certificates of exemption.
import { useState } from 'preact/hooks';
import { post } from '../../lib/api.js';
import { actor, country, date, dateTime } from '../../lib/format.js';
import { t, tCode } from '../../lib/i18n.js';
import { useGet, useIdempotency } from '../../lib/use.js';
import {
	Badge, Button, Card, Confirm, Dialog, Empty, Facts, Form, Input, Loaded, required, Select, Table, toast, useForm,
} from '../../ui/kit.js';
import { TaxExample } from './tax-example.jsx';

const TONES = { VALID: 'good', INVALID: 'bad', UNKNOWN: 'warn' };

function EvidenceDialog({ id, vatId, onClose, onDone }) {
	const once = useIdempotency();
	const form = useForm({ vat_id: vatId, result: 'VALID', source: 'VIES', reference: '', checked_at: '' });
	const onSubmit = form.submit(async ({ vat_id: _, checked_at: at, ...rest }) => {
		await once((key) => post(`/clients/${id}/evidence`, { ...rest, ...(at && { checked_at: at }) }, { key }));
		onDone(t('admin.tax.evidence_added'));
	}, required(['source', 'reference']));
	return (
		<Dialog title={t('admin.tax.evidence_add')} onClose={onClose} footer={
			<>
				<Button onClick={onClose}>{t('common.cancel')}</Button>
				<Button kind="primary" type="submit" form="evidence-form" busy={form.busy}>{t('common.save')}</Button>
			</>
		}>
			<Form form={form} onSubmit={onSubmit} class="form" id="evidence-form">
				<Input label={t('person.tax_id')} readonly {...form.field('vat_id')} />
				<Select label={t('admin.tax.result')} data-autofocus {...form.field('result')}
					options={Object.keys(TONES).map((v) => ({ value: v, text: tCode('admin.tax.result', v) }))} />
				<div class="form-grid">
					<Input class="w6" label={t('admin.tax.source')} {...form.field('source')} />
					<Input class="w6" label={t('admin.tax.reference')} {...form.field('reference')} />
				</div>
				<Input optional type="date" label={t('admin.tax.checked')} {...form.field('checked_at')} />
			</Form>
		</Dialog>
	);
}

function ExemptionDialog({ id, onClose, onDone }) {
	const once = useIdempotency();
	const form = useForm({ certificate: '', from: '', to: '' });
	const onSubmit = form.submit(async (values) => {
		await once((key) => post(`/clients/${id}/exemptions`, values, { key }));
		onDone(t('admin.tax.exemption_added'));
	}, required(['certificate', 'from', 'to']));
	return (
		<Dialog title={t('admin.tax.exemption_add')} onClose={onClose} footer={
			<>
				<Button onClick={onClose}>{t('common.cancel')}</Button>
				<Button kind="primary" type="submit" form="exemption-form" busy={form.busy}>{t('common.save')}</Button>
			</>
		}>
			<Form form={form} onSubmit={onSubmit} class="form" id="exemption-form">
				<Input label={t('admin.tax.certificate')} hint={t('admin.tax.certificate_hint')} data-autofocus {...form.field('certificate')} />
				<div class="form-grid">
					<Input class="w6" type="date" label={t('admin.tax.from')} {...form.field('from')} />
					<Input class="w6" type="date" label={t('admin.tax.to')} hint={t('admin.tax.to_hint')} {...form.field('to')} />
				</div>
			</Form>
		</Dialog>
	);
}

const evidenceColumns = [
	{ id: 'vat_id', title: t('person.tax_id'), main: true, cell: (r) => <span class="mono">{r.vat_id}</span> },
	{ id: 'result', title: t('admin.tax.result'), cell: (r) => <Badge tone={r.voided_at ? '' : TONES[r.result]}>{tCode('admin.tax.result', r.result)}</Badge> },
	{ id: 'checked', title: t('admin.tax.checked'), cell: (r) => <div>{dateTime(r.checked_at)}<small>{actor(r.recorded_by)}</small></div> },
	{ id: 'source', title: t('admin.tax.source'), cell: (r) => <div>{r.source}<small class="mono">{r.reference}</small></div> },
	{ id: 'voided', title: t('admin.tax.voided'), cell: (r) => (r.voided_at ? dateTime(r.voided_at) : '\u2013') },
];

const exemptionColumns = (end) => [
	{ id: 'certificate', title: t('admin.tax.certificate'), main: true, cell: (r) => <div>{r.certificate}<small>{actor(r.recorded_by)}</small></div> },
	{ id: 'from', title: t('admin.tax.from'), cell: (r) => date(r.from) },
	{ id: 'to', title: t('admin.tax.to'), cell: (r) => date(r.to) },
	{ id: 'voided', title: t('admin.tax.voided'), cell: (r) => (r.voided_at ? dateTime(r.voided_at) : '\u2013') },
	{ id: 'end', title: '', cell: (r) => !r.voided_at && <Button small kind="ghost" aria-label={t('admin.tax.void_label', { name: r.certificate })} onClick={() => end(r)}>{t('admin.tax.void')}</Button> },
];

export default function ClientTax({ account }) {
	const found = useGet(`/clients/${account}/tax`);
	const [dialog, setDialog] = useState(null);
	const done = (text) => {
		toast(text);
		setDialog(null);
		found.reload();
	};
	const close = () => setDialog(null);
	return (
		<Loaded from={found}>
			{(data) => (
				<>
					<Card title={t('admin.tax.now')} sub={t('admin.tax.now_help')}><TaxExample sum={data.example} /></Card>
					<Card title={t('admin.tax.vat_id')} actions={data.member && data.tax_id && <Button icon="circle-plus" onClick={() => setDialog({ evidence: true })} data-testid="evidence-add">{t('admin.tax.evidence_add')}</Button>}>
						<Facts class="two" rows={[
							[t('person.tax_id'), data.tax_id], [t('admin.tax.country'), country(data.country)],
							[t('admin.tax.shape'), !data.member ? t('admin.tax.shape_none') : t(data.plausible ? 'admin.tax.shape_good' : 'admin.tax.shape_bad')],
						]} />
						{data.evidence.length > 0 && <Table caption={t('admin.tax.evidence')} columns={evidenceColumns} rows={data.evidence} />}
					</Card>
					<Card title={t('admin.tax.exemptions')} actions={<Button icon="circle-plus" onClick={() => setDialog({ exemption: true })} data-testid="exemption-add">{t('admin.tax.exemption_add')}</Button>}>
						{data.exemptions.length > 0 ? <Table caption={t('admin.tax.exemptions')} columns={exemptionColumns((end) => setDialog({ end }))} rows={data.exemptions} />
							: <Empty icon="receipt-text" title={t('admin.tax.exemptions_none')} />}
					</Card>
					{dialog?.evidence && <EvidenceDialog id={account} vatId={data.tax_id} onClose={close} onDone={done} />}
					{dialog?.exemption && <ExemptionDialog id={account} onClose={close} onDone={done} />}
					{dialog?.end && (
						<Confirm title={t('admin.tax.void_title', { name: dialog.end.certificate })} yes={t('admin.tax.void')} danger onClose={close}
							run={async () => { await post(`/clients/${account}/exemptions/${dialog.end.id}/void`); done(t('admin.tax.voided_now')); }}>
							<p>{t('admin.tax.void_help')}</p>
						</Confirm>
					)}
				</>
			)}
		</Loaded>
	);
}
