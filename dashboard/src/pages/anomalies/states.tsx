import type { AnomalyIncident } from '../../api/anomalies';
import { useTexts } from '../../i18n/catalogue';
import { Badge } from '../../ui/Badge';
import { anomaliesTexts } from './texts';

const HANDLING_TONES = { open: 'warn', acknowledged: 'info', resolved: 'good' } as const;

/** Whether the rule still holds, and what people did about it: two different things. */
export function States({ incident }: { incident: AnomalyIncident }) {
  const t = useTexts(anomaliesTexts);
  const { state } = incident.handling;
  return (
    <span className="incident-states">
      {incident.resolved_at === null ? (
        <Badge tone="bad">{t('goingOn')}</Badge>
      ) : (
        <Badge>{t('over')}</Badge>
      )}
      <Badge tone={HANDLING_TONES[state]}>{t(`handling_${state}`)}</Badge>
    </span>
  );
}
