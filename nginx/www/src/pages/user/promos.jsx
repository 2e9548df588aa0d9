// My Profile > Credits & promo codes: redeem a code, what was redeemed, what is left.
import { post } from '../../lib/api.js';
import { dateTime, isZero, money, monthName } from '../../lib/format.js';
import { t, tCode } from '../../lib/i18n.js';
import { useGet, useIdempotency } from '../../lib/use.js';
import { Badge, Button, Card, Empty, Form, Input, Loaded, Money, required, Table, Tile, toast, useForm } from '../../ui/kit.js';
import { cyclesText, percentText, promoValue, usedText } from '../shared/adjust.jsx';
import { ProfileHead } from './profile-head.jsx';

function doneText(gain) {
	if (gain.kind === 'CREDIT')
		return t('user.promo.done_credit', { amount: money(gain.credit) });
	return t('user.promo.done_off', { value: promoValue(gain), cycles: cyclesText(gain.cycles) });
}

function Redeem({ reload }) {
	const once = useIdempotency();
	const form = useForm({ code: '' });
	const onSubmit = form.submit(async (values) => {
		const gain = await once((key) => post('/promo-redemptions', { code: values.code.trim() }, { key }));
		form.setValues({ code: '' });
		toast(doneText(gain));
		reload();
	}, required(['code']));
	return (
		<Card title={t('user.promo.redeem')} sub={t('user.promo.redeem_help')}>
			<Form form={form} onSubmit={onSubmit} class="form">
				<Input class="mono-input" label={t('user.promo.code')} autocomplete="off" autocapitalize="characters" spellcheck={false} maxlength={64} {...form.field('code')} />
				<div><Button kind="primary" type="submit" busy={form.busy}>{t('user.promo.submit')}</Button></div>
			</Form>
		</Card>
	);
}

function Tiles({ credits }) {
	return (
		<div class="tiles">
			{credits.limit && <Tile tone="hero" icon="wallet" label={t('user.promo.available')} value={<Money value={credits.available} />} note={t('user.promo.limit', { amount: money(credits.limit) })} />}
			{credits.limit && <Tile label={t('user.promo.consumed')} value={<Money value={credits.consumed} />} note={t('user.promo.consumed_note')} />}
			<Tile icon="ticket-percent" label={t('user.promo.by_code')} value={<Money value={credits.promo} data-testid="promo-credit" />} note={t('user.promo.by_code_note')} />
			<Tile label={t('user.promo.granted')} value={<Money value={credits.granted} />} note={t('user.promo.granted_note')} />
		</div>
	);
}

const columns = () => [
	{ id: 'code', title: t('user.promo.code'), main: true, cell: (row) => <div><span class="mono">{row.code}</span><small>{row.label}</small></div> },
	{ id: 'value', title: t('user.promo.worth'), cell: (row) => promoValue(row) },
	{ id: 'at', title: t('user.promo.redeemed'), cell: (row) => dateTime(row.at) },
	{ id: 'left', title: t('term.state'), cell: (row) => (row.status
		? <div><Badge code={row.status} /><small>{usedText(row)}</small></div> : <Badge code="DONE">{t('user.promo.credited')}</Badge>) },
	{ id: 'given', title: t('promo.given'), num: true, cell: (row) => (isZero(row.given) ? '\u2013' : <Money class="strong" value={row.given} />) },
];

function Adjustments({ rows }) {
	if (rows.length === 0)
		return null;
	const shown = [
		{ id: 'label', title: t('statement.text'), main: true, cell: (row) => <div>{row.label}<small>{row.scope ? tCode('resource', row.scope) : t('disc.whole')}</small></div> },
		{ id: 'from', title: t('disc.from'), cell: (row) => monthName(row.from) },
		{ id: 'used', title: t('user.promo.lasts'), cell: usedText },
		{ id: 'value', title: t('disc.value'), num: true, cell: (row) => (row.percent ? percentText(row.percent, true) : <Money value={row.amount} />) },
	];
	return <Card flush title={t('user.promo.adjustments')}><Table caption={t('user.promo.adjustments')} columns={shown} rows={rows} /></Card>;
}

function Promos() {
	const found = useGet('/promo-redemptions');
	return (
		<Loaded from={found} tiles={2} lines={6}>
			{(data) => (
				<>
					<Tiles credits={data.credits} />
					<Redeem reload={found.reload} />
					<Card flush title={t('user.promo.list')}>
						{data.redemptions.length > 0 ? <Table caption={t('user.promo.list')} columns={columns()} rows={data.redemptions} />
							: <Empty icon="ticket-percent" title={t('user.promo.none')}>{t('user.promo.none_help')}</Empty>}
					</Card>
					<Adjustments rows={data.adjustments} />
				</>
			)}
		</Loaded>
	);
}

export default function Page() {
	return <><ProfileHead active="promos" /><Promos /></>;
}
