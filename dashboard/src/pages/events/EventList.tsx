import { useState } from 'react';
import type { Filters } from '../../filters/search';
import { FirstEvent } from '../../guide/FirstEvent';
import { useTexts } from '../../i18n/catalogue';
import { useLiveEvents } from '../../live/useLiveEvents';
import { rangeLabel } from '../../time/range';
import { Button } from '../../ui/Button';
import { Empty, ErrorNotice } from '../../ui/Notice';
import { Skeleton } from '../../ui/Skeleton';
import { EventTable } from './EventTable';
import { LiveIndicator } from './LiveIndicator';
import { eventsTexts } from './texts';

interface Props {
  filters: Filters;
  openId: string | undefined;
  onOpen: (id: string | undefined, replace?: boolean) => void;
  onClear: () => void;
}

export function EventList({ filters, openId, onOpen, onClear }: Props) {
  const t = useTexts(eventsTexts);
  const [scrolled, setScrolled] = useState(false);
  const { query, events, waiting, release, status } = useLiveEvents(filters, scrolled);
  const total = query.data?.pages[0]?.pagination.totalItems ?? 0;
  const empty = query.isSuccess && events.length === 0;

  return (
    <>
      <div className="list-head">
        <span className="muted" role="status">
          {query.isSuccess &&
            `${t('counted', { count: Math.max(total, events.length) })} · ${rangeLabel(filters)}`}
        </span>
        <LiveIndicator status={status} paused={scrolled && status === 'live'} />
      </div>
      {query.isError && !query.isFetchNextPageError && (
        <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />
      )}
      {query.isPending && <Skeleton shape="page" />}
      {empty && <Nothing filters={filters} onClear={onClear} />}
      {events.length > 0 && (
        <EventTable
          events={events}
          waiting={waiting}
          openId={openId}
          onOpen={onOpen}
          onScrolled={setScrolled}
          onRelease={release}
          more={{
            available: query.hasNextPage,
            loading: query.isFetchingNextPage,
            failed: query.isFetchNextPageError,
            fetch: () => void query.fetchNextPage(),
          }}
        />
      )}
    </>
  );
}

function Nothing({ filters, onClear }: { filters: Filters; onClear: () => void }) {
  const t = useTexts(eventsTexts);
  if (Object.keys(filters).every((name) => name === 'project')) return <FirstEvent />;
  return (
    <Empty title={t('emptyTitle')}>
      <p>{t('emptyHelp')}</p>
      <Button onClick={onClear}>{t('emptyClear')}</Button>
    </Empty>
  );
}
