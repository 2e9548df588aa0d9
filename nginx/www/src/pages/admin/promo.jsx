// One promo code: what it is, who used it.
import { useState } from 'preact/hooks';
import { patch } from '../../lib/api.js';
import { actor, date, dateTime, number } from '../../lib/format.js';
import { t, tCode } from '../../lib/i18n.js';
import { useGet } from '../../lib/use.js';
import {
	Badge, Button, Card, Confirm, Dialog, Empty, Facts, Form, Input, List, Loaded, Money, PageHead, required, toast, useForm,
} from '../../ui/kit.js';
import { count, cyclesText, dayAfter, dayBefore, lastDay, promoValue, usedText } from '../shared/adjust.jsx';

function EditDialog({ promo, onClose, onDone }) {
	const day = dayBefore(promo.valid_to);
	const start = { label: promo.label, last_day: day, max_uses: String(promo.max_uses ?? ''), max_uses_per_account: String(promo.max_uses_per_account) };
	const form = useForm(start);
	const onSubmit = form.submit(async (values) => {
		const body = { label: values.label.trim(), max_uses: count(values.max_uses, 0), max_uses_per_account: count(values.max_uses_per_account, 1) };
		if (values.last_day !== start.last_day)
			body.valid_to = dayAfter(values.last_day);
		try {
			onDone(await patch(`/promos/${promo.id}`, body), t('admin.promo.saved'));
		} catch (error) {
			for (const f of error.fields ?? [])
				f.name = f.name === 'valid_to' ? 'last_day' : f.name;
			throw error;
		}
	}, required(['label', 'max_uses_per_account']));
	return (
		<Dialog title={t('admin.promo.edit_title', { code: promo.code })} onClose={onClose} footer={
			<>
				<Button onClick={onClose}>{t('common.cancel')}</Button>
				<Button kind="primary" type="submit" form="promo-form" busy={form.busy}>{t('common.save')}</Button>
			</>
		}>
			<Form form={form} onSubmit={onSubmit} class="form" id="promo-form">
				<Input label={t('admin.promo.label')} hint={t('admin.promo.label_later')} maxlength={100} data-autofocus {...form.field('label')} />
				<Input optional type="date" label={t('admin.promo.last_day')} hint={t('admin.promo.last_day_hint')} {...form.field('last_day')} />
				<Input optional label={t('admin.promo.max_uses')} hint={t('admin.promo.max_uses_hint')} inputmode="numeric" {...form.field('max_uses')} />
				<Input label={t('admin.promo.per_account')} inputmode="numeric" {...form.field('max_uses_per_account')} />
			</Form>
		</Dialog>
	);
}

const columns = () => [
	{ id: 'client', title: t('invoice.client'), main: true, cell: (row) => <a href={`/admin/clients/${row.account_id}`}>{row.client}</a> },
	{ id: 'at', title: t('statement.at'), cell: (row) => dateTime(row.at) },
	{ id: 'status', title: t('term.state'), cell: (row) => (row.status
		? <div><Badge code={row.status} /><small>{usedText(row)}</small></div> : <Badge code="DONE" />) },
	{ id: 'given', title: t('promo.given'), num: true, cell: (row) => <Money class="strong" value={row.given} /> },
];

function Facets({ promo: p }) {
	return (
		<Card title={t('admin.promo.about')}>
			<Facts class="two" rows={[
				[t('admin.promo.gives'), promoValue(p)], p.kind === 'CREDIT' ? [t('admin.promo.lives'), p.credit_days ? t('admin.promo.lives_days', { count: p.credit_days, n: number(p.credit_days) }) : t('credit.for_ever')]
					: [t('admin.promo.applies'), cyclesText(p.cycles)],
				[t('admin.promo.for'), tCode('promo_type', p.type)], [t('admin.promo.label'), p.label],
				[t('admin.promo.uses'), p.max_uses ? t('admin.promo.uses_of', { used: number(p.uses), max: number(p.max_uses) }) : number(p.uses)],
				[t('admin.promo.per_account'), number(p.max_uses_per_account)],
				[t('admin.promo.first_day'), date(p.valid_from)], [t('admin.promo.last_day'), lastDay(p)],
				[t('admin.promo.prefix'), p.prefix && <span class="mono">{p.prefix}</span>],
				[t('admin.promo.by'), t('admin.history.by', { who: actor(p.created_by), when: date(p.created_at) })],
			]} />
		</Card>
	);
}

export default function Promo({ params }) {
	const found = useGet(`/promos/${params.id}`);
	const [dialog, setDialog] = useState('');
	const p = found.data;
	const active = p?.state !== 'INACTIVE';
	const done = (data, text) => {
		found.setData(data);
		setDialog('');
		toast(text);
	};
	const turn = async () => done(await patch(`/promos/${p.id}`, { active: !active }), t(active ? 'admin.promo.off_done' : 'admin.promo.on_done'));
	return (
		<>
			<PageHead title={p ? p.code : t('admin.promo.title')} badge={p && <Badge code={p.state} data-testid="promo-state" />}
				back={{ href: '/admin/billing/promos', text: t('admin.nav.promos') }}>
				{p && <Button icon="pencil" onClick={() => setDialog('edit')}>{t('common.edit')}</Button>}
				{p && (active ? <Button kind="danger-soft" icon="ban" onClick={() => setDialog('turn')}>{t('admin.promo.off')}</Button>
					: <Button icon="circle-check" onClick={() => setDialog('turn')}>{t('admin.promo.on')}</Button>)}
			</PageHead>
			<Loaded from={found} lines={6}>{(data) => <Facets promo={data} />}</Loaded>
			{p && (
				<>
					<h2>{t('admin.promo.redemptions')}</h2>
					<List path={`/promos/${p.id}/redemptions`} caption={t('admin.promo.redemptions')} columns={columns()}
						empty={<Empty icon="ticket-percent" title={t('admin.promo.unused')}>{t('admin.promo.unused_help')}</Empty>} />
				</>
			)}
			{dialog === 'edit' && <EditDialog promo={p} onClose={() => setDialog('')} onDone={done} />}
			{dialog === 'turn' && (
				<Confirm title={t(active ? 'admin.promo.off_title' : 'admin.promo.on_title', { code: p.code })} yes={t(active ? 'admin.promo.off' : 'admin.promo.on')}
					danger={active} run={turn} onClose={() => setDialog('')} testid="promo-turn">
					<p>{t(active ? 'admin.promo.off_help' : 'admin.promo.on_help')}</p>
				</Confirm>
			)}
		</>
	);
}
