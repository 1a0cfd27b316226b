import type { GridCell, Part } from '../../api/wallboard';
import { duration, percent } from '../../format/numbers';
import { useTexts } from '../../i18n/catalogue';
import { Icon } from '../../ui/Icon';
import { Skeleton } from '../../ui/Skeleton';
import { figure } from './Dashboard';
import { NotUpToDate } from './Panel';
import type { ScreenSession } from './session';
import { tvTexts } from './texts';
import { useGrid } from './useBoard';
import './grid.css';

/** As many as can be read from afar; those in trouble are the first. */
const SHOWN = 12;

/** Each project in a cell. */
export function GridView({ session, part }: { session: ScreenSession; part: Part }) {
  const t = useTexts(tvTexts);
  const asked = useGrid(session, part);
  const cells = asked.data;
  return (
    <>
      <NotUpToDate asked={asked} />
      {cells === undefined && !asked.failed && <Skeleton shape="lines" rows={3} />}
      {cells?.length === 0 && <p className="tv-dim">{t('noProjects')}</p>}
      {cells !== undefined && cells.length > 0 && (
        <ul className="tv-grid" aria-label={t('allProjects')}>
          {cells.slice(0, SHOWN).map((cell) => (
            <Cell key={cell.project_id} cell={cell} />
          ))}
        </ul>
      )}
      {cells !== undefined && cells.length > SHOWN && (
        <p className="tv-dim">{t('moreProjects', { count: cells.length - SHOWN })}</p>
      )}
    </>
  );
}

function Cell({ cell }: { cell: GridCell }) {
  const t = useTexts(tvTexts);
  const { events_today: events, errors_4xx, errors_5xx, down_monitors: down } = cell;
  const tone = down > 0 || errors_5xx > 0 ? 'bad' : errors_4xx > 0 ? 'warn' : 'good';
  return (
    <li className="tv-panel tv-cell" data-tone={tone}>
      <h2>
        {tone !== 'good' && <Icon name="warning" />}
        <span className="tv-name">{cell.project_name}</span>
      </h2>
      <p className="tv-cell-events">
        <b>{figure(events)}</b> {t('eventsToday', { count: events })}
      </p>
      <dl>
        <div>
          <dt>{t('errors5')}</dt>
          <dd className={errors_5xx > 0 ? 'tv-bad' : undefined}>
            {figure(errors_5xx)} <span className="tv-dim">{percent(errors_5xx, events)}</span>
          </dd>
        </div>
        <div>
          <dt>{t('errors4')}</dt>
          <dd className={errors_4xx > 0 ? 'tv-warn' : undefined}>
            {figure(errors_4xx)} <span className="tv-dim">{percent(errors_4xx, events)}</span>
          </dd>
        </div>
        <div>
          <dt>{t('average')}</dt>
          <dd>{duration(Math.round(cell.avg_response_ms))}</dd>
        </div>
      </dl>
      {down > 0 && (
        <p className="tv-bad">
          <Icon name="warning" /> {t('down', { count: down })}
        </p>
      )}
    </li>
  );
}
