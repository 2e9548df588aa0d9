import { useEffect, useState } from 'preact/hooks';
import { post } from '../../lib/api.js';
import { t } from '../../lib/i18n.js';
import { navigate } from '../../lib/router.js';
import { useBoot } from '../../lib/session.js';
import { useDebounced, useGet, useIdempotency } from '../../lib/use.js';
import {
	Badge, Button, ButtonLink, Card, Check, Choice, Empty, ErrorNote, Form, Input, Loaded, Money, PageHead,
	required, Select, Skeleton, toast, useForm,
} from '../../ui/kit.js';
import { size } from './instances.jsx';

const ESTIMATE_MS = 200;

// Follows every change of the choice; an older answer never replaces a newer one.
function useEstimate(choice) {
	const { generation } = useBoot();
	const [state, setState] = useState({});
	const [asked, setAsked] = useState(0);
	const wanted = useDebounced(JSON.stringify(choice), ESTIMATE_MS);
	useEffect(() => {
		const body = JSON.parse(wanted);
		if (!body?.zone_id || !body.offering_id)
			return undefined;
		const controller = new AbortController();
		setState((old) => ({ ...old, loading: true }));
		post('/estimates', body, { signal: controller.signal }).then(
			(data) => setState({ data, choice: wanted }),
			(error) => !controller.signal.aborted && setState({ error }));
		return () => controller.abort();
	}, [wanted, generation, asked]);
	return { ...state, again: () => setAsked((n) => n + 1) };
}

function Line({ line }) {
	// The badge says it already.
	const said = line.refused || (line.free && (line.included || /^free\.?$/i.test(line.note)));
	const note = said ? '' : line.note;
	return (
		<li data-testid={`estimate-${line.component}`}>
			<div>
				<span class="strong">{line.title}</span> {line.free && !line.included && <Badge tone="good">{t('user.free')}</Badge>}
				{line.refused && <Badge tone="warn">{t('user.contract.beyond')}</Badge>}
				{note && <small class="muted">{note}</small>}
			</div>
			{line.free && line.included ? <Badge tone="good">{t('user.contract.included')}</Badge> : (
				<div class="estimate-price">
					<Money value={line.hour} per="hour" />
					<small class="muted"><Money value={line.month} per="month" /></small>
				</div>
			)}
		</li>
	);
}

function Estimate({ estimate, currencies, currency, onCurrency, children }) {
	const { data, error, loading } = estimate;
	return (
		<Card title={t('user.estimate.title')} class="estimate" actions={currencies.length > 1 && (
			<select class="compact" name="currency" aria-label={t('user.estimate.currency')} value={currency} onChange={(e) => onCurrency(e.target.value)}>
				{currencies.map((c) => <option key={c.code} value={c.code} selected={c.code === currency}>{c.code}</option>)}
			</select>
		)}>
			<ErrorNote error={error} />
			{!data && !error && <Skeleton lines={4} />}
			{data && (
				<div aria-busy={String(Boolean(loading))}>
					<ul class="estimate-lines">{data.lines.map((line) => <Line key={line.component} line={line} />)}</ul>
					<div class="estimate-total" aria-live="polite">
						<div class="between"><span>{t('user.estimate.hour')}</span><Money class="strong" value={data.hour} data-testid="estimate-hour" /></div>
						<div class="between big"><span>{t('user.estimate.month')}</span><Money value={data.month} data-testid="estimate-month" /></div>
					</div>
					{(data.approx || data.rate_text) && <p class="hint" data-testid="estimate-approx">{data.approx && `${t('user.estimate.approx')} `}{data.rate_text}</p>}
					<p class="hint">{t('user.estimate.note', { hours: data.hours_per_month })}</p>
				</div>
			)}
			{children}
		</Card>
	);
}

function priceIn(offering, zoneId) {
	return offering.prices.find((p) => String(p.zone_id) === String(zoneId));
}

