// Fields with labels, hints and the server's messages tied to them.
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { t } from '../lib/i18n.js';
import { useAction } from '../lib/use.js';
import { Button, ErrorNote, Icon } from './base.jsx';

// values, errors by field, busy; submit(fn) runs fn(values) and spreads a 422.
export function useForm(initial) {
	const [values, setValues] = useState(initial);
	const [errors, setErrors] = useState({});
	const action = useAction();
	const form = useRef(null);
	const set = (name, value) => {
		setValues((old) => ({ ...old, [name]: value }));
		setErrors((old) => (old[name] ? { ...old, [name]: undefined } : old));
	};
	const fail = (found) => {
		setErrors(found);
		requestAnimationFrame(() => form.current?.querySelector('[aria-invalid="true"]')?.focus());
	};
	const submit = (fn, check) => async (event) => {
		event?.preventDefault();
		if (action.busy)
			return;
		const found = check?.(values) ?? {};
		if (Object.values(found).some(Boolean)) {
			fail(found);
			return;
		}
		setErrors({});
		await action.run(async () => {
			try {
				return await fn(values);
			} catch (error) {
				const known = error.fields?.filter((f) => form.current?.elements[f.name]) ?? [];
				if (known.length > 0)
					fail(Object.fromEntries(known.map((f) => [f.name, f.message])));
				error.atFields = known.length > 0;
				throw error;
			}
		});
	};
	// What belongs to one input: <Input label="..." {...field('email')} />
	const field = (name) => ({
		name, value: values[name] ?? '', error: errors[name], onValue: (value) => set(name, value),
	});
	const error = action.error?.atFields ? null : action.error;
	return { values, errors, set, setValues, field, submit, form, busy: action.busy, error, clear: action.clear };
}

export function required(names) {
	return (values) => Object.fromEntries(names
		.filter((name) => !String(values[name] ?? '').trim())
		.map((name) => [name, t('form.required')]));
}

function Wrap({ id, label, hint, error, optional, class: extra = '', children }) {
	return (
		<div class={`field ${extra}${error ? ' wrong' : ''}`}>
			<label for={id}>{label}{optional && <small> {t('form.optional')}</small>}</label>
			{children}
			{hint && <p class="hint" id={`${id}-hint`}>{hint}</p>}
			{error && <p class="error" id={`${id}-error`}><Icon icon="circle-alert" size={14} />{error}</p>}
		</div>
	);
}

const described = (id, hint, error) =>
	[error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(' ') || undefined;

export function Input({ label, hint, error, optional, value, onValue, prefix, class: extra, ...rest }) {
	const id = useId();
	const input = (
		<input id={id} value={value} onInput={(e) => onValue(e.target.value)} aria-invalid={error ? 'true' : undefined}
			aria-describedby={described(id, hint, error)} aria-required={optional ? undefined : 'true'} {...rest} />
	);
	return (
		<Wrap id={id} label={label} hint={hint} error={error} optional={optional} class={extra}>
			{prefix ? <div class="with-prefix"><span aria-hidden="true">{prefix}</span>{input}</div> : input}
		</Wrap>
	);
}

export function Password({ label, hint, error, value, onValue, optional, ...rest }) {
	const id = useId();
	const [shown, setShown] = useState(false);
	return (
		<Wrap id={id} label={label} hint={hint} error={error} optional={optional}>
			<div class="with-button">
				<input id={id} type={shown ? 'text' : 'password'} value={value} onInput={(e) => onValue(e.target.value)}
					aria-invalid={error ? 'true' : undefined} aria-describedby={described(id, hint, error)} {...rest} />
				<Button kind="ghost" aria-label={shown ? t('form.hide_password') : t('form.show_password')}
					aria-pressed={String(shown)} onClick={() => setShown(!shown)}>
					{shown ? <Icon icon="eye-off" /> : <Icon icon="eye" />}
				</Button>
			</div>
		</Wrap>
	);
}

export function Select({ label, hint, error, optional, value, onValue, options, class: extra, ...rest }) {
	const id = useId();
	return (
		<Wrap id={id} label={label} hint={hint} error={error} optional={optional} class={extra}>
			<select id={id} value={value} onChange={(e) => onValue(e.target.value)} aria-invalid={error ? 'true' : undefined}
				aria-describedby={described(id, hint, error)} {...rest}>
				{options.map((o) => <option key={o.value} value={o.value} selected={String(o.value) === String(value)}>{o.text}</option>)}
			</select>
		</Wrap>
	);
}

export function Check({ label, hint, value, onValue, error, name, ...rest }) {
	const id = useId();
	return (
		<div class={`check${error ? ' wrong' : ''}`}>
			<input id={id} type="checkbox" name={name} checked={Boolean(value)} onChange={(e) => onValue(e.target.checked)}
				aria-invalid={error ? 'true' : undefined} aria-describedby={described(id, hint, error)} {...rest} />
			<div><label for={id}>{label}</label>
				{hint && <p class="hint" id={`${id}-hint`}>{hint}</p>}
				{error && <p class="error" id={`${id}-error`}><Icon icon="circle-alert" size={14} />{error}</p>}</div>
		</div>
	);
}

// One of a few, as cards: options {value, text, note}.
export function Choice({ legend, name, value, onValue, options, error, class: extra = '' }) {
	const id = useId();
	return (
		<fieldset class={`choice ${extra}`} aria-describedby={error ? `${id}-error` : undefined}>
			<legend>{legend}</legend>
			<div class="choice-list">
				{options.map((o) => (
					<label key={o.value} class={String(o.value) === String(value) ? 'chosen' : ''}>
						<input type="radio" name={name} value={o.value} checked={String(o.value) === String(value)}
							onChange={() => onValue(o.value)} aria-invalid={error ? 'true' : undefined} />
						<span class="choice-text"><strong>{o.text}</strong>{o.note && <small>{o.note}</small>}</span>
						{o.aside && <span class="choice-aside">{o.aside}</span>}
					</label>
				))}
			</div>
			{error && <p class="error" id={`${id}-error`}><Icon icon="circle-alert" size={14} />{error}</p>}
		</fieldset>
	);
}

export function Switch({ on, label, onToggle, busy, describedby }) {
	return (
		<button type="button" role="switch" class="switch" aria-checked={String(on)} aria-label={label}
			aria-describedby={describedby} aria-busy={busy ? 'true' : undefined}
			onClick={() => !busy && onToggle(!on)}>
			<span aria-hidden="true" />
		</button>
	);
}

// <Form form={useForm()} onSubmit=...>: no browser bubbles, one place for errors.
// way(error) may offer a way out beside the message.
export function Form({ form, onSubmit, way, children, ...rest }) {
	const top = useRef(null);
	useEffect(() => {
		if (form.error)
			top.current.scrollIntoView({ block: 'center' });
	}, [form.error]);
	return (
		<form ref={form.form} noValidate onSubmit={onSubmit} {...rest}>
			<div class="form-error" ref={top}><ErrorNote error={form.error} action={form.error && way?.(form.error)} /></div>
			{children}
		</form>
	);
}
