import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { settingsRoute } from '../route';
import { peopleTexts } from '../people/texts';
import { membersTexts } from './texts';

export const membersRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/members',
  loader: () => Promise.all([membersTexts.load(), peopleTexts.load()]),
  component: lazyRouteComponent(() => import('./MembersPage'), 'MembersPage'),
});
