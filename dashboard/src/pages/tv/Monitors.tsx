import type { Part } from '../../api/wallboard';
import { duration } from '../../format/numbers';
import { useTexts } from '../../i18n/catalogue';
import { Icon } from '../../ui/Icon';
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
  const monitors = useMonitors(session, part);
  const down = monitors?.filter(({ last_status }) => last_status === 'down').length ?? 0;
  const rest = (monitors?.length ?? 0) - SHOWN;
  return (
    <section className="tv-panel" aria-labelledby="tv-monitors">
      <h2 id="tv-monitors">
        {t('monitors')}
        {down > 0 && <span className="tv-bad">{t('down', { count: down })}</span>}
      </h2>
      {monitors?.length === 0 && <p className="tv-dim">{t('noMonitors')}</p>}
      <ul className="tv-list">
        {monitors?.slice(0, SHOWN).map((monitor) => {
          const state = stateOf(monitor.last_status);
          const { icon, tone } = STATES[state];
          return (
            <li key={`${monitor.name} ${monitor.url}`}>
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
        })}
        {rest > 0 && <li className="tv-dim">{t('moreMonitors', { count: rest })}</li>}
      </ul>
    </section>
  );
}

function stateOf(status: string): keyof typeof STATES {
  return status === 'up' || status === 'down' ? status : 'unknown';
}
