import type { Part } from '../../api/wallboard';
import { timeOf } from '../../format/time';
import { useTexts } from '../../i18n/catalogue';
import { Icon } from '../../ui/Icon';
import type { ScreenSession } from './session';
import { tvTexts } from './texts';
import { useAlerts } from './useBoard';

const SHOWN = 3;
const KINDS = [
  'volume_spike',
  'error_rate',
  'error_rate_by_route',
  'brute_force',
  'mass_delete',
  'silent_service',
] as const;

/** What rules told in the last half hour; nothing while they told nothing. */
export function Alerts({ session, part }: { session: ScreenSession; part: Part }) {
  const t = useTexts(tvTexts);
  const alerts = useAlerts(session, part);
  if (alerts === undefined || alerts.length === 0) return null;
  const word = (kind: string) => {
    const known = KINDS.find((each) => each === kind);
    return known === undefined ? kind : t(`kind_${known}`);
  };
  return (
    <section className="tv-alerts" aria-label={t('alerts')}>
      <Icon name="warning" />
      <ul>
        {alerts.slice(0, SHOWN).map((alert) => (
          <li key={`${alert.timestamp} ${alert.rule_type} ${alert.service_name}`}>
            <b>{word(alert.rule_type)}</b> {alert.service_name}{' '}
            <span className="tv-dim">
              {alert.environment} · {timeOf(Date.parse(alert.timestamp), false)}
            </span>
          </li>
        ))}
        {alerts.length > SHOWN && (
          <li className="tv-dim">{t('moreAlerts', { count: alerts.length - SHOWN })}</li>
        )}
      </ul>
    </section>
  );
}
