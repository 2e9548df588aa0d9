// The texts of mails as they would look, with made-up values.
import { t, tCode } from '../../lib/i18n.js';
import { useGet } from '../../lib/use.js';
import { Badge, Card, Loaded, Note, PageHead } from '../../ui/kit.js';

export default function MailTemplates() {
	const found = useGet('/mail-templates');
	return (
		<>
			<PageHead title={t('admin.mail.templates')} sub={t('admin.mail.templates_sub')} back={{ href: '/admin/mails', text: t('admin.nav.mails') }} />
			<Loaded from={found} lines={10}>
				{(data) => data.rows.map((r) => (
					<Card key={r.kind} title={tCode('admin.mail.kind', r.kind)} sub={`${r.file}.txt, ${r.file}.html: {{${r.words.trim().split(/\s+/).join('}} {{')}}}`}
						actions={<Badge tone={r.wanted ? 'good' : ''}>{t(r.wanted ? 'common.on' : 'common.off')}</Badge>}>
						{r.error ? <Note tone="bad" title={t('admin.mail.template_bad')}>{r.error}</Note>
							: <pre class="mail-text" tabIndex={0} aria-label={r.subject}>{`${r.subject}\n\n${r.text}`}</pre>}
					</Card>
				))}
			</Loaded>
		</>
	);
}
