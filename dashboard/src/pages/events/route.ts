import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { eventsQuery, facetsQuery } from '../../api/events';
import { shellRoute } from '../../app/root';
import { filtersOf } from '../../filters/search';
import { readEventsSearch } from './search';
import { eventsTexts } from './texts';

export const eventsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/events',
  validateSearch: readEventsSearch,
  loaderDeps: ({ search }) => filtersOf(search),
  loader: ({ context, deps }) => {
    void context.client.prefetchInfiniteQuery(eventsQuery(deps));
    void context.client.prefetchQuery(facetsQuery(deps));
    return eventsTexts.load();
  },
  component: lazyRouteComponent(() => import('./EventsPage'), 'EventsPage'),
});
