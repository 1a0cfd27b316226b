import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { settingsRoute } from '../route';
import { tokensTexts } from './texts';

export const tokensRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/tokens',
  loader: () => tokensTexts.load(),
  component: lazyRouteComponent(() => import('./TokensPage'), 'TokensPage'),
});
