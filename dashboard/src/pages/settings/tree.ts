// The list of sub-pages: each is a room below this folder, and one line here.
import { createRoute, redirect } from '@tanstack/react-router';
import { accountRoute } from './account/route';
import { invitesRoute } from './invites/route';
import { keysRoute } from './keys/route';
import { maskingRoute } from './masking/route';
import { membersRoute } from './members/route';
import { monitorsRoute } from './monitors/route';
import { notificationsRoute } from './notifications/route';
import { preferencesRoute } from './preferences/route';
import { projectsRoute } from './projects/route';
import { retentionRoute } from './retention/route';
import { settingsRoute } from './route';
import { tokensRoute } from './tokens/route';
import { usersRoute } from './users/route';
import { wallboardRoute } from './wallboard/route';

const index = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/',
  beforeLoad: ({ search }) => {
    throw redirect({ to: '/settings/projects', search });
  },
});

export const settingsTree = settingsRoute.addChildren([
  index, //
  accountRoute,
  tokensRoute,
  preferencesRoute,
  usersRoute,
  invitesRoute,
  projectsRoute,
  keysRoute,
  membersRoute,
  maskingRoute,
  retentionRoute,
  notificationsRoute,
  monitorsRoute,
  wallboardRoute,
]);
