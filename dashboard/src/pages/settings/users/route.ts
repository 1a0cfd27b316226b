import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { settingsRoute } from '../route';
import { peopleTexts } from '../people/texts';
import { usersTexts } from './texts';

export const usersRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/users',
  staticData: { needs: 'seeInstance' },
  loader: () => Promise.all([usersTexts.load(), peopleTexts.load()]),
  component: lazyRouteComponent(() => import('./UsersPage'), 'UsersPage'),
});
