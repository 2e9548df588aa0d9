// Small parts every screen is made of.
import { useEffect, useRef, useState } from 'preact/hooks';
import { exactMoney, isNegative, money } from '../lib/format.js';
import { t, tCode } from '../lib/i18n.js';

/* global ICONS */
export function Icon({ icon, size = 18, label }) {
	return (
		<svg class="icon" width={size} height={size} role={label ? 'img' : undefined}
			aria-label={label} aria-hidden={label ? undefined : 'true'}>
			<use href={`${ICONS}#${icon}`} />
		</svg>
	);
}

export function Button({ kind = '', icon, busy, small, children, class: extra = '', ...rest }) {
	const names = ['button', kind, small && 'small', !children && 'only-icon', extra].filter(Boolean).join(' ');
	return (
		<button type="button" class={names} aria-busy={busy ? 'true' : undefined}
			{...rest} disabled={rest.disabled || busy}>
			{busy ? <span class="spinner" aria-hidden="true" /> : icon && <Icon icon={icon} size={16} />}
			{children}
		</button>
	);
}

export function ButtonLink({ kind = '', icon, children, small, ...rest }) {
	return (
		<a class={`button ${kind}${small ? ' small' : ''}`} {...rest}>
			{icon && <Icon icon={icon} size={16} />}
			{children}
		</a>
	);
}

const TONES = {
	PAID: 'good', ACTIVE: 'good', RUNNING: 'good', SYNCED: 'good', OK: 'good', DONE: 'good', ON: 'good', CONFIRMED: 'good', SETTLED: 'good', HELD: 'good',
	UNPAID: 'warn', PENDING: 'warn', READY: 'info', SCHEDULED: 'info', NEVER: 'warn', UNCERTAIN: 'warn', INTENT: 'info', INVOICE: '', RECHARGE: 'info', ISSUED: 'info',
	OVERDUE: 'bad', SUSPENDED: 'bad', ATTENTION: 'bad', PARKED: 'bad', DOWN: 'bad', FAILED: 'bad', REFUSED: 'bad',
};

export function Badge({ code, tone, children, icon, ...rest }) {
	return (
		<span class={`badge ${tone ?? TONES[code] ?? ''}`} {...rest}>
			{icon ? <Icon icon={icon} size={13} /> : <span class="dot" aria-hidden="true" />}
			{children ?? tCode('status', code)}
		</span>
	);
}

export function Tag({ icon, children }) {
	return <span class="tag">{icon && <Icon icon={icon} size={13} />}{children}</span>;
}

// An amount; all its digits are in the tooltip.
export function Money({ value, exact, per, class: extra = '', ...rest }) {
	const full = exactMoney(value);
	const text = exact ? full : money(value);
	return (
		<span class={`money ${isNegative(value) ? 'negative ' : ''}${extra}`}
			title={full !== text ? full : undefined} data-amount={value?.amount} {...rest}>
			{text}{per && <small> {t(`per.${per}`)}</small>}
		</span>
	);
}

// Where a page is, from the menu down; the last one is the page itself.
function Crumbs({ path }) {
	return (
		<nav class="crumbs" aria-label={t('shell.crumbs')}>
			<ol>{path.map((text, i) => <li key={text} aria-current={i === path.length - 1 ? 'page' : undefined}>{text}</li>)}</ol>
		</nav>
	);
}

export function PageHead({ title, sub, back, crumbs, badge, children }) {
	return (
		<header class="page-head">
			<div>
				{crumbs && <Crumbs path={crumbs} />}
				{back && <a class="back" href={back.href}><Icon icon="chevron-left" size={15} />{back.text}</a>}
				<h1 tabIndex={-1}>{title}{badge}</h1>
				{sub && <p class="sub">{sub}</p>}
			</div>
			{children && <div class="actions">{children}</div>}
		</header>
	);
}

export function Card({ title, sub, actions, children, flush, class: extra = '', level = 2, ...rest }) {
	const Title = `h${level}`;
	return (
		<section class={`card ${flush ? 'flush ' : ''}${extra}`} {...rest}>
			{title && (
				<header class="card-head">
					<div><Title>{title}</Title>{sub && <p class="sub">{sub}</p>}</div>
					{actions && <div class="actions">{actions}</div>}
				</header>
			)}
			{children}
		</section>
	);
}

