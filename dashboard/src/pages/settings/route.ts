import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/root';
import { readScope } from '../../filters/search';
import { settingsTexts } from './texts';

/** The parent of every sub-page: only the project is carried in the address. */
export const settingsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings',
  validateSearch: (raw: Record<string, unknown>): { project?: string } => {
    const { project } = readScope(raw);
    return project === undefined ? {} : { project };
  },
  loader: () => settingsTexts.load(),
  component: lazyRouteComponent(() => import('./SettingsPage'), 'SettingsPage'),
});
