import type { QueryClient } from '@tanstack/react-query';
import { eventsQuery, facetsQuery } from '../../api/events';
import { type Filters, type Raw, readFilters } from '../../filters/search';
import { eventsTexts } from './texts';

/** What somebody who opens this page first waits for (src/start). */
export const first = {
  code: () => import('./EventsPage'),
  texts: eventsTexts,
  ask: (client: QueryClient, search: Raw) => askEvents(client, readFilters(search)),
};

export function askEvents(client: QueryClient, filters: Filters): void {
  void client.prefetchInfiniteQuery(eventsQuery(filters));
  void client.prefetchQuery(facetsQuery(filters));
}
