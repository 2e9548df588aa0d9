// One setting: what it does, where it shows, who changed it, and its control.
import { useId, useRef, useState } from 'preact/hooks';
import { actor, ago, dateTime, money, number } from '../../lib/format.js';
import { patch } from '../../lib/api.js';
import { t, tCode } from '../../lib/i18n.js';
import { useAction } from '../../lib/use.js';
import { current } from '../../lib/session.js';
import { Button, Icon, Input, Note, Select, Switch, Tag } from '../../ui/kit.js';

const isOn = (row) => row.value === '1' || row.value === 'true' || row.value === true;

const messageOf = (error) => error?.fields?.find((f) => f.name === 'value')?.message ?? error?.message;

function shownValue(row) {
	if (row.value === '' || row.value == null)
		return <em class="muted">{t('admin.features.empty')}</em>;
	if (row.type === 'SECRET')
		return t('admin.features.secret');
	if (row.type === 'ENUM')
		return tCode('plan', row.value);
	return <>{row.value}{unitOf(row) && <small> {unitOf(row)}</small>}</>;
}

function unitOf(row) {
	return row.type === 'MONEY' || row.unit === 'base currency' ? current()?.base_currency : row.unit;
}

function rangeHint(row) {
	if (row.type === 'INT' && row.min !== '' && row.max !== '')
		return t('admin.features.range', { min: row.min, max: row.max });
	if (row.type === 'MONEY')
		return t('admin.features.money_hint', { currency: current()?.base_currency });
	return undefined;
}

// What the last 30 days would have come to with another value, before it is saved.
function useEffectOf(row) {
	const action = useAction();
	const [effect, setEffect] = useState(null);
	const ask = (value) => action.run(async () => setEffect((await patch(`/settings/${row.key}`, { value, dry_run: true })).effect ?? { rows: [] }));
	return { ask, effect, busy: action.busy, error: action.error, clear: () => setEffect(null) };
}

function Effect({ effect }) {
	if (!effect)
		return null;
	const rows = effect.rows.filter((r) => r.changed > 0);
	return (
		<Note icon="info" role="status">
			{rows.length === 0 ? t('admin.features.effect_none')
				: rows.map((r) => <p key={r.currency}>{t('admin.features.effect', { changed: number(r.changed), accounts: number(r.accounts), before: money(r.before), after: money(r.after) })}</p>)}
		</Note>
	);
}

function ValueEditor({ row, save, onDone }) {
	const [value, setValue] = useState(row.value ?? '');
	const action = useAction();
	const what = useEffectOf(row);
	const submit = async (event) => {
		event.preventDefault();
		if (await action.run(() => save(row, String(value).trim())))
			onDone();
	};
	const onKey = (event) => {
		if (event.key === 'Escape') {
			event.stopPropagation();
			onDone();
		}
	};
	const shared = { label: t('admin.features.new_value'), name: 'value', value, onValue: setValue, error: messageOf(action.error), autofocus: true };
	return (
		<form class="value-editor" noValidate onSubmit={submit} onKeyDown={onKey}>
			{row.type === 'ENUM'
				? <Select {...shared} options={row.choices.map((c) => ({ value: c, text: tCode('plan', c) }))} />
				: <Input {...shared} optional={row.default === ''} hint={rangeHint(row)} inputmode={/INT|MONEY|PERCENT/.test(row.type) ? 'decimal' : undefined} />}
			<div class="row">
				<Button small kind="primary" type="submit" busy={action.busy}>{t('common.save')}</Button>
				{row.money && <Button small busy={what.busy} onClick={() => what.ask(String(value).trim())}>{t('admin.features.effect_ask')}</Button>}
				<Button small onClick={onDone}>{t('common.cancel')}</Button>
			</div>
			<Effect effect={what.effect} />
		</form>
	);
}

function BoolControl({ row, save, helpId, onError }) {
	const action = useAction();
	const [wanted, setWanted] = useState(null);
	const on = wanted ?? isOn(row);
	const change = async (next) => {
		setWanted(next);
		onError(null);
		try {
			await action.run(() => save(row, next ? '1' : '0').catch((error) => {
				onError(error);
				throw error;
			}));
		} finally {
			setWanted(null);
		}
	};
	return <Switch on={on} label={row.title} busy={action.busy} describedby={helpId} onToggle={change} />;
}

function Changed({ row, onHistory }) {
	return (
		<p class="changed">
			<span title={row.changed_at ? dateTime(row.changed_at) : undefined}>
				{row.changed_at ? t('admin.features.changed', { who: actor(row.changed_by), when: ago(row.changed_at) })
					: t('admin.features.default')}
			</span>
			<Button small kind="ghost" icon="history" aria-label={t('admin.features.history_of', { title: row.title })} onClick={onHistory} />
		</p>
	);
}

export function SettingRow({ row, save, onHistory }) {
	const id = useId();
	const [editing, setEditing] = useState(false);
	const [error, setError] = useState(null);
	const box = useRef(null);
	const done = () => {
		setEditing(false);
		requestAnimationFrame(() => box.current?.querySelector('.setting-control button')?.focus());
	};
	const bool = row.type === 'BOOL';
	const what = useEffectOf(row);
	return (
		<article class={`setting${editing ? ' editing' : ''}`} data-testid={`setting-${row.key}`} ref={box}>
			<div class="setting-text">
				<h3>{row.title}</h3>
				<p class="sub" id={id}>{row.help}</p>
				<ul class="screens" aria-label={t('admin.features.screens')}>
					{row.screens.map((screen) => (
						<li key={screen.portal + screen.path}>
							<Tag>
								{screen.portal === 'admin' ? <Icon icon="shield" size={12} label={t('portal.admin')} /> : <Icon icon="user" size={12} label={t('portal.user')} />}
								{screen.path.replaceAll('>', '\u203a')}
							</Tag>
						</li>
					))}
				</ul>
				{error && <Note tone="bad" role="alert">{messageOf(error)}</Note>}
				{bool && <Effect effect={what.effect} />}
				{what.error && <Note tone="bad" role="alert">{messageOf(what.error)}</Note>}
				{row.warnings?.map((text) => <Note tone="warn" key={text}>{text}</Note>)}
			</div>
			<div class="setting-control">
				{bool && <BoolControl row={row} save={save} helpId={id} onError={setError} />}
				{!bool && !editing && (
					<div class="row setting-value">
						<strong>{shownValue(row)}</strong>
						<Button small icon="pencil" aria-describedby={id} onClick={() => setEditing(true)}>{t('common.edit')}</Button>
					</div>
				)}
				{!bool && editing && <ValueEditor row={row} save={save} onDone={done} />}
				{bool && row.money && (
					<Button small kind="ghost" busy={what.busy} onClick={() => (what.effect ? what.clear() : what.ask(isOn(row) ? '0' : '1'))}>
						{t(isOn(row) ? 'admin.features.effect_off' : 'admin.features.effect_on')}
					</Button>
				)}
				<Changed row={row} onHistory={onHistory} />
			</div>
		</article>
	);
}
