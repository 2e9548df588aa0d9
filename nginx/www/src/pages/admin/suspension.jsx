// The overview's word on automatic suspension: held back, paused or off.
import { useState } from 'preact/hooks';
import { post } from '../../lib/api.js';
import { number } from '../../lib/format.js';
import { plural, t, tCode } from '../../lib/i18n.js';
import { useAction, useGet } from '../../lib/use.js';
import { Button, Card, Dialog, ErrorNote, Form, Input, Loaded, Money, Note, required, Table, toast, useForm } from '../../ui/kit.js';

const FEW = 6;

const columns = () => [
	{ id: 'name', title: t('admin.clients.name'), main: true, cell: (row) => <div><a href={`/admin/clients/${row.id}`}>{row.name}</a><small>{row.email}</small></div> },
	{ id: 'reason', title: t('admin.susp.reason'), cell: (row) => tCode('reason_suspended', row.reason) },
	{ id: 'plan', title: t('admin.clients.plan'), cell: (row) => tCode('plan', row.plan) },
	{ id: 'balance', title: t('admin.clients.balance'), num: true, cell: (row) => <Money value={row.balance} /> },
	{ id: 'due', title: t('admin.clients.due'), num: true, cell: (row) => <Money value={row.due} /> },
];

function ConfirmDialog({ n, onClose, onDone }) {
	const action = useAction();
	const go = () => action.run(async () => {
		await post('/suspension/confirm', { count: n });
		toast(t('admin.susp.confirmed'));
		onDone();
	});
	return (
		<Dialog title={t('admin.susp.confirm_title')} onClose={onClose} footer={
			<>
				<Button onClick={onClose}>{t('common.cancel')}</Button>
				<Button kind="danger" busy={action.busy} onClick={go}>{plural('admin.susp.confirm', n)}</Button>
			</>
		}>
			<ErrorNote error={action.error} />
			<Note tone="warn">{t('admin.susp.confirm_help')}</Note>
		</Dialog>
	);
}

function Held({ reload }) {
	const found = useGet('/suspension');
	const [asking, setAsking] = useState(false);
	const [all, setAll] = useState(false);
	return (
		<Loaded from={found} lines={3}>
			{(data) => data.held > 0 && (
				<Card flush class="alarm" title={plural('admin.susp.held', data.held)} sub={t('admin.susp.held_sub')} data-testid="blast-radius"
					actions={<Button kind="danger-soft" icon="ban" onClick={() => setAsking(true)}>{plural('admin.susp.confirm', data.held)}</Button>}>
					<Table caption={plural('admin.susp.held', data.held)} columns={columns()} rows={all ? data.rows : data.rows.slice(0, FEW)} rowKey={(r) => r.id + r.reason} />
					{!all && data.rows.length > FEW && (
						<p class="card-text"><Button small onClick={() => setAll(true)}>{t('admin.susp.all', { n: number(data.rows.length) })}</Button></p>
					)}
					{all && data.held > data.rows.length && <p class="muted card-text">{t('admin.susp.shown', { n: number(data.rows.length) })}</p>}
					{asking && <ConfirmDialog n={data.held} onClose={() => setAsking(false)} onDone={() => { setAsking(false); found.reload(); reload(); }} />}
				</Card>
			)}
		</Loaded>
	);
}

function ReleaseDialog({ onClose, onDone }) {
	const form = useForm({ note: '', hold_days: '7' });
	const onSubmit = form.submit(async (values) => {
		const { released } = await post('/suspension/release', { note: values.note.trim(), hold_days: Number(values.hold_days) });
		toast(plural('admin.susp.released', released));
		onDone();
	}, required(['note', 'hold_days']));
	return (
		<Dialog title={t('admin.susp.release_title')} onClose={onClose} footer={
			<>
				<Button onClick={onClose}>{t('common.cancel')}</Button>
				<Button kind="primary" type="submit" form="release-form" busy={form.busy}>{t('admin.susp.release_yes')}</Button>
			</>
		}>
			<Note>{t('admin.susp.release_help')}</Note>
			<Form form={form} onSubmit={onSubmit} class="form" id="release-form">
				<Input label={t('admin.client.note')} hint={t('admin.client.note_hint')} data-autofocus {...form.field('note')} />
				<Input label={t('admin.client.hold_days')} inputmode="numeric" {...form.field('hold_days')} />
			</Form>
		</Dialog>
	);
}

function Off({ reload }) {
	const [asking, setAsking] = useState(false);
	return (
		<Note title={t('admin.susp.off')} data-testid="suspension-off" actions={<Button small onClick={() => setAsking(true)}>{t('admin.susp.release')}</Button>}>
			{t('admin.susp.off_help')}
			{asking && <ReleaseDialog onClose={() => setAsking(false)} onDone={() => { setAsking(false); reload(); }} />}
		</Note>
	);
}

export default function Suspension({ data, reload }) {
	const { enabled, pause, held } = data.suspension;
	if (!enabled)
		return <Off reload={reload} />;
	if (held > 0)
		return <Held key={held} reload={reload} />;
	return <Note tone="warn" title={t('admin.susp.paused')} data-testid="suspension-paused">{tCode('admin.susp.pause', pause)}</Note>;
}
