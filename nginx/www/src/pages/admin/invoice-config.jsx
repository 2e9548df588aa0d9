// Config > CMP Config > Feature Configuration > Invoice: what stands on documents.
import { useRef, useState } from 'preact/hooks';
import { del, put } from '../../lib/api.js';
import { ago, number } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { useAction, useGet } from '../../lib/use.js';
import { Button, Card, Empty, Loaded, Note, PageHead, toast } from '../../ui/kit.js';
import { FeatureTabs } from './feature-tabs.jsx';
import { HistoryDrawer } from './setting-history.jsx';
import { SettingRow } from './setting-row.jsx';
import { useSave } from './setting-save.js';

const KEYS = ['portal.name', 'seller.address', 'invoice.header_text', 'invoice.footer_text', 'invoice.due_days',
	'invoice.offline_text', 'invoice.online_text', 'display.cost_decimals', 'document.link_days'];
const MAX_BYTES = 200000;

// Bytes as base64, without a data: address, which the pages may not load.
async function base64(file) {
	const bytes = new Uint8Array(await file.arrayBuffer());
	let text = '';
	for (let i = 0; i < bytes.length; i += 8192)
		text += String.fromCharCode(...bytes.subarray(i, i + 8192));
	return btoa(text);
}

function messageOf(error) {
	return error.fields?.[0]?.message ?? error.message;
}

function Logo() {
	const found = useGet('/invoice-logo');
	const action = useAction();
	const [wrong, setWrong] = useState('');
	const input = useRef(null);
	const change = (work, said) => action.run(async () => {
		setWrong('');
		try {
			found.setData(await work());
			toast(said);
		} catch (error) {
			setWrong(messageOf(error));
			throw error;
		}
	});
	const choose = async (event) => {
		const [file] = event.target.files;
		event.target.value = '';
		if (!file)
			return;
		if (file.size > MAX_BYTES) {
			setWrong(t('admin.logo.too_large'));
			return;
		}
		await change(async () => put('/invoice-logo', { png: await base64(file) }), t('admin.logo.saved'));
	};
	return (
		<Card title={t('admin.logo.title')} sub={t('admin.logo.sub')} data-testid="logo">
			<input ref={input} type="file" accept="image/png" hidden tabIndex={-1} aria-label={t('admin.logo.choose')} onChange={choose} />
			<Loaded from={found} lines={3}>{({ logo }) => (
				<div class="stack-s">
					{logo ? (
						<figure class="logo">
							<img src={`/api/admin/invoice-logo/png?at=${encodeURIComponent(logo.changed_at)}`} alt={t('admin.logo.alt')} width={logo.width} height={logo.height} />
							<figcaption class="muted">{t('admin.logo.facts', { width: number(logo.width), height: number(logo.height), when: ago(logo.changed_at) })}</figcaption>
						</figure>
					) : <Empty icon="image" title={t('admin.logo.none')}>{t('admin.logo.none_help')}</Empty>}
					{wrong && <Note tone="bad" role="alert">{wrong}</Note>}
					<div class="actions">
						<Button icon="upload" busy={action.busy} onClick={() => input.current.click()}>{t(logo ? 'admin.logo.replace' : 'admin.logo.choose')}</Button>
						{logo && <Button icon="trash-2" disabled={action.busy} onClick={() => change(() => del('/invoice-logo'), t('admin.logo.removed'))}>{t('admin.logo.remove')}</Button>}
					</div>
				</div>
			)}</Loaded>
		</Card>
	);
}

export default function InvoiceConfig() {
	const settings = useGet('/settings?group=billing');
	const [historyOf, setHistoryOf] = useState(null);
	const save = useSave(settings);
	const rows = KEYS.map((key) => settings.data?.rows.find((row) => row.key === key)).filter(Boolean);
	const row = rows.find((r) => r.key === historyOf);
	return (
		<>
			<PageHead title={t('admin.invoice_config.title')} sub={t('admin.invoice_config.sub')}
				crumbs={[t('admin.nav.config'), t('admin.nav.cmp_config'), t('admin.features.title'), t('admin.features.invoice')]} />
			<FeatureTabs active="invoice" />
			<div class="stack">
				<Logo />
				<Loaded from={settings} lines={8}>{() => (
					<section class="card settings" aria-labelledby="texts">
						<h2 id="texts">{t('admin.invoice_config.texts')}</h2>
						{rows.map((r) => <SettingRow key={r.key} row={r} save={save} onHistory={() => setHistoryOf(r.key)} />)}
					</section>
				)}</Loaded>
			</div>
			{row && <HistoryDrawer row={row} save={save} onClose={() => setHistoryOf(null)} />}
		</>
	);
}
