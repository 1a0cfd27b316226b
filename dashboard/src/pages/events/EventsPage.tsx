import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo, useRef, useState } from 'react';
import { Chips } from '../../filters/Chips';
import { type Filters, cleared, filtersOf, stringifySearch } from '../../filters/search';
import { useTexts } from '../../i18n/catalogue';
import { useMedia } from '../../ui/useMedia';
import { usePageTitle } from '../../ui/usePageTitle';
import { EventDrawer } from './EventDrawer';
import { EventList } from './EventList';
import { FilterBar } from './FilterBar';
import { Shortcuts } from './Shortcuts';
import { Views } from './Views';
import type { ColumnName } from './columns';
import { columnsOf } from './search';
import { eventsTexts } from './texts';
import { usePageKeys } from './usePageKeys';
import './events.css';
import './drawer.css';

export function EventsPage() {
  const t = useTexts(eventsTexts);
  usePageTitle(t('title'));
  const search = useSearch({ from: '/shell/events' });
  const navigate = useNavigate({ from: '/events' });
  const filters = useMemo(() => filtersOf(search), [search]);
  const filterInput = useRef<HTMLInputElement>(null);
  const [paused, setPaused] = useState(false);
  const [helping, setHelping] = useState(false);
  const columns = useMemo(() => columnsOf(search), [search]);
  const narrow = useMedia('(max-width: 760px)');

  const change = useCallback(
    (part: Filters) => void navigate({ search: (previous) => ({ ...previous, ...part }) }),
    [navigate],
  );
  const open = useCallback(
    (event: string | undefined, replace = false) =>
      void navigate({ search: (previous) => ({ ...previous, event }), replace }),
    [navigate],
  );
  const choose = useCallback(
    (shown: readonly ColumnName[] | undefined) =>
      void navigate({ search: (previous) => ({ ...previous, columns: shown?.join(',') }) }),
    [navigate],
  );
  const clear = useCallback(() => change({ ...cleared(), project: undefined }), [change]);
  const close = useCallback(() => {
    open(undefined);
    document.getElementById('events')?.focus();
  }, [open]);
  const drawerOpen = search.event !== undefined;
  usePageKeys({
    onFilter: () => filterInput.current?.focus(),
    onHelp: () => setHelping(true),
    onPause: () => setPaused((before) => !before),
    onEscape: drawerOpen ? close : undefined,
  });

  return (
    <div className="events-page">
      <header className="page-head">
        <h1>{t('title')}</h1>
        <FilterBar inputRef={filterInput} filters={filters} onChange={change} />
        <Chips filters={filters} onChange={change} />
      </header>
      <div className="events-body">
        <div className="events-list" inert={narrow && drawerOpen}>
          <EventList
            // Arrivals and the place in the list belong to one set of filters.
            key={stringifySearch({ ...filters })}
            filters={filters}
            columns={columns}
            paused={paused}
            onPause={setPaused}
            onColumns={choose}
            openId={search.event}
            onOpen={open}
            onClear={clear}
            onChange={change}
            tools={<Views search={search} />}
          />
        </div>
        {search.event !== undefined && (
          <EventDrawer
            key={search.event}
            id={search.event}
            scope={filters}
            onFilter={change}
            onClose={close}
          />
        )}
      </div>
      {helping && <Shortcuts onClose={() => setHelping(false)} />}
    </div>
  );
}