function NewInstance({ catalog }) {
	const boot = useBoot();
	const once = useIdempotency();
	const [currency, setCurrency] = useState(boot.account?.currency ?? boot.base_currency);
	const form = useForm({ name: '', zone_id: catalog.zones[0].id, offering_id: catalog.offerings[0]?.id ?? '', public_ip: true });
	const { zone_id: zoneId, offering_id: offeringId, public_ip: publicIp } = form.values;
	const offered = catalog.offerings.filter((o) => priceIn(o, zoneId));
	useEffect(() => {
		if (!offered.some((o) => o.id === Number(offeringId)) && offered.length > 0)
			form.set('offering_id', offered[0].id);
	}, [zoneId]);
	useEffect(() => {
		if (!boot.currencies.some((c) => c.code === currency))
			setCurrency(boot.account?.currency ?? boot.base_currency);
	}, [boot.currencies]);
	const choice = { zone_id: Number(zoneId), offering_id: Number(offeringId), public_ip: publicIp };
	if (boot.currencies.length > 1)
		choice.currency = currency;
	const estimate = useEstimate(choice);
	const addFunds = (error) => error.code === 'wallet.insufficient' && boot.features.portal_payment && (
		<ButtonLink small href="/user/company/profile/payment-settings">{t('user.dash.add_funds')}</ButtonLink>
	);
	// Somebody changed the price while it was looked at: both are named, the new one is shown.
	useEffect(() => {
		if (form.error?.code === 'quote.changed')
			estimate.again();
	}, [form.error]);
	const onSubmit = form.submit(async (values) => {
		const body = { name: values.name.trim(), ...choice };
		delete body.currency;
		// Cited only when it was made for exactly this choice.
		if (estimate.data?.quote_id && estimate.choice === JSON.stringify(choice))
			body.quote_id = estimate.data.quote_id;
		const { id } = await once((key) => post('/instances', body, { key }));
		toast(t('user.new.created', { name: body.name }));
		navigate(`/user/instances/${id}`);
	}, required(['name', 'zone_id', 'offering_id']));
	return (
		<Form form={form} onSubmit={onSubmit} class="stack" way={addFunds}>
			<div class="cols-main">
				<div class="stack">
					<Card title={t('user.new.where')}>
						<div class="form-grid">
							<Input class="w6" label={t('user.new.name')} maxLength={63} hint={t('user.new.name_hint')} autocomplete="off" {...form.field('name')} />
							<Select class="w6" label={t('user.new.zone')} options={catalog.zones.map((z) => ({ value: z.id, text: z.name }))} {...form.field('zone_id')} />
						</div>
					</Card>
					<Card>
						<Choice legend={t('user.new.offering')} name="offering_id" value={offeringId} error={form.errors.offering_id}
							onValue={(v) => form.set('offering_id', v)} options={offered.map((o) => ({
								value: o.id, text: o.name, note: size(o),
								aside: <><Money value={priceIn(o, zoneId).month} per="month" /><br /><small><Money value={priceIn(o, zoneId).hour} per="hour" /></small></>,
							}))} />
						{offered.length === 0 && <p class="muted">{t('user.new.no_offering')}</p>}
					</Card>
					<Card title={t('user.new.network')}>
						<Check label={t('user.new.public_ip')} hint={t('user.new.public_ip_hint')} name="public_ip" value={publicIp} onValue={(v) => form.set('public_ip', v)} />
					</Card>
				</div>
				<div class="aside-sticky">
					<Estimate estimate={estimate} currencies={boot.currencies} currency={currency} onCurrency={setCurrency}>
						<Button kind="primary block" type="submit" busy={form.busy}>{t('user.new.submit')}</Button>
					</Estimate>
				</div>
			</div>
		</Form>
	);
}

export default function Page() {
	const catalog = useGet('/catalog');
	return (
		<>
			<PageHead title={t('user.nav.add_instance')} sub={t('user.new.sub')} back={{ href: '/user/instances', text: t('user.nav.instances') }} />
			<Loaded from={catalog} lines={8}>
				{(data) => (data.zones.length > 0 ? <NewInstance catalog={data} />
					: <Card><Empty icon="server-off" title={t('user.new.no_zone')}>{t('user.new.no_zone_help')}</Empty></Card>)}
			</Loaded>
		</>
	);
}
