// Every page of the dashboard, its address and what its search may hold. Pages load on demand; a
// page's data starts loading together with its code.
import type { QueryClient } from '@tanstack/react-query';
import {
  Outlet,
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { isUnauthenticated } from '../api/errors';
import { eventsQuery, facetsQuery, statsQuery } from '../api/events';
import { projectsQuery } from '../api/projects';
import { meQuery } from '../api/session';
import { safeReturn, toLogin } from '../auth/return';
import { ssoReason } from '../auth/sso';
import {
  filtersOf,
  parseSearch,
  readEventsSearch,
  readScope,
  stringifySearch,
} from '../filters/search';
import { Shell } from '../layout/Shell';
import { Crash, NotFound } from './fallbacks';

const root = createRootRouteWithContext<{ client: QueryClient }>()({
  component: Outlet,
  notFoundComponent: NotFound,
});

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: (
    raw: Record<string, unknown>,
  ): { return?: string | undefined; sso?: string | undefined } => ({
    return: safeReturn(raw['return']),
    sso: ssoReason(raw['sso']),
  }),
  component: lazyRouteComponent(() => import('../pages/login/LoginPage'), 'LoginPage'),
});

const shell = createRoute({
  getParentRoute: () => root,
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

const overview = createRoute({
  getParentRoute: () => shell,
  path: '/',
  validateSearch: readScope,
  loaderDeps: ({ search }) => search,
  loader: ({ context, deps }) => void context.client.prefetchQuery(statsQuery(deps)),
  component: lazyRouteComponent(() => import('../pages/overview/OverviewPage'), 'OverviewPage'),
});

const events = createRoute({
  getParentRoute: () => shell,
  path: '/events',
  validateSearch: readEventsSearch,
  loaderDeps: ({ search }) => filtersOf(search),
  loader: ({ context, deps }) => {
    void context.client.prefetchInfiniteQuery(eventsQuery(deps));
    void context.client.prefetchQuery(facetsQuery(deps));
  },
  component: lazyRouteComponent(() => import('../pages/events/EventsPage'), 'EventsPage'),
});

const settings = createRoute({
  getParentRoute: () => shell,
  path: '/settings',
  validateSearch: (raw: Record<string, unknown>) => {
    const { project } = readScope(raw);
    return project === undefined ? {} : { project };
  },
  component: lazyRouteComponent(() => import('../pages/settings/SettingsPage'), 'SettingsPage'),
});

const settingsIndex = createRoute({
  getParentRoute: () => settings,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/settings/projects' });
  },
});

const projects = createRoute({
  getParentRoute: () => settings,
  path: '/projects',
  component: lazyRouteComponent(() => import('../pages/settings/ProjectsPage'), 'ProjectsPage'),
});

const keys = createRoute({
  getParentRoute: () => settings,
  path: '/api-keys',
  component: lazyRouteComponent(() => import('../pages/settings/KeysPage'), 'KeysPage'),
});

const tree = root.addChildren([
  login,
  shell.addChildren([overview, events, settings.addChildren([settingsIndex, projects, keys])]),
]);

export function createAppRouter(client: QueryClient) {
  return createRouter({
    routeTree: tree,
    basepath: '/app',
    context: { client },
    parseSearch,
    stringifySearch,
    defaultPreload: 'intent',
    // The query cache decides what is fresh.
    defaultPreloadStaleTime: 0,
    defaultErrorComponent: Crash,
    defaultNotFoundComponent: NotFound,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
