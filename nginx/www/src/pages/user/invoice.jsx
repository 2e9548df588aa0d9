import { useEffect } from 'preact/hooks';
import { isZero } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { useFeature } from '../../lib/session.js';
import { useGet } from '../../lib/use.js';
import { Badge, Button, ButtonLink, Card, Downloads, Empty, Loaded, Money, Note, PageHead } from '../../ui/kit.js';
import { InvoiceView } from '../shared/invoice-view.jsx';

// An invoice on its way to WHMCS gets its payment page within seconds.
const PENDING_MS = 3000;
const isPending = (invoice) => invoice?.whmcs?.state === 'PENDING' && !isZero(invoice.due) && invoice.status !== 'CANCELLED';

export function PayCard({ invoice }) {
	const canPay = useFeature('portal_payment');
	const { pay } = invoice;
	if (isZero(invoice.due) || invoice.status === 'CANCELLED') {
		return (
			<Card>
				<Note tone="good" title={t(invoice.status === 'CANCELLED' ? 'user.pay.cancelled' : 'user.pay.done')}>{t('user.pay.done_help')}</Note>
			</Card>
		);
	}
	return (
		<Card title={t('user.pay.title')}>
			<div class="stack-s">
				<div class="tile-value"><Money value={invoice.due} /></div>
				{pay?.kind === 'whmcs' && canPay && (
					<>
						<ButtonLink kind="primary block" icon="credit-card" href={pay.url} data-testid="pay" rel="noreferrer">{t('user.pay.button')}</ButtonLink>
						<p class="hint">{t('user.pay.whmcs')}</p>
					</>
				)}
				{canPay && pay?.kind !== 'whmcs' && isPending(invoice) && <Note icon="hourglass" title={t('user.pay.preparing')}>{t('user.pay.preparing_help')}</Note>}
				{pay?.kind === 'offline' && <Note icon="landmark" title={t('user.pay.offline')} data-testid="pay">{pay.text}</Note>}
				{!pay && <p class="muted">{t('user.pay.none')}</p>}
			</div>
		</Card>
	);
}

export default function Invoice({ params }) {
	const path = `/invoices/${params.id}`;
	const found = useGet(path);
	const menu = useFeature('invoice_menu');
	const data = found.data;
	const pending = isPending(data);
	useEffect(() => {
		const timer = pending && setInterval(() => document.visibilityState === 'visible' && found.reload(), PENDING_MS);
		return () => clearInterval(timer);
	}, [pending]);
	if (found.error?.code === 'feature.off')
		return <Card><h1 class="sr" tabIndex={-1}>{t('missing.off')}</h1><Empty icon="map-pin-off" title={t('missing.off')}>{found.error.message}</Empty></Card>;
	return (
		<>
			<PageHead title={data ? data.number : t('title.invoice')} badge={data && <Badge code={data.status} data-testid="invoice-status" />}
				back={menu ? { href: '/user/billing/invoices', text: t('user.nav.invoices') } : undefined}>
				{data && <Downloads path={path} />}
				{data && <Button icon="printer" onClick={() => print()}>{t('invoice.print')}</Button>}
			</PageHead>
			<Loaded from={found} lines={10}>{() => <InvoiceView invoice={data} path={path} pay={<PayCard invoice={data} />} />}</Loaded>
		</>
	);
}
