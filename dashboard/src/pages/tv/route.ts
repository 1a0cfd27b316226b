import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root';
import { readTvSearch } from './search';
import { tvTexts } from './texts';

/** Outside the frame: a screen has no session and goes nowhere else. */
export const tvRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/tv',
  validateSearch: readTvSearch,
  loader: () => tvTexts.load(),
  component: lazyRouteComponent(() => import('./TvPage'), 'TvPage'),
});
