import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/root';
import { readInsightsSearch } from './search';
import { insightsTexts } from './texts';

export const insightsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/insights',
  validateSearch: readInsightsSearch,
  loader: () => insightsTexts.load(),
  component: lazyRouteComponent(() => import('./InsightsPage'), 'InsightsPage'),
});
