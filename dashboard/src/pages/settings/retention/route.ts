import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { settingsRoute } from '../route';
import { retentionTexts } from './texts';

export const retentionRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/retention',
  loader: () => retentionTexts.load(),
  component: lazyRouteComponent(() => import('./RetentionPage'), 'RetentionPage'),
});
