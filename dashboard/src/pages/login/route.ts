import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root';
import { safeReturn } from '../../auth/return';
import { type SsoReason, ssoReason } from '../../auth/sso';
import { loginTexts } from './texts';

interface Search {
  return?: string | undefined;
  sso?: SsoReason | undefined;
}

export const loginRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/login',
  validateSearch: (raw: Record<string, unknown>): Search => ({
    return: safeReturn(raw['return']),
    sso: ssoReason(raw['sso']),
  }),
  loader: () => loginTexts.load(),
  component: lazyRouteComponent(() => import('./LoginPage'), 'LoginPage'),
});
