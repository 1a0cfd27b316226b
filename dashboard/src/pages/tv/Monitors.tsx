import type { Part, ScreenMonitor } from '../../api/wallboard';
import { duration } from '../../format/numbers';
import { useTexts } from '../../i18n/catalogue';
import { Icon } from '../../ui/Icon';
import { Panel } from './Panel';
import type { ScreenSession } from './session';
import { tvTexts } from './texts';
import { useMonitors } from './useBoard';

const SHOWN = 6;
const STATES = {
  up: { icon: 'check', tone: 'tv-good' },
  down: { icon: 'warning', tone: 'tv-bad' },
  unknown: { icon: 'clock', tone: 'tv-dim' },
} as const;

/** Monitored addresses, those that are down first. */
export function Monitors({ session, part }: { session: ScreenSession; part: Part }) {
  const t = useTexts(tvTexts);
  const asked = useMonitors(session, part);
  const down = asked.data?.filter(({ last_status }) => last_status === 'down').length ?? 0;
  return (
    <Panel
      id="tv-monitors"
      title={
        <>
          {t('monitors')}
          {down > 0 && <span className="tv-bad">{t('down', { count: down })}</span>}
        </>
      }
      asked={asked}
    >
      {(monitors) => (
        <>
          {monitors.length === 0 && <p className="tv-dim">{t('noMonitors')}</p>}
          <ul className="tv-list">
            {monitors.slice(0, SHOWN).map((monitor) => (
              <Monitor key={`${monitor.name} ${monitor.url}`} monitor={monitor} />
            ))}
            {monitors.length > SHOWN && (
              <li className="tv-dim">{t('moreMonitors', { count: monitors.length - SHOWN })}</li>
            )}
          </ul>
        </>
      )}
    </Panel>
  );
}

function Monitor({ monitor }: { monitor: ScreenMonitor }) {
  const t = useTexts(tvTexts);
  const state = stateOf(monitor.last_status);
  const { icon, tone } = STATES[state];
  return (
    <li>
      <span className={`tv-monitor ${tone}`}>
        <Icon name={icon} />
        {t(`monitor_${state}`)}
      </span>
      <span className="tv-name">{monitor.name}</span>
      <span className="tv-dim">
        {monitor.response_ms === null ? '–' : duration(monitor.response_ms)}
      </span>
    </li>
  );
}

function stateOf(status: string): keyof typeof STATES {
  return status === 'up' || status === 'down' ? status : 'unknown';
}
