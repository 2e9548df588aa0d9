// What of a balance was given, and until when: it is spent before what was paid.
import { dateTime } from '../../lib/format.js';
import { t } from '../../lib/i18n.js';
import { Card, Money } from '../../ui/kit.js';

export function Credit({ credit }) {
	if (!credit || credit.grants.length === 0)
		return null;
	return (
		<Card class="spaced" title={t('credit.title')} sub={t('credit.note')} data-testid="credit">
			<ul class="lines">
				{credit.grants.map((g, i) => (
					<li key={i}>
						<span>{g.label}<small class="muted">{g.expires_at ? t('credit.until', { time: dateTime(g.expires_at) }) : t('credit.for_ever')}</small></span>
						<Money class="strong" value={g.left} />
					</li>
				))}
				<li><span>{t('credit.paid')}</span><Money class="strong" value={credit.paid} /></li>
			</ul>
		</Card>
	);
}