export function Tile({ label, value, note, icon, tone = '', children, ...rest }) {
	return (
		<div class={`tile ${tone}`} {...rest}>
			<div class="tile-label">{label}{icon && <Icon icon={icon} size={17} />}</div>
			<div class="tile-value">{value}</div>
			{note && <div class="tile-note">{note}</div>}
			{children}
		</div>
	);
}

export function Facts({ rows, class: extra = '' }) {
	return (
		<dl class={`facts ${extra}`}>
			{rows.filter(Boolean).map(([label, value, key]) => (
				<div key={key ?? label}><dt>{label}</dt><dd>{value === '' || value == null ? '\u2013' : value}</dd></div>
			))}
		</dl>
	);
}

// On a narrow screen the row scrolls sideways: to the one that is shown, never the page.
export function Tabs({ label, tabs, active }) {
	const row = useRef();
	useEffect(() => {
		const shown = row.current?.querySelector('[aria-current]');
		if (shown)
			row.current.scrollLeft += shown.getBoundingClientRect().right - row.current.getBoundingClientRect().right + 24;
	}, [active]);
	return (
		<nav ref={row} class="tabs" aria-label={label}>
			{tabs.filter(Boolean).map((tab) => (
				<a key={tab.id} href={tab.href} aria-current={tab.id === active ? 'page' : undefined}
					data-testid={`tab-${tab.id}`}>{tab.text}</a>
			))}
		</nav>
	);
}

export function Note({ tone = 'info', icon, title, children, actions, ...rest }) {
	return (
		<div class={`note ${tone}`} {...rest}>
			{tone === 'good' && !icon && <Icon icon="circle-check" />}
			{tone === 'info' && !icon && <Icon icon="info" />}
			{(tone === 'warn' || tone === 'bad') && !icon && <Icon icon="triangle-alert" />}
			{icon && <Icon icon={icon} />}
			<div class="note-body">{title && <strong>{title}</strong>}{children && <div>{children}</div>}</div>
			{actions && <div class="actions">{actions}</div>}
		</div>
	);
}

export function ErrorNote({ error, retry, action }) {
	if (!error)
		return null;
	const wait = error.retryAfter > 0 ? ` ${t('error.wait', { n: error.retryAfter })}` : '';
	return (
		<Note tone="bad" role="alert" actions={action || (retry && <Button small icon="refresh-cw" onClick={retry}>{t('common.retry')}</Button>)}>
			{error.message}{wait}
			{error.status >= 500 && error.requestId && <small class="request-id">{t('error.id', { id: error.requestId })}</small>}
		</Note>
	);
}

// A part that few visits need: its code comes when it is wanted.
export function Lazy({ load, ...props }) {
	const [Part, setPart] = useState(null);
	useEffect(() => {
		load().then((module) => setPart(() => module.default)).catch(() => {});
	}, [load]);
	return Part && <Part {...props} />;
}

export function Empty({ icon, title, children, action }) {
	return (
		<div class="empty">
			<span class="empty-icon"><Icon icon={icon} size={26} /></span>
			<strong>{title}</strong>
			{children && <p>{children}</p>}
			{action}
		</div>
	);
}

export function Skeleton({ lines = 3, tiles = 0 }) {
	return (
		<div class="skeleton" role="status" aria-label={t('common.loading')}>
			{tiles > 0 && <div class="tiles">{Array.from({ length: tiles }, (_, i) => <div key={i} class="bone tall" />)}</div>}
			{Array.from({ length: lines }, (_, i) => <div key={i} class="bone" />)}
		</div>
	);
}

// The three states of something fetched; children(data) once it is there.
export function Loaded({ from, children, lines = 6, tiles }) {
	if (from.data)
		return <>{from.error && <ErrorNote error={from.error} retry={from.reload} />}{children(from.data)}</>;
	if (from.error)
		return <ErrorNote error={from.error} retry={from.reload} />;
	return <Skeleton lines={lines} tiles={tiles} />;
}
