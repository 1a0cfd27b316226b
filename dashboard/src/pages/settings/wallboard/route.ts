import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { settingsRoute } from '../route';
import { wallboardTexts } from './texts';

export const wallboardRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/wallboard',
  loader: () => wallboardTexts.load(),
  component: lazyRouteComponent(() => import('./WallboardPage'), 'WallboardPage'),
});
