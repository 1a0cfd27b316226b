import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { settingsRoute } from '../route';
import { projectsTexts } from './texts';

export const projectsRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/projects',
  loader: () => projectsTexts.load(),
  component: lazyRouteComponent(() => import('./ProjectsPage'), 'ProjectsPage'),
});
