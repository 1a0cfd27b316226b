import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { settingsRoute } from '../route';
import { keysTexts } from './texts';

export const keysRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/api-keys',
  staticData: { needs: 'seeInstance' },
  loader: () => keysTexts.load(),
  component: lazyRouteComponent(() => import('./KeysPage'), 'KeysPage'),
});
