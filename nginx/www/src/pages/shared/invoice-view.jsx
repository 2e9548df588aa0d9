// An invoice as both portals show it. Each line opens the hourly usage behind it.
import { useState } from 'preact/hooks';
import { actor, counted, country, date, dateTime, exactMoney, isZero, money, number, period, shortTime } from '../../lib/format.js';
import { t, tCode } from '../../lib/i18n.js';
import { PORTAL } from '../../lib/session.js';
import { useGet } from '../../lib/use.js';
import { Badge, Button, Card, ErrorNote, Facts, Icon, Money, Skeleton } from '../../ui/kit.js';
import { downloadCsv } from '../../lib/csv.js';

const CSV_NAMES = ['from', 'to', 'quantity', 'counted', 'unit', 'amount', 'currency', 'reason', 'resource', 'price_id', 'generation'];

function usageCsv(rows) {
	return rows.map((row) => [row.from, row.to, row.quantity, row.counted, row.unit?.amount ?? '', row.amount.amount, row.amount.currency,
		row.reason, row.resource, row.price_id, row.generation]);
}

function Usage({ path, line, number: invoiceNumber }) {
	const usage = useGet(`${path}/lines/${line.id}/usage`);
	const rows = usage.data?.rows;
	if (usage.error)
		return <ErrorNote error={usage.error} retry={usage.reload} />;
	if (!rows)
		return <Skeleton lines={3} />;
	if (rows.length === 0)
		return <p class="muted">{t('invoice.usage_none')}</p>;
	const one = new Set(rows.map((row) => row.resource)).size === 1;
	return (
		<>
			<div class="between usage-head">
				<span class="muted">{t('invoice.usage_sum', { total: exactMoney(line.exact) })}</span>
				<Button small icon="download" onClick={() => downloadCsv(`${invoiceNumber}-${line.position}.csv`, CSV_NAMES, usageCsv(rows))}>{t('invoice.csv')}</Button>
			</div>
			<div class="usage-scroll" tabIndex={0} role="region" aria-label={t('invoice.usage_of', { line: line.description })}>
				<table class="usage">
					<thead><tr>
						<th scope="col">{t('invoice.from')}</th><th scope="col">{t('invoice.to')}</th>{!one && <th scope="col">{t('invoice.resource')}</th>}
						<th scope="col" class="num">{t('invoice.quantity')}</th><th scope="col" class="num">{t('invoice.unit')}</th>
						<th scope="col" class="num">{t('invoice.amount')}</th><th scope="col">{t('invoice.why')}</th>
					</tr></thead>
					<tbody>
						{rows.map((row, i) => (
							<tr key={i}>
								<td>{shortTime(row.from)}</td><td>{shortTime(row.to)}</td>{!one && <td class="mono">{row.resource}</td>}
								<td class="num">{counted(row)}</td><td class="num"><Money exact value={row.unit} /></td>
								<td class="num"><Money exact value={row.amount} /></td><td>{tCode('reason', row.reason) || '\u2013'}</td>
							</tr>
						))}
					</tbody>
				</table>
			</div>
			<Behind usage={usage.data} />
		</>
	);
}

const until = (iso) => (iso ? dateTime(iso) : t('invoice.why_now'));

// What the hours were rated by: price rows, what was reported, settings.
function Behind({ usage }) {
	const parts = [
		[t('invoice.why_prices'), usage.prices.map((p) => [
			t('invoice.why_price_row', { id: p.id, where: [p.zone, p.offering].filter(Boolean).join(', ') }),
			<Money exact value={p.unit} />, `${dateTime(p.from)} \u2013 ${until(p.to)}`])],
		[t('invoice.why_events'), usage.events.map((e) => [shortTime(e.at), <span class="mono">{e.kind}</span>, <span class="mono">{e.source}</span>])],
		[t('invoice.why_switches'), usage.switches.map((s) => [<span class="mono">{s.key}</span>, s.value, `${dateTime(s.from)} \u2013 ${until(s.to)}`])],
		[t('invoice.why_history'), (usage.history ?? []).map((h) => [dateTime(h.at), <span class="mono">{h.key}</span>,
			t('invoice.why_changed', { from: h.from || '\u2013', to: h.to || '\u2013', actor: actor(h.actor) })])],
	].filter(([, rows]) => rows.length > 0);
	return (
		<details class="behind">
			<summary>{t('invoice.why_behind')}</summary>
			{parts.map(([title, rows]) => (
				<div class="usage-scroll" tabIndex={0} role="region" aria-label={title}>
					<table class="usage">
						<caption>{title}</caption>
						<tbody>{rows.map((cells, i) => <tr key={i}>{cells.map((cell, j) => <td key={j}>{cell}</td>)}</tr>)}</tbody>
					</table>
				</div>
			))}
		</details>
	);
}

