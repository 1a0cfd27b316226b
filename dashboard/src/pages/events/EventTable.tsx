// The list itself: only the rows in view exist, one of them is the active one, and all of it can be
// used from the keyboard.
import { useVirtualizer } from '@tanstack/react-virtual';
import { type CSSProperties, useEffect, useMemo, useRef } from 'react';
import type { EventSummary } from '../../api/model';
import { short } from '../../format/numbers';
import { useTexts } from '../../i18n/catalogue';
import { useCommon } from '../../i18n/common';
import { Icon } from '../../ui/Icon';
import { useMedia } from '../../ui/useMedia';
import { EventRow, rowId } from './EventRow';
import { type ColumnName, leastWidth, template } from './columns';
import { phoneColumns, phoneRow } from './phone';
import { eventsTexts } from './texts';
import { useActiveRow } from './useActiveRow';

const ROW_PX = 30;
/** Fetch the next page when this many rows are left below the view. */
const AHEAD = 30;

interface Props {
  events: readonly EventSummary[];
  columns: readonly ColumnName[];
  waiting: number;
  openId: string | undefined;
  onOpen: (id: string | undefined, replace?: boolean) => void;
  onScrolled: (scrolled: boolean) => void;
  onRelease: () => void;
  more: { available: boolean; loading: boolean; failed: boolean; fetch: () => void };
}

export function EventTable(props: Props) {
  const { events, waiting, openId, onOpen, onScrolled, onRelease, more } = props;
  const t = useTexts(eventsTexts);
  const scroller = useRef<HTMLDivElement>(null);
  const phone = useMedia('(max-width: 760px)');
  const columns = useMemo(
    () => (phone ? phoneColumns(props.columns) : props.columns),
    [phone, props.columns],
  );
  const { style, height } = useMemo(() => shapeOf(columns, phone), [columns, phone]);
  const virtual = useVirtualizer({
    count: events.length,
    getScrollElement: () => scroller.current,
    // No keys of our own: a function that is another in each render has all rows measured anew in each.
    estimateSize: () => height,
    overscan: 12,
    initialRect: { width: 0, height: 600 },
  });
  const items = virtual.getVirtualItems();
  const active = useActiveRow({ events, openId, onOpen, show: (i) => virtual.scrollToIndex(i) });

  useEffect(() => virtual.measure(), [height, virtual]);
  const last = items.at(-1)?.index ?? 0;
  const wanted = more.available && !more.loading && !more.failed && last > events.length - AHEAD;
  const { fetch } = more;
  useEffect(() => {
    if (wanted) fetch();
  }, [wanted, fetch]);

  function release() {
    onRelease();
    onScrolled(false);
    scroller.current?.scrollTo({ top: 0 });
    scroller.current?.focus();
  }

  return (
    <div className="event-table">
      {waiting > 0 && (
        <button type="button" className="arrivals" onClick={release}>
          <Icon name="up" />
          {t('newer', { number: short(waiting) })}
        </button>
      )}
      <div
        id="events"
        ref={scroller}
        className="grid"
        role="grid"
        tabIndex={0}
        aria-label={t('title')}
        style={style}
        aria-rowcount={more.available ? -1 : events.length + 1}
        aria-activedescendant={active.id === undefined ? undefined : rowId(active.id)}
        onScroll={(event) => onScrolled(event.currentTarget.scrollTop > height)}
      >
        <div className="grid-head row" role="row" aria-rowindex={1}>
          {columns.map((name) => (
            <span key={name} role="columnheader" className={`cell cell-${name}`}>
              {t(`column_${name}`)}
            </span>
          ))}
        </div>
        <div className="grid-body" role="rowgroup" style={{ blockSize: virtual.getTotalSize() }}>
          {items.map(({ index, start }) => {
            const event = events[index];
            if (event === undefined) return null;
            return (
              <EventRow
                key={event.id}
                event={event}
                columns={columns}
                index={index}
                top={start}
                active={event.id === active.id}
                open={event.id === openId}
                onOpen={active.open}
              />
            );
          })}
        </div>
      </div>
      <More {...more} />
    </div>
  );
}

/** How a row is laid out, and how high it is: the stylesheet knows neither the columns nor the list the height. */
function shapeOf(columns: readonly ColumnName[], phone: boolean) {
  if (!phone) {
    const style = { '--columns': template(columns), '--least': `${leastWidth(columns)}px` };
    return { style: style as CSSProperties, height: ROW_PX };
  }
  const { areas, lines, height } = phoneRow(columns);
  const style = { '--areas': areas, '--lines': lines, '--height': `${height}px` };
  return { style: style as CSSProperties, height };
}

function More({ loading, failed, fetch }: Props['more']) {
  const t = useTexts(eventsTexts);
  const common = useCommon();
  if (failed) {
    return (
      <p className="grid-foot" role="alert">
        {t('olderFailed')}{' '}
        <button type="button" className="link" onClick={fetch}>
          {common('retry')}
        </button>
      </p>
    );
  }
  return loading ? (
    <p className="grid-foot" role="status">
      {t('olderLoading')}
    </p>
  ) : null;
}
