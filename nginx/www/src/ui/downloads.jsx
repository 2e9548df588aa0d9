// An invoice as a file: on its page in three formats, in a list as PDF.
import { download } from '../lib/api.js';
import { t } from '../lib/i18n.js';
import { useAction } from '../lib/use.js';
import { Button } from './base.jsx';
import { toast } from './toast.jsx';

function useDownload(path) {
	const action = useAction();
	const start = () => action.run(() => download(path).catch((error) => {
		toast(error.message, { tone: 'bad' });
		throw error;
	}));
	return { start, busy: action.busy };
}

function Format({ path, format, ...rest }) {
	const { start, busy } = useDownload(`${path}/${format}`);
	return <Button busy={busy} onClick={start} data-testid={`download-${format}`} {...rest}>{t(`invoice.as_${format}`)}</Button>;
}

export function Downloads({ path }) {
	return (
		<>
			<Format path={path} format="pdf" kind="primary" icon="download" />
			<Format path={path} format="csv" />
			<Format path={path} format="xlsx" />
		</>
	);
}

export function PdfButton({ row }) {
	const { start, busy } = useDownload(`/invoices/${row.id}/pdf`);
	const label = t('invoice.pdf_of', { number: row.number });
	return <Button small kind="ghost" icon="file-down" busy={busy} onClick={start} class="row-pdf" aria-label={label} title={label} data-testid="row-pdf" />;
}
