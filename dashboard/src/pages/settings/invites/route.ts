import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { settingsRoute } from '../route';
import { peopleTexts } from '../people/texts';
import { invitesTexts } from './texts';

export const invitesRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/invites',
  staticData: { needs: 'seeInstance' },
  loader: () => Promise.all([invitesTexts.load(), peopleTexts.load()]),
  component: lazyRouteComponent(() => import('./InvitesPage'), 'InvitesPage'),
});
