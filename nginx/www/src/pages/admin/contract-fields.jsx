// Terms of a Fixed Payment contract: fee, what it includes, what is beyond it.
import { t, tCode } from '../../lib/i18n.js';
import { Button, Input, Select } from '../../ui/kit.js';

const name = (i, field) => `parts[${i}].${field}`;
const FIELDS = ['what', 'offering_id', 'quantity'];

export const NO_TERMS = { overage: 'PAYG', parts: 0 };

export const termsOf = (contract) => ({
	overage: contract.overage, parts: contract.parts.length,
	...Object.fromEntries(contract.parts.flatMap((p, i) => FIELDS.map((f) => [name(i, f), String(p[f])]))),
});

export const partsOf = (values) => Array.from({ length: values.parts }, (_, i) => ({
	what: values[name(i, 'what')], offering_id: Number(values[name(i, 'offering_id')] || 0), quantity: Number(values[name(i, 'quantity')] || 0),
}));

// Whole numbers only: the server would refuse the request without naming the row.
export function checkParts(values) {
	const wrong = Array.from({ length: values.parts }, (_, i) => name(i, 'quantity'))
		.filter((n) => !/^\d{0,9}$/.test(String(values[n] ?? '').trim()));
	return Object.fromEntries(wrong.map((n) => [n, t('admin.contract.whole')]));
}

function PartRow({ form, things, i, onRemove }) {
	const thing = things.find((x) => x.what === form.values[name(i, 'what')]) ?? things[0];
	return (
		<div class="form-grid part-row" data-testid={`contract-part-${i}`}>
			<Select class="w4" label={t('admin.contract.what')} options={things.map((x) => ({ value: x.what, text: tCode('contract_thing', x.what) }))} {...form.field(name(i, 'what'))} />
			{thing.offerings.length > 0 ? (
				<Select class="w4" label={t('admin.contract.offering')} options={[{ value: '0', text: t('admin.contract.any') }, ...thing.offerings.map((o) => ({ value: String(o.id), text: o.name }))]} {...form.field(name(i, 'offering_id'))} />
			) : <div class="w4" />}
			{thing.limited ? (
				<Input class="w2" label={t('admin.contract.quantity')} inputmode="numeric" {...form.field(name(i, 'quantity'))} />
			) : <div class="w2" />}
			<div class="w2 part-remove">
				<Button small kind="ghost" icon="x" onClick={onRemove} aria-label={t('admin.contract.remove_label', { name: tCode('contract_thing', thing.what) })}>{t('admin.contract.remove')}</Button>
			</div>
		</div>
	);
}

export function ContractFields({ form, things, symbol, fee }) {
	const { parts } = form.values;
	const add = () => form.setValues((old) => ({
		...old, parts: old.parts + 1, [name(old.parts, 'what')]: things[0].what, [name(old.parts, 'offering_id')]: '0', [name(old.parts, 'quantity')]: '1',
	}));
	// The rows behind it move up.
	const remove = (i) => form.setValues((old) => {
		const next = { ...old, parts: old.parts - 1 };
		for (let k = i; k < next.parts; k++)
			for (const f of FIELDS)
				next[name(k, f)] = old[name(k + 1, f)];
		return next;
	});
	return (
		<>
			<div class="form-grid">
				<Input class="w6" label={t('admin.client_new.fixed_fee')} hint={t('admin.client_new.fixed_fee_hint')} inputmode="decimal" prefix={symbol} {...form.field(fee)} />
				<Select class="w6" label={t('admin.contract.overage')} hint={tCode('contract_overage_note', form.values.overage)}
					options={['PAYG', 'REFUSE'].map((o) => ({ value: o, text: tCode('contract_overage', o) }))} {...form.field('overage')} />
			</div>
			<fieldset class="parts">
				<legend>{t('admin.contract.includes')}</legend>
				{parts === 0 && <p class="muted">{t('admin.contract.everything')}</p>}
				{Array.from({ length: parts }, (_, i) => <PartRow key={i} form={form} things={things} i={i} onRemove={() => remove(i)} />)}
				{parts > 0 && <p class="hint">{t('admin.contract.quantity_hint')}</p>}
				{parts < 20 && <Button small icon="circle-plus" onClick={add} data-testid="contract-part-add">{t('admin.contract.add')}</Button>}
			</fieldset>
		</>
	);
}
