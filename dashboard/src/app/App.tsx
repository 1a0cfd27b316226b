// Wires the router to the query cache, and sends whoever is not signed in to the login page.
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { toLogin } from '../auth/return';
import { useZone } from '../format/zone';
import { useLanguage } from '../i18n/language';
import { client, whenSignedOut } from '../start/client';
import { Toasts } from '../ui/Toasts';
import { createAppRouter } from './router';

const router = createAppRouter(client);
whenSignedOut(() => {
  const { pathname, href } = router.state.location;
  if (pathname === '/login') return;
  client.clear();
  void router.navigate({ ...toLogin(href), replace: true });
});

// The code of a page that src/start does not know; who cannot load it is told when the router comes to it.
for (const { routeId } of router.matchRoutes(router.latestLocation)) {
  const route = router.routesById[routeId as keyof typeof router.routesById];
  void router.loadRouteChunk(route)?.catch(() => undefined);
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
