// The event list as the page shows it: fetched pages plus what arrived since, with a waiting room
// for arrivals while the reader is further down and must not lose the place.
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { eventsQuery } from '../api/events';
import type { EventPage, EventSummary } from '../api/model';
import type { Filters } from '../filters/search';
import { NO_ARRIVALS, gather, merge } from './merge';
import { useConnection } from './useConnection';

/** Mount anew for other filters: arrivals belong to one set of filters. */
export function useLiveEvents(initial: Filters, paused: boolean) {
  const [filters] = useState(initial);
  const options = useMemo(() => eventsQuery(filters), [filters]);
  const client = useQueryClient();
  const query = useInfiniteQuery(options);
  const [shown, setShown] = useState(NO_ARRIVALS);
  const [waiting, setWaiting] = useState(NO_ARRIVALS);
  const [gap, setGap] = useState(false);

  const fetched = useMemo(() => query.data?.pages.flatMap((page) => page.data) ?? [], [query.data]);
  const events = useMemo(
    () => merge(fetched, shown.rows, !query.hasNextPage),
    [fetched, shown, query.hasNextPage],
  );
  // The stream's callbacks outlive a render; they read the latest of these.
  const latest = useRef({ paused, known: knownOf([], []) });
  useEffect(() => {
    latest.current = { paused, known: knownOf(fetched, shown.rows) };
  }, [paused, fetched, shown]);

  const restart = useCallback(() => {
    setShown(NO_ARRIVALS);
    setWaiting(NO_ARRIVALS);
    setGap(false);
    void client.resetQueries({ queryKey: options.queryKey });
  }, [client, options]);

  const receive = useCallback((arrived: EventSummary[]) => {
    const add = latest.current.paused ? setWaiting : setShown;
    add((before) => gather(before, arrived, (id) => latest.current.known().has(id)));
  }, []);

  const catchUp = useCallback(
    (page: EventPage) => {
      const known = latest.current.known();
      receive([...page.data].reverse());
      // Nothing on the newest page is known: more was missed than one page holds.
      const missed = known.size > 0 && !page.data.some(({ id }) => known.has(id));
      if (missed && page.pagination.next_cursor) setGap(true);
    },
    [receive],
  );

  const skipped = useCallback(() => setGap(true), []);

  const release = useCallback(() => {
    setShown((before) => {
      const { rows, cut } = gather(before, [...waiting.rows].reverse(), () => false);
      return { rows, cut: cut || waiting.cut };
    });
    setWaiting(NO_ARRIVALS);
  }, [waiting]);

  // Who leaves the list standing for a day gets it fetched anew: the tab must not hold that day.
  const mustRestart = gap || shown.cut;
  useEffect(() => {
    if (mustRestart && !paused) restart();
  }, [mustRestart, paused, restart]);

  const status = useConnection(filters, { ready: query.isSuccess, receive, catchUp, skipped });
  return { query, events, waiting: waiting.rows.length, release, status };
}

/** The ids of these, gathered once something asks for them: of 10⁵ rows not while they are scrolled through. */
function knownOf(...lists: (readonly EventSummary[])[]): () => ReadonlySet<string> {
  let known: Set<string> | undefined;
  return () => (known ??= new Set(lists.flat().map(({ id }) => id)));
}
