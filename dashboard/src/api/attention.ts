// What somebody should look at now: requests the backend never reported.
import { queryOptions } from '@tanstack/react-query';
import { toQuery } from '../filters/query';
import type { Scope } from '../filters/search';
import { answer, api } from './client';

/** How many requests of browsers no backend reported, in the scope. */
export function orphanCountQuery(scope: Scope) {
  return queryOptions({
    queryKey: ['orphans', 'count', scope],
    queryFn: async ({ signal }) => {
      const query = { ...toQuery(scope, Date.now()), limit: 1 };
      return (await answer(api.GET('/v1/audit/orphans', { params: { query }, signal }))).total;
    },
    refetchInterval: 60_000,
  });
}
