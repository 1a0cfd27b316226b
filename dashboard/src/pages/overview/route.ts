import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { statsQuery } from '../../api/events';
import { shellRoute } from '../../app/root';
import { readScope } from '../../filters/search';
import { first, loadPage } from './first';

export const overviewRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/',
  validateSearch: readScope,
  loaderDeps: ({ search }) => search,
  loader: ({ context, deps }) => {
    void context.client.prefetchQuery(statsQuery(deps));
    return first.texts.load();
  },
  component: lazyRouteComponent(loadPage, 'OverviewPage'),
});
