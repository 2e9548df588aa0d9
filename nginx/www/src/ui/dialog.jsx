// Modal dialogs on the browser's own <dialog>: it traps the focus, closes on
// Esc and gives the focus back.
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../lib/i18n.js';
import { Button, ErrorNote } from './base.jsx';
import { useAction } from '../lib/use.js';

export function Dialog({ title, onClose, children, footer, drawer, wide }) {
	const ref = useRef(null);
	const id = useId();
	// A layout effect: its cleanup runs while the dialog still stands, so that the
	// focus is back before the dialog is gone. A passive one runs a frame later.
	useLayoutEffect(() => {
		const opener = document.activeElement;
		const dialog = ref.current;
		dialog.showModal();
		dialog.querySelector('[data-autofocus]')?.focus();
		return () => {
			dialog.close();
			if (opener?.isConnected)
				opener.focus();
		};
	}, []);
	const onCancel = (event) => {
		event.preventDefault();
		onClose();
	};
	return (
		<dialog ref={ref} class={`dialog${drawer ? ' drawer' : ''}${wide ? ' wide' : ''}`} aria-labelledby={id}
			onCancel={onCancel} onMouseDown={(event) => event.target === ref.current && onClose()}>
			<div class="dialog-box">
				<header>
					<h2 id={id}>{title}</h2>
					<Button kind="ghost" icon="x" aria-label={t('common.close')} onClick={onClose} />
				</header>
				<div class="dialog-body">{children}</div>
				{footer && <footer>{footer}</footer>}
			</div>
		</dialog>
	);
}

// Asks before something that hurts. run() does it; a refusal is shown here.
export function Confirm({ title, children, yes, danger, run, onClose, testid }) {
	const action = useAction();
	const go = async () => {
		if (await action.run(async () => { await run(); return true; }))
			onClose();
	};
	return (
		<Dialog title={title} onClose={onClose} footer={
			<>
				<Button onClick={onClose} data-autofocus>{t('common.cancel')}</Button>
				<Button kind={danger ? 'danger' : 'primary'} busy={action.busy} onClick={go} data-testid={testid}>{yes}</Button>
			</>
		}>
			{children}
			<ErrorNote error={action.error} />
		</Dialog>
	);
}
