// The server's answers, for every page. It is there before the router is, since the first questions are asked before.
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { isTransient, isUnauthenticated } from '../api/errors';
import { meQuery } from '../api/session';
import { noteSignedIn } from './signedIn';

let early = false;
let leave = (): void => {
  early = true;
};

function onError(error: unknown) {
  if (!isUnauthenticated(error)) return;
  noteSignedIn(false);
  leave();
}

export const client = new QueryClient({
  queryCache: new QueryCache({
    onError,
    onSuccess: (_, { queryKey }) => {
      if (queryKey[0] === meQuery.queryKey[0]) noteSignedIn(true);
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
