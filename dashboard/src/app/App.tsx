// Wires the router and the query cache, and sends whoever is not signed in to the login page.
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { isTransient, isUnauthenticated } from '../api/errors';
import { toLogin } from '../auth/return';
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

export function App() {
  return (
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  );
}
