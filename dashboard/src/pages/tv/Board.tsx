// What hangs on the wall: a head with the time and the state of the connection, and the chosen view below it.
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import type { Part } from '../../api/wallboard';
import { timeOf, utc } from '../../format/time';
import { useTexts } from '../../i18n/catalogue';
import { Icon } from '../../ui/Icon';
import { Logo } from '../../ui/Logo';
import { Time } from '../../ui/Time';
import { useNow } from '../../ui/useNow';
import { Alerts } from './Alerts';
import { Controls } from './Controls';
import { Dashboard } from './Dashboard';
import { GridView } from './GridView';
import type { Screen } from './TvPage';
import { STEP_MS, placeAt } from './shift';
import { tvTexts } from './texts';
import { type Live, useLive, useProjects } from './useBoard';
import { useAwake } from './useAwake';

/** A connection may go and come without anybody being told. */
const LOST_MS = 8_000;
/** How long each view stands where both are shown in turn. */
const TURN_MS = 30_000;

interface Props {
  screen: Screen;
  onEnded: () => void;
  onLeave: () => void;
}

export function Board({ screen, onEnded, onLeave }: Props) {
  const t = useTexts(tvTexts);
  const { view = 'board', environment, project } = useSearch({ from: '/tv' });
  const navigate = useNavigate({ from: '/tv' });
  const now = useNow(1_000);
  const part = useMemo(
    (): Part => ({
      ...(project === undefined ? {} : { project_id: project }),
      ...(environment === undefined ? {} : { environment }),
    }),
    [project, environment],
  );
  // The caller's function is another one with each rendering; the stream must not be.
  const [ended, setEnded] = useState(false);
  const [end] = useState(() => () => setEnded(true));
  useEffect(() => {
    if (ended) onEnded();
  }, [ended, onEnded]);
  const live = useLive(screen.session, part, end);
  const projects = useProjects(screen.session).data;
  useAwake();

  const several = screen.projectId === '' && project === undefined;
  const turn = Math.floor(now / TURN_MS) % 2 === 0 ? 'board' : 'grid';
  const shown = !several ? 'board' : view === 'both' ? turn : view;
  const lost = live.lostAt !== undefined && now - live.lostAt > LOST_MS;
  const only = project ?? (screen.projectId === '' ? undefined : screen.projectId);
  const name = projects?.find(({ id }) => id === only)?.name;
  const { x, y } = placeAt(Math.floor(now / STEP_MS));
  return (
    <main className="tv">
      <div
        className="tv-content"
        data-lost={lost || undefined}
        style={{ transform: `translate(${x}px, ${y}px)` }}
      >
        <header className="tv-head">
          <Logo />
          <h1>{name ?? (only === undefined ? t('allProjects') : screen.name)}</h1>
          {environment !== undefined && <span className="tv-tag">{environment}</span>}
          <Connection live={live} lost={lost} />
          <span className="tv-clock">
            <Time value={new Date(now).toISOString()} look="minute" />
          </span>
        </header>
        <Alerts session={screen.session} part={part} />
        {shown === 'grid' ? (
          <GridView session={screen.session} part={part} />
        ) : (
          <Dashboard session={screen.session} part={part} live={live} />
        )}
      </div>
      <Controls
        view={view}
        several={several}
        onView={(next) =>
          void navigate({
            search: (previous) => ({ ...previous, view: next === 'board' ? undefined : next }),
            replace: true,
          })
        }
        onLeave={onLeave}
      />
    </main>
  );
}

/** Live, or since when the figures stand still: old ones must not pass for new. */
function Connection({ live, lost }: { live: Live; lost: boolean }) {
  const t = useTexts(tvTexts);
  if (lost) {
    const since = live.toldAt ?? live.lostAt ?? 0;
    return (
      <span className="tv-state tv-bad" role="status" title={utc(new Date(since).toISOString())}>
        <Icon name="warning" />
        {t('lost', { time: timeOf(since, false) })}
      </span>
    );
  }
  return (
    <span className="tv-state" role="status">
      {live.toldAt === undefined ? (
        t('connecting')
      ) : (
        <>
          <span className="tv-dot" aria-hidden="true" />
          {t('live')}
        </>
      )}
    </span>
  );
}
