import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo, useRef } from 'react';
import { facetsQuery } from '../../api/events';
import { Chips } from '../../filters/Chips';
import { type Filters, cleared, filtersOf, stringifySearch } from '../../filters/search';
import { useTexts } from '../../i18n/catalogue';
import { useMedia } from '../../ui/useMedia';
import { usePageTitle } from '../../ui/usePageTitle';
import { EventDrawer } from './EventDrawer';
import { EventList } from './EventList';
import { FilterBar } from './FilterBar';
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
  const facets = useQuery(facetsQuery(filters));
  const filterInput = useRef<HTMLInputElement>(null);
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
  const clear = useCallback(() => change({ ...cleared(), project: undefined }), [change]);
  const close = useCallback(() => {
    open(undefined);
    document.getElementById('events')?.focus();
  }, [open]);
  const drawerOpen = search.event !== undefined;
  usePageKeys({
    onFilter: () => filterInput.current?.focus(),
    onEscape: drawerOpen ? close : undefined,
  });

  return (
    <div className="events-page">
      <header className="page-head">
        <h1>{t('title')}</h1>
        <FilterBar
          inputRef={filterInput}
          filters={filters}
          facets={facets.data}
          onChange={change}
        />
        <Chips filters={filters} onChange={change} />
      </header>
      <div className="events-body">
        <div className="events-list" inert={narrow && drawerOpen}>
          <EventList
            // Arrivals and the place in the list belong to one set of filters.
            key={stringifySearch({ ...filters })}
            filters={filters}
            openId={search.event}
            onOpen={open}
            onClear={clear}
          />
        </div>
        {search.event !== undefined && (
          <EventDrawer key={search.event} id={search.event} onFilter={change} onClose={close} />
        )}
      </div>
    </div>
  );
}
