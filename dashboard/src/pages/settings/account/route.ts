import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { settingsRoute } from '../route';
import { peopleTexts } from '../people/texts';
import { accountTexts } from './texts';

export const accountRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/account',
  loader: () => Promise.all([accountTexts.load(), peopleTexts.load()]),
  component: lazyRouteComponent(() => import('./AccountPage'), 'AccountPage'),
});
