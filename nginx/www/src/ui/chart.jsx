// Stacked bars by day, in plain SVG, with the same figures as a table below.
import { useEffect, useRef, useState } from 'preact/hooks';
import { approx, currency, day, money, number } from '../lib/format.js';
import { t } from '../lib/i18n.js';

const HEIGHT = 230;
const LEFT = 46;
const BOTTOM = 24;
const TOP = 10;
const TICKS = 4;
const LABEL_PX = 62;

function useWidth() {
	const ref = useRef(null);
	const [width, setWidth] = useState(0);
	useEffect(() => {
		const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry.contentRect.width)));
		observer.observe(ref.current);
		return () => observer.disconnect();
	}, []);
	return [ref, width];
}

// A round step (1, 2 or 5 times a power of ten) so that TICKS of them hold max.
function stepFor(max) {
	const raw = max / TICKS || 0.25;
	const power = 10 ** Math.floor(Math.log10(raw));
	return [1, 2, 2.5, 5, 10].map((n) => n * power).find((n) => n >= raw * 0.999) ?? raw;
}

function Bar({ row, series, x, width, scale, base, active, onActive }) {
	let y = base;
	return (
		<g onMouseEnter={onActive}>
			<rect x={x - width * 0.25} y={TOP} width={width * 1.5} height={base - TOP} class={`hit${active ? ' on' : ''}`} />
			{series.map((s) => {
				const h = approx(row[s.id]) * scale;
				if (h <= 0)
					return null;
				y -= h;
				return <rect key={s.id} x={x} y={y} width={width} height={Math.max(h, 0.75)} class={`bar ${s.tone}`} />;
			})}
		</g>
	);
}

function Tip({ row, series, left, flip }) {
	const ref = useRef(null);
	useEffect(() => {
		ref.current.style.left = `${left}px`;
	}, [left]);
	return (
		<div class={`chart-tip${flip ? ' flip' : ''}`} ref={ref} aria-hidden="true">
			<strong>{day(row.day)}</strong>
			{series.filter((s) => row[s.id]).map((s) => (
				<div key={s.id}><span><i class={`key ${s.tone}`} />{s.text}</span><span class="money">{money(row[s.id])}</span></div>
			))}
		</div>
	);
}

function Table({ rows, series, caption }) {
	return (
		<details class="chart-data">
			<summary>{t('chart.table')}</summary>
			<div class="chart-scroll" tabIndex={0} role="region" aria-label={caption}>
				<table>
					<caption class="sr">{caption}</caption>
					<thead><tr><th scope="col">{t('chart.day')}</th>{series.map((s) => <th key={s.id} scope="col" class="num">{s.text}</th>)}</tr></thead>
					<tbody>
						{rows.map((row) => (
							<tr key={row.day}><th scope="row">{day(row.day)}</th>{series.map((s) => <td key={s.id} class="num">{money(row[s.id])}</td>)}</tr>
						))}
					</tbody>
				</table>
			</div>
		</details>
	);
}

// rows: [{day, <series id>: money}], series: [{id, text, tone: 'c1'..'c6'}].
export function DayChart({ rows, series, caption }) {
	const [ref, width] = useWidth();
	const [active, setActive] = useState(-1);
	const totals = rows.map((row) => series.reduce((sum, s) => sum + approx(row[s.id]), 0));
	const max = Math.max(...totals, 0);
	const step = stepFor(max);
	const top = step * Math.max(1, Math.ceil(max / step - 0.001));
	const scale = (HEIGHT - TOP - BOTTOM) / top;
	const base = HEIGHT - BOTTOM;
	const slot = rows.length ? (width - LEFT) / rows.length : 0;
	const bar = Math.min(30, slot * 0.68);
	const every = Math.max(1, Math.ceil(LABEL_PX / (slot || 1)));
	const x = (i) => LEFT + i * slot + (slot - bar) / 2;
	const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, i) => i * step);
	const code = rows.length ? rows[0][series[0].id]?.currency : null;
	const symbol = (code && currency(code)?.symbol) || '';
	const decimals = Math.max(0, Math.min(4, -Math.floor(Math.log10(step) + 1e-9) + (step / 10 ** Math.floor(Math.log10(step)) === 2.5 ? 1 : 0)));
	return (
		<figure class="chart" ref={ref} onMouseLeave={() => setActive(-1)}>
			<figcaption class="sr">{caption}</figcaption>
			{width > 0 && (
				<svg width={width} height={HEIGHT} role="img" aria-label={caption}>
					{ticks.map((value) => (
						<g key={value}>
							<line x1={LEFT} x2={width} y1={base - value * scale} y2={base - value * scale} class={value === 0 ? 'axis' : 'grid'} />
							<text x={LEFT - 8} y={base - value * scale + 4} text-anchor="end">
								{symbol}{number(value, { minimumFractionDigits: decimals, maximumFractionDigits: decimals })}
							</text>
						</g>
					))}
					{rows.map((row, i) => (
						<Bar key={row.day} row={row} series={series} x={x(i)} width={bar} scale={scale} base={base}
							active={active === i} onActive={() => setActive(i)} />
					))}
					{rows.map((row, i) => (i % every === 0 && (
						<text key={row.day} x={Math.min(x(i) + bar / 2, width - 20)} y={HEIGHT - 6} text-anchor="middle">{day(row.day)}</text>
					)))}
				</svg>
			)}
			{active >= 0 && rows[active] && (
				<Tip row={rows[active]} series={series} left={x(active) + bar / 2} flip={active > rows.length / 2} />
			)}
			<div class="chart-foot">
				<ul class="legend">{series.length > 1 && series.map((s) => <li key={s.id}><i class={`key ${s.tone}`} />{s.text}</li>)}</ul>
			</div>
			<Table rows={rows} series={series} caption={caption} />
		</figure>
	);
}

export function Meter({ part, tone = 'c1' }) {
	const percent = Math.max(0, Math.min(100, part * 100));
	return (
		<svg class="meter" height="7" width="100%" aria-hidden="true">
			<rect width="100%" height="7" rx="3.5" class="track" />
			{percent > 0 && <rect width={`${Math.max(percent, 1.5)}%`} height="7" rx="3.5" class={`bar ${tone}`} />}
		</svg>
	);
}
