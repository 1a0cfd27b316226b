import { type ReactNode, useEffect, useRef, useState } from 'react';
import { OWN_TYPES, mayHoldOwn } from '../../filters/own';
import { type Filters, isNarrowed } from '../../filters/search';
import { FirstEvent } from '../../guide/FirstEvent';
import { useTexts } from '../../i18n/catalogue';
import { LiveBadge } from '../../live/LiveBadge';
import { useLiveEvents } from '../../live/useLiveEvents';
import { rangeLabel, rangeUtc } from '../../time/range';
import { Button } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { Empty, ErrorNotice } from '../../ui/Notice';
import { Skeleton } from '../../ui/Skeleton';
import { Columns } from './Columns';
import { EventTable } from './EventTable';
import { ExportDialog } from './ExportDialog';
import { type ColumnName, DEFAULT_COLUMNS } from './columns';
import { eventsTexts } from './texts';

/** As many as a large screen shows. */
const SKELETON_ROWS = 20;

interface Props {
  filters: Filters;
  columns: readonly ColumnName[] | undefined;
  /** Whether the reader stopped the arrivals. */
  paused: boolean;
  onPause: (paused: boolean) => void;
  openId: string | undefined;
  onOpen: (id: string | undefined, replace?: boolean) => void;
  onColumns: (columns: readonly ColumnName[] | undefined) => void;
  onClear: () => void;
  onChange: (part: Filters) => void;
  /** More to do with the list as it is. */
  tools: ReactNode;
}

export function EventList(props: Props) {
  const { filters, paused, onPause, openId, onOpen, onColumns, onClear, onChange, tools } = props;
  const t = useTexts(eventsTexts);
  const columns = props.columns ?? DEFAULT_COLUMNS;
  const [scrolled, setScrolled] = useState(false);
  const [exporting, setExporting] = useState(false);
  const live = useLiveEvents(filters, scrolled || paused);
  const { query, events, status } = live;
  const counted = query.data?.pages[0]?.pagination;
  const total = Math.max(counted?.totalItems ?? 0, events.length);
  const found =
    counted?.totalIsExact === false
      ? t('countedAtLeast', { number: total })
      : t('counted', { count: total });

  const { release: letIn } = live;
  const wasPaused = useRef(paused);
  useEffect(() => {
    if (wasPaused.current && !paused) letIn();
    wasPaused.current = paused;
  }, [paused, letIn]);

  function release() {
    onPause(false);
    letIn();
  }

  return (
    <>
      <div className="list-head">
        <span className="muted">
          <span role="status">
            {query.isSuccess && found}
            {query.isSuccess && (
              <span className="list-range" title={rangeUtc(filters)}>
                {' '}
                · {rangeLabel(filters)}
              </span>
            )}
          </span>
          {events.length > 0 && mayHoldOwn(filters) && <WithOwn onChange={onChange} />}
        </span>
        <span className="list-tools">
          <LiveBadge status={status} paused={(scrolled || paused) && status === 'live'} />
          {status !== 'off' && (
            <button
              type="button"
              className="pill"
              aria-pressed={paused}
              onClick={() => onPause(!paused)}
            >
              <Icon name={paused ? 'play' : 'pause'} />
              <span>{paused ? t('resume') : t('pause')}</span>
            </button>
          )}
          {tools}
          <Columns shown={columns} onChange={onColumns} />
          <button
            type="button"
            className="pill"
            disabled={total === 0}
            onClick={() => setExporting(true)}
          >
            <Icon name="download" />
            <span>{t('exportOpen')}</span>
          </button>
        </span>
      </div>
      {query.isError && !query.isFetchNextPageError && (
        <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />
      )}
      {query.isPending && <Skeleton shape="lines" rows={SKELETON_ROWS} />}
      {query.isSuccess && events.length === 0 && <Nothing filters={filters} onClear={onClear} />}
      {events.length > 0 && (
        <EventTable
          events={events}
          columns={columns}
          waiting={live.waiting}
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
      {exporting && (
        <ExportDialog filters={filters} what={found} onClose={() => setExporting(false)} />
      )}
    </>
  );
}

/** Why there may be more events here than the overview counts. */
function WithOwn({ onChange }: Pick<Props, 'onChange'>) {
  const t = useTexts(eventsTexts);
  return (
    <>
      {' · '}
      <span title={t('ownHelp')}>{t('ownIncluded')}</span>{' '}
      <button type="button" className="link" onClick={() => onChange({ 'type!': OWN_TYPES })}>
        {t('ownLeaveOut')}
      </button>
    </>
  );
}

function Nothing({ filters, onClear }: { filters: Filters; onClear: () => void }) {
  const t = useTexts(eventsTexts);
  const { range, from, to } = filters;
  const everything = !isNarrowed(filters) && [range, from, to].every((each) => each === undefined);
  if (everything) return <FirstEvent />;
  return (
    <Empty title={t('emptyTitle')}>
      <p>{t('emptyHelp')}</p>
      <Button onClick={onClear}>{t('emptyClear')}</Button>
    </Empty>
  );
}
