import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/root';
import { readScope } from '../../filters/search';
import { sqlTextsLoaded } from '../../sql/loaded';
import { readReportSearch } from './search';
import { studioTexts } from './texts';

export const studioRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/studio',
  validateSearch: readScope,
  loader: () => studioTexts.load(),
  component: lazyRouteComponent(() => import('./StudioPage'), 'StudioPage'),
});

export const reportRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/studio/$reportId',
  validateSearch: readReportSearch,
  loader: () => Promise.all([studioTexts.load(), sqlTextsLoaded()]),
  component: lazyRouteComponent(() => import('./ReportPage'), 'ReportPage'),
});
