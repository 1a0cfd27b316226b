import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/root';
import { eventsTexts } from '../events/texts';
import { readOrphansSearch } from './search';
import { orphansTexts } from './texts';

export const orphansRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/orphans',
  validateSearch: readOrphansSearch,
  loader: () => Promise.all([orphansTexts.load(), eventsTexts.load()]),
  component: lazyRouteComponent(() => import('./OrphansPage'), 'OrphansPage'),
});
