import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root';
import { safeReturn } from '../../auth/return';
import { type SsoReason, ssoReason } from '../../auth/sso';
import { askLogin, first } from './first';

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
  // Like every page it waits for who is signed in: what it offers besides the form would push that aside.
  loader: ({ context: { client } }) => Promise.all([first.texts.load(), askLogin(client)]),
  component: lazyRouteComponent(first.code, 'LoginPage'),
});
