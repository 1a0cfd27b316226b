import type { Part } from '../../api/wallboard';
import { useTexts } from '../../i18n/catalogue';
import { Icon } from '../../ui/Icon';
import { Time } from '../../ui/Time';
import { NotUpToDate } from './Panel';
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

/** What rules told in the last half hour; nothing while they told nothing, unless that is not known. */
export function Alerts({ session, part }: { session: ScreenSession; part: Part }) {
  const t = useTexts(tvTexts);
  const asked = useAlerts(session, part);
  const alerts = asked.data ?? [];
  if (alerts.length === 0 && !asked.failed) return null;
  const word = (kind: string) => {
    const known = KINDS.find((each) => each === kind);
    return known === undefined ? kind : t(`kind_${known}`);
  };
  return (
    <section
      className="tv-alerts"
      data-none={alerts.length === 0 || undefined}
      aria-label={t('alerts')}
    >
      {alerts.length === 0 ? (
        <p className="tv-dim">{t('alerts')}</p>
      ) : (
        <>
          <Icon name="warning" />
          <ul>
            {alerts.slice(0, SHOWN).map((alert) => (
              <li key={`${alert.timestamp} ${alert.rule_type} ${alert.service_name}`}>
                <b>{word(alert.rule_type)}</b> {alert.service_name}{' '}
                <span className="tv-dim">
                  {alert.environment} · <Time value={alert.timestamp} look="minute" />
                </span>
              </li>
            ))}
            {alerts.length > SHOWN && (
              <li className="tv-dim">{t('moreAlerts', { count: alerts.length - SHOWN })}</li>
            )}
          </ul>
        </>
      )}
      <NotUpToDate asked={asked} />
    </section>
  );
}
