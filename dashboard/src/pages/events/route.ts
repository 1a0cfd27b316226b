import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/root';
import { filtersOf } from '../../filters/search';
import { askEvents, first } from './first';
import { readEventsSearch } from './search';

export const eventsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/events',
  validateSearch: readEventsSearch,
  loaderDeps: ({ search }) => filtersOf(search),
  loader: ({ context, deps }) => {
    askEvents(context.client, deps);
    return first.texts.load();
  },
  component: lazyRouteComponent(first.code, 'EventsPage'),
});
