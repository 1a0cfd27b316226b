import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root';
import { resetTexts } from './texts';

/** The address stands in the e-mails of query-api. */
export const resetRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/reset-password/$token',
  loader: () => resetTexts.load(),
  component: lazyRouteComponent(() => import('./ResetPage'), 'ResetPage'),
});
