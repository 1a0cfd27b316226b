// The list of pages. A page is a room in src/pages/ with its own route; here it has one line.
import type { QueryClient } from '@tanstack/react-query';
import { createRouter } from '@tanstack/react-router';
import { parseSearch, stringifySearch } from '../filters/search';
import { anomaliesRoute, incidentRoute, rulesRoute } from '../pages/anomalies/route';
import { eventsRoute } from '../pages/events/route';
import { insightsRoute } from '../pages/insights/route';
import { inviteRoute } from '../pages/invite/route';
import { loginRoute } from '../pages/login/route';
import { orphansRoute } from '../pages/orphans/route';
import { overviewRoute } from '../pages/overview/route';
import { pipelineRoute } from '../pages/pipeline/route';
import { queryRoute } from '../pages/query/route';
import { resetRoute } from '../pages/reset/route';
import { sessionsRoute, timelineRoute } from '../pages/sessions/route';
import { settingsTree } from '../pages/settings/tree';
import { tvRoute } from '../pages/tv/route';
import { reportRoute, studioRoute } from '../pages/studio/route';
import { welcomeRoute } from '../pages/welcome/route';
import { Crash, NotFound } from './fallbacks';
import { rootRoute, shellRoute } from './root';

const tree = rootRoute.addChildren([
  loginRoute,
  inviteRoute,
  resetRoute,
  tvRoute,
  shellRoute.addChildren([
    overviewRoute, //
    eventsRoute,
    sessionsRoute,
    timelineRoute,
    insightsRoute,
    anomaliesRoute,
    incidentRoute,
    rulesRoute,
    orphansRoute,
    pipelineRoute,
    queryRoute,
    studioRoute,
    reportRoute,
    settingsTree,
    welcomeRoute,
  ]),
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
