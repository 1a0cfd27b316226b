import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/root';
import { sqlTextsLoaded } from '../../sql/loaded';
import { readQuerySearch } from './search';
import { queryTexts } from './texts';

export const queryRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/query',
  validateSearch: readQuerySearch,
  staticData: { needs: 'manageInstance' },
  loader: () => Promise.all([queryTexts.load(), sqlTextsLoaded()]),
  component: lazyRouteComponent(() => import('./QueryPage'), 'QueryPage'),
});
