import type { AnomalyIncident } from '../../api/anomalies';
import { useTexts } from '../../i18n/catalogue';
import { Badge } from '../../ui/Badge';
import { anomaliesTexts } from './texts';

/** Whether the rule still holds. */
export function States({ incident }: { incident: AnomalyIncident }) {
  const t = useTexts(anomaliesTexts);
  return incident.resolved_at === null ? (
    <Badge tone="bad">{t('goingOn')}</Badge>
  ) : (
    <Badge>{t('over')}</Badge>
  );
}
