import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root';
import { first } from './first';
import { readTvSearch } from './search';

/** Outside the frame: a screen has no session and goes nowhere else. */
export const tvRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/tv',
  validateSearch: readTvSearch,
  loader: () => first.texts.load(),
  component: lazyRouteComponent(first.code, 'TvPage'),
});
