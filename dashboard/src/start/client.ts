// The server's answers, for every page. It is there before the router is, since the first questions are asked before.
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { isTransient, isUnauthenticated } from '../api/errors';
import { meQuery } from '../api/session';

let early = false;
let leave = (): void => {
  early = true;
};

/** Where it is kept that somebody was signed in here: code cannot see the session. */
const SIGNED_IN = 'bataudit.signed-in';

/** Whether somebody was signed in here when this browser last asked. */
export function wasSignedIn(): boolean {
  try {
    return localStorage.getItem(SIGNED_IN) !== null;
  } catch {
    // Storage may be forbidden: then nothing is known.
    return false;
  }
}

function note(isSignedIn: boolean) {
  try {
    if (isSignedIn) localStorage.setItem(SIGNED_IN, 'yes');
    else localStorage.removeItem(SIGNED_IN);
  } catch {
    // Then nothing is known the next time.
  }
}

function onError(error: unknown) {
  if (!isUnauthenticated(error)) return;
  note(false);
  leave();
}

export const client = new QueryClient({
  queryCache: new QueryCache({
    onError,
    onSuccess: (_, { queryKey }) => {
      if (queryKey[0] === meQuery.queryKey[0]) note(true);
    },
  }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      retry: (failures, error) => failures < 2 && isTransient(error),
      refetchOnWindowFocus: false,
      staleTime: 10_000,
    },
  },
});

/** What to do whenever the server says that nobody is signed in, also when it has said so by now. */
export function whenSignedOut(handler: () => void): void {
  leave = handler;
  if (early) handler();
}
