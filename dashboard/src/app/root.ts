// The two routes every page hangs from: the root, and the frame of those who are signed in.
import type { QueryClient } from '@tanstack/react-query';
import { Outlet, createRootRouteWithContext, createRoute, redirect } from '@tanstack/react-router';
import { isUnauthenticated } from '../api/errors';
import { projectsQuery } from '../api/projects';
import { meQuery } from '../api/session';
import type { Rights } from '../auth/may';
import { toLogin } from '../auth/return';
import { Shell } from '../layout/Shell';
import { NotFound } from './fallbacks';

declare module '@tanstack/react-router' {
  interface StaticDataRouteOption {
    /** The right a page needs. Without it the page is neither listed nor shown. */
    needs?: keyof Rights;
  }
}

export const rootRoute = createRootRouteWithContext<{ client: QueryClient }>()({
  component: Outlet,
  notFoundComponent: NotFound,
});

/** The parent of every page that needs a session. */
export const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  beforeLoad: async ({ context, location }) => {
    try {
      await context.client.ensureQueryData(meQuery);
    } catch (error) {
      if (isUnauthenticated(error)) throw redirect(toLogin(location.href));
      throw error;
    }
  },
  loader: ({ context }) => void context.client.prefetchQuery(projectsQuery),
  component: Shell,
});
