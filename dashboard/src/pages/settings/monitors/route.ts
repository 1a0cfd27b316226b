import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { settingsRoute } from '../route';
import { monitorsTexts } from './texts';

export const monitorsRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/monitors',
  loader: () => monitorsTexts.load(),
  component: lazyRouteComponent(() => import('./MonitorsPage'), 'MonitorsPage'),
});
