// The frame of both portals: sidebar, top bar, notices, and the page inside.
import { useEffect, useRef, useState } from 'preact/hooks';
import { initials } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { useLocation } from '../lib/router.js';
import { PORTAL, signOut, useBoot } from '../lib/session.js';
import { toggleTheme, useTheme } from '../lib/theme.js';
import { Button, Icon } from './base.jsx';
import { toast } from './toast.jsx';

export function Brand({ name, admin }) {
	return (
		<a class="brand" href={`/${PORTAL}/`}>
			<svg width="30" height="30" viewBox="0 0 32 32" aria-hidden="true">
				<rect width="32" height="32" rx="8" />
				<path d="M5 21h22M8 21v-9M24 21v-9M8 12c2 6 14 6 16 0M13 21v-4.6M19 21v-4.6" />
			</svg>
			<span>{name}</span>
			{admin && <em>{t('shell.admin')}</em>}
		</a>
	);
}

export function ThemeButton() {
	const theme = useTheme();
	const dark = theme === 'dark';
	return (
		<Button kind="ghost" aria-label={dark ? t('shell.theme_light') : t('shell.theme_dark')} onClick={toggleTheme}>
			{dark ? <Icon icon="sun" /> : <Icon icon="moon" />}
		</Button>
	);
}

function isActive(item, here) {
	if (item.exact)
		return here === item.href;
	return (here === item.href || here.startsWith(`${item.href}/`)) && !item.not?.some((other) => here === other);
}

function NavItem({ item, here, deep }) {
	return (
		<li>
			<a href={item.href} class={deep ? 'deep' : ''} data-testid={`nav-${item.id}`}
				aria-current={isActive(item, here) ? 'page' : undefined}>
				<Icon icon={item.icon} />
				<span>{item.text}</span>
				{item.count > 0 && <span class={`count ${item.tone ?? ''}`} aria-label={item.countLabel}>{item.count}</span>}
			</a>
		</li>
	);
}

// groups: [{text?, items: [{id, text, href, icon, count} or {text, items}]}]
function Nav({ groups, here }) {
	return (
		<nav aria-label={t('shell.nav')}>
			{groups.map((group, i) => (
				<div class="nav-group" key={group.text ?? i}>
					{group.text && <h2>{group.text}</h2>}
					{group.sub && <p class="nav-sub"><Icon icon="corner-down-right" size={13} />{group.sub}</p>}
					<ul>{group.items.filter(Boolean).map((item) => <NavItem key={item.id} item={item} here={here} deep={Boolean(group.sub)} />)}</ul>
				</div>
			))}
		</nav>
	);
}

function Account({ user, note, profile }) {
	const leave = () => signOut().catch((error) => toast(error.message, { tone: 'bad' }));
	const name = [user.first_name, user.last_name].filter(Boolean).join(' ') || user.email;
	const who = (
		<>
			<span class="avatar" aria-hidden="true">{initials(user.first_name, user.last_name)}</span>
			<span class="who"><strong>{name}</strong><small>{note}</small></span>
		</>
	);
	return (
		<div class="side-foot">
			{profile ? <a class="who-link" href={profile}>{who}</a> : <div class="who-link">{who}</div>}
			<Button kind="ghost" icon="log-out" aria-label={t('shell.sign_out')} onClick={leave} />
		</div>
	);
}

export function Shell({ groups, note, profile, topbar, notice, children }) {
	const boot = useBoot();
	const here = useLocation().path;
	const [open, setOpen] = useState(false);
	const menuButton = useRef(null);
	useEffect(() => setOpen(false), [here]);
	useEffect(() => {
		if (!open)
			return undefined;
		const onKey = (event) => {
			if (event.key === 'Escape') {
				setOpen(false);
				menuButton.current?.querySelector('button')?.focus();
			}
		};
		document.addEventListener('keydown', onKey);
		return () => document.removeEventListener('keydown', onKey);
	}, [open]);
	return (
		<div class={`shell${open ? ' menu-open' : ''}`}>
			<a class="skip" href="#main">{t('shell.skip')}</a>
			<aside class="side" id="side">
				<Brand name={boot.brand} admin={PORTAL === 'admin'} />
				<Nav groups={groups} here={here} />
				<Account user={boot.user} note={note} profile={profile} />
			</aside>
			<div class="scrim" onClick={() => setOpen(false)} />
			<div class="stage">
				<header class="topbar">
					<span class="menu-button" ref={menuButton}>
						<Button kind="ghost" icon="menu" aria-label={t('shell.menu')} aria-expanded={String(open)}
							aria-controls="side" onClick={() => setOpen(!open)} />
					</span>
					<span class="topbar-brand">{boot.brand}</span>
					<div class="topbar-end">{topbar}<ThemeButton /></div>
				</header>
				<main id="main" tabIndex={-1}>{notice}{children}</main>
			</div>
		</div>
	);
}

// Sign-in and sign-up: a card beside what the portal is for.
export function Gate({ title, sub, children, wide, foot }) {
	const boot = useBoot();
	return (
		<div class={`gate${wide ? ' gate-wide' : ''}`}>
			<header><Brand name={boot.brand} admin={PORTAL === 'admin'} /><ThemeButton /></header>
			<main id="main" tabIndex={-1}>
				<div class="gate-card">
					<h1 tabIndex={-1}>{title}</h1>
					{sub && <p class="sub">{sub}</p>}
					{children}
				</div>
				{foot && <p class="gate-foot">{foot}</p>}
			</main>
		</div>
	);
}