// Recharges, notes, discounts and surcharges have no usage behind them: nothing to open.
const PLAIN = ['RECHARGE', 'CREDIT_NOTE', 'DEBIT_NOTE'];
const PLAIN_LINES = ['DISCOUNT', 'SURCHARGE'];

function PlainLine({ line }) {
	return (
		<tr>
			<td class="main" data-label={t('invoice.description')}>{line.description}</td>
			<td class="num" data-label={t('invoice.quantity')}>{'\u2013'}</td>
			<td class="num" data-label={t('invoice.unit')}>{'\u2013'}</td>
			<td class="num" data-label={t('invoice.amount')}><Money class="strong" value={line.amount} /></td>
		</tr>
	);
}

function Line({ line, path, number: invoiceNumber }) {
	const [open, setOpen] = useState(false);
	const id = `usage-${line.id}`;
	return (
		<>
			<tr class={open ? 'open' : ''}>
				<td class="main" data-label={t('invoice.description')}>
					<button type="button" class="line-toggle" aria-expanded={String(open)} aria-controls={id} onClick={() => setOpen(!open)}>
						{open ? <Icon icon="chevron-down" size={16} /> : <Icon icon="chevron-right" size={16} />}
						<span>{line.description}</span>
					</button>
				</td>
				<td class="num" data-label={t('invoice.quantity')}>{counted(line)}</td>
				<td class="num" data-label={t('invoice.unit')}><Money value={line.unit} /></td>
				<td class="num" data-label={t('invoice.amount')}><Money class="strong" value={line.amount} /></td>
			</tr>
			{open && <tr class="usage-row"><td colSpan={4} id={id}><Usage path={path} line={line} number={invoiceNumber} /></td></tr>}
		</>
	);
}

function Sums({ invoice }) {
	const rows = [[t(invoice.tax_inclusive ? 'invoice.without_taxes' : 'invoice.subtotal'), invoice.subtotal],
		...invoice.taxes.map((tax) => [t('invoice.tax', { name: tax.name, rate: number(tax.rate_percent) }), tax.tax]),
		[t('invoice.total'), invoice.total, 'total']];
	if (invoice.kind !== 'CREDIT_NOTE') {
		if (!isZero(invoice.paid))
			rows.push([t('invoice.paid'), invoice.paid]);
		rows.push([t('invoice.due'), invoice.due, 'total']);
	}
	return (
		<dl class="sums">
			{rows.map(([label, value, tone], i) => (
				<div key={label} class={tone}><dt>{label}</dt><dd><Money value={value} data-testid={i === invoice.taxes.length + 1 ? 'invoice-total' : undefined} /></dd></div>
			))}
		</dl>
	);
}

// Why a tax is not there, that prices contain them, what they are in the seller's currency.
function Remarks({ invoice }) {
	const ours = invoice.tax_base;
	const texts = [
		invoice.tax_inclusive && t('invoice.inclusive'),
		...invoice.taxes.map((tax) => tax.reason && `${tax.name}: ${tax.reason}.`),
		ours && t('invoice.in_ours', { amount: money(ours.tax), from: invoice.total.currency, to: ours.tax.currency, rate: ours.rate, source: ours.source, day: date(ours.at) }),
	].filter(Boolean);
	return texts.map((text) => <p key={text} class="muted">{text}</p>);
}

function Party({ title, who }) {
	if (!who)
		return null;
	const street = [who.address1 ?? who.address, who.address2].filter(Boolean);
	const place = [who.postcode, who.city].filter(Boolean).join(' ');
	const lines = [who.company, who.name, ...street, place, [who.state, country(who.country)].filter(Boolean).join(', '),
		who.tax_id && t('invoice.tax_id', { id: who.tax_id })].filter(Boolean);
	return (
		<div class="party">
			<h2>{title}</h2>
			<address>{lines.flatMap((line) => String(line).split('\n')).map((line, i) => <div key={i}>{line}</div>)}</address>
		</div>
	);
}

