import { useEffect, useState } from 'preact/hooks';
import { plural, t } from '../../lib/i18n.js';
import { useGet } from '../../lib/use.js';
import { Card, Empty, Icon, Loaded, PageHead } from '../../ui/kit.js';
import { FeatureTabs } from './feature-tabs.jsx';
import { HistoryDrawer } from './setting-history.jsx';
import { SettingRow } from './setting-row.jsx';
import { useSave } from './setting-save.js';

const NEIGHBOURS = 'neighbours';

function matches(row, words) {
	const text = [row.key, row.title, row.help, ...row.screens.map((s) => `${s.portal} ${s.path}`)].join(' ').toLowerCase();
	return words.every((word) => text.includes(word));
}

// The twenty of the billing contract by group, then everything that only helps them.
function sections(data, words) {
	const rows = data.rows.filter((row) => matches(row, words));
	const own = data.groups.map((group) => ({
		...group, rows: rows.filter((row) => row.group === group.id && row.feature).sort((a, b) => a.feature - b.feature),
	}));
	const rest = { id: NEIGHBOURS, title: t('admin.features.neighbours'), rows: rows.filter((row) => !row.feature) };
	return [...own, rest].filter((section) => section.rows.length > 0);
}

function Jump({ groups }) {
	const go = (event, id) => {
		event.preventDefault();
		const target = document.getElementById(`group-${id}`);
		target.scrollIntoView({ block: 'start' });
		target.querySelector('h2').focus({ preventScroll: true });
	};
	return (
		<nav class="jump" aria-label={t('admin.features.groups')}>
			{groups.map((group) => (
				<a key={group.id} href={`#group-${group.id}`} onClick={(event) => go(event, group.id)}>
					<span>{group.title}</span><span class="count">{group.rows.length}</span>
				</a>
			))}
		</nav>
	);
}

function Sections({ data, words, save, onHistory, reload }) {
	const found = sections(data, words);
	if (found.length === 0)
		return <Card><Empty icon="search-x" title={t('admin.features.none')}>{t('admin.features.none_help')}</Empty></Card>;
	return (
		<div class="features">
			<Jump groups={found} />
			<div class="stack">
				{found.map((section) => (
					<section class="card settings" id={`group-${section.id}`} key={section.id} aria-labelledby={`title-${section.id}`}>
						<h2 id={`title-${section.id}`} tabIndex={-1}>{section.title}</h2>
						{section.id === NEIGHBOURS && <p class="sub">{t('admin.features.neighbours_help')}</p>}
						{section.rows.map((row) => (
							<SettingRow key={row.key} row={row} save={save} reload={reload} onHistory={() => onHistory(row.key)} />
						))}
					</section>
				))}
			</div>
		</div>
	);
}

export default function Features() {
	const settings = useGet('/settings?group=billing');
	const [text, setText] = useState('');
	const [historyOf, setHistoryOf] = useState(null);
	const save = useSave(settings);
	const words = text.toLowerCase().split(/\s+/).filter(Boolean);
	const shown = settings.data?.rows.filter((row) => matches(row, words)).length ?? 0;
	const row = settings.data?.rows.find((r) => r.key === historyOf);
	useEffect(() => {
		const onKey = (event) => {
			if (event.key === '/' && !/INPUT|SELECT|TEXTAREA/.test(document.activeElement?.tagName) && !document.querySelector('dialog[open]')) {
				event.preventDefault();
				document.querySelector('input[name="find"]')?.focus();
			}
		};
		addEventListener('keydown', onKey);
		return () => removeEventListener('keydown', onKey);
	}, []);
	return (
		<>
			<PageHead title={t('admin.features.title')} sub={t('admin.features.sub')}
				crumbs={[t('admin.nav.config'), t('admin.nav.cmp_config'), t('admin.features.title'), t('admin.features.billing')]} />
			<FeatureTabs active="billing" />
			<div class="find-bar">
				<div class="search">
					<Icon icon="search" size={16} />
					<input type="search" name="find" value={text} onInput={(e) => setText(e.target.value)}
						aria-label={t('admin.features.find')} placeholder={t('admin.features.find')} />
				</div>
				<span class="muted" role="status">
					{settings.data && plural('admin.features.shown', settings.data.rows.length, { shown })}
				</span>
			</div>
			<Loaded from={settings} lines={10}>
				{(data) => <Sections data={data} words={words} save={save} reload={settings.reload} onHistory={setHistoryOf} />}
			</Loaded>
			{row && <HistoryDrawer row={row} save={save} onClose={() => setHistoryOf(null)} />}
		</>
	);
}
