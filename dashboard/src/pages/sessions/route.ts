import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/root';
import { readFilters } from '../../filters/search';
import { eventsTexts } from '../events/texts';
import { readTimelineSearch } from './search';
import { sessionsTexts } from './texts';

// What the pages ask the server is asked by the pages: it would weigh on the first load here.

export const sessionsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/sessions',
  validateSearch: readFilters,
  loader: () => sessionsTexts.load(),
  component: lazyRouteComponent(() => import('./SessionsPage'), 'SessionsPage'),
});

/** One session. Its id is the application's and may be anything, so it is no part of the path. */
export const timelineRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/sessions/timeline',
  validateSearch: readTimelineSearch,
  loader: () => Promise.all([sessionsTexts.load(), eventsTexts.load()]),
  component: lazyRouteComponent(() => import('./TimelinePage'), 'TimelinePage'),
});