function Payments({ rows }) {
	if (rows.length === 0)
		return null;
	return (
		<Card title={t('invoice.payments')}>
			<ul class="lines">
				{rows.map((p, i) => (
					<li key={i}><span>{p.gateway}{p.reference && <small class="muted mono">{p.reference}</small>}</span>
						<small class="muted">{date(p.at)}</small><Money class="strong" value={p.amount} /></li>
				))}
			</ul>
		</Card>
	);
}

// What became of an invoice, or what a note belongs to.
function Notes({ invoice }) {
	const list = invoice.notes ?? [];
	if (!invoice.ref && list.length === 0)
		return null;
	const at = (id) => `/${PORTAL}/billing/invoices/${id}`;
	return (
		<Card title={t(invoice.ref ? 'note.belongs' : 'note.notes')}>
			<ul class="lines">
				{invoice.ref && <li><span><a href={at(invoice.ref.id)}>{invoice.ref.number}</a><small class="muted">{invoice.ref.reason}</small></span></li>}
				{list.map((n) => (
					<li key={n.id}><span><a href={at(n.id)}>{n.number}</a><small class="muted">{tCode('status', n.kind)}{' \u00b7 '}{n.reason}</small></span>
						<small class="muted">{date(n.issued_at)}</small><Money class="strong" value={n.total} /></li>
				))}
			</ul>
		</Card>
	);
}

function Whmcs({ whmcs, admin }) {
	return (
		<Card title={t('invoice.whmcs')}>
			<Facts rows={[
				[t('invoice.whmcs_id'), <span data-testid="invoice-whmcs-id">{whmcs.id ? `#${whmcs.id}` : '\u2013'}</span>],
				[t('invoice.whmcs_status'), whmcs.status && tCode('status', whmcs.status)],
				[t('invoice.whmcs_state'), <Badge code={whmcs.state} />],
				admin && whmcs.url && [t('invoice.whmcs_open'), <a href={whmcs.url} rel="noreferrer">{t('invoice.whmcs_link')}</a>],
			]} />
		</Card>
	);
}

// So many lines are shown at first: the rest is a button away.
const LINES = 200;

export function InvoiceView({ invoice, path, admin, pay }) {
	const [all, setAll] = useState(invoice.lines.length <= LINES);
	const shown = all ? invoice.lines : invoice.lines.slice(0, LINES);
	return (
		<div class="cols-main">
			<div class="stack">
				<Card class="invoice" flush>
					<div class="invoice-top">
						<Party title={t('invoice.seller')} who={invoice.seller} />
						<Party title={t('invoice.buyer')} who={invoice.buyer} />
						<Facts rows={[
							[t('invoice.issued'), date(invoice.issued_at)], invoice.kind !== 'CREDIT_NOTE' && [t('invoice.due_at'), date(invoice.due_at)],
							invoice.period_from && invoice.period_from !== invoice.period_to && [t('invoice.period'), period(invoice.period_from, invoice.period_to, invoice.timezone)],
						]} />
					</div>
					<table class="table invoice-lines">
						<caption class="sr">{t('invoice.lines')}</caption>
						<thead><tr>
							<th scope="col">{t('invoice.description')}</th><th scope="col" class="num">{t('invoice.quantity')}</th>
							<th scope="col" class="num">{t('invoice.unit')}</th><th scope="col" class="num">{t('invoice.amount')}</th>
						</tr></thead>
						<tbody>{shown.map((line) => (PLAIN.includes(invoice.kind) || PLAIN_LINES.includes(line.component) ? <PlainLine key={line.id} line={line} />
							: <Line key={line.id} line={line} path={path} number={invoice.number} />))}</tbody>
					</table>
					{!all && (
						<div class="more-lines"><Button onClick={() => setAll(true)}>{t('invoice.lines_more', { n: number(invoice.lines.length) })}</Button></div>
					)}
					<Sums invoice={invoice} />
					<Remarks invoice={invoice} />
				</Card>
			</div>
			<div class="stack">
				{pay}
				<Notes invoice={invoice} />
				{invoice.whmcs && invoice.kind !== 'CREDIT_NOTE' && <Whmcs whmcs={invoice.whmcs} admin={admin} />}
				<Payments rows={invoice.payments} />
				{invoice.events?.length > 0 && (
					<Card title={t('invoice.events')}>
						<ol class="timeline">{invoice.events.map((e, i) => <li key={i}><span>{e.text}</span><small>{dateTime(e.at)}</small></li>)}</ol>
					</Card>
				)}
			</div>
		</div>
	);
}
