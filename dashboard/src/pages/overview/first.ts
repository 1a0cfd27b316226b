// What somebody who opens this page first waits for (src/start).
import type { QueryClient } from '@tanstack/react-query';
import { orphanCountQuery } from '../../api/attention';
import { eventsQuery, facetsQuery, statsQuery } from '../../api/events';
import { monitorsQuery } from '../../api/monitors';
import { pipelineQuery } from '../../api/pipeline';
import { type Raw, readScope } from '../../filters/search';
import { overviewTexts } from './texts';

export const loadPage = () => import('./OverviewPage');
export const loadBanners = () => import('./Banners');
export const loadDetails = () => import('./Details');

export const first = {
  code: () => Promise.all([loadPage(), loadBanners(), loadDetails()]),
  texts: overviewTexts,
  ask: (client: QueryClient, search: Raw) => {
    const scope = readScope(search);
    // In the order in which they are shown late: a browser asks a server six things at a time.
    void client.prefetchQuery(statsQuery(scope));
    void client.prefetchInfiniteQuery(eventsQuery(scope));
    void client.prefetchQuery(pipelineQuery(scope.project));
    void client.prefetchQuery(monitorsQuery(scope.project));
    void client.prefetchQuery(orphanCountQuery(scope));
    void client.prefetchQuery(facetsQuery(scope));
  },
};
