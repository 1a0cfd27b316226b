import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/root';
import { readScope } from '../../filters/search';
import { readAnomaliesSearch, readIncidentSearch } from './search';
import { anomaliesTexts } from './texts';

export const anomaliesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/anomalies',
  validateSearch: readAnomaliesSearch,
  loader: () => anomaliesTexts.load(),
  component: lazyRouteComponent(() => import('./IncidentsPage'), 'IncidentsPage'),
});

export const incidentRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/anomalies/incident',
  validateSearch: readIncidentSearch,
  loader: () => anomaliesTexts.load(),
  component: lazyRouteComponent(() => import('./IncidentPage'), 'IncidentPage'),
});

export const rulesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/anomalies/rules',
  validateSearch: readScope,
  loader: () => anomaliesTexts.load(),
  component: lazyRouteComponent(() => import('./RulesPage'), 'RulesPage'),
});
