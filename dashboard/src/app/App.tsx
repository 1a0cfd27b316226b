// Wires the router and the query cache, and sends whoever is not signed in to the login page.
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { isTransient, isUnauthenticated } from '../api/errors';
import { meQuery } from '../api/session';
import { toLogin } from '../auth/return';
import { useZone } from '../format/zone';
import { common } from '../i18n/common';
import { useLanguage } from '../i18n/language';
import { Toasts } from '../ui/Toasts';
import { shellRoute } from './root';
import { createAppRouter } from './router';

function onError(error: unknown) {
  if (!isUnauthenticated(error)) return;
  const { pathname, href } = router.state.location;
  if (pathname === '/login') return;
  client.clear();
  void router.navigate({ ...toLogin(href), replace: true });
}

const client = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      retry: (failures, error) => failures < 2 && isTransient(error),
      refetchOnWindowFocus: false,
      staleTime: 10_000,
    },
  },
});

const router = createAppRouter(client);

/**
 * Asks side by side for what the first page needs: the code of the page, who is signed in where that matters, and the
 * texts of the frame and of errors, for which it waits. The router would ask for one after the other.
 */
export function begin(): Promise<void> {
  for (const { routeId } of router.matchRoutes(router.latestLocation)) {
    if (routeId === shellRoute.id) void client.prefetchQuery(meQuery);
    // Who cannot load it is told when the router comes to it.
    const route = router.routesById[routeId as keyof typeof router.routesById];
    void router.loadRouteChunk(route)?.catch(() => undefined);
  }
  return common.load();
}

export function App() {
  // Texts, numbers and times are written while rendering: everything is rendered anew for another
  // language or zone, also what is memoised.
  const writing = `${useLanguage()} ${useZone()}`;
  useKeptFocus(writing);
  return (
    <QueryClientProvider client={client}>
      <RouterProvider key={writing} router={router} />
      <Toasts key={`toasts ${writing}`} />
    </QueryClientProvider>
  );
}

/** Gives the focus back to the control that changed the language, which was rendered anew. */
function useKeptFocus(writing: string) {
  const focused = useRef<string>(undefined);
  useEffect(() => {
    const id = focused.current;
    const give = () => {
      const control = id === undefined ? null : document.getElementById(id);
      control?.focus();
      return control !== null;
    };
    // Its page is rendered once its texts are there.
    const watch = new MutationObserver(() => {
      if (give()) watch.disconnect();
    });
    if (id !== undefined && !give())
      watch.observe(document.body, { childList: true, subtree: true });
    const remember = (event: FocusEvent) => {
      const target = event.target;
      focused.current = target instanceof HTMLElement && target.id !== '' ? target.id : undefined;
      watch.disconnect();
    };
    document.addEventListener('focusin', remember);
    return () => {
      watch.disconnect();
      document.removeEventListener('focusin', remember);
    };
  }, [writing]);
}
