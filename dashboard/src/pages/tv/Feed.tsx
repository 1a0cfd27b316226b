import type { Feed as Known } from '../../api/wallboard';
import { duration } from '../../format/numbers';
import { useTexts } from '../../i18n/catalogue';
import { Status } from '../../ui/Badge';
import { Skeleton } from '../../ui/Skeleton';
import { Time } from '../../ui/Time';
import { tvTexts } from './texts';

const SHOWN = 7;

/** The latest events, without anybody's name. */
export function Feed({ feed }: { feed: Known | undefined }) {
  const t = useTexts(tvTexts);
  return (
    <section className="tv-panel" aria-labelledby="tv-feed">
      <h2 id="tv-feed">{t('feed')}</h2>
      {feed === undefined && <Skeleton shape="lines" rows={3} />}
      {feed?.data.length === 0 && <p className="tv-dim">{t('noEvents')}</p>}
      <ol className="tv-list tv-feed">
        {feed?.data.slice(0, SHOWN).map((event, index) => (
          <li key={`${event.timestamp} ${event.service_name} ${event.path} ${index}`}>
            <span className="tv-dim">
              <Time value={event.timestamp} look="second" />
            </span>
            <Status code={event.status_code} />
            <span className="tv-name">
              <b>{event.method}</b> {event.path}
            </span>
            <span className="tv-dim tv-name">{event.service_name}</span>
            <span className="tv-dim">{duration(event.response_ms)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
