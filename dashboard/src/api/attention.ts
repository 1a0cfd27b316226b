// What somebody should look at now: requests the backend never reported, data that is late.
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
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

/** How fresh the data is and which projects take no events; of one project, or of all the reader may see. */
export function lineQuery(project: string | undefined) {
  const query = project === undefined ? {} : { project_id: project };
  return queryOptions({
    queryKey: ['pipeline', project ?? null],
    queryFn: ({ signal }) => answer(api.GET('/v1/pipeline', { params: { query }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  });
}
