// The pages that people open first, by path: so that their code and answers are on their way before the router is there
// to ask for them. Every other page is asked for by the router.
import type { QueryClient } from '@tanstack/react-query';
import type { Raw } from '../filters/search';
import { first as events } from '../pages/events/first';
import { first as login } from '../pages/login/first';
import { first as overview } from '../pages/overview/first';
import { first as tv } from '../pages/tv/first';

export interface First {
  code: () => Promise<unknown>;
  texts: { load: () => Promise<void> };
  /** Asks what the page will ask; `search` is that of the address. */
  ask?: (client: QueryClient, search: Raw) => void;
}

export const FIRST: Readonly<Record<string, First>> = {
  '/': overview,
  '/events': events,
  '/login': login,
  '/tv': tv,
};

/** Where nobody has to be signed in, by the first part of the path. */
export const OPEN: readonly string[] = ['login', 'invite', 'reset-password', 'tv'];
