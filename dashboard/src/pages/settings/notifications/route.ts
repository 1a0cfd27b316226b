import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { settingsRoute } from '../route';
import { notificationsTexts } from './texts';

export const notificationsRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/notifications',
  loader: () => notificationsTexts.load(),
  component: lazyRouteComponent(() => import('./NotificationsPage'), 'NotificationsPage'),
});
