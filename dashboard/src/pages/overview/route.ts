import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { statsQuery } from '../../api/events';
import { shellRoute } from '../../app/root';
import { readScope } from '../../filters/search';
import { overviewTexts } from './texts';

export const overviewRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/',
  validateSearch: readScope,
  loaderDeps: ({ search }) => search,
  loader: ({ context, deps }) => {
    void context.client.prefetchQuery(statsQuery(deps));
    return overviewTexts.load();
  },
  component: lazyRouteComponent(() => import('./OverviewPage'), 'OverviewPage'),
});
