import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root';
import { inviteTexts } from './texts';

/** The address stands in the e-mails of query-api. */
export const inviteRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/invite/$token',
  loader: () => inviteTexts.load(),
  component: lazyRouteComponent(() => import('./InvitePage'), 'InvitePage'),
});
