import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { settingsRoute } from '../route';
import { preferencesTexts } from './texts';

export const preferencesRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/preferences',
  loader: () => preferencesTexts.load(),
  component: lazyRouteComponent(() => import('./PreferencesPage'), 'PreferencesPage'),
});
