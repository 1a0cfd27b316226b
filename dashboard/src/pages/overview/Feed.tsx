// The latest events as they are stored. New ones come in at the top while the page is looked at, and
// wait while the pointer or the focus is on the list.
import { Link } from '@tanstack/react-router';
import { type FocusEvent, useState } from 'react';
import type { Scope } from '../../filters/search';
import { duration } from '../../format/numbers';
import { useTexts } from '../../i18n/catalogue';
import { useLiveEvents } from '../../live/useLiveEvents';
import { LiveBadge } from '../../live/LiveBadge';
import { Status } from '../../ui/Badge';
import { ErrorNotice } from '../../ui/Notice';
import { Skeleton } from '../../ui/Skeleton';
import { Ago } from '../../ui/Time';
import { overviewTexts } from './texts';

const SHOWN = 12;

/** Mount anew for another scope. */
export function Feed({ scope, now }: { scope: Scope; now: number }) {
  const t = useTexts(overviewTexts);
  const [held, setHeld] = useState(false);
  const { query, events, release, status } = useLiveEvents(scope, held);

  function resume() {
    setHeld(false);
    release();
  }

  return (
    <section className="panel feed" aria-labelledby="feed-title">
      <header className="panel-head">
        <h2 id="feed-title">{t('latest')}</h2>
        <span className="muted feed-note">{t('ownToo')}</span>
        <LiveBadge status={status} paused={held && status === 'live'} />
      </header>
      {query.isPending && <Skeleton shape="lines" rows={SHOWN} />}
      {query.isError && <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />}
      <ul
        className="feed-list"
        onPointerEnter={() => setHeld(true)}
        onPointerLeave={resume}
        onFocus={() => setHeld(true)}
        onBlur={(event: FocusEvent<HTMLElement>) => {
          if (!event.currentTarget.contains(event.relatedTarget)) resume();
        }}
      >
        {events.slice(0, SHOWN).map((event) => (
          <li key={event.id}>
            <Link to="/events" search={{ ...scope, event: event.id }} className="feed-row">
              <span className="muted feed-time">
                <Ago value={event.timestamp} now={now} />
              </span>
              <Status code={event.status_code} />
              <span className="mono feed-path" title={event.path}>
                {event.method || event.event_type} {event.path}
              </span>
              <span className="muted feed-service">{event.service_name}</span>
              <span className="number muted">{duration(event.response_time)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
