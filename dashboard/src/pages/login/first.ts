import type { QueryClient } from '@tanstack/react-query';
import { oidcOfferQuery, visitorQuery } from '../../api/session';
import { loginTexts } from './texts';

/** What somebody who comes to sign in waits for (src/start). */
export const first = {
  code: () => import('./LoginPage'),
  texts: loginTexts,
  ask: (client: QueryClient) => void askLogin(client),
};

export function askLogin(client: QueryClient): Promise<unknown> {
  return Promise.all([client.prefetchQuery(visitorQuery), client.prefetchQuery(oidcOfferQuery)]);
}
