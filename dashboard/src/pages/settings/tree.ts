// The list of sub-pages: each is a room below this folder, and one line here.
import { createRoute, redirect } from '@tanstack/react-router';
import { keysRoute } from './keys/route';
import { preferencesRoute } from './preferences/route';
import { projectsRoute } from './projects/route';
import { settingsRoute } from './route';

const index = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/',
  beforeLoad: ({ search }) => {
    throw redirect({ to: '/settings/projects', search });
  },
});

export const settingsTree = settingsRoute.addChildren([
  index, //
  projectsRoute,
  keysRoute,
  preferencesRoute,
]);
